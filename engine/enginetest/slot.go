//go:build linux

package enginetest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// slot is a numbered place for one engine or one registry: a folder, and for
// an engine a bridge, addresses and a cgroup. The process that uses a slot
// holds the lock of its lock file. The kernel lets go of the lock when that
// process ends, however it ends: a folder whose lock is free is a leftover.
type slot struct {
	kind   slotKind
	number int
	dir    string
	lock   *os.File
}

// slotKind is the letter before the number in a slot's name.
type slotKind byte

const (
	engineSlots   slotKind = 'e'
	registrySlots slotKind = 'r'

	slotCount = 32 // of each kind
)

// takeSlot clears what ended processes left behind and locks a free slot.
func takeSlot(kind slotKind) (*slot, error) {
	if err := makeBase(); err != nil {
		return nil, err
	}
	if err := clearLeftovers(); err != nil {
		return nil, err
	}
	for number := range slotCount {
		s, err := lockSlot(kind, number)
		if err != nil {
			return nil, err
		}
		if s == nil {
			continue
		}
		if kind == engineSlots && !s.addressesFree() {
			if err := s.release(); err != nil {
				return nil, err
			}
			continue
		}
		if err := errors.Join(s.clear(), os.MkdirAll(s.dir, 0o711)); err != nil {
			return nil, errors.Join(err, s.release())
		}
		return s, nil
	}
	return nil, fmt.Errorf("all %d places for private engines in %s are in use", slotCount, base())
}

// clearLeftovers clears every slot that has a folder and no process.
func clearLeftovers() error {
	var failed error
	for _, kind := range []slotKind{engineSlots, registrySlots} {
		for number := range slotCount {
			if _, err := os.Lstat(slotDir(kind, number)); err != nil {
				continue
			}
			s, err := lockSlot(kind, number)
			if err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			if s != nil {
				failed = errors.Join(failed, s.clear(), s.release())
			}
		}
	}
	return failed
}

// lockSlot locks a slot, or returns nil when another process has it.
func lockSlot(kind slotKind, number int) (*slot, error) {
	dir := slotDir(kind, number)
	// The lock file stays for ever: to remove one would let two processes
	// lock two files of the same name.
	lock, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = flock(lock, unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, lock.Close()
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &slot{kind: kind, number: number, dir: dir, lock: lock}, nil
}

// release gives the slot up.
func (s *slot) release() error { return s.lock.Close() }

func (s *slot) name() string { return slotName(s.kind, s.number) }

func slotName(kind slotKind, number int) string { return fmt.Sprintf("%c%02d", kind, number) }

func slotDir(kind slotKind, number int) string {
	return filepath.Join(base(), slotName(kind, number))
}

// base is the folder of all slots: short, since socket paths are, and not in
// /tmp, which is memory on many machines.
func base() string { return fmt.Sprintf("/var/tmp/slipway-test-%d", os.Geteuid()) }

// makeBase makes the base folder, which other users may pass (a test that
// gives up root reaches its socket) but not list, and refuses one that
// somebody else put there.
func makeBase() error {
	if err := os.Mkdir(base(), 0o711); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	var stat unix.Stat_t
	if err := unix.Lstat(base(), &stat); err != nil {
		return err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR || int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("%s is not a folder of ours", base())
	}
	return os.Chmod(base(), 0o711)
}

// flock locks or unlocks a file for this open file; it goes on when a signal
// interrupts it.
func flock(file *os.File, how int) error {
	for {
		err := unix.Flock(int(file.Fd()), how)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
