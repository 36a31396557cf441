//go:build linux

package enginetest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// clear removes everything that the slot's engine or registry may have left:
// processes, mounts, bridges, cgroups, the folder. Only the holder of the
// slot's lock may call it. On a slot without leftovers it does nothing.
func (s *slot) clear() error {
	cgroups, err := s.cgroups()
	err = errors.Join(err, killCgroups(cgroups), killProcesses(s.owns), killCgroups(cgroups))
	if s.kind == engineSlots {
		err = errors.Join(err, unmountBelow(s.dir), removeBridges(s), s.removeRules())
		for _, cgroup := range cgroups {
			err = errors.Join(err, removeCgroup(cgroup))
		}
		if len(cgroups) > 1 {
			err = errors.Join(err, removePodmanCgroup())
		}
	}
	if err != nil {
		return fmt.Errorf("clear %s: %w", s.dir, err)
	}
	return os.RemoveAll(s.dir)
}

// killLimit is how long killed processes may take to go.
const killLimit = 10 * time.Second

// programs are those that a slot's owner starts, directly or not. A process is
// ended only if it is one of these and has the slot's folder or addresses in
// its command line; a test's own "docker -H …" is not.
var programs = []string{
	"dockerd", "containerd", "containerd-shim", "containerd-shim-runc-v1", "containerd-shim-runc-v2",
	"runc", "docker-proxy", "docker-registry", "podman", "conmon",
}

// killProcesses ends all processes whose command line is wanted and returns
// when there are none left.
func killProcesses(wanted func(arguments []string) bool) error {
	return poll(killLimit, func() (bool, error) {
		none := true
		pids, err := processes()
		for _, pid := range pids {
			if killIf(pid, wanted) {
				none = false
			}
		}
		return none, err
	})
}

// owns tells from a command line whether the process belongs to the slot.
func (s *slot) owns(arguments []string) bool {
	if !slices.Contains(programs, filepath.Base(arguments[0])) {
		return false
	}
	for i, argument := range arguments {
		if argument == s.dir || strings.Contains(argument, s.dir+"/") {
			return true
		}
		// docker-proxy has nothing of the folder, but a container's address.
		if i > 0 && arguments[i-1] == "-container-ip" && s.hasAddress(argument) {
			return true
		}
	}
	return false
}

// killIf ends a process if its command line is wanted, and tells whether it
// was. The process is held by a descriptor between look and kill, so that its
// number cannot have become another's.
func killIf(pid int, wanted func(arguments []string) bool) bool {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return false // it has ended
	}
	defer unix.Close(fd)
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || len(line) == 0 { // ended, a zombie, or of the kernel
		return false
	}
	if !wanted(strings.Split(strings.TrimRight(string(line), "\x00"), "\x00")) {
		return false
	}
	return unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0) == nil
}

func processes() ([]int, error) {
	entries, err := os.ReadDir("/proc")
	var pids []int
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids, err
}

// cgroup is the parent of the cgroups of the slot's containers, in each
// hierarchy.
func (s *slot) cgroup() string { return "/slipway-test-" + s.name() }

// cgroups are all those that the slot's containers may be in.
func (s *slot) cgroups() ([]string, error) {
	of, err := s.podmanCgroups()
	return append([]string{s.cgroup()}, of...), err
}

func killCgroups(names []string) error {
	var failed error
	for _, name := range names {
		failed = errors.Join(failed, killCgroup(name))
	}
	return failed
}

// killCgroup ends all processes in a cgroup and below, the paused ones too.
func killCgroup(name string) error {
	return poll(killLimit, func() (bool, error) {
		dirs, err := cgroupDirs(name)
		if err != nil {
			return false, err
		}
		none := true
		for _, dir := range dirs {
			_ = os.WriteFile(filepath.Join(dir, "freezer.state"), []byte("THAWED"), 0)
			_ = os.WriteFile(filepath.Join(dir, "cgroup.freeze"), []byte("0"), 0)
			for _, pid := range cgroupProcesses(dir) {
				none = false
				killMember(pid, dir)
			}
		}
		return none, nil
	})
}

// killMember ends a process if it still is in the cgroup, held by a descriptor
// meanwhile as in killIf.
func killMember(pid int, dir string) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	if slices.Contains(cgroupProcesses(dir), pid) {
		_ = unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0)
	}
}

func cgroupProcesses(dir string) []int {
	text, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
	if err != nil {
		return nil // it has been removed since
	}
	var pids []int
	for field := range bytes.FieldsSeq(text) {
		// 0 is a process outside our pid namespace.
		if pid, err := strconv.Atoi(string(field)); err == nil && pid > 0 {
			pids = append(pids, pid)
		}
	}
	return pids
}

// removeCgroup removes a cgroup and those below from all hierarchies.
func removeCgroup(name string) error {
	return poll(killLimit, func() (bool, error) {
		dirs, err := cgroupDirs(name)
		if err != nil {
			return false, err
		}
		for _, dir := range slices.Backward(dirs) {
			_ = unix.Rmdir(dir) // busy while the last process goes: again
		}
		return len(dirs) == 0, nil
	})
}

// cgroupDirs returns the folders of a cgroup and of those below it, parents
// first, in the one hierarchy of version 2 or the many of version 1.
func cgroupDirs(name string) ([]string, error) {
	var dirs []string
	for _, pattern := range []string{"/sys/fs/cgroup" + name, "/sys/fs/cgroup/*" + name} {
		roots, err := filepath.Glob(pattern)
		if err != nil {
			return nil, err
		}
		for _, root := range roots {
			if info, err := os.Lstat(root); err != nil || !info.IsDir() {
				continue
			}
			err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
				if err == nil && d.IsDir() {
					dirs = append(dirs, path)
				}
				return nil // what cannot be read has been removed since
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return dirs, nil
}

// unmountBelow unmounts everything below a folder, the last mounted first.
func unmountBelow(dir string) error {
	file, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return err
	}
	defer file.Close()
	var points []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		// 36 35 98:0 /root /mount/point options …
		fields := strings.Fields(lines.Text())
		if len(fields) > 4 && strings.HasPrefix(unescapeMount(fields[4]), dir+"/") {
			points = append(points, unescapeMount(fields[4]))
		}
	}
	failed := lines.Err()
	for _, point := range slices.Backward(points) {
		err := unix.Unmount(point, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)
		// Another mount point may have gone along.
		if err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOENT) {
			failed = errors.Join(failed, fmt.Errorf("unmount %s: %w", point, err))
		}
	}
	return failed
}

// unescapeMount undoes the kernel's writing of a mount point (a space is
// "\040").
func unescapeMount(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
