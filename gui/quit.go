package gui

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"slipway/engine/job"
	"slipway/engine/settings"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"

	"fyne.io/fyne/v2"
)

// Quit closes the window. It asks first while jobs run that quitting would cancel, and says once that containers go on
// running without Slipway.
func (sh *Shell) Quit() {
	if sh.window.Canvas().Overlays().Top() != nil {
		if d, ok := sh.window.Canvas().Overlays().Top().(*kit.Dialog); ok && d.Is("quit") {
			return
		}
	}
	jobs, running, held := 0, 0, []string(nil)
	for _, v := range sh.session.Jobs.List() {
		if v.State == job.Running {
			jobs++
		}
		if !v.HeldUntil.IsZero() {
			held = append(held, present.Deed(v.Deed))
		}
	}
	for _, c := range sh.session.Live.Snapshot().Containers {
		if c.Running() {
			running++
		}
	}
	switch {
	case len(held) > 0 && jobs == len(held):
		sh.askQuit("Quit, and remove nothing?",
			"What waits to be done can still be undone: "+strings.Join(held, ", ")+". Quitting now undoes it.")
	case jobs > 0:
		sh.askQuit("Quit and cancel what runs?",
			fmt.Sprintf("%s not finished. Quitting cancels it, and a container that is just being started is stopped and kept; one with --rm runs on. Other containers go on running.", are(jobs, "job")))
	case running > 0 && !sh.settings.Get().QuitSaid:
		sh.askQuit("Your containers keep running",
			fmt.Sprintf("%s running. Quitting Slipway leaves them as they are; open it again to stop them. This is said only once.", are(running, "container")))
	default:
		sh.leave()
	}
}

func are(n int, word string) string {
	if n == 1 {
		return "1 " + word + " is"
	}
	return fmt.Sprintf("%d %ss are", n, word)
}

func (sh *Shell) askQuit(title, text string) {
	var d *kit.Dialog
	quit := kit.NewButton("quit.go", "Quit", "", kit.Primary, func() {
		d.Close()
		// Not being able to remember it means only that it is said again.
		_ = sh.settings.Change(func(v *settings.Values) { v.QuitSaid = true })
		sh.leave()
	})
	cancel := kit.NewButton("quit.cancel", "Cancel", "", kit.Normal, func() { d.Cancel() })
	d = kit.NewDialog("quit", title, text, 520, nil, kit.Buttons(nil, []fyne.CanvasObject{cancel, quit}))
	d.OnSubmit = quit.OnTap
	d.Open(sh.window.Canvas(), quit)
}

// leave remembers how the window was and ends the run loop.
func (sh *Shell) leave() {
	prefs := sh.app.Preferences()
	size := sh.window.Canvas().Size()
	prefs.SetFloat(prefWidth, float64(size.Width))
	prefs.SetFloat(prefHeight, float64(size.Height))
	prefs.SetString(prefPage, sh.page)
	sh.window.SetCloseIntercept(nil)
	post.Close() // before the run loop ends: what came after it would run on any goroutine
	if l, ok := sh.app.Lifecycle().(stopping); ok {
		if save := l.OnStopped(); save != nil {
			save()
		}
		l.SetOnStoppedHookExecuted(nil)
	}
	sh.app.Quit()
}

// stopping is the part of Fyne's lifecycle that saves the preferences at the end. Fyne (2.7.1,
// internal/driver/glfw/loop.go) does it by an event that comes when its loop has ended: now and then nobody serves that
// any more, and the program waits for it for ever. So it is done before, and the event is not made.
type stopping interface {
	OnStopped() func()
	SetOnStoppedHookExecuted(func())
}

// obeySignals ends the window in order when the session ends (SIGTERM) or on Ctrl+C in the terminal it came from.
func (sh *Shell) obeySignals(ctx context.Context) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	select {
	case <-ctx.Done():
	case <-signals:
		post.Do(sh.leave)
	}
}
