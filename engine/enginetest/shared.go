//go:build linux

package enginetest

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// Main runs a package's tests, stops the engine that they shared, and fails
// when a goroutine of the tests is left after that. It returns the exit code:
//
//	func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }
func Main(m *testing.M) int {
	before := goleak.IgnoreCurrent()
	shared.open()
	code := m.Run()
	if err := shared.close(); err != nil {
		fmt.Fprintf(os.Stderr, "enginetest: clearing the shared engine away: %v\n", err)
		return max(code, 1)
	}
	if code != 0 {
		return code
	}
	// Go's own watcher of signals stays for good once it was used.
	if err := goleak.Find(before, goleak.IgnoreAnyFunction("os/signal.loop")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// Shared returns the engine that all tests of this test binary use, started
// when the first one asks. It needs [Main]. Containers and images of other
// tests are in it too: look only at your own, and start an engine of your own
// with [Start] to kill it. If the test failed, what the engine logged since
// Shared is printed.
func Shared(t testing.TB) *Engine {
	t.Helper()
	notShort(t)
	e, err := shared.get()
	if err != nil {
		giveUp(t, err)
	}
	from := e.logSize()
	t.Cleanup(func() { e.logTailOnFailure(t, from) })
	return e
}

var shared sharedEngine

type sharedEngine struct {
	mu     sync.Mutex
	opened bool // Main runs and will close
	engine *Engine
	err    error // of the first start; the second would fail the same way
}

func (s *sharedEngine) open() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened = true
}

func (s *sharedEngine) get() (*Engine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.opened {
		return nil, errors.New("Shared needs func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }")
	}
	if s.engine == nil && s.err == nil {
		s.engine, s.err = start(nil)
	}
	return s.engine, s.err
}

func (s *sharedEngine) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened = false
	if s.engine == nil {
		return nil
	}
	err := s.engine.destroy()
	s.engine = nil
	return err
}
