//go:build linux

package enginetest

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// Relay is a socket that passes everything on to an engine, and can do to connections what networks and sleeping
// computers do.
type Relay struct {
	socket   string
	listener net.Listener

	mu      sync.Mutex
	target  string
	stalled bool
	at      func(request string, answered bool) bool
	resume  *sync.Cond
	conns   map[net.Conn]bool
	asked   []string
	wg      sync.WaitGroup
}

// StartRelay makes a relay to an engine. It is gone when the test ends.
func StartRelay(t testing.TB, e *Engine) *Relay {
	t.Helper()
	r := &Relay{socket: filepath.Join(t.TempDir(), "relay.sock"), target: e.Socket(), conns: map[net.Conn]bool{}}
	r.resume = sync.NewCond(&r.mu)
	var err error
	if r.listener, err = net.Listen("unix", r.socket); err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	r.wg.Add(1)
	go r.accept()
	t.Cleanup(func() {
		r.listener.Close()
		r.Stall(false)
		r.cut()
		r.wg.Wait()
	})
	return r
}

// Host is the relay's address as DOCKER_HOST wants it.
func (r *Relay) Host() string { return "unix://" + r.socket }

// Switch cuts every connection and passes new ones on to another engine, as when an engine was upgraded.
func (r *Relay) Switch(to *Engine) {
	r.mu.Lock()
	r.target = to.Socket()
	r.mu.Unlock()
	r.cut()
}

// Stall keeps connections open and passes nothing on any more, as after the sleep of a computer, until it is called
// with false. What was sent meanwhile comes then.
func (r *Relay) Stall(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stalled = on
	r.resume.Broadcast()
}

// Forget lets the connections that are open now never pass anything on again, while new ones work: half open streams.
func (r *Relay) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.conns {
		r.conns[c] = false
	}
}

// At sets what is called before a request is passed on, and again before its answer is, with answered. When it returns
// false nothing is passed on and the connection is cut; both sides wait for it. nil is for nothing.
func (r *Relay) At(fn func(request string, answered bool) (pass bool)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at = fn
}

func (r *Relay) accept() {
	defer r.wg.Done()
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.mu.Lock()
		target := r.target
		r.mu.Unlock()
		var d net.Dialer
		engine, err := d.DialContext(context.Background(), "unix", strings.TrimPrefix(target, "unix://"))
		if err != nil {
			client.Close()
			continue
		}
		r.mu.Lock()
		r.conns[client], r.conns[engine] = true, true
		r.mu.Unlock()
		r.wg.Add(2)
		var open exchange
		go r.copy(client, engine, func(answer []byte) bool { return r.answered(&open) })
		go r.copy(engine, client, func(sent []byte) bool { return r.note(&open, sent) })
	}
}

// copy passes on one direction. The end of one direction is passed on as the end of that direction only, since attached
// streams go on in the other. note is shown what passes, and tells whether it does.
func (r *Relay) copy(to, from net.Conn, note func([]byte) bool) {
	defer r.wg.Done()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if !r.mayPass(from) {
			io.Copy(io.Discard, from) //nolint:errcheck // until it is closed: a half open stream says nothing
			return
		}
		if n > 0 {
			if !note(buf[:n]) {
				from.Close()
				to.Close()
				return
			}
			if _, err := to.Write(buf[:n]); err != nil {
				from.Close()
				return
			}
		}
		if err != nil {
			if c, ok := to.(interface{ CloseWrite() error }); ok && errors.Is(err, io.EOF) {
				_ = c.CloseWrite()
			} else {
				to.Close()
			}
			return
		}
	}
}

var requestLine = regexp.MustCompile(`^[A-Z]+ /\S* HTTP/1\.1\r\n`)

// exchange is the request on a connection whose answer has not begun.
type exchange struct {
	mu      sync.Mutex
	request string
}

// note remembers a request. Clients send the head of one at once, and the next when they have the answer.
func (r *Relay) note(open *exchange, sent []byte) (pass bool) {
	line := requestLine.Find(sent)
	if line == nil {
		return true
	}
	request := strings.TrimSuffix(string(line), " HTTP/1.1\r\n")
	open.mu.Lock()
	open.request = request
	open.mu.Unlock()
	r.mu.Lock()
	r.asked = append(r.asked, request)
	at := r.at
	r.mu.Unlock()
	return at == nil || at(request, false)
}

// answered is called when something of an answer came.
func (r *Relay) answered(open *exchange) (pass bool) {
	open.mu.Lock()
	request := open.request
	open.request = ""
	open.mu.Unlock()
	r.mu.Lock()
	at := r.at
	r.mu.Unlock()
	return request == "" || at == nil || at(request, true)
}

// Asked is what the engine was asked through the relay since the last call, such as "GET /v1.41/containers/json?all=1".
func (r *Relay) Asked() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	asked := r.asked
	r.asked = nil
	return asked
}

// mayPass waits while the relay is stalled, and tells whether the connection still passes things on.
func (r *Relay) mayPass(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.stalled {
		r.resume.Wait()
	}
	return r.conns[c]
}

// cut closes every connection.
func (r *Relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.conns {
		c.Close()
	}
	clear(r.conns)
}
