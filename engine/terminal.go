package engine

import (
	"context"
	"io"
	"path"
	"strconv"
	"strings"

	"slipway/engine/model"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"
)

// Terminal is a program of a container that runs in a terminal, or the container's own program. It is read and written
// like a file; reading ends with [io.EOF] when the program does.
type Terminal struct {
	e         *Engine
	conn      types.HijackedResponse
	container string
	exec      string // "" for the container's own program
}

var _ io.ReadWriteCloser = (*Terminal)(nil)

// OpenTerminal runs a program in a running container, in a terminal of so many columns and rows, as a user by name or
// number, "" for the container's own. argv is passed as it is. The caller closes the result; that alone does not end the
// program, but a shell ends when nobody types any more.
func (e *Engine) OpenTerminal(ctx context.Context, id, user string, argv []string, cols, rows int) (*Terminal, error) {
	s := subject{what: "Cannot run " + argv[0] + " in the container", container: id}
	size := [2]uint{uint(rows), uint(cols)}
	made, err := e.cli.ContainerExecCreate(ctx, id, container.ExecOptions{
		Cmd: argv, User: user, Tty: true, ConsoleSize: &size, AttachStdin: true, AttachStdout: true, AttachStderr: true,
		Env: []string{"TERM=xterm-256color"},
	})
	if err != nil {
		return nil, explain(err, s)
	}
	conn, err := e.cli.ContainerExecAttach(ctx, made.ID, container.ExecAttachOptions{Tty: true, ConsoleSize: &size})
	if err != nil {
		return nil, explain(err, s)
	}
	t := &Terminal{e: e, conn: conn, container: id, exec: made.ID}
	_ = t.Resize(ctx, cols, rows) // engines before API 1.42 do not know the size before; a program that ended has none
	return t, nil
}

// AttachTerminal reads and writes the container's own program, which must have a terminal.
func (e *Engine) AttachTerminal(ctx context.Context, id string, cols, rows int) (*Terminal, error) {
	conn, err := e.cli.ContainerAttach(ctx, id, container.AttachOptions{Stream: true, Stdin: true, Stdout: true, Stderr: true})
	if err != nil {
		return nil, explain(err, subject{what: "Cannot attach to the container", container: id})
	}
	t := &Terminal{e: e, conn: conn, container: id}
	_ = t.Resize(ctx, cols, rows)
	return t, nil
}

// Read implements [io.Reader].
func (t *Terminal) Read(p []byte) (int, error) { return t.conn.Reader.Read(p) }

// Write implements [io.Writer].
func (t *Terminal) Write(p []byte) (int, error) { return t.conn.Conn.Write(p) }

// Close ends the connection.
func (t *Terminal) Close() error {
	t.conn.Close()
	return nil
}

// Resize tells the program how many columns and rows there are now.
func (t *Terminal) Resize(ctx context.Context, cols, rows int) error {
	size := container.ResizeOptions{Width: uint(cols), Height: uint(rows)}
	var err error
	if t.exec == "" {
		err = t.e.cli.ContainerResize(ctx, t.container, size)
	} else {
		err = t.e.cli.ContainerExecResize(ctx, t.exec, size)
	}
	return explain(err, subject{what: "Cannot change the size of the terminal", container: t.container})
}

// ExitCode is what the program ended with. known is false while it runs, and for the container's own program.
func (t *Terminal) ExitCode(ctx context.Context) (code int, known bool) {
	if t.exec == "" {
		return 0, false
	}
	state, err := t.e.cli.ContainerExecInspect(ctx, t.exec)
	return state.ExitCode, err == nil && !state.Running
}

// shells are what people want to type in, the best first, and where they are.
var (
	shells      = []string{"bash", "zsh", "fish", "ash", "dash", "sh"}
	shellPlaces = []string{"/bin", "/usr/bin", "/usr/local/bin"}
)

// Shells tells which shells a container has, by path, the best first. Nothing is run in it.
func (e *Engine) Shells(ctx context.Context, id string) ([]string, error) {
	var list []string
	for _, name := range shells {
		for _, dir := range shellPlaces {
			info, err := e.Stat(ctx, id, path.Join(dir, name))
			if model.IsKind(err, model.ProblemNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if !info.Dir {
				list = append(list, path.Join(dir, name))
				break
			}
		}
	}
	return list, nil
}

// mostUsers is how many users are told.
const mostUsers = 20

// Users tells the names of the users that a container has for people: root, and those with numbers from 1000 on. It is empty
// where there is no list of them.
func (e *Engine) Users(ctx context.Context, id string) ([]string, error) {
	data, _, err := e.ReadFile(ctx, id, "/etc/passwd", 1<<20)
	if model.IsKind(err, model.ProblemNotFound) || model.IsKind(err, model.ProblemBadInput) {
		return nil, nil
	}
	var list []string
	for _, line := range strings.Split(string(data), "\n") {
		f := strings.Split(line, ":")
		if len(f) < 3 || f[0] == "" || len(list) == mostUsers {
			continue
		}
		if n, err := strconv.Atoi(f[2]); err == nil && (n == 0 || n >= 1000 && n < 65534) {
			list = append(list, f[0])
		}
	}
	return list, err
}
