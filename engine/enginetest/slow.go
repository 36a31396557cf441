//go:build linux

package enginetest

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Slow puts a proxy in front of the registry that sends the content of layers
// at bytesPerSecond, all connections together, and returns its address. Pull
// [At] that address to watch progress or to cancel.
func (r *Registry) Slow(t testing.TB, bytesPerSecond int, opts ...ProxyOption) (addr string) {
	t.Helper()
	return r.Proxy(t, bytesPerSecond, opts...).Addr()
}

// Proxy is as Slow and returns the proxy itself, whose speed can be changed.
// bytesPerSecond 0 is full speed. The proxy is closed when the test ends, and
// no goroutine of it stays.
func (r *Registry) Proxy(t testing.TB, bytesPerSecond int, opts ...ProxyOption) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("enginetest: proxy: %v", err)
	}
	p := &Proxy{addr: listener.Addr().String(), bucket: newBucket(bytesPerSecond)}
	for _, opt := range opts {
		opt(p)
	}
	p.serve(listener, r.Addr())
	t.Cleanup(p.close)
	return p
}

// Proxy stands in front of a registry and makes it slow or unreliable.
type Proxy struct {
	addr   string
	bucket *bucket
	sent   atomic.Int64

	resetAfter int64        // bytes of a layer; 0 is never
	resets     atomic.Int64 // how many are still to come

	server    http.Server
	transport http.Transport
	running   sync.WaitGroup // the server's loop and every connection
}

// ProxyOption changes how [Registry.Slow] serves.
type ProxyOption func(*Proxy)

// ResetAfter breaks the connection (TCP reset) each time that bytes of a layer
// have been sent, at most times times. Smaller layers pass.
func ResetAfter(bytes int64, times int) ProxyOption {
	return func(p *Proxy) {
		p.resetAfter = bytes
		p.resets.Store(int64(times))
	}
}

// Addr returns the proxy's "127.0.0.1:PORT".
func (p *Proxy) Addr() string { return p.addr }

// SetSpeed changes the speed, for transfers under way too. 0 is full speed.
func (p *Proxy) SetSpeed(bytesPerSecond int) { p.bucket.setSpeed(bytesPerSecond) }

// Sent returns how many bytes of layers and configurations have been sent.
func (p *Proxy) Sent() int64 { return p.sent.Load() }

// At returns an image reference with another registry address:
// At("127.0.0.1:2", "127.0.0.1:1/a/b:c") is "127.0.0.1:2/a/b:c".
func At(addr, ref string) string {
	_, path, _ := strings.Cut(ref, "/")
	return addr + "/" + path
}

func (p *Proxy) serve(listener net.Listener, registry string) {
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: registry})
			// The registry builds its Location headers from this: they must
			// lead back to the proxy.
			r.Out.Host = r.In.Host
		},
		ModifyResponse: p.slowDown,
		Transport:      &p.transport,
		FlushInterval:  -1,
		ErrorLog:       log.New(io.Discard, "", 0), // broken transfers are wanted
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			w.WriteHeader(http.StatusBadGateway)
		},
	}
	p.server = http.Server{
		Handler:   proxy,
		ErrorLog:  log.New(io.Discard, "", 0),
		ConnState: p.count,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
	}
	p.running.Add(1)
	go func() {
		defer p.running.Done()
		_ = p.server.Serve(listener) // until close
	}()
}

// count keeps account of the server's connections. New ones are told by the
// server's loop, which is counted itself.
func (p *Proxy) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		p.running.Add(1)
	case http.StateClosed, http.StateHijacked:
		p.running.Done()
	case http.StateActive, http.StateIdle: // still there
	}
}

// connKey is the key of a request's connection in its context.
type connKey struct{}

// close ends all transfers and waits for them.
func (p *Proxy) close() {
	_ = p.server.Close() // which cancels the contexts of the requests
	p.running.Wait()
	p.transport.CloseIdleConnections()
}

// slowDown puts the brake on the body of a blob.
func (p *Proxy) slowDown(response *http.Response) error {
	request := response.Request
	if request.Method != http.MethodGet || !strings.Contains(request.URL.Path, "/blobs/") {
		return nil
	}
	conn, _ := request.Context().Value(connKey{}).(*net.TCPConn)
	response.Body = &slowBody{ReadCloser: response.Body, ctx: request.Context(), proxy: p, conn: conn}
	return nil
}

// slowBody reads a blob no faster than the proxy's bucket fills.
type slowBody struct {
	io.ReadCloser
	ctx   context.Context
	proxy *Proxy
	conn  *net.TCPConn
	sent  int64
}

var errReset = errors.New("connection broken by the test")

func (b *slowBody) Read(buffer []byte) (int, error) {
	limit := b.proxy.bucket.portion()
	if after := b.proxy.resetAfter; after > 0 {
		if b.sent >= after && b.proxy.resets.Add(-1) >= 0 {
			_ = b.conn.SetLinger(0) // closing then sends a reset
			return 0, errReset
		}
		if left := after - b.sent; left > 0 {
			limit = min(limit, int(left))
		}
	}
	n, err := b.ReadCloser.Read(buffer[:min(len(buffer), limit)])
	b.sent += int64(n)
	b.proxy.sent.Add(int64(n))
	if errWait := b.proxy.bucket.take(b.ctx, n); errWait != nil {
		return n, errWait
	}
	return n, err
}

// bucket hands out bytes at a speed, to all who take in turn.
type bucket struct {
	mu      sync.Mutex
	speed   int           // bytes per second; 0 is no limit
	free    time.Time     // when everything handed out so far is paid for
	changed chan struct{} // closed when the speed changes
}

func newBucket(speed int) *bucket { return &bucket{speed: speed, changed: make(chan struct{})} }

// portion is how much to take at once: a twentieth of a second's.
func (b *bucket) portion() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.speed == 0 {
		return 32 << 10
	}
	return min(max(b.speed/20, 1), 32<<10)
}

func (b *bucket) setSpeed(speed int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.speed, b.free = speed, time.Time{}
	close(b.changed)
	b.changed = make(chan struct{})
}

// take waits until n bytes may have passed. A change of speed ends the wait.
func (b *bucket) take(ctx context.Context, n int) error {
	wait, changed := b.reserve(n)
	if wait <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *bucket) reserve(n int) (time.Duration, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.speed == 0 {
		return 0, b.changed
	}
	now := time.Now()
	if b.free.Before(now) {
		b.free = now
	}
	b.free = b.free.Add(time.Duration(float64(n) / float64(b.speed) * float64(time.Second)))
	return b.free.Sub(now), b.changed
}
