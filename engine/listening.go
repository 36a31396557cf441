package engine

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// Listening are the addresses and TCP ports that the programs of a running container listen on, inside its own network.
// It asks cat of the container, and fails where there is none.
func (e *Engine) Listening(ctx context.Context, id string) ([]netip.AddrPort, error) {
	text, _, err := e.Exec(ctx, id, "cat", "/proc/net/tcp", "/proc/net/tcp6") // one of them may be missing
	if err != nil {
		return nil, err
	}
	return parseListening(text), nil
}

// listens is the state of a socket that waits for connections, as the kernel writes it
// (Documentation/networking/proc_net_tcp.rst).
const listens = "0A"

// parseListening reads /proc/net/tcp and tcp6.
func parseListening(text string) []netip.AddrPort {
	var list []netip.AddrPort
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 4 || fields[3] != listens {
			continue
		}
		if at, ok := kernelAddress(fields[1]); ok {
			list = append(list, at)
		}
	}
	return list
}

// kernelAddress reads an address in the kernel's form: words of four bytes in the machine's own order, and the port.
func kernelAddress(text string) (netip.AddrPort, bool) {
	host, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	n, errPort := strconv.ParseUint(port, 16, 16)
	if err != nil || errPort != nil || len(raw) != 4 && len(raw) != 16 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 { // little-endian, as all machines are that containers run on, but for s390x
		binary.BigEndian.PutUint32(raw[i:], binary.LittleEndian.Uint32(raw[i:]))
	}
	ip, _ := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(ip.Unmap(), uint16(n)), true
}
