package platform

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// PortOwner names the process that listens on the TCP port, for example "jupyter-lab (process 4242)". It is empty
// when the kernel does not tell, as for other users' processes.
func PortOwner(port uint16) string {
	inodes := inodesAt(port)
	if len(inodes) == 0 {
		return ""
	}
	fds, _ := filepath.Glob("/proc/[0-9]*/fd/[0-9]*")
	for _, fd := range fds {
		target, err := os.Readlink(fd)
		if err != nil || !strings.HasPrefix(target, "socket:[") || !inodes[strings.Trim(target[7:], "[]")] {
			continue
		}
		pid := strings.Split(fd, "/")[2]
		name, _ := os.ReadFile("/proc/" + pid + "/comm")
		return fmt.Sprintf("%s (process %s)", strings.TrimSpace(string(name)), pid)
	}
	return ""
}

// inodesAt are the inodes of the sockets that listen on the port.
func inodesAt(port uint16) map[string]bool {
	inodes := map[string]bool{}
	for _, table := range socketTables {
		for _, s := range sockets(table) {
			if s.state == listening && s.local.Port() == port {
				inodes[s.inode] = true
			}
		}
	}
	return inodes
}
