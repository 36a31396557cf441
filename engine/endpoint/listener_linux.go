package endpoint

import (
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"

	"slipway/engine/platform"

	"golang.org/x/sys/unix"
)

// listenerOf is the name of the program that listens on a unix socket, "" where the kernel does not tell, as of
// one in another PID namespace (unix(7), SO_PEERCRED); nested tells that it is in a PID namespace below this
// one, which is a container's.
func listenerOf(path string) (name string, nested bool) {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return "", false
	}
	defer conn.Close()
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return "", false
	}
	var peer *unix.Ucred
	if err := raw.Control(func(fd uintptr) {
		peer, _ = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil || peer == nil || peer.Pid <= 0 {
		return "", false
	}
	proc := "/proc/" + strconv.Itoa(int(peer.Pid))
	comm, _ := os.ReadFile(proc + "/comm")
	status, _ := os.ReadFile(proc + "/status")
	return strings.TrimSpace(string(comm)), inner(string(status))
}

// inner reports whether a process has another number in a PID namespace below this one: see proc(5), NSpid in status.
func inner(status string) bool {
	for line := range strings.Lines(status) {
		if numbers, ok := strings.CutPrefix(line, "NSpid:"); ok {
			return len(strings.Fields(numbers)) > 1
		}
	}
	return false
}

// portListener is the name of the program that listens on the port of an address of this computer, "" where the kernel
// does not tell, as of other users' programs.
func portListener(host string) string {
	u, err := url.Parse(host)
	if err != nil {
		return ""
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		return ""
	}
	return platform.PortOwner(uint16(port)).Name
}

// thisMachine is the release of the running kernel and the machine's memory in bytes, both as engines tell them; "" and
// 0 where they cannot be read.
func thisMachine() (release string, memory int64) {
	var name unix.Utsname
	if err := unix.Uname(&name); err == nil {
		release = unix.ByteSliceToString(name.Release[:])
	}
	text, _ := os.ReadFile("/proc/meminfo")
	for line := range strings.Lines(string(text)) {
		if amount, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			kilo, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(amount), " kB"), 10, 64)
			return release, kilo << 10
		}
	}
	return release, 0
}
