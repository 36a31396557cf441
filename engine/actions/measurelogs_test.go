//go:build linux

package actions_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/enginetest"
	"slipway/engine/rescue"
	"slipway/engine/scrollback"
)

// docker is a command of docker itself on the bench's engine, its output thrown away.
func (b *bench) docker(words ...string) time.Duration {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), enginetest.Program(b.T, "docker"), words...)
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+b.private.Host())
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	began := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

// TestMeasureLogs measures how fast an output of a million lines is there to be searched, beside docker logs, and how
// soon the last screen of it is.
func TestMeasureLogs(t *testing.T) {
	enginetest.Measuring(t)
	const lines, last = 1_000_000, 500
	b := newBench(t, enginetest.Start(t))
	c := b.made(b.sh("million",
		fmt.Sprintf("yes '[I 2026-11-26 14:00:00.000 ServerApp] a line of an output, as long as many are' | head -n %d",
			lines)))
	e := b.engine()
	if err := e.Start(b.ctx(), c); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Wait(b.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	var plain, ours, search, first []time.Duration
	for range enginetest.Rounds {
		plain = append(plain, b.docker("logs", c.ID))
		book := scrollback.New(24<<20, 4<<30)
		began := time.Now()
		if err := e.TimedLogs(b.Context(), c.ID, -1, false, nil,
			func(l engine.LogLine) { book.Add(scrollback.Line{Text: l.Text, Stderr: l.Stderr, Time: l.Time}) }); err != nil {
			t.Fatal(err)
		}
		ours = append(ours, time.Since(began))
		if n := book.End() - book.First(); n != lines {
			t.Fatalf("%d lines", n)
		}
		p, err := scrollback.NewPattern("as long as", false)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		began = time.Now()
		if err := book.Each(book.First(), book.End(), func(_ int, l scrollback.Line) bool {
			if p.Matches(l.Text) {
				found++
			}
			return true
		}); err != nil || found != lines {
			t.Fatalf("%d found, %v", found, err)
		}
		search = append(search, time.Since(began))
		book.Close()
		began = time.Now()
		n := 0
		if err := e.TimedLogs(b.Context(), c.ID, last, false, nil, func(engine.LogLine) { n++ }); err != nil || n != last {
			t.Fatalf("%d lines, %v", n, err)
		}
		first = append(first, time.Since(began))
	}
	enginetest.Times("1,000,000 lines of output → there to be searched", enginetest.Median(ours),
		"docker logs > /dev/null", enginetest.Median(plain), 1.25).Print()
	enginetest.AtMost("  all of them searched for a word", enginetest.Median(search), time.Second).Print()
	enginetest.AtMost("  the last 500 of them, asked → there", enginetest.Median(first), 150*time.Millisecond).Print()
}

// TestMeasureDownload measures how fast a large file and many small ones are downloaded, read back and compared, beside
// docker cp, which does neither.
func TestMeasureDownload(t *testing.T) {
	enginetest.Measuring(t)
	b := newBench(t, enginetest.Start(t))
	c := b.started(b.sh("full",
		"mkdir /d /many; dd if=/dev/urandom of=/d/big bs=1000000 count=400; i=0; while [ $i -lt 20000 ]; do echo $i > /many/f$i; i=$((i+1)); done; echo ready > /ready; "+idle))
	b.until("its files", func() bool { _, err := b.engine().Stat(b.ctx(), c.ID, "/ready"); return err == nil })
	for _, what := range []struct {
		path, words string
	}{{"/d", "download of a file of 400 MB"}, {"/many", "download of 20,000 small files"}} {
		var plain, ours []time.Duration
		both := []func(dir string){
			func(dir string) { plain = append(plain, b.docker("cp", c.ID+":"+what.path, dir)) },
			func(dir string) {
				began := time.Now()
				if _, err := rescue.Fetch(b.Context(), b.engine(), c, what.path, dir, rescue.FetchName(c, what.path, dir),
					func(int64) {}); err != nil {
					t.Fatal(err)
				}
				ours = append(ours, time.Since(began))
			},
		}
		for range enginetest.Rounds {
			dir := t.TempDir()
			for i, one := range both {
				to := filepath.Join(dir, fmt.Sprint(i))
				if err := os.Mkdir(to, 0o755); err != nil {
					t.Fatal(err)
				}
				one(to)
			}
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			slices.Reverse(both) // who comes second waits for what the first has still to write to the disk
		}
		enginetest.Times(strings.TrimSpace(what.words), enginetest.Median(ours), "docker cp", enginetest.Median(plain), 1.11).
			Print()
	}
}
