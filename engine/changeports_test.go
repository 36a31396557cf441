//go:build linux

package engine_test

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/engine/runspec"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/go-connections/nat"
)

// TestChangeKeepsPorts changes other settings of a container with ports that its image says nothing of: they
// are published all the same.
func TestChangeKeepsPorts(t *testing.T) {
	private := enginetest.Shared(t)
	e, cli := connect(t, private), private.Client(t)
	tiny := enginetest.TinyImage(t, private)
	if err := cli.ImageTag(t.Context(), tiny, tiny+"-too"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = cli.ImageRemove(context.WithoutCancel(t.Context()), tiny+"-too", image.RemoveOptions{}) })
	first, _, err := e.Create(t.Context(), runspec.Spec{
		Image: tiny, Name: "with-ports", Command: []string{"sleep", "1000"},
		Ports: []runspec.Port{
			{Container: 90, HostIP: "127.0.0.1"},
			{Container: 91, ContainerEnd: 92, Protocol: "udp", HostIP: "127.0.0.1"},
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { private.RemoveForced(t, first) })
	had, _, err := e.Spec(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change           func(*runspec.Spec)
		published, other string
	}{
		"nothing": {func(*runspec.Spec) {}, "90/tcp 91/udp 92/udp", ""},
		"variable": {
			func(s *runspec.Spec) { s.Env = append(s.Env, runspec.Env{Name: "A", Value: "1"}) },
			"90/tcp 91/udp 92/udp", "",
		},
		"command": {func(s *runspec.Spec) { s.Command = []string{"sleep", "2000"} }, "90/tcp 91/udp 92/udp", ""},
		"exposed": {
			func(s *runspec.Spec) { s.More = runspec.Options{"expose": {"99/tcp"}} }, "90/tcp 91/udp 92/udp",
			" 99/tcp",
		},
		"one more": {
			func(s *runspec.Spec) { s.Ports = append(slices.Clone(s.Ports), runspec.Port{Container: 93}) },
			"90/tcp 91/udp 92/udp 93/tcp", "",
		},
		"one less": {func(s *runspec.Spec) { s.Ports = s.Ports[:1] }, "90/tcp", ""},
		"none":     {func(s *runspec.Spec) { s.Ports = nil }, "", ""},
		"an image": {func(s *runspec.Spec) { s.Image = tiny + "-too" }, "90/tcp 91/udp 92/udp", ""},
	} {
		t.Run(name, func(t *testing.T) {
			want := had
			c.change(&want)
			id, _, err := e.CreateLike(t.Context(), first, had, want, "changed", nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { private.RemoveForced(t, id) })
			made, err := cli.ContainerInspect(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			published := strings.Join(slices.Sorted(words(maps.Keys(made.HostConfig.PortBindings))), " ")
			exposed := strings.Join(slices.Sorted(words(maps.Keys(made.Config.ExposedPorts))), " ")
			if published != c.published || exposed != strings.TrimSpace("8080/tcp "+c.published+c.other) {
				t.Errorf("published %q, exposed %q", published, exposed)
			}
		})
	}
}

// words gives ports as text.
func words(ports iter.Seq[nat.Port]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for p := range ports {
			if !yield(string(p)) {
				return
			}
		}
	}
}
