package rescue

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/model"
)

// packed is an archive with these files, each with its own name as content.
func packed(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, n := range names {
		h := &tar.Header{Name: n, Mode: 0o644, Size: int64(len(n))}
		switch {
		case strings.HasSuffix(n, "/"):
			h.Typeflag, h.Size = tar.TypeDir, 0
		case strings.Contains(n, "->"):
			from, to, _ := strings.Cut(n, "->")
			h.Typeflag, h.Size, h.Name, h.Linkname = tar.TypeLink, 0, from, to
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write([]byte(n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRead holds that contents are equal whatever their order, and different when anything is.
func TestRead(t *testing.T) {
	read := func(names ...string) Contents {
		c, err := Read(bytes.NewReader(packed(t, names...)), nil)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	a := read("./", "./a", "./d/", "./d/b")
	if a.Files != 2 || a.Bytes != int64(len("./a./d/b")) {
		t.Errorf("%+v", a)
	}
	if b := read("./d/b", "./d/", "./a"); a != b {
		t.Error("the order matters")
	}
	for _, other := range [][]string{
		{"./a", "./d/"},
		{"./a", "./d/", "./d/c"},
		{"./a", "./d/", "./d/b", "./d/b"},
		{"./d/b->./a", "./d/", "./a"},
	} {
		if b := read(other...); a == b {
			t.Errorf("%q is the same", other)
		}
	}
}

// folder is an engine that has one archive.
type folder struct {
	archive []byte
	broken  int // after how many bytes it breaks off; 0 for never
}

// ArchiveOut implements [Archiver].
func (f *folder) ArchiveOut(context.Context, string, string) (io.ReadCloser, error) {
	r := io.Reader(bytes.NewReader(f.archive))
	if f.broken > 0 {
		r = io.MultiReader(io.LimitReader(r, int64(f.broken)), failingReader{})
	}
	return io.NopCloser(r), nil
}

type failingReader struct{}

// Read implements [io.Reader].
func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// CopyIn implements [Archiver].
func (f *folder) CopyIn(_ context.Context, _, _ string, r io.Reader) error {
	var err error
	f.archive, err = io.ReadAll(r)
	return err
}

// TestBackUpIsWholeOrNotThere holds that nothing half made is left under any circumstance, and nothing is replaced.
func TestBackUpIsWholeOrNotThere(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "b.tar")
	src := &folder{archive: packed(t, "./", "./a", "./b")}
	for cut := 1; cut < len(src.archive)-1024; cut += 100 { // behind that is only the end of the archive
		_, err := BackUp(t.Context(), &folder{archive: src.archive, broken: cut}, "id", "/v", file, Progress{})
		if !model.IsKind(err, model.ProblemConnectionLost) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Fatalf("left: %v", left)
	}
	if c, err := BackUp(t.Context(), src, "id", "/v", file, Progress{}); err != nil || c.Files != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	if data, err := os.ReadFile(file); err != nil || !bytes.Equal(data, src.archive) {
		t.Error("the file is not what was sent", err)
	}
	if _, err := BackUp(t.Context(), src, "id", "/v", file, Progress{}); !model.IsKind(err, model.ProblemConflict) {
		t.Errorf("a second one: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

// TestBackUpIsCancelledWhileCompared holds that a cancel while the file is read back is one, and no file that is wrong.
func TestBackUpIsCancelledWhileCompared(t *testing.T) {
	dir := t.TempDir()
	src := &folder{archive: packed(t, "./", "./a", "./b")}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := BackUp(ctx, src, "id", "/v", filepath.Join(dir, "b.tar"), Progress{Compared: func(int64) { cancel() }})
	if left, _ := os.ReadDir(dir); !errors.Is(err, context.Canceled) || len(left) != 0 {
		t.Errorf("%v, left: %v", err, left)
	}
}

// TestRestoreRefuses holds that what is no whole archive, or would leave its folder, is refused before anything is
// sent.
func TestRestoreRefuses(t *testing.T) {
	good := packed(t, "./a")
	for name, data := range map[string][]byte{
		"cut": good[:600], "cut between": packed(t, "./a", "./b")[:1024], "end cut": good[:1536],
		"text": []byte(strings.Repeat("no archive ", 200)), "absolute": packed(t, "/etc/passwd"),
		"up":        packed(t, "a", "../b"),
		"hidden up": packed(t, "a/../../b"), "hard link": packed(t, "a", "b->../../etc/passwd"),
	} {
		file := filepath.Join(t.TempDir(), "x.tar")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		dst := &folder{}
		if _, _, err := Restore(t.Context(), dst, "id", "/v", file, Progress{}); !model.IsKind(err, model.ProblemBadInput) ||
			dst.archive != nil {
			t.Errorf("%s: %v, sent %d bytes", name, err, len(dst.archive))
		}
	}
}

// FuzzRead holds that no archive makes it panic or go on for ever.
func FuzzRead(f *testing.F) {
	f.Add(packed(f, "./", "./a", "d/", "b->./a"))
	f.Add([]byte("no archive"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Read(bytes.NewReader(data), nil)
		b, again := Read(bytes.NewReader(data), nil)
		if a != b || (err == nil) != (again == nil) {
			t.Error("it reads differently the second time")
		}
	})
}
