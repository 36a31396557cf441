package commands

import (
	"slipway/engine/image"
	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/present"

	"fyne.io/fyne/v2"
)

// imageCommands are what can be done with images.
type imageCommands struct{ *means }

// Image lists what can be done with an image under one of its names; tag is "" for a dangling one.
func (s *imageCommands) Image(img model.Image, tag string) []Command {
	ref := tag
	if ref == "" {
		ref = img.ID
	}
	run := Command{
		ID: "run", Label: words.Say("common.run"), Icon: "play", Shortcut: "Enter",
		Line: model.Docker("run", "-d", present.ShortImage(ref)), Run: func() { s.Run(ref) },
	}
	pull := Command{
		ID: "pull", Label: words.Say("commands.pull-again"), Icon: "pull", Line: image.PullCommand(tag),
		Run: func() { s.pullNow(tag) },
	}
	if tag == "" {
		pull.Off, pull.Why, pull.Line = true, words.Say("commands.it-has-no-name"), nil
	}
	list := []Command{run}
	if tag != "" && s.launcher.IsNotebook(tag) {
		list = append(list,
			Command{
				ID: "launch", Label: words.Say("commands.launch-for-a-folder"), Icon: "launch",
				Run: func() { s.Reveal("launch", tag) },
			})
	}
	list = append(list, pull, separator)
	return s.whileAway(append(list, []Command{
		{
			ID: "copyname", Label: words.Say("commands.copy-its-name"), Icon: "copy",
			Run: func() { kit.CopyName(present.ShortImage(ref)) },
		},
		{ID: "copyid", Label: words.Say("commands.copy-its-id"), Icon: "copy", Run: func() { kit.Copy(img.ID) }},
		separator,
		{
			ID: "remove", Label: words.Say("common.remove"), Icon: "remove", Shortcut: "Del",
			Line:   model.Docker("rmi", present.ShortImage(ref)),
			Danger: true, Run: func() { s.images.Remove(img, tag) },
		},
	}...))
}

// pullNow pulls an image again, without a question.
func (s *imageCommands) pullNow(ref string) {
	if _, err := s.images.Pull(ref); err != nil {
		s.ShowProblem(model.AsProblem(err, model.Say("commands.cannot-pull", words.Args{"Ref": words.Name(ref)})), nil)
	}
}

// afterPull offers what comes next when an image was pulled; nothing where ref is "".
func (s *imageCommands) afterPull(ref string) []fyne.CanvasObject {
	if ref == "" {
		return nil
	}
	run := kit.NewButton("notice.run", words.Say("common.run"), "play", kit.Normal, func() { s.Run(ref) }).Small()
	if s.launcher.IsNotebook(ref) {
		return []fyne.CanvasObject{kit.NewButton("notice.launch", words.Say("commands.launch"), "launch", kit.Normal,
			func() { s.Reveal("launch", ref) }).
			Small(), run}
	}
	return []fyne.CanvasObject{run}
}
