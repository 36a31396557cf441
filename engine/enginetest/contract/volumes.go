//go:build linux

package contract

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/runspec"
)

// volumes makes, fills, reads and removes a volume, through a helper that nothing is run in.
func (s *suite) volumes(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	v, err := e.CreateVolume(bounded(t), name(t), map[string]string{"a": "b"})
	if err != nil {
		t.Fatal(err)
	}
	s.removeVolumeLater(t, v.Name)
	if v.Anonymous || v.Labels["a"] != "b" || v.Driver == "" {
		t.Errorf("%+v", v)
	}
	_, err = e.CreateVolume(bounded(t), v.Name, nil)
	wantKind(t, err, model.ProblemNameTaken)
	c := s.start(t, e, func() runspec.Spec {
		spec := s.sh(t, idle)
		spec.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: v.Name, Target: "/v"}}
		return spec
	}())
	before, err := e.Volumes(bounded(t))
	if err != nil {
		t.Fatal(err)
	}
	helper, err := e.Helper(bounded(t), v, false, "", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { clear(t, e, helper.ID) })
	if !helper.Helper() || helper.State != model.StateCreated {
		t.Errorf("%+v", helper)
	}
	var in bytes.Buffer
	out := tar.NewWriter(&in)
	for _, h := range []tar.Header{
		{Name: "dir/", Typeflag: tar.TypeDir, Mode: 0o750, Uid: 1000, Gid: 100},
		{Name: "dir/file", Typeflag: tar.TypeReg, Mode: 0o640, Uid: 1000, Gid: 100, Size: 5},
		{Name: "link", Typeflag: tar.TypeSymlink, Linkname: "dir/file"},
	} {
		h.ModTime = time.Unix(1700000000, 0)
		err := out.WriteHeader(&h)
		if h.Size > 0 {
			_, werr := out.Write([]byte("hello"))
			err = errors.Join(err, werr)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := e.CopyIn(bounded(t), helper.ID, engine.VolumeRoot, &in); err != nil {
		t.Fatal(err)
	}
	if err := e.RemoveVolume(bounded(t), v.Name); err == nil {
		t.Error("a volume that a container has was removed")
	} else {
		wantKind(t, err, model.ProblemConflict)
	}
	// A container that runs sees what the helper put there, and the helper's archive has it.
	data, _, err := e.ReadFile(bounded(t), c.ID, "/v/link", 100)
	if err != nil || string(data) != "hello" {
		t.Errorf("%q, %v", data, err)
	}
	if u, g, err := e.Owner(bounded(t), c.ID, "/v/dir"); err != nil || u != 1000 || g != 100 {
		t.Errorf("%d:%d, %v", u, g, err)
	}
	if got := archived(t, e, helper.ID); !slices.Equal(got, []string{"dir", "dir/file", "link"}) {
		t.Errorf("%q", got)
	}
	sizes, err := e.VolumeSizes(bounded(t))
	if size, ok := sizes[v.Name]; err != nil || !ok || size < 5 {
		t.Errorf("%v, %v", sizes, err)
	}
	if err := e.RemoveHelper(bounded(t), helper); err != nil {
		t.Error(err)
	}
	if err := e.RemoveHelper(bounded(t), helper); err != nil {
		t.Errorf("again: %v", err)
	}
	after, err := e.Volumes(bounded(t))
	if err != nil || len(after) != len(before) {
		t.Errorf("the helper left %v beside %v, %v", after, before, err)
	}
	if old, err := e.Helpers(bounded(t)); err != nil || len(old) != 0 {
		t.Errorf("%v, %v", old, err)
	}
}

// archived are the names of what is in the volume of a helper.
func archived(t *testing.T, e *engine.Engine, id string) []string {
	t.Helper()
	r, err := e.ArchiveOut(bounded(t), id, engine.VolumeRoot)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var names []string
	for in := tar.NewReader(r); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			slices.Sort(names)
			return names
		}
		if err != nil {
			t.Fatal(err)
		}
		if n := path.Clean(h.Name); n != "." {
			names = append(names, n)
			if owned := h.Uid == 1000 && h.Gid == 100; n != "link" && owned != e.Info().Lacks(model.TellOwners).None() {
				t.Errorf("%s belongs to %d:%d", n, h.Uid, h.Gid)
			}
		}
	}
}

// disk asks what takes space.
func (s *suite) disk(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	c := s.start(t, e, s.sh(t, "dd if=/dev/zero of=/blob bs=1000 count=300; "+idle))
	until(t, "the file in the writable layer", func() bool {
		d, err := e.Disk(bounded(t))
		if err != nil {
			t.Fatal(err)
		}
		image := slices.ContainsFunc(d.Images, func(i model.ImageUse) bool {
			return slices.Contains(i.Tags, s.env.Image) && i.Size > 0 && i.Shared <= i.Size
		})
		if !image {
			t.Fatalf("the image is not in %+v", d.Images)
		}
		return slices.ContainsFunc(d.Containers, func(u model.ContainerUse) bool { return u.ID == c.ID && u.Size >= 300_000 })
	})
}
