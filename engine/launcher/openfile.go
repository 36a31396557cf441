package launcher

import (
	"cmp"
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"

	"slipway/engine"
	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
)

// title is what a launch is called among the jobs.
func (l Launch) title() model.Fact {
	if l.File != "" {
		return model.Say("actions.open", model.Args{"File": model.Name(filepath.Base(l.File))})
	}
	return model.Say("actions.launch", model.Args{"Folder": model.Name(filepath.Base(l.Folder)), "Kind": l.kind()})
}

// kind is what is launched: a recipe, or an image that no recipe is for.
func (l Launch) kind() model.Name {
	if l.Recipe.ID == notebook.AnyID {
		return model.Name(path.Base(l.Image))
	}
	return model.Name(l.Recipe.Name)
}

// openAs opens what answers, as l wishes.
func (a *Launcher) openAs(ctx context.Context, l Launch, o Opened) error {
	if l.Open != nil {
		return l.Open(ctx, o)
	}
	return a.do.Browser().Open(ctx, o.URL)
}

// address is what the browser opens on a server: the file's page, or the first one.
func (l Launch) address(s notebook.Server) string {
	if l.File == "" {
		return s.URL()
	}
	inside, ok := s.PathOf(l.File)
	if !ok { // a virtual machine between may name the folder in its own way, but it is the one that was launched
		rel, err := filepath.Rel(l.Folder, l.File)
		if err != nil {
			return s.URL()
		}
		inside = filepath.ToSlash(rel)
	}
	return s.FileURL(inside)
}

// openFile opens the file of l on a Jupyter that runs and shows it. found is false when there is none, and then a
// server for the file's folder is to be launched; the error says that this cannot be.
func (g launching) openFile(ctx context.Context, l Launch) (result model.Fact, found bool, err error) {
	if info, err := os.Stat(l.File); err != nil {
		return model.Fact{}, false, &model.Problem{
			Kind: model.ProblemNotFound, Cause: err,
			What: model.Say("actions.there-is-no-notebook", model.Args{"File": model.Name(l.File)}),
			Why:  model.Say("common.it-may-have-been-moved"),
			Fix:  model.Say("common.look-where-it-is-now"),
		}
	} else if info.IsDir() {
		return model.Fact{}, false,
			&model.Problem{
				Kind: model.ProblemBadInput,
				What: model.Say("actions.is-a-folder-not-a", model.Args{"File": model.Name(l.File)}),
				Fix:  model.Say("actions.launch-the-folder-instead"),
			}
	}
	servers, err := g.a.serversWith(ctx, g.e, l)
	if err != nil {
		return model.Fact{}, false, err
	}
	for _, s := range servers {
		if s.Recipe.ID == "" {
			if s = notebook.Look(ctx, g.e, s); notebook.Ask(ctx, s) != notebook.Up {
				continue // it lets nobody in
			}
		}
		g.r.Steps(stepCheck, stepWait, stepOpen)
		result, err := g.openServer(ctx, l, s, true)
		return result, true, err
	}
	if !l.Recipe.Jupyter() {
		return model.Fact{}, false, &model.Problem{
			Kind: model.ProblemUnsupported,
			What: model.Say("actions.cannot-open",
				model.Args{"Name": l.kind(), "File": model.Name(filepath.Base(l.File))}),
			Why: model.Say("actions.notebook-files-ipynb-are-opened", model.Args{"Name": l.kind()}),
			Fix: model.Say("actions.choose-a-kind-of-notebook"),
		}
	}
	return model.Fact{}, false, nil
}

// serversWith are the Jupyter servers that run and show the file of l: Slipway's own first, then those whose folder is
// the nearest to the file, then the newest.
func (a *Launcher) serversWith(ctx context.Context, e *engine.Engine, l Launch) ([]notebook.Server, error) {
	running, err := e.Containers(ctx, true)
	if err != nil {
		return nil, err
	}
	var list []model.Container
	for _, c := range running {
		fresh, err := e.Container(ctx, c.ID)
		if model.IsKind(err, model.ProblemNotFound) {
			continue // gone meanwhile
		}
		if err != nil {
			return nil, err
		}
		list = append(list, fresh)
	}
	servers := slices.DeleteFunc(notebook.Servers(list, []notebook.Recipe{l.Recipe}, actions.Place(a.do.Session())),
		func(s notebook.Server) bool {
			_, shows := s.PathOf(l.File)
			return !shows || !s.Jupyter() || !s.Reached() || s.Container.State != model.StateRunning
		})
	slices.SortStableFunc(servers, func(x, y notebook.Server) int {
		return cmp.Or(cmp.Compare(rank(x), rank(y)), cmp.Compare(len(y.Folder), len(x.Folder)),
			y.Container.Created.Compare(x.Container.Created))
	})
	return servers, nil
}

// rank puts Slipway's own servers first.
func rank(s notebook.Server) int {
	if s.Recipe.ID != "" || s.Container.Mark(model.LabelFolder) != "" {
		return 0
	}
	return 1
}

// openAfter opens the file of l once the launch of its folder that is under way has ended well.
func (a *Launcher) openAfter(j *job.Job, l Launch) {
	a.do.Spawn(func(ctx context.Context) {
		if j.Wait(ctx) == nil {
			a.Launch(l)
		}
	})
}
