package actions

import (
	"context"
	"fmt"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/runspec"
)

// Finding is one thing that was found out about a notebook whose kernel dies or whose page hangs.
type Finding struct {
	// Bad tells that this explains trouble; else it is well.
	Bad bool
	// What was found, and what to do about it where something can be done.
	What, Fix string
	// RaiseTo is a larger memory limit in bytes that would help, 0 for none.
	RaiseTo int64
	// RaiseOff says why the engine cannot raise it, "" when it can.
	RaiseOff string
}

// Examine finds out why the kernels of a notebook die or its page hangs: it looks at the container's memory, its shared
// memory and disks, whether the server answers and what it computes. Nothing is changed. Call it off the UI thread.
func (a *Actions) Examine(ctx context.Context, s notebook.Server) ([]Finding, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*answerTime)
	defer cancel()
	e, err := a.session.Engine()
	if err != nil {
		return nil, err
	}
	c, err := e.Container(ctx, s.Container.ID)
	if err != nil {
		return nil, err
	}
	if known, ok := a.session.Live.Snapshot().Container(c.ID); ok {
		c.OOMAt = known.OOMAt
	}
	list := []Finding{memoryEnded(c, e.Info())}
	if !c.Running() {
		why := model.ExplainExit(c)
		return append(list, Finding{
			Bad: true, What: "The notebook does not run. " + why.Why,
			Fix: "Start it again; its files are in the folder.",
		}), nil
	}
	list = append(list, memoryNow(ctx, e, c))
	list = append(list, space(ctx, e, c, s)...)
	return append(list, answers(ctx, e, s)...), nil
}

// LimitOf is how much memory a container may use, and what sets that.
func LimitOf(c model.Container, info model.EngineInfo) (limit int64, whose string) {
	if c.Memory > 0 {
		return c.Memory, "its limit"
	}
	return info.Memory, "the whole memory of the engine"
}

// Raised is a limit that is twice as high, as far as the engine has memory; 0 when that is not more, or there is no
// limit to raise.
func Raised(c model.Container, info model.EngineInfo) int64 {
	if to := min(2*c.Memory, info.Memory); c.Memory > 0 && to > c.Memory {
		return to
	}
	return 0
}

func memoryEnded(c model.Container, info model.EngineInfo) Finding {
	limit, whose := LimitOf(c, info)
	if why := info.Lacks(model.TellMemoryEnd); why != "" {
		return Finding{What: why}
	}
	if c.OOMAt.IsZero() && !c.OOMKilled {
		return Finding{What: "No program in it was ended for want of memory since Slipway watches it."}
	}
	f := Finding{
		Bad: true, RaiseTo: Raised(c, info), RaiseOff: info.Lacks(model.ChangeLimit),
		Fix: "Load less data at once, or close notebooks that you do not need: each keeps its data until its kernel is shut down.",
	}
	f.What = fmt.Sprintf("A program in it needed more memory than there is (%s: %s), so the system ended it. A kernel that dies for no reason is mostly this.", whose, model.Memory(limit))
	if !c.OOMAt.IsZero() {
		f.What = fmt.Sprintf("At %s a program in it needed more memory than there is (%s: %s), so the system ended it. A kernel that dies for no reason is mostly this.", c.OOMAt.Local().Format(time.TimeOnly), whose, model.Memory(limit))
	}
	if f.RaiseTo == 0 && c.Memory == 0 {
		f.Fix += " More memory than the engine's machine has cannot be given; a virtual machine may be given more in its settings."
	}
	return f
}

// nearly is from which part of its memory a container is about to run out of it.
const nearly = 0.9

func memoryNow(ctx context.Context, e *engine.Engine, c model.Container) Finding {
	one, cancel := context.WithCancel(ctx)
	defer cancel()
	var now model.Usage
	_ = e.Stats(one, c.ID, func(u model.Usage) { now = u; cancel() }) // what nobody tells is left out
	switch {
	case now.Memory == 0:
		return Finding{What: "How much memory it uses is not known."}
	case float64(now.Memory) > nearly*float64(now.Limit):
		return Finding{
			Bad: true, RaiseTo: Raised(c, e.Info()), RaiseOff: e.Info().Lacks(model.ChangeLimit),
			What: fmt.Sprintf("It uses %s of the %s of memory that it may use: the next large piece of data will end a kernel.",
				model.Memory(now.Memory), model.Memory(now.Limit)), Fix: "Shut down kernels that you do not need.",
		}
	}
	return Finding{What: fmt.Sprintf("It uses %s of the %s of memory that it may use.", model.Memory(now.Memory),
		model.Memory(now.Limit))}
}

// space looks at the shared memory and the disks as the container sees them. An image without df tells nothing.
func space(ctx context.Context, e *engine.Engine, c model.Container, s notebook.Server) []Finding {
	places := []string{"/dev/shm", "/"}
	for _, m := range c.Mounts {
		if m.Source == s.Folder && s.Folder != "" {
			places = append(places, m.Destination)
		}
	}
	text, _, err := e.Exec(ctx, c.ID, append([]string{"df", "-P", "-k"}, places...)...)
	if err != nil {
		return nil
	}
	full := false
	var list []Finding
	measured := notebook.ParseSpace(text)
	if len(measured) == 0 {
		return nil // without df in the image, nobody knows
	}
	for i, sp := range measured {
		if !sp.Full() {
			continue
		}
		full = true
		f := Finding{
			Bad: true, What: fmt.Sprintf("The disk that it sees at %s is full (%s).", sp.At, model.Size(sp.Size)),
			Fix: "Remove images, containers or files that you do not need: nothing can be saved before that.",
		}
		if i == 0 && sp.At == "/dev/shm" {
			f.What = fmt.Sprintf("Its shared memory /dev/shm (%s) is full. Programs that share data between processes, as PyTorch's data loaders, die by that.", model.Memory(sp.Size))
			f.Fix = "Use fewer worker processes, or restart the notebook, which empties it."
		}
		list = append(list, f)
	}
	if !full {
		list = append(list, Finding{What: "Its disks and its shared memory have room."})
	}
	return list
}

// answers asks the server itself.
func answers(ctx context.Context, e *engine.Engine, s notebook.Server) []Finding {
	if s.Hubbed {
		return []Finding{{What: "It is opened through its hub, which lets people in; it was not asked."}}
	}
	if !s.Reached() {
		return []Finding{{
			Bad: true, What: "Its port is not published on this computer, so no page of it can be opened.",
			Fix: "Run the image again with that port published.",
		}}
	}
	s = notebook.Look(ctx, e, s)
	switch notebook.Ask(ctx, s) {
	case notebook.NotYet:
		if p := whyUnanswered(ctx, e, s.Container, s.Port.Container); p != nil {
			return []Finding{{Bad: true, What: p.What + ". " + p.Why, Fix: p.Fix}}
		}
		return []Finding{{
			Bad: true, What: fmt.Sprintf("The server does not answer on port %d.", s.Port.HostPort),
			Fix: "It may still start, or hang: look at its output, then restart it. What is saved stays.",
		}}
	case notebook.Refused, notebook.Other:
		return []Finding{{
			Bad:  true,
			What: fmt.Sprintf("What answers on port %d is not this notebook, or it has another token.", s.Port.HostPort),
			Fix:  "Stop what uses the port, or stop this notebook and launch it again.",
		}}
	}
	if !s.Local() {
		return []Finding{{What: "The server answers. It is on another computer, so it was not asked with its token."}}
	}
	list := []Finding{{What: "The server answers, and takes its token."}}
	if activity, err := s.Activity(ctx); err == nil && s.Jupyter() && len(activity.Busy) > 0 {
		list = append(list, Finding{
			What: "Computing right now: " + fmt.Sprint(activity.Busy) +
				". A cell that waits shows [*] until those before it are done.",
			Fix: "In the notebook, choose Interrupt from the Kernel menu to stop a cell that takes too long.",
		})
	}
	return list
}

// LimitCommand is the command of [Actions.Limit].
func LimitCommand(c model.Container, memory int64) model.Command {
	swap := "-1"
	if n := c.SwapWith(memory); n >= 0 {
		swap = runspec.FormatBytes(n)
	}
	return model.Docker(append(append([]string{"update"}, memoryWords(memory, swap)...), c.Name)...)
}

// Limit sets how much memory in bytes a container may use, while it runs too.
func (a *Actions) Limit(c model.Container, memory int64) *job.Job {
	return a.simple(c, model.VerbLimit, "Limit "+c.Name, c.Name+" may use "+model.Memory(memory)+" of memory now.",
		LimitCommand(c, memory),
		func(ctx context.Context, e *engine.Engine) error { return e.Limit(ctx, c, memory) })
}
