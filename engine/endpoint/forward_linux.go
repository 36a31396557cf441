package endpoint

import (
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// forwarders are programs that pass on what comes to a socket of this computer, to another one as a rule.
var forwarders = []string{"ssh", "sshd", "autossh", "socat", "ncat", "nc", "kubectl"}

// forwarded reports whether another program than an engine listens on the endpoint's socket, or on its port of this computer.
// The name that an engine gives itself is no proof: many computers have the same.
func (e Endpoint) forwarded() bool {
	if isVirtualHost(e.Host) || e.Virtual {
		return false // a product's own virtual machine may be reached in such a way
	}
	if path := e.SocketPath(); path != "" {
		return slices.Contains(forwarders, listenerOf(path))
	}
	return false
}

// listenerOf is the name of the program that listens on a unix socket, "" where the kernel does not tell.
func listenerOf(path string) string {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return ""
	}
	defer conn.Close()
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return ""
	}
	var peer *unix.Ucred
	if err := raw.Control(func(fd uintptr) { peer, _ = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); err != nil || peer == nil || peer.Pid <= 0 {
		return ""
	}
	name, _ := os.ReadFile("/proc/" + strconv.Itoa(int(peer.Pid)) + "/comm")
	return strings.TrimSpace(string(name))
}
