package actions

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
)

// Signals are those that can be sent to a process, in the order in which they are offered, and what each is for.
var Signals = []struct{ Name, What string }{
	{"TERM", "Ask it to end"},
	{"INT", "Interrupt it, as Ctrl C does"},
	{"KILL", "End it at once"},
	{"STOP", "Let it stand still"},
	{"CONT", "Let it go on"},
	{"HUP", "Hang up: many programs read their settings again"},
	{"QUIT", "Quit: many programs tell what they do"},
	{"USR1", "User signal 1"},
	{"USR2", "User signal 2"},
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
	what := "Cannot signal " + strconv.Itoa(p.PID) + " in “" + c.Name + "”"
	send := func() {
		a.startOn(c, job.Spec{
			Title:   fmt.Sprintf("Send %s to %d in %s", signal, p.PID, c.Name),
			Command: SignalCommand(c, p, signal), Deed: model.DeedOn(model.VerbSignal, c), Final: true,
		},
			func(ctx context.Context, e *engine.Engine, _ *job.Report) (string, error) {
				if p.PID == 1 {
					return signal + " was sent to " + c.Name + ".", e.Signal(ctx, c, signal)
				}
				return fmt.Sprintf("%s was sent to %d in %s.", signal, p.PID, c.Name), e.SignalProcess(ctx, c, p, signal)
			})
	}
	if !slices.ContainsFunc(Signals, func(s struct{ Name, What string }) bool { return s.Name == signal }) {
		a.tell(model.NewProblem(model.ProblemBadInput, nil, what, "“"+signal+"” is no signal that can be sent here.", ""),
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
	a.spawn(func(ctx context.Context) {
		_, now, err := a.fresh(ctx, c.ID)
		if err == nil && now.AutoRemove {
			err = model.NewProblem(model.ProblemUnsupported, nil, what,
				"It was started with --rm: if the signal ends it, Docker deletes it with everything inside.",
				"To end it, use Stop: what would be lost is named then.")
		}
		if err != nil {
			a.tell(err, what)
			return
		}
		send()
	})
}
