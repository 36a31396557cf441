package actions

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/rescue"
)

// mostCopies is how many copies of single files the history lists one by one.
const mostCopies = 100

// SaveFolder is the folder of its own, in the folder parent, that the files of a container are saved into at a time.
func SaveFolder(parent string, c model.Container, now time.Time) string {
	return filepath.Join(parent, c.Name+"-"+now.Format("2006-01-02-1504"))
}

// SaveCommands are the docker commands that equal saving: one for each file, and one for each volume.
func SaveCommands(c model.Container, found rescue.Found, dir string) []model.Command {
	var list []model.Command
	for _, f := range found.Files {
		list = append(list, model.Docker("cp", c.Name+":"+f.Path, filepath.Join(dir, filepath.FromSlash(f.Path))))
	}
	for _, v := range found.Volumes {
		list = append(list, model.Docker("cp", c.Name+":"+v+"/.", filepath.Join(dir, filepath.FromSlash(v))))
	}
	return list
}

// SaveCopy copies what a removal of the container would destroy into dir on this computer, as [rescue.Save] does. It can
// be cancelled and tried again: what was saved already stays and is not copied anew.
func (a *Actions) SaveCopy(c model.Container, found rescue.Found, dir string) *job.Job {
	spec := job.Spec{Title: "Save the files of " + c.Name, Key: "save:" + c.ID + ":" + dir}
	return a.startOn(c, spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (string, error) {
		commands := SaveCommands(c, found, dir)
		if len(commands) > mostCopies {
			commands = commands[:mostCopies]
		}
		var ends []func(error)
		for _, cmd := range commands {
			ends = append(ends, a.write(e, cmd))
		}
		total, known := found.Bytes(), len(found.Volumes) == 0
		var done int64
		saved, err := rescue.Save(ctx, e, c, found, dir, func(n int64) {
			done += n
			r.Progress(job.Progress{Done: done, Total: max(total, done), Known: known, Phase: "Saving"})
		})
		for _, end := range ends {
			end(err)
		}
		if err != nil {
			return "", err
		}
		text := fmt.Sprintf("Saved %s to %s, read back and compared.", plural(saved.Files, "file"), dir)
		if len(saved.Left) > 0 {
			text += " Not saved, because they are no files: " + strings.Join(saved.Left, ", ") + "."
		}
		return text, nil
	})
}
