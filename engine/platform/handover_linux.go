package platform

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/engine/model"

	"github.com/pkg/browser"
)

// handOver listens on a port of 127.0.0.1 and leads the first who asks for a random path on to the address, if that is
// a program of this user: others can read the path among the arguments of programs, but the kernel says whose a
// connection is. A file would do for most browsers, but not for those that may not read the user's hidden folders, as
// the one of Ubuntu. What runs until then is given to run, and ends with ctx.
func handOver(ctx context.Context, address string, run runner, say func(model.Fact) string) (*handedOver, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if !seen(l.Addr().String()) { // the kernel does not say here whose a connection is
		l.Close()
		return handOverFile(ctx, address, run, say)
	}
	at, path := l.Addr().String(), handOverPath+nonce()
	ctx, cancel := context.WithTimeout(ctx, handOverTime)
	var once sync.Once
	server := &http.Server{
		ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 64 << 10,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Cache-Control", "no-store")
			h.Set("Referrer-Policy", "no-referrer")
			h.Set("Connection", "close")
			if r.Host != at || r.URL.Path != path || r.Method != http.MethodGet || !ownPeer(r.RemoteAddr, at) {
				http.Error(w, say(model.Say("platform.this-page-is-for-you-only")), http.StatusForbidden)
				return
			}
			first := false
			once.Do(func() { first = true })
			if !first {
				http.Error(w, say(model.Say("platform.this-page-was-opened-already")), http.StatusGone)
				return
			}
			http.Redirect(w, r, address, http.StatusSeeOther)
			cancel()
		}),
	}
	run(true, func() {
		defer cancel()
		served := make(chan struct{})
		go func() { defer close(served); _ = server.Serve(l) }()
		<-ctx.Done()
		last, done := context.WithTimeout(context.Background(), time.Second) // for the answer that is being written
		defer done()
		if server.Shutdown(last) != nil {
			server.Close()
		}
		<-served
	})
	return &handedOver{open: func() error { return browser.OpenURL("http://" + at + path) }, end: cancel}, nil
}

// ownPeer reports whether the other end of a connection on this computer is a program of this user, or of
// root, who can do anything anyway. One that has closed its end counts for nobody's. Under Windows the browser
// is not among Linux's programs.
func ownPeer(remote, local string) bool {
	peer, err := netip.ParseAddrPort(remote)
	to, err2 := netip.ParseAddrPort(local)
	if err != nil || err2 != nil {
		return false
	}
	for _, table := range socketTables {
		for _, s := range sockets(table) {
			if same(s.local, peer) && same(s.remote, to) {
				return s.state == established && (s.uid == 0 || s.uid == os.Getuid())
			}
		}
	}
	return underWindows()
}

// seen reports whether the kernel lists who listens at an address.
func seen(at string) bool {
	address, err := netip.ParseAddrPort(at)
	return err == nil && slices.ContainsFunc(sockets(socketTables[0]), func(s socket) bool {
		return same(s.local, address)
	})
}

// underWindows reports whether this Linux is one of the Windows Subsystem for Linux.
func underWindows() bool {
	version, err := os.ReadFile("/proc/sys/kernel/osrelease")
	return err == nil && strings.Contains(strings.ToLower(string(version)), "microsoft")
}

func same(a, b netip.AddrPort) bool {
	return a.Port() == b.Port() && a.Addr().Unmap() == b.Addr().Unmap()
}
