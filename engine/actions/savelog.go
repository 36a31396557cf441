package actions

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/scrollback"
)

// SaveLog saves what a container has printed up to now into a new file of the folder, each line as it was printed: all
// of it, or only what matches. A file that is not whole is not left behind.
func (a *copies) SaveLog(c model.Container, dir string, only *scrollback.Pattern) *job.Job {
	spec := job.Spec{
		Title:   model.Say("actions.save-the-output-of", model.Args{"Name": model.Name(c.Name)}),
		Key:     "savelog:" + c.ID + ":" + dir,
		Command: model.Docker("logs", c.Name), Deed: model.DeedOn(model.VerbSave, c),
	}
	return a.JobOn(c, spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
		path, n, err := intoNewFile(dir, c.Name, only == nil, func(f *os.File) (int, error) {
			return writeLog(ctx, e, c, f, only, func(n int64) {
				r.Progress(job.Progress{Done: n, Phase: model.Say("actions.saving")})
			})
		})
		if err != nil {
			return model.Fact{}, err
		}
		if n == 0 && only != nil {
			r.Note(model.Say("actions.no-file-was-written"))
			return model.Say("actions.no-line-of-its-whole"), nil
		}
		r.Folder(dir)
		if only != nil {
			return model.Say("actions.saved-the-lines-of-its", model.Args{"N": model.Count(n), "Path": model.Name(path)}), nil
		}
		return model.Say("actions.saved-lines-to", model.Args{"N": model.Count(n), "Path": model.Name(path)}), nil
	})
}

// SaveShown saves what a view shows into a new file of the folder, which is named after what it is of. write writes it,
// and returns the number of lines. A file that is not whole, or that has no line, is not left behind.
func (a *copies) SaveShown(of, dir string,
	write func(ctx context.Context, out io.Writer) (lines int, err error),
) *job.Job {
	spec := job.Spec{
		Title: model.Say("actions.save-the-output-of", model.Args{"Name": model.Name(of)}),
		Deed:  namedDeed(model.VerbSave, of), Key: "saveshown:" + dir,
	}
	j, _ := a.session.Jobs.Start(spec, func(ctx context.Context, r *job.Report) (model.Fact, error) {
		path, n, err := intoNewFile(dir, of, false, func(f *os.File) (int, error) {
			out := bufio.NewWriterSize(f, 1<<16)
			n, err := write(ctx, out)
			return n, errors.Join(err, out.Flush())
		})
		if err != nil {
			return model.Fact{}, err
		}
		if n == 0 {
			r.Note(model.Say("actions.no-file-was-written"))
			return model.Say("actions.there-is-no-line-to"), nil
		}
		r.Folder(dir)
		return model.Say("actions.saved-lines-to", model.Args{"N": model.Count(n), "Path": model.Name(path)}), nil
	})
	return j
}

// intoNewFile writes lines into a new file of a folder. It is not left behind if it is not whole, nor without a
// line unless empty allows that.
func intoNewFile(dir, of string, empty bool,
	write func(f *os.File) (lines int, err error),
) (path string, lines int, err error) {
	name := FileName(of) + "-" + time.Now().Format("2006-01-02-150405") + ".log"
	path = filepath.Join(dir, name)
	root, err := platform.OpenRoot(dir)
	if err != nil {
		return path, 0, cannotSave(err, path)
	}
	defer root.Close()
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return path, 0, cannotSave(err, path)
	}
	defer f.Close()
	lines, err = write(f)
	if err != nil || lines == 0 && !empty {
		_ = platform.Remove(root, name, f)
	}
	err = errors.Join(err, f.Close())
	switch {
	case errors.Is(err, context.Canceled):
		return path, 0, context.Canceled
	case err != nil:
		return path, 0, cannotSave(err, path)
	}
	return path, lines, nil
}

// writeLog writes the lines and tells after every megabyte how many bytes it were.
func writeLog(ctx context.Context, e *engine.Engine, c model.Container, f *os.File, only *scrollback.Pattern,
	progress func(int64),
) (lines int, err error) {
	saver := &lineSaver{out: bufio.NewWriterSize(f, 1<<16), only: only}
	var told int64
	var failed error
	reading, stop := context.WithCancel(ctx)
	defer stop()
	err = e.TimedLogs(reading, c.ID, -1, false, func() {}, func(l engine.LogLine) {
		if failed != nil {
			return
		}
		if failed = saver.add(l); failed != nil {
			stop()
			return
		}
		if saver.bytes-told > 1<<20 {
			told = saver.bytes
			progress(told)
		}
	})
	if failed != nil {
		return saver.lines, failed
	}
	return saver.lines, errors.Join(err, saver.end(), saver.out.Flush())
}

// lineSaver writes lines as they were printed, of which long ones come in parts.
type lineSaver struct {
	out   *bufio.Writer
	only  *scrollback.Pattern // nil for all lines
	begun [2][]byte           // of each output, the line whose end has not come
	going [2]bool             // its beginning was written already
	lines int
	bytes int64
}

// mostBegun is how much of a line is held until its end comes, in bytes. A longer one is written, and held against the
// pattern, in parts of that size.
const mostBegun = 16 << 20

func (s *lineSaver) add(l engine.LogLine) error {
	i := 0
	if l.Stderr {
		i = 1
	}
	text := append(s.begun[i], l.Text...)
	s.begun[i] = text
	if l.Cut && len(text) < mostBegun {
		return nil // the line may still match, and the other output may not come into it
	}
	return s.write(i, l.Cut)
}

// write writes what has come of a line, if it is wanted, and its end unless that is still to come.
func (s *lineSaver) write(i int, more bool) error {
	text := s.begun[i]
	s.begun[i] = text[:0]
	wanted := s.going[i] || s.only == nil || s.only.Matches(string(text))
	s.going[i] = more && wanted
	if !wanted {
		return nil
	}
	if !more {
		text = append(text, '\n')
		s.lines++
	}
	s.bytes += int64(len(text))
	_, err := s.out.Write(text)
	return err
}

// end writes what there is of lines whose end has not come.
func (s *lineSaver) end() error {
	var wrong error
	for i := range s.begun {
		if len(s.begun[i]) == 0 && !s.going[i] {
			continue
		}
		wrong = errors.Join(wrong, s.write(i, true))
		if s.going[i] {
			s.lines++
		}
	}
	return wrong
}

func cannotSave(err error, path string) error {
	var already *model.Problem
	if errors.As(err, &already) {
		return already
	}
	return &model.Problem{
		Kind: model.ProblemUnknown, Cause: err,
		What: model.Say("actions.the-output-cannot-be-saved"),
		Why:  model.Say("common.cannot-be-written", model.Args{"Path": model.Name(path)}),
		Fix:  model.Say("actions.choose-another-folder-or-make"),
	}
}
