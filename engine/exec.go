package engine

import (
	"bytes"
	"context"
	"io"
	"time"

	"slipway/engine/model"

	"github.com/docker/docker/api/types/container"
)

// maxExecOutput is how much of what a command prints is kept, and execTime how long it may take. All that is run so are
// short questions, but the programs that answer are the image's.
const (
	maxExecOutput = 1 << 20
	execTime      = time.Minute
)

// Exec runs a command in a running container, as the container's user, and returns what it printed on both outputs (at
// most 1 MB) and its exit code. It may take a minute. argv is passed as it is; there is no shell.
func (e *Engine) Exec(ctx context.Context, id string, argv ...string) (output string, code int, err error) {
	return e.execAs(ctx, id, "", argv...)
}

// execAs is [Engine.Exec] as a user of the container, by name or number.
func (e *Engine) execAs(ctx context.Context, id, user string, argv ...string) (output string, code int, err error) {
	what := subject{
		what:      model.Say("engine.cannot-run-in-the-container", model.Args{"Program": model.Name(argv[0])}),
		container: id,
	}
	whole := ctx
	ctx, cancel := context.WithTimeout(ctx, execTime)
	defer cancel()
	made, err := e.cli.ContainerExecCreate(ctx, id,
		container.ExecOptions{Cmd: argv, User: user, AttachStdout: true, AttachStderr: true})
	if err != nil {
		return "", 0, explain(err, what)
	}
	attached, err := e.cli.ContainerExecAttach(ctx, made.ID, container.ExecAttachOptions{})
	if err != nil {
		return "", 0, explain(err, what)
	}
	defer attached.Close()
	defer context.AfterFunc(ctx, attached.Close)() // the connection is its own and knows no context
	var out bytes.Buffer
	limited := &capped{w: &out, left: maxExecOutput}
	err = copyFrames(limited, limited, attached.Reader)
	if whole.Err() != nil {
		return "", 0, whole.Err()
	}
	if ctx.Err() != nil {
		return "", 0, problem(model.ProblemTimeout, ctx.Err(), what, model.Say("engine.it-does-not-come-to"), model.Fact{})
	}
	if err != nil {
		return "", 0, explain(err, what)
	}
	state, err := e.cli.ContainerExecInspect(ctx, made.ID)
	return out.String(), state.ExitCode, explain(err, what)
}

// capped writes what fits and drops the rest, so that the writer before it never fails.
type capped struct {
	w    io.Writer
	left int
}

func (c *capped) Write(p []byte) (int, error) {
	n := min(len(p), c.left)
	c.left -= n
	if _, err := c.w.Write(p[:n]); err != nil {
		return 0, err
	}
	return len(p), nil
}
