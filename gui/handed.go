package gui

import (
	"context"
	"errors"
	"slices"

	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/post"
)

// ServeInstance does what this Slipway was started for, and then what other Slipways hand over, until the shell closes.
// i may be nil where the system has no place for one.
func (sh *Shell) ServeInstance(i *platform.Instance, first platform.Request) {
	if first.Do != platform.DoShow {
		sh.Go("launch")
		sh.handed = append(sh.handed, first)
		sh.doHanded()
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
	if r.Do != platform.DoShow && !sh.knows(r.Recipe) {
		return errors.New(words.Say("gui.the-window-lacks-the-recipe",
			words.Args{"Recipe": words.Name(r.Recipe)}).String()) // the other Slipway prints it
	}
	sh.front()
	if r.Do == platform.DoShow {
		return nil
	}
	sh.Go("launch")
	sh.handed = append(sh.handed, r)
	sh.doHanded()
	return nil
}

// knows tells whether the window has a recipe of this ID.
func (sh *Shell) knows(id string) bool {
	return slices.ContainsFunc(sh.launch.Recipes(), func(r notebook.Recipe) bool { return r.ID == id })
}

// front brings the window forward.
func (sh *Shell) front() {
	sh.window.Show()
	sh.window.RequestFocus()
}

// doHanded begins what was handed over once all containers are known: a launch must find what there is already.
func (sh *Shell) doHanded() {
	if sh.state.Phase != session.Connected || !sh.session.Live.Snapshot().ContainersComplete {
		return
	}
	list := sh.handed
	sh.handed = nil
	for _, r := range list {
		sh.launch.Handed(r.Recipe, r.Folder, r.File)
	}
}
