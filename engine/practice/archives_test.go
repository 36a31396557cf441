//go:build linux

package practice_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/engine"
	"slipway/engine/enginetest"
	"slipway/engine/practice"
	"slipway/engine/runspec"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
	"github.com/docker/docker/pkg/jsonmessage"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// inspected is an image without what depends on when it was asked.
func inspected(t *testing.T, cli *client.Client, ref string) image.InspectResponse {
	t.Helper()
	i, err := cli.ImageInspect(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// saved is the archive of images.
func saved(t *testing.T, cli *client.Client, refs ...string) []byte {
	t.Helper()
	r, err := cli.ImageSave(t.Context(), refs)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// load loads an archive and returns what the engine says of it, line by line, and the error that it tells.
func load(
	t testing.TB,
	cli *client.Client,
	data []byte,
	options ...client.ImageLoadOption,
) (lines []string, failed error) {
	t.Helper()
	options = append([]client.ImageLoadOption{client.ImageLoadWithQuiet(true)}, options...)
	r, err := cli.ImageLoad(t.Context(), bytes.NewReader(data), options...)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	return told(t, r.Body)
}

// told reads the messages of an answer to their end.
func told(t testing.TB, from io.Reader) (lines []string, failed error) {
	t.Helper()
	for in := json.NewDecoder(from); ; {
		var m jsonmessage.JSONMessage
		err := in.Decode(&m)
		if errors.Is(err, io.EOF) {
			return lines, failed
		}
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case m.Error != nil:
			failed = m.Error
		case m.Aux != nil:
			lines = append(lines, "aux "+string(*m.Aux))
		case m.Stream != "":
			lines = append(lines, strings.TrimSuffix(m.Stream, "\n"))
		case m.ID != "":
			lines = append(lines, m.ID+": "+m.Status)
		default:
			lines = append(lines, m.Status)
		}
	}
}

// listen returns what tells the events of a kind since now, as ACTION NAME.
func listen(t *testing.T, cli *client.Client, kind events.Type) func(until string) []string {
	t.Helper()
	messages, failed := cli.Events(
		t.Context(),
		events.ListOptions{Filters: filters.NewArgs(filters.Arg("type", string(kind)))},
	)
	return func(until string) (list []string) {
		t.Helper()
		for {
			select {
			case m := <-messages:
				if list = append(list, string(m.Action)+" "+m.Actor.Attributes["name"]); string(m.Action) == until {
					return list
				}
			case err := <-failed:
				t.Fatal(err)
			}
		}
	}
}

// fileIn runs cat in a new container of an image.
func fileIn(t *testing.T, cli *client.Client, ref, file string) string {
	t.Helper()
	c, err := cli.ContainerCreate(t.Context(), &container.Config{Image: ref}, nil, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := cli.CopyFromContainer(t.Context(), c.ID, file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	in := tar.NewReader(r)
	if _, err := in.Next(); err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestSaveAndLoad saves images, removes them, and loads them again, here and in another engine: they are the same in
// all that is told of them, and the archive of the same images is always the same.
func TestSaveAndLoad(t *testing.T) {
	p, other := start(t, practice.Options{Swift: true}), start(t, practice.Options{Swift: true})
	cli, far := plain(t, p), plain(t, other)
	heard := listen(t, cli, events.ImageEventType)
	if err := p.AddImage("nginx:1.29", "nginx:1.29"); err != nil {
		t.Fatal(err)
	}
	refs := []string{p.AddTiny(), "nginx:1.29"}
	var before []image.InspectResponse
	var histories [][]image.HistoryResponseItem
	for _, ref := range refs {
		before = append(before, inspected(t, cli, ref))
		h, err := cli.ImageHistory(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		histories = append(histories, h)
	}
	data := saved(t, cli, refs...)
	if !bytes.Equal(data, saved(t, cli, refs...)) {
		t.Error("the archive is another one the second time")
	}
	for _, ref := range refs {
		if _, err := cli.ImageRemove(t.Context(), ref, image.RemoveOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, to := range []*client.Client{cli, far} {
		lines, err := load(t, to, data)
		if want := []string{
			"Loaded image: slipway-test/tiny:1",
			"Loaded image: nginx:1.29",
		}; err != nil ||
			!slices.Equal(lines, want) {
			t.Errorf("%q, %v", lines, err)
		}
		for n, ref := range refs {
			after := inspected(t, to, ref)
			before[n].RepoDigests = after.RepoDigests // which no archive has
			if diff := cmp.Diff(before[n], after); diff != "" {
				t.Errorf("%s: %s", ref, diff)
			}
			if h, err := to.ImageHistory(t.Context(), ref); err != nil || !cmp.Equal(h, histories[n]) {
				t.Errorf("%s: %s, %v", ref, cmp.Diff(histories[n], h), err)
			}
		}
	}
	if got := fileIn(
		t,
		far,
		"nginx:1.29",
		"/usr/share/nginx/html/index.html",
	); !strings.Contains(
		got,
		"Welcome to nginx!",
	) {
		t.Errorf("%q", got)
	}
	if !bytes.Equal(data, saved(t, far, refs...)) {
		t.Error("the other engine makes another archive of the same images")
	}
	list := heard("load")
	if want := []string{
		"save " + before[0].ID,
		"save " + before[1].ID,
	}; !slices.Equal(list[:2], want) ||
		list[len(list)-1] != "load "+before[0].ID {
		t.Errorf("%q", list)
	}
}

// TestLoadMessages tells the layers that are read when that is asked for, and what becomes of a name that was another
// image's.
func TestLoadMessages(t *testing.T) {
	p, other := start(t, practice.Options{}), start(t, practice.Options{})
	cli, far := plain(t, p), plain(t, other)
	data := saved(t, cli, p.AddTiny())
	lines, err := load(t, far, data, client.ImageLoadWithQuiet(false))
	if err != nil || !strings.HasSuffix(lines[0], ": Loading layer") ||
		lines[len(lines)-1] != "Loaded image: slipway-test/tiny:1" {
		t.Errorf("%q, %v", lines, err)
	}
	if lines, err = load(t, far, data, client.ImageLoadWithQuiet(false)); err != nil || len(lines) != 1 {
		t.Errorf("a layer that is there is read again: %q, %v", lines, err)
	}
	id := inspected(t, cli, "slipway-test/tiny:1").ID
	c, err := cli.ContainerCreate(t.Context(), &container.Config{Image: id}, nil, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cli.ContainerCommit(
		t.Context(),
		c.ID,
		container.CommitOptions{Reference: "slipway-test/tiny:1"},
	); err != nil {
		t.Fatal(err)
	}
	derived := inspected(t, cli, "slipway-test/tiny:1").ID
	lines, err = load(t, cli, data)
	want := []string{
		"The image slipway-test/tiny:1 already exists, renaming the old one with ID " + derived + " to empty string",
		"Loaded image: slipway-test/tiny:1",
	}
	if err != nil || !slices.Equal(lines, want) {
		t.Errorf("%q, %v", lines, err)
	}
	if lines, err = load(
		t,
		far,
		saved(t, cli, id),
	); err != nil ||
		!slices.Equal(lines, []string{"Loaded image ID: " + id}) {
		t.Errorf("saved by its ID: %q, %v", lines, err)
	}
	for want, platform := range map[string]ocispec.Platform{
		"": {OS: "linux", Architecture: "arm64"},
		id: {OS: "linux", Architecture: "amd64"},
	} {
		third := plain(t, start(t, practice.Options{}))
		if _, err := load(t, third, data, client.ImageLoadWithPlatforms(platform)); err != nil {
			t.Error(err)
		}
		if list := imageIDs(t, third); strings.Join(list, " ") != want {
			t.Errorf("%+v: %q", platform, list)
		}
	}
}

// imageIDs are the images of an engine.
func imageIDs(t testing.TB, cli *client.Client) (ids []string) {
	t.Helper()
	list, err := cli.ImageList(t.Context(), image.ListOptions{All: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range list {
		ids = append(ids, i.ID)
	}
	slices.Sort(ids)
	return ids
}

// TestSaveErrors asks for what cannot be saved, in the words of an engine.
func TestSaveErrors(t *testing.T) {
	p := start(t, practice.Options{})
	cli := plain(t, p)
	tiny := p.AddTiny()
	for name, want := range map[string]string{
		"no/such": "No such image: no/such", "no/such:1": "reference does not exist",
		"slipway-test/tiny:2": "reference does not exist",
		"UPPER":               "invalid reference format", strings.Repeat("0", 64): "No such image: ",
	} {
		if _, err := cli.ImageSave(t.Context(), []string{tiny, name}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, not %s", name, err, want)
		}
	}
	_, err := cli.ImageSave(
		t.Context(),
		[]string{tiny},
		client.ImageSaveWithPlatforms(ocispec.Platform{OS: "linux", Architecture: "arm64"}),
	)
	if err == nil || !strings.Contains(err.Error(), "no suitable export target found for platform linux/arm64") {
		t.Error(err)
	}
	if data := saved(t, cli, "slipway-test/tiny"); len(data) == 0 { // all tags of a repository
		t.Error("nothing was saved")
	}
}

// TestSaveIsRead reads an archive as go-containerregistry does, as a docker-archive and as an OCI layout, and holds
// every digest in it.
func TestSaveIsRead(t *testing.T) {
	p := start(t, practice.Options{})
	cli := plain(t, p)
	ref := p.AddTiny()
	data := saved(t, cli, ref)
	tag, err := name.NewTag(ref)
	if err != nil {
		t.Fatal(err)
	}
	i, err := tarball.Image(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }, &tag)
	if err != nil {
		t.Fatal(err)
	}
	id, err := i.ConfigName()
	if err != nil || id.String() != inspected(t, cli, ref).ID {
		t.Errorf("%s, %v", id, err)
	}
	holdLayers(t, i)
	dir := t.TempDir()
	unpackInto(t, dir, data)
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := index.IndexManifest()
	if err != nil || len(m.Manifests) != 1 ||
		m.Manifests[0].Annotations["io.containerd.image.name"] != "docker.io/slipway-test/tiny:1" {
		t.Fatalf("%+v, %v", m, err)
	}
	if i, err = index.Image(m.Manifests[0].Digest); err != nil {
		t.Fatal(err)
	}
	holdLayers(t, i)
}

// holdLayers holds that each layer is what its digests say, and a tar archive.
func holdLayers(t *testing.T, i v1.Image) {
	t.Helper()
	layers, err := i.Layers()
	if err != nil || len(layers) == 0 {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	for _, l := range layers {
		r, err := l.Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		want, err := l.DiffID()
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		got, _, err := v1.SHA256(io.TeeReader(r, &text))
		if r.Close(); err != nil || got != want {
			t.Errorf("%s, not %s, %v", got, want, err)
		}
		if names := namesOf(t, text.Bytes()); !slices.Contains(names, "bin/") && !slices.Contains(names, "work/") {
			t.Errorf("%q", names)
		}
	}
}

// namesOf are the names in a tar archive.
func namesOf(t testing.TB, data []byte) (names []string) {
	t.Helper()
	for in := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
	}
}

// theirs is an image as other programs write it, of two layers, the second of which takes files of the first away.
func theirs(t testing.TB) v1.Image {
	t.Helper()
	var layers []v1.Layer
	for _, files := range [][]file{
		{
			{name: "etc/"},
			{name: "etc/a", text: "first"},
			{name: "etc/b", text: "gone"},
			{name: "opaque/"},
			{name: "opaque/c", text: "gone, too"},
		},
		{
			{name: "etc/.wh.b"},
			{name: "etc/hard", link: "etc/a2"},
			{name: "opaque/.wh..wh..opq"},
			{name: "opaque/d", text: "new"},
		},
	} {
		if files[1].link != "" {
			files = slices.Insert(files, 1, file{name: "etc/a2", text: "second"})
		}
		data := archive(t, files...)
		l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
		if err != nil {
			t.Fatal(err)
		}
		layers = append(layers, l)
	}
	i, err := mutate.AppendLayers(emptyImage(t), layers...)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// TestLoadsTheirs loads archives of other programs, with compressed layers, compressed as a whole, and OCI layouts.
func TestLoadsTheirs(t *testing.T) {
	i := theirs(t)
	id, err := i.ConfigName()
	if err != nil {
		t.Fatal(err)
	}
	tag, err := name.NewTag("example.com/theirs:1")
	if err != nil {
		t.Fatal(err)
	}
	var plainTar bytes.Buffer
	if err := tarball.Write(tag, i, &plainTar); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path, err := layout.Write(dir, emptyIndex(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := path.AppendImage(
		i,
		layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": "example.com/theirs:1"}),
	); err != nil {
		t.Fatal(err)
	}
	for kind, data := range map[string][]byte{
		"docker-archive": plainTar.Bytes(), "gzip": zipped(t, plainTar.Bytes()), "OCI layout": packedFolder(t, dir),
	} {
		cli := plain(t, start(t, practice.Options{}))
		lines, err := load(t, cli, data)
		if err != nil || !slices.Equal(lines, []string{"Loaded image: example.com/theirs:1"}) {
			t.Fatalf("%s: %q, %v", kind, lines, err)
		}
		if got := inspected(
			t,
			cli,
			"example.com/theirs:1",
		); got.ID != id.String() || got.Architecture != "amd64" ||
			len(got.RootFS.Layers) != 2 {
			t.Errorf("%s: %+v", kind, got)
		}
		if a, hard := fileIn(
			t,
			cli,
			id.String(),
			"/etc/a",
		), fileIn(
			t,
			cli,
			id.String(),
			"/etc/hard",
		); a != "first" ||
			hard != "second" {
			t.Errorf("%s: %q, %q", kind, a, hard)
		}
		c, err := cli.ContainerCreate(t.Context(), &container.Config{Image: id.String()}, nil, nil, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"/etc/b", "/opaque/c"} {
			if _, err := cli.ContainerStatPath(t.Context(), c.ID, name); err == nil {
				t.Errorf("%s: %s is there", kind, name)
			}
		}
		if _, err := cli.ContainerStatPath(t.Context(), c.ID, "/opaque/d"); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		again := plain(t, start(t, practice.Options{}))
		if _, err := load(
			t,
			again,
			saved(t, cli, "example.com/theirs:1"),
		); err != nil ||
			!slices.Equal(imageIDs(t, again), []string{id.String()}) {
			t.Errorf("%s: saved and loaded again: %v", kind, err)
		}
	}
}

// TestRealDocker has a real engine load what practice saves, and the other way round: the IDs are the same.
func TestRealDocker(t *testing.T) {
	real := enginetest.Shared(t)
	realTiny := enginetest.TinyImage(t, real)
	p := start(t, practice.Options{})
	cli, there := plain(t, p), real.Client(t)
	if err := p.AddImage("nginx:1.29", "practice-nginx:1"); err != nil {
		t.Fatal(err)
	}
	id := inspected(t, cli, "practice-nginx:1").ID
	if lines, err := load(
		t,
		there,
		saved(t, cli, "practice-nginx:1"),
	); err != nil ||
		!slices.Contains(lines, "Loaded image: practice-nginx:1") {
		t.Fatalf("%q, %v", lines, err)
	}
	t.Cleanup(func() {
		if _, err := there.ImageRemove(
			context.Background(),
			"practice-nginx:1",
			image.RemoveOptions{Force: true},
		); err != nil {
			t.Error(err)
		}
	})
	if got := inspected(t, there, "practice-nginx:1").ID; got != id {
		t.Errorf("%s, not %s", got, id)
	}
	if got := fileIn(t, there, "practice-nginx:1", "/usr/share/nginx/html/index.html"); !strings.Contains(got, "Welcome") {
		t.Errorf("%q", got)
	}
	far := plain(t, start(t, practice.Options{}))
	if _, err := load(t, far, saved(t, there, "practice-nginx:1", realTiny)); err != nil {
		t.Fatal(err)
	}
	if got, want := inspected(
		t,
		far,
		"practice-nginx:1",
	), inspected(
		t,
		cli,
		"practice-nginx:1",
	); got.ID != id ||
		got.Size != want.Size {
		t.Errorf("%s %d, not %s %d", got.ID, got.Size, id, want.Size)
	}
	if got, want := inspected(
		t,
		far,
		realTiny,
	), inspected(
		t,
		there,
		realTiny,
	); got.ID != want.ID ||
		got.Size != want.Size {
		t.Errorf("%s %d, not %s %d", got.ID, got.Size, want.ID, want.Size)
	}
}

// runIn runs a container to its end and returns what it printed.
func runIn(t *testing.T, e *engine.Engine, spec runspec.Spec) []string {
	t.Helper()
	id, _, err := e.Create(t.Context(), spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.Container(t.Context(), id)
	if err == nil {
		err = e.Start(t.Context(), c)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Wait(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	lines, err := e.LastLines(t.Context(), id, 100)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// TestExportAndImport exports the files of a container, running and stopped, without what is mounted; an image of them
// runs.
func TestExportAndImport(t *testing.T) {
	p := start(t, practice.Options{})
	e, cli := connect(t, p), plain(t, p)
	c := runs(
		t,
		p,
		e,
		runspec.Spec{Name: "source", Mounts: []runspec.Mount{{Kind: runspec.Volume, Source: "kept", Target: "/data"}}},
	)
	if _, _, err := e.Exec(
		t.Context(),
		c.ID,
		"sh",
		"-c",
		"echo mine > /work/file; echo kept > /data/kept; rm /www/index.html; ln -s file /work/link",
	); err != nil {
		t.Fatal(err)
	}
	export := func() []byte {
		t.Helper()
		r, err := cli.ContainerExport(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	running := export()
	names := namesOf(t, running)
	for name, want := range map[string]bool{
		"work/file": true, "work/link": true, "bin/sh": true, "data/": true, "proc/": true,
		"data/kept": false, "www/index.html": false, "dev/null": false,
	} {
		if slices.Contains(names, name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
	if err := e.Stop(t.Context(), c, 5); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(running, export()) {
		t.Error("the same files are packed otherwise when it is stopped")
	}
	if _, err := cli.ContainerExport(
		t.Context(),
		"nosuch",
	); err == nil ||
		!strings.Contains(err.Error(), "No such container: nosuch") {
		t.Error(err)
	}
	r, err := cli.ImageImport(
		t.Context(),
		image.ImportSource{Source: bytes.NewReader(zipped(t, running)), SourceName: "-"},
		"imported:2",
		image.ImportOptions{
			Message: "by hand", Changes: []string{`CMD ["cat","/work/link"]`}, Platform: "linux/arm64",
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	lines, err := told(t, r)
	got := inspected(t, cli, "imported:2")
	if err != nil || !slices.Equal(lines, []string{got.ID}) || got.Architecture != "arm64" {
		t.Errorf("%q, %v, %+v", lines, err, got)
	}
	history, err := cli.ImageHistory(t.Context(), "imported:2")
	if err != nil || len(history) != 1 || history[0].Comment != "by hand" {
		t.Errorf("%+v, %v", history, err)
	}
	if out := runIn(t, e, runspec.Spec{Image: "imported:2"}); !slices.Equal(out, []string{"mine"}) {
		t.Errorf("%q", out)
	}
}

// TestCommitIsSaved makes an image of a container in which files came, changed and went: loaded elsewhere it has the
// same.
func TestCommitIsSaved(t *testing.T) {
	p := start(t, practice.Options{})
	e, cli := connect(t, p), plain(t, p)
	c := runs(t, p, e, runspec.Spec{Name: "source"})
	line := "echo new > /work/new; echo more >> /www/index.html; rm /etc/group; rm -r /opt; echo file > /opt; " +
		"rm -r /home; mkdir -p /srv/a/b; echo deep > /srv/a/b/c"
	if _, _, err := e.Exec(t.Context(), c.ID, "sh", "-c", line); err != nil {
		t.Fatal(err)
	}
	if _, err := cli.ContainerCommit(
		t.Context(),
		c.ID,
		container.CommitOptions{Reference: "made:1", Comment: "by hand"},
	); err != nil {
		t.Fatal(err)
	}
	far := start(t, practice.Options{})
	there := connect(t, far)
	if _, err := load(t, plain(t, far), saved(t, cli, "made:1")); err != nil {
		t.Fatal(err)
	}
	if a, b := inspected(t, cli, "made:1"), inspected(t, plain(t, far), "made:1"); a.ID != b.ID || a.Size != b.Size {
		t.Errorf("%s %d, not %s %d", b.ID, b.Size, a.ID, a.Size)
	}
	const look = "cat /work/new /www/index.html /opt /srv/a/b/c; ls /; test -e /etc/group || echo gone"
	var outs []string
	for _, at := range []*practice.Engine{p, far} {
		on := e
		if at == far {
			on = there
		}
		lines := runIn(t, on, runspec.Spec{Image: "made:1", Command: []string{"sh", "-c", look}})
		outs = append(outs, strings.Join(lines, " "))
	}
	if outs[0] != outs[1] || !strings.HasPrefix(outs[0], "new <!doctype html><title>tiny</title>tiny more file deep") ||
		!strings.HasSuffix(outs[0], "gone") ||
		strings.Contains(outs[0], "home") {
		t.Errorf("%q, %q", outs[0], outs[1])
	}
}

// TestSaveStops has clients that go away, an engine that freezes, one that dies, and calls that fail in the middle of
// archives.
func TestSaveStops(t *testing.T) {
	p, far := start(t, practice.Options{}), start(t, practice.Options{})
	cli, there := plain(t, p), plain(t, far)
	big := bytes.Repeat([]byte("0123456789abcdef"), 1<<18) // 4 MiB, more than connections hold
	r, err := cli.ImageImport(
		t.Context(),
		image.ImportSource{Source: bytes.NewReader(archive(t, file{name: "big", text: string(big)})), SourceName: "-"},
		"big:1",
		image.ImportOptions{},
	)
	if err != nil {
		t.Fatal(err)
	}
	_, err = told(t, r)
	if r.Close(); err != nil {
		t.Fatal(err)
	}
	whole := saved(t, cli, "big:1")

	ctx, cancel := context.WithCancel(t.Context())
	out, err := cli.ImageSave(ctx, []string{"big:1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, 512)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.Copy(io.Discard, out); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	out.Close()

	if out, err = cli.ImageSave(t.Context(), []string{"big:1"}); err != nil {
		t.Fatal(err)
	}
	p.Freeze()
	done := make(chan int64)
	go func() {
		n, _ := io.Copy(io.Discard, out)
		done <- n
	}()
	p.Mend()
	if n := <-done; n != int64(len(whole)) {
		t.Errorf("after a freeze %d bytes of %d came", n, len(whole))
	}
	out.Close()

	ctx, cancel = context.WithCancel(t.Context())
	in, put := io.Pipe()
	ended := make(chan error)
	go func() {
		r, err := there.ImageLoad(ctx, in)
		if err == nil {
			_, err = io.Copy(io.Discard, r.Body)
			r.Body.Close()
		}
		ended <- err
	}()
	if _, err := put.Write(whole[:len(whole)/2]); err != nil {
		t.Fatal(err)
	}
	cancel()
	put.CloseWithError(context.Canceled) // the client waits for who reads what it sends
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if ids := imageIDs(t, there); len(ids) != 0 {
		t.Errorf("half an archive left %q", ids)
	}

	p.Fail(practice.Fault{Call: "GET /images/get", Status: 500, Text: "no space left on device", Times: 1})
	if _, err := cli.ImageSave(
		t.Context(),
		[]string{"big:1"},
	); err == nil ||
		!strings.Contains(err.Error(), "no space left on device") {
		t.Error(err)
	}
	if out, err = cli.ImageSave(t.Context(), []string{"big:1"}); err != nil {
		t.Fatal(err)
	}
	p.Die()
	if n, err := io.Copy(io.Discard, out); err == nil && n == int64(len(whole)) {
		t.Error("an engine that died sent all")
	}
	out.Close()
}

func packedFolder(t *testing.T, dir string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	if err := errors.Join(w.AddFS(rootOf(t, dir).FS()), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func unpackInto(t *testing.T, dir string, data []byte) {
	t.Helper()
	root := rootOf(t, dir)
	for in := tar.NewReader(bytes.NewReader(data)); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeDir {
			err = root.MkdirAll(filepath.Clean(h.Name), 0o755)
		} else {
			var text []byte
			if text, err = io.ReadAll(in); err == nil {
				err = root.WriteFile(h.Name, text, 0o644)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func zipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
