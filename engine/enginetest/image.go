//go:build linux

package enginetest

import (
	"archive/tar"
	"bytes"
	"context"
	"debug/elf"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
	"golang.org/x/sys/unix"
)

// TinyName is the name of the image that [TinyImage] makes.
const TinyName = "slipway-test/tiny:1"

// TinyGreeting is what the tiny image's web page says.
const TinyGreeting = "hello from slipway-test/tiny"

// TinyServer returns the command with which the tiny image serves its page on
// port 8080, and ends at once on SIGTERM. (httpd as process 1 would ignore it,
// and every stop take ten seconds.)
func TinyServer() []string {
	return []string{"sh", "-c", "trap 'exit 0' TERM INT; httpd -f -p 8080 -h /www & wait"}
}

// TinyImage makes a small image (busybox, 2 MB) in the engine, once, and
// returns its name. It has sh, sleep, nc and an httpd with a page in /www (see
// [TinyServer]), EXPOSE 8080, WORKDIR /work, VOLUME /data,
// LABEL app.slipway.test=tiny and ENV TINY=yes. Left to itself it sleeps and
// ends at once on SIGTERM.
func TinyImage(t testing.TB, e *Engine) string {
	t.Helper()
	notShort(t)
	e.tiny.Lock()
	defer e.tiny.Unlock()
	ctx, c := t.Context(), e.Client(t)
	if _, err := c.ImageInspect(ctx, TinyName); err == nil {
		return TinyName
	} else if !errdefs.IsNotFound(err) {
		t.Fatalf("enginetest: tiny image: %v", err)
	}
	files, err := tinyFiles(ctx)
	if err != nil {
		giveUp(t, err)
	}
	if err := importTiny(ctx, c, files); err != nil {
		t.Fatalf("enginetest: tiny image: %v", err)
	}
	return TinyName
}

func importTiny(ctx context.Context, c *client.Client, files []byte) error {
	source := image.ImportSource{Source: bytes.NewReader(files), SourceName: "-"}
	body, err := c.ImageImport(ctx, source, TinyName, image.ImportOptions{Changes: []string{
		"ENV PATH=/bin", "ENV TINY=yes",
		"EXPOSE 8080",
		"LABEL app.slipway.test=tiny",
		"VOLUME /data",
		"WORKDIR /work",
		// As process 1, sleep itself would ignore SIGTERM.
		`CMD ["sh", "-c", "trap 'exit 0' TERM INT; sleep 1000000 & wait"]`,
	}})
	if err != nil {
		return err
	}
	return drain(body)
}

// PushTiny pushes the tiny image to a registry, as name:tag for each tag ("1"
// if there are none), and returns the reference of the first. The engine
// forgets the names it pushed, but has the layer.
func PushTiny(t testing.TB, e *Engine, r *Registry, tags ...string) string {
	t.Helper()
	TinyImage(t, e)
	if len(tags) == 0 {
		tags = []string{"1"}
	}
	ctx, c := t.Context(), e.Client(t)
	name := r.Addr() + "/slipway-test/tiny:"
	for _, tag := range tags {
		if err := push(ctx, c, r, name+tag); err != nil {
			t.Fatalf("enginetest: push %s: %v", name+tag, err)
		}
	}
	return name + tags[0]
}

func push(ctx context.Context, c *client.Client, r *Registry, ref string) error {
	if err := c.ImageTag(ctx, TinyName, ref); err != nil {
		return err
	}
	body, err := c.ImagePush(ctx, ref, image.PushOptions{RegistryAuth: r.Auth()})
	if err != nil {
		return err
	}
	if err := drain(body); err != nil {
		return err
	}
	_, err = c.ImageRemove(ctx, ref, image.RemoveOptions{})
	return err
}

// drain reads an engine's progress messages to their end and returns the error
// among them.
func drain(body io.ReadCloser) error {
	defer body.Close()
	messages := json.NewDecoder(body)
	for {
		var message struct {
			Error string `json:"error"`
		}
		err := messages.Decode(&message)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case message.Error != "":
			return errors.New(message.Error)
		}
	}
}

// tinyFiles returns the tiny image's files as a tar.
func tinyFiles(ctx context.Context) ([]byte, error) {
	path, err := findBusybox(ctx)
	if err != nil {
		return nil, err
	}
	busybox, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	applets, err := exec.CommandContext(ctx, path, "--list").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --list: %w", path, err)
	}
	var b tarBuilder
	for _, dir := range []string{"bin/", "data/", "etc/", "root/", "work/", "www/"} {
		b.dir(dir, 0o755)
	}
	b.dir("tmp/", 0o1777)
	b.file("bin/busybox", 0o755, busybox)
	for name := range bytes.FieldsSeq(applets) {
		if string(name) != "busybox" {
			b.link("bin/"+string(name), "busybox")
		}
	}
	b.file("etc/passwd", 0o644, []byte("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"))
	b.file("etc/group", 0o644, []byte("root:x:0:\nnogroup:x:65534:\n"))
	b.file("www/index.html", 0o644, []byte(TinyGreeting+"\n"))
	return b.bytes()
}

// findBusybox returns the path of a busybox that needs no libraries: the
// machine's, or one from Debian's package in the cache.
func findBusybox(ctx context.Context) (string, error) {
	if path, err := exec.LookPath("busybox"); err == nil && isStatic(path) {
		return path, nil
	}
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "busybox")
	err = makeOnce(dir, func(temporary string) error { return unpackPackage(ctx, "busybox-static", temporary) })
	if err != nil {
		return "", &missingError{what: "a static busybox", fix: fmt.Sprintf("apt-get install busybox-static (%v)", err)}
	}
	return filepath.Join(dir, "bin/busybox"), nil
}

// isStatic tells whether a program needs no loader.
func isStatic(path string) bool {
	program, err := elf.Open(path)
	if err != nil {
		return false
	}
	defer program.Close()
	for _, part := range program.Progs {
		if part.Type == elf.PT_INTERP {
			return false
		}
	}
	return true
}

// unpackPackage gets a package of Debian and unpacks it into dir, without
// installing it.
func unpackPackage(ctx context.Context, name, dir string) error {
	packages, err := os.MkdirTemp("", "slipway-test-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(packages)
	get := exec.CommandContext(ctx, "apt-get", "download", name)
	get.Dir = packages
	if out, err := get.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get download %s: %w: %s", name, err, out)
	}
	files, err := filepath.Glob(filepath.Join(packages, "*.deb"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if out, err := exec.CommandContext(ctx, "dpkg", "-x", file, dir).CombinedOutput(); err != nil {
			return fmt.Errorf("dpkg -x %s: %w: %s", file, err, out)
		}
	}
	return nil
}

// makeOnce makes a folder of the cache unless it is there. Of several
// processes one makes it and the others wait; a half-made one is never seen.
func makeOnce(dir string, fill func(temporary string) error) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	lock, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := flock(lock, unix.LOCK_EX); err != nil {
		return err
	}
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	// Only the holder of the lock uses this name: what is there, an ended
	// process left.
	temporary := dir + ".part"
	if err := errors.Join(os.RemoveAll(temporary), os.Mkdir(temporary, 0o755)); err != nil {
		return err
	}
	if err := fill(temporary); err != nil {
		return errors.Join(err, os.RemoveAll(temporary))
	}
	return os.Rename(temporary, dir)
}

// tarBuilder writes a tar of files of root's in memory.
type tarBuilder struct {
	buffer bytes.Buffer
	writer *tar.Writer
	err    error
}

func (b *tarBuilder) dir(name string, mode int64) {
	b.add(tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: mode}, nil)
}

func (b *tarBuilder) file(name string, mode int64, content []byte) {
	b.add(tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode}, content)
}

func (b *tarBuilder) link(name, target string) {
	b.add(tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777}, nil)
}

func (b *tarBuilder) add(header tar.Header, content []byte) {
	if b.writer == nil {
		b.writer = tar.NewWriter(&b.buffer)
	}
	header.Size = int64(len(content))
	header.ModTime = time.Unix(1_700_000_000, 0)
	if b.err == nil {
		b.err = b.writer.WriteHeader(&header)
	}
	if b.err == nil {
		_, b.err = b.writer.Write(content)
	}
}

func (b *tarBuilder) bytes() ([]byte, error) {
	return b.buffer.Bytes(), errors.Join(b.err, b.writer.Close())
}

// encodeAuth writes a user and password as the engine's X-Registry-Auth.
func encodeAuth(user, password string) string {
	text, err := json.Marshal(map[string]string{"username": user, "password": password})
	if err != nil {
		panic(err) // two strings
	}
	return base64.URLEncoding.EncodeToString(text)
}
