package engine

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"slipway/engine/model"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
)

// LogLine is one line that a container printed, without its line end.
type LogLine struct {
	Text   string
	Stderr bool
	// Time is when the engine got it; only [Engine.TimedLogs] tells.
	Time time.Time
	// Cut says that the line goes on in the next one of the same output.
	Cut bool
}

// Messages is how many of the engine's messages the line is. The engine counts those where it is asked for the last
// lines.
func (l LogLine) Messages() int { return 1 + max(0, len(l.Text)-1)/messageSize }

// maxLogLine is where a line is cut. A longer one goes on in the next [LogLine], so that memory stays bounded.
const maxLogLine = 64 << 10

// Logs gives the last tail lines to fn, and with follow every further one until the container stops or ctx ends. fn is
// called from the calling goroutine.
func (e *Engine) Logs(ctx context.Context, id string, tail int, follow bool, fn func(LogLine)) error {
	if e.dialect.joinsLines {
		return podmanLogs(tail, follow, fn, func(follow bool, fn func(LogLine)) error {
			return e.readLogs(ctx, id, "all", follow, nil, false, fn)
		})
	}
	return e.readLogs(ctx, id, strconv.Itoa(tail), follow, nil, false, fn)
}

// TimedLogs is [Engine.Logs] with the time of each line, as exact as the engine tells it: Podman in whole seconds, and
// not at all for a container with a terminal. A negative tail means all that there is. answered is called as soon as
// the engine has begun to answer, even if the container has printed nothing. A line whose end has not come is not
// waited for: it comes piece by piece, each [LogLine.Cut] and with the time of its own. A program without a terminal
// has the carriage return before the end of a line left in it.
func (e *Engine) TimedLogs(ctx context.Context, id string, tail int, follow bool, answered func(),
	fn func(LogLine),
) error {
	switch {
	case tail < 0:
		return e.readLogs(ctx, id, "all", follow, answered, true, fn)
	case e.dialect.joinsLines:
		return podmanLogs(tail, follow, fn, func(follow bool, fn func(LogLine)) error {
			return e.readLogs(ctx, id, "all", follow, answered, false, fn) // lines are counted
		})
	}
	return e.readLogs(ctx, id, strconv.Itoa(tail), follow, answered, true, fn)
}

// readLogs reads a container's output as the engine has it; with answered, the times of the lines too, and with pieces,
// those whose end has not come.
func (e *Engine) readLogs(ctx context.Context, id, tail string, follow bool, answered func(), pieces bool,
	fn func(LogLine),
) error {
	c, err := e.cli.ContainerInspect(ctx, id)
	if err != nil {
		return explain(err, subject{what: model.Say("engine.cannot-read-the-output"), container: id})
	}
	if p := notKept(c, nil); p != nil {
		return p
	}
	tty := c.Config != nil && c.Config.Tty
	timed := answered != nil && !(tty && e.dialect.timesInLines)
	r, err := e.cli.ContainerLogs(ctx, id,
		container.LogsOptions{ShowStdout: true, ShowStderr: true, Follow: follow, Tail: tail, Timestamps: timed})
	if p := notKept(c, err); p != nil {
		return p
	}
	if err != nil {
		return explain(err, subject{what: model.Say("engine.cannot-read-the-output"), container: id})
	}
	defer r.Close()
	if answered != nil {
		answered()
	}
	err = model.Guard(model.Say("engine.the-output-cannot-be-read"), func() error {
		if timed {
			return readTimed(r, tty, pieces, fn)
		}
		return readLines(r, tty, pieces, fn)
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return explain(err, subject{what: model.Say("engine.the-output-broke-off"), container: id})
}

// noDriver is the log driver that keeps nothing.
const noDriver = "none"

// notKept explains why the engine has nothing of what a container prints, nil when it has. err is what it said when it
// was asked.
func notKept(c container.InspectResponse, err error) error {
	if c.ContainerJSONBase == nil || c.HostConfig == nil ||
		c.HostConfig.LogConfig.Type != noDriver && !errdefs.IsNotImplemented(err) {
		return nil
	}
	driver := c.HostConfig.LogConfig.Type
	why := model.Say("engine.this-container-was-made-with", model.Args{"Driver": model.Name(driver)})
	if driver != noDriver {
		why = model.Say("engine.this-container-was-made-with-the", model.Args{"Driver": model.Name(driver)})
	}
	return &model.Problem{
		Kind: model.ProblemUnsupported, Cause: err,
		What: model.Say("engine.cannot-read-the-output"),
		Why:  why,
		Fix:  model.Say("engine.run-it-anew-with-log"),
	}
}

// Attach listens to what the container prints from now on; when it returns, no line of a start after it can be
// missed, not even of a container that is gone with its end. read, which must be called once, gives the lines to
// fn until the container stops or ctx ends. With pieces, a line whose end has not come is not waited for: each
// piece of it is [LogLine.Cut].
func (e *Engine) Attach(ctx context.Context, id string, pieces bool) (read func(fn func(LogLine)) error, err error) {
	c, err := e.cli.ContainerInspect(ctx, id)
	if err != nil {
		return nil, explain(err, subject{what: model.Say("engine.cannot-read-the-output"), container: id})
	}
	r, err := e.cli.ContainerAttach(ctx, id, container.AttachOptions{Stream: true, Stdout: true, Stderr: true})
	if err != nil {
		return nil, explain(err, subject{what: model.Say("engine.cannot-read-the-output"), container: id})
	}
	return func(fn func(LogLine)) error {
		defer r.Close()
		defer context.AfterFunc(ctx, r.Close)() // the connection is its own and knows no context
		err := model.Guard(model.Say("engine.the-output-cannot-be-read"), func() error {
			return readLines(r.Reader, c.Config != nil && c.Config.Tty, pieces, fn)
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return explain(err, subject{what: model.Say("engine.the-output-broke-off"), container: id})
	}, nil
}

// readLines reads a container's output: raw with a terminal, in frames without. With pieces, lines whose end has
// not come are not waited for.
func readLines(r io.Reader, tty, pieces bool, fn func(LogLine)) error {
	if tty {
		lines := lineWriter{fn: fn, pieces: pieces}
		defer lines.flush()
		_, err := io.Copy(&lines, r)
		return err
	}
	out, errs := lineWriter{fn: fn, pieces: pieces, returns: pieces},
		lineWriter{fn: fn, stderr: true, pieces: pieces, returns: pieces}
	defer errs.flush()
	defer out.flush()
	return copyFrames(&out, &errs, r)
}

// LastLines is what the container printed last, at most n lines.
func (e *Engine) LastLines(ctx context.Context, id string, n int) ([]string, error) {
	var lines []string
	err := e.Logs(ctx, id, n, false, func(l LogLine) { lines = append(lines, l.Text) })
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return lines, err
}

// lineWriter cuts a stream into lines.
type lineWriter struct {
	fn      func(LogLine)
	stderr  bool
	pieces  bool      // what was written is handed out, even if its line has not ended
	returns bool      // a carriage return before the end of a line is of the program
	at      time.Time // of the line, or the piece of one, that was begun
	rest    []byte
	begun   bool // rest is what was held back of a piece
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.take(p)
	w.piece()
	return len(p), nil
}

// take hands out the lines that have ended.
func (w *lineWriter) take(left []byte) {
	for len(left) > 0 {
		part, ended := left, false
		if i := bytes.IndexByte(left, '\n'); i >= 0 {
			part, ended = left[:i], true
		}
		left = left[len(part):]
		for len(part) > 0 {
			if len(w.rest) == maxLogLine {
				w.cut(w.whole())
			}
			n := min(len(part), maxLogLine-len(w.rest))
			w.rest = append(w.rest, part[:n]...)
			part = part[n:]
		}
		if ended {
			left = left[1:]
			w.end()
		}
	}
}

// flush hands out what has no line end at the end of the stream.
func (w *lineWriter) flush() {
	if len(w.rest) > 0 {
		w.end()
	}
}

// end hands out a line that has ended.
func (w *lineWriter) end() {
	n := len(w.rest)
	if !w.returns {
		n = len(bytes.TrimSuffix(w.rest, []byte{'\r'}))
	}
	w.emit(n, false)
	w.rest, w.begun = w.rest[:0], false
}

// piece hands out what there is of a line, if that is wanted, but nothing that may be the beginning of its end.
func (w *lineWriter) piece() {
	if !w.pieces {
		return
	}
	n := w.whole()
	if n > 0 && !w.returns && w.rest[n-1] == '\r' {
		n--
	}
	if n > 0 {
		w.cut(n)
	}
}

// whole is how much of what there is are whole characters.
func (w *lineWriter) whole() int {
	n := len(w.rest)
	for back := 1; back < utf8.UTFMax && back <= n; back++ {
		if tail := w.rest[n-back:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return n - back
			}
			break
		}
	}
	return n
}

// cut hands out the start of a line.
func (w *lineWriter) cut(n int) {
	w.emit(n, true)
	w.rest = append(w.rest[:0], w.rest[n:]...)
	w.begun = true
}

func (w *lineWriter) emit(n int, cut bool) {
	w.fn(LogLine{Text: string(w.rest[:n]), Stderr: w.stderr, Time: w.at, Cut: cut})
}
