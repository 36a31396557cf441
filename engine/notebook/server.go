package notebook

import (
	"cmp"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"slipway/engine/model"
)

// Server is a notebook server in a container.
type Server struct {
	Container model.Container
	// Recipe is what it was launched from; its zero value for a server that Slipway did not launch.
	Recipe Recipe
	// Folder is the folder of this computer that it works in, "" when there is none.
	Folder string
	// Port is where it is reached. HostPort 0 means that it is not.
	Port model.PublishedPort
	// Base is the path before all of its pages, with a slash at both ends.
	Base string
	// Token lets a browser in. Known tells whether it is right for certain that there is this token, or none.
	Token string
	Known bool
	// Secure tells that it speaks https.
	Secure bool
	SignIn SignIn
	// Hubbed tells that a JupyterHub started it for one of its users, and lets people in: it is opened there.
	Hubbed bool

	ready, status, page string
	// runsAs is who the container's programs are, where only the container itself knows the number.
	runsAs []int
	// at is where the engine is, which tells where the server is reached. Without it nothing is asked or opened.
	at Place
	// anyAnswer takes every answer for a sign of life, since nobody knows what this server should say.
	anyAnswer bool
}

// jupyter is what holds for a Jupyter server that nobody has a recipe for.
var jupyter = Recipe{
	Port: 8888, SignIn: SignIn{Method: SignInTokenEnv, Env: "JUPYTER_TOKEN"},
	Ready: "api", Status: "api/status", Page: "lab",
}

// Servers are the notebook servers among containers, running or not: those that Slipway launched, and every Jupyter
// that shows itself in what the engine says of its container. at is where the engine is.
func Servers(containers []model.Container, recipes []Recipe, at Place) []Server {
	var list []Server
	for _, c := range containers {
		if s, ok := serverOf(c, recipes, at); ok {
			list = append(list, s)
		}
	}
	return list
}

func serverOf(c model.Container, recipes []Recipe, at Place) (Server, bool) {
	s, ok := identify(c, recipes, at)
	s.at = at
	return s, ok
}

func identify(c model.Container, recipes []Recipe, at Place) (Server, bool) {
	if !c.Inspected {
		return Server{}, false
	}
	c.Ports = at.reached(c.Ports)
	id := c.Mark(model.LabelRecipe)
	i := slices.IndexFunc(recipes, func(r Recipe) bool { return r.ID == id })
	switch {
	case id == AnyID:
		return anyServer(c, at), true
	case i >= 0:
		return launched(c, recipes[i]), true
	}
	switch roleOf(c) {
	case roleServer:
		return foreign(c, at), true
	case roleHubbed:
		s := foreign(c, at)
		s.Hubbed = true
		return s, true
	case roleOther:
		return Server{}, false
	}
	if s := foreign(c, at); saysJupyter(c) || jupyterImage(c) {
		return s, s.Port.HostPort != 0 // else it may run anything
	}
	return Server{}, false
}

// launched is the server in a container that Slipway made.
func launched(c model.Container, r Recipe) Server {
	s := fromRecipe(c, r)
	s.Recipe, s.Known = r, true
	for _, m := range c.Mounts {
		if m.Destination == r.Mount && m.Type == "bind" {
			s.Folder = m.Source
		}
	}
	switch r.SignIn.Method {
	case SignInTokenEnv, SignInPasswordEnv:
		s.Token = cmp.Or(envOf(c, r.SignIn.Env), argumentToken(c.Command))
	}
	return s
}

// fromRecipe is a server as the recipe has it, where the container publishes it.
func fromRecipe(c model.Container, r Recipe) Server {
	s := Server{
		Container: c, Base: "/", SignIn: r.SignIn, ready: r.Ready, status: r.Status, page: r.Page,
		Port: model.PublishedPort{Container: r.Port},
	}
	for _, p := range c.Ports {
		if p.Container == r.Port && p.HostPort != 0 && p.Protocol == "tcp" {
			s.Port = p
			break
		}
	}
	return s
}

// foreign is a Jupyter server that somebody else started.
func foreign(c model.Container, at Place) Server {
	r := jupyter
	if p, err := strconv.ParseUint(envOf(c, "JUPYTER_PORT"), 10, 16); err == nil && p > 0 {
		r.Port = uint16(p)
	}
	if p := jupyterOption(c, "port"); p != "" {
		if n, err := strconv.ParseUint(p, 10, 16); err == nil && n > 0 {
			r.Port = uint16(n)
		}
	}
	s := fromRecipe(c, r)
	if password := cmp.Or(jupyterOption(c, "password"), jupyterOption(c, "hashed_password")); password != "" {
		s.SignIn = SignIn{Method: SignInOwn}
	}
	if base := jupyterOption(c, "base_url"); base != "" {
		s.Base = cleanBase(base)
	}
	s.Token = cmp.Or(jupyterOption(c, "token"), envOf(c, "JUPYTER_TOKEN"))
	s.Known = s.Token != ""
	s.Folder = workFolder(c)
	if c.HostNetwork && at.Locality == model.ThisComputer {
		return onHost(s)
	}
	return s
}

// onHost is a server that publishes nothing: its ports are this computer's. Where its own was taken it has gone to the
// next one, so that only what it writes of itself tells where its token may be sent.
func onHost(s Server) Server {
	port := s.Port.Container
	s.Port = model.PublishedPort{
		HostIP: hostAddress(jupyterOption(s.Container, "ip")), HostPort: port, Container: port,
		Protocol: "tcp",
	}
	s.Token, s.Known = "", false
	return s
}

// hostAddress is where a server on this computer's own network listens, as --ip says it.
func hostAddress(ip string) string {
	switch ip {
	case "", "localhost":
		return "127.0.0.1"
	case "*":
		return ""
	}
	return ip
}

// workFolder is the folder of this computer that a container works in: the one mounted nearest to its working
// directory.
func workFolder(c model.Container) string {
	best, folder := -1, ""
	for _, m := range c.Mounts {
		inside := m.Destination == c.WorkingDir ||
			strings.HasPrefix(c.WorkingDir, strings.TrimSuffix(m.Destination, "/")+"/") ||
			strings.HasPrefix(m.Destination, strings.TrimSuffix(c.WorkingDir, "/")+"/")
		if m.Type == "bind" && inside && len(m.Destination) > best {
			best, folder = len(m.Destination), m.Source
		}
	}
	return folder
}

var jupyterName = regexp.MustCompile(`(^|[/_-])(jupyter|jupyterlab|[a-z]+-notebook)([:@/_-]|$)`)

// jupyterImage tells whether a container's image is one of Jupyter's, by its name or by the variable that they set.
func jupyterImage(c model.Container) bool {
	name, _, _ := strings.Cut(c.Image, "@")
	return jupyterName.MatchString(name) || envOf(c, "JUPYTER_PORT") != ""
}

// isJupyter tells whether a container, or one of an image, runs a Jupyter server.
func isJupyter(c model.Container) bool {
	r := roleOf(c)
	return r == roleServer || r == roleUnknown && (saysJupyter(c) || jupyterImage(c))
}

// saysJupyter tells whether a container's environment is a sign of Jupyter.
func saysJupyter(c model.Container) bool {
	return envOf(c, "JUPYTER_TOKEN") != "" || envOf(c, "NOTEBOOK_ARGS") != ""
}

func envOf(c model.Container, name string) string {
	for _, e := range c.Env {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value
		}
	}
	return ""
}

// jupyterOption is what an option of Jupyter's was set to, in the container's command or in NOTEBOOK_ARGS: by its class
// (--ServerApp.token=, --NotebookApp.token=, --IdentityProvider.token=) or by its short name (--port).
func jupyterOption(c model.Container, name string) string {
	form := optionForm(name)
	for _, text := range []string{c.Command, envOf(c, "NOTEBOOK_ARGS")} {
		if m := form.FindStringSubmatch(text); m != nil {
			return m[1]
		}
	}
	return ""
}

// optionForms are what options look like that were asked for, by their names.
var optionForms sync.Map

// optionForm is what an option looks like in a line.
func optionForm(name string) *regexp.Regexp {
	if form, ok := optionForms.Load(name); ok {
		return form.(*regexp.Regexp)
	}
	form := regexp.MustCompile(`(?:^|\s)--(?:(?:ServerApp|NotebookApp|IdentityProvider)\.)?` + regexp.QuoteMeta(name) +
		`[= ]["']?([^\s"']+)`)
	optionForms.Store(name, form)
	return form
}

// tokenArgument matches the token among the arguments of a marimo that an earlier Slipway launched.
var tokenArgument = regexp.MustCompile(`(?:^|\s)--token-password=(\S+)`)

func argumentToken(command string) string {
	if m := tokenArgument.FindStringSubmatch(command); m != nil {
		return m[1]
	}
	return ""
}

// cleanBase is a base URL with a slash at both ends.
func cleanBase(base string) string {
	return strings.TrimSuffix("/"+strings.Trim(base, "/"), "/") + "/"
}

// Reached tells whether the server has a port that can be opened from here.
func (s Server) Reached() bool {
	host, _ := s.at.reach(s.Port)
	return s.Port.HostPort != 0 && host != "" && !s.Hubbed
}

// At is the server as if it were behind another published port of its container, which is to be asked. It opens on the
// page that the server itself begins with.
func (s Server) At(p model.PublishedPort) Server {
	s.Port, s.page = p, ""
	return s
}

// Local tells that what is said to the server stays on this computer. To any other its token is never sent unasked: it
// would cross the network readable by all.
func (s Server) Local() bool {
	_, local := s.at.reach(s.Port)
	return local
}

// Address is host:port where the server is reached from this computer; "" where it is not.
func (s Server) Address() string {
	if !s.Reached() {
		return ""
	}
	host, _ := s.at.reach(s.Port)
	return net.JoinHostPort(host, strconv.Itoa(int(s.Port.HostPort)))
}

func (s Server) root() string {
	scheme := "http"
	if s.Secure {
		scheme = "https"
	}
	return scheme + "://" + s.Address() + s.Base
}

// URL is what the browser opens, with the token where that signs in and the server is [Server.Local].
func (s Server) URL() string {
	address := s.root() + s.page
	if s.Token == "" || !s.SignIn.InURL() || !s.Local() {
		return address
	}
	sep := "?"
	if strings.Contains(address, "?") {
		sep = "&"
	}
	return address + sep + s.SignIn.query() + "=" + url.QueryEscape(s.Token)
}

// Open tells that everybody who reaches the server may use it.
func (s Server) Open() bool { return s.SignIn.Method == SignInNone || s.Known && s.Token == "" }

// Wide tells that other computers reach the server.
func (s Server) Wide() bool { return s.Reached() && !s.Port.Loopback() }
