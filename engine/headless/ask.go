package headless

import (
	"bufio"
	"context"
	"slices"
	"strings"
	"sync"

	"slipway/engine/actions"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/removal"
	"slipway/engine/swap"
	"slipway/engine/words"
)

var (
	_ actions.Asker  = (*asker)(nil)
	_ swap.Asker     = (*asker)(nil)
	_ launcher.Asker = (*asker)(nil)
)

// asker asks in the terminal. Where nobody sits in front of it, everything is kept as it is.
type asker struct {
	out *output

	asking  sync.Mutex // one question after the other
	in      *bufio.Reader
	pending chan string // the line that is being typed
}

// Change implements [swap.Asker]: nothing that is done in a terminal changes settings.
func (a *asker) Change(context.Context, swap.Change, *removal.Removal) swap.ChangeChoice {
	return swap.ChangeNothing
}

// Unfinished implements [swap.Asker]: the window asks.
func (a *asker) Unfinished(context.Context, swap.UnfinishedChange) swap.UnfinishedChoice {
	return swap.LeaveUnfinished
}

// BusyStop implements [actions.Asker].
func (a *asker) BusyStop(ctx context.Context, q actions.BusyStop) bool {
	return a.yes(ctx, words.Say("headless.computes-right-now-stop-anyway",
		words.Args{"Notebooks": words.Names(q.Notebooks), "Name": words.Name(q.Container.Name)}))
}

// Words implements [actions.Asker].
func (*asker) Words(f model.Fact) string { return words.Of(f).String() }

// FirstLaunch implements [launcher.Asker]. Where nobody can answer, a server without a sign-in is launched as the
// command says, and what is not what its name says is not.
func (a *asker) FirstLaunch(ctx context.Context, q launcher.FirstLaunch) error {
	what, reasons := q.Words()
	why := model.Fact{}.And(reasons...)
	switch {
	case !a.out.Interactive && q.Instead != "":
		return &model.Problem{
			Kind: model.ProblemPermission,
			What: what,
			Why:  why,
			Fix:  model.Say("headless.launch-it-once-in-the"),
		}
	case !a.out.Interactive:
		a.out.line(words.Of((&model.Problem{What: what, Why: why}).Sentence()))
		return nil
	}
	a.out.line(words.Of((&model.Problem{What: what, Why: why}).Sentence()))
	if !a.yes(ctx, words.Say("headless.launch-it")) {
		return context.Canceled
	}
	return nil
}

// Waiting implements [actions.Asker]: who waits in a terminal sees that nothing happens.
func (a *asker) Waiting() func() { return func() {} }

// Tell implements [actions.Asker].
func (a *asker) Tell(p *model.Problem) { a.out.problem(p) }

// yes asks a question that can be answered with y or n; anything else is a no, as the end of the input is, and of ctx.
func (a *asker) yes(ctx context.Context, question words.Text) bool {
	if !a.out.Interactive {
		return false
	}
	a.asking.Lock()
	defer a.asking.Unlock()
	a.out.inPlace(words.Join("", words.Say("headless.yes-or-no", words.Args{"Question": question}), words.Name(" ")))
	select {
	case line := <-a.read():
		a.pending = nil
		yes := strings.Fields(words.Say("headless.answers-that-mean-yes").String())
		return slices.Contains(yes, strings.ToLower(strings.TrimSpace(line)))
	case <-ctx.Done():
	}
	return false
}

// read gives the next line that is typed, "" at the end of the input. Its goroutine ends with that line, which the next
// question gets when this one is withdrawn: reading from a terminal cannot be cancelled.
func (a *asker) read() <-chan string {
	if a.pending != nil {
		return a.pending
	}
	if a.in == nil {
		a.in = bufio.NewReader(a.out.In)
	}
	line := make(chan string, 1)
	a.pending = line
	go func() {
		text, _ := a.in.ReadString('\n') // what came before the end counts
		line <- text
	}()
	return line
}
