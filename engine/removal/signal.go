package removal

import (
	"context"
	"slices"
	"strconv"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
)

// Signal is one that can be sent to a process.
type Signal struct {
	// Name is without SIG, for example "TERM"; What is what it is for.
	Name string
	What model.Fact
}

// Signals are those that can be sent to a process, in the order in which they are offered, and what each is for.
var Signals = []Signal{
	{"TERM", model.Say("actions.ask-it-to-end")},
	{"INT", model.Say("actions.interrupt-it-as-ctrl-c")},
	{"KILL", model.Say("actions.end-it-at-once")},
	{"STOP", model.Say("actions.let-it-stand-still")},
	{"CONT", model.Say("actions.let-it-go-on")},
	{"HUP", model.Say("actions.hang-up-many-programs-read")},
	{"QUIT", model.Say("actions.quit-many-programs-tell-what")},
	{"USR1", model.Say("actions.user-signal-one")},
	{"USR2", model.Say("actions.user-signal-two")},
}

// Harmless tells of a signal that no process ends by it.
func Harmless(signal string) bool { return signal == "STOP" || signal == "CONT" }

// SignalCommand is the command of [Actions.Signal].
func SignalCommand(c model.Container, p model.Process, signal string) model.Command {
	if p.PID == 1 {
		return model.Docker("kill", "--signal", signal, c.Name)
	}
	return model.Docker("exec", "--user", "0", c.Name, "sh", "-c", "kill -s "+signal+" "+strconv.Itoa(p.PID))
}

// Signal sends a signal to a process of a container. Killing the main process of a container that was started with --rm
// is asked about as a removal; any other signal that it may end by is refused. Whoever sends one to another process of
// such a container has asked whether it may end with it.
func (a *Actions) Signal(c model.Container, p model.Process, signal string) {
	what := model.Say("common.cannot-signal-in", model.Args{"PID": model.Count(p.PID), "Name": model.Name(c.Name)})
	send := func() {
		a.do.JobOn(c, job.Spec{
			Title: model.Say("actions.send-to-in",
				model.Args{"Signal": model.Name(signal), "PID": model.Count(p.PID), "Name": model.Name(c.Name)}),
			Command: SignalCommand(c, p, signal), Deed: model.DeedOn(model.VerbSignal, c), Final: true,
		},
			func(ctx context.Context, e *engine.Engine, _ *job.Report) (model.Fact, error) {
				if p.PID == 1 {
					return model.Say("actions.was-sent-to", model.Args{"Signal": model.Name(signal), "Name": model.Name(c.Name)}),
						e.Signal(ctx, c, signal)
				}
				return model.Say("actions.was-sent-to-in", model.Args{
					"Signal": model.Name(signal), "PID": model.Count(p.PID),
					"Name": model.Name(c.Name),
				}), e.SignalProcess(ctx, c, p, signal)
			})
	}
	if !slices.ContainsFunc(Signals, func(s Signal) bool { return s.Name == signal }) {
		a.do.Tell(&model.Problem{
			Kind: model.ProblemBadInput,
			What: what,
			Why:  model.Say("actions.is-no-signal-that-can", model.Args{"Signal": model.Name(signal)}),
		},
			what)
		return
	}
	if Harmless(signal) || p.PID != 1 {
		send()
		return
	}
	if signal == "KILL" {
		a.Kill(c)
		return
	}
	a.do.Spawn(func(ctx context.Context) {
		_, now, err := a.do.Fresh(ctx, c.ID)
		if err == nil && now.AutoRemove {
			err = &model.Problem{
				Kind: model.ProblemUnsupported,
				What: what,
				Why:  model.Say("actions.it-was-started-with-rm"),
				Fix:  model.Say("actions.to-end-it-use-stop"),
			}
		}
		if err != nil {
			a.do.Tell(err, what)
			return
		}
		send()
	})
}
