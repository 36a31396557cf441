package rescue

import (
	"context"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"slipway/engine"
	"slipway/engine/model"
)

// FuzzLocal holds that no path of a container leads out of the folder that is saved into.
func FuzzLocal(f *testing.F) {
	for _, p := range []string{
		"/home/me/a.txt", "..", "../../etc/passwd", "/..", "a/../../b", "", "/", "./x", "C:\\x",
		"a\x00b", "//a//b/",
	} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		name, err := local(p)
		if err != nil {
			return
		}
		if whole := filepath.Join("/folder", name); whole != "/folder" && !strings.HasPrefix(whole, "/folder/") {
			t.Errorf("%q becomes %q", p, whole)
		}
	})
}

// TestNamesThatFit holds that what a file is called meanwhile, or when its name is taken, is never longer than a name
// may be.
func TestNamesThatFit(t *testing.T) {
	for _, base := range []string{
		"a.txt", ".hidden", strings.Repeat("x", maxName), strings.Repeat("ü", 127),
		"a." + strings.Repeat("e", 200), strings.Repeat("ü", 120) + ".tar.gz",
	} {
		for _, name := range []string{partOf("d/" + base), numbered("d/"+base, 2), numbered("d/"+base, 100)} {
			dir, got := filepath.Split(name)
			if dir != "d/" || len(got) > maxName || got == base || utf8.ValidString(base) && !utf8.ValidString(got) {
				t.Errorf("%q becomes %q", base, got)
			}
		}
		if numbered(base, 2) == numbered(base, 3) {
			t.Errorf("%q has one number only", base)
		}
	}
}

// tree is an engine that has files of one size, and counts how often it is asked, and for how much.
type tree struct {
	files []string
	size  int64
	asked []string
	sent  int64
}

// CopyOut implements [Copier].
func (t *tree) CopyOut(_ context.Context, _, from string, visit func(engine.Entry, io.Reader) error) error {
	t.asked = append(t.asked, from)
	found := false
	for _, f := range t.files {
		rel, under := strings.CutPrefix(f, strings.TrimSuffix(from, "/")+"/")
		if f == from {
			rel, under = path.Base(f), true
		}
		if !under {
			continue
		}
		found = true
		t.sent += t.size
		if err := visit(engine.Entry{Path: rel, Size: t.size}, io.LimitReader(zeros{}, t.size)); err != nil {
			return err
		}
	}
	if !found {
		return &model.Problem{Kind: model.ProblemNotFound, What: model.Verbatim("none")}
	}
	return nil
}

type zeros struct{}

// Read implements [io.Reader].
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestSaveTogether holds that many files are fetched with few questions, that what lies between them is not fetched
// whole, and that one that is gone is told.
func TestSaveTogether(t *testing.T) {
	src := &tree{size: 1 << 20}
	var found Found
	for i := range 30 {
		p := fmt.Sprintf("/home/me/work/%d/a", i)
		src.files = append(src.files, p)
		found.Files = append(found.Files, File{Path: p})
	}
	for i := range 2000 { // a gigabyte or two of something else, beside them
		src.files = append(src.files, fmt.Sprintf("/home/me/%d", i))
	}
	other := []string{"/srv/one", "/srv/two", "/srv/three", "/srv/four", "/root/five"}
	src.files = append(src.files, other...)
	for _, p := range append(other, "/root/gone") {
		found.Files = append(found.Files, File{Path: p})
	}
	slices.Sort(src.files)
	saved, err := Save(t.Context(), src, model.Container{}, found, t.TempDir(), func(int64) {})
	if err != nil || saved.Files != 35 || !slices.Equal(saved.Gone, []string{"/root/gone"}) {
		t.Errorf("%+v, %v", saved, err)
	}
	if len(src.asked) > 8 || src.sent > 150<<20 {
		t.Errorf("%d MB for %q", src.sent>>20, src.asked)
	}
}
