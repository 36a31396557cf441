package gui

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"slipway/engine/job"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/present"
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
	for _, d := range sh.desks {
		for _, v := range d.session.Jobs.List() {
			if v.State == job.Running {
				jobs++
			}
			if !v.HeldUntil.IsZero() {
				held = append(held, present.Deed(v.Deed).String())
			}
		}
		for _, c := range d.session.Live.Snapshot().Containers {
			if c.Running() {
				running++
			}
		}
	}
	switch {
	case len(held) > 0 && jobs == len(held):
		sh.askQuit(words.Say("gui.quit-and-remove-nothing"),
			words.Say("gui.what-waits-to-be-done", words.Args{"Held": words.Names(held)}))
	case jobs > 0:
		sh.askQuit(words.Say("gui.quit-and-cancel-what-runs"),
			words.Say("gui.not-finished-quitting-cancels-it", words.Args{"N": words.Count(jobs)}))
	case running > 0 && !sh.settings.Get().QuitSaid:
		sh.askQuit(words.Say("gui.your-containers-keep-running"),
			words.Say("gui.running-quitting-slipway-leaves-them", words.Args{"N": words.Count(running)}))
	default:
		sh.leave()
	}
}

func (sh *Shell) askQuit(title words.Text, text words.Text) {
	kit.Confirm{
		ID: "quit", Width: 520, Title: title, Text: text, Verb: words.Say("gui.quit"), Kind: kit.Primary, First: true,
		Do: func() {
			// Not being able to remember it means only that it is said again.
			_ = sh.settings.Change(func(v *settings.Values) { v.QuitSaid = true })
			sh.leave()
		},
	}.Ask(sh.window.Canvas())
}

// leave remembers how the window was and ends the run loop.
func (sh *Shell) leave() {
	prefs := sh.app.Preferences()
	size := sh.window.Canvas().Size()
	prefs.SetFloat(prefWidth, float64(size.Width))
	prefs.SetFloat(prefHeight, float64(size.Height))
	prefs.SetString(prefPage, sh.desk.page.Name())
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
