// Package endpoint knows where engines may be on this computer and elsewhere, which of them is the current one by
// Docker's own rules, how to make a client for it, and why one does not answer.
package endpoint

import (
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"slipway/engine/model"

	"github.com/docker/cli/cli/connhelper"
	ctxdocker "github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
	"github.com/docker/docker/client"
)

// Source is how Slipway came to know an endpoint.
type Source string

// The sources, in the order in which they count.
const (
	FromEnvironment Source = "environment"
	FromContext     Source = "context"
	FromSocket      Source = "socket"
	// FromPractice is the engine in memory that is part of the program.
	FromPractice Source = "practice"
)

// Endpoint is a place where an engine may answer.
type Endpoint struct {
	// Name is the Docker context's, "DOCKER_HOST", or the product whose socket it is ("Colima"). Unique in a list.
	Name   string
	Source Source
	// Host as DOCKER_HOST takes it: unix://, npipe://, tcp://, http://, https:// or ssh://.
	Host string
	// Current tells whether the docker command would use this one now.
	Current bool
	// Explicit tells whether a person chose it for this process (DOCKER_HOST or DOCKER_CONTEXT): then no other is tried
	// unasked.
	Explicit bool
	// Ignored tells that a person wants to do without that choice for now: then it is tried only when it is chosen in the
	// window. Usual is what docker would use without it.
	Ignored, Usual bool
	// Virtual tells that the engine behind it is known to run in a virtual machine on this computer.
	Virtual bool
	// Problem says why the endpoint cannot even be tried, for example a context that does not exist.
	Problem *model.Problem

	context string // name in the context store, for its TLS material
}

// defaultContext is docker's word for "no context": the default socket.
const defaultContext = "default"

// Find lists every endpoint to try, the one that docker itself would use first. Each host is listed once.
// It reads the environment and Docker's configuration, and looks for sockets; it connects to nothing.
func Find() []Endpoint { return find(false) }

// FindIgnoring is [Find] as if the environment chose none. The docker command still follows that, so that the lines for
// all others say which engine they mean; and what it chose stays in the list, at its end, so that there is a way back.
func FindIgnoring() []Endpoint {
	list := find(true)
	for i := range list {
		list[i].Usual, list[i].Current = list[i].Current, false
	}
	for _, e := range find(false) {
		if !e.Explicit {
			continue
		}
		i := slices.IndexFunc(list, func(o Endpoint) bool {
			return o.Host != "" && canonicalHost(o.Host) == canonicalHost(e.Host)
		})
		if i >= 0 { // the same engine by another name
			list[i].Current, list[i].Ignored = true, e.Source == FromContext && !list[i].Usual
			continue
		}
		e.Explicit, e.Ignored = false, true
		list = append(list, e)
	}
	return uniqueNames(list)
}

// find lists every endpoint, as if the environment chose none with ignoring.
func find(ignoring bool) []Endpoint {
	var found []Endpoint
	current, explicit := currentContext(ignoring)
	if e, ok := envHost(current); ok && !ignoring {
		found = append(found, e)
		current = ""
	}
	found = append(found, contexts(current, explicit)...)
	for _, s := range knownSockets(runtime.GOOS, os.Getenv("XDG_RUNTIME_DIR"), homeDir()) {
		first := s.Name == nameEngine && len(found) == 0
		if s.exists() || first || s.Name == nameEngine {
			found = append(found, Endpoint{
				Name: s.Name, Source: FromSocket, Host: s.Host, Virtual: s.Virtual,
				Current: current == defaultContext && s.Name == nameEngine,
			})
		}
	}
	return uniqueNames(distinct(currentFirst(found)))
}

// currentContext follows docker's own order: DOCKER_CONTEXT, if that is not ignored, then the
// configuration's currentContext.
func currentContext(ignoring bool) (name string, explicit bool) {
	if name := os.Getenv("DOCKER_CONTEXT"); name != "" && !ignoring {
		return name, true
	}
	if cfg, _ := Config(); cfg.CurrentContext != "" {
		return cfg.CurrentContext, false
	}
	return defaultContext, false
}

// distinct keeps the first endpoint of each host, so that a context and the socket it names are one.
func distinct(list []Endpoint) []Endpoint {
	seen := map[string]bool{}
	var out []Endpoint
	for _, e := range list {
		if e.Host != "" && seen[canonicalHost(e.Host)] {
			continue
		}
		seen[canonicalHost(e.Host)] = true
		out = append(out, e)
	}
	return out
}

func currentFirst(list []Endpoint) []Endpoint {
	out := make([]Endpoint, 0, len(list))
	for _, want := range []bool{true, false} {
		for _, e := range list {
			if e.Current == want {
				out = append(out, e)
			}
		}
	}
	return out
}

// uniqueNames tells a socket from a context of the same name.
func uniqueNames(list []Endpoint) []Endpoint {
	seen := map[string]bool{}
	for i := range list {
		for seen[list[i].Name] {
			list[i].Name += " (" + string(list[i].Source) + ")"
		}
		seen[list[i].Name] = true
	}
	return list
}

// canonicalHost makes /run/docker.sock and /var/run/docker.sock the same where one links to the other.
func canonicalHost(host string) string {
	if p, ok := strings.CutPrefix(host, "unix://"); ok {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			return "unix://" + real
		}
		if real, err := filepath.EvalSymlinks(filepath.Dir(p)); err == nil {
			return "unix://" + filepath.Join(real, filepath.Base(p))
		}
	}
	return host
}

// Client makes a client for the endpoint. It connects to nothing yet. The caller closes it; after the engine was
// restarted a new one is needed, because the API version that was agreed on stays with a client.
func (e Endpoint) Client() (*client.Client, error) {
	if e.Problem != nil {
		return nil, e.Problem
	}
	opts, err := e.clientOpts()
	if err != nil {
		return nil, explainClient(e, err)
	}
	headers, err := customHeaders()
	if err != nil {
		return nil, err
	}
	// as docker has its own
	opts = append(opts, client.WithHTTPHeaders(headers), client.WithAPIVersionNegotiation(),
		client.WithUserAgent("slipway"))
	cli, err := boundedClient(opts, headers, mostAnswer, mostValue)
	if err != nil {
		return nil, explainClient(e, err)
	}
	return cli, nil
}

func (e Endpoint) clientOpts() ([]client.Opt, error) {
	if e.IsSSH() && likeOption(e.Host) {
		return nil, errLikeOption
	}
	if helper, err := connhelper.GetConnectionHelperWithSSHOpts(e.Host, sshOptions); err != nil {
		return nil, err
	} else if helper != nil { // ssh://
		dial := sayingWhy(helper.Dialer)
		hc := &http.Client{Transport: &http.Transport{DialContext: dial}}
		return []client.Opt{
			client.WithHTTPClient(hc), client.WithHost(helper.Host), client.WithDialContext(dial),
			client.WithVersionFromEnv(),
		}, nil
	}
	ep, err := e.resolve()
	if err != nil {
		return nil, err
	}
	return ep.ClientOpts()
}

// resolve is the endpoint as docker's own code has it, with its certificates.
func (e Endpoint) resolve() (ctxdocker.Endpoint, error) {
	switch {
	case e.Source == FromEnvironment:
		return fromEnvironment(e.Host)
	case e.context == "":
		return ctxdocker.Endpoint{EndpointMeta: ctxdocker.EndpointMeta{Host: e.Host}}, nil
	}
	s := contextStore()
	meta, err := s.GetMetadata(e.context)
	if err != nil {
		return ctxdocker.Endpoint{}, err
	}
	ep, err := ctxdocker.EndpointFromContext(meta)
	if err != nil {
		return ctxdocker.Endpoint{}, err
	}
	ep.Host = e.Host
	return ctxdocker.WithTLSData(s, e.context, ep)
}

// SocketPath is the path of a unix socket, "" for any other kind of endpoint.
func (e Endpoint) SocketPath() string {
	p, ok := strings.CutPrefix(e.Host, "unix://")
	if !ok {
		return ""
	}
	return p
}

// Remote tells whether the endpoint is reached over the network: tcp, http, https or ssh.
func (e Endpoint) Remote() bool {
	u, err := url.Parse(e.Host)
	return err == nil && u.Scheme != "unix" && u.Scheme != "npipe" && u.Scheme != ""
}

// CLI is what must stand before "docker" in a POSIX shell so that a command goes to this endpoint: nothing,
// DOCKER_HOST=…, or DOCKER_CONTEXT=… for a context with certificates, which an address alone does not bring along.
func (e Endpoint) CLI() string {
	if e.Current || e.Host == "" {
		return ""
	}
	name, value := "DOCKER_HOST", e.Host
	if e.context != "" && e.Remote() && !e.IsSSH() {
		name, value = "DOCKER_CONTEXT", e.context
	}
	setting := name + "=" + model.Quote(value)
	if name == "DOCKER_CONTEXT" && os.Getenv("DOCKER_HOST") != "" {
		return "DOCKER_HOST= " + setting // docker ignores the context otherwise
	}
	return setting
}

func contextStore() *store.ContextStore {
	cfg := store.NewConfig(func() any { return &map[string]any{} },
		store.EndpointTypeGetter(ctxdocker.DockerEndpoint, func() any { return &ctxdocker.EndpointMeta{} }))
	return store.New(filepath.Join(ConfigDir(), "contexts"), cfg)
}

// ConfigDir is Docker's own configuration directory, asked anew each time: docker/cli caches it for good.
func ConfigDir() string {
	if dir := os.Getenv("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	return filepath.Join(homeDir(), ".docker")
}

func homeDir() string {
	home, _ := os.UserHomeDir()
	return home
}

// slashBase is the last element of a host's path, whatever the system's separator.
func slashBase(host string) string { return path.Base(strings.ReplaceAll(host, `\`, "/")) }

// HostName is the name of the machine that the engine is reached at.
func (e Endpoint) HostName() string { return hostName(e.Host) }
