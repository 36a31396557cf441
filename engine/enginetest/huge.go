//go:build linux

package enginetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/go-connections/nat"
)

// Huge makes and starts a container called "huge" that has as much of
// everything as an engine takes: 10,002 exposed ports (80, and 10000 to 20000
// by UDP), 20,000 variables of which FIRST=1 is the first, and names and
// values of 64 KB. It returns the name of an image that says the same.
func (e *Engine) Huge(t testing.TB) (ref string) {
	t.Helper()
	cfg := &container.Config{
		Image: TinyImage(t, e), Cmd: []string{"sh", "-c", "trap 'exit 0' TERM; sleep 100000 & wait"},
		ExposedPorts: nat.PortSet{"80/tcp": {}},
		Labels:       map[string]string{"long": strings.Repeat("x", 64<<10), strings.Repeat("l", 64<<10): "y"},
		Env:          []string{"FIRST=1", strings.Repeat("N", 64<<10) + "=x"},
	}
	for n := 10000; n <= 20000; n++ {
		cfg.ExposedPorts[nat.Port(fmt.Sprintf("%d/udp", n))] = struct{}{}
	}
	for n := range 20000 {
		cfg.Env = append(cfg.Env, fmt.Sprintf("VARIABLE_%d=value of %d", n, n))
	}
	cli := e.Client(t)
	r, err := cli.ContainerCreate(t.Context(), cfg, nil, nil, nil, "huge")
	if err == nil {
		err = cli.ContainerStart(t.Context(), r.ID, container.StartOptions{})
	}
	const name = "slipway-test/huge:1"
	if err == nil {
		_, err = cli.ContainerCommit(t.Context(), r.ID, container.CommitOptions{Reference: name})
	}
	if err != nil {
		t.Fatalf("enginetest: a huge container: %v", err)
	}
	t.Cleanup(func() {
		_, _ = cli.ImageRemove(context.WithoutCancel(t.Context()), name, image.RemoveOptions{Force: true})
	})
	return name
}
