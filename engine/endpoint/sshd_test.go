//go:build linux

package endpoint_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/engine/endpoint"
	"slipway/engine/enginetest"
	"slipway/engine/enginetest/wait"
	"slipway/engine/model"
	"slipway/engine/words"

	"golang.org/x/crypto/ssh"
)

// sshServer is a private SSH server for the real ssh command, with files of that in dir.
type sshServer struct {
	dir, port string
	key       ssh.PublicKey // that may sign in

	mu      sync.Mutex
	socket  string // "docker system dial-stdio" leads here; "" as where docker is not installed
	refuses bool
	asked   []string // the commands that were run
}

// newKey makes a key for SSH and writes it into a file, with a passphrase unless that is "".
func newKey(t *testing.T, file, passphrase string) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte(passphrase))
	}
	if err == nil {
		err = os.WriteFile(file, pem.EncodeToMemory(block), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// startSSH starts the server, and puts an ssh command first in PATH that is the real one with the configuration
// dir/config.
func startSSH(t *testing.T) *sshServer {
	t.Helper()
	real, err := exec.LookPath("ssh")
	if err != nil {
		t.Skip("there is no ssh command")
	}
	s := &sshServer{dir: t.TempDir()}
	host := newKey(t, filepath.Join(s.dir, "host"), "")
	s.key = newKey(t, filepath.Join(s.dir, "id"), "").PublicKey()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, s.port, _ = net.SplitHostPort(l.Addr().String())
	config := &ssh.ServerConfig{PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.refuses || string(key.Marshal()) != string(s.key.Marshal()) {
			return nil, fmt.Errorf("not this key")
		}
		return nil, nil //nolint:nilnil // no limits
	}}
	config.AddHostKey(host)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			wg.Add(1)
			go func() { defer wg.Done(); s.serve(conn, config) }()
		}
	}()
	t.Cleanup(func() { l.Close(); wg.Wait() })
	s.knows(t, host.PublicKey())
	s.configure(t, "id")
	bin := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\nexec '%s' -F '%s' \"$@\"\n", real, filepath.Join(s.dir, "config"))
	if err := os.WriteFile(filepath.Join(bin, "ssh"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("SSH_AUTH_SOCK", "")
	return s
}

// knows makes this the key by which ssh knows the server.
func (s *sshServer) knows(t *testing.T, key ssh.PublicKey) {
	t.Helper()
	line := fmt.Sprintf("[127.0.0.1]:%s %s", s.port, ssh.MarshalAuthorizedKey(key))
	if err := os.WriteFile(filepath.Join(s.dir, "known"), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
}

// configure writes what ssh reads: the server is called lab, and through is reached by way of it.
func (s *sshServer) configure(t *testing.T, key string) {
	t.Helper()
	text := fmt.Sprintf("Host lab\n HostName 127.0.0.1\n Port %s\nHost *\n User me\n IdentityFile %s\n IdentitiesOnly yes\n UserKnownHostsFile %s\n",
		s.port, filepath.Join(s.dir, key), filepath.Join(s.dir, "known"))
	if err := os.WriteFile(filepath.Join(s.dir, "config"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s *sshServer) serve(conn net.Conn, config *ssh.ServerConfig) {
	defer conn.Close()
	server, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	defer server.Close()
	go ssh.DiscardRequests(requests)
	for c := range channels {
		if c.ChannelType() != "session" {
			_ = c.Reject(ssh.UnknownChannelType, "")
			continue
		}
		channel, asked, err := c.Accept()
		if err != nil {
			return
		}
		go s.session(channel, asked)
	}
}

// session runs the one command of a session.
func (s *sshServer) session(channel ssh.Channel, requests <-chan *ssh.Request) {
	defer channel.Close()
	for r := range requests {
		if r.Type != "exec" {
			_ = r.Reply(false, nil)
			continue
		}
		var command struct{ Line string }
		_ = ssh.Unmarshal(r.Payload, &command)
		_ = r.Reply(true, nil)
		s.mu.Lock()
		s.asked = append(s.asked, command.Line)
		socket := s.socket
		s.mu.Unlock()
		status := uint32(0)
		if to, err := net.Dial("unix", socket); err != nil {
			_, _ = io.WriteString(channel.Stderr(), "bash: line 1: docker: command not found\n")
			status = 127
		} else {
			go func() { _, _ = io.Copy(to, channel); _ = to.(*net.UnixConn).CloseWrite() }()
			_, _ = io.Copy(channel, to)
			to.Close()
		}
		_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{status}))
		return
	}
}

// children are the processes of this one whose program is ssh, dead ones that nobody waited for among them.
func children() []string {
	var list []string
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		text, _ := os.ReadFile(stat)
		if name, rest, ok := strings.Cut(string(text), ") "); ok && strings.HasSuffix(name, "(ssh") {
			if f := strings.Fields(rest); len(f) > 1 && f[1] == fmt.Sprint(os.Getpid()) {
				list = append(list, string(text))
			}
		}
	}
	return list
}

// TestSSH reaches an engine by the real ssh command, in the forms that its configuration allows, and says with ssh's
// own words why it is not reached. No process of ssh is left.
func TestSSH(t *testing.T) {
	private := enginetest.Shared(t)
	isolate(t)
	s := startSSH(t)
	s.socket = private.Socket()
	far := func(host string) endpoint.Endpoint {
		return endpoint.Endpoint{Name: "far", Source: endpoint.FromContext, Host: host}
	}
	for host, command := range map[string]string{
		"ssh://lab": "docker system dial-stdio", "ssh://me@lab": "docker system dial-stdio",
		"ssh://me@127.0.0.1:" + s.port: "docker system dial-stdio",
		"ssh://lab/run/x/docker.sock":  "docker --host=unix:///run/x/docker.sock system dial-stdio",
	} {
		s.asked = nil
		wantAnswer(t, check(t, far(host)), model.Elsewhere)
		if len(s.asked) == 0 || strings.ReplaceAll(s.asked[0], "'", "") != command {
			t.Errorf("%s: %q is run", host, s.asked)
		}
	}
	fails := func(host, reason, command string) {
		t.Helper()
		began := time.Now()
		a := check(t, far(host))
		wantProblem(t, a, model.ProblemUnreachable)
		if a.Problem == nil || !strings.Contains(words.Of(a.Problem.Why).String(), "SSH reports: ") ||
			!strings.Contains(words.Of(a.Problem.Why).String(), reason) ||
			a.Problem.Command.String() != command {
			t.Errorf("%s: %+v", host, a.Problem)
		}
		t.Logf("%s: %v: %s", host, time.Since(began), words.Of(a.Problem.Why))
	}
	set := func(fn func()) { s.mu.Lock(); defer s.mu.Unlock(); fn() }
	set(func() { s.socket = "" })
	fails("ssh://me@lab", "docker: command not found", "ssh -- me@lab docker version")
	set(func() { s.refuses = true })
	fails("ssh://me@lab", "Permission denied (publickey)", "ssh -- me@lab docker version")
	newKey(t, filepath.Join(s.dir, "locked"), "geheim")
	s.configure(t, "locked")
	fails("ssh://lab/run/x.sock", "Permission denied (publickey)", "ssh -- lab docker --host unix:///run/x.sock version")
	s.knows(t, newKey(t, filepath.Join(s.dir, "other"), "").PublicKey())
	fails("ssh://lab", "Host key verification failed", "ssh -- lab docker version")
	fails("ssh://me@127.0.0.1:1", "Connection refused", "ssh -p 1 -- me@127.0.0.1 docker version")
	fails("ssh://nowhere.invalid", "nowhere.invalid", "ssh -- nowhere.invalid docker version")
	wait.Until(t, wait.Limit, "the end of every ssh", func() bool { return len(children()) == 0 }, func() string {
		return fmt.Sprintf("left: %q", children())
	})
}
