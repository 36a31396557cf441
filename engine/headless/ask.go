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
	"slipway/engine/rescue"
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

// confirm is the question whether to go on.
func confirm(r *actions.Removal) words.Text {
	name := words.Args{"Name": words.Name(r.Container.Name)}
	switch r.Verb {
	case "stop":
		return words.Say("headless.stop-it", name)
	case "kill":
		return words.Say("headless.kill-it", name)
	case "restart":
		return words.Say("headless.restart-it", name)
	}
	return words.Say("headless.remove-it", name)
}

// Removal implements [actions.Asker]: it names what would be lost, and asks.
func (a *asker) Removal(ctx context.Context, r *actions.Removal) actions.RemovalChoice {
	if !a.out.Interactive || !listed(ctx, r) {
		return actions.KeepContainer
	}
	found := r.Found()
	for _, text := range losses(found) {
		a.out.line(words.Join("", words.Name(indent), text))
	}
	r.Painted(found)
	if a.yes(ctx, confirm(r)) {
		return actions.RemoveContainer
	}
	return actions.KeepContainer
}

// listed waits until all that would be lost is known, and tells whether it is.
func listed(ctx context.Context, r *actions.Removal) bool {
	changed := make(chan struct{}, 1)
	r.OnChange(func() { signalTo(changed) })
	for !r.Whole() {
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
	return r.Found().Problem == nil
}

// indent sets a list off from the question that it belongs to.
const indent = "  "

// losses are the files and volumes that exist only in a container.
func losses(f rescue.Found) []words.Text {
	var list []words.Text
	for _, file := range f.Files {
		if file.Twin {
			list = append(list,
				words.Say("headless.is-inside-the-container-that",
					words.Args{"Path": words.Name(file.Path), "Size": words.Bytes(file.Size)}))
			continue
		}
		list = append(list, words.Say("headless.exists-only-inside-it", words.Args{
			"Path": words.Name(file.Path),
			"Size": words.Bytes(file.Size),
		}))
	}
	for _, v := range f.Volumes {
		list = append(list, words.Say("headless.everything-in-exists-only-in", words.Args{"Path": model.Name(v)}))
	}
	for _, file := range f.InVolumes.Files {
		list = append(list,
			words.Join("", words.Name(indent+file.Path+" ("), words.Show(words.Bytes(file.Size)), words.Name(")")))
	}
	if more := f.InVolumes.Count - len(f.InVolumes.Files); more > 0 {
		list = append(list,
			words.Join("", words.Name(indent), words.Say("headless.and-more", words.Args{"More": words.Count(more)})))
	}
	return list
}

// Removals implements [actions.Asker], one container after the other.
func (a *asker) Removals(ctx context.Context, rs []*actions.Removal, _ []model.Container) actions.RemovalChoice {
	for _, r := range rs {
		if a.Removal(ctx, r) != actions.RemoveContainer {
			return actions.KeepContainer
		}
	}
	return actions.RemoveContainer
}

// ImageRemovals implements [actions.Asker].
func (a *asker) ImageRemovals(ctx context.Context, q actions.ImageRemovals) bool {
	return len(q.Command()) > 0 &&
		a.yes(ctx, words.Say("headless.run", words.Args{"Command": words.Name(q.Command().String())}))
}

// Change implements [swap.Asker]: nothing that is done in a terminal changes settings.
func (a *asker) Change(context.Context, swap.Change, *actions.Removal) swap.ChangeChoice {
	return swap.ChangeNothing
}

// Unfinished implements [swap.Asker]: the window asks.
func (a *asker) Unfinished(context.Context, swap.UnfinishedChange) swap.UnfinishedChoice {
	return swap.LeaveUnfinished
}

// ImageRemoval implements [actions.Asker].
func (a *asker) ImageRemoval(ctx context.Context, r actions.ImageRemoval) actions.ImageChoice {
	switch {
	case r.CanUntag() && a.yes(ctx, words.Say("headless.remove-the-name", words.Args{"Name": words.Name(r.Tag)})):
		return actions.Untag
	case !r.CanUntag() && r.CanDelete() &&
		a.yes(ctx, words.Say("headless.delete-the-image", words.Args{"Name": words.Name(r.Tag)})):
		return actions.DeleteImage
	}
	return actions.KeepImage
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
