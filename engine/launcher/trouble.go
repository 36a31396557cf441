package launcher

import (
	"context"
	"time"

	"slipway/engine"
	"slipway/engine/actions"
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
	What model.Fact
	Fix  model.Fact
	// RaiseTo is a larger memory limit in bytes that would help, 0 for none.
	RaiseTo int64
	// RaiseOff says why the engine cannot raise it, "" when it can.
	RaiseOff model.Fact
}

// Examine finds out why the kernels of a notebook die or its page hangs: it looks at the container's memory, its shared
// memory and disks, whether the server answers and what it computes. Nothing is changed. Call it off the UI thread.
func (a *Launcher) Examine(ctx context.Context, s notebook.Server) ([]Finding, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*actions.AnswerTime)
	defer cancel()
	e, err := a.do.Session().Engine()
	if err != nil {
		return nil, err
	}
	c, err := e.Container(ctx, s.Container.ID)
	if err != nil {
		return nil, err
	}
	if known, ok := a.do.Session().Live.Snapshot().Container(c.ID); ok {
		c.OOMAt = known.OOMAt
	}
	list := []Finding{memoryEnded(c, e.Info())}
	if !c.Running() {
		why := model.ExplainExit(c)
		return append(list, Finding{
			Bad: true, What: model.Say("actions.the-notebook-does-not-run").And(why.Why),
			Fix: model.Say("actions.start-it-again-its-files"),
		}), nil
	}
	list = append(list, memoryNow(ctx, e, c))
	list = append(list, space(ctx, e, c, s)...)
	return append(list, answers(ctx, e, s)...), nil
}

// LimitOf is how much memory a container may use, and what sets that.
func LimitOf(c model.Container, info model.EngineInfo) (limit int64, whose model.Fact) {
	if c.Memory > 0 {
		return c.Memory, model.Say("actions.its-limit")
	}
	return info.Memory, model.Say("actions.the-whole-memory-of-the")
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
	if why := info.Lacks(model.TellMemoryEnd); !why.None() {
		return Finding{What: why}
	}
	if c.OOMAt.IsZero() && !c.OOMKilled {
		return Finding{What: model.Say("actions.no-program-in-it-was")}
	}
	f := Finding{
		Bad: true, RaiseTo: Raised(c, info), RaiseOff: info.Lacks(model.ChangeLimit),
		Fix: model.Say("actions.load-less-data-at-once"),
	}
	f.What = model.Say("actions.a-program-in-it-needed", model.Args{"Whose": whose, "Limit": model.MemoryBytes(limit)})
	if !c.OOMAt.IsZero() {
		f.What = model.Say("actions.at-a-program-in-it", model.Args{"Time": model.Name(c.OOMAt.Local().
			Format(time.TimeOnly)), "Whose": whose, "Limit": model.MemoryBytes(limit)})
	}
	if f.RaiseTo == 0 && c.Memory == 0 {
		f.Fix = f.Fix.And(model.Say("actions.more-memory-than-the-engine"))
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
		return Finding{What: model.Say("actions.how-much-memory-it-uses")}
	case float64(now.Memory) > nearly*float64(now.Limit):
		return Finding{
			Bad: true, RaiseTo: Raised(c, e.Info()), RaiseOff: e.Info().Lacks(model.ChangeLimit),
			What: model.Say("actions.it-uses-of-the-of", model.Args{
				"Memory": model.MemoryBytes(now.Memory),
				"Limit":  model.MemoryBytes(now.Limit),
			}), Fix: model.Say("actions.shut-down-kernels-that-you"),
		}
	}
	return Finding{What: model.Say("actions.it-uses-of-the-of-memory",
		model.Args{"Memory": model.MemoryBytes(now.Memory), "Limit": model.MemoryBytes(now.Limit)})}
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
			Bad:  true,
			What: model.Say("actions.the-disk-that-it-sees", model.Args{"At": model.Name(sp.At), "Size": model.Bytes(sp.Size)}),
			Fix:  model.Say("actions.remove-images-containers-or-files"),
		}
		if i == 0 && sp.At == "/dev/shm" {
			f.What = model.Say("actions.its-shared-memory-dev-shm", model.Args{"Size": model.MemoryBytes(sp.Size)})
			f.Fix = model.Say("actions.use-fewer-worker-processes-or")
		}
		list = append(list, f)
	}
	if !full {
		list = append(list, Finding{What: model.Say("actions.its-disks-and-its-shared")})
	}
	return list
}

// answers asks the server itself.
func answers(ctx context.Context, e *engine.Engine, s notebook.Server) []Finding {
	if s.Hubbed {
		return []Finding{{What: model.Say("actions.it-is-opened-through-its")}}
	}
	if !s.Reached() {
		return []Finding{{
			Bad: true, What: model.Say("actions.its-port-is-not-published-on-this"),
			Fix: model.Say("actions.run-the-image-again-with"),
		}}
	}
	s = notebook.Look(ctx, e, s)
	switch notebook.Ask(ctx, s) {
	case notebook.NotYet:
		if p := actions.WhyUnanswered(ctx, e, s.Container, s.Port.Container); p != nil {
			return []Finding{{Bad: true, What: p.Sentence(), Fix: p.Fix}}
		}
		return []Finding{{
			Bad:  true,
			What: model.Say("actions.the-server-does-not-answer", model.Args{"HostPort": model.Count(s.Port.HostPort)}),
			Fix:  model.Say("actions.it-may-still-start-or"),
		}}
	case notebook.Refused, notebook.Other:
		return []Finding{{
			Bad:  true,
			What: model.Say("actions.what-answers-on-port-is", model.Args{"HostPort": model.Count(s.Port.HostPort)}),
			Fix:  model.Say("actions.stop-what-uses-the-port"),
		}}
	}
	if !s.Local() {
		return []Finding{{What: model.Say("actions.the-server-answers-it-is")}}
	}
	list := []Finding{{What: model.Say("actions.the-server-answers-and-takes")}}
	if activity, err := s.Activity(ctx); err == nil && s.Jupyter() && len(activity.Busy) > 0 {
		list = append(list, Finding{
			What: model.Say("actions.computing-right-now-a-cell", model.Args{"Busy": model.Names(activity.Busy)}),
			Fix:  model.Say("actions.in-the-notebook-choose-interrupt"),
		})
	}
	return list
}

// LimitCommand is the command of [Launcher.Limit].
func LimitCommand(c model.Container, memory int64) model.Command {
	swap := "-1"
	if n := c.SwapWith(memory); n >= 0 {
		swap = runspec.FormatBytes(n)
	}
	return model.Docker(append(append([]string{"update"}, actions.MemoryWords(memory, swap)...), c.Name)...)
}

// Limit sets how much memory in bytes a container may use, while it runs too.
func (a *Launcher) Limit(c model.Container, memory int64) *job.Job {
	return a.do.Simple(c, model.VerbLimit, model.Say("actions.limit", model.Args{"Name": model.Name(c.Name)}),
		model.Say("actions.may-use-of-memory-now",
			model.Args{"Name": model.Name(c.Name), "Memory": model.MemoryBytes(memory)}),
		LimitCommand(c, memory),
		func(ctx context.Context, e *engine.Engine) error { return e.Limit(ctx, c, memory) })
}
