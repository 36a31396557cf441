package commands

import (
	"context"
	"strings"

	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/questions"
)

// Fetch copies files and folders of a container into a folder of this computer.
func (s *Set) Fetch(c model.Container, inside []string, dir string) {
	s.actions.FetchFiles(c, inside, dir)
}

// Upload copies files and folders of this computer into a folder of a container. there are those that are in it by the
// same name, which are asked about. done is called on the UI thread when they are copied.
func (s *Set) Upload(c model.Container, local []string, inside string, there []string, done func()) {
	start := func() {
		j := s.actions.UploadFiles(c, local, inside)
		s.Follow(j, func(job.View) {}, func(job.View) { done() })
	}
	if len(there) == 0 {
		start()
		return
	}
	lines := make([]string, len(local))
	for i, l := range local {
		lines[i] = actions.UploadCommand(c, l, inside).String()
	}
	args := words.Args{
		"N": words.Count(len(there)), "First": words.Name(model.Visible(there[0])), "Names": questions.FirstOf(there),
		"Container": words.Name(c.Name), "Inside": words.Name(inside),
	}
	kit.Confirm{
		ID: "overwrite", Width: 600, Title: words.Say("commands.overwrite-in", args),
		Text:    words.Say("commands.in-already", args).And(words.Say("commands.what-is-in-there-now")),
		Command: s.Session.Shell(strings.Join(lines, "\n")), Verb: words.Say("commands.overwrite"), Kind: kit.Danger,
		Do: start,
	}.Ask(s.Window.Canvas())
}

// OpenIn opens a folder in an editor of this computer.
func (s *Set) OpenIn(e platform.Editor, folder string) {
	s.Work.Go(func(ctx context.Context) {
		if p := model.AsProblem(platform.OpenIn(ctx, e, folder),
			model.Say("commands.cannot-open", words.Args{"Name": words.Name(e.Name)})); p != nil && ctx.Err() == nil {
			s.Tell(p)
		}
	})
}
