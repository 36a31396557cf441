// Package platform is about this computer: its ports and who holds them, its folders, its browser.
//
// One Slipway runs for each configuration directory, see [Claim]. The socket slipway/HASH.sock in the runtime
// directory, or else in the cache, takes the requests of the others, one line of JSON each; a lock beside it says who
// has the place. Programs that run side by side, as those of the tests do, need another XDG_CONFIG_HOME or HOME.
package platform

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// PortFree tells whether a server could listen on the port of this address now, with protocol "tcp" or "udp"; "" means
// tcp, and of others nobody can tell, so they count as free. An empty address means every network. A port below 1024
// that only root may open counts as free, since the engine opens it.
func PortFree(address string, port uint16, protocol string) bool {
	try := map[string]func(string) (io.Closer, error){"": listenTCP, "tcp": listenTCP, "udp": listenUDP}[protocol]
	if try == nil {
		return true
	}
	hosts := []string{address}
	if address == "" || address == "0.0.0.0" || address == "::" {
		hosts = []string{"0.0.0.0", "127.0.0.1"}
	} else if ip := net.ParseIP(address); ip != nil && ip.IsLoopback() && ip.To4() != nil {
		// Somebody who listens on every network takes loopback too, though the kernel would let both listen.
		hosts = []string{address, "0.0.0.0"}
	}
	for _, h := range hosts {
		l, err := try(net.JoinHostPort(h, strconv.Itoa(int(port))))
		if err == nil {
			l.Close()
			continue
		}
		if !errors.Is(err, syscall.EACCES) && !errors.Is(err, syscall.EADDRNOTAVAIL) {
			return false
		}
	}
	return true
}

// OwnAddress reports whether an address is one of this computer's.
func OwnAddress(text string) bool {
	address := net.ParseIP(text)
	if address == nil || address.IsLoopback() {
		return address != nil
	}
	own, err := net.InterfaceAddrs()
	return err == nil && slices.ContainsFunc(own, func(a net.Addr) bool {
		network, ok := a.(*net.IPNet)
		return ok && network.IP.Equal(address)
	})
}

func listenTCP(address string) (io.Closer, error) { return net.Listen("tcp", address) }

func listenUDP(address string) (io.Closer, error) { return net.ListenPacket("udp", address) }

// ErrNoWeb says that something listens on a port, but speaks neither http nor https.
var ErrNoWeb = errors.New("neither http nor https")

// webPatience is how long a server may take to answer one protocol.
const webPatience = 3 * time.Second

// WebScheme finds out whether the server at host:port speaks "https" or "http". It returns the dial's error when nobody
// listens, and [ErrNoWeb] for other protocols.
func WebScheme(ctx context.Context, hostPort string) (string, error) {
	conn, err := (&net.Dialer{Timeout: webPatience}).DialContext(ctx, "tcp", hostPort)
	if err != nil {
		return "", err
	}
	conn.Close()
	// Plain http is asked first: a TLS greeting would stand as rubbish in the log of a server that speaks http. A TLS
	// server refuses plain http with 400, so that answer alone is no proof.
	status := askHTTP(ctx, hostPort)
	if status != 0 && status != http.StatusBadRequest {
		return "http", nil
	}
	if speaksTLS(ctx, hostPort) {
		return "https", nil
	}
	if status != 0 {
		return "http", nil
	}
	return "", ErrNoWeb
}

// speaksTLS tells whether a TLS handshake succeeds. Only the protocol is of interest here, not who answers: the
// browser checks the certificate itself.
func speaksTLS(ctx context.Context, hostPort string) bool {
	ctx, cancel := context.WithTimeout(ctx, webPatience)
	defer cancel()
	// #nosec G402 -- only the protocol is of interest, nothing is sent
	d := &tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}}
	conn, err := d.DialContext(ctx, "tcp", hostPort)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// askHTTP is the status that a plain request gets, 0 when the answer is not http.
func askHTTP(ctx context.Context, hostPort string) int {
	ctx, cancel := context.WithTimeout(ctx, webPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+hostPort+"/", nil)
	if err != nil {
		return 0
	}
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	c := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	r, err := c.Do(req)
	if err != nil {
		return 0
	}
	r.Body.Close()
	return r.StatusCode
}
