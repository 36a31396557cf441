package post_test

import (
	"context"
	"fmt"
	"time"

	"slipway/gui/post"
)

// A view reads off the UI thread, and shows on it what came: the newest reading wins.
func ExampleReader() {
	queue, restore := post.Capture() // a test's own UI thread
	defer restore()
	work := post.NewWork()
	defer work.Close()
	shown := ""
	details := post.NewReader(work)
	look := func(name string) {
		details.Want(name, func(_ context.Context, t *post.Turn) {
			answer := "what the engine says of " + name
			t.Do(func() { shown = answer })
		})
	}
	look("web")
	look("db") // another row was selected
	queue.Until(time.Minute, func() bool { return shown != "" })
	fmt.Println(shown)
	// Output: what the engine says of db
}
