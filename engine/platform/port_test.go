package platform

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"slipway/engine/words"
)

func listen(t *testing.T, address string) (net.Listener, uint16) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, uint16(l.Addr().(*net.TCPAddr).Port)
}

func TestPortFree(t *testing.T) {
	l, port := listen(t, "127.0.0.1:0")
	if PortFree("127.0.0.1", port, "tcp") || PortFree("", port, "tcp") {
		t.Error("a port somebody listens on counts as free")
	}
	l.Close()
	if !PortFree("127.0.0.1", port, "tcp") {
		t.Error("a port nobody listens on is not free")
	}
	_, wide := listen(t, "0.0.0.0:0")
	if PortFree("127.0.0.1", wide, "tcp") {
		t.Error("a port taken on every network counts as free on loopback")
	}
}

func TestPortFreeUDP(t *testing.T) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := uint16(c.LocalAddr().(*net.UDPAddr).Port)
	if PortFree("127.0.0.1", port, "udp") || PortFree("", port, "udp") {
		t.Error("a port that somebody listens on counts as free")
	}
	if !PortFree("127.0.0.1", port, "sctp") {
		t.Error("what cannot be told counts as taken")
	}
	c.Close()
	if !PortFree("127.0.0.1", port, "udp") {
		t.Error("a port that nobody listens on is not free")
	}
}

func TestPortOwner(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells without another program")
	}
	_, port := listen(t, "127.0.0.1:0")
	if got := PortOwner(port); got.PID != os.Getpid() || got.Container != "" ||
		!strings.HasSuffix(words.Of(got.Fact()).String(), " (process "+strconv.Itoa(os.Getpid())+")") {
		t.Errorf("owner of our own port: %+v", got)
	}
	if none := (Process{}).Fact(); !none.None() {
		t.Errorf("%q", none)
	}
}

func TestWebScheme(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) })
	plain, secure := httptest.NewServer(h), httptest.NewTLSServer(h)
	defer plain.Close()
	defer secure.Close()
	for want, s := range map[string]*httptest.Server{"http": plain, "https": secure} {
		if got, err := WebScheme(context.Background(), s.Listener.Addr().String()); got != want || err != nil {
			t.Errorf("got %q, %v; want %s", got, err, want)
		}
	}
	// A server that waits for more, as some do when they are greeted with TLS.
	slow := httptest.NewUnstartedServer(h)
	slow.Listener = patient{slow.Listener}
	slow.Start()
	defer slow.Close()
	if got, err := WebScheme(context.Background(), slow.Listener.Addr().String()); got != "http" || err != nil {
		t.Errorf("a patient http server: %q, %v", got, err)
	}
	l, _ := listen(t, "127.0.0.1:0")
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Write([]byte("SSH-2.0-x\r\n"))
			c.Close()
		}
	}()
	if _, err := WebScheme(context.Background(), l.Addr().String()); !errors.Is(err, ErrNoWeb) {
		t.Errorf("a server that is no web server: %v", err)
	}
}

// patient hands on only connections that begin like http, and keeps the others waiting.
type patient struct{ net.Listener }

func (p patient) Accept() (net.Conn, error) {
	for {
		c, err := p.Listener.Accept()
		if err != nil {
			return nil, err
		}
		first := make([]byte, 1)
		n, _ := c.Read(first)
		if n == 1 && first[0] == 'G' {
			return &begun{c, first}, nil
		}
	}
}

// begun is a connection of which the first byte was read.
type begun struct {
	net.Conn
	first []byte
}

func (b *begun) Read(p []byte) (int, error) {
	if len(b.first) > 0 {
		n := copy(p, b.first)
		b.first = b.first[n:]
		return n, nil
	}
	return b.Conn.Read(p)
}
