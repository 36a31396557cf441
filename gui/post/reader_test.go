package post_test

import (
	"context"
	"testing"
	"time"

	"slipway/gui/post"
)

// TestReader has a newer reading take the place of an older one that answers late.
func TestReader(t *testing.T) {
	queue, restore := post.Capture()
	defer restore()
	work := post.NewWork()
	defer work.Close()
	r := post.NewReader(work)
	var shown []string
	late, ended := make(chan struct{}), make(chan struct{})
	r.Want("old", func(ctx context.Context, turn *post.Turn) {
		defer close(ended)
		<-ctx.Done() // the newer one ends it
		<-late
		turn.Do(func() { shown = append(shown, "old") })
		turn.Latest(func() { shown = append(shown, "old") })
	})
	read := func(_ context.Context, turn *post.Turn) { turn.Do(func() { shown = append(shown, "new") }) }
	if !r.Want("new", read) || r.Want("new", read) {
		t.Error("what is wanted again is read again, or something else is not")
	}
	close(late)
	<-ended
	if !queue.Until(time.Minute, func() bool { return len(shown) > 0 }) || len(shown) != 1 || shown[0] != "new" {
		t.Errorf("shown are %q", shown)
	}
	r.Rest()
	if !r.Want("new", read) {
		t.Error("what rested is not read again")
	}
	if !queue.Until(time.Minute, func() bool { return len(shown) == 2 }) {
		t.Errorf("shown are %q", shown)
	}
}
