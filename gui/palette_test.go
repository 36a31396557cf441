//go:build linux

package gui_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"slipway/engine/practice"
	"slipway/gui/guitest"

	"fyne.io/fyne/v2"
)

// TestPalette finds pages, actions, containers and images by a few letters, takes docker commands, and remembers what
// was used.
func TestPalette(t *testing.T) {
	w, _ := guitest.Practice(t, practice.Options{})
	w.Press("nav.containers")
	w.See("row:monthly-report")
	find := func(text string) {
		t.Helper()
		w.Bar("File", "Find anything…")
		w.Fill("palette.text", text)
	}
	find("mrep")
	if path := os.Getenv("SLIPWAY_PICTURE"); path != "" {
		w.Picture(path)
	}
	w.Key("Return")
	w.Gone("palette")
	w.See("row:monthly-report")
	find("vol")
	w.Key("Down")
	w.Key("Up")
	w.Press("palette.View/Volumes")
	w.See("volumes.table")
	find("docker run -d nginx")
	w.Key("Return")
	w.See("paste.go")
	w.Key("Escape")
	find("qqqqqq")
	w.See("palette.none")
	w.Key("Escape")
	w.Bar("File", "Find anything…")
	order := guitest.Order(w.Dump())
	if strings.Index(order, "palette.View/Volumes") > strings.Index(order, "palette.containers/monthly-report") {
		t.Errorf("what was used last does not stand first: %s", order)
	}
	fyne.CurrentApp().Clipboard().SetContent("docker pull alpine")
	w.Shortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
	w.Gone("palette")
	w.Press("paste.go")
	w.Read("pull.image", "alpine")
	w.Key("Escape")
}

// TestPaletteMany answers in a moment where there are thousands of things.
func TestPaletteMany(t *testing.T) {
	e := guitest.StartPractice(t, practice.Options{})
	if err := e.AddImage("hello-world:latest", "hello-world:latest"); err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		s := practice.Sample{Name: fmt.Sprintf("worker-%d", i), Image: "hello-world:latest", Ends: true}
		if err := e.Add(s); err != nil {
			t.Fatal(err)
		}
	}
	w := guitest.OpenPractice(t, e)
	w.Press("nav.containers")
	w.Until("all containers", guitest.Says("containers.all", "All 2000"))
	w.Bar("File", "Find anything…")
	began := time.Now()
	w.Fill("palette.text", "wk1999")
	w.See("palette.containers/worker-1999")
	t.Log(time.Since(began))
}
