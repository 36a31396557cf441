//go:build linux

package enginetest

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
)

// Create makes a container beside Slipway's own calls, with a grace time of its own in seconds, and returns its full
// ID.
func (e *Engine) Create(t testing.TB, image, name string, stopTimeout int, command ...string) (id string) {
	t.Helper()
	made, err := e.Client(t).ContainerCreate(t.Context(), &container.Config{
		Image: image, StopTimeout: &stopTimeout,
		Cmd: command,
	}, nil, nil, nil, name)
	if err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	return made.ID
}

// PutFile writes a file into a container, running or not, as docker cp does. path is absolute.
func (e *Engine) PutFile(t testing.TB, id, path, content string) {
	t.Helper()
	var b tarBuilder
	b.file(path, 0o644, []byte(content))
	archive, err := b.bytes()
	if err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	if err := e.Client(t).
		CopyToContainer(t.Context(), id, "/", bytes.NewReader(archive), container.CopyToContainerOptions{}); err != nil {
		t.Fatalf("enginetest: %v", err)
	}
}

// Derive makes an image of that name from another one, with lines of a Dockerfile (CMD, ENV, EXPOSE, LABEL) on top, and
// returns its ID.
func (e *Engine) Derive(t testing.TB, base, ref string, changes ...string) (id string) {
	t.Helper()
	made := e.Create(t, base, "", 0)
	defer e.RemoveForced(t, made)
	// Podman wants one
	r, err := e.Client(t).ContainerCommit(t.Context(), made, container.CommitOptions{
		Reference: ref, Changes: changes,
		Config: &container.Config{},
	})
	if err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	return r.ID
}

// Push pushes an image of the engine to a registry that its name is of. The engine keeps it.
func (e *Engine) Push(t testing.TB, r *Registry, ref string) {
	t.Helper()
	body, err := e.Client(t).ImagePush(t.Context(), ref, image.PushOptions{RegistryAuth: r.Auth()})
	if err == nil {
		err = drain(body)
	}
	if err != nil {
		t.Fatalf("enginetest: push %s: %v", ref, err)
	}
}

// RemoveForced kills and removes a container and its anonymous volumes, by ID or name. One that is gone already is
// fine, so this may clear up after any end of a test.
func (e *Engine) RemoveForced(t testing.TB, id string) {
	t.Helper()
	// The test's own context has ended when it clears up.
	_ = e.Client(t).ContainerRemove(context.Background(), id, container.RemoveOptions{Force: true, RemoveVolumes: true})
}

// Tag gives an image of the engine another name, which is taken off when the test ends.
func (e *Engine) Tag(t testing.TB, ref, as string) {
	t.Helper()
	cli := e.Client(t)
	if err := cli.ImageTag(t.Context(), ref, as); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = cli.ImageRemove(context.WithoutCancel(t.Context()), as, image.RemoveOptions{}) })
}

// CreateLabelled makes a container with these labels and environment, of any length and with any characters, and
// returns its full ID.
func (e *Engine) CreateLabelled(t testing.TB, image, name string, labels map[string]string, env []string,
	command ...string,
) (id string) {
	t.Helper()
	made, err := e.Client(t).ContainerCreate(t.Context(), &container.Config{
		Image: image, Labels: labels, Env: env,
		Cmd: command,
	}, nil, nil, nil, name)
	if err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	return made.ID
}

// Labelled lists the IDs of the containers that have a label, or one with a value, running or not.
func (e *Engine) Labelled(t testing.TB, label string) (ids []string) {
	t.Helper()
	c, err := e.newClient()
	if err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	defer c.Close()
	list, err := c.ContainerList(context.Background(),
		container.ListOptions{All: true, Filters: filters.NewArgs(filters.Arg("label", label))})
	if err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	for _, one := range list {
		ids = append(ids, one.ID)
	}
	return ids
}

// Flap starts and kills a container so many times a second until ctx ends, and tells how often it did.
func (e *Engine) Flap(ctx context.Context, t testing.TB, id string, perSecond int) (times int) {
	t.Helper()
	cli := e.Client(t)
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := cli.ContainerStart(ctx, id, container.StartOptions{}); err == nil {
			_ = cli.ContainerKill(ctx, id, "KILL") // it may have ended by itself
			times++
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	return times
}

// Root is the folder in which this computer has what a running container sees as "/", with all that is mounted in it,
// to write there as a program in it would. It ends with the container. A link in it may lead to this computer's own
// files.
func (e *Engine) Root(t testing.TB, id string) string {
	t.Helper()
	c, err := e.Client(t).ContainerInspect(t.Context(), id)
	if err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	if c.State == nil || c.State.Pid == 0 {
		t.Fatalf("enginetest: %s does not run", id)
	}
	return fmt.Sprintf("/proc/%d/root", c.State.Pid)
}
