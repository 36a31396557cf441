package rescue

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"testing"

	"slipway/engine"
	"slipway/engine/model"
)

// linked is an engine with a container in which a folder became a link.
type linked struct {
	t    *testing.T
	sent []string
	// links are those in the other container's image.
	links map[string]string
}

// Changes implements [Carrier].
func (l *linked) Changes(context.Context, string) ([]engine.Change, error) {
	return []engine.Change{{Path: "/app", Kind: "changed"}, {Path: "/zoo", Kind: "added"}}, nil
}

// ArchivePath implements [Carrier].
func (l *linked) ArchivePath(_ context.Context, _, path string) (io.ReadCloser, error) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	if err := w.WriteHeader(&tar.Header{
		Name: path[1:], Typeflag: tar.TypeSymlink, Linkname: "/elsewhere",
		Mode: 0o777,
	}); err != nil {
		l.t.Fatal(err)
	}
	w.Close()
	return io.NopCloser(&out), nil
}

// CopyIn implements [Carrier].
func (l *linked) CopyIn(ctx context.Context, id, dir string, archive io.Reader) error {
	return l.CopyOver(ctx, id, dir, archive)
}

// CopyOver implements [Carrier].
func (l *linked) CopyOver(_ context.Context, _, _ string, archive io.Reader) error {
	for in := tar.NewReader(archive); ; {
		h, err := in.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		l.sent = append(l.sent, h.Name)
	}
}

// Stat implements [Carrier].
func (l *linked) Stat(_ context.Context, _, path string) (engine.FileInfo, error) {
	if to := l.links[path]; to != "" {
		return engine.FileInfo{Link: to}, nil
	}
	return engine.FileInfo{}, &model.Problem{Kind: model.ProblemNotFound}
}

// TestCarryKeepsMounts holds that nothing is sent in the place of a folder with something mounted below: the engine
// would delete what is mounted there.
func TestCarryKeepsMounts(t *testing.T) {
	for _, at := range []string{"/app/data", "/app"} {
		l := &linked{t: t}
		to := model.Container{ID: "to", Mounts: []model.Mount{{Type: "bind", Source: "/home/you", Destination: at}}}
		_, err := Carry(t.Context(), l, model.Container{ID: "from"}, to, nil, Progress{})
		for _, name := range l.sent {
			if name == "app" {
				t.Errorf("%s: the link was sent", at)
			}
		}
		if refused := model.IsKind(err, model.ProblemConflict); refused != (at == "/app/data") || err != nil && !refused {
			t.Errorf("%s: %v", at, err)
		}
	}
	l := &linked{t: t}
	if done, err := Carry(t.Context(), l, model.Container{ID: "from"}, model.Container{ID: "to"}, nil,
		Progress{}); err != nil || len(l.sent) != 2 || len(done.Stayed)+len(done.Left) != 0 {
		t.Errorf("%+v, %q, %v", done, l.sent, err)
	}
}

// TestCarryKeepsLinkedMounts holds that nothing goes into a mount that the engine really has elsewhere, since the image
// has a link on the way to it.
func TestCarryKeepsLinkedMounts(t *testing.T) {
	l := &linked{t: t, links: map[string]string{"/data": "/zoo"}}
	to := model.Container{ID: "to", Mounts: []model.Mount{{Type: "bind", Source: "/home/you", Destination: "/data/mine"}}}
	_, err := Carry(t.Context(), l, model.Container{ID: "from"}, to, nil, Progress{})
	if !model.IsKind(err, model.ProblemConflict) { // /zoo is a link inside
		t.Errorf("%q, %v", l.sent, err)
	}
	l = &linked{t: t, links: l.links}
	_, err = Carry(t.Context(), l, model.Container{ID: "from"}, to, []model.Fill{{Destination: "/data/mine"}}, Progress{})
	if !model.IsKind(err, model.ProblemConflict) || len(l.sent) > 0 {
		t.Errorf("%q, %v", l.sent, err)
	}
}
