package engine

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"slipway/engine/model"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// TestAtRegistry holds that the registry that is asked is the one whose sign-in is sent.
func TestAtRegistry(t *testing.T) {
	for _, c := range []struct {
		ref, want string // "" for none
		at        model.Locality
	}{
		{"python:3.13", "index.docker.io/library/python:3.13", model.ThisComputer},
		{"me/app", "index.docker.io/me/app:latest", model.ThisComputer},
		{"docker.io/me/app:1", "index.docker.io/me/app:1", model.ThisComputer},
		{"index.docker.io/me/app:1", "index.docker.io/me/app:1", model.ThisComputer},
		{"quay.io/jupyter/x:1", "quay.io/jupyter/x:1", model.Elsewhere},
		{"10.0.0.5/app:1", "10.0.0.5/app:1", model.ThisComputer},
		{"reg.local/app:1", "reg.local/app:1", model.ThisComputer},
		{"Reg/app:1", "Reg/app:1", model.ThisComputer},
		{"reg:5000/app", "reg:5000/app:latest", model.ThisComputer},
		{"localhost/app:1", "", model.ThisComputer},
		{"localhost/a/b", "", model.VirtualMachine},
		{"localhost:5000/app:1", "localhost:5000/app:1", model.ThisComputer},
		{"localhost:5000/app:1", "", model.Elsewhere},
		{"127.0.0.1:5000/app:1", "", model.Elsewhere},
		{"[::1]:5000/app:1", "", model.Elsewhere},
		{
			"x@sha256:" + strings.Repeat("a", 64), "index.docker.io/library/x@sha256:" + strings.Repeat("a", 64),
			model.ThisComputer,
		},
		{
			"x:1@sha256:" + strings.Repeat("a", 64), "index.docker.io/library/x@sha256:" + strings.Repeat("a", 64),
			model.ThisComputer,
		},
		{"UPPER", "", model.ThisComputer},
	} {
		got, err := (&Engine{locality: c.at}).atRegistry(c.ref)
		if c.want == "" {
			if err == nil {
				t.Errorf("%s, %s: %s is asked", c.ref, c.at, got.Context().RegistryStr())
			}
			continue
		}
		if err != nil || got.Name() != c.want {
			t.Errorf("%s: %v, %v", c.ref, got, err)
		}
		if key := RegistryOf(c.ref); err == nil && key != got.Context().
			RegistryStr() && (key != dockerHub || got.Context().RegistryStr() != "index.docker.io") {
			t.Errorf("%s: the sign-in of %s goes to %s", c.ref, key, got.Context().RegistryStr())
		}
	}
}

// TestPlainRegistry has a registry without encryption, and one that leads on to such, ask for a sign-in.
func TestPlainRegistry(t *testing.T) {
	var told atomic.Int64
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			told.Add(1)
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer plain.Close()
	u, _ := url.Parse(plain.URL)
	ask := func(allowed ...string) error {
		ref, err := (&Engine{locality: model.ThisComputer}).atRegistry(u.Host + "/app:1")
		if err != nil {
			t.Fatal(err)
		}
		_, err = remote.Get(ref, remote.WithContext(t.Context()), remote.WithTransport(&registryTransport{plain: allowed}),
			remote.WithAuth(&authn.Basic{Username: "me", Password: "5ec2e7"}))
		return err
	}
	for _, allowed := range [][]string{nil, {"10.0.0.0/8"}, {"127.0.0.1:1"}, {"nonsense"}, {"128.0.0.0/8", "::1/128"}} {
		if err := ask(allowed...); !errors.Is(err, errPlain) {
			t.Errorf("%v: %v", allowed, err)
		}
	}
	if told.Load() != 0 {
		t.Error("the sign-in was sent without encryption")
	}
	for _, allowed := range []string{"127.0.0.0/8", u.Host} {
		told.Store(0)
		if err := ask(allowed); err == nil || told.Load() == 0 {
			t.Errorf("%s is allowed, and was not asked: %v", allowed, err)
		}
	}

	leads := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusTemporaryRedirect))
	defer leads.Close()
	told.Store(0)
	c := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Scheme == "https" {
			return leads.Client().Transport.RoundTrip(r)
		}
		return (&registryTransport{}).RoundTrip(r)
	})}
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, leads.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("me", "5ec2e7")
	response, err := c.Do(r)
	if err == nil {
		response.Body.Close()
	}
	if !errors.Is(err, errPlain) || told.Load() != 0 {
		t.Errorf("led on to a registry without encryption: %v", err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
