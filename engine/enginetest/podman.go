//go:build linux

package enginetest

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
	"mvdan.cc/sh/v3/shell"
)

// podmanPrograms are the programs that a private Podman and its tests need.
var podmanPrograms = []string{"podman", "conmon", "runc", "iptables", "iptables-save", "unshare", "nsenter", "ip"}

// podmanBinaries are the programs of Podman, which is installed as a whole: it
// drives out nothing, and looks for its parts at fixed paths.
func podmanBinaries() (binaries, error) {
	how := "install it: .ci/engines podman"
	found, err := findBinaries(podmanPrograms...)
	if err != nil {
		return nil, &missingError{what: "Podman", fix: how}
	}
	if _, err := os.Stat("/usr/lib/podman/netavark"); err != nil {
		return nil, &missingError{what: "Podman's network program netavark", fix: how}
	}
	return found, nil
}

// preparePodman writes the configuration of a private Podman and makes the
// mount namespace that it and all its containers live in. Podman keeps the
// networks of containers below /run/netns and their addresses below
// /run/containers, for all Podmans of the machine alike: here these are the
// namespace's own. It also turns on the forwarding of packets, which outlives
// the tests: here it writes into a plain file. What is mounted in the
// namespace goes with its last process.
func (e *Engine) preparePodman() error {
	for _, dir := range []string{"run", "tmp", "networks", "namespace", "home/.config/containers"} {
		if err := os.MkdirAll(e.path(dir), 0o711); err != nil {
			return err
		}
	}
	network, err := json.Marshal(podmanNetwork(e.slot))
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		// Where the hard limit of open files is low, Podman's own default is
		// refused; crun 1.8 refuses a machine with both versions of cgroups.
		"containers.conf": fmt.Sprintf(`[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[network]
network_backend = "netavark"
network_config_dir = %q
default_network = %q
default_subnet = %q
default_subnet_pools = [{"base" = %q, "size" = 26}]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[engine.runtimes]
runc = [%q]
`, e.path("networks"), e.slot.bridge(), e.slot.network(), e.slot.pool(), e.binaries.path("runc")),
		"storage.conf": fmt.Sprintf("[storage]\ndriver = \"overlay\"\ngraphroot = %q\nrunroot = %q\n", e.dataRoot(),
			e.path("run")),
		"registries.conf": `unqualified-search-registries = ["docker.io"]
[[registry]]
location = "127.0.0.1"
insecure = true
`,
		"home/.config/containers/policy.json":   `{"default": [{"type": "insecureAcceptAnything"}]}`,
		"networks/" + e.slot.bridge() + ".json": string(network),
		"ip_forward":                            "1\n",
	} {
		if err := os.WriteFile(e.path(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	// The file that keeps the namespace must be on a mount of no other's.
	home := e.path("namespace")
	if err := unix.Mount(home, home, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount %s: %w", home, err)
	}
	if err := unix.Mount("", home, "", unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("mount %s: %w", home, err)
	}
	if err := os.WriteFile(e.namespace(), nil, 0o600); err != nil {
		return err
	}
	// Its locks are in /dev/shm, those of containers that went with their engine for ever.
	script := `for dir in /run/netns /run/containers /dev/shm; do mkdir -p $dir; mount -t tmpfs tmpfs $dir; done
mount --bind ip_forward /proc/sys/net/ipv4/ip_forward`
	cmd := exec.Command(e.binaries.path("unshare"), "--mount="+e.namespace(), "--propagation", "slave", "sh", "-ec",
		script)
	cmd.Dir = e.slot.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("make a mount namespace: %w: %s", err, out)
	}
	return nil
}

// namespace is the file by which Podman's mount namespace is entered.
func (e *Engine) namespace() string { return e.path("namespace/mnt") }

// podmanNetwork is the network "bridge" of a private Podman. It has a name of
// its own because the chains of the machine's iptables are named after it.
func podmanNetwork(s *slot) map[string]any {
	id := sha256.Sum256([]byte(s.dir))
	return map[string]any{
		"name": s.bridge(), "id": hex.EncodeToString(id[:]), "driver": "bridge", "network_interface": s.bridge(),
		"created":      "2024-01-01T00:00:00Z",
		"subnets":      []map[string]string{{"subnet": s.network().String(), "gateway": s.gateway().Addr().String()}},
		"ipam_options": map[string]string{"driver": "host-local"},
	}
}

// podmanCommand is the command that serves the private Podman's Docker API.
func (e *Engine) podmanCommand() *exec.Cmd {
	arguments := append([]string{
		"--mount=" + e.namespace(), e.binaries.path("podman"),
		"--root", e.dataRoot(), "--runroot", e.path("run"), "--tmpdir", e.path("tmp"),
	}, e.config.arguments...)
	arguments = append(arguments, "system", "service", "--time=0", e.Host())
	cmd := exec.Command(e.binaries.path("nsenter"), arguments...) // which becomes podman
	cmd.Env = []string{
		"PATH=" + e.binaries.searchPath(), "HOME=" + e.path("home"),
		"CONTAINERS_CONF=" + e.path("containers.conf"), "CONTAINERS_REGISTRIES_CONF=" + e.path("registries.conf"),
		"CONTAINERS_STORAGE_CONF=" + e.path("storage.conf"),
	}
	return cmd
}

// podmanCgroups are the cgroups of the containers of a slot's Podman, which
// cannot be told to put them below one of ours: they are named after the
// containers in its storage.
func (s *slot) podmanCgroups() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(s.dir, "data/overlay-containers"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var cgroups []string
	for _, entry := range entries {
		if entry.IsDir() {
			cgroups = append(cgroups, podmanCgroup+"/libpod-"+entry.Name())
		}
	}
	return cgroups, err
}

// podmanCgroup holds the containers of all Podmans with cgroupfs.
const podmanCgroup = "/libpod_parent"

// removePodmanCgroup removes what Podmans share, unless one still uses it.
func removePodmanCgroup() error {
	for _, name := range []string{podmanCgroup + "/conmon", podmanCgroup} {
		dirs, err := cgroupDirs(name)
		if err != nil {
			return err
		}
		for _, dir := range slices.Backward(dirs) {
			_ = unix.Rmdir(dir) // refused while it is used
		}
	}
	return nil
}

// removeRules removes what the slot's Podman left in iptables: the chains of
// its network, and the rules that go there or have its addresses. What
// netavark keeps for all networks, and leaves behind by itself, stays. A
// netavark that was at work when its Podman was killed may do the same at once.
func (s *slot) removeRules() error {
	path := findBinary("iptables-save")
	if path == "" {
		return nil
	}
	var failed error
	err := poll(killLimit, func() (bool, error) {
		rules, err := exec.Command(path).Output()
		if err != nil {
			return false, fmt.Errorf("iptables-save: %w", err)
		}
		var none bool
		none, failed = s.removeFrom(string(rules))
		return none, nil
	})
	if err != nil {
		return errors.Join(err, failed)
	}
	return nil
}

// removeFrom removes what of these rules is the slot's, and tells whether
// nothing was.
func (s *slot) removeFrom(rules string) (none bool, failed error) {
	none = true
	// netavark names a network's two chains by its name.
	hash := sha512.Sum512([]byte(s.bridge()))
	id := strings.ToUpper(hex.EncodeToString(hash[:]))[:13]
	chains := []string{"NETAVARK-" + id, "NETAVARK-DN-" + id}

	var left [][]string // tables and chains of ours that are there
	table := ""
	for line := range strings.Lines(rules) {
		fields, err := shell.Fields(strings.TrimSpace(line), nil)
		if err != nil || len(fields) == 0 {
			continue // a comment
		}
		switch first := fields[0]; {
		case first[0] == '*':
			table = first[1:]
		case first[0] == ':' && slices.Contains(chains, first[1:]):
			left = append(left, []string{table, first[1:]})
		case first == "-A" && !slices.Contains(chains, fields[1]):
			jumps := slices.Contains(chains, fields[len(fields)-1])
			if jumps || strings.HasPrefix(fields[1], "NETAVARK") && slices.ContainsFunc(fields, s.hasPrefix) {
				none = false
				failed = errors.Join(failed, iptables(table, append([]string{"-D"}, fields[1:]...)...))
			}
		}
	}
	for _, how := range []string{"-F", "-X"} {
		for _, chain := range left {
			none = false
			failed = errors.Join(failed, iptables(chain[0], how, chain[1]))
		}
	}
	return none, failed
}

func iptables(table string, arguments ...string) error {
	arguments = append([]string{"--wait", "-t", table}, arguments...)
	if out, err := exec.Command(findBinary("iptables"), arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("iptables %s: %w: %s", strings.Join(arguments, " "), err, out)
	}
	return nil
}
