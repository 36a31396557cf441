//go:build linux

package engine_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"slipway/engine"
	"slipway/engine/endpoint"
	"slipway/engine/enginetest"
	"slipway/engine/runspec"
)

// guard is a proxy before an engine that lets nothing pass without a header, as companies have it. It returns its
// address and what it refused.
func guard(t *testing.T, private *enginetest.Engine) (address string, refused func() []string) {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", private.Socket())
	}}
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "docker.example.com"})
	proxy.Transport, proxy.FlushInterval = transport, -1
	var mu sync.Mutex
	var list []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Meta-Key") != "t" || r.Header.Get("User-Agent") != "slipway" {
			mu.Lock()
			list = append(list, r.Method+" "+r.URL.Path+" "+r.Header.Get("User-Agent"))
			mu.Unlock()
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { server.CloseClientConnections(); server.Close(); transport.CloseIdleConnections() })
	return server.Listener.Addr().String(), func() []string { mu.Lock(); defer mu.Unlock(); return list }
}

// TestHeaders sends the headers of config.json, or else those of the environment, with every request, streams too.
func TestHeaders(t *testing.T) {
	private := enginetest.Shared(t)
	image := enginetest.TinyImage(t, private)
	address, refused := guard(t, private)
	for name, set := range map[string][2]string{
		"config.json":           {`{"HttpHeaders":{"X-Meta-Key":"t","User-Agent":"other"}}`, ""},
		"DOCKER_CUSTOM_HEADERS": {`{"HttpHeaders":{"X-Meta-Key":"other"}}`, "x-meta-key=t"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(set[0]), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("DOCKER_CONFIG", dir)
			t.Setenv("DOCKER_CUSTOM_HEADERS", set[1])
			t.Setenv("DOCKER_HOST", address)
			e, err := engine.Connect(t.Context(), endpoint.Find()[0], enginetest.Key)
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			askAll(t, e, private, image)
			if list := refused(); len(list) > 0 {
				t.Errorf("without the header: %q", list)
			}
		})
	}
	t.Setenv("DOCKER_CONFIG", t.TempDir())
	t.Setenv("DOCKER_HOST", address)
	if e, err := engine.Connect(t.Context(), endpoint.Find()[0], enginetest.Key); err == nil {
		e.Close()
		t.Error("the proxy lets everything pass")
	}
}

// askAll makes a call of each kind: plain ones, streams, and those that take over the connection.
func askAll(t *testing.T, e *engine.Engine, private *enginetest.Engine, image string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	events, ended := e.Events(ctx)
	id, _, err := e.Create(ctx, runspec.Spec{Image: image, Command: []string{"sh", "-c", "echo hello; exec sleep 1d"}},
		nil)
	if err != nil {
		t.Fatal(err)
	}
	defer private.RemoveForced(t, id)
	c, err := e.Container(ctx, id)
	if err == nil {
		err = e.Start(ctx, c)
	}
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-events:
	case err := <-ended:
		t.Errorf("events: %v", err)
	}
	if out, code, err := e.Exec(ctx, id, "echo", "hi"); err != nil || code != 0 || out != "hi\n" {
		t.Errorf("exec: %q, %d, %v", out, code, err)
	}
	following, stop := context.WithCancel(ctx)
	seen := false
	_ = e.Logs(following, id, 10, true, func(engine.LogLine) { seen = true; stop() })
	stop()
	if !seen {
		t.Error("logs: nothing came")
	}
	terminal, err := e.OpenTerminal(ctx, id, engine.TerminalOptions{Command: []string{"sh"}, Cols: 80, Rows: 24})
	if err != nil {
		t.Errorf("terminal: %v", err)
	} else {
		terminal.Close(ctx)
	}
	cancel()
}
