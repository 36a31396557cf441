package scrollback_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/engine/scrollback"
)

func lineOf(i int) scrollback.Line {
	return scrollback.Line{
		Time: time.Unix(int64(i), 5).Add(0), Stderr: i%3 == 0,
		Text: fmt.Sprintf("line %d %s", i, strings.Repeat("x", i%200)),
	}
}

func wantLine(t *testing.T, n int, l scrollback.Line) {
	t.Helper()
	if w := lineOf(n); l.Text != w.Text || l.Stderr != w.Stderr || !l.Time.Equal(w.Time) {
		t.Fatalf("line %d is %+v", n, l)
	}
}

// TestBook adds far more than fits into memory, and reads all of it back in any order.
func TestBook(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	b := scrollback.New(1<<20, 1<<30)
	defer b.Close()
	const many = 100_000
	for i := range many {
		b.Add(lineOf(i))
	}
	if b.First() != 0 || b.End() != many {
		t.Fatalf("%d to %d", b.First(), b.End())
	}
	if left, _ := os.ReadDir(os.TempDir()); len(left) > 0 {
		t.Errorf("the file has a name: %v", left)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		from, n := r.IntN(many), 1+r.IntN(300)
		lines, err := b.Read(from, n)
		if err != nil || len(lines) != min(n, many-from) {
			t.Fatalf("%d lines of %d from %d, %v", len(lines), n, from, err)
		}
		for i, l := range lines {
			wantLine(t, from+i, l)
		}
		if again, ok := b.Cached(from, n); !ok || len(again) != len(lines) {
			t.Fatal("what was just read is not in memory")
		}
	}
	if _, ok := b.Cached(many-1000, 1000); !ok {
		t.Error("the newest lines are not in memory")
	}
	seen := 0
	if err := b.Each(0, many,
		func(n int, l scrollback.Line) bool { wantLine(t, n, l); seen++; return true }); err != nil || seen != many {
		t.Errorf("%d, %v", seen, err)
	}
}

// TestBookDrops has a file that is too small, and a disk that cannot be written.
func TestBookDrops(t *testing.T) {
	for name, c := range map[string]struct {
		dir  string
		most int
	}{"a small file": {t.TempDir(), 4 << 20}, "no file": {"/nonexistent", 2 << 20}} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", c.dir)
			b := scrollback.New(1<<20, 2<<20)
			defer b.Close()
			for i := range 200_000 { // 22 MB
				b.Add(lineOf(i))
				if i%10_000 == 0 {
					_ = b.Each(b.First(), b.End(), func(n int, l scrollback.Line) bool { wantLine(t, n, l); return true })
				}
			}
			if b.First() == 0 || b.End() != 200_000 || b.End()-b.First() < 5000 {
				t.Errorf("%d to %d", b.First(), b.End())
			}
			kept := 0
			_ = b.Each(b.First(), b.End(), func(_ int, l scrollback.Line) bool { kept += len(l.Text); return true })
			if kept > c.most {
				t.Errorf("%d bytes are kept", kept)
			}
			if lines, err := b.Read(0, 10); err != nil || len(lines) != 0 {
				t.Errorf("dropped, and yet %v, %v", lines, err)
			}
		})
	}
}

// TestBookAtOnce adds and reads side by side.
func TestBookAtOnce(t *testing.T) {
	b := scrollback.New(1<<20, 4<<20)
	defer b.Close()
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for i := range 100_000 {
			b.Add(lineOf(i))
		}
	}()
	for b.End() < 100_000 {
		from := b.First()
		lines, err := b.Read(from, 50)
		if err != nil {
			t.Fatal(err)
		}
		if first := b.First(); first == from {
			for i, l := range lines {
				wantLine(t, from+i, l)
			}
		}
		if err := b.Each(from, from+3000,
			func(n int, l scrollback.Line) bool { wantLine(t, n, l); return true }); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
}

func FuzzBook(f *testing.F) {
	f.Add("a", true, 10)
	f.Fuzz(func(t *testing.T, text string, stderr bool, n int) {
		b := scrollback.New(1<<10, 1<<20)
		defer b.Close()
		n = max(1, min(n, 500))
		for range n {
			b.Add(scrollback.Line{Text: text, Stderr: stderr})
		}
		lines, err := b.Read(b.First(), n)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if l.Text != text || l.Stderr != stderr || !l.Time.IsZero() {
				t.Fatalf("%+v", l)
			}
		}
	})
}

// TestContinues tells a further piece of a line that has not ended from another line: engines give all
// pieces the time of the first.
func TestContinues(t *testing.T) {
	b := scrollback.New(1<<20, 0)
	defer b.Close()
	first := scrollback.Line{Time: time.Unix(7, 1), Text: "half", Open: true}
	b.Add(first)
	if !b.Open() || !b.Continues(first) || b.Continues(scrollback.Line{Time: first.Time, Stderr: true}) ||
		b.Continues(scrollback.Line{Time: time.Unix(7, 2)}) {
		t.Error("while it is open")
	}
	b.Add(scrollback.Line{Time: first.Time, Text: " and half"})
	if b.Open() || b.Continues(first) {
		t.Error("when it has ended")
	}
}

// TestSources has the lines of several programs in one book, of which two are open at once.
func TestSources(t *testing.T) {
	b := scrollback.New(1<<20, 0)
	defer b.Close()
	of := func(source int, text string, open bool) scrollback.Line {
		return scrollback.Line{Source: source, Text: text, Open: open}
	}
	words := func(b *scrollback.Book) string {
		text := ""
		_ = b.Each(0, b.End(), func(_ int, l scrollback.Line) bool {
			text += fmt.Sprint(l.Source, "=", l.Text, " ")
			return true
		})
		return text
	}
	b.Add(of(1, "10%", true), of(300, "one", true), of(1, "\r20%", true), of(2, "whole", false), of(300, " two", false))
	if got := words(b); got != "2=whole 300=one two 1=20% " {
		t.Errorf("%q", got)
	}
	b.Add(of(300, "three", true))
	other := scrollback.New(1<<20, 0)
	defer other.Close()
	other.Add(of(7, "of another", true))
	b.DropOpen(1)
	if got := words(b); got != "2=whole 300=one two 300=three " || !b.Continues(of(300, "", false)) ||
		b.Continues(of(1, "", false)) {
		t.Errorf("%q", got)
	}
	both := scrollback.New(1<<20, 0)
	defer both.Close()
	both.GoOn(b, other)
	both.Add(of(300, " four", false))
	both.EndOpen()
	if got := words(both); got != "300=three four 7=of another " {
		t.Errorf("%q", got)
	}
}
