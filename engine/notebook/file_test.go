package notebook

import (
	"net/url"
	"strings"
	"testing"

	"slipway/engine/model"
)

func TestPathOf(t *testing.T) {
	bind := func(source, destination string) model.Mount {
		return model.Mount{Type: "bind", Source: source, Destination: destination}
	}
	for _, tc := range []struct {
		name, file, want string
		command, dir     string
		mounts           []model.Mount
	}{
		{
			"its folder", "/home/me/thesis/a.ipynb", "a.ipynb", "", "/home/jovyan/work",
			[]model.Mount{bind("/home/me/thesis", "/home/jovyan/work")},
		},
		{
			"a folder below", "/home/me/thesis/x y/a.ipynb", "x y/a.ipynb", "", "/home/jovyan/work",
			[]model.Mount{bind("/home/me/thesis", "/home/jovyan/work")},
		},
		{
			"mounted below its root", "/home/me/thesis/a.ipynb", "work/a.ipynb", "", "/home/jovyan",
			[]model.Mount{bind("/home/me/thesis", "/home/jovyan/work")},
		},
		{
			"its root below the mount", "/home/me/thesis/in/a.ipynb", "a.ipynb", "", "/data/in",
			[]model.Mount{bind("/home/me/thesis", "/data")},
		},
		{
			"outside of its root", "/home/me/thesis/a.ipynb", "", "", "/data/in",
			[]model.Mount{bind("/home/me/thesis", "/data")},
		},
		{
			"a root of its own", "/home/me/thesis/a.ipynb", "a.ipynb", "jupyter lab --ServerApp.root_dir=/data", "/",
			[]model.Mount{bind("/home/me/thesis", "/data")},
		},
		{
			"the root is everything", "/home/me/thesis/a.ipynb", "data/a.ipynb", "", "",
			[]model.Mount{bind("/home/me/thesis", "/data")},
		},
		{
			"another folder with the same beginning", "/home/me/thesis2/a.ipynb", "", "", "/w",
			[]model.Mount{bind("/home/me/thesis", "/w")},
		},
		{"a parent", "/home/me/a.ipynb", "", "", "/w", []model.Mount{bind("/home/me/thesis", "/w")}},
		{"the folder itself", "/home/me/thesis", "", "", "/w", []model.Mount{bind("/home/me/thesis", "/w")}},
		{
			"a volume", "/var/lib/a.ipynb", "", "", "/w",
			[]model.Mount{{Type: "volume", Source: "/var/lib", Destination: "/w"}},
		},
		{
			"the nearest of two", "/home/me/thesis/a.ipynb", "near/a.ipynb", "", "/w",
			[]model.Mount{bind("/home/me/thesis", "/w/near"), bind("/home/me", "/w/far")},
		},
	} {
		s := Server{Container: model.Container{WorkingDir: tc.dir, Command: tc.command, Mounts: tc.mounts}}
		if got, ok := s.PathOf(tc.file); ok != (tc.want != "") || ok && got != tc.want {
			t.Errorf("%s: %q %v", tc.name, got, ok)
		}
	}
}

func TestFileURL(t *testing.T) {
	at := Server{
		Port: model.PublishedPort{HostIP: "127.0.0.1", HostPort: 8888}, Base: "/", Token: "t",
		SignIn: jupyter.SignIn, at: here,
	}
	for _, tc := range []struct{ page, base, inside, want string }{
		{"lab", "/", "a.ipynb", "http://127.0.0.1:8888/lab/tree/a.ipynb?token=t"},
		{"lab", "/some/where/", "a.ipynb", "http://127.0.0.1:8888/some/where/lab/tree/a.ipynb?token=t"},
		{"tree", "/", "in/a.ipynb", "http://127.0.0.1:8888/notebooks/in/a.ipynb?token=t"},
		{"", "/", "a.ipynb", "http://127.0.0.1:8888/lab/tree/a.ipynb?token=t"},
		{"lab", "/", "50% of ?#x/ü.ipynb", "http://127.0.0.1:8888/lab/tree/50%25%20of%20%3F%23x/%C3%BC.ipynb?token=t"},
	} {
		s := at
		s.page, s.Base = tc.page, tc.base
		if got := s.FileURL(tc.inside); got != tc.want {
			t.Errorf("%s of %s: %s", tc.inside, tc.page, got)
		}
	}
}

// FuzzFileURL: whatever a file is called, the address names it and keeps the token.
func FuzzFileURL(f *testing.F) {
	f.Add("a.ipynb")
	f.Add("in/50% ?token=x#y/&.ipynb")
	f.Fuzz(func(t *testing.T, name string) {
		if strings.Trim(name, "/") != name || name == "" {
			return
		}
		s := Server{
			Port: model.PublishedPort{HostPort: 1}, Base: "/", Token: "right", SignIn: jupyter.SignIn, at: here,
			page: "lab",
		}
		u, err := url.Parse(s.FileURL(name))
		if err != nil || u.Path != "/lab/tree/"+name || u.Query().Get("token") != "right" || u.Fragment != "" {
			t.Errorf("%q: %v %v", name, u, err)
		}
	})
}
