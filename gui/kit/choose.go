package kit

import (
	"context"
	"net/url"
	"os"
	"runtime"
	"strconv"

	"slipway/gui/post"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"

	"github.com/rymdport/portal/filechooser"
)

// ChooseFolder lets a person choose a folder, with the desktop's own dialog where it has one (through the portal on
// Linux), else with one of our own. chosen is called on the UI thread, and not at all when nothing was chosen.
func ChooseFolder(w fyne.Window, work *post.Work, start string, chosen func(path string)) {
	if !hasSessionBus() {
		chooseFolderHere(w.Canvas(), work, start, chosen)
		return
	}
	parent := portalName(w)
	work.Go(func(ctx context.Context) {
		type answer struct {
			paths []string
			err   error
		}
		// The portal's call cannot be cancelled. Its goroutine ends with the desktop's dialog, or with the process.
		answers := make(chan answer, 1)
		go func() {
			paths, err := filechooser.OpenFile(parent, "Choose a folder", &filechooser.OpenFileOptions{Directory: true, CurrentFolder: start})
			answers <- answer{paths, err}
		}()
		select {
		case <-ctx.Done():
		case a := <-answers:
			post.Do(func() {
				if a.err != nil {
					chooseFolderHere(w.Canvas(), work, start, chosen)
				} else if len(a.paths) > 0 {
					if u, err := url.Parse(a.paths[0]); err == nil {
						chosen(u.Path)
					}
				}
			})
		}
	})
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
