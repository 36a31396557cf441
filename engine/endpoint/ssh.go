package endpoint

import (
	"context"
	"errors"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"slipway/engine/model"

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

// plainPath are the paths of sockets that every shell reads as they are. The other side's shell reads the words behind
// the target once more, and no quoting of ours counts there.
var plainPath = regexp.MustCompile(`^/[A-Za-z0-9/._-]+$`)

// sshTry is what a person types to try an ssh:// address: the engine's version, asked at the same user and port, and at
// the same socket unless its path could be anything else to the shell on the other side.
func sshTry(host string) model.Shell {
	u, err := url.Parse(host)
	if err != nil || !plainPath.MatchString(u.Path) {
		return model.Run(slices.Concat([]string{"ssh"}, sshTarget(host), []string{"docker", "version"})...)
	}
	socket := url.URL{Scheme: "unix", Path: u.Path}
	return model.Run(slices.Concat([]string{"ssh"}, sshTarget(host),
		[]string{"docker", "--host", socket.String(), "version"})...)
}

// mostReason is how much of what ssh says is shown, in bytes.
const mostReason = 300

// sshReason is what ssh itself said at last, "" where it said nothing. docker/cli has it in no class of its own, but
// behind this mark (cli/connhelper/commandconn).
func sshReason(err error) string {
	_, text, _ := strings.Cut(err.Error(), "stderr=")
	lines := strings.Split(strings.TrimSpace(text), "\n")
	reason := model.VisibleLine(strings.TrimSpace(lines[len(lines)-1]))
	if len(reason) > mostReason {
		reason = strings.ToValidUTF8(reason[:mostReason], "") + "…"
	}
	return strings.TrimSuffix(reason, ".")
}

// explainSSH says why an engine is not reached over SSH.
func explainSSH(e Endpoint, err error) *model.Problem {
	why := model.Say("endpoint.ssh-must-log-in-without")
	if reason := sshReason(err); reason != "" {
		why = model.Say("endpoint.ssh-says", model.Args{"Reason": model.Name(reason), "Why": why})
	}
	p := &model.Problem{
		Kind: model.ProblemUnreachable, Cause: err,
		What: model.Say("endpoint.cannot-reach-over-ssh", model.Args{"HostName": model.Name(hostName(e.Host))}),
		Why:  why,
		Fix:  model.Say("endpoint.try-it-in-a-terminal"),
	}
	p.Command = sshTry(e.Host)
	return p
}

// sshOptions make ssh notice within 45 s that the other side is gone, after a sleep of this computer for example;
// without them a call on such a connection would wait for hours, where TCP has the like from Go. And they make it
// give up with its own reason before Slipway does, and ask nobody: neither a terminal nor a window that asks
// belongs to what goes on by itself.
var sshOptions = []string{
	"-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=3", "-o", "ConnectTimeout=10",
	"-o", "BatchMode=yes",
}

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

// commandConn is a connection to a command's standard input and output. What the command said before it ended,
// "Permission denied" for example, is in the error of Read alone. A command that ends at once may do so before the
// first request is written; then the request would fail with "broken pipe", and that would be all that a user sees.
type commandConn struct {
	net.Conn
	// closed is set by the side that writes. The command's end closes the pipe as well, with the same error.
	closed atomic.Bool
}

// Write writes to the command. What a command does not take any more because it has ended is dropped: whoever wrote
// waits for an answer, and Read says why there is none.
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
