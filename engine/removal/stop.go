package removal

import (
	"context"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
)

// Stop stops a container. One that was made with --rm is destroyed by that, so it is asked about as a removal; a
// notebook server that computes is asked about, too.
func (a *Actions) Stop(c model.Container) {
	a.guardAutoRemove(c, "stop", func() { a.do.StopUnasked(c) })
}

// Kill ends a container's process at once; for --rm the same holds as for [Actions.Stop].
func (a *Actions) Kill(c model.Container) {
	a.guardAutoRemove(c, "kill", func() {
		a.do.JobOn(c, job.Spec{
			Title: model.Say("actions.kill", model.Args{"Name": model.Name(c.Name)}), Deed: model.DeedOn(model.VerbKill, c),
			Key: "kill:" + c.ID, Command: actions.KillCommand(c),
			Final: true,
		},
			func(ctx context.Context, e *engine.Engine, _ *job.Report) (model.Fact, error) {
				return model.Say("actions.was-killed", model.Args{"Name": model.Name(c.Name)}), e.Kill(ctx, c)
			})
	})
}

// guardAutoRemove runs then, after asking where it would destroy the container.
func (a *Actions) guardAutoRemove(c model.Container, verb string, then func()) {
	a.do.Spawn(func(ctx context.Context) {
		e, fresh, err := a.do.Fresh(ctx, c.ID)
		if err != nil {
			a.do.Tell(err, model.Cannot(model.Verb(verb), c.Name))
			return
		}
		if !fresh.AutoRemove || !fresh.Running() && verb != "restart" {
			if verb == "kill" || a.do.MayStop(ctx, fresh) { // a kill is meant for what does not listen any more
				then()
			}
			return
		}
		a.askRemoval(ctx, e, fresh, verb)
	})
}

// Restart stops and starts a container. One that was made with --rm is destroyed when it does not start again, with its
// anonymous volumes (moby, daemon/start.go), so it is asked about as a removal.
func (a *Actions) Restart(c model.Container) {
	a.guardAutoRemove(c, "restart", func() {
		a.do.JobOn(c,
			job.Spec{
				Title: model.Say("actions.restart", model.Args{"Name": model.Name(c.Name)}),
				Deed:  model.DeedOn(model.VerbRestart, c), Key: "restart:" + c.ID,
				Command: actions.RestartCommand(c), Final: true, Once: true,
			},
			func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
				return a.restart(ctx, e, r, c)
			})
	})
}

func (a *Actions) restart(ctx context.Context, e *engine.Engine, r *job.Report, c model.Container) (model.Fact, error) {
	again := func() error { return e.Restart(ctx, c, -1) }
	err := actions.CountDown(r, "restart", model.Say("actions.restarting"), c, again)
	return model.Say("actions.was-restarted", model.Args{"Name": model.Name(c.Name)}),
		actions.ExplainPort(ctx, e, err, actions.HostIP(c.Ports))
}
