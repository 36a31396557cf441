//go:build linux

package commands_test

import (
	"os"
	"strings"
	"testing"

	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/gui"
	"slipway/gui/guitest"

	"fyne.io/fyne/v2"
)

// put puts a text into the clipboard and pastes it where the keys are.
func put(w *guitest.Window, text string) {
	w.T.Helper()
	fyne.CurrentApp().Clipboard().SetContent(text)
	w.Shortcut(&fyne.ShortcutPaste{Clipboard: fyne.CurrentApp().Clipboard()})
}

// TestPasteRun takes a command of a tutorial that was pasted on a page into the run form, and runs it.
func TestPasteRun(t *testing.T) {
	w, _ := open(t, "images")
	put(w, `$ sudo docker run -it --rm \
  -p 127.0.0.1:8099:80 -v "$(pwd)":/work -e PASSWORD=hush-hush-1 \
  nginx`)
	w.See("paste")
	if path := os.Getenv("SLIPWAY_PICTURE"); path != "" {
		w.Picture(path)
	}
	w.Lacks("paste.line", "hush-hush-1")
	dir := t.TempDir()
	w.Fill("paste.folder", dir)
	w.Press("paste.go")
	w.Read("run.image", "nginx")
	w.Read("run.port.0.host", "8099")
	w.Read("run.mount.0.source", dir)
	w.Press("run.go")
	w.Gone("run")
	w.Container("nginx", guitest.InState(model.StateRunning))
}

// TestPasteGlued mends the line of the post whose image has become part of the folder.
func TestPasteGlued(t *testing.T) {
	w, _ := open(t, "images")
	w.Press("nav.launch")
	w.Focus("launch.folder")
	put(w, "docker run -p 8888:8888 -v /path/to/your/data:/home/app/jupyter/scipy-notebook:python-3.8")
	w.See("paste.why")
	w.Press("paste.mend")
	w.Gone("paste.mend")
	w.Press("paste.go")
	w.Read("run.image", "jupyter/scipy-notebook:python-3.8")
	w.Read("run.mount.0.target", "/home/app")
	w.Key("Escape")
}

// TestPastePull takes the name out of a command that was pasted where a name belongs.
func TestPastePull(t *testing.T) {
	w, _ := open(t, "images")
	w.Press("images.pull")
	w.Focus("pull.image")
	put(w, "docker pull alpine:3.20")
	w.Read("pull.image", "alpine:3.20")
	put(w, "docker run -d nginx")
	w.Gone("pull")
	w.Press("paste.go")
	w.Read("run.image", "nginx")
	w.Key("Escape")
}

// TestPasteSeveral goes through a block of commands, one by one.
func TestPasteSeveral(t *testing.T) {
	w, _ := open(t, "containers")
	put(w, "```\ndocker volume create notes\ndocker stop web\ndocker push me/x\n```")
	w.See("pasted")
	w.Press("pasted.a.open")
	w.Press("paste.go")
	w.Did("docker volume create notes", journal.OK)
	w.Press("pasted.c.open")
	w.Until("that it cannot be done", func(d gui.Dump) bool {
		i, ok := guitest.Item(d, "paste.why")
		return ok && strings.Contains(i.Text, "cannot do this yet")
	})
	w.Key("Escape")
	w.Press("pasted.close")
	w.Gone("pasted")
}

// TestPasteOnThings does what the buttons of those things do, to all that are named, and says which is not there.
func TestPasteOnThings(t *testing.T) {
	w, _ := open(t, "containers")
	put(w, "docker stop web db")
	w.Press("paste.go")
	w.Container("web", guitest.InState(model.StateExited))
	w.Container("db", guitest.InState(model.StateExited))
	put(w, "docker start web nowhere")
	w.Until("what is missing", func(d gui.Dump) bool {
		i, ok := guitest.Item(d, "paste.why")
		return ok && strings.Contains(i.Text, "nowhere")
	})
	w.Gone("paste.go")
	w.Key("Escape")
	put(w, "docker logs -f web")
	w.Press("paste.go")
	w.Until("its details", guitest.Shows("inside.output"))
	hello := strings.TrimPrefix(w.Image("hello-world:latest").ID, "sha256:")
	for _, name := range []string{"hello-world", hello[:12], "sha256:" + hello} {
		put(w, "docker rmi "+name)
		w.Press("paste.go")
		w.See("rmi")
		w.Tells("rmi", "hello-world")
		w.Press("rmi.cancel")
		w.Gone("rmi")
	}
	put(w, "docker inspect busybox")
	w.Press("paste.go")
	w.Until("the image", func(d gui.Dump) bool { return d.Page == "images" })
}

// TestPasteNothing says so.
func TestPasteNothing(t *testing.T) {
	w, _ := open(t, "containers")
	put(w, "hello")
	w.Until("that there is no command", func(d gui.Dump) bool {
		return strings.Contains(guitest.Describe(d), "No docker command")
	})
}
