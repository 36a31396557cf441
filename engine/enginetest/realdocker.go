//go:build linux

package enginetest

import (
	"os"
	"path/filepath"
	"testing"
)

// dockerBuild names the folder of the docker command that ".ci/docker" builds
// from source into the cache, as new as users have it.
const dockerBuild = "docker-28.5.2"

// NewDocker is the path of docker 28.5.2, the command that Slipway's lines are
// written for. Debian's own, [Program] "docker", is 20.10.
func NewDocker(t testing.TB) string {
	t.Helper()
	notShort(t)
	cache, err := cacheDir()
	if err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	path := filepath.Join(cache, dockerBuild, "docker")
	if _, err := os.Stat(path); err != nil {
		giveUp(t, &missingError{what: "docker 28.5.2", fix: "build it once, in about two minutes: .ci/docker"})
	}
	return path
}
