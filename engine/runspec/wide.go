package runspec

import (
	"net/netip"
	"path"
	"strings"

	"slipway/engine/model"
)

// Opening is an option that gives a container more than is usual: more of the engine's machine, or more who reach it.
type Opening struct {
	// Option is without dashes, Value as it is given; "" for a switch.
	Option, Value string
	// Why says in a sentence what it opens.
	Why model.Fact
}

// Openings lists what opens wider than is usual.
func (s Spec) Openings() []Opening {
	var list []Opening
	for _, o := range table {
		for _, v := range o.values(s) {
			if why := Opens(o.Name, v.Text); !why.None() {
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
var namespaces = map[string]model.Fact{
	"pid":      model.Say("runspec.it-sees-the-programs-of"),
	"ipc":      model.Say("runspec.it-shares-memory-with-the"),
	"uts":      model.Say("runspec.it-can-change-the-name"),
	"userns":   model.Say("runspec.root-in-it-is-root"),
	"cgroupns": model.Say("runspec.it-sees-the-control-groups"),
	"network":  model.Say("runspec.on-the-host-s-network"),
}

// Opens says in a sentence what a value of an option opens that is closed otherwise, "" when it opens nothing.
func Opens(option, value string) model.Fact {
	switch option {
	case "privileged", "use-api-socket":
		if value == "false" {
			return model.Fact{}
		}
		if option == "privileged" {
			return model.Say("runspec.privileged-it-can-do-everything")
		}
		return engineSocket
	case "pid", "ipc", "uts", "userns", "cgroupns", "network":
		if value == "host" || strings.HasPrefix(value, "name=host,") || value == "name=host" {
			return namespaces[option]
		}
		if option != "network" && strings.HasPrefix(value, "container:") {
			return model.Say("runspec.it-shares-this-with-another")
		}
	case "cap-add":
		return model.Say("runspec.it-may-do-what-is", model.Args{"Capability": model.Name(value)})
	case "device":
		device, _, _ := strings.Cut(value, ":")
		return model.Say("runspec.it-can-use-of-the", model.Args{"Device": model.Name(Shorten(device))})
	case "device-cgroup-rule":
		return model.Say("runspec.it-can-use-devices-of", model.Args{"Rule": model.Name(Shorten(value))})
	case "security-opt":
		if openSecurity(value) {
			return model.Say("runspec.it-takes-a-protection-off", model.Args{"Option": model.Name(Shorten(value))})
		}
	case "publish":
		return openPort(value)
	case "publish-all":
		if value != "false" {
			return model.Say("runspec.all-of-its-ports-are")
		}
	case "volume":
		m := ParseBind(value)
		return m.opens()
	case "mount":
		return mountOf(value).opens()
	}
	return model.Fact{}
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
func openPort(value string) model.Fact {
	ip := ""
	if strings.HasPrefix(value, "[") {
		ip, _, _ = strings.Cut(value[1:], "]")
	} else if parts := strings.Split(value, ":"); len(parts) == 3 {
		ip = parts[0]
	}
	if a, err := netip.ParseAddr(ip); err == nil && a.IsLoopback() {
		return model.Fact{}
	}
	return model.Say("runspec.this-port-is-open-to")
}

var engineSocket = model.Say("runspec.whoever-is-in-this-container")

// opens says what a mount opens.
func (m Mount) opens() model.Fact {
	if m.Kind != Bind {
		return model.Fact{}
	}
	place := path.Clean(strings.ReplaceAll(m.Source, `\`, "/"))
	switch base := path.Base(place); {
	case place == "/":
		return model.Say("runspec.it-sees-every-file-of")
	case base == "docker.sock", base == "podman.sock", base == "containerd.sock", base == "crio.sock",
		strings.HasSuffix(place, "pipe/docker_engine"):
		return engineSocket
	}
	for _, p := range []string{"/etc", "/proc", "/sys", "/dev", "/boot", "/root", "/var/run", "/run", "/var/lib/docker"} {
		if place == p {
			return model.Say("runspec.it-reaches-what-belongs-to")
		}
	}
	return model.Fact{}
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
