//go:build linux

package enginetest

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	specs "github.com/opencontainers/image-spec/specs-go/v1"
)

// JupyterName is the name of the image in [JupyterRegistry], one that many
// tutorials use; its tags are [JupyterTag] and "latest".
const (
	JupyterName = "jupyter/scipy-notebook"
	JupyterTag  = "python-3.8"
)

// JupyterRegistry runs a registry with a real Jupyter image and returns it and
// the image's reference. The image behaves as those of docker-stacks do: user
// jovyan (1000:100), port 8888, tini, start-notebook.py and .sh, NOTEBOOK_ARGS,
// JUPYTER_TOKEN, JUPYTER_PORT, an answer at /lab (which is the classic
// notebook of Debian's Python, whatever the tag says). It has six layers,
// five of 27 to 44 MB, 160 MB in all.
//
// The image is made once from Debian's packages, which takes two to five
// minutes, and kept in the user's cache. The registry refuses pushes.
func JupyterRegistry(t testing.TB) (r *Registry, ref string) {
	t.Helper()
	notShort(t)
	storage, err := jupyterStorage(t.Context(), t.Logf)
	if err != nil {
		giveUp(t, err)
	}
	r = StartRegistry(t, WithStorage(storage), withReadOnly())
	return r, r.Addr() + "/" + JupyterName + ":" + JupyterTag
}

// jupyterVersion is part of the recipe: count it up when this file changes
// what it makes.
const jupyterVersion = 1

// jupyterLayerBytes is the size at which a compressed layer is full.
const jupyterLayerBytes = 30 << 20

//go:embed jupyter
var jupyterFiles embed.FS

// jupyterBootstrap is the command that writes the image's packages to its
// output as a tar.
var jupyterBootstrap = []string{
	"mmdebstrap", "--quiet", "--variant=minbase",
	"--include=jupyter-notebook,python3-numpy,python3-ipykernel,ca-certificates,tini,curl",
	"--dpkgopt=path-exclude=/usr/share/man/*",
	"--dpkgopt=path-exclude=/usr/share/doc/*",
	"--dpkgopt=path-exclude=/usr/share/locale/*",
	"bookworm", "-",
}

// jupyterConfig is what the image says of itself.
func jupyterConfig() specs.ImageConfig {
	return specs.ImageConfig{
		User:         "1000",
		WorkingDir:   "/home/jovyan",
		ExposedPorts: map[string]struct{}{"8888/tcp": {}},
		Entrypoint:   []string{"tini", "-g", "--"},
		Cmd:          []string{"start-notebook.sh"},
		Env: []string{
			"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			"HOME=/home/jovyan", "SHELL=/bin/bash", "LANG=C.UTF-8",
			"NB_USER=jovyan", "NB_UID=1000", "NB_GID=100",
			"JUPYTER_PORT=8888",
		},
		Labels: map[string]string{"app.slipway.test": "jupyter"},
	}
}

// jupyterStorage returns the folder of a registry with the image, made now if
// the cache has none of this recipe.
func jupyterStorage(ctx context.Context, logf func(string, ...any)) (string, error) {
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	key, err := jupyterKey()
	if err != nil {
		return "", err
	}
	storage := filepath.Join(cache, "jupyter-"+key)
	return storage, makeOnce(storage, func(temporary string) error {
		logf("making the Jupyter image in %s; this takes some minutes, once", storage)
		return buildJupyter(ctx, temporary, logf)
	})
}

// jupyterKey is a hash of everything that the image is made of.
func jupyterKey() (string, error) {
	hash := sha256.New()
	fmt.Fprintln(hash, jupyterVersion, jupyterLayerBytes, jupyterBootstrap, jupyterConfig())
	err := fs.WalkDir(jupyterFiles, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := jupyterFiles.ReadFile(name)
		fmt.Fprintf(hash, "%s %d\n%s", name, len(content), content)
		return err
	})
	return hex.EncodeToString(hash.Sum(nil))[:16], err
}

// buildJupyter makes the image and pushes it into a registry's storage.
func buildJupyter(ctx context.Context, storage string, logf func(string, ...any)) error {
	if os.Geteuid() != 0 {
		return &missingError{what: "root, to make the Jupyter image", fix: "run the tests once as root"}
	}
	if _, err := findBinaries("mmdebstrap", "docker-registry"); err != nil {
		return err
	}
	// Next to the storage: a disk with room, not memory.
	parts := storage + ".layers"
	if err := errors.Join(os.RemoveAll(parts), os.Mkdir(parts, 0o700)); err != nil {
		return err
	}
	defer os.RemoveAll(parts)
	layers, err := bootstrapJupyter(ctx, parts, logf)
	if err != nil {
		return err
	}
	for number, l := range layers {
		logf("layer %d: %d MB", number, l.size>>20)
	}
	r, err := startRegistry([]RegistryOption{WithStorage(storage)})
	if err != nil {
		return err
	}
	err = r.upload(ctx, JupyterName, []string{JupyterTag, "latest"}, jupyterConfig(), layers)
	return errors.Join(err, r.destroy())
}

// bootstrapJupyter runs mmdebstrap and splits what it writes into layers.
func bootstrapJupyter(ctx context.Context, parts string, logf func(string, ...any)) ([]layer, error) {
	arguments := append(jupyterBootstrap[1:len(jupyterBootstrap):len(jupyterBootstrap)], bootstrapMirror()...)
	bootstrap := exec.CommandContext(ctx, findBinary(jupyterBootstrap[0]), arguments...)
	var complaints bytes.Buffer
	bootstrap.Stderr = &complaints
	output, err := bootstrap.StdoutPipe()
	if err != nil {
		return nil, err
	}
	logf("%s", strings.Join(bootstrap.Args, " "))
	if err := bootstrap.Start(); err != nil {
		return nil, err
	}
	layers, errSplit := splitJupyter(parts, output)
	_, _ = io.Copy(io.Discard, output) // padding, or what an error left
	if err := bootstrap.Wait(); err != nil {
		return nil, fmt.Errorf("mmdebstrap: %w: %s", err, complaints.Bytes())
	}
	return layers, errSplit
}

// bootstrapMirror names a mirror where the machine's own is not bookworm's.
func bootstrapMirror() []string {
	release, err := os.ReadFile("/etc/os-release")
	if err == nil && bytes.Contains(release, []byte("VERSION_CODENAME=bookworm")) {
		return nil
	}
	return []string{"http://deb.debian.org/debian"}
}

// splitJupyter splits a tar of Debian's files into layers and adds ours.
func splitJupyter(parts string, files io.Reader) ([]layer, error) {
	s := splitter{parts: parts, limit: jupyterLayerBytes, dirs: map[string]*tar.Header{}, where: map[string]*part{}}
	var passwd []byte
	in := tar.NewReader(files)
	for {
		header, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		var content io.Reader = in
		header.Name = path.Clean(header.Name)
		switch {
		case header.Name == ".", strings.HasPrefix(header.Name, "dev/"): // the engine's
			continue
		case header.Name == "etc/passwd":
			if passwd, err = io.ReadAll(in); err != nil {
				return nil, err
			}
			content = bytes.NewReader(passwd)
		}
		if err := s.add(header, content); err != nil {
			return nil, err
		}
	}
	if err := s.addJupyterFiles(passwd); err != nil {
		return nil, err
	}
	return s.finish()
}

// addJupyterFiles adds the layer with the user, their home and our scripts.
func (s *splitter) addJupyterFiles(passwd []byte) error {
	if err := s.next(); err != nil {
		return err
	}
	passwd = append(passwd, "jovyan:x:1000:100::/home/jovyan:/bin/bash\n"...)
	if err := s.addFile("etc/passwd", 0o644, passwd); err != nil {
		return err
	}
	for _, dir := range []string{"home/jovyan", "home/jovyan/work"} {
		header := tar.Header{Typeflag: tar.TypeDir, Name: dir, Mode: 0o2775, Uid: 1000, Gid: 100}
		if err := s.add(&header, nil); err != nil {
			return err
		}
	}
	files, err := fs.Sub(jupyterFiles, "jupyter")
	if err != nil {
		return err
	}
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		mode := int64(0o644)
		if path.Dir(name) == "usr/local/bin" {
			mode = 0o755
		}
		return s.addFile(name, mode, content)
	})
}
