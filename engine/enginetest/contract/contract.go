//go:build linux

// Package contract is what Slipway expects of every engine, as one suite of tests that runs against any of them:
//
//	contract.Run(t, connect, contract.Env{Client: private.Client, Image: enginetest.TinyImage(t, private), …})
package contract

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/enginetest"
	"slipway/engine/enginetest/wait"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"

	"github.com/docker/docker/client"
)

// Env is what the suite needs beside the engine.
type Env struct {
	// Client makes a plain client of the same engine, for what others make and Slipway only sees.
	Client func(testing.TB) *client.Client
	// Image is the name of the tiny image ([enginetest.TinyImage]) in the engine.
	Image string
	// Open is a registry without and Locked one with a password (User, Password). The engine reaches both, and Locked
	// holds the image LockedRef. Without them, nil, what needs them is left out.
	Open, Locked   *enginetest.Registry
	LockedRef      string
	User, Password string
	// OOM tells whether the engine can limit memory.
	OOM bool
}

// suite is one run of the contract.
type suite struct {
	connect func(*testing.T) *engine.Engine
	env     Env
}

// open is the registry without a password.
func (s *suite) open(t testing.TB) *enginetest.Registry { return registry(t, s.env.Open) }

// locked is the registry with one.
func (s *suite) locked(t testing.TB) *enginetest.Registry { return registry(t, s.env.Locked) }

func registry(t testing.TB, r *enginetest.Registry) *enginetest.Registry {
	t.Helper()
	if r == nil {
		t.Skip("it needs a registry")
	}
	return r
}

// Result is how a part of the contract went.
type Result struct {
	Part   string
	Passed bool
	// Cannot says what of it the engine cannot do, which it was asked to show; "" for an engine that can do all.
	Cannot string
}

// Run tests the engine that connect connects to. Each part makes its own containers and clears them away. It returns
// how each part went, in order.
func Run(t *testing.T, connect func(t *testing.T) *engine.Engine, env Env) []Result {
	t.Helper()
	s := &suite{connect, env}
	info := connect(t).Info()
	var results []Result
	for _, part := range []struct {
		name string
		test func(*testing.T)
		// of is what the part asks for that an engine may lack; it asserts then that the engine does.
		of model.Ability
	}{
		{"Identity", s.identity, ""},
		{"Images/ListAndInspect", s.listImages, ""},
		{"Images/Pull", s.pull, ""},
		{"Images/PullCancelled", s.pullCancelled, ""},
		{"Images/PullBrokenImage", s.pullBrokenImage, ""},
		{"Images/PullRefused", s.pullRefused, ""},
		{"Images/PullWithPassword", s.pullWithPassword, ""},
		{"Images/Remove", s.removeImage, ""},
		{"Images/Download", s.download, ""},
		{"Containers/Create", s.create, ""},
		{"Containers/Lifecycle", s.lifecycle, ""},
		{"Containers/ExitCodes", s.exitCodes, ""},
		{"Containers/OutOfMemory", s.outOfMemory, model.TellMemoryEnd},
		{"Containers/BadCommand", s.badCommand, model.KeepStartError},
		{"Containers/Refusals", s.refusals, ""},
		{"Containers/PortTaken", s.portTaken, model.KeepStartError},
		{"Containers/VolumesStay", s.volumesStay, ""},
		{"Containers/ChangesAndStat", s.changes, ""},
		{"Containers/NextExitOfAutoRemoved", s.nextExit, ""},
		{"Containers/RestartOfAutoRemoved", s.restartAutoRemoved, model.RestartAutoRemoved},
		{"Containers/Stats", s.stats, model.ChangeLimit},
		{"Containers/Commit", s.commit, ""},
		{"Processes", s.processes, ""},
		{"Volumes", s.volumes, model.TellOwners},
		{"Disk", s.disk, ""},
		{"Events", s.events, ""},
		{"Files", s.files, ""},
		{"Terminal/Shell", s.terminal, ""},
		{"Terminal/HangUp", s.terminalHangUp, ""},
		{"Terminal/Attach", s.terminalAttach, ""},
		{"Terminal/Keys", s.terminalKeys, ""},
		{"Logs/Lines", s.logLines, ""},
		{"Logs/TTY", s.logTTY, ""},
		{"Logs/NotKept", s.logNotKept, ""},
		{"Logs/Follow", s.logFollow, ""},
	} {
		passed := t.Run(part.name, part.test)
		results = append(results, Result{part.name, passed, words.Of(info.Lacks(part.of)).String()})
	}
	return results
}

// limit is how long anything here may take.
const limit = 60 * time.Second

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	return ctx
}

var made atomic.Int64

// name is one that nobody else has.
func name(t *testing.T) string {
	t.Helper()
	part := t.Name()[strings.LastIndexByte(t.Name(), '/')+1:]
	return fmt.Sprintf("contract-%s-%d", strings.ToLower(part), made.Add(1))
}

// sh is a spec of the tiny image that runs a line of shell.
func (s *suite) sh(t *testing.T, line string) runspec.Spec {
	t.Helper()
	return runspec.Spec{Name: name(t), Image: s.env.Image, Command: []string{"sh", "-c", line}}
}

// idle keeps a container running until it is asked to stop.
const idle = "trap 'exit 0' TERM; sleep 100000 & wait"

// make creates a container that is gone when the test ends.
func (s *suite) make(t *testing.T, e *engine.Engine, spec runspec.Spec) model.Container {
	t.Helper()
	id, _, err := e.Create(bounded(t), spec, nil)
	if err != nil {
		t.Fatalf("create %s: %v", spec.Name, err)
	}
	t.Cleanup(func() { clear(t, e, id) })
	return look(t, e, id)
}

// start creates and starts a container.
func (s *suite) start(t *testing.T, e *engine.Engine, spec runspec.Spec) model.Container {
	t.Helper()
	c := s.make(t, e, spec)
	if err := e.Start(bounded(t), c); err != nil {
		t.Fatalf("start %s: %v", spec.Name, err)
	}
	return look(t, e, c.ID)
}

// clear removes a container whatever its state; the test's own context has ended by then.
func clear(t *testing.T, e *engine.Engine, id string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	c, err := e.Container(ctx, id)
	if model.IsKind(err, model.ProblemNotFound) {
		return
	}
	if c.Running() {
		_ = e.Kill(ctx, c)                                                                      // it may have ended by now
		if _, err := e.Wait(ctx, id); err != nil && !model.IsKind(err, model.ProblemNotFound) { // gone with its end
			t.Errorf("clear: %v", err)
		}
	}
	if err := e.Remove(ctx, c); err != nil && !model.IsKind(err, model.ProblemNotFound) && !c.AutoRemove {
		t.Errorf("clear: %v", err)
	}
}

func look(t *testing.T, e *engine.Engine, id string) model.Container {
	t.Helper()
	c, err := e.Container(bounded(t), id)
	if err != nil {
		t.Fatalf("inspect: %v", err)
	}
	return c
}

// listed is the container as the list has it.
func listed(t *testing.T, e *engine.Engine, id string, running bool) (model.Container, bool) {
	t.Helper()
	list, err := e.Containers(bounded(t), running)
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	for _, c := range list {
		if c.ID == id {
			return c, true
		}
	}
	return model.Container{}, false
}

func wantKind(t *testing.T, err error, kind model.ProblemKind) {
	t.Helper()
	if !model.IsKind(err, kind) {
		t.Errorf("want a problem of kind %s, got %#v", kind, err)
	}
}

// until waits for a state that the engine comes to by itself.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	wait.Until(t, limit, what, is)
}

// listen takes a port of this computer.
func listen(t *testing.T) (net.Listener, uint16) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, uint16(l.Addr().(*net.TCPAddr).Port)
}

func freePort(t *testing.T) uint16 {
	t.Helper()
	l, port := listen(t)
	l.Close()
	return port
}

func (s *suite) identity(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	info := e.Info()
	if info.ID == "" || info.Product == "" || info.Version == "" || info.APIVersion == "" || info.OS == "" ||
		info.Arch == "" || info.CPUs < 1 || info.Memory < 1 {
		t.Errorf("%+v", info)
	}
	if err := e.Ping(bounded(t)); err != nil {
		t.Error(err)
	}
	if again := s.connect(t).Info().ID; again != info.ID {
		t.Errorf("the engine %s is %s the next time", info.ID, again)
	}
}
