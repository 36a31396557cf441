package scrollback

import (
	"os"
	"strings"
	"testing"
)

// TestBookWaitsForNoDisk looks at lines while the disk takes its time: nothing that the window asks for may wait for
// it.
func TestBookWaitsForNoDisk(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	b := New(1<<20, 1<<30)
	defer b.Close()
	for range 40_000 {
		b.Add(Line{Text: strings.Repeat("x", 100)})
	}
	looked := 0
	lines, first, err := b.lines(0, 10, func(k *block) ([]byte, error) { // as if this read took long
		if _, ok := b.Cached(0, 1); ok || b.First() != 0 || b.End() != 40_000 {
			t.Error("it is not on the disk")
		}
		looked++
		b.Add(Line{Text: "added meanwhile"})
		return b.load(k)
	})
	if err != nil || first != 0 || len(lines) != 10 || looked != 1 || b.End() != 40_001 {
		t.Errorf("%d from %d, %d, %v", len(lines), first, looked, err)
	}
	b.adding.Lock() // as if a write took long
	defer b.adding.Unlock()
	if got, ok := b.Cached(b.End()-1, 1); !ok || got[0].Text != "added meanwhile" {
		t.Errorf("%v, %v", got, ok)
	}
	if lines, err := b.Read(20_000, 5); err != nil || len(lines) != 5 {
		t.Errorf("%d, %v", len(lines), err)
	}
}

// TestBookDropsWhileRead has lines dropped between two blocks that are read: the numbers stay right.
func TestBookDropsWhileRead(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	b := New(256<<10, 512<<10)
	defer b.Close()
	n := 0
	add := func(many int) {
		for range many {
			b.Add(Line{Text: strings.Repeat("x", n)})
			n = (n + 1) % 1000
		}
	}
	add(2000)
	from, done := b.First(), false
	lines, first, err := b.lines(from, 1800, func(k *block) ([]byte, error) {
		if !done {
			done = true
			add(700)
		}
		return b.load(k)
	})
	if err != nil || !done || first <= from || len(lines) == 0 {
		t.Fatalf("%d lines from %d, began at %d, %v", len(lines), first, from, err)
	}
	for i, l := range lines {
		if len(l.Text) != (first+i)%1000 {
			t.Fatalf("line %d has %d bytes", first+i, len(l.Text))
		}
	}
}

// TestBookInItsPlace has little room for the file: none at all, little from the beginning, and less than before while
// it grows.
func TestBookInItsPlace(t *testing.T) {
	for name, c := range map[string]struct {
		room []int64 // at each question; the last one stays
		most int64   // of the file
	}{
		"none":   {[]int64{leastRoom - 1}, 0},
		"little": {[]int64{20 << 20}, 20<<20 + spare},
		"less":   {[]int64{1 << 30, 1 << 30, 0}, 2*askEvery + 3*blockSize},
	} {
		dir, asked := t.TempDir(), 0
		b := NewIn(func() (string, int64) {
			asked++
			return dir, c.room[min(asked, len(c.room))-1]
		}, 1<<20, 4<<30)
		for n := range 100_000 { // of 60 MB
			b.Add(Line{Text: strings.Repeat(string(rune('a'+n%26)), 600)})
		}
		size := int64(0)
		if b.file != nil {
			info, err := b.file.Stat()
			if err != nil {
				t.Fatal(err)
			}
			size = info.Size()
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: the file has a name: %v, %v", name, left, err)
		}
		if size > c.most || size < c.most*3/4 {
			t.Errorf("%s: the file has %d bytes, at most %d", name, size, c.most)
		}
		lines, first, err := b.lines(b.First(), 10, b.load)
		if err != nil || len(lines) != 10 || first == 0 || lines[0].Text[0] != byte('a'+first%26) || b.End() != 100_000 {
			t.Errorf("%s: %d lines from %d, %v", name, len(lines), first, err)
		}
		if last, err := b.Read(99_999, 1); err != nil || len(last) != 1 {
			t.Errorf("%s: the newest line: %v, %v", name, last, err)
		}
		b.Close()
	}
}
