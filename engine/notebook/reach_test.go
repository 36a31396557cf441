package notebook

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"slipway/assets"
	"slipway/engine/model"
)

func TestReach(t *testing.T) {
	far := Place{Locality: model.Elsewhere, Host: "far.example.com"}
	vm := Place{Locality: model.VirtualMachine}
	for _, c := range []struct {
		at    Place
		ip    string
		host  string
		local bool
	}{
		{here, "", "127.0.0.1", true},
		{here, "0.0.0.0", "127.0.0.1", true},
		{here, "::", "::1", true},
		{here, "127.0.0.1", "127.0.0.1", true},
		{here, "10.255.1.3", "", false},
		{here, "evil.example", "", false},
		{here, "127.9.9.9", "127.9.9.9", true},
		{vm, "0.0.0.0", "127.0.0.1", true},
		{vm, "127.0.0.1", "127.0.0.1", true},
		{far, "0.0.0.0", "far.example.com", false},
		{far, "", "far.example.com", false},
		{far, "::", "far.example.com", false},
		{far, "10.1.2.3", "far.example.com", false},
		{far, "127.0.0.1", "", false},
		{far, "::1", "", false},
		{far, "localhost", "", false},
		{far, "127.9.9.9", "", false},
		{Place{}, "0.0.0.0", "", false},
		{Place{}, "127.0.0.1", "", false},
		{Place{Host: "x"}, "0.0.0.0", "", false},
	} {
		host, local := c.at.reach(model.PublishedPort{HostIP: c.ip, HostPort: 1})
		if host != c.host || local != c.local {
			t.Errorf("%v, %s: %q %v, want %q %v", c.at, c.ip, host, local, c.host, c.local)
		}
	}
	two := []model.PublishedPort{
		{HostIP: "::", HostPort: 32771, Container: 8888, Protocol: "tcp"},
		{HostIP: "0.0.0.0", HostPort: 32772, Container: 8888, Protocol: "tcp"},
	}
	if list := Servers([]model.Container{{
		Inspected: true, Image: "jupyter/x", Env: []string{"JUPYTER_TOKEN=t"},
		Ports: two,
	}}, nil, here); len(list) != 1 || list[0].Address() != "127.0.0.1:32772" {
		t.Errorf("by IPv4 and IPv6: %+v", list)
	}
	ports := []model.PublishedPort{
		{HostIP: "127.0.0.1", HostPort: 1, Container: 8888, Protocol: "tcp"},
		{HostIP: "0.0.0.0", HostPort: 2, Container: 8888, Protocol: "tcp"},
	}
	list := Servers([]model.Container{{
		Inspected: true, Image: "jupyter/x", Env: []string{"JUPYTER_TOKEN=secret"},
		Ports: ports,
	}}, nil, far)
	if len(list) != 1 || list[0].URL() != "http://far.example.com:2/lab" || !list[0].Reached() || list[0].Local() {
		t.Errorf("%+v: %s", list, list[0].URL())
	}
}

// listening is a stand-in on this computer that records what it was told.
type listening struct {
	port  uint16
	asked atomic.Int64
	token atomic.Value
}

func listen(t *testing.T, handle http.HandlerFunc) *listening {
	t.Helper()
	l := &listening{}
	l.token.Store("")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.asked.Add(1)
		if said := r.Header.Get("Authorization") + r.URL.RawQuery; strings.Contains(said, "secret") {
			l.token.Store(r.URL.String() + " " + said)
		}
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	u, _ := url.Parse(server.URL)
	port, _ := strconv.ParseUint(u.Port(), 10, 16)
	l.port = uint16(port)
	return l
}

// all asks a server everything that Slipway asks by itself or on a click.
func all(t *testing.T, s Server) (Answer, string) {
	t.Helper()
	_, _ = Kernels(t.Context(), s)
	_, _ = s.Activity(t.Context())
	found := Look(t.Context(), leaky{}, s)
	return Ask(t.Context(), found), found.URL()
}

// leaky is a container in which the token is found in every way.
type leaky struct{ stale }

func (leaky) LastLines(context.Context, string, int) ([]string, error) {
	return []string{"http://127.0.0.1:8888/?token=" + strings.Repeat("5ec2e7", 8)}, nil
}

// TestTokenStaysOnThisComputer holds that nothing of a remote engine's containers is asked at 127.0.0.1 of this
// computer, and that no token crosses a network, whatever the container says of itself.
func TestTokenStaysOnThisComputer(t *testing.T) {
	jupyter := listen(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"version": "2.0"}`)) })
	recipes, _ := Load(assets.Recipes, nil, "en")
	for _, at := range []Place{
		{Locality: model.Elsewhere, Host: "127.0.0.2"},
		{Locality: model.Elsewhere, Host: "far.invalid"},
		{Locality: model.Elsewhere},
		{},
	} {
		for _, ip := range []string{"0.0.0.0", "", "::", "127.0.0.1", "::1", "localhost", "10.255.255.1"} {
			for _, c := range []model.Container{
				{Image: "jupyter/x", Env: []string{"JUPYTER_TOKEN=secret"}},
				{Image: "x", Marks: map[string]string{model.LabelRecipe: "scipy"}, Env: []string{"JUPYTER_TOKEN=secret"}},
				{Image: "x", Command: "jupyter lab --ServerApp.token=secret"},
			} {
				c.Inspected, c.State = true, model.StateRunning
				c.Ports = []model.PublishedPort{{HostIP: ip, HostPort: jupyter.port, Container: 8888, Protocol: "tcp"}}
				for _, s := range Servers([]model.Container{c}, recipes, at) {
					if at.Host == "far.invalid" || ip == "10.255.255.1" {
						if strings.Contains(s.URL(), "secret") {
							t.Errorf("%v, %s: %s", at, ip, s.URL())
						}
						continue // nobody answers there
					}
					if answer, address := all(t, s); strings.Contains(address, "secret") {
						t.Errorf("%v, %s: %s, %s", at, ip, answer, address)
					}
				}
			}
		}
	}
	if jupyter.asked.Load() > 0 || jupyter.token.Load() != "" {
		t.Errorf("asked %d times, told %v", jupyter.asked.Load(), jupyter.token.Load())
	}
}

// TestTokenOnlyForAJupyter holds that what does not answer as a Jupyter is not told the token.
func TestTokenOnlyForAJupyter(t *testing.T) {
	for name, body := range map[string]string{
		"a page": "<html>", "nothing": "", "other JSON": `{"name": "x"}`,
		"a list": `["version"]`, "an empty version": `{"version": ""}`, "a number": `{"version": 2}`,
	} {
		impostor := listen(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(body)) })
		s := serverAt(impostor.port)
		s.Token, s.Known = "secret", true
		if answer := Ask(t.Context(), s); answer != Other {
			t.Errorf("%s: %s", name, answer)
		}
		if told := impostor.token.Load(); told != "" {
			t.Errorf("%s was told %v", name, told)
		}
	}
}
