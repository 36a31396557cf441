// Package chooser asks for a folder or files of this computer, with the desktop's own dialog or with ours.
package chooser

import (
	"context"
	"net/url"
	"os"
	"path"
	"runtime"
	"strconv"

	"slipway/engine/model"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"github.com/rymdport/portal/filechooser"
)

// Folder lets a person choose a folder, with the desktop's own dialog where it has one (through the portal on
// Linux), else with one of our own. chosen is called on the UI thread, and not at all when nothing was chosen.
func Folder(w fyne.Window, work *post.Work, q Question, chosen func(path string)) {
	here := func() { folderHere(w.Canvas(), work, q, chosen) }
	if !hasSessionBus() {
		here()
		return
	}
	options := &filechooser.OpenFileOptions{Directory: true, CurrentFolder: q.Start, AcceptLabel: q.Use.String()}
	askDesktop(w, work, q.Title.String(), options, func(paths []string) { chosen(paths[0]) }, here)
}

// Files lets a person choose files as [Folder] does folders. With our own dialog it is one.
func Files(w fyne.Window, work *post.Work, q Question, chosen func(paths []string)) {
	here := func() { fileHere(w.Canvas(), work, q, func(path string) { chosen([]string{path}) }) }
	if !hasSessionBus() {
		here()
		return
	}
	options := &filechooser.OpenFileOptions{Multiple: true, CurrentFolder: q.Start, AcceptLabel: q.Use.String()}
	if q.Suffix != "" {
		options.Filters = []*filechooser.Filter{
			{Name: "*" + q.Suffix, Rules: []filechooser.Rule{{Type: filechooser.GlobPattern, Pattern: "*" + q.Suffix}}},
			{Name: "*", Rules: []filechooser.Rule{{Type: filechooser.GlobPattern, Pattern: "*"}}},
		}
	}
	askDesktop(w, work, q.Title.String(), options, chosen, here)
}

// askDesktop shows the desktop's own dialog; otherwise is called where it has none.
func askDesktop(w fyne.Window, work *post.Work, title string, options *filechooser.OpenFileOptions,
	chosen func(paths []string), otherwise func(),
) {
	parent := portalName(w)
	work.Go(func(ctx context.Context) {
		type answer struct {
			uris []string
			err  error
		}
		// The portal's call cannot be cancelled. Its goroutine ends with the desktop's dialog, or with the process.
		answers := make(chan answer, 1)
		go func() {
			var a answer
			a.err = model.Guard(model.Say("kit.the-desktop-s-dialog-cannot"), func() (err error) {
				a.uris, err = filechooser.OpenFile(parent, title, options)
				return err
			})
			answers <- a
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
		if u, err := url.Parse(uri); err == nil && u.Scheme == "file" && path.IsAbs(u.Path) { // nothing of another computer
			paths = append(paths, u.Path)
		}
	}
	return paths
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
