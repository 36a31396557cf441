// Package platform is about this computer: its ports and who holds them, its folders, its browser.
package platform

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// PortFree tells whether a server could listen on the TCP port of this address now. An empty address means every
// network. A port below 1024 that only root may open counts as free, since the engine opens it.
func PortFree(address string, port uint16) bool {
	hosts := []string{address}
	if address == "" || address == "0.0.0.0" || address == "::" {
		hosts = []string{"0.0.0.0", "127.0.0.1"}
	} else if ip := net.ParseIP(address); ip != nil && ip.IsLoopback() && ip.To4() != nil {
		// Somebody who listens on every network takes loopback too, though the kernel would let both listen.
		hosts = []string{address, "0.0.0.0"}
	}
	for _, h := range hosts {
		l, err := net.Listen("tcp", net.JoinHostPort(h, strconv.Itoa(int(port))))
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

// NextFreePort is the first port from start upwards that is free here and that taken does not name; 0 when there is none.
func NextFreePort(address string, start uint16, taken func(uint16) bool) uint16 {
	for p := int(start); p > 0 && p <= 65535; p++ {
		if (taken == nil || !taken(uint16(p))) && PortFree(address, uint16(p)) {
			return uint16(p)
		}
	}
	return 0
}

// ErrNoWeb says that something listens on a port, but speaks neither http nor https.
var ErrNoWeb = errors.New("neither http nor https")

// WebScheme finds out whether the server at host:port speaks "https" or "http". It returns the dial's error when nobody
// listens, and [ErrNoWeb] for other protocols.
func WebScheme(ctx context.Context, hostPort string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", hostPort)
	if err != nil {
		return "", err
	}
	conn.Close()
	// Only the protocol is of interest here, not who answers: browsers check the certificate themselves.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true} //nolint:gosec
	defer transport.CloseIdleConnections()
	asked := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, scheme := range []string{"https", "http"} {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+hostPort+"/", nil)
		if err != nil {
			return "", err
		}
		if r, err := asked.Do(req); err == nil {
			r.Body.Close()
			return scheme, nil
		}
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return "", ErrNoWeb
}
