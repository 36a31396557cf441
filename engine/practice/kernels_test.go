//go:build linux

package practice_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"slipway/engine/practice"
)

// kernel, session and server are what a Jupyter answers.
type (
	kernel struct {
		ID    string    `json:"id"`
		State string    `json:"execution_state"`
		Last  time.Time `json:"last_activity"`
	}
	session struct {
		Path   string `json:"path"`
		Kernel kernel `json:"kernel"`
	}
	server struct {
		Kernels int       `json:"kernels"`
		Last    time.Time `json:"last_activity"`
	}
)

func askKernels(t *testing.T, own *http.Transport, root string) (kernels []kernel, sessions []session, status server) {
	t.Helper()
	askJupyter(t, own, root+"/api/kernels", &kernels)
	askJupyter(t, own, root+"/api/sessions", &sessions)
	askJupyter(t, own, root+"/api/status", &status)
	return kernels, sessions, status
}

// askJupyter asks until there is an answer: it takes a moment to listen.
func askJupyter(t *testing.T, own *http.Transport, url string, into any) {
	t.Helper()
	for {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"?token=abc", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := own.RoundTrip(request)
		if t.Context().Err() != nil {
			t.Fatal(err)
		}
		if err != nil {
			continue
		}
		text, err := io.ReadAll(response.Body)
		if response.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != http.StatusOK {
			continue
		}
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatalf("%s: %q, %v", url, text, err)
		}
		return
	}
}

// holdBusy holds what is said of a notebook that computes and a console that does not.
func holdBusy(t *testing.T, when time.Time, kernels []kernel, sessions []session, status server) {
	t.Helper()
	if kernels[0].State != "busy" || kernels[1].State != "idle" || !kernels[0].Last.Equal(when) ||
		!status.Last.Equal(when) ||
		kernels[0].ID == kernels[1].ID {
		t.Errorf("%+v, %+v", kernels, status)
	}
	if len(sessions) != 1 || sessions[0].Path != "long.ipynb" || sessions[0].Kernel != kernels[0] {
		t.Errorf("%+v", sessions)
	}
}

// TestKernels has a Jupyter say what its kernels do, and then that it has none.
func TestKernels(t *testing.T) {
	p := start(t, practice.Options{Swift: true})
	cli := plain(t, p)
	if err := p.AddImage("quay.io/jupyter/base-notebook:latest", "quay.io/jupyter/base-notebook:latest"); err != nil {
		t.Fatal(err)
	}
	sample := practice.Sample{
		Name:  "notebook",
		Image: "quay.io/jupyter/base-notebook:latest",
		Ports: map[string]string{"8888/tcp": ""},
		Env:   []string{"JUPYTER_TOKEN=abc"},
	}
	if err := p.Add(sample); err != nil {
		t.Fatal(err)
	}
	c, err := cli.ContainerInspect(t.Context(), "notebook")
	if err != nil {
		t.Fatal(err)
	}
	root := "http://127.0.0.1:" + c.NetworkSettings.Ports["8888/tcp"][0].HostPort
	own := http.DefaultTransport.(*http.Transport).Clone()
	defer own.CloseIdleConnections()
	when := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	for _, want := range [][]practice.Kernel{
		nil, {{Notebook: "long.ipynb", Busy: true, Last: when}, {Last: when.Add(-time.Hour)}}, nil,
	} {
		if err := p.SetKernels("notebook", want...); err != nil {
			t.Fatal(err)
		}
		kernels, sessions, status := askKernels(t, own, root)
		if len(kernels) != len(want) || status.Kernels != len(want) {
			t.Fatalf("%+v, %+v", kernels, status)
		}
		if len(want) == 0 {
			if len(sessions) != 0 || status.Last.Year() != 2026 || status.Last.Month() != 1 {
				t.Errorf("%+v, %+v", sessions, status)
			}
			continue
		}
		holdBusy(t, when, kernels, sessions, status)
	}
	if err := p.SetKernels("nosuch"); err == nil || !strings.Contains(err.Error(), "No such container") {
		t.Error(err)
	}
}
