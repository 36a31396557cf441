package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"time"

	"slipway/engine/model"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
)

// TerminalOptions says what a terminal in a container runs.
type TerminalOptions struct {
	// Command is what is run, as it is; there is no shell but what it names.
	Command []string
	// User and WorkingDir are those of the container where they are empty.
	User, WorkingDir string
	// Cols and Rows are how large the terminal is, in characters.
	Cols, Rows int
}

// Terminal is the terminal of a program in a container. Reading, writing and everything else may be done
// from different goroutines. What is read is what the program prints, escape sequences included; what is
// written is what a person types.
type Terminal struct {
	e         *Engine
	container string
	exec      string // "" where it is that of the main process
	mark      string // in the environment of what runs in it, see hangUp
	user      string
	conn      types.HijackedResponse
}

// terminalType is what programs are told that the terminal understands. Images without a description of it fall back
// to something simpler by themselves.
const terminalType = "xterm-256color"

// terminalMark is the variable that what runs in a terminal of Slipway can be told by.
const terminalMark = "SLIPWAY_TERMINAL"

// Engines let go of a terminal at detach keys, and hold back what could be the beginning of them until the next key.
// Without any they have Ctrl+P Ctrl+Q, of which Ctrl+P is pressed all day; to have none cannot be asked for.
const (
	// noKeys has a byte that is in no text of UTF-8. It can be asked for in an address only.
	noKeys = "\xff,\xff,\xff,\xff"
	// rareKeys begins with the control character that is pressed least: only Ctrl+6 comes with the next key.
	rareKeys = `ctrl-^,ctrl-\,ctrl-_,ctrl-],ctrl-^,ctrl-\,ctrl-_,ctrl-]`
)

// OpenTerminal runs a command with a terminal of its own in a running container.
func (e *Engine) OpenTerminal(ctx context.Context, id string, o TerminalOptions) (*Terminal, error) {
	s := subject{what: model.Say("engine.cannot-open-a-terminal"), container: id}
	var random [8]byte
	if _, err := rand.Read(random[:]); err != nil {
		return nil, explain(err, s)
	}
	t := &Terminal{e: e, container: id, mark: terminalMark + "=" + hex.EncodeToString(random[:]), user: o.User}
	size := &[2]uint{uint(max(1, o.Rows)), uint(max(1, o.Cols))}
	made, err := e.cli.ContainerExecCreate(ctx, id, container.ExecOptions{
		Cmd: o.Command, User: o.User, WorkingDir: o.WorkingDir, Tty: true, ConsoleSize: size,
		AttachStdin: true, AttachStdout: true, AttachStderr: true, DetachKeys: rareKeys,
		Env: []string{"TERM=" + terminalType, t.mark},
	})
	if err != nil {
		return nil, explain(err, s)
	}
	t.exec = made.ID
	t.conn, err = e.cli.ContainerExecAttach(ctx, made.ID, container.ExecAttachOptions{Tty: true, ConsoleSize: size})
	if err == nil {
		err = t.firstResize(ctx, o.Cols, o.Rows)
	}
	if err != nil {
		t.giveUp(ctx)
		return nil, explain(err, s)
	}
	return t, nil
}

// giveUpTime is how long the engine may take to end what was cancelled while it opened.
const giveUpTime = 3 * time.Second

// giveUp closes a terminal whose opening failed. The program may run by then, and would for good.
func (t *Terminal) giveUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUpTime)
	defer cancel()
	_ = t.Close(ctx) // why it failed is said; an engine that is away ends nothing
}

// firstResize tells an engine before API 1.42 how large the terminal is. The program has to be there for that, which
// takes a moment; one that has ended by then needs no size.
func (t *Terminal) firstResize(ctx context.Context, cols, rows int) error {
	for wait := 5 * time.Millisecond; wait < 2*time.Second; wait *= 2 {
		if t.Resize(ctx, cols, rows) == nil {
			return nil
		}
		if state, err := t.e.cli.ContainerExecInspect(ctx, t.exec); err == nil && !state.Running && state.Pid != 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
	return nil // it works in the size that it has
}

// AttachTerminal is the terminal of the main process of a container that was made with one (docker run -t). Closing it
// leaves the process alone.
func (e *Engine) AttachTerminal(ctx context.Context, id string, cols, rows int) (*Terminal, error) {
	s := subject{what: model.Say("engine.cannot-attach-to-the-container"), container: id}
	c, err := e.cli.ContainerInspect(ctx, id)
	if err != nil {
		return nil, explain(err, s)
	}
	switch {
	case c.Config == nil || !c.Config.Tty:
		return nil,
			&model.Problem{
				Kind: model.ProblemUnsupported,
				What: s.what,
				Why:  model.Say("engine.its-program-has-no-terminal"),
				Fix:  model.Say("engine.run-it-again-with-t"),
			}
	case c.State == nil || !c.State.Running:
		return nil, &model.Problem{
			Kind: model.ProblemConflict,
			What: s.what,
			Why:  model.Say("engine.it-is-not-running"),
			Fix:  model.Say("engine.start-it-first"),
		}
	}
	t := &Terminal{e: e, container: id}
	t.conn, err = e.cli.ContainerAttach(ctx, id,
		container.AttachOptions{Stream: true, Stdin: c.Config.OpenStdin, Stdout: true, Stderr: true, DetachKeys: noKeys})
	if err != nil {
		return nil, explain(err, s)
	}
	_ = t.Resize(ctx, cols, rows) // it may have ended by now
	return t, nil
}

// Read implements [io.Reader]. It ends with [io.EOF] when the program ends or the container stops.
func (t *Terminal) Read(p []byte) (int, error) {
	n, err := t.conn.Reader.Read(p)
	if err != nil && (errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrUnexpectedEOF)) {
		err = io.EOF
	}
	return n, err
}

// Write implements [io.Writer].
func (t *Terminal) Write(p []byte) (int, error) { return t.conn.Conn.Write(p) }

// Resize tells the program how large its terminal is now.
func (t *Terminal) Resize(ctx context.Context, cols, rows int) error {
	size := container.ResizeOptions{Width: uint(max(1, cols)), Height: uint(max(1, rows))}
	if t.exec == "" {
		return explain(t.e.cli.ContainerResize(ctx, t.container, size),
			subject{what: model.Say("engine.cannot-resize-the-terminal"), container: t.container})
	}
	return explain(t.e.cli.ContainerExecResize(ctx, t.exec, size),
		subject{what: model.Say("engine.cannot-resize-the-terminal"), container: t.container})
}

// ExitCode waits until the program has ended and gives the code that it ended with. It is not ok when the engine does
// not know it, or does not know any more.
func (t *Terminal) ExitCode(ctx context.Context) (code int, ok bool) {
	for wait := 5 * time.Millisecond; ; wait *= 2 {
		running, code, err := t.state(ctx)
		if err != nil || running && wait > time.Second { // what it left in the background holds the terminal open
			return 0, false
		}
		if !running {
			return code, true
		}
		select {
		case <-ctx.Done():
			return 0, false
		case <-time.After(wait):
		}
	}
}

func (t *Terminal) state(ctx context.Context) (running bool, code int, err error) {
	if t.exec != "" {
		s, err := t.e.cli.ContainerExecInspect(ctx, t.exec)
		return s.Running, s.ExitCode, err
	}
	c, err := t.e.Container(ctx, t.container)
	return c.Running(), c.ExitCode, err
}

// Close ends the terminal. What still runs in it is told so by the signal SIGHUP, as when the window of a terminal is
// closed: engines leave it running for good otherwise. The main process of a container is left alone.
func (t *Terminal) Close(ctx context.Context) error {
	var err error
	if running, _, e := t.state(ctx); t.exec != "" && running && e == nil {
		err = t.hangUp(ctx)
	}
	if t.conn.Conn != nil {
		t.conn.Close()
	}
	return err
}

// hangUpScript finds the processes with the mark $0 in their environment. The one of them that leads a session with a
// terminal, and whose parent has no mark, is the program of the terminal; everything in its session gets SIGHUP, as
// from a terminal whose window is closed. What left the session on purpose (setsid, a daemon, what runs in tmux) goes
// on. Of /proc/PID/stat, the fields behind the name are state, parent, group, session and terminal (proc_pid_stat(5)).
const hangUpScript = `fields() { read -r line <"/proc/$1/stat" || return 1; line=${line##*) }; }
leader=
for p in /proc/[0-9]*; do
	pid=${p##*/}
	grep -q "$0" "$p/environ" && fields "$pid" || continue
	set -- $line
	[ "$4" = "$pid" ] && [ "$5" != 0 ] && ! grep -q "$0" "/proc/$2/environ" && leader=$pid
done
[ "$leader" ] || exit 0
for p in /proc/[0-9]*; do
	pid=${p##*/}
	fields "$pid" || continue
	set -- $line
	[ "$4" = "$leader" ] && kill -HUP "$pid"
done
exit 0`

// hangUp sends SIGHUP to the program of this terminal and to what runs in its session. There is no call of the engine
// for it; the shell that was used does it, with nothing but what a shell can, grep and kill.
func (t *Terminal) hangUp(ctx context.Context) error {
	made, err := t.e.cli.ContainerExecCreate(ctx, t.container,
		container.ExecOptions{User: t.user, Cmd: []string{"sh", "-c", hangUpScript, t.mark}})
	if err == nil {
		err = t.e.cli.ContainerExecStart(ctx, made.ID, container.ExecStartOptions{Detach: true})
	}
	return explain(err, subject{what: model.Say("engine.cannot-end-what-runs-in"), container: t.container})
}
