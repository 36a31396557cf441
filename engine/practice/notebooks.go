package practice

import (
	"crypto/subtle"
	"fmt"
	"html"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// notebookKinds are images with a page in the browser, as far as that can be practised: they sign in as the real
// ones do, and show one page.
var notebookKinds = []kind{
	jupyterKind("scipy-notebook", 410), jupyterKind("minimal-notebook", 160), jupyterKind("datascience-notebook", 900),
	jupyterKind("pytorch-notebook", 1600),
	jupyterKind("tensorflow-notebook", 1400), jupyterKind("pyspark-notebook", 780), jupyterKind("r-notebook", 520),
	jupyterKind("base-notebook", 120),
	pageKind("codercom/code-server", 8080, 330, "coder", "/home/coder/project"),
	pageKind("rocker/rstudio", 8787, 560, "root", "/home/rstudio"),
	pageKind("ghcr.io/marimo-team/marimo", 8080, 190, "root", "/app"),
	pageKind("ghcr.io/mlflow/mlflow", 5000, 280, "root", "/mlflow"),
}

// jupyterKind is an image of docker-stacks.
func jupyterKind(name string, megabytes int64) kind {
	return kind{
		name: "quay.io/jupyter/" + name, memory: 148, about: "Jupyter, from quay.io", stars: 100,
		megabytes: []int64{30, 90, megabytes - 60}, tags: []string{"python-3.13", "python-3.12"},
		config: ocispec.ImageConfig{
			User: "jovyan", WorkingDir: "/home/jovyan", Env: []string{
				"HOME=/home/jovyan", "NB_USER=jovyan", "NB_UID=1000",
				"NB_GID=100",
			}, Cmd: []string{"start-notebook.py"},
			ExposedPorts: map[string]struct{}{"8888/tcp": {}}, Labels: map[string]string{"org.opencontainers.image.title": name},
		},
		programs: []string{"start-notebook.py", "start-notebook.sh", "jupyter", "jupyter-lab"}, home: "/home/jovyan",
		users: "jovyan:x:1000:100::/home/jovyan:/bin/bash\n",
	}
}

// pageKind is an image with a page of another kind.
func pageKind(name string, port int, megabytes int64, user, home string) kind {
	return kind{
		name: name, about: "A page in the browser", stars: 50, megabytes: []int64{30, megabytes - 30}, home: home,
		programs: []string{"page", path.Base(name)}, users: "coder:x:1000:1000::/home/coder:/bin/bash\n",
		config: ocispec.ImageConfig{
			User: user, WorkingDir: home, Cmd: []string{"page", strconv.Itoa(port)},
			ExposedPorts: map[string]struct{}{fmt.Sprintf("%d/tcp", port): {}},
		},
	}
}

// jupyter is a Jupyter that has one page. It asks for its token as the real one does.
func jupyter(p *process, s streams, _ []string) int {
	port := uint64(8888)
	if n, err := strconv.ParseUint(p.getenv("JUPYTER_PORT"), 10, 16); err == nil {
		port = n
	}
	token := p.getenv("JUPYTER_TOKEN")
	if token == "" {
		token = p.c.e.newID("token")[:48]
	}
	p.endsWhenAsked()
	if !p.sleep(startTime) {
		return p.ending()
	}
	dir := path.Join(p.getenv("HOME"), ".local/share/jupyter/runtime")
	if err := p.makeDir(dir, true, 0o755); err == nil {
		if f, err := p.open(path.Join(dir, fmt.Sprintf("jpserver-%d.json", p.pid)), createFlags, 0o600); err == nil {
			fmt.Fprintf(f, `{"base_url": "/", "port": %d, "secure": false, "token": %q, "password": false, "pid": %d}`, port,
				token, p.pid)
			f.Close()
		}
	}
	say := func(line string) {
		fmt.Fprintf(s.err, "[I %s ServerApp] %s\n", p.c.e.now().UTC().Format(time.DateTime), line)
	}
	say("Serving notebooks from local directory: " + p.dir)
	say("Jupyter Server 2.15.0 is running at:")
	say(fmt.Sprintf("http://%s:%d/lab?token=%s", p.c.hostname(), port, token))
	say(fmt.Sprintf("    http://127.0.0.1:%d/lab?token=%s", port, token))
	if err := p.serve(uint16(port), jupyterPages(p.c, token)); err != nil {
		fmt.Fprintln(s.err, "jupyter:", err)
		return 1
	}
	return done(p, 0)
}

// startTime is how long such a program takes to listen.
const startTime = 50 * time.Millisecond

// endsWhenAsked has a program end at TERM also as the first one of its container.
func (p *process) endsWhenAsked() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range []string{"TERM", "INT"} {
		if _, set := p.traps[name]; !set {
			p.traps[name] = "exit"
		}
	}
}

// jupyterPages answers what Slipway and a browser ask a Jupyter.
func jupyterPages(c *container, token string) http.Handler {
	const cookie = "practice-jupyter"
	is := func(text string) bool { return subtle.ConstantTimeCompare([]byte(text), []byte(token)) == 1 }
	signedIn := func(r *http.Request) bool {
		c, err := r.Cookie(cookie)
		return is(r.URL.Query().Get("token")) || is(strings.TrimPrefix(r.Header.Get("Authorization"), "token ")) ||
			err == nil && is(c.Value)
	}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, text string) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(text))
	}
	mux.HandleFunc("GET /api", func(w http.ResponseWriter, _ *http.Request) { answer(w, `{"version": "2.15.0"}`) })
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, _ *http.Request) { showPage(w, "Password or token:", "") })
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		if !signedIn(r) {
			if strings.HasPrefix(r.URL.Path, "/api/") {
				http.Error(w, `{"message": "Forbidden"}`, http.StatusForbidden)
				return
			}
			http.Redirect(w, r, "/login", http.StatusFound)
			return
		}
		switch out := c.jupyterAnswer(r.URL.Path); {
		case out != nil:
			answer(w, string(marshal(out)))
		default:
			// #nosec G124 -- it listens on this computer, without TLS, as a Jupyter does
			http.SetCookie(w,
				&http.Cookie{Name: cookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
			showPage(w, "You are signed in",
				"This is where Jupyter would be. With a real engine the same clicks open a real notebook, and what you save is in your folder.")
		}
	})
	return mux
}

// page is a program with one page on the port that is its argument, or behind --port.
func page(p *process, s streams, args []string) int {
	if i := slices.Index(args, "--port"); i >= 0 && i+1 < len(args) {
		args = args[i+1 : i+2]
	}
	port, err := strconv.ParseUint(strings.Join(args, ""), 10, 16)
	if err != nil {
		return 1
	}
	p.endsWhenAsked()
	if !p.sleep(startTime) {
		return p.ending()
	}
	fmt.Fprintf(s.out, "listening on port %d\n", port)
	err = p.serve(uint16(port), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		showPage(w, "It runs", "This is where the page of this image would be.")
	}))
	if err != nil {
		fmt.Fprintln(s.err, "page:", err)
		return 1
	}
	return done(p, 0)
}

func showPage(w http.ResponseWriter, title, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_, _ = fmt.Fprintf(w,
		"<!doctype html><title>Practice</title><body style=\"font-family:sans-serif;max-width:40em;margin:4em auto\"><h1>%s</h1><p>%s</p>\n", html.EscapeString(title), html.EscapeString(text))
}
