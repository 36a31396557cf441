//go:build linux

package enginetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/docker/docker/client"
	"golang.org/x/sys/unix"
)

const (
	startLimit = 60 * time.Second // from fork to the first answered ping
	stopLimit  = 15 * time.Second // from SIGTERM to SIGKILL
	pollEvery  = 10 * time.Millisecond
)

// Start runs a private dockerd for this test alone and waits until it answers.
// When the test ends the engine is stopped and all it left is removed: its
// containers, mounts, bridges and folders. If the test failed, the end of the
// engine's log is printed.
func Start(t testing.TB, opts ...Option) *Engine {
	t.Helper()
	notShort(t)
	e, err := start(opts)
	if err != nil {
		giveUp(t, err)
	}
	t.Cleanup(func() {
		e.Thaw()
		e.logTailOnFailure(t, 0)
		if err := e.destroy(); err != nil {
			t.Errorf("enginetest: clearing the engine away: %v", err)
		}
	})
	return e
}

// Kind is a kind of engine that tests can run on.
type Kind string

// The kinds of engines: Debian's Docker, one as new as users have it (with
// containerd apart and its image store), and Debian's Podman.
const (
	DebianDocker Kind = ""
	ModernDocker Kind = "modern"
	DebianPodman Kind = "podman"
)

// engineVariable holds the [Kind] of engine of all tests.
const engineVariable = "SLIPWAY_TEST_ENGINE"

func chosen() Kind { return Kind(os.Getenv(engineVariable)) }

// Podman tells whether the tests run on Podman.
func Podman() bool { return chosen() == DebianPodman }

// Engine is one private dockerd or Podman. Its methods may be called from several
// goroutines.
type Engine struct {
	slot     *slot
	binaries binaries
	config   config

	mu         sync.Mutex
	cmd        *exec.Cmd // nil while dockerd does not run
	containerd *exec.Cmd // of a modern engine, nil while it does not run

	tiny sync.Mutex // held while the tiny image is made
}

// Option changes how [Start] starts an engine.
type Option func(*config)

type config struct {
	tmpfsBytes int64
	arguments  []string
	kind       Kind
	// hidden is the folder that the engine has another one of, and twin one below that it has, too.
	hidden, twin string
}

// WithHidden gives the engine an empty folder of its own in the place of dir, as Docker from a snap has; twin is a
// folder below dir that it has there as well, "" for none. What the engine keeps must not be below dir.
func WithHidden(dir, twin string) Option {
	return func(c *config) { c.hidden, c.twin = dir, twin }
}

// Of starts an engine of that kind, whatever the other tests run on.
func Of(kind Kind) Option {
	return func(c *config) { c.kind = kind }
}

// WithDataRootTmpfs puts the engine's data root on a tmpfs of sizeBytes bytes,
// for tests in which the disk is full.
func WithDataRootTmpfs(sizeBytes int64) Option {
	return func(c *config) { c.tmpfsBytes = sizeBytes }
}

// WithArguments adds arguments to dockerd's command line, for example
// "--live-restore".
func WithArguments(arguments ...string) Option {
	return func(c *config) { c.arguments = append(c.arguments, arguments...) }
}

func start(opts []Option) (*Engine, error) {
	e := &Engine{config: config{kind: chosen()}}
	for _, opt := range opts {
		opt(&e.config)
	}
	var err error
	switch e.config.kind {
	case DebianDocker:
		e.binaries, err = findBinaries("dockerd", "containerd", "containerd-shim-runc-v2", "runc", "docker-proxy",
			"docker-init", "ip")
	case ModernDocker:
		e.binaries, err = modernBinaries()
	case DebianPodman:
		e.binaries, err = podmanBinaries()
	default:
		err = fmt.Errorf("%s=%s: there is no such engine", engineVariable, e.config.kind)
	}
	if err != nil {
		return nil, err
	}
	if os.Geteuid() != 0 {
		return nil, &missingError{what: "root", fix: "run the tests as root, for example: sudo -E go test ./..."}
	}
	if e.slot, err = takeSlot(engineSlots); err != nil {
		return nil, err
	}
	if err := e.prepare(); err != nil {
		return nil, errors.Join(err, e.destroy())
	}
	if err := e.run(); err != nil {
		return nil, errors.Join(err, e.logTail(0), e.destroy())
	}
	return e, nil
}

// prepare makes the folders, the bridge and the engine's configuration file.
func (e *Engine) prepare() error {
	for _, dir := range []string{e.dataRoot(), e.path("exec"), e.path("home")} {
		if err := os.MkdirAll(dir, 0o711); err != nil {
			return err
		}
	}
	if err := e.mountTmpfs(); err != nil {
		return err
	}
	if e.config.kind == DebianPodman {
		return e.preparePodman()
	}
	// The key names the engine (Info.ID); by default all engines of a machine
	// share the one in /etc/docker.
	config := fmt.Sprintf(`{"deprecated-key-path": %q}`, e.path("key.json"))
	if e.config.kind == ModernDocker {
		config = "{}" // newer ones keep it in the data root
	}
	if err := os.WriteFile(e.path("daemon.json"), []byte(config), 0o600); err != nil {
		return err
	}
	return makeBridge(e.slot)
}

// mountTmpfs puts what the engine keeps on a small disk, if that was asked for.
func (e *Engine) mountTmpfs() error {
	size := e.config.tmpfsBytes
	if size <= 0 {
		return nil
	}
	places := []string{e.dataRoot()}
	if e.config.kind == ModernDocker { // whose images are containerd's
		places = append(places, e.path("containerd"))
	}
	for _, dir := range places {
		if err := os.MkdirAll(dir, 0o711); err != nil {
			return err
		}
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=711", size)); err != nil {
			return fmt.Errorf("mount a tmpfs of %d bytes: %w", size, err)
		}
	}
	return nil
}

// Host returns the engine's address as DOCKER_HOST wants it, "unix:///…".
func (e *Engine) Host() string { return "unix://" + e.Socket() }

// Socket returns the path of the engine's socket. It is much shorter than the
// 100 bytes that a socket address holds.
func (e *Engine) Socket() string { return e.path("docker.sock") }

// Log returns the path of dockerd's log. It grows over restarts.
func (e *Engine) Log() string { return e.path("dockerd.log") }

// Client returns a new client of the engine that is closed when the test ends.
// Make another one after Restart: a client keeps the API version it negotiated.
func (e *Engine) Client(t testing.TB) *client.Client {
	t.Helper()
	c, err := e.newClient()
	if err != nil {
		t.Fatalf("enginetest: client of %s: %v", e.Host(), err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// Pid returns dockerd's process id, 0 while it does not run.
func (e *Engine) Pid() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.pid()
}

// Kill ends dockerd with SIGKILL, as a crash does, and returns when it is
// gone. Its containers may go on; its socket file stays.
func (e *Engine) Kill() {
	e.mu.Lock()
	defer e.mu.Unlock()
	_ = e.end(syscall.SIGKILL)
}

// Stop ends dockerd with SIGTERM, as a service manager does, which stops its
// containers, and returns when it is gone.
func (e *Engine) Stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	_ = e.end(syscall.SIGTERM)
}

// Freeze stops dockerd with SIGSTOP and returns when all its threads stand
// still: connections are accepted by the kernel and never answered.
func (e *Engine) Freeze() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cmd == nil {
		return
	}
	_ = e.cmd.Process.Signal(syscall.SIGSTOP)
	_ = poll(stopLimit, func() (bool, error) {
		return changed(e.cmd, unix.WSTOPPED) || e.exited(), nil
	})
}

// Thaw lets a frozen dockerd go on.
func (e *Engine) Thaw() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cmd != nil {
		_ = e.cmd.Process.Signal(syscall.SIGCONT)
	}
}

// Restart starts dockerd again on the same data root and socket, stopping it
// first if it runs, and waits until it answers.
func (e *Engine) Restart(t testing.TB) {
	t.Helper()
	e.Stop()
	if err := e.run(); err != nil {
		t.Fatalf("enginetest: restart: %v\n%v", err, e.logTail(0))
	}
}

// run starts dockerd and waits for it to answer.
func (e *Engine) run() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	log, err := os.OpenFile(e.Log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	// After a crash the numbers in these files may be other processes' by now,
	// and dockerd would refuse to start, or wait for a containerd that is none.
	for _, name := range []string{"docker.pid", "exec/containerd/containerd.pid"} {
		if err := os.Remove(e.path(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	cmd, err := e.command()
	if err != nil {
		return err
	}
	cmd.Dir = e.slot.dir
	// A file, not a pipe: no goroutine to copy, and the log survives us.
	cmd.Stdout, cmd.Stderr = log, log
	// A group of its own: Ctrl+C ends the tests, and those stop the engine.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	e.cmd = cmd
	return e.awaitPing()
}

// command is the engine's program, after what must run before it. It gets
// nothing of the user's: no DOCKER_*, no proxies.
func (e *Engine) command() (*exec.Cmd, error) {
	switch e.config.kind {
	case DebianPodman:
		return e.podmanCommand(), nil
	case ModernDocker:
		if err := e.runContainerd(); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command(e.binaries.path("dockerd"), e.arguments()...)
	if dir := e.config.hidden; dir != "" {
		// The shell becomes the engine, so that its process is the one that is ended.
		const script = `mount -t tmpfs none "$0" && if [ -n "$1" ]; then mkdir -p "$1"; fi && shift && exec "$@"`
		cmd = exec.Command("unshare", append([]string{
			"--mount", "--propagation", "slave", "sh", "-ec", script, dir,
			e.config.twin, cmd.Path,
		}, cmd.Args[1:]...)...)
	}
	cmd.Env = []string{"PATH=" + e.searchPath(), "HOME=" + e.path("home")}
	return cmd, nil
}

func (e *Engine) arguments() []string {
	arguments := []string{
		"--config-file", e.path("daemon.json"),
		"--data-root", e.dataRoot(),
		"--exec-root", e.path("exec"),
		"--pidfile", e.path("docker.pid"),
		"--host", e.Host(),
		// Two engines share the machine's iptables chains, hence none.
		"--iptables=false", "--ip-masq=false",
		// A setting of the whole machine, which outlives the tests.
		"--ip-forward=false",
		"--userland-proxy-path", e.binaries.path("docker-proxy"),
		"--bridge", e.slot.bridge(),
		"--default-address-pool", fmt.Sprintf("base=%s,size=26", e.slot.pool()),
		// A cgroup of its own names every process of every container.
		"--exec-opt", "native.cgroupdriver=cgroupfs",
		"--cgroup-parent", e.slot.cgroup(),
	}
	if e.config.kind == ModernDocker {
		arguments = append(arguments, "--containerd", e.containerdSocket(), "--ip6tables=false")
	}
	return append(arguments, e.config.arguments...)
}

// awaitPing returns when dockerd answers, or an error when it ended or took
// too long.
func (e *Engine) awaitPing() error {
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", e.Socket())
		},
		DisableKeepAlives: true,
	}
	ping := http.Client{Transport: transport, Timeout: startLimit}
	return poll(startLimit, func() (bool, error) {
		if e.exited() {
			err := e.cmd.Wait()
			e.cmd = nil
			return false, fmt.Errorf("the engine ended before it answered: %w", errors.Join(err, errors.New("see its log")))
		}
		response, err := ping.Get("http://docker.example.com/_ping")
		if err != nil {
			return false, nil // not listening yet
		}
		defer response.Body.Close()
		_, _ = io.Copy(io.Discard, response.Body)
		return response.StatusCode == http.StatusOK, nil
	})
}

// destroy ends the engine, removes everything it made and gives up its slot.
func (e *Engine) destroy() error {
	return errors.Join(e.clear(), e.slot.release())
}

func (e *Engine) clear() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	// Without their processes containers need no time to stop.
	errCgroup := killCgroup(e.slot.cgroup())
	errEnd := e.end(syscall.SIGTERM)
	return errors.Join(errCgroup, errEnd, e.slot.clear())
}

// end sends a signal to dockerd and waits until it is gone, with SIGKILL when
// that takes too long.
func (e *Engine) end(signal syscall.Signal) error {
	if e.cmd == nil {
		return nil
	}
	// A frozen process would not see SIGTERM.
	_ = e.cmd.Process.Signal(signal)
	_ = e.cmd.Process.Signal(syscall.SIGCONT)
	err := poll(stopLimit, func() (bool, error) { return e.exited(), nil })
	if err != nil {
		_ = e.cmd.Process.Kill()
		err = fmt.Errorf("the engine did not end within %v of %v", stopLimit, signal)
	}
	_ = e.cmd.Wait() // its exit code is the signal's
	e.cmd = nil
	e.endContainerd()
	// Its containerd ends with it (dockerd asked the kernel for that), but a
	// moment later: a new dockerd would take it for one to go on with.
	return errors.Join(err, killProcesses(func(arguments []string) bool {
		return filepath.Base(arguments[0]) == "containerd" && e.slot.owns(arguments)
	}))
}

// exited tells whether dockerd has ended, without reaping it. No goroutine
// waits for the process, so that tests may look for goroutines that leak.
func (e *Engine) exited() bool { return exited(e.cmd) }

func exited(cmd *exec.Cmd) bool { return changed(cmd, unix.WEXITED) }

// changed tells whether a program has come to the given state (WEXITED,
// WSTOPPED) and leaves the news for the next who asks.
func changed(cmd *exec.Cmd, state int) bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, cmd.Process.Pid, &info, state|unix.WNOHANG|unix.WNOWAIT, nil)
	return err == nil && info.Signo != 0
}

func (e *Engine) pid() int {
	if e.cmd == nil {
		return 0
	}
	return e.cmd.Process.Pid
}

func (e *Engine) newClient() (*client.Client, error) {
	return client.NewClientWithOpts(client.WithHost(e.Host()), client.WithAPIVersionNegotiation())
}

func (e *Engine) dataRoot() string { return e.path("data") }

func (e *Engine) path(name string) string { return filepath.Join(e.slot.dir, name) }

// poll calls done until it says true or fails, at most for limit.
func poll(limit time.Duration, done func() (bool, error)) error {
	deadline := time.Now().Add(limit)
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not within %v", limit)
		}
		time.Sleep(pollEvery)
	}
}
