package headless

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"sync"

	"slipway/engine/actions"
	"slipway/engine/model"
	"slipway/engine/rescue"
)

var _ actions.Asker = (*asker)(nil)

// asker asks in the terminal. Where nobody sits in front of it, everything is kept as it is.
type asker struct {
	out *output

	asking  sync.Mutex // one question after the other
	in      *bufio.Reader
	pending chan string // the line that is being typed
}

// Removal implements [actions.Asker]: it names what would be lost, and asks.
func (a *asker) Removal(ctx context.Context, r *actions.Removal) actions.RemovalChoice {
	if !a.out.Interactive || !listed(ctx, r) {
		return actions.KeepContainer
	}
	found := r.Found()
	for _, text := range losses(found) {
		a.out.line("  " + text)
	}
	r.Painted(found)
	if a.yes(ctx, fmt.Sprintf("%s “%s”?", strings.ToUpper(r.Verb[:1])+r.Verb[1:], r.Container.Name)) {
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

// losses are the files and volumes that exist only in a container.
func losses(f rescue.Found) []string {
	var list []string
	for _, file := range f.Files {
		if file.Twin {
			list = append(list,
				fmt.Sprintf("%s (%s) is inside; the container that has its place has it too", file.Path, size(file.Size)))
			continue
		}
		list = append(list, fmt.Sprintf("%s (%s) exists only inside it", file.Path, size(file.Size)))
	}
	for _, v := range f.Volumes {
		list = append(list, "everything in "+v+" exists only in a volume of it:")
	}
	for _, file := range f.InVolumes.Files {
		list = append(list, fmt.Sprintf("  %s (%s)", file.Path, size(file.Size)))
	}
	if more := f.InVolumes.Count - len(f.InVolumes.Files); more > 0 {
		list = append(list, fmt.Sprintf("  and %d more", more))
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
	return len(q.Command()) > 0 && a.yes(ctx, "Run "+q.Command().String()+"?")
}

// Change implements [actions.Asker]: nothing that is done in a terminal changes settings.
func (a *asker) Change(context.Context, actions.Change, *actions.Removal) actions.ChangeChoice {
	return actions.ChangeNothing
}

// Unfinished implements [actions.Asker]: the window asks.
func (a *asker) Unfinished(context.Context, actions.UnfinishedChange) actions.UnfinishedChoice {
	return actions.LeaveUnfinished
}

// VolumeRemovals implements [actions.Asker].
func (a *asker) VolumeRemovals(ctx context.Context, q *actions.VolumeRemovals) bool {
	return len(q.Command()) > 0 && a.yes(ctx, "Run "+q.Command().String()+"? Everything in them is deleted.")
}

// ImageRemoval implements [actions.Asker].
func (a *asker) ImageRemoval(ctx context.Context, r actions.ImageRemoval) actions.ImageChoice {
	switch {
	case r.CanUntag() && a.yes(ctx, "Remove the name “"+r.Tag+"”?"):
		return actions.Untag
	case !r.CanUntag() && r.CanDelete() && a.yes(ctx, "Delete the image “"+r.Tag+"”?"):
		return actions.DeleteImage
	}
	return actions.KeepImage
}

// BusyStop implements [actions.Asker].
func (a *asker) BusyStop(ctx context.Context, q actions.BusyStop) bool {
	return a.yes(ctx, strings.Join(q.Notebooks, ", ")+" computes right now. Stop “"+q.Container.Name+"” anyway?")
}

// FirstLaunch implements [actions.Asker]. Where nobody can answer, a server without a sign-in is launched as the
// command says, and what is not what its name says is not.
func (a *asker) FirstLaunch(ctx context.Context, q actions.FirstLaunch) error {
	what, reasons := q.Words()
	why := strings.Join(reasons, " ")
	switch {
	case !a.out.Interactive && q.Instead != "":
		return model.NewProblem(model.ProblemPermission, nil, what, why,
			"Launch it once in the window, or where the question can be answered.")
	case !a.out.Interactive:
		a.out.line(what + ". " + why)
		return nil
	}
	a.out.line(what + ". " + why)
	if !a.yes(ctx, "Launch it?") {
		return context.Canceled
	}
	return nil
}

// Waiting implements [actions.Asker]: who waits in a terminal sees that nothing happens.
func (a *asker) Waiting() func() { return func() {} }

// Tell implements [actions.Asker].
func (a *asker) Tell(p *model.Problem) { a.out.problem(p) }

// yes asks a question that can be answered with y or n; anything else is a no, as the end of the input is, and of ctx.
func (a *asker) yes(ctx context.Context, question string) bool {
	if !a.out.Interactive {
		return false
	}
	a.asking.Lock()
	defer a.asking.Unlock()
	a.out.inPlace(question + " [y/N] ")
	select {
	case line := <-a.read():
		a.pending = nil
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes":
			return true
		}
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
