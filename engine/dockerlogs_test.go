//go:build linux

package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/enginetest"

	"github.com/docker/docker/api/types/container"
)

// printsAll prints lines of every kind to both outputs, in turn: empty, coloured, with all sorts of ends and bytes, one
// longer than an engine's messages, and one without an end.
const printsAll = `
i=0; while [ $i -lt 400 ]; do echo "out $i"; echo "err $i" >&2; i=$((i+1)); done
echo; echo >&2; printf '\033[31mred\033[0m\n'; printf 'win\r\n'; printf 'a\rb\n'; printf 'größe 日本\n' >&2
printf 'caf\351 \377\n'; printf '\ttab  \n'; printf '\r\n'
head -c 40000 /dev/zero | tr '\0' x; echo
i=0; while [ $i -lt 50 ]; do echo "last $i"; i=$((i+1)); done
printf 'no end'`

// printsMuch prints more than a small log keeps.
const printsMuch = `i=0; while [ $i -lt 3000 ]; do echo "line $i of many that fill the files"; [ $((i % 3)) -gt 0 ] || echo "err $i" >&2; i=$((i+1)); done`

// TestLogsBesideDocker reads outputs and compares each line, and its time, with what docker logs prints. Slipway asks
// for no --since: it reads the last lines or all of them.
func TestLogsBesideDocker(t *testing.T) {
	if enginetest.Podman() {
		t.Skip("Podman's own way with outputs is in the contract")
	}
	private := enginetest.Shared(t)
	e, cli := connect(t, private), private.Client(t)
	image := enginetest.TinyImage(t, private)
	for _, one := range []struct {
		name, script string
		tty          bool
		log          container.LogConfig
		most         int // lines of stdout that can be there; 0 for all
	}{
		{name: "plain", script: printsAll},
		{name: "terminal", script: printsAll, tty: true},
		{name: "rotated", script: printsMuch, log: container.LogConfig{
			Type:   "json-file",
			Config: map[string]string{"max-size": "40k", "max-file": "3"},
		}, most: 2000},
		{name: "rotated terminal", script: printsMuch, tty: true, log: container.LogConfig{
			Type:   "json-file",
			Config: map[string]string{"max-size": "40k", "max-file": "2"},
		}, most: 2000},
		{name: "compressed", script: printsMuch, log: container.LogConfig{
			Type:   "json-file",
			Config: map[string]string{"max-size": "40k", "max-file": "4", "compress": "true"},
		}, most: 2900},
		{name: "local", script: printsAll, log: container.LogConfig{Type: "local"}},
		{name: "local rotated", script: printsMuch, log: container.LogConfig{
			Type:   "local",
			Config: map[string]string{"max-size": "20k", "max-file": "2", "compress": "false"},
		}, most: 2000},
	} {
		t.Run(one.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			var made container.CreateResponse
			var all [2][]string
			// an engine that is busy gives up reading two seconds after the program's end
			for tries := 0; len(all[0]) < 100; tries++ {
				var err error
				made, err = cli.ContainerCreate(ctx, &container.Config{
					Image: image, Tty: one.tty,
					Cmd: []string{"sh", "-c", one.script},
				}, &container.HostConfig{LogConfig: one.log}, nil, nil, "")
				if err != nil {
					t.Fatal(err)
				}
				id := made.ID
				t.Cleanup(func() { private.RemoveForced(t, id) })
				if err := cli.ContainerStart(ctx, made.ID, container.StartOptions{}); err != nil {
					t.Fatal(err)
				}
				if _, err := e.Wait(ctx, made.ID); err != nil {
					t.Fatal(err)
				}
				all = dockerLogs(t, private, made.ID, "--tail", "all")
				if n := len(all[0]); n < 100 && tries == 5 || one.most > 0 && n > one.most {
					t.Fatalf("docker has %d lines, of at most %d", n, one.most)
				}
			}
			for _, tail := range []int{-1, 0, 7, 1000} {
				want := all
				args := []string{"--tail", "all"}
				if tail >= 0 {
					args[1] = fmt.Sprint(tail)
					want = dockerLogs(t, private, made.ID, args...)
				}
				timed := dockerLogs(t, private, made.ID, append(args, "--timestamps")...)
				var got, gotTimed [2][]string
				if tail >= 0 {
					if err := e.Logs(ctx, made.ID, tail, false, func(l engine.LogLine) { add(&got, l, l.Text) }); err != nil {
						t.Fatal(err)
					}
					sameLines(t, fmt.Sprintf("the last %d", tail), got, want)
				}
				got = [2][]string{}
				var goesOn [2]bool
				if err := e.TimedLogs(ctx, made.ID, tail, false, func() {}, func(l engine.LogLine) {
					i := 0
					if l.Stderr {
						i = 1
					}
					if !one.tty {
						l.Text = strings.TrimSuffix(l.Text, "\r") // as it is with docker's above
					}
					on := goesOn[i]
					if goesOn[i] = l.Cut; on { // it is a piece of a line
						got[i][len(got[i])-1] += l.Text
						gotTimed[i][len(gotTimed[i])-1] += l.Text
						return
					}
					add(&got, l, l.Text)
					add(&gotTimed, l, l.Time.UTC().Format(time.RFC3339Nano)+" "+l.Text)
				}); err != nil {
					t.Fatal(err)
				}
				sameLines(t, fmt.Sprintf("the last %d with times, without them", tail), got, want)
				sameLines(t, fmt.Sprintf("the last %d with times", tail), withoutLong(gotTimed), withoutLong(timed))
			}
		})
	}
}

func add(to *[2][]string, l engine.LogLine, text string) {
	if l.Stderr {
		to[1] = append(to[1], text)
	} else {
		to[0] = append(to[0], text)
	}
}

func sameLines(t *testing.T, what string, got, want [2][]string) {
	t.Helper()
	for i, name := range []string{"stdout", "stderr"} {
		if slices.Equal(got[i], want[i]) {
			continue
		}
		at := 0
		for at < min(len(got[i]), len(want[i])) && got[i][at] == want[i][at] {
			at++
		}
		t.Errorf("%s: %s has %d lines, docker %d; from line %d on %.200q, docker %.200q", what, name, len(got[i]),
			len(want[i]), at, got[i][at:min(len(got[i]), at+2)], want[i][at:min(len(want[i]), at+2)])
	}
}

// withoutLong leaves out lines that are longer than an engine's messages: docker prints a time in the middle of them.
func withoutLong(lines [2][]string) [2][]string {
	for i := range lines {
		lines[i] = slices.DeleteFunc(slices.Clone(lines[i]), func(l string) bool { return len(l) > 16_000 })
	}
	return lines
}

// dockerLogs are the lines that docker logs prints to its stdout and stderr, without their ends; times as Slipway has
// them.
func dockerLogs(t *testing.T, private *enginetest.Engine, id string, args ...string) (lines [2][]string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), enginetest.Program(t, "docker"),
		slices.Concat([]string{"logs"}, args, []string{id})...)
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+private.Host())
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("docker logs: %v: %.300s", err, errs.String())
	}
	for i, text := range []string{out.String(), errs.String()} {
		if text == "" {
			continue
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
			line = strings.TrimSuffix(line, "\r")
			if stamp, rest, ok := strings.Cut(line, " "); ok && slices.Contains(args, "--timestamps") {
				if at, err := time.Parse(time.RFC3339Nano, stamp); err == nil {
					line = at.UTC().Format(time.RFC3339Nano) + " " + rest
				}
			}
			lines[i] = append(lines[i], line)
		}
	}
	return lines
}
