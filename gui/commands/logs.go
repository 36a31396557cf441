package commands

import (
	"context"
	"io"

	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/scrollback"
	"slipway/engine/words"
	"slipway/gui/post"
	"slipway/gui/questions"
)

// OpenPage opens an address that a program of a container printed in the browser.
func (s *Set) OpenPage(c model.Container, address string) {
	s.Work.Go(func(ctx context.Context) {
		if err := s.launcher.OpenPrinted(ctx, c, address); err != nil && ctx.Err() == nil {
			p := model.AsProblem(err, model.Say("commands.cannot-open-the-page"))
			if p.Kind == model.ProblemExited {
				post.Do(func() { s.ShowOffers(p, s.runAgain(c)) })
				return
			}
			s.Tell(&model.Problem{
				Kind: p.Kind, Cause: err,
				What: p.What,
				Why:  p.Why,
				Fix:  model.Say("commands.copy-the-whole-address-out"),
			})
		}
	})
}

// runAgain offers what has a container run that does not.
func (s *Set) runAgain(c model.Container) questions.Offer {
	if c.State == model.StatePaused {
		return questions.Offer{
			ID: "resume", Label: words.Say("commands.resume"), Icon: "resume", Run: func() { s.actions.Resume(c) },
		}
	}
	return questions.Offer{
		ID: "start", Label: words.Say("commands.start"), Icon: "play", Run: func() { s.actions.Start(c) },
	}
}

// OpenWeb opens a page of the web in the browser: one of Slipway's own choosing.
func (s *Set) OpenWeb(address string) {
	s.Work.Go(func(ctx context.Context) {
		if err := s.actions.Browser().Open(ctx, address); err != nil && ctx.Err() == nil {
			s.Tell(model.AsProblem(err, model.Say("commands.cannot-open-address", words.Args{"Address": words.Name(address)})))
		}
	})
}

// SaveLog asks for a folder and saves what a container has printed into a file of its own in it: all of it, or the
// lines that match.
func (s *Set) SaveLog(c model.Container, only *scrollback.Pattern) {
	what := words.Say("commands.the-log-of", words.Args{"Name": words.Name(c.Name)})
	if only != nil {
		what = words.Say("commands.the-lines-of-that-match", words.Args{"Name": words.Name(c.Name)})
	}
	s.AskSaveFolder(words.Say("common.save-to", words.Args{"What": what}), words.Say("commands.save-in-this-folder"),
		func(dir string) { s.actions.SaveLog(c, dir, only) })
}

// SaveShown asks for a folder and saves what a view shows of several containers into a file of its own in it; write
// writes it, off the UI thread, and returns the number of lines.
func (s *Set) SaveShown(of words.Text, write func(ctx context.Context, out io.Writer) (lines int, err error)) {
	s.AskSaveFolder(words.Say("commands.save-the-output-of-to", words.Args{"Containers": of}),
		words.Say("commands.save-in-this-folder"), func(dir string) {
			s.actions.SaveShown(of.String(), dir, write) // the file is named after it
		})
}

// Began puts a command into the history that a person began in a terminal of Slipway.
func (s *Set) Began(c model.Command) { s.actions.Began(c) }

// OwnTerminal runs a command in a terminal of the desktop. Where there is none, the command is copied.
func (s *Set) OwnTerminal(c model.Command) {
	e := s.Session.State().Endpoint
	s.Work.Go(func(ctx context.Context) {
		err := platform.OpenTerminal(ctx, append(e.Args(), c.Argv()...))
		if err == nil || ctx.Err() != nil {
			return
		}
		p := model.AsProblem(err, model.Say("commands.the-terminal-cannot-be-opened"))
		p.Command = model.Run(append(e.Args(), c.Argv()...)...)
		s.Tell(p)
	})
}
