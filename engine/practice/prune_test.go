//go:build linux

package practice_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine/practice"
	"slipway/engine/runspec"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"
	"github.com/docker/docker/client"
)

// args are filters, as NAME=VALUE.
func args(list ...string) filters.Args {
	f := filters.NewArgs()
	for _, one := range list {
		key, value, _ := strings.Cut(one, "=")
		f.Add(key, value)
	}
	return f
}

// create makes a container that does not run.
func create(t *testing.T, cli *client.Client, name string, labels map[string]string, more ...string) string {
	t.Helper()
	c, err := cli.ContainerCreate(
		t.Context(),
		&container.Config{Image: "slipway-test/tiny:1", Labels: labels},
		&container.HostConfig{Binds: more},
		nil,
		nil,
		name,
	)
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

// TestPruneContainers removes those that do not run, as filters say, and what they wrote is reclaimed.
func TestPruneContainers(t *testing.T) {
	p := start(t, practice.Options{})
	cli := plain(t, p)
	p.AddTiny()
	heard := listen(t, cli, events.ContainerEventType)
	running := create(t, cli, "running", nil)
	if err := cli.ContainerStart(t.Context(), running, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	kept, marked := create(
		t,
		cli,
		"kept",
		map[string]string{"keep": "yes"},
	), create(
		t,
		cli,
		"marked",
		map[string]string{"mark": "a"},
	)
	if err := cli.CopyToContainer(
		t.Context(),
		marked,
		"/work",
		strings.NewReader(string(archive(t, file{name: "five", text: "12345"}))),
		container.CopyToContainerOptions{},
	); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		filters []string
		want    []string
		bytes   uint64
	}{
		{[]string{"until=1h"}, nil, 0},
		{[]string{"label=mark=b"}, nil, 0},
		{[]string{"label=mark=a", "until=" + time.Now().Add(time.Minute).UTC().Format(time.RFC3339)}, []string{marked}, 5},
		{[]string{"label!=keep"}, nil, 0},
		{nil, []string{kept}, 0},
	} {
		out, err := cli.ContainersPrune(t.Context(), args(c.filters...))
		if err != nil || !slices.Equal(out.ContainersDeleted, c.want) || out.SpaceReclaimed != c.bytes {
			t.Errorf("%q: %+v, %v", c.filters, out, err)
		}
	}
	for wrong, want := range map[string]string{
		"dangling=true": "invalid filter", "until=nonsense": "failed to parse value as time or duration",
	} {
		if _, err := cli.ContainersPrune(t.Context(), args(wrong)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	if list := heard("prune"); !slices.Contains(list, "create kept") {
		t.Errorf("%q", list)
	}
	list, err := cli.ContainerList(t.Context(), container.ListOptions{All: true})
	if err != nil || len(list) != 1 || list[0].ID != running {
		t.Errorf("%+v, %v", list, err)
	}
}

// deletedAmong are the names that were taken off, and which of some IDs were deleted.
func deletedAmong(list []image.DeleteResponse, ids []string) (got []string) {
	for _, d := range list {
		if slices.Contains(ids, d.Deleted) || d.Untagged != "" {
			got = append(got, d.Deleted+d.Untagged)
		}
	}
	return got
}

// TestPruneImages removes images without a name, or all that nothing uses, and reclaims what no other image has.
func TestPruneImages(t *testing.T) {
	p := start(t, practice.Options{Swift: true})
	cli := plain(t, p)
	tiny := p.AddTiny()
	heard := listen(t, cli, events.ImageEventType)
	for _, name := range []string{"nginx:1.29", "postgres:17", "busybox:latest"} {
		if err := p.AddImage(name, name); err != nil {
			t.Fatal(err)
		}
	}
	tag(t, cli, "busybox:latest", "busybox:mine")
	create(t, cli, "user", nil)
	commit := func(reference string) string {
		t.Helper()
		made, err := cli.ContainerCommit(
			t.Context(),
			"user",
			container.CommitOptions{Reference: reference, Changes: []string{"LABEL made=" + reference}},
		)
		if err != nil {
			t.Fatal(err)
		}
		return made.ID
	}
	dangling := commit("")
	old := inspected(t, cli, "nginx:1.29")
	shared := inspected(t, cli, "postgres:17")
	for _, c := range []struct {
		filters []string
		want    []string // what is taken off or deleted, without layers
		bytes   int64
	}{
		{[]string{"label=none"}, nil, 0},
		{[]string{"label!=made"}, nil, 0},
		{nil, []string{dangling}, 0},
		{[]string{"dangling=false", "until=" + time.Now().Add(-365*24*time.Hour).Format(time.RFC3339)}, nil, 0},
	} {
		out, err := cli.ImagesPrune(t.Context(), args(c.filters...))
		got := deletedAmong(out.ImagesDeleted, c.want)
		if err != nil || !slices.Equal(got, c.want) || c.want == nil && len(out.ImagesDeleted) > 0 ||
			out.SpaceReclaimed != uint64(c.bytes) {
			t.Errorf("%q: %+v, %v", c.filters, out, err)
		}
	}
	before := inspected(t, cli, "busybox:latest").Size
	out, err := cli.ImagesPrune(t.Context(), args("dangling=false"))
	if err != nil {
		t.Fatal(err)
	}
	names := deletedAmong(out.ImagesDeleted, nil)
	names = slices.DeleteFunc(names, func(n string) bool { return strings.Contains(n, "@") })
	slices.Sort(names)
	if want := []string{"busybox:latest", "busybox:mine", "nginx:1.29", "postgres:17"}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
	// nginx and postgres have their base in common: it is reclaimed once
	if want := uint64(old.Size + shared.Size - 74<<20 + before); out.SpaceReclaimed != want {
		t.Errorf("%d bytes, not %d", out.SpaceReclaimed, want)
	}
	if ids := imageIDs(t, cli); !slices.Equal(ids, []string{inspected(t, cli, tiny).ID}) {
		t.Errorf("%q", ids)
	}
	if list := heard("prune"); len(list) == 0 {
		t.Error("no event")
	}
	if _, err := cli.ImagesPrune(
		t.Context(),
		args("dangling=maybe"),
	); err == nil ||
		!strings.Contains(err.Error(), "invalid filter") {
		t.Error(err)
	}
}

// TestPruneVolumes removes volumes that nothing uses: those without a name, or all of them.
func TestPruneVolumes(t *testing.T) {
	p := start(t, practice.Options{})
	cli := plain(t, p)
	p.AddTiny()
	p.AddVolume("named", map[string]string{"/five": "12345"})
	create(t, cli, "user", nil, "used:/data")
	anonymous, err := cli.VolumeCreate(t.Context(), volume.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		filters []string
		want    []string
		bytes   uint64
	}{
		{nil, []string{anonymous.Name}, 0},
		{[]string{"all=0"}, []string{}, 0},
		{[]string{"all=1", "label=x"}, []string{}, 0},
		{[]string{"all=true"}, []string{"named"}, 5},
	} {
		out, err := cli.VolumesPrune(t.Context(), args(c.filters...))
		if err != nil || !slices.Equal(out.VolumesDeleted, c.want) || out.SpaceReclaimed != c.bytes {
			t.Errorf("%q: %+v, %v", c.filters, out, err)
		}
	}
	for _, wrong := range []string{"all=maybe", "until=1h", "dangling=true"} {
		if _, err := cli.VolumesPrune(
			t.Context(),
			args(wrong),
		); err == nil ||
			!strings.Contains(err.Error(), "invalid filter") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

// TestPruneNetworks removes networks without containers, but never those that every engine has.
func TestPruneNetworks(t *testing.T) {
	p := start(t, practice.Options{})
	e, cli := connect(t, p), plain(t, p)
	for _, name := range []string{"empty", "marked", "used"} {
		if _, err := cli.NetworkCreate(
			t.Context(),
			name,
			network.CreateOptions{Labels: map[string]string{name: "yes"}},
		); err != nil {
			t.Fatal(err)
		}
	}
	c := runs(t, p, e, runspec.Spec{Name: "user"})
	if err := cli.NetworkConnect(t.Context(), "used", c.ID, nil); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		filters []string
		want    []string
	}{
		{[]string{"until=1h"}, nil},
		{[]string{"label=marked"}, []string{"marked"}},
		{nil, []string{"empty"}},
	} {
		out, err := cli.NetworksPrune(t.Context(), args(step.filters...))
		if err != nil || !slices.Equal(out.NetworksDeleted, step.want) {
			t.Errorf("%q: %+v, %v", step.filters, out, err)
		}
	}
	list, err := cli.NetworkList(t.Context(), network.ListOptions{})
	if err != nil || len(list) != 4 {
		t.Errorf("%+v, %v", list, err)
	}
}
