package preferences

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/chooser"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
)

// mostNames is how many files of one day are looked for before it is given up to find a free name.
const mostNames = 100

// largestFile is how long a file of preferences may be, in bytes; it has some hundred.
const largestFile = 1 << 20

// export writes what was chosen into a file of a folder that is asked for. No file is replaced.
func (p *Page) export() {
	p.commands.AskSaveFolder(words.Say("preferences.asks-where-to-export"), words.Say("preferences.export-here"),
		func(dir string) {
			chosen := p.commands.Chosen().Preferences
			p.commands.Work.Go(func(context.Context) {
				path, err := exportInto(dir, chosen, time.Now())
				post.Do(func() {
					if err != nil {
						p.say(err, model.Say("preferences.cannot-export"))
						return
					}
					open := kit.NewButton("settings.exported", words.Say("common.open-folder"), "folder", kit.Normal,
						func() { p.commands.OpenFolder(dir) }).Small()
					p.commands.Notices.Show(kit.Notice{
						Title: words.Say("preferences.exported"), Text: words.Name(platform.ShortenHome(path)),
						Buttons: []fyne.CanvasObject{open},
					})
				})
			})
		})
}

// exportInto writes the file under a name of its own.
func exportInto(dir string, chosen settings.Preferences, now time.Time) (path string, err error) {
	data, err := chosen.Export()
	if err != nil {
		return "", err
	}
	name := "slipway-settings-" + now.Format(time.DateOnly)
	for i := range mostNames {
		path = filepath.Join(dir, name+".json")
		if i > 0 {
			path = filepath.Join(dir, fmt.Sprintf("%s-%d.json", name, i+1))
		}
		if err = settings.WriteNewFile(path, data, 0o600); !errors.Is(err, fs.ErrExist) {
			return path, err
		}
	}
	return path, err
}

// importFile takes what was chosen from a file that is asked for.
func (p *Page) importFile() {
	q := chooser.Question{
		Title: words.Say("preferences.asks-what-to-import"), Use: words.Say("preferences.import-it"), Suffix: ".json",
	}
	p.commands.AskFiles(q, func(paths []string) {
		path := paths[0]
		p.commands.Work.Go(func(ctx context.Context) {
			data, err := platform.Answer(ctx, func() ([]byte, error) { return platform.ReadRegular(path, largestFile) })
			var chosen settings.Preferences
			if err == nil {
				chosen, err = settings.Import(data)
			}
			post.Do(func() {
				switch {
				case errors.Is(err, settings.ErrNoPreferences):
					p.commands.Tell(&model.Problem{
						Kind: model.ProblemBadInput, Cause: err,
						What: model.Say("preferences.cannot-import"),
						Why:  model.Say("preferences.no-settings-in-it", model.Args{"File": model.Name(filepath.Base(path))}),
						Fix:  model.Say("preferences.choose-an-exported-file"),
					})
				case err != nil:
					p.say(err, model.Say("preferences.cannot-import"))
				default:
					p.replace(chosen, words.Say("preferences.imported"))
				}
			})
		})
	})
}
