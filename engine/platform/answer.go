package platform

import (
	"context"

	"slipway/engine/model"
)

// Answer runs what asks a disk of this computer, and ends with its context at the latest: a disk of the network that is
// gone answers nobody, and a call to it cannot be cancelled. ask then goes on alone until the disk answers, and what it
// returns is lost; so it must close what it opened.
func Answer[T any](ctx context.Context, ask func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		var a answer
		a.err = model.Guard(model.Say("platform.the-disk-s-answer-cannot"), func() (err error) {
			a.value, err = ask()
			return err
		})
		answers <- a
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
