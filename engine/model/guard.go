package model

import (
	"fmt"
	"os"
	"runtime/debug"
	"sync"
)

// Guard runs fn, which reads what comes from outside: output, an answer, an archive, a picture. A panic in it ends
// nothing but fn: it comes back as a [Problem] that says what, with the place in the program in [Problem.Raw]. It is a
// fault of Slipway nevertheless: [OnPanic] hears of it.
func Guard(what Fact, fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			p := panicked(what, v, debug.Stack())
			report(p)
			err = p
		}
	}()
	return fn()
}

// panicked is a panic as a user reads it.
func panicked(what Fact, v any, stack []byte) *Problem {
	cause, ok := v.(error)
	if !ok {
		cause = fmt.Errorf("%v", v)
	}
	return &Problem{
		Kind: ProblemFault, Cause: Printed(fmt.Sprintf("panic: %v\n\n%s", v, stack), cause),
		What: what,
		Why:  Say("model.slipway-has-a-fault-here"),
		Fix:  Say("model.the-rest-of-slipway-goes"),
	}
}

var (
	panicMu sync.Mutex
	onPanic = toStderr
)

// OnPanic sets who hears of each panic that [Guard] held up, from any goroutine, until restore is called. Unless it was
// set, the place in the program is printed on the standard error output.
func OnPanic(fn func(*Problem)) (restore func()) {
	panicMu.Lock()
	defer panicMu.Unlock()
	before := onPanic
	onPanic = fn
	return func() {
		panicMu.Lock()
		defer panicMu.Unlock()
		onPanic = before
	}
}

func report(p *Problem) {
	panicMu.Lock()
	fn := onPanic
	panicMu.Unlock()
	fn(p)
}

func toStderr(p *Problem) { fmt.Fprintf(os.Stderr, "%s: %s\n", p.What.Code, p.Raw()) }
