package actions

import (
	"context"
	"strconv"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/runspec"
)

// defaultGrace is the time in seconds that engines give a container to end by itself (docker stop).
const defaultGrace = 10

// Commands that equal what is done to a container, shown before it happens.
func command(verb string, c model.Container) model.Command { return model.Docker(verb, c.Name) }

// StartCommand is the command of [Actions.Start].
func StartCommand(c model.Container) model.Command { return command("start", c) }

// StopCommand stops a container.
func StopCommand(c model.Container) model.Command { return command("stop", c) }

// RestartCommand stops and starts a container.
func RestartCommand(c model.Container) model.Command { return command("restart", c) }

// KillCommand ends a container at once.
func KillCommand(c model.Container) model.Command { return command("kill", c) }

// PauseCommand is the command of [Actions.Pause].
func PauseCommand(c model.Container) model.Command { return command("pause", c) }

// ResumeCommand is the command of [Actions.Resume].
func ResumeCommand(c model.Container) model.Command { return command("unpause", c) }

// RenameCommand is the command of [Actions.Rename].
func RenameCommand(c model.Container, name string) model.Command {
	return model.Docker("rename", c.Name, name)
}

// RemoveCommand is the command of the removal itself; a running container is stopped by one of its own before it.
func RemoveCommand(c model.Container) model.Command { return command("rm", c) }

// OutputCommand is the command whose output the window shows for a container: its last lines, or all of them with a
// number below 0; with times where they are shown.
func OutputCommand(c model.Container, lines int, times bool) model.Command {
	words := []string{"logs", "-f"}
	if times {
		words = append(words, "-t")
	}
	if lines >= 0 {
		words = append(words, "--tail", strconv.Itoa(lines))
	}
	return model.Docker(append(words, c.Name)...)
}

// RunLine is a container's docker run: the line that would make it again, and what of it that line cannot say.
func (a *Actions) RunLine(ctx context.Context, c model.Container) (s runspec.Spec, left []model.Fact, err error) {
	e, err := a.session.Engine()
	if err != nil {
		return s, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, AnswerTime)
	defer cancel()
	return e.Spec(ctx, c.ID)
}

// Start starts a stopped container. When it ends at once with an error, the job fails and says what it printed last.
func (a *Actions) Start(c model.Container) *job.Job {
	spec := job.Spec{
		Title: model.Say("actions.start", model.Args{"Name": model.Name(c.Name)}), Deed: model.DeedOn(model.VerbStart, c),
		Key: "start:" + c.ID, Command: StartCommand(c),
	}
	return a.JobOn(c, spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
		r.Phase(model.Say("actions.starting"))
		return a.startWatched(ctx, e, r, c)
	})
}

// startWatched starts a container and watches its first seconds.
func (a *Actions) startWatched(ctx context.Context, e *engine.Engine, r *job.Report,
	c model.Container,
) (model.Fact, error) {
	w := WatchStart(ctx, e, c.ID)
	defer w.Close()
	if err := e.Start(ctx, c); err != nil {
		return model.Fact{}, ExplainPort(ctx, e, err, HostIP(c.Ports))
	}
	return w.Outcome(ctx, e, r, c)
}

// StopUnasked stops a container without a question. Who calls it has asked where that is needed: it destroys a
// container that was made with --rm, and ends what computes in it.
func (a *Actions) StopUnasked(c model.Container) {
	a.JobOn(c, job.Spec{
		Title: model.Say("actions.stop", model.Args{"Name": model.Name(c.Name)}), Deed: model.DeedOn(model.VerbStop, c),
		Key: "stop:" + c.ID, Command: StopCommand(c),
		Final: true, Once: true,
	},
		func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
			return model.Say("actions.was-stopped", model.Args{"Name": model.Name(c.Name)}), StopVisibly(ctx, e, r, c)
		})
}

// GraceOf is how many seconds a container has to end by itself when it is stopped.
func GraceOf(c model.Container) int {
	if c.StopTimeout > 0 {
		return c.StopTimeout
	}
	return defaultGrace
}

// StopVisibly stops a container and counts its grace time down in the job.
func StopVisibly(ctx context.Context, e *engine.Engine, r *job.Report, c model.Container) error {
	return CountDown(r, "stop", model.Say("actions.stopping"), c, func() error { return e.Stop(ctx, c, -1) })
}

// CountDown runs call, which does what docker's verb does, and says meanwhile in words how long the container may still
// take to end by itself.
func CountDown(r *job.Report, verb string, words model.Fact, c model.Container, call func() error) error {
	r.Doing(c.ID, verb)
	defer r.Doing(c.ID, "")
	grace := GraceOf(c)
	deadline := time.Now().Add(time.Duration(grace) * time.Second)
	done := make(chan error, 1)
	go func() { done <- model.Guard(model.Say("actions.failed", model.Args{"Action": words}), call) }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	r.Phase(model.Say("actions.waiting-to-finish", model.Args{"Action": words, "Grace": model.Count(grace)}))
	for {
		select {
		case err := <-done:
			return err
		case <-tick.C:
			left := int(time.Until(deadline).Round(time.Second) / time.Second)
			if left > 0 {
				r.Phase(model.Say("actions.waiting-still-to-finish", model.Args{"Action": words, "Left": model.Count(left)}))
			} else {
				r.Phase(model.Say("actions.ending-it-now", model.Args{"Action": words}))
			}
		}
	}
}

// Pause freezes a container's processes.
func (a *Actions) Pause(c model.Container) *job.Job {
	return a.Simple(c, model.VerbPause, model.Say("actions.pause", model.Args{"Name": model.Name(c.Name)}),
		model.Say("actions.is-paused", model.Args{"Name": model.Name(c.Name)}), PauseCommand(c),
		func(ctx context.Context, e *engine.Engine) error { return e.Pause(ctx, c) })
}

// Resume lets a paused container go on.
func (a *Actions) Resume(c model.Container) *job.Job {
	return a.Simple(c, model.VerbUnpause, model.Say("actions.resume", model.Args{"Name": model.Name(c.Name)}),
		model.Say("actions.goes-on", model.Args{"Name": model.Name(c.Name)}), ResumeCommand(c),
		func(ctx context.Context, e *engine.Engine) error { return e.Resume(ctx, c) })
}

// StartMany starts several stopped containers.
func (a *Actions) StartMany(list []model.Container) *job.Job {
	return a.OnMany(startSeveral, "start", list,
		func(ctx context.Context, e *engine.Engine, r *job.Report, c model.Container) error {
			_, err := a.startWatched(ctx, e, r, c)
			return err
		})
}

// PauseMany freezes several containers, ResumeMany lets them go on.
func (a *Actions) PauseMany(list []model.Container) *job.Job {
	return a.OnMany(pauseSeveral, "pause", list,
		func(ctx context.Context, e *engine.Engine, _ *job.Report, c model.Container) error {
			return e.Pause(ctx, c)
		})
}

// ResumeMany is the reverse of [Actions.PauseMany].
func (a *Actions) ResumeMany(list []model.Container) *job.Job {
	return a.OnMany(resumeSeveral, "unpause", list,
		func(ctx context.Context, e *engine.Engine, _ *job.Report, c model.Container) error {
			return e.Resume(ctx, c)
		})
}

// Rename gives a container another name.
func (a *Actions) Rename(c model.Container, name string) *job.Job {
	return a.Simple(c, model.VerbRename, model.Say("actions.rename", model.Args{"Name": model.Name(c.Name)}),
		model.Say("actions.renamed-to", model.Args{"Name": model.Name(c.Name), "NewName": model.Name(name)}),
		RenameCommand(c, name),
		func(ctx context.Context, e *engine.Engine) error { return e.Rename(ctx, c, name) })
}

// StopRestartingCommand is the command of [Actions.StopRestarting].
func StopRestartingCommand(c model.Container) model.Command {
	return model.Docker("update", "--restart", "no", c.Name)
}

// StopRestarting takes a container's restart policy off: what ends from now on stays ended.
func (a *Actions) StopRestarting(c model.Container) *job.Job {
	return a.Simple(c, model.VerbEndRestarts, model.Say("actions.stop-restarting", model.Args{"Name": model.Name(c.Name)}),
		model.Say("actions.is-not-started-again", model.Args{"Name": model.Name(c.Name)}),
		StopRestartingCommand(c),
		func(ctx context.Context, e *engine.Engine) error { return e.SetRestart(ctx, c, "no") })
}

// TakenNames are the names of containers.
func TakenNames(containers []model.Container) map[string]bool {
	taken := make(map[string]bool, len(containers))
	for _, c := range containers {
		taken[c.Name] = true
	}
	return taken
}

// MemoryWords are the options of docker update for a limit of memory in bytes. swap is memory and swap together.
func MemoryWords(memory int64, swap string) []string {
	return []string{"--memory", runspec.FormatBytes(memory), "--memory-swap", swap}
}

// RemoveVolumesCommand removes volumes.
func RemoveVolumesCommand(names ...string) model.Command {
	return model.Docker(append([]string{"volume", "rm"}, names...)...)
}
