package post

import (
	"testing"
	"time"
)

func TestLatestKeepsOnlyTheNewest(t *testing.T) {
	q, restore := Capture()
	defer restore()
	var l Latest
	var seen []int
	add := func(i int) { l.Do(func() { seen = append(seen, i) }) }
	add(1)
	if !q.Until(5*time.Second, func() bool { return len(seen) == 1 }) {
		t.Fatal("the first was not shown at once")
	}
	for i := 2; i < 100; i++ {
		add(i)
	}
	if !q.Until(5*time.Second, func() bool { return len(seen) > 0 && seen[len(seen)-1] == 99 }) {
		t.Fatalf("the newest never came: %v", seen)
	}
	if len(seen) != 2 {
		t.Errorf("a burst was shown %d times: %v", len(seen)-1, seen)
	}
}
