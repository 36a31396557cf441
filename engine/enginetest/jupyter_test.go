//go:build linux

package enginetest

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/go-connections/nat"
)

// The Jupyter image is pulled, started as docker-stacks are, and signs a
// browser in.
func TestJupyter(t *testing.T) {
	e := Shared(t)
	_, ref := JupyterRegistry(t)
	c := e.Client(t)
	if err := pull(t.Context(), c, ref, ""); err != nil {
		t.Fatal(err)
	}
	const token = "0123456789abcdef"
	id := create(t, c,
		&container.Config{
			Image: ref,
			User:  "12345", // a host's user that the image does not know
			Env:   []string{"JUPYTER_TOKEN=" + token, "NOTEBOOK_ARGS=--ServerApp.base_url=/some/where"},
		},
		&container.HostConfig{
			GroupAdd:     []string{"users"},
			PortBindings: nat.PortMap{"8888/tcp": {{HostIP: "127.0.0.1"}}},
		},
	)
	if err := c.ContainerStart(t.Context(), id, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	at := "http://" + published(t, c, id) + "/some/where"
	if got := get(t, at+"/api"); !strings.Contains(got, `"version"`) {
		t.Errorf("/api says %q", got)
	}
	if got := get(t, at+"/api/status?token="+token); !strings.Contains(got, `"kernels"`) {
		t.Errorf("/api/status says %q", got)
	}
	if code := status(t, at+"/api/status?token=wrong"); code != http.StatusForbidden {
		t.Errorf("a wrong token gets %d", code)
	}
	assertKernelRuns(t, e, id)
	for _, want := range []string{`id="notebook_list"`, ">work<"} {
		if dom := Chromium(t, at+"/lab?token="+token, want); !strings.Contains(dom, want) {
			t.Errorf("the page at /lab has no %s: %s", want, dom)
		}
	}
}

// status gets a page once and returns the answer's code.
func status(t *testing.T, url string) int {
	t.Helper()
	web := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := web.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// assertKernelRuns runs a cell with numpy in the container.
func assertKernelRuns(t *testing.T, e *Engine, id string) {
	t.Helper()
	const notebook = `{"nbformat":4,"nbformat_minor":4,"metadata":{},"cells":[{"cell_type":"code","metadata":{},"outputs":[],` +
		`"execution_count":null,"source":"import numpy; open('out', 'w').write(str(numpy.arange(4).sum() * 7))"}]}`
	c := e.Client(t)
	made, err := c.ContainerExecCreate(t.Context(), id, container.ExecOptions{
		Cmd:          []string{"sh", "-c", `printf %s "$0" > x.ipynb && jupyter execute x.ipynb && cat out`, notebook},
		AttachStdout: true, AttachStderr: true, Tty: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	attached, err := c.ContainerExecAttach(t.Context(), made.ID, container.ExecAttachOptions{Tty: true})
	if err != nil {
		t.Fatal(err)
	}
	defer attached.Close()
	if text, err := io.ReadAll(attached.Reader); err != nil || !strings.Contains(string(text), "42") {
		t.Errorf("the notebook says %q (%v)", text, err)
	}
}
