package runspec

import (
	"net/netip"
	"path"
	"strings"
)

// Opening is an option that gives a container more than is usual: more of the engine's machine, or more who reach it.
type Opening struct {
	// Option is without dashes, Value as it is given; "" for a switch.
	Option, Value string
	// Why says in a sentence what it opens.
	Why string
}

// Openings lists what opens wider than is usual.
func (s Spec) Openings() []Opening {
	var list []Opening
	for _, o := range table {
		for _, v := range o.values(s) {
			if why := Opens(o.Name, v.Text); why != "" {
				value := v.Text
				if o.Switch {
					value = ""
				}
				list = append(list, Opening{Option: o.Name, Value: value, Why: why})
			}
		}
	}
	return list
}

// namespaces are what of the engine's machine a mode of "host" shares.
var namespaces = map[string]string{
	"pid":      "It sees the programs of the engine's machine, and can end them.",
	"ipc":      "It shares memory with the programs of the engine's machine.",
	"uts":      "It can change the name of the engine's machine.",
	"userns":   "Root in it is root on the engine's machine.",
	"cgroupns": "It sees the control groups of the engine's machine.",
	"network":  "On the host's network: whatever it listens on is open to the network.",
}

// Opens says in a sentence what a value of an option opens that is closed otherwise, "" when it opens nothing.
func Opens(option, value string) string {
	switch option {
	case "privileged", "use-api-socket":
		if value == "false" {
			return ""
		}
		if option == "privileged" {
			return "Privileged: it can do everything on the engine's machine."
		}
		return engineSocket
	case "pid", "ipc", "uts", "userns", "cgroupns", "network":
		if value == "host" || strings.HasPrefix(value, "name=host,") || value == "name=host" {
			return namespaces[option]
		}
		if option != "network" && strings.HasPrefix(value, "container:") {
			return "It shares this with another container."
		}
	case "cap-add":
		return "It may do what is kept from containers: " + value + "."
	case "device":
		device, _, _ := strings.Cut(value, ":")
		return "It can use " + Shorten(device) + " of the engine's machine."
	case "device-cgroup-rule":
		return "It can use devices of the engine's machine: " + Shorten(value) + "."
	case "security-opt":
		if openSecurity(value) {
			return "It takes a protection off: " + Shorten(value) + "."
		}
	case "publish":
		return openPort(value)
	case "publish-all":
		if value != "false" {
			return "All of its ports are open to the network."
		}
	case "volume":
		m := ParseBind(value)
		return m.opens()
	case "mount":
		return mountOf(value).opens()
	}
	return ""
}

// openSecurity tells of a --security-opt that makes the container less safe.
func openSecurity(value string) bool {
	name, how, _ := strings.Cut(strings.Replace(value, ":", "=", 1), "=")
	switch name {
	case "no-new-privileges":
		return how == "false"
	case "label":
		return strings.HasPrefix(how, "disable") || strings.HasPrefix(how, "type")
	case "seccomp":
		return how != "builtin"
	}
	return how == "unconfined"
}

// openPort tells of a port that more than this computer reaches.
func openPort(value string) string {
	ip := ""
	if strings.HasPrefix(value, "[") {
		ip, _, _ = strings.Cut(value[1:], "]")
	} else if parts := strings.Split(value, ":"); len(parts) == 3 {
		ip = parts[0]
	}
	if a, err := netip.ParseAddr(ip); err == nil && a.IsLoopback() {
		return ""
	}
	return "This port is open to the network."
}

const engineSocket = "Whoever is in this container controls the engine, and so its whole machine."

// opens says what a mount opens.
func (m Mount) opens() string {
	if m.Kind != Bind {
		return ""
	}
	place := path.Clean(strings.ReplaceAll(m.Source, `\`, "/"))
	switch base := path.Base(place); {
	case place == "/":
		return "It sees every file of the engine's machine."
	case base == "docker.sock", base == "podman.sock", base == "containerd.sock", base == "crio.sock",
		strings.HasSuffix(place, "pipe/docker_engine"):
		return engineSocket
	}
	for _, p := range []string{"/etc", "/proc", "/sys", "/dev", "/boot", "/root", "/var/run", "/run", "/var/lib/docker"} {
		if place == p {
			return "It reaches what belongs to the system of the engine's machine."
		}
	}
	return ""
}

// mountOf reads the kind and the source of what --mount takes, as far as [Opens] needs them.
func mountOf(text string) Mount {
	m := Mount{Kind: Volume}
	for _, field := range strings.Split(text, ",") {
		key, value, _ := strings.Cut(strings.Trim(field, `"`), "=")
		switch strings.ToLower(key) {
		case "type":
			m.Kind = MountKind(strings.ToLower(value))
		case "source", "src":
			m.Source = value
		}
	}
	return m
}

// Shorten cuts a value that is too long for a sentence.
func Shorten(value string) string {
	const most = 60
	if r := []rune(value); len(r) > most {
		return string(r[:most]) + "…"
	}
	return value
}

// OwnProfile tells of a --security-opt that is a whole profile of seccomp. docker reads one from a file, so no line can
// say it.
func OwnProfile(option string) bool { return strings.HasPrefix(option, "seccomp={") }
