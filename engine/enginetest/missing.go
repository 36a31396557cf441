//go:build linux

package enginetest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// giveUp ends a test that could not get what it needs. What is merely missing
// on this machine skips the test on a laptop and fails it in CI, where a
// skipped test would look like a passed one.
func giveUp(t testing.TB, err error) {
	t.Helper()
	var missing *missingError
	if errors.As(err, &missing) && !inCI() {
		t.Skipf("\n*** NOT TESTED: %v\n", missing)
	}
	t.Fatalf("enginetest: %v", err)
}

// notShort skips what needs an engine, a registry or a browser when only quick tests are wanted (go test -short).
func notShort(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("it needs real programs, which -short leaves out")
	}
}

// inCI tells whether this runs where nothing may be left out.
func inCI() bool {
	switch ci := os.Getenv("CI"); ci {
	case "", "0", "false":
		return false
	default:
		return true
	}
}

// missingError says what this machine lacks and how to get it.
type missingError struct{ what, fix string }

func (e *missingError) Error() string {
	return fmt.Sprintf("this test needs %s\n*** to run it: %s", e.what, e.fix)
}

// binaries are the paths of programs by name.
type binaries map[string]string

// findBinaries finds programs in PATH, the folders for administrators, or in
// the cache to which packages are unpacked on a laptop.
func findBinaries(names ...string) (binaries, error) {
	found := binaries{}
	var missing []string
	for _, name := range names {
		if path := findBinary(name); path != "" {
			found[name] = path
		} else {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, &missingError{what: "the programs " + strings.Join(missing, ", "), fix: howToInstall()}
	}
	return found, nil
}

func findBinary(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range extraFolders() {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	return ""
}

func (b binaries) path(name string) string { return b[name] }

// searchPath is the PATH that a program needs to find the others.
func (b binaries) searchPath() string {
	return strings.Join(append([]string{os.Getenv("PATH")}, extraFolders()...), string(os.PathListSeparator))
}

func extraFolders() []string {
	folders := []string{"/usr/sbin", "/sbin"}
	if cache, err := cacheDir(); err == nil {
		folders = append(folders, filepath.Join(cache, "engine/usr/bin"), filepath.Join(cache, "engine/usr/sbin"))
	}
	return folders
}

func howToInstall() string {
	cache, err := cacheDir()
	if err != nil {
		return err.Error()
	}
	// Never "apt-get install docker.io" on a laptop: it would replace
	// Docker's own docker-ce.
	return fmt.Sprintf(`unpack Debian's packages for the tests alone, without installing them:
	mkdir -p %[1]s/engine && cd %[1]s/engine &&
	apt-get download docker.io containerd runc tini docker-registry iproute2 mmdebstrap &&
	for f in *.deb; do dpkg -x "$f" . ; done
    in CI, install them: apt-get install docker.io docker-registry iproute2 mmdebstrap chromium`, cache)
}

// userCache is looked up before any test gives itself another home.
var userCache, userCacheError = os.UserCacheDir()

// cacheDir is where the tests keep what is slow to make or to get.
func cacheDir() (string, error) {
	cache, err := userCache, userCacheError
	if err != nil {
		return "", fmt.Errorf("no folder for what the tests keep: %w", err)
	}
	return filepath.Join(cache, "slipway-test"), nil
}
