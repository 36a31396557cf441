package platform

import (
	"bufio"
	"encoding/hex"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// StrangerListens reports whether another ordinary user of this computer listens on a TCP port of this address, so that
// what answers there is that user's program. Engines publish ports as root or as their own user, or by the firewall,
// where nobody listens. Those in but are no strangers, by their numbers.
func StrangerListens(host string, port uint16, but ...int) bool {
	address, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, table := range socketTables {
		for _, s := range sockets(table) {
			takes := s.state == listening && s.local.Port() == port &&
				(s.local.Addr().Unmap() == address.Unmap() || s.local.Addr().IsUnspecified())
			if takes && s.uid != 0 && s.uid != os.Getuid() && !slices.Contains(but, s.uid) &&
				!(s.uid == overflowUser && mappedUsers()) {
				return true
			}
		}
	}
	return false
}

// socketTables are where the kernel lists the TCP sockets of this computer, to everybody.
var socketTables = []string{"/proc/net/tcp", "/proc/net/tcp6"}

// overflowUser stands for all users that have no number in a user namespace (user_namespaces(7)), root outside of it
// among them.
const overflowUser = 65534

// mappedUsers reports whether Slipway runs in a user namespace in which not all users have a number, as in a toolbox.
func mappedUsers() bool {
	text, err := os.ReadFile("/proc/self/uid_map")
	return err == nil && strings.Join(strings.Fields(string(text)), " ") != "0 0 4294967295"
}

// The states of a socket in the kernel's tables.
const (
	established = "01"
	listening   = "0A"
)

// socket is a TCP socket of this computer.
type socket struct {
	local, remote netip.AddrPort
	state         string
	uid           int // of who opened it
	inode         string
}

// sockets reads a table in the form of proc(5), /proc/net/tcp: both addresses and ports in hex, the address in the
// machine's byte order by words of four; the state; in the eighth column the user's ID, and in the tenth the inode.
func sockets(table string) []socket {
	f, err := os.Open(table)
	if err != nil {
		return nil
	}
	defer f.Close()
	var list []socket
	for lines := bufio.NewScanner(f); lines.Scan(); {
		col := strings.Fields(lines.Text())
		if len(col) < 10 {
			continue
		}
		local, ok := parseSocket(col[1])
		remote, ok2 := parseSocket(col[2])
		if uid, err := strconv.Atoi(col[7]); ok && ok2 && err == nil {
			list = append(list, socket{local, remote, col[3], uid, col[9]})
		}
	}
	return list
}

func parseSocket(text string) (netip.AddrPort, bool) {
	ip, number, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(ip)
	port, perr := strconv.ParseUint(number, 16, 16)
	if err != nil || perr != nil || len(raw)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 { // all machines that Slipway runs on have the low byte first
		raw[i], raw[i+1], raw[i+2], raw[i+3] = raw[i+3], raw[i+2], raw[i+1], raw[i]
	}
	address, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(address, uint16(port)), ok
}
