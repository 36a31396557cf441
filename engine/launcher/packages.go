package launcher

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
func (a *Launcher) Packages(ctx context.Context, c model.Container) (notebook.Packages, error) {
	e, err := a.do.Session().Engine()
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
		return &model.Problem{
			Kind: model.ProblemConflict, Cause: err,
			What: model.Say("actions.exists-already", model.Args{"Path": model.Name(filepath.Base(path))}),
			Why:  model.Say("actions.it-may-hold-what-you"),
			Fix:  model.Say("actions.replace-it-or-rename-yours"),
		}
	}
	return &model.Problem{
		Kind: model.ProblemPermission, Cause: err,
		What: model.Say("actions.cannot-be-written", model.Args{"Path": model.Name(path)}),
		Fix:  model.Say("actions.check-that-the-folder-is"),
	}
}

// Carried lists the names of a container's variables whose values look secret; command tells whether its command holds
// a secret. An image that is made from the container carries them.
func Carried(c model.Container) (names []string, command bool) {
	for _, v := range c.Env {
		name, value, _ := strings.Cut(v, "=")
		if runspec.SecretEnv(name, value) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, (runspec.Spec{Command: strings.Fields(c.Command)}).RunCommand().HasSecrets()
}

// KeepCommand is the command of [Launcher.KeepAsImage].
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
func (a *Launcher) KeepAsImage(c model.Container, name string) (*job.Job, error) {
	ref, err := engine.ParseImage(name)
	if err != nil {
		return nil, err
	}
	if strings.Contains(ref, "@") || strings.HasPrefix(ref, "sha256:") {
		return nil, &model.Problem{
			Kind: model.ProblemBadInput,
			What: model.Say("actions.is-not-a-name-for", model.Args{"Name": model.Name(name)}),
			Why:  model.Say("actions.it-names-one-by-its"),
			Fix:  model.Say("actions.write-it-as-name-tag"),
		}
	}
	spec := job.Spec{
		Title: model.Say("actions.keep-as", model.Args{"Name": model.Name(c.Name), "Ref": model.Name(ref)}),
		Key:   "commit:" + c.ID, Command: KeepCommand(c, ref),
		Deed: model.DeedOn(model.VerbCommit, c), Final: true, Once: true,
	}
	return a.do.JobOn(c, spec, func(ctx context.Context, e *engine.Engine, r *job.Report) (model.Fact, error) {
		r.Phase(model.Say("actions.copying-what-is-in-it"))
		_, err := e.Commit(ctx, c, ref, unlabel(c)...)
		return model.Say("actions.what-is-in-is-kept", model.Args{"Name": model.Name(c.Name), "Ref": model.Name(ref)}), err
	}), nil
}
