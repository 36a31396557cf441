package endpoint

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/docker/docker/api/types"
)

// IsSSH tells whether the endpoint is reached by starting an ssh process, which is slow and may ask for a log-in.
func (e Endpoint) IsSSH() bool {
	scheme, _, found := strings.Cut(e.Host, "://")
	return found && strings.EqualFold(scheme, "ssh")
}

// errLikeOption is the error of an address that ssh could read as one of its options.
var errLikeOption = errors.New("the user or the host begins with a dash, which ssh takes for an option")

// likeOption reports whether the user or the host of an ssh:// address begins with a dash. An address comes from a
// colleague's context as well, and ssh has options that run programs.
func likeOption(host string) bool {
	u, err := url.Parse(host)
	return err == nil && (strings.HasPrefix(u.Hostname(), "-") || strings.HasPrefix(u.User.Username(), "-"))
}

// sshTarget is an ssh:// address as words for the ssh command.
func sshTarget(host string) []string {
	u, err := url.Parse(host)
	if err != nil {
		return []string{"--", strings.TrimPrefix(host, "ssh://")}
	}
	target := u.Hostname()
	if name := u.User.Username(); name != "" {
		target = name + "@" + target
	}
	if port := u.Port(); port != "" {
		return []string{"-p", port, "--", target}
	}
	return []string{"--", target}
}

// sshAlive makes ssh notice within 45 s that the other side is gone, after a sleep of this computer for example. Without
// it a call on such a connection would wait for hours. TCP has the like from Go.
var sshAlive = []string{"-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3"}

type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// sayingWhy makes the connections of dial, each of which is a process of its own, tell why that process ended.
func sayingWhy(dial dialer) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return &commandConn{Conn: conn}, nil
	}
}

// commandConn is a connection to a command's standard input and output. What the command said before it ended, "Permission
// denied" for example, is in the error of Read alone. A command that ends at once may do so before the first request is
// written; then the request would fail with "broken pipe", and that would be all that a user sees.
type commandConn struct {
	net.Conn
	// closed is set by the side that writes. The command's end closes the pipe as well, with the same error.
	closed atomic.Bool
}

// Write writes to the command. What a command does not take any more because it has ended is dropped: whoever wrote waits
// for an answer, and Read says why there is none.
func (c *commandConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err == nil || c.closed.Load() {
		return n, err
	}
	return len(p), nil
}

// Close ends the command.
func (c *commandConn) Close() error {
	c.closed.Store(true)
	return c.Conn.Close()
}

// CloseWrite ends the command's standard input, as the client does at the end of what it sends to a program.
func (c *commandConn) CloseWrite() error {
	c.closed.Store(true)
	if half, ok := c.Conn.(types.CloseWriter); ok {
		return half.CloseWrite()
	}
	return nil
}
