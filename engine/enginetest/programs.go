//go:build linux

package enginetest

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/image"
)

// ProgramsName is the name of the image that [ProgramsImage] makes.
const ProgramsName = "slipway-test/programs:1"

// programsBootstrap is the command that writes Debian's packages to its output as a tar, unpacked and not set up.
var programsBootstrap = []string{
	"mmdebstrap", "--quiet", "--variant=extract",
	"--include=vim,less,procps,ncurses-base,libc-bin", "bookworm", "-",
}

// programsWanted and programsUnwanted are beginnings of the paths that are taken of them. /bin is the tiny image's.
var (
	programsWanted = []string{
		"lib", "lib64", "usr/lib/x86_64-linux-gnu/lib", "usr/lib/aarch64-linux-gnu/lib",
		"usr/bin/vim.basic", "usr/bin/less", "usr/bin/top", "usr/share/vim/", "usr/share/terminfo", "usr/lib/locale/C.utf8",
		"etc/vim/",
	}
	programsUnwanted = []string{
		"lib/systemd", "usr/share/vim/vim90/doc", "usr/share/vim/vim90/lang",
		"usr/share/vim/vim90/spell", "usr/share/vim/vim90/tutor",
	}
)

// ProgramsImage makes an image with Debian's vim, less and top, as Debian sets them up, over the tiny one, once in an
// engine, and returns its name. They are in /usr/bin, which is first in PATH; LANG is C.UTF-8. Their packages are
// unpacked once into the user's cache.
func ProgramsImage(t testing.TB, e *Engine) string {
	t.Helper()
	ctx, c := t.Context(), e.Client(t)
	if _, err := c.ImageInspect(ctx, ProgramsName); err == nil {
		return ProgramsName
	}
	file, err := programsFile(ctx)
	if err != nil {
		giveUp(t, err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	defer f.Close()
	body, err := c.ImageImport(ctx, image.ImportSource{Source: f, SourceName: "-"}, ProgramsName,
		image.ImportOptions{Changes: []string{
			"ENV PATH=/usr/bin:/bin", "ENV LANG=C.UTF-8", "WORKDIR /work",
			`CMD ["sh", "-c", "trap 'exit 0' TERM INT; sleep 1000000 & wait"]`,
		}})
	if err == nil {
		err = drain(body)
	}
	if err != nil {
		t.Fatalf("enginetest: %s: %v", ProgramsName, err)
	}
	return ProgramsName
}

// programsFile is the image's files as a tar in the cache.
func programsFile(ctx context.Context) (string, error) {
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	hash := sha256.Sum256([]byte(fmt.Sprint(programsBootstrap, programsWanted, programsUnwanted)))
	dir := filepath.Join(cache, fmt.Sprintf("programs-%x", hash[:8]))
	return filepath.Join(dir, "image.tar"), makeOnce(dir, func(temporary string) error {
		return buildPrograms(ctx, temporary)
	})
}

func buildPrograms(ctx context.Context, dir string) error {
	if os.Geteuid() != 0 {
		return &missingError{what: "root, to unpack Debian's programs", fix: "run the tests once as root"}
	}
	if _, err := findBinaries("mmdebstrap"); err != nil {
		return err
	}
	tiny, err := tinyFiles(ctx)
	if err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(dir, "image.tar"))
	if err != nil {
		return err
	}
	defer f.Close()
	out := tar.NewWriter(f)
	if err := copyEntries(out, bytes.NewReader(tiny), func(string) bool { return true }); err != nil {
		return err
	}
	// What the package's own script would do.
	if err := out.WriteHeader(&tar.Header{
		Typeflag: tar.TypeSymlink, Name: "usr/bin/vim", Linkname: "vim.basic",
		Mode: 0o777,
	}); err != nil {
		return err
	}
	bootstrap := exec.CommandContext(ctx, findBinary(programsBootstrap[0]),
		append(programsBootstrap[1:len(programsBootstrap):len(programsBootstrap)], bootstrapMirror()...)...)
	var complaints bytes.Buffer
	bootstrap.Stderr = &complaints
	output, err := bootstrap.StdoutPipe()
	if err != nil {
		return err
	}
	if err := bootstrap.Start(); err != nil {
		return err
	}
	begins := func(list []string, name string) bool {
		return slices.ContainsFunc(list, func(p string) bool { return strings.HasPrefix(name, p) })
	}
	errCopy := copyEntries(out, output, func(name string) bool {
		return begins(programsWanted, name) && !begins(programsUnwanted, name)
	})
	_, _ = io.Copy(io.Discard, output) // padding, or what an error left
	if err := bootstrap.Wait(); err != nil {
		return fmt.Errorf("mmdebstrap: %w: %s", err, complaints.Bytes())
	}
	return errors.Join(errCopy, out.Close(), f.Close())
}

// copyEntries copies those entries of an archive whose names are wanted.
func copyEntries(to *tar.Writer, from io.Reader, wanted func(name string) bool) error {
	for in := tar.NewReader(from); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		folder := strings.HasSuffix(h.Name, "/")
		h.Name = path.Clean(h.Name)
		if !wanted(h.Name) {
			continue
		}
		if folder {
			h.Name += "/"
		}
		if h.Typeflag == tar.TypeLink {
			h.Linkname = path.Clean(h.Linkname)
		}
		h.Format = tar.FormatUnknown // what can say it
		if err := to.WriteHeader(h); err != nil {
			return err
		}
		if _, err := io.Copy(to, in); err != nil {
			return err
		}
	}
}
