package commands

import (
	"context"

	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/words"
)

// What is saved from containers and volumes and what is put into them usually goes to one place and comes from one.
// Both are remembered; until there is one, a chooser begins where the person works.

// OpenIn opens a folder in an editor of this computer.
func (s *Set) OpenIn(e platform.Editor, folder string) {
	s.Work.Go(func(ctx context.Context) {
		if p := model.AsProblem(platform.OpenIn(ctx, e, folder),
			model.Say("commands.cannot-open", words.Args{"Name": words.Name(e.Name)})); p != nil && ctx.Err() == nil {
			s.Tell(p)
		}
	})
}
