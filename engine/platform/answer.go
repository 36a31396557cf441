package platform

import "context"

// Answer runs what asks a disk of this computer, and ends with its context at the latest: a disk of the network that is gone
// answers nobody, and a call to it cannot be cancelled. ask then goes on alone until the disk answers, and what it returns is
// lost; so it must close what it opened.
func Answer[T any](ctx context.Context, ask func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := ask()
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
