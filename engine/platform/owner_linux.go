package platform

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// PortOwner is the process that listens on the TCP port. It is none when the kernel does not tell, as for other users'
// processes.
func PortOwner(port uint16) Process {
	inodes := inodesAt(port)
	if len(inodes) == 0 {
		return Process{}
	}
	fds, _ := filepath.Glob("/proc/[0-9]*/fd/[0-9]*")
	for _, fd := range fds {
		target, err := os.Readlink(fd)
		if err != nil || !strings.HasPrefix(target, "socket:[") || !inodes[strings.Trim(target[7:], "[]")] {
			continue
		}
		dir := filepath.Dir(filepath.Dir(fd))
		name, _ := os.ReadFile(dir + "/comm")
		groups, _ := os.ReadFile(dir + "/cgroup")
		pid, _ := strconv.Atoi(filepath.Base(dir))
		return Process{PID: pid, Name: strings.TrimSpace(string(name)), Container: containerID.FindString(string(groups))}
	}
	return Process{}
}

// containerID is a container's full ID, by which engines name its control group.
var containerID = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

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
