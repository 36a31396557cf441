package gui

import (
	"context"
	"os"

	"slipway/assets"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/gui/kit"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
)

// applicationsItems is the part of the menu about the desktop's own menu; none where that is not made of files.
func (sh *Shell) applicationsItems() []*fyne.MenuItem {
	if !platform.HasDesktopEntries() {
		return nil
	}
	add := fyne.NewMenuItem("Add Slipway to the applications menu", sh.addToApplications)
	return []*fyne.MenuItem{add, fyne.NewMenuItemSeparator()}
}

// addToApplications writes the desktop entry off the UI thread, and says how it went.
func (sh *Shell) addToApplications() {
	sh.work.Go(func(context.Context) {
		program, err := os.Executable()
		if err == nil {
			_, err = platform.AddToApplications(program, assets.AppIcon)
		}
		post.Do(func() {
			if err != nil {
				sh.commands.ShowProblem(model.AsProblem(err, "Slipway cannot be added to the applications menu"), nil)
				return
			}
			sh.commands.Notices.Show(kit.Notice{
				Title: "Slipway is in the applications menu",
				Text:  "“Launch Jupyter” in its menu there launches the folder that you launched last.", Brief: true,
			})
		})
	})
}
