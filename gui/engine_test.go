//go:build linux

package gui_test

import (
	"os/exec"
	"testing"

	"slipway/engine/enginetest"
)

// docker runs the real docker command on a private engine, as a person in a terminal beside the window would.
func docker(t testing.TB, e *enginetest.Engine, args ...string) string {
	t.Helper()
	cmd := exec.Command(enginetest.Program(t, "docker"), args...)
	cmd.Env = append(cmd.Environ(), "DOCKER_HOST="+e.Host())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("docker %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// inside runs a shell line in a container.
func inside(t testing.TB, e *enginetest.Engine, name, line string) {
	t.Helper()
	docker(t, e, "exec", name, "sh", "-c", line)
}
