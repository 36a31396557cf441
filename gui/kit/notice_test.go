package kit

import (
	"testing"
	"time"

	"slipway/engine/words"
	"slipway/gui/kit/kittest"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
)

// TestNoticeFolds shows a problem, which covers what is below it only for a while.
func TestNoticeFolds(t *testing.T) {
	kittest.App(t)
	q, restore := post.Capture()
	defer restore()
	n := NewNotices()
	n.fold = time.Millisecond
	win := kittest.Window(t, NewRoot(n.Layer()), 500, 400)
	seen := func(id string) (b *Button) {
		for _, i := range Items(win.Canvas()) {
			if i.ID == id {
				b, _ = i.Object.(*Button)
			}
		}
		return b
	}
	undo := n.Show(Notice{Title: words.Name("Removing one"), Until: time.Now().Add(time.Hour)})
	n.Show(Notice{
		Title: words.Name("It failed"), Text: words.Name("This is why it failed."), Bad: true,
		Buttons: []fyne.CanvasObject{NewButton("again", words.Name("Try again"), "", Normal, nil)},
	})
	last := func() fyne.CanvasObject { return n.list.Objects[len(n.list.Objects)-1] }
	whole := last().MinSize().Height
	folded := func() bool { return last().MinSize().Height < whole-30 }
	if !q.Until(10*time.Second, folded) || seen("again") != nil {
		t.Fatal("it is not folded")
	}
	more := seen("notice.more")
	if more == nil {
		t.Fatal("there is no way to unfold it")
	}
	more.Tapped(nil)
	if h := last().MinSize().Height; h != whole {
		t.Errorf("unfolded it is %v high, not %v", h, whole)
	}

	// What can be undone cannot be closed, nor is it pushed out.
	for range 5 {
		n.Show(Notice{Title: words.Name("Another")})
	}
	if len(n.list.Objects) != mostNotices {
		t.Errorf("%d notices", len(n.list.Objects))
	}
	for range 5 {
		n.DismissNewest()
	}
	if len(n.list.Objects) != 1 || seen("notice.close") != nil {
		t.Errorf("%d notices", len(n.list.Objects))
	}
	undo()
	if len(n.list.Objects) != 0 {
		t.Errorf("%d notices", len(n.list.Objects))
	}
}
