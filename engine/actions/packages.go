package actions

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/runspec"
)

// Packages reads which packages were installed in a container since its image. The engine walks the container's
// writable layer for it, so call it off the UI thread.
func (a *Actions) Packages(ctx context.Context, c model.Container) (notebook.Packages, error) {
	e, err := a.session.Engine()
	if err != nil {
		return notebook.Packages{}, err
	}
	changes, err := e.Changes(ctx, c.ID)
	if err != nil {
		return notebook.Packages{}, err
	}
	packages := notebook.Installed(changes)
	if len(packages.Conda) > 0 { // whose Python packages look like pip's
		packages.Pip = slices.DeleteFunc(packages.Pip, func(p notebook.Package) bool {
			return installer(ctx, e, c, p.Dir) == "conda"
		})
	}
	return packages, ctx.Err()
}

// installer is the program that says of itself that it installed a Python package (PyPA, "The INSTALLER file").
func installer(ctx context.Context, e *engine.Engine, c model.Container, dir string) string {
	files, err := e.SmallFiles(ctx, c.ID, dir)
	if err != nil {
		return ""
	}
	for _, f := range files {
		if f.Name == "INSTALLER" {
			return strings.TrimSpace(string(f.Data))
		}
	}
	return ""
}

// WritePackages writes a file that installs packages again into a folder of this computer. One that exists is left
// alone, which is [fs.ErrExist], unless replace is set. It returns the path. A container may write into the folder,
// too: a link is replaced, and never written through; a file that only its owner may read stays so.
func WritePackages(folder string, f notebook.PackageFile, replace bool) (string, error) {
	path := filepath.Join(folder, f.Name)
	root, err := platform.OpenRoot(folder)
	if err != nil {
		return path, asPackageProblem(path, err)
	}
	defer root.Close()
	if !replace {
		return path, asPackageProblem(path, platform.WriteNew(root, f.Name, f.Data, 0o644))
	}
	mode := fs.FileMode(0o644)
	if old, err := root.Lstat(f.Name); err == nil && old.Mode().IsRegular() {
		mode &= old.Mode().Perm() | 0o600
	}
	return path, asPackageProblem(path, platform.Replace(root, f.Name, f.Data, mode))
}

func asPackageProblem(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return model.NewProblem(model.ProblemConflict, err, filepath.Base(path)+" exists already",
			"It may hold what you wrote.", "Replace it, or rename yours first.")
	}
	return model.NewProblem(model.ProblemPermission, err, path+" cannot be written", "",
		"Check that the folder is yours and that the disk is not full.")
}

// Carried lists the names of a container's variables whose values look secret, and its command where that holds a
// secret: an image that is made from the container carries them.
func Carried(c model.Container) []string {
	var names []string
	for _, v := range c.Env {
		name, value, _ := strings.Cut(v, "=")
		if runspec.SecretEnv(name, value) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if (runspec.Spec{Command: strings.Fields(c.Command)}).RunCommand().HasSecrets() {
		names = append(names, "its command")
	}
	return names
}

// KeepCommand is the command of [Actions.KeepAsImage].
func KeepCommand(c model.Container, ref string) model.Command {
	words := []string{"commit"}
	for _, line := range unlabel(c) {
		words = append(words, "--change", line)
	}
	return model.Docker(append(words, c.Name, ref)...)
}

// plainLabel matches the names of Slipway's labels, and nothing that would be more than a name in a Dockerfile.
var plainLabel = regexp.MustCompile(`^[a-z.-]+$`)

// unlabel are the lines of a Dockerfile that take off what Slipway wrote on a container, since containers of the
// image would seem to be this one.
func unlabel(c model.Container) []string {
	var lines []string
	for _, label := range slices.Sorted(maps.Keys(c.Labels)) {
		if strings.HasPrefix(label, model.LabelPrefix) && c.Labels[label] != "" && plainLabel.MatchString(label) {
			lines = append(lines, "LABEL "+label+"=")
		}
	}
	return lines
}

// KeepAsImage keeps what was installed in a container as an image of that name. What Slipway wrote on the container to
// find it again is not part of it. It returns the job, or what is wrong with the name.
func (a *Actions) KeepAsImage(c model.Container, name string) (*job.Job, error) {
	ref, err := engine.ParseImage(name)
	if err != nil {
		return nil, err
	}
	if strings.Contains(ref, "@") || strings.HasPrefix(ref, "sha256:") {
		return nil, model.NewProblem(model.ProblemBadInput, nil, "“"+name+"” is not a name for an image of your own",
			"It names one by its content.", "Write it as name:tag, for example thesis:1.")
	}
	spec := job.Spec{
		Title: "Keep " + c.Name + " as " + ref, Key: "commit:" + c.ID, Command: KeepCommand(c, ref),
		Deed: model.DeedOn(model.VerbCommit, c), Final: true, Once: true,
	}
	return a.startOn(c, spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (string, error) {
		r.Phase("Copying what is in it")
		_, err := e.Commit(ctx, c, ref, unlabel(c)...)
		return "What is in " + c.Name + " is kept as the image " + ref + ".", err
	}), nil
}
