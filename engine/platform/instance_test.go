//go:build linux || darwin || freebsd || netbsd || openbsd

package platform

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/adrg/xdg"
)

// instanceHome gives the test folders of its own, so that it meets no other Slipway.
func instanceHome(t *testing.T) {
	t.Helper()
	t.Cleanup(xdg.Reload)              // the last to be done
	dir, err := os.MkdirTemp("", "si") // a test's own folder has too long a name for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for name, sub := range map[string]string{
		"HOME": "", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache",
		"XDG_RUNTIME_DIR": "run",
	} {
		t.Setenv(name, filepath.Join(dir, sub))
	}
	if err := os.Mkdir(filepath.Join(dir, "run"), 0o700); err != nil {
		t.Fatal(err)
	}
	xdg.Reload()
}

// setenv changes where the user's folders are.
func setenv(t *testing.T, name, value string) {
	t.Helper()
	t.Setenv(name, value)
	xdg.Reload()
}

// served claims the place and serves it until the test or stop ends it.
func served(t *testing.T, obey func(context.Context, Request) error) (stop func()) {
	t.Helper()
	i, handed, err := Claim(t.Context(), Request{Do: DoShow})
	if i == nil || handed || err != nil {
		t.Fatalf("claimed %v %v %v", i, handed, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		i.Serve(ctx, obey)
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		wg.Wait()
		if err := i.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func TestInstanceHandsOver(t *testing.T) {
	instanceHome(t)
	got := make(chan Request, 1)
	refuse := errors.New("not this one")
	stop := served(t, func(_ context.Context, r Request) error {
		got <- r
		if r.Recipe == "none" {
			return refuse
		}
		return nil
	})
	for _, r := range []Request{
		{Do: DoShow},
		{Do: DoLaunch, Recipe: "scipy", Folder: "/tmp/with \"quotes\"\nand lines"},
		{Do: DoOpen, Folder: "/a", File: "/a/b.ipynb"},
	} {
		i, handed, err := Claim(t.Context(), r)
		if i != nil || !handed || err != nil {
			t.Fatalf("%+v: %v %v %v", r, i, handed, err)
		}
		if other := <-got; other != r {
			t.Errorf("asked %+v, got %+v", r, other)
		}
	}
	if i, handed, err := Claim(t.Context(), Request{Do: DoLaunch, Recipe: "none"}); i != nil || handed || err == nil ||
		err.Error() != refuse.Error() {
		t.Errorf("refused: %v %v %v", i, handed, err)
	}
	<-got

	path, err := instancePath()
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != os.ModeSocket|0o600 {
		t.Errorf("the socket is %v, %v", info, err)
	}
	if !strings.HasPrefix(path, os.Getenv("XDG_RUNTIME_DIR")) {
		t.Errorf("it is %s", path)
	}
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte("nonsense\n")); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 512)
	n, err := c.Read(buffer)
	if err != nil || !strings.Contains(string(buffer[:n]), `"ok":false`) {
		t.Errorf("nonsense is answered %q, %v", buffer[:n], err)
	}
	stop()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
}

// TestInstanceAgain gives the place to the next one after an orderly end, and to one of many who come at once.
func TestInstanceAgain(t *testing.T) {
	instanceHome(t)
	for range 2 {
		stop := served(t, func(context.Context, Request) error { return nil })
		stop()
	}
	const many = 12
	var mu sync.Mutex
	var owners []*Instance
	ctx, cancel := context.WithCancel(context.Background())
	var asking, serving sync.WaitGroup
	handedOver := 0
	for range many {
		asking.Add(1)
		go func() {
			defer asking.Done()
			i, handed, err := Claim(ctx, Request{Do: DoShow})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				t.Error(err)
			case handed:
				handedOver++
			default:
				owners = append(owners, i)
				serving.Add(1)
				go func() {
					defer serving.Done()
					i.Serve(ctx, func(context.Context, Request) error { return nil })
				}()
			}
		}()
	}
	asking.Wait()
	if len(owners) != 1 || handedOver != many-1 {
		t.Errorf("%d have the place, %d handed over", len(owners), handedOver)
	}
	cancel()
	serving.Wait()
	for _, i := range owners {
		i.Close()
	}
}

// TestInstancesApart lets Slipways with other configuration directories alone, though they share the runtime directory.
func TestInstancesApart(t *testing.T) {
	instanceHome(t)
	served(t, func(context.Context, Request) error { return errors.New("this one was asked") })
	setenv(t, "XDG_CONFIG_HOME", filepath.Join(os.Getenv("HOME"), "another"))
	served(t, func(context.Context, Request) error { return nil })
}

// TestInstanceWithoutRuntimeDir takes the cache, and a folder for temporary files where that is too deep for a socket.
func TestInstanceWithoutRuntimeDir(t *testing.T) {
	instanceHome(t)
	setenv(t, "XDG_RUNTIME_DIR", filepath.Join(os.Getenv("HOME"), "none"))
	served(t, func(context.Context, Request) error { return nil })
	if path, _ := instancePath(); !strings.HasPrefix(path, os.Getenv("XDG_CACHE_HOME")) {
		t.Errorf("it is %s", path)
	}
	t.Setenv("TMPDIR", os.Getenv("HOME"))
	setenv(t, "XDG_CACHE_HOME", filepath.Join(os.Getenv("HOME"), strings.Repeat("deep/", 20)))
	if path, err := instancePath(); err != nil || !strings.HasPrefix(path, filepath.Join(os.Getenv("HOME"), "slipway-")) {
		t.Errorf("it is %s, %v", path, err)
	}
}

// crashEnv makes the test binary a Slipway that ends without a word while it has the place.
const crashEnv = "SLIPWAY_TEST_CRASH"

// TestInstanceAfterCrash replaces the socket of one that was killed.
func TestInstanceAfterCrash(t *testing.T) {
	if os.Getenv(crashEnv) != "" {
		if i, _, err := Claim(t.Context(), Request{Do: DoShow}); i == nil || err != nil {
			t.Fatal(err)
		}
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		_ = self.Kill()
		select {}
	}
	instanceHome(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestInstanceAfterCrash$")
	cmd.Env = append(os.Environ(), crashEnv+"=1")
	if out, err := cmd.CombinedOutput(); err == nil || cmd.ProcessState.Exited() {
		t.Fatalf("it was not killed: %v\n%s", err, out)
	}
	path, err := instancePath()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&os.ModeSocket == 0 {
		t.Fatalf("it left no socket: %v", err)
	}
	served(t, func(context.Context, Request) error { return nil })
	if _, handed, err := Claim(t.Context(), Request{Do: DoShow}); !handed || err != nil {
		t.Errorf("%v %v", handed, err)
	}
}
