package actions

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/scrollback"
)

// SaveLog saves what a container has printed up to now into a new file of the folder, each line as it was printed: all of
// it, or only what matches. A file that is not whole is not left behind.
func (a *Actions) SaveLog(c model.Container, dir string, only *scrollback.Pattern) *job.Job {
	spec := job.Spec{Title: "Save the output of " + c.Name, Key: "savelog:" + c.ID + ":" + dir, Command: model.Docker("logs", c.Name)}
	return a.startOn(c, spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (string, error) {
		path := filepath.Join(dir, c.Name+"-"+time.Now().Format("2006-01-02-150405")+".log")
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return "", cannotSave(err, path)
		}
		n, err := writeLog(ctx, e, c, f, only, func(n int64) { r.Progress(job.Progress{Done: n, Phase: "Saving"}) })
		if err = errors.Join(err, f.Close()); err != nil {
			os.Remove(path)
			if errors.Is(err, context.Canceled) {
				return "", context.Canceled
			}
			return "", cannotSave(err, path)
		}
		return fmt.Sprintf("Saved %s to %s.", plural(n, "line"), path), nil
	})
}

// writeLog writes the lines and tells after every megabyte how many bytes it were.
func writeLog(ctx context.Context, e *engine.Engine, c model.Container, f *os.File, only *scrollback.Pattern, progress func(int64)) (lines int, err error) {
	out := bufio.NewWriterSize(f, 1<<16)
	var done, told int64
	var failed error
	reading, stop := context.WithCancel(ctx)
	defer stop()
	err = e.TimedLogs(reading, c.ID, -1, false, func() {}, func(l engine.LogLine) {
		if failed != nil || only != nil && !only.Matches(l.Text) {
			return
		}
		lines++
		if _, failed = out.WriteString(l.Text + "\n"); failed != nil {
			stop()
			return
		}
		if done += int64(len(l.Text)) + 1; done-told > 1<<20 {
			told = done
			progress(done)
		}
	})
	if failed != nil {
		return lines, failed
	}
	return lines, errors.Join(err, out.Flush())
}

func cannotSave(err error, path string) error {
	var already *model.Problem
	if errors.As(err, &already) {
		return already
	}
	return model.NewProblem(model.ProblemUnknown, err, "The output cannot be saved", path+" cannot be written.", "Choose another folder, or make room on the disk.")
}
