package gui

import (
	"context"
	"errors"

	"slipway/engine/platform"
	"slipway/engine/words"
	"slipway/gui/post"
)

// ServeInstance does what this Slipway was started for, and then what other Slipways hand over, until the shell closes.
// i may be nil where the system has no place for one.
func (sh *Shell) ServeInstance(i *platform.Instance, first platform.Request) {
	if first.Do != platform.DoShow {
		sh.desk.Go("launch")
		sh.desk.handed = append(sh.desk.handed, first)
		sh.desk.doHanded()
	}
	sh.work.Go(func(ctx context.Context) { i.Serve(ctx, sh.obey) })
}

// obey does what another Slipway asks, from any goroutine but the UI's.
func (sh *Shell) obey(ctx context.Context, r platform.Request) error {
	taken := make(chan error, 1)
	post.Do(func() {
		if ctx.Err() == nil { // who gave up asks again, and it must not be done twice
			taken <- sh.take(r)
		}
	})
	select {
	case err := <-taken:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take brings the window forward, and does the rest as soon as there is an engine.
func (sh *Shell) take(r platform.Request) error {
	if r.Do != platform.DoShow && !sh.desk.knows(r.Recipe) {
		return errors.New(words.Say("gui.the-window-lacks-the-recipe",
			words.Args{"Recipe": words.Name(r.Recipe)}).String()) // the other Slipway prints it
	}
	sh.front()
	if r.Do == platform.DoShow {
		return nil
	}
	sh.desk.Go("launch")
	sh.desk.handed = append(sh.desk.handed, r)
	sh.desk.doHanded()
	return nil
}

// front brings the window forward.
func (sh *Shell) front() {
	sh.window.Show()
	sh.window.RequestFocus()
}
