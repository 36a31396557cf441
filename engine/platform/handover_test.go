//go:build linux

package platform

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"slipway/engine/model"
)

const secretAddress = "http://127.0.0.1:8888/lab/tree/a b.ipynb?token=5ec2e7"

// opened is what an xdg-open that only writes down its argument was given, once it was.
func opened(t *testing.T) (start func(address string) *Browser, argument func() string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "opened")
	fakeOpener(t, "echo $$ >\"$PID\"; printf '%s' \"$1\" >'"+file+"'")
	return func(address string) *Browser {
			b := new(Browser)
			if err := b.Open(t.Context(), address); err != nil {
				t.Fatal(err)
			}
			return b
		}, func() string {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
}

// ask asks for a page without following where it leads.
func askFor(t *testing.T, method, address, host string) (status int, location string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	c := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := c.Do(r)
	if err != nil {
		return 0, ""
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	if location = response.Header.Get("Location"); location != "" &&
		response.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Error("the page tells where its visitor comes from")
	}
	return response.StatusCode, location
}

func closed(t *testing.T, b *Browser) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	b.Close(ctx)
	if ctx.Err() != nil {
		t.Error("it waits for a page that was taken")
	}
}

func TestHandOver(t *testing.T) {
	start, argument := opened(t)
	for address, want := range map[string]string{
		"http://127.0.0.1:5000":    "http://127.0.0.1:5000",
		"https://docs.docker.com/": "https://docs.docker.com/",
	} {
		closed(t, start(address))
		if got := argument(); got != want {
			t.Errorf("%s is opened as %s", address, got)
		}
	}
	for _, address := range []string{
		secretAddress, "http://u:5ec2e7@host/", "https://host/#5ec2e7", "https://host/invite/5ec2e7", "http://host?5ec2e7",
	} {
		b := start(address)
		page := argument()
		if strings.Contains(page, "5ec2e7") || !strings.HasPrefix(page, "http://127.0.0.1:") {
			t.Fatalf("%s is given to a program as %s", address, page)
		}
		for _, wrong := range []struct{ method, page, host string }{
			{http.MethodGet, page + "0", ""},
			{http.MethodGet, page, "evil.example.com"},
			{http.MethodHead, page, ""},
			{http.MethodPost, page, ""},
			{http.MethodGet, strings.TrimRight(page, "0123456789abcdef"), ""},
		} {
			if code, to := askFor(t, wrong.method, wrong.page, wrong.host); to != "" || code != http.StatusForbidden {
				t.Errorf("%v is answered with %d %s", wrong, code, to)
			}
		}
		code, to := askFor(t, http.MethodGet, page, "")
		if code != http.StatusSeeOther || !strings.Contains(to, "5ec2e7") {
			t.Errorf("%s leads to %d %s", page, code, to)
		}
		if _, again := askFor(t, http.MethodGet, page, ""); again != "" {
			t.Errorf("%s leads on twice", page)
		}
		closed(t, b)
	}
}

// TestHandOverOnce has many ask at once.
func TestHandOverOnce(t *testing.T) {
	start, argument := opened(t)
	b := start(secretAddress)
	page := argument()
	var mu sync.Mutex
	var wg sync.WaitGroup
	led := 0
	for range 20 {
		wg.Go(func() {
			if _, to := askFor(t, http.MethodGet, page, ""); to != "" {
				mu.Lock()
				led++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if led != 1 {
		t.Errorf("it led on %d times", led)
	}
	closed(t, b)
}

func TestHandOverIsWithdrawn(t *testing.T) {
	start, argument := opened(t)
	b := start(secretAddress)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	b.Close(ctx)
	if _, to := askFor(t, http.MethodGet, argument(), ""); to != "" {
		t.Error("a closed browser leads on")
	}
	if err := b.Open(t.Context(), secretAddress); !errors.Is(err, errClosed) {
		t.Errorf("a closed browser opens: %v", err)
	}
}

// TestHandOverToOthers has another user read every program's arguments while a page is opened, and ask for what it
// finds.
func TestHandOverToOthers(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can start a program as another user")
	}
	start, argument := opened(t)
	b := start(secretAddress)
	page := argument()
	host := strings.TrimPrefix(page, "http://")
	host, path, _ := strings.Cut(host, "/")
	at, port, _ := strings.Cut(host, ":")
	cmd := exec.Command("bash", "-c",
		`cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n'; exec 3<>"/dev/tcp/$1/$2"; printf 'GET /%s HTTP/1.1\r\nHost: %s:%s\r\n\r\n' "$3" "$1" "$2" >&3; cat <&3`, "x", at, port, path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "5ec2e7") || !strings.Contains(string(out), "403 Forbidden") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, to := askFor(t, http.MethodGet, page, ""); !strings.Contains(to, "5ec2e7") {
		t.Error("after somebody else asked, the user's own browser is not led on")
	}
	closed(t, b)
}

// TestHandOverByFile is the way where the kernel does not say whose a connection is.
func TestHandOverByFile(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	out := filepath.Join(t.TempDir(), "opened")
	fakeOpener(t, "echo $$ >\"$PID\"; printf '%s' \"$1\" >'"+out+"'")
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	h, err := handOverFile(ctx, `http://127.0.0.1:1/?a="><script>&token=5ec2e7`, func(wait bool, fn func()) {
		if wait {
			t.Error("nobody has to wait for a file")
		}
		wg.Go(fn)
	}, func(model.Fact) string { return "<script>" })
	if err != nil {
		t.Fatal(err)
	}
	if err := h.open(); err != nil {
		t.Fatal(err)
	}
	argument, err := os.ReadFile(out)
	file := strings.TrimPrefix(string(argument), "file://")
	if err != nil || strings.Contains(file, "5ec2e7") {
		t.Fatalf("opened %s, %v", argument, err)
	}
	page, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(page), "token=5ec2e7") || strings.Contains(string(page), "<script>") ||
		!strings.Contains(string(page), "no-referrer") {
		t.Errorf("%s %v", page, err)
	}
	for path, mode := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v", path, info.Mode(), err)
		}
	}
	cancel()
	wg.Wait()
	if _, err := os.Stat(file); err != nil {
		t.Error("a browser on its way finds nothing")
	}
	old := time.Now().Add(-2 * handOverTime)
	if err := os.Chtimes(filepath.Dir(file), old, old); err != nil {
		t.Fatal(err)
	}
	h, err = handOverFile(t.Context(), "http://127.0.0.1:1/?x", func(_ bool, fn func()) { wg.Go(fn) },
		new(Browser).say)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("an old page stays")
	}
	h.end()
	wg.Wait()
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), handOverFolder+"*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
