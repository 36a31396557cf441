package kit

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"slipway/engine/platform"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"

	"github.com/rymdport/portal/filechooser"
)

// ChooseFolder lets a person choose a folder, with the desktop's own dialog where it has one (through the portal on
// Linux), else with one of our own. chosen is called on the UI thread, and not at all when nothing was chosen.
func ChooseFolder(w fyne.Window, work *post.Work, start string, chosen func(path string)) {
	here := func() { chooseFolderHere(w.Canvas(), work, start, chosen) }
	if !hasSessionBus() {
		here()
		return
	}
	options := &filechooser.OpenFileOptions{Directory: true, CurrentFolder: start}
	askDesktop(w, work, "Choose a folder", options, func(paths []string) { chosen(paths[0]) }, here)
}

// ChooseFiles lets a person choose files as [ChooseFolder] does folders. Where the desktop has no dialog for it, a path is
// typed.
func ChooseFiles(w fyne.Window, work *post.Work, start string, chosen func(paths []string)) {
	here := func() { typePath(w.Canvas(), start, chosen) }
	if !hasSessionBus() {
		here()
		return
	}
	options := &filechooser.OpenFileOptions{Multiple: true, CurrentFolder: start}
	askDesktop(w, work, "Choose files", options, chosen, here)
}

// askDesktop shows the desktop's own dialog; otherwise is called where it has none.
func askDesktop(w fyne.Window, work *post.Work, title string, options *filechooser.OpenFileOptions, chosen func(paths []string), otherwise func()) {
	parent := portalName(w)
	work.Go(func(ctx context.Context) {
		type answer struct {
			uris []string
			err  error
		}
		// The portal's call cannot be cancelled. Its goroutine ends with the desktop's dialog, or with the process.
		answers := make(chan answer, 1)
		go func() {
			uris, err := filechooser.OpenFile(parent, title, options)
			answers <- answer{uris, err}
		}()
		select {
		case <-ctx.Done():
		case a := <-answers:
			post.Do(func() {
				if a.err != nil {
					otherwise()
				} else if paths := pathsOf(a.uris); len(paths) > 0 {
					chosen(paths)
				}
			})
		}
	})
}

func pathsOf(uris []string) (paths []string) {
	for _, uri := range uris {
		if u, err := url.Parse(uri); err == nil {
			paths = append(paths, u.Path)
		}
	}
	return paths
}

// typePath asks for the path of a file or folder.
func typePath(c fyne.Canvas, start string, chosen func(paths []string)) {
	field := NewField("choosefile.path", "the path of a file or folder")
	if start != "" {
		field.SetText(strings.TrimSuffix(platform.ExpandHome(start), "/") + "/")
	}
	status := NewText(" ", Second.In(style.Bad)).ID("choosefile.status")
	var d *Dialog
	submit := func() {
		at := platform.ExpandHome(strings.TrimSpace(field.Text))
		if _, err := os.Stat(at); err != nil || !filepath.IsAbs(at) {
			status.Set("There is no such file or folder on this computer.")
			field.SetProblem("There is no such file or folder.")
			return
		}
		d.Close()
		chosen([]string{filepath.Clean(at)})
	}
	use := NewButton("choosefile.use", "Use it", "check", Primary, submit)
	cancel := NewButton("choosefile.cancel", "Cancel", "", Normal, func() { d.Cancel() })
	d = NewDialog("choosefile", "Choose a file", "Type its path. Files and folders can be dragged onto the window, too.", 600, Down(6, field, status), Buttons(nil, []fyne.CanvasObject{cancel, use}))
	d.OnSubmit = submit
	d.Open(c, field)
}

// hasSessionBus tells whether there is a desktop session that a portal could run in.
func hasSessionBus() bool {
	if runtime.GOOS != "linux" {
		return false
	}
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	_, err := os.Stat("/run/user/" + strconv.Itoa(os.Getuid()) + "/bus")
	return err == nil
}

// portalName is how the portal calls a window, so that its dialog stays over it; "" when it has no name for it.
func portalName(w fyne.Window) (name string) {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return ""
	}
	native.RunNative(func(context any) {
		if x, ok := context.(driver.X11WindowContext); ok {
			name = "x11:" + strconv.FormatUint(uint64(x.WindowHandle), 16)
		}
	})
	return name
}
