package practice

import (
	"cmp"
	"errors"
	"io"
	"net/http"

	dockercontainer "github.com/docker/docker/api/types/container"
)

// execution is a command that is run in a container beside its first process. It belongs to the engine's lock.
type execution struct {
	id      string
	c       *container
	options dockercontainer.ExecOptions
	p       *process
	tty     *terminal
	code    *int
	failed  bool
}

func (e *Engine) createExec(c *container, r request) (any, error) {
	x := &execution{id: e.newID("exec"), c: c}
	if err := r.read(&x.options); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case len(x.options.Cmd) == 0:
		return nil, badRequest("No exec command specified")
	case c.state == "paused":
		return nil, conflict("container %s is paused, unpause the container before exec", c.id)
	case c.state != "running":
		return nil, conflict("container %s is not running", c.id)
	}
	e.execs[x.id] = x
	e.feed.send(e, "container", "exec_create: "+x.options.Cmd[0], c.id, c.attributes())
	return created{map[string]string{"Id": x.id}}, nil
}

func (e *Engine) exec(id string) (*execution, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if x := e.execs[id]; x != nil {
		return x, nil
	}
	return nil, notFound("No such exec instance: %s", id)
}

func (e *Engine) startExec(r request) (any, error) {
	x, err := e.exec(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	var o dockercontainer.ExecStartOptions
	if err := r.read(&o); err != nil {
		return nil, err
	}
	e.mu.Lock()
	runs := x.c.state == "running"
	e.mu.Unlock()
	if !runs {
		return nil, conflict("container %s is not running", x.c.id)
	}
	if o.Detach {
		if err := x.run(streams{out: io.Discard, err: io.Discard}, nil); err != nil {
			return nil, err
		}
		r.w.WriteHeader(http.StatusOK)
		return answered{}, nil
	}
	d, err := r.takeOver(x.options.Tty, func(*duplex) {})
	if err != nil {
		return nil, err
	}
	defer d.conn.Close()
	x.attached(d, o)
	return answered{}, nil
}

// attached runs the command with its output, and what is typed, on a connection.
func (x *execution) attached(d *duplex, o dockercontainer.ExecStartOptions) {
	s := streams{out: d.frames(false), err: d.frames(true)}
	var tty *terminal
	var in *io.PipeWriter
	switch {
	case x.options.Tty:
		tty = newTerminal(d)
		if size := o.ConsoleSize; size != nil {
			tty.resize(int(size[1]), int(size[0]))
		}
		s.out, s.err = tty, tty
	case x.options.AttachStdin:
		s.in, in = io.Pipe()
	}
	if err := x.run(s, tty); err != nil {
		_, _ = io.WriteString(s.out, err.Error()+"\r\n")
		return
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		buf := make([]byte, 4096)
		for {
			n, err := d.Read(buf)
			switch {
			case tty != nil && n > 0:
				tty.typed(buf[:n])
			case in != nil && n > 0:
				if _, err := in.Write(buf[:n]); err != nil {
					return
				}
			}
			if err != nil {
				if in != nil {
					in.Close()
				}
				return
			}
		}
	}()
	select {
	case <-x.p.ended:
	case <-gone: // it goes on without anybody who reads
		if !x.options.AttachStdin || tty == nil {
			<-x.p.ended
		}
	}
	if in != nil {
		in.Close()
	}
}

// run starts the command.
func (x *execution) run(s streams, tty *terminal) error {
	c := x.c
	who := cmp.Or(x.options.User, c.config.User)
	uid, gid, home, err := c.user(who)
	if err != nil {
		return x.fail(126, badRequest("%v", err))
	}
	env := c.environment(home, x.options.Env)
	dir := cmp.Or(x.options.WorkingDir, c.config.WorkingDir, "/")
	at, data, err := c.which(x.options.Cmd[0], pathOf(env), dir)
	var run program
	var args []string
	if err == nil {
		run, args, err = c.programOf(at, data, x.options.Cmd, 0)
	}
	if err != nil {
		var why cannotStart
		code := 126
		if errors.As(err, &why) {
			code = why.code
		}
		return x.fail(code,
			faultf(http.StatusBadRequest,
				"OCI runtime exec failed: exec failed: unable to start container process: exec: %q: %s: unknown", x.options.Cmd[0],
				err))
	}
	ready := make(chan struct{})
	p := c.spawn(nil, x.options.Cmd, env, dir, uid, gid, tty, true, func(p *process) int {
		<-ready
		if tty != nil {
			s.in = ttyInput{p}
			tty.front(p.signal)
		}
		return run(p, s, args)
	})
	c.e.mu.Lock()
	x.p, x.tty = p, tty
	c.e.mu.Unlock()
	close(ready)
	return nil
}

// fail notes that the command could not be started.
func (x *execution) fail(code int, err error) error {
	x.c.e.mu.Lock()
	defer x.c.e.mu.Unlock()
	x.code, x.failed = &code, true
	return err
}

func (e *Engine) resizeExec(r request) (any, error) {
	x, err := e.exec(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	p, tty := x.p, x.tty
	e.mu.Unlock()
	if p == nil {
		return nil, conflict("exec %s is not running", x.id)
	}
	r.resize(tty)
	return nil, nil
}

func (e *Engine) inspectExec(r request) (any, error) {
	x, err := e.exec(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	p, code := x.p, x.code
	e.mu.Unlock()
	out := map[string]any{"ID": x.id, "ContainerID": x.c.id, "Running": false, "ExitCode": code, "Pid": 0}
	if p != nil {
		out["Pid"] = outside(x.c, p.pid)
		select {
		case <-p.ended:
			out["ExitCode"] = p.wait()
		default:
			out["Running"], out["ExitCode"] = true, nil
		}
	}
	return out, nil
}
