package gui

import (
	"context"
	"os"

	"slipway/assets"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
)

// applicationsItems is the part of the menu about the desktop's own menu; none where that is not made of files.
func (sh *Shell) applicationsItems() []*fyne.MenuItem {
	if !platform.HasDesktopEntries() {
		return nil
	}
	add := fyne.NewMenuItem(words.Say("gui.add-slipway-to-the-applications").String(), sh.addToApplications)
	return []*fyne.MenuItem{add, fyne.NewMenuItemSeparator()}
}

// addToApplications writes the desktop entry off the UI thread, and says how it went.
func (sh *Shell) addToApplications() {
	sh.work.Go(func(context.Context) {
		program, err := os.Executable()
		if err == nil {
			_, err = platform.AddToApplications(program, assets.AppIcon,
				words.Say("gui.docker-by-clicks").String(), words.Say("gui.launch-jupyter").String())
		}
		post.Do(func() {
			if err != nil {
				sh.desk.commands.ShowProblem(model.AsProblem(err, model.Say("gui.slipway-cannot-be-added-to")), nil)
				return
			}
			sh.desk.commands.Notices.Show(kit.Notice{
				Title: words.Say("gui.slipway-is-in-the-applications"),
				Text:  words.Say("gui.launch-jupyter-in-its-menu"), Brief: true,
			})
		})
	})
}
