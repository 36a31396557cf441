//go:build linux

package enginetest

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/client"
	"github.com/docker/go-connections/nat"
	"go.uber.org/goleak"
)

// A container of the tiny image with a published port answers on 127.0.0.1.
func TestPublishedPort(t *testing.T) {
	e := Shared(t)
	id := runHTTPD(t, e)
	if got := get(t, "http://"+published(t, e.Client(t), id)); !strings.Contains(got, TinyGreeting) {
		t.Errorf("the page is %q", got)
	}
}

// After a crash the engine starts again with its containers.
func TestKillAndRestart(t *testing.T) {
	e := Start(t)
	id := runHTTPD(t, e)
	before := e.Pid()
	e.Kill()
	if e.Pid() != 0 {
		t.Error("a killed engine has a process id")
	}
	if _, err := e.Client(t).Ping(t.Context()); !client.IsErrConnectionFailed(err) {
		t.Errorf("ping of a killed engine: %v", err)
	}
	e.Restart(t)
	if e.Pid() == before || e.Pid() == 0 {
		t.Errorf("process %d after %d", e.Pid(), before)
	}
	c := e.Client(t)
	if err := c.ContainerRestart(t.Context(), id, container.StopOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := get(t, "http://"+published(t, c, id)); !strings.Contains(got, TinyGreeting) {
		t.Errorf("the page is %q", got)
	}
}

// A frozen engine is silent, and answers when thawed.
func TestFreeze(t *testing.T) {
	e := Start(t)
	c := e.Client(t)
	for range 20 {
		e.Freeze()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if _, err := c.Ping(ctx); err == nil {
			t.Error("a frozen engine answered")
		}
		cancel()
		e.Thaw()
		if _, err := c.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// Two engines know nothing of each other and both publish ports.
func TestTwoEngines(t *testing.T) {
	one, two := Shared(t), Start(t)
	c1, c2 := one.Client(t), two.Client(t)
	id1, id2 := runHTTPD(t, one), runHTTPD(t, two)
	get(t, "http://"+published(t, c1, id1))
	get(t, "http://"+published(t, c2, id2))
	if _, err := c1.ContainerInspect(t.Context(), id2); err == nil {
		t.Error("an engine shows the other's container")
	}
	info1, err1 := c1.Info(t.Context())
	info2, err2 := c2.Info(t.Context())
	if err1 != nil || err2 != nil || info1.ID == info2.ID {
		t.Errorf("engines %q, %q, errors %v, %v", info1.ID, info2.ID, err1, err2)
	}
}

// A full disk says so.
func TestFullDisk(t *testing.T) {
	e := Start(t, WithDataRootTmpfs(24<<20))
	c := e.Client(t)
	id := create(t, c, &container.Config{
		Image: TinyImage(t, e),
		Cmd:   []string{"dd", "if=/dev/zero", "of=/work/x", "bs=1M", "count=64"},
	}, nil)
	wait, failed := c.ContainerWait(t.Context(), id, container.WaitConditionNextExit)
	if err := c.ContainerStart(t.Context(), id, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	select {
	case end := <-wait:
		if end.StatusCode == 0 {
			t.Error("64 MB fit in 24 MB")
		}
	case err := <-failed:
		t.Fatal(err)
	}
	if Podman() {
		return // it logs nothing: conmon, which runs the container, keeps the output
	}
	// Not even dd's complaint could be kept; the engine says why.
	if log, err := os.ReadFile(e.Log()); err != nil || !strings.Contains(string(log), "no space left on device") {
		t.Errorf("the engine's log does not name the full disk (%v)", err)
	}
}

// An engine whose test binary died is found and cleared by the next start.
// Another test binary may be quicker than we are and take the slot, so that
// only what was this engine's alone can be looked for.
func TestLeftovers(t *testing.T) {
	e, err := start(nil)
	if err != nil {
		giveUp(t, err)
	}
	c := e.Client(t)
	id := runHTTPD(t, e)
	inspected, err := c.ContainerInspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	program, folder := e.cmd, "containers"
	if Podman() {
		folder = "overlay-containers"
	}
	files := filepath.Join(e.dataRoot(), folder, id)
	if _, err := os.Stat(files); err != nil {
		t.Fatal(err)
	}
	if err := e.slot.release(); err != nil { // as the kernel does at our end
		t.Fatal(err)
	}
	if err := clearLeftovers(); err != nil {
		t.Fatal(err)
	}
	_ = program.Wait()
	gone := func(path string) bool { _, err := os.Stat(path); return err != nil }
	err = poll(killLimit, func() (bool, error) {
		return gone(files) && gone(filepath.Join("/proc", strconv.Itoa(inspected.State.Pid))), nil
	})
	if err != nil {
		t.Errorf("the container is still there: %v", err)
	}
}

// An engine that is stopped with its containers running, one of them paused,
// leaves nothing: no processes, mounts, bridges, cgroups, folders, goroutines.
func TestDestroyLeavesNothing(t *testing.T) {
	ignore := goleak.IgnoreCurrent()
	e, err := start(nil)
	if err != nil {
		giveUp(t, err)
	}
	t.Run("use", func(t *testing.T) {
		c := e.Client(t)
		runHTTPD(t, e)
		if err := c.ContainerPause(t.Context(), runHTTPD(t, e)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.NetworkCreate(t.Context(), "of-a-test", network.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	})
	if err := e.clear(); err != nil {
		t.Error(err)
	}
	assertNothingOf(t, e.slot)
	if err := e.slot.release(); err != nil {
		t.Error(err)
	}
	goleak.VerifyNone(t, ignore)
}

func TestOwns(t *testing.T) {
	s := &slot{kind: engineSlots, number: 3, dir: slotDir(engineSlots, 3)}
	tests := map[string]bool{
		"dockerd --data-root " + s.dir + "/data":                                true,
		"/usr/bin/containerd-shim-runc-v2 -address " + s.dir + "/exec/x.sock":   true,
		"/usr/bin/docker-proxy -proto tcp -container-ip 10.231.24.2":            true,
		"/usr/bin/docker-proxy -proto tcp -container-ip 10.231.32.2":            false,
		"docker -H unix://" + s.dir + "/docker.sock ps":                         false,
		"dockerd --data-root " + slotDir(engineSlots, 4) + "/data":              false,
		"dockerd --data-root " + s.dir + "4/data":                               false,
		"dockerd -H unix:///var/run/docker.sock":                                false,
		"vim " + filepath.Join(s.dir, "dockerd.log"):                            false,
		"docker-registry serve " + slotDir(registrySlots, 3) + "/config.yml":    false,
		"/usr/sbin/dockerd --host unix://" + filepath.Join(s.dir, "other.sock"): true,
	}
	for line, want := range tests {
		if got := s.owns(strings.Fields(line)); got != want {
			t.Errorf("%s: owned %v", line, got)
		}
	}
}

// assertNothingOf looks for whatever a slot may have left.
func assertNothingOf(t *testing.T, s *slot) {
	t.Helper()
	pids, err := processes()
	if err != nil {
		t.Fatal(err)
	}
	for _, pid := range pids {
		line, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
		if arguments := strings.Split(string(line), "\x00"); s.owns(arguments) {
			t.Errorf("still runs: %q", arguments)
		}
	}
	if mounts, _ := os.ReadFile("/proc/self/mountinfo"); strings.Contains(string(mounts), s.dir+"/") {
		t.Errorf("still mounted below %s:\n%s", s.dir, mounts)
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		if i.Name == s.bridge() || hasAddressIn(i, s.addresses()) {
			t.Errorf("%s is still there", i.Name)
		}
	}
	if dirs, err := cgroupDirs(s.cgroup()); err != nil || len(dirs) > 0 {
		t.Errorf("still there: cgroups %v (%v)", dirs, err)
	}
	if Podman() {
		rules, err := exec.Command(findBinary("iptables-save")).Output()
		if err != nil || strings.Contains(string(rules), s.network().String()) ||
			strings.Contains(string(rules), s.bridge()) {
			t.Errorf("still there: rules of %s (%v)\n%s", s.network(), err, rules)
		}
		if cgroups, err := s.cgroups(); err != nil || len(cgroups) != 1 {
			t.Errorf("still there: cgroups %q (%v)", cgroups, err)
		}
	}
	if _, err := os.Stat(s.dir); err == nil {
		t.Errorf("%s is still there", s.dir)
	}
}

// runHTTPD runs the tiny image's web server with a published port.
func runHTTPD(t *testing.T, e *Engine) (id string) {
	t.Helper()
	c := e.Client(t)
	id = create(t, c,
		&container.Config{Image: TinyImage(t, e), Cmd: TinyServer()},
		&container.HostConfig{PortBindings: nat.PortMap{"8080/tcp": {{HostIP: "127.0.0.1", HostPort: ""}}}},
	)
	if err := c.ContainerStart(t.Context(), id, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	return id
}

func create(t *testing.T, c *client.Client, config *container.Config, host *container.HostConfig) (id string) {
	t.Helper()
	made, err := c.ContainerCreate(t.Context(), config, host, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return made.ID
}

// published returns where the container's only published port is, "IP:PORT".
func published(t *testing.T, c *client.Client, id string) string {
	t.Helper()
	inspected, err := c.ContainerInspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, bindings := range inspected.NetworkSettings.Ports {
		for _, b := range bindings {
			return b.HostIP + ":" + b.HostPort
		}
	}
	t.Fatalf("no published port: %+v", inspected.NetworkSettings.Ports)
	return ""
}

// get gets a page, again while nothing listens in the container yet.
func get(t *testing.T, url string) (body string) {
	t.Helper()
	web := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	var last error
	err := poll(30*time.Second, func() (bool, error) {
		response, err := web.Get(url)
		if err != nil {
			last = err
			return false, nil
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		body = string(text)
		return response.StatusCode == http.StatusOK && err == nil, nil
	})
	if err != nil {
		t.Fatalf("%s: %v (%v)", url, err, last)
	}
	return body
}
