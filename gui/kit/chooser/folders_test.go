package chooser

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/kittest"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// opened is an open folder chooser and how a test looks at it.
type opened struct {
	t      *testing.T
	q      *post.Queue
	canvas fyne.Canvas
	f      *chooser
	got    []string
}

func openChooser(t *testing.T, start string) *opened {
	t.Helper()
	return openWith(t, func(canvas fyne.Canvas, work *post.Work, chosen func(string)) *chooser {
		return folderHere(canvas, work,
			Question{Title: words.Name("Choose a folder"), Use: words.Name("Use this folder"), Start: start},
			chosen)
	})
}

func openWith(t *testing.T, open func(fyne.Canvas, *post.Work, func(string)) *chooser) *opened {
	t.Helper()
	kittest.App(t)
	q, restore := post.Capture()
	work := post.NewWork()
	t.Cleanup(func() { work.Close(); restore() })
	behind := kit.NewRoot(kit.NewText(words.Name("behind"), kit.Body))
	c := &opened{t: t, q: q, canvas: kittest.Window(t, behind, 900, 700).Canvas()}
	c.f = open(c.canvas, work, func(path string) { c.got = append(c.got, path) })
	return c
}

// until waits for a state.
func (c *opened) until(what string, done func() bool) {
	c.t.Helper()
	if !c.q.Until(10*time.Second, done) {
		c.t.Fatalf("never: %s; the field is %q, the status %q, the button %q", what, c.f.path.Text, c.f.status.Words(),
			c.f.use.Words())
	}
}

func (c *opened) lists(names ...string) func() bool {
	return func() bool {
		if len(c.f.table.IDs()) != len(names) {
			return false
		}
		for i, n := range names {
			if filepath.Base(c.f.table.IDs()[i]) != n {
				return false
			}
		}
		return true
	}
}

func tree(t *testing.T, dirs ...string) string {
	t.Helper()
	root := t.TempDir()
	for _, d := range dirs {
		if err := os.MkdirAll(filepath.Join(root, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestFolderChooserByKeys(t *testing.T) {
	root := tree(t, "thesis/data", "thesis/text", "holiday", ".config")
	c := openChooser(t, root)
	c.until("the folders", c.lists("holiday", "thesis"))
	c.f.path.SetText(filepath.Join(root, "th"))
	c.until("those that begin so", c.lists("thesis"))
	kittest.Press(c.f.path, fyne.KeyDown)
	kittest.Press(c.f.table, fyne.KeyReturn)
	c.until("what is in it", c.lists("data", "text"))
	kittest.Press(c.f.table, fyne.KeyEnd)
	if want := filepath.Join(root, "thesis", "text"); c.f.path.Text != want || !c.f.use.Enabled() {
		t.Errorf("the field says %q", c.f.path.Text)
	}
	kittest.Press(c.f.path, fyne.KeyReturn)
	if want := filepath.Join(root, "thesis", "text"); len(c.got) != 1 || c.got[0] != want || c.f.dialog.IsOpen() {
		t.Errorf("chosen: %q, open: %v", c.got, c.f.dialog.IsOpen())
	}
}

func TestFolderChooserEscape(t *testing.T) {
	root := tree(t, "a")
	for _, focus := range []string{"field", "rows", "button"} {
		c := openChooser(t, root)
		c.until("the folders", c.lists("a"))
		target := map[string]fyne.Focusable{"field": c.f.path, "rows": c.f.table, "button": c.f.use}[focus]
		c.canvas.Focus(target)
		kittest.Press(target, fyne.KeyEscape)
		if c.f.dialog.IsOpen() || len(c.got) > 0 {
			t.Errorf("Escape in the %s leaves it open, or chooses %q", focus, c.got)
		}
	}
}

func TestFolderChooserMakesAFolder(t *testing.T) {
	root := tree(t, "a")
	c := openChooser(t, root)
	c.until("the folders", c.lists("a"))
	c.f.newFolder()
	c.until("the offer", func() bool { return c.f.use.Words() == "Create and use" && c.f.use.Enabled() })
	test.Type(c.f.path, "fresh") // in place of the name that was proposed
	c.until("the other name", func() bool {
		return c.f.use.Enabled() && c.f.status.Words() == "“fresh” will be created in "+root+"."
	})
	c.f.submit()
	c.until("it is chosen", func() bool { return len(c.got) == 1 })
	if info, err := os.Stat(filepath.Join(root, "fresh")); err != nil || !info.IsDir() ||
		c.got[0] != filepath.Join(root, "fresh") {
		t.Errorf("chosen %q: %v", c.got, err)
	}
}

// TestFolderChooserWhoseStartIsGone begins as near as it can.
func TestFolderChooserWhoseStartIsGone(t *testing.T) {
	root := tree(t, "a", "b")
	c := openChooser(t, filepath.Join(root, "gone"))
	c.until("the folders beside it", c.lists("a", "b"))
	if c.f.path.Text != root || !c.f.use.Enabled() {
		t.Errorf("%q, %v", c.f.path.Text, c.f.use.Enabled())
	}
}

// TestFileChooserOfOneKind offers the files that are meant; another one can be written.
func TestFileChooserOfOneKind(t *testing.T) {
	root := tree(t, "a")
	for _, name := range []string{"one.tar", "two.txt"} {
		if err := os.WriteFile(filepath.Join(root, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := openWith(t, func(canvas fyne.Canvas, work *post.Work, chosen func(string)) *chooser {
		return fileHere(canvas, work,
			Question{Title: words.Name("Choose a backup"), Use: words.Name("Choose"), Start: root, Suffix: ".tar"},
			chosen)
	})
	c.until("the folder and the archive", c.lists("a", "one.tar"))
	c.f.path.SetText(filepath.Join(root, "two.txt"))
	c.until("the other one can be chosen", c.f.use.Enabled)
	c.f.submit()
	if len(c.got) != 1 || filepath.Base(c.got[0]) != "two.txt" {
		t.Errorf("%q", c.got)
	}
}

func TestFolderChooserSaysWhatIsWrong(t *testing.T) {
	root := tree(t, "a", ".hidden")
	if err := os.WriteFile(filepath.Join(root, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := openChooser(t, root)
	c.until("the folders", c.lists("a"))
	for path, want := range map[string]string{
		"a":                             "Enter a full path, starting with /.",
		filepath.Join(root, "no", "no"): "The folder " + filepath.Join(root, "no") + " doesn't exist.",
		filepath.Join(root, "file"):     "Cannot open " + filepath.Join(root, "file") + ": not a directory.",
	} {
		c.f.path.SetText(path)
		c.until(want, func() bool { return c.f.status.Words() == want && !c.f.use.Enabled() })
		c.f.submit()
	}
	c.f.open(root)
	c.f.hidden = true
	c.until("hidden ones too", c.lists(".hidden", "a"))
	if len(c.got) > 0 {
		t.Errorf("chosen: %q", c.got)
	}
}
