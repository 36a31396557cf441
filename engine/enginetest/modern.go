//go:build linux

package enginetest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// modernBuild names the engine that ".ci/engines" builds from source into the
// cache: moby, containerd and runc as they are in that script.
const modernBuild = "moby-2.0.0-beta.24"

// Modern tells whether the tests run on an engine as new as users have it.
func Modern() bool { return chosen() == ModernDocker }

// modernBinaries are the programs of the modern engine; of Debian there is
// only docker-init and ip.
func modernBinaries() (binaries, error) {
	cache, err := cacheDir()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, modernBuild, "bin")
	if _, err := os.Stat(filepath.Join(dir, "dockerd")); err != nil {
		return nil, &missingError{what: "a modern engine", fix: "build it once, in about ten minutes: .ci/engines"}
	}
	found, err := findBinaries("docker-init", "ip")
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"dockerd", "containerd", "containerd-shim-runc-v2", "runc", "docker-proxy"} {
		found[name] = filepath.Join(dir, name)
	}
	return found, nil
}

// containerdSocket is where the modern engine's containerd listens.
func (e *Engine) containerdSocket() string { return e.path("containerd.sock") }

// runContainerd starts the modern engine's containerd and waits until it
// listens.
func (e *Engine) runContainerd() error {
	config := fmt.Sprintf(`version = 3
root = %q
state = %q
disabled_plugins = [
  "io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime",
  "io.containerd.nri.v1.nri"]
[grpc]
  address = %q
`, e.path("containerd/root"), e.path("containerd/state"), e.containerdSocket())
	path := e.path("containerd.toml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return err
	}
	log, err := os.OpenFile(e.path("containerd.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	if err := os.Remove(e.containerdSocket()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	cmd := exec.Command(e.binaries.path("containerd"), "--config", path)
	cmd.Dir = e.slot.dir
	cmd.Env = []string{"PATH=" + e.searchPath(), "HOME=" + e.path("home")}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	e.containerd = cmd
	return poll(startLimit, func() (bool, error) {
		if exited(cmd) {
			return false, fmt.Errorf("containerd ended before it listened; see %s", log.Name())
		}
		conn, err := net.Dial("unix", e.containerdSocket())
		if err != nil {
			return false, nil //nolint:nilerr // not listening yet
		}
		return true, conn.Close()
	})
}

// endContainerd reaps the modern engine's containerd, which was killed.
func (e *Engine) endContainerd() {
	if e.containerd == nil {
		return
	}
	_ = e.containerd.Process.Kill()
	_ = e.containerd.Wait() // its exit code is the signal's
	e.containerd = nil
}

// searchPath is the PATH of the engine's programs: its own first.
func (e *Engine) searchPath() string {
	own := filepath.Dir(e.binaries.path("dockerd"))
	return own + string(os.PathListSeparator) + e.binaries.searchPath()
}
