//go:build linux

package enginetest

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"strings"
)

// An engine's slot N owns the addresses 10.231.8N.0/21: the first /24 for the
// default bridge, the second half for networks that tests create.

func (s *slot) addresses() netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 231, byte(s.number * 8), 0}), 21)
}

// network is the default bridge's part of the slot's addresses.
func (s *slot) network() netip.Prefix { return s.gateway().Masked() }

func (s *slot) gateway() netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 231, byte(s.number * 8), 1}), 24)
}

func (s *slot) pool() netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 231, byte(s.number*8 + 4), 0}), 22)
}

func (s *slot) bridge() string { return "swtest-" + s.name() }

// addressesFree tells whether no interface of the machine, other than a
// leftover of this very slot, uses one of the slot's addresses.
func (s *slot) addressesFree() bool {
	interfaces, err := net.Interfaces()
	if err != nil {
		return false
	}
	for _, i := range interfaces {
		if i.Name != s.bridge() && hasAddressIn(i, s.addresses()) {
			return false
		}
	}
	return true
}

// makeBridge makes the slot's bridge before dockerd starts. dockerd would make
// docker0 itself, and with "--bridge none" remove the user's.
func makeBridge(s *slot) error {
	return errors.Join(
		ip("link", "add", "name", s.bridge(), "type", "bridge"),
		ip("address", "add", s.gateway().String(), "dev", s.bridge()),
		ip("link", "set", s.bridge(), "up"),
	)
}

// removeBridges removes the slot's bridge and those that its engine made for
// networks: they have one of the slot's addresses.
func removeBridges(s *slot) error {
	interfaces, err := net.Interfaces()
	if err != nil {
		return err
	}
	var failed error
	for _, i := range interfaces {
		ours := i.Name == s.bridge() ||
			(strings.HasPrefix(i.Name, "br-") || strings.HasPrefix(i.Name, "podman")) && hasAddressIn(i, s.addresses())
		if ours {
			failed = errors.Join(failed, ip("link", "delete", i.Name))
		}
	}
	return failed
}

func hasAddressIn(i net.Interface, addresses netip.Prefix) bool {
	has, err := i.Addrs()
	if err != nil {
		return false // it has gone since
	}
	for _, a := range has {
		prefix, err := netip.ParsePrefix(a.String())
		if err == nil && prefix.Overlaps(addresses) {
			return true
		}
	}
	return false
}

func ip(arguments ...string) error {
	out, err := exec.Command("ip", arguments...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", strings.Join(arguments, " "), err, out)
	}
	return nil
}

// hasPrefix tells whether text is a range of the slot's addresses.
func (s *slot) hasPrefix(text string) bool {
	prefix, err := netip.ParsePrefix(text)
	return err == nil && s.addresses().Contains(prefix.Addr())
}

// hasAddress tells whether text is an address of the slot.
func (s *slot) hasAddress(text string) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && s.kind == engineSlots && s.addresses().Contains(address)
}
