//go:build linux

package gui_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"slipway/gui"
)

// TestFiles looks at the folders of a container, at a file of text and an image, and copies files in and out.
func TestFiles(t *testing.T) {
	d, e, tiny := openOn(t)
	local := t.TempDir()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	upload := filepath.Join(local, "plot.png")
	if err := os.WriteFile(upload, picture.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	docker(t, e, "run", "-d", "--name", "holder", "-v", local+":/mounted", "-w", "/work", tiny, "sh", "-c",
		"mkdir -p deep; echo 'some text' > deep/notes.txt; trap 'exit 0' TERM; sleep 100000 & wait")
	press(d, "nav.containers")
	press(d, "row:holder")
	press(d, "inside.tab.files")
	d.Until("its working directory", shows("row:deep"))
	d.Click("row:deep")
	d.Until("what equals it", says("strip.command", "docker cp holder:/work/deep ."))
	d.Key("Return")
	d.Until("the file", says("row:notes.txt", "10 B"))
	d.Click("row:notes.txt")
	d.Key("Return")
	d.Until("its text", says("files.text", "some text"))
	press(d, "files.close")

	press(d, "files.put")
	d.Fill("choose.path", upload)
	press(d, "choose.use")
	d.Until("it is copied", shows("row:plot.png"))
	d.Click("row:plot.png")
	d.Key("Return")
	d.Until("it is an image", says("file.subtitle", "30 × 20 pixels"))
	press(d, "files.close")
	press(d, "files.put")
	d.Fill("choose.path", upload)
	press(d, "choose.use")
	d.Until("it asks before it overwrites", shows("overwrite.go"))
	press(d, "overwrite.cancel")

	out := t.TempDir()
	press(d, "row:notes.txt")
	press(d, "files.fetch")
	d.Fill("choose.path", out)
	press(d, "choose.use")
	d.Until("it is saved", func(gui.Dump) bool {
		data, _ := os.ReadFile(filepath.Join(out, "notes.txt"))
		return string(data) == "some text\n"
	})
	d.Fill("files.path", "/mounted")
	d.Key("Return")
	d.Until("what is mounted", says("files.note", local))
	docker(t, e, "stop", "holder")
	d.Fill("files.path", "/")
	d.Key("Return")
	d.Until("a stopped one has files, too", shows("row:etc"))
}
