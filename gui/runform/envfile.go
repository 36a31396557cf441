package runform

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"slipway/engine/platform"
	"slipway/engine/runspec"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/post"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// importEnv asks for a file of variables. Those that lie in the folders of the form are a click away.
func (v *rows) importEnv() {
	path := kit.NewField("env.path", words.Name("/home/you/project/.env"))
	found := kit.Across(8)
	status := kit.NewText(kit.Blank(words.Text{}), kit.Second.In(style.Bad)).ID("env.status")
	var dialog *kit.Dialog
	take := func(file string) {
		v.readEnv(file, func(list []runspec.Env, why words.Text) {
			if !dialog.IsOpen() {
				return // it was cancelled meanwhile
			}
			if !why.None() {
				status.Set(why)
				dialog.Relayout()
				return
			}
			dialog.Close()
			v.addEnv(list)
		})
	}
	ok := kit.NewButton("env.import", words.Say("runform.import"), "check", kit.Primary, func() { take(path.Text) })
	cancel := kit.NewButton("env.cancel", words.Say("common.cancel"), "", kit.Normal, func() { dialog.Cancel() })
	dialog = kit.NewDialog("env", words.Say("runform.import-variables"),
		words.Say("runform.from-a-env-file-a"), 560,
		kit.Down(8, kit.Labelled(words.Say("common.file"), path), found, status),
		kit.Buttons(nil, []fyne.CanvasObject{cancel, ok}))
	dialog.OnSubmit = func() { take(path.Text) }
	dialog.Open(v.r.Window.Canvas(), path)
	v.findEnv(func(files []string) {
		if !dialog.IsOpen() {
			return
		}
		for _, f := range files {
			found.Add(kit.NewButton("env.found."+f, words.Name(platform.ShortenHome(f)), "file", kit.Pill, func() { take(f) }).
				Small())
		}
		if len(files) > 0 && path.Text == "" {
			path.SetText(files[0])
		}
		dialog.Relayout()
	})
}

// mostLooked is how many things of a folder are looked at for files of variables.
const mostLooked = 10_000

// findEnv looks for such files in the folders of the form, or else in the folder that was used last.
func (v *rows) findEnv(tell func(files []string)) {
	folders := []string{v.r.Settings.Get().Folder}
	for _, m := range v.form.Mounts {
		if m.Kind == runspec.Bind && filepath.IsAbs(m.Source) {
			folders = append([]string{m.Source}, folders...)
		}
	}
	v.r.Work.Go(func(context.Context) {
		var files []string
		for _, dir := range folders {
			if dir == "" {
				continue
			}
			names, err := platform.RegularNames(dir, mostLooked)
			if err != nil {
				continue // it is only an offer
			}
			for _, name := range slices.Sorted(slices.Values(names)) {
				if path := filepath.Join(dir, name); isEnvFile(path) && !slices.Contains(files, path) && len(files) < 4 {
					files = append(files, path)
				}
			}
		}
		post.Do(func() { tell(files) })
	})
}

// isEnvFile tells by its name whether a file holds variables.
func isEnvFile(path string) bool {
	name := filepath.Base(path)
	return name == ".env" || strings.HasPrefix(name, ".env.") || filepath.Ext(name) == ".env"
}

// readEnv reads a file off the UI thread. why says what is wrong with it, "" for nothing.
func (v *rows) readEnv(path string, tell func(list []runspec.Env, why words.Text)) {
	path = platform.ExpandHome(path)
	v.r.Work.Go(func(context.Context) {
		list, err := envOf(path)
		why := words.Text{}
		switch {
		case !filepath.IsAbs(path):
			why = words.Say("common.write-the-whole-path-from")
		case errors.Is(err, fs.ErrNotExist):
			why = words.Say("runform.there-is-no-such-file")
		case errors.Is(err, fs.ErrPermission):
			why = words.Say("runform.you-may-not-read-this")
		case err != nil:
			why = words.Say("runform.it-is-not-a-file")
		case len(list) == 0:
			why = words.Say("runform.there-is-no-variable-in")
		}
		post.Do(func() { tell(list, why) })
	})
}

func envOf(path string) ([]runspec.Env, error) {
	f, err := platform.OpenRegular(path) // reading a pipe would wait for ever
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return runspec.ReadEnv(f)
}

// addEnv brings variables into the form; what is there by the same name gets the new value.
func (v *rows) addEnv(list []runspec.Env) {
	v.form.addEnv(list)
	clear(v.shown)
	v.rebuild()
	v.focus("env.0.name")
}
