//go:build linux

package practice_test

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"slipway/engine/practice"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

// file is a thing of an archive: a folder if its name ends so, a hard link, or a file with a text.
type file struct {
	name, text, link string
	kind             byte
}

// archive packs things as they are told, whatever their names.
func archive(t testing.TB, files ...file) []byte {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.text)), Typeflag: tar.TypeReg}
		switch {
		case f.kind != 0:
			h.Typeflag, h.Linkname = f.kind, f.link
		case f.link != "":
			h.Typeflag, h.Linkname = tar.TypeLink, f.link
		case strings.HasSuffix(f.name, "/"):
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func emptyImage(t testing.TB) v1.Image {
	t.Helper()
	i, err := mutate.ConfigFile(
		empty.Image,
		&v1.ConfigFile{Architecture: "amd64", OS: "linux", RootFS: v1.RootFS{Type: "layers"}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func emptyIndex(testing.TB) v1.ImageIndex { return empty.Index }

func rootOf(t *testing.T, dir string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

func sum(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

// evil is a docker-archive of one image with these layers, in which one thing may be another one.
func evil(t testing.TB, layers [][]byte, change func(files map[string]string)) []byte {
	t.Helper()
	var ids, names []string
	files := map[string]string{}
	for n, l := range layers {
		ids, names = append(ids, `"sha256:`+sum(l)+`"`), append(names, fmt.Sprintf(`"%d.tar"`, n))
		files[fmt.Sprintf("%d.tar", n)] = string(l)
	}
	const head = `{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[`
	files["config.json"] = head + strings.Join(ids, ",") + `]}}`
	files["manifest.json"] = `[{"Config":"config.json","RepoTags":["evil:1"],"Layers":[` + strings.Join(names, ",") + `]}]`
	if change != nil {
		change(files)
	}
	var list []file
	for _, name := range slices.Sorted(maps.Keys(files)) {
		list = append(list, file{name: name, text: files[name]})
	}
	return archive(t, list...)
}

// huge says that a file has more bytes than there are on earth.
func huge(kind byte, records map[string]string) []byte {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	_ = w.WriteHeader(&tar.Header{Name: "huge", Typeflag: kind, Size: 1 << 60, Mode: 0o644, PAXRecords: records})
	return append(out.Bytes(), make([]byte, 4096)...)
}

// sparseTar is a file of a tebibyte of which all is a hole, in the old form of GNU.
func sparseTar() []byte {
	block := make([]byte, 512)
	copy(block, "hole")
	copy(block[100:], "0000644\x000000000\x000000000\x0000000000000\x0000000000000\x00        S")
	copy(block[257:], "ustar  \x00")
	copy(block[386:], "00000000000\x0000000000000\x00")
	copy(block[483:], "\x80\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00")
	total := 0
	for _, b := range block {
		total += int(b)
	}
	copy(block[148:], fmt.Sprintf("%06o\x00 ", total))
	return append(block, make([]byte, 1024)...)
}

// hostile are archives that no engine may take, with what it says.
func hostile(t testing.TB) map[string]struct {
	data []byte
	want string
} {
	t.Helper()
	layer := archive(t, file{name: "etc/"}, file{name: "etc/a", text: "first"})
	good := evil(t, [][]byte{layer}, nil)
	with := func(name, text string) []byte {
		return evil(t, [][]byte{layer}, func(files map[string]string) { files[name] = text })
	}
	of := func(files ...file) []byte { return evil(t, [][]byte{archive(t, files...)}, nil) }
	deep := make([][]byte, 126)
	for n := range deep {
		deep[n] = layer
	}
	type one = struct {
		data []byte
		want string
	}
	return map[string]one{
		"nothing":              {nil, "/repositories: no such file or directory"},
		"not a tar":            {bytes.Repeat([]byte("this is no archive. "), 100), "invalid tar header"},
		"cut off":              {good[:len(good)-2500], "EOF"},
		"cut off zip":          {zipped(t, good)[:100], "EOF"},
		"zip of nothing":       {zipped(t, nil), "/repositories: no such file or directory"},
		"files of a container": {layer, "/etc/json: no such file or directory"},
		"null manifest":        {with("manifest.json", "null"), "manifest cannot be null"},
		"broken manifest":      {with("manifest.json", "[{"), "unexpected end of JSON"},
		"no such config": {
			with("manifest.json", `[{"Config":"other.json","Layers":["0.tar"]}]`),
			"/other.json: no such file or directory",
		},
		"config outside": {
			with("manifest.json", `[{"Config":"../../../etc/passwd","Layers":["0.tar"]}]`),
			"/etc/passwd: no such file or directory",
		},
		"layer outside": {
			with("manifest.json", `[{"Config":"config.json","Layers":["/etc/shadow"]}]`),
			"/etc/shadow: no such file or directory",
		},
		"config is a folder": {with("manifest.json", `[{"Config":"/","Layers":["0.tar"]}]`), "is a directory"},
		"no root":            {with("config.json", `{}`), "no RootFS key"},
		"windows": {
			with("config.json", `{"os":"windows","rootfs":{"type":"layers"}}`),
			"cannot load windows image on linux",
		},
		"more layers": {
			with("manifest.json", `[{"Config":"config.json","Layers":["0.tar","0.tar"]}]`),
			"layers length mismatch: expected 2, got 1",
		},
		"wrong digest": {
			with("0.tar", string(archive(t, file{name: "other"}))),
			"invalid diffID for layer 0: expected",
		},
		"bad digest": {
			with("config.json", `{"rootfs":{"type":"layers","diff_ids":["../../x"]}}`),
			"invalid diffID",
		},
		"bad tag": {
			with("manifest.json", `[{"Config":"config.json","RepoTags":["UPPER:1"],"Layers":["0.tar"]}]`),
			"invalid reference format",
		},
		"no tag": {
			with("manifest.json", `[{"Config":"config.json","RepoTags":["evil"],"Layers":["0.tar"]}]`),
			"invalid tag",
		},
		"second is wrong": {
			with("manifest.json", `[{"Config":"config.json","RepoTags":["evil:1"],"Layers":["0.tar"]},{"Config":"x"}]`),
			"no such file",
		},
		"layer is no tar":  {evil(t, [][]byte{bytes.Repeat([]byte("x"), 2000)}, nil), "invalid tar header"},
		"too many layers":  {evil(t, deep, nil), "max depth exceeded"},
		"link to a folder": {of(file{name: "a/"}, file{name: "a/b", link: "a"}), "operation not permitted"},
		"link to nothing":  {of(file{name: "a", link: "../../../etc/passwd"}), "no such file or directory"},
		"long name":        {of(file{name: strings.Repeat("a/", 3000) + "b"}), "file name too long"},
		"links in a circle": {
			archive(t, file{name: "manifest.json", kind: tar.TypeSymlink, link: "manifest.json"}),
			"too many levels of symbolic links",
		},
		"huge":            {huge(tar.TypeReg, nil), "no space left on device"},
		"hole":            {sparseTar(), "no space left on device"},
		"hole in a layer": {evil(t, [][]byte{sparseTar()}, nil), "no space left on device"},
		"OCI without blob": {
			archive(t, file{name: "index.json", text: `{"manifests":[{"digest":"sha256:` + strings.Repeat("0", 64) + `"}]}`}),
			"no such file or directory",
		},
		"OCI with path": {
			archive(t, file{name: "index.json", text: `{"manifests":[{"digest":"sha256:../../../etc/passwd"}]}`}),
			"invalid checksum digest format",
		},
		"OCI wrong size":  {archive(t, ociOf("{}", 5, "{}")...), "unexpected commit size 2, expected 5"},
		"OCI wrong bytes": {archive(t, ociOf("{}", 2, "[]")...), "unexpected commit digest"},
		"OCI broken":      {archive(t, file{name: "index.json", text: `{`}), "unexpected end of JSON"},
	}
}

// ociOf is an OCI layout with one blob that is said to have a text and a size, and has another.
func ociOf(said string, size int, has string) []file {
	id := sum([]byte(said))
	return []file{
		{name: "blobs/sha256/" + id, text: has},
		{name: "index.json", text: fmt.Sprintf(`{"manifests":[{"digest":"sha256:%s","size":%d}]}`, id, size)},
	}
}

// TestHostileArchives loads archives that are wrong: each is refused in the words of an engine, and changes nothing.
func TestHostileArchives(t *testing.T) {
	p := start(t, practice.Options{})
	cli := plain(t, p)
	p.AddTiny()
	before := imageIDs(t, cli)
	for what, c := range hostile(t) {
		if lines, err := load(t, cli, c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q, %v, not %s", what, lines, err, c.want)
		}
		if after := imageIDs(t, cli); strings.Join(after, " ") != strings.Join(before, " ") {
			t.Errorf("%s: images are %q", what, after)
		}
	}
}

// TestNamesStayInside loads a layer with names that lead elsewhere: they lead nowhere but into the image.
func TestNamesStayInside(t *testing.T) {
	cli := plain(t, start(t, practice.Options{}))
	layer := archive(
		t,
		file{name: "../../up", text: "up"},
		file{name: "/abs", text: "abs"},
		file{name: "out", kind: tar.TypeSymlink, link: "/../../.."},
		file{
			name: "out/below",
			text: "below",
		},
		file{name: "null", kind: tar.TypeChar},
		file{name: "pipe", kind: tar.TypeFifo},
		file{name: "./", kind: tar.TypeDir},
	)
	if lines, err := load(t, cli, evil(t, [][]byte{layer}, nil)); err != nil {
		t.Fatalf("%q, %v", lines, err)
	}
	for name, want := range map[string]string{"/up": "up", "/abs": "abs", "/out/below": "below"} {
		if got := fileIn(t, cli, "evil:1", name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// FuzzLoad loads anything at all: what is refused changes nothing, and what is taken can be saved and loaded again.
func FuzzLoad(f *testing.F) {
	layer := archive(f, file{name: "etc/"}, file{name: "etc/a", text: "first"})
	f.Add(evil(f, [][]byte{layer}, nil))
	f.Add(zipped(f, evil(f, [][]byte{layer}, nil)))
	f.Add(archive(f, ociOf("{}", 2, "{}")...))
	for _, c := range hostile(f) {
		f.Add(c.data)
	}
	p, err := practice.Start(practice.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(p.Close)
	cli, err := client.NewClientWithOpts(client.WithHost(p.Host()), client.WithAPIVersionNegotiation())
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { cli.Close() })
	f.Fuzz(func(t *testing.T, data []byte) {
		_, failed := load(t, cli, data)
		ids := imageIDs(t, cli)
		if failed != nil && len(ids) > 0 {
			t.Fatalf("%v, and %q are there", failed, ids)
		}
		for _, id := range ids {
			var again []byte
			if inspected(t, cli, id).RootFS.Layers != nil { // one without layers cannot be saved
				again = saved(t, cli, id)
			}
			if _, err := cli.ImageRemove(t.Context(), id, image.RemoveOptions{Force: true}); err != nil {
				t.Fatal(err)
			}
			if again == nil {
				continue
			}
			if lines, err := load(t, cli, again); err != nil || lines[0] != "Loaded image ID: "+id {
				t.Fatalf("%q, %v", lines, err)
			}
			if _, err := cli.ImageRemove(t.Context(), id, image.RemoveOptions{Force: true}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
