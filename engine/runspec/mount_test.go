package runspec

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParseBind reads what -v takes, of Linux and of Docker Desktop on Windows, and writes it back as it was.
func TestParseBind(t *testing.T) {
	for text, want := range map[string]Mount{
		"/a:/b":    {Kind: Bind, Source: "/a", Target: "/b"},
		"/a:/b:ro": {Kind: Bind, Source: "/a", Target: "/b", ReadOnly: true},
		"/a:/b:ro,z,rslave": {
			Kind: Bind, Source: "/a", Target: "/b", ReadOnly: true, Relabel: true,
			Options: []string{"rslave"},
		},
		"vol:/b:nocopy":               {Kind: Volume, Source: "vol", Target: "/b", Options: []string{"nocopy"}},
		"/b":                          {Kind: Volume, Target: "/b"},
		`C:\Users\me\x:/work`:         {Kind: Bind, Source: `C:\Users\me\x`, Target: "/work"},
		`C:\Users\me\x:/work:ro`:      {Kind: Bind, Source: `C:\Users\me\x`, Target: "/work", ReadOnly: true},
		"c:/Users/me:/work":           {Kind: Bind, Source: "c:/Users/me", Target: "/work"},
		`\\wsl$\Ubuntu\home\me:/work`: {Kind: Bind, Source: `\\wsl$\Ubuntu\home\me`, Target: "/work"},
		"//c/Users/me:/work:rw": {
			Kind: Bind, Source: "//c/Users/me", Target: "/work",
			Options: []string{"rw"},
		},
		"/run/desktop/mnt/host/c/Users/me:/work": {Kind: Bind, Source: "/run/desktop/mnt/host/c/Users/me", Target: "/work"},
		`C:\a:D:\b`:                              {Kind: Bind, Source: `C:\a`, Target: `D:\b`},
		"v:/config":                              {Kind: Volume, Source: "v", Target: "/config"},
	} {
		got := ParseBind(text)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
		if got.Source != "" && got.Bind() != text {
			t.Errorf("%s is written as %s", text, got.Bind())
		}
	}
}

// TestFoldPorts joins what follows one another, and nothing else.
func TestFoldPorts(t *testing.T) {
	list := []Port{
		{HostPort: 7000, Container: 8000}, {HostPort: 7001, Container: 8001}, {HostPort: 7002, Container: 8002}, // a range
		{HostPort: 9000, Container: 8003},    // elsewhere
		{Container: 8004}, {Container: 8005}, // any free ones
		{Container: 8006, Protocol: "udp"},                      // another protocol
		{HostIP: "127.0.0.1", Container: 8007, Protocol: "udp"}, // another address
		{HostPort: 1, HostEnd: 3, Container: 65535},
	}
	var got []string
	count := 0
	for _, p := range FoldPorts(list) {
		got = append(got, p.String())
		count += p.Count()
	}
	if want := []string{
		"7000-7002:8000-8002", "9000:8003", "8004-8005", "8006/udp", "127.0.0.1::8007/udp",
		"1-3:65535",
	}; !slices.Equal(got, want) || count != len(list) {
		t.Errorf("%q, %d", got, count)
	}
}

// TestOpens says what opens wider, and nothing of what is usual.
func TestOpens(t *testing.T) {
	for option, values := range map[string][]string{
		"publish": {"127.0.0.1:80:80", "127.0.0.2::99/udp", "[::1]:80:80"},
		"volume":  {"/home/me:/w", "v:/data", `C:\Users\me:/w`}, "mount": {"type=tmpfs,target=/x"},
		"network": {"none", "lab"}, "pid": {""}, "security-opt": {"no-new-privileges", "seccomp=builtin", "apparmor=mine"},
		"privileged": {"false"}, "memory": {"1g"},
	} {
		for _, v := range values {
			if why := Opens(option, v); !why.None() {
				t.Errorf("--%s %s: %s", option, v, why)
			}
		}
	}
	for option, values := range map[string][]string{
		"publish": {"80", "80:80", "0.0.0.0:80:80", "[::]:80:80", "192.168.0.2:80:80"},
		"volume":  {"/:/host", "/var/run/docker.sock:/x", "/etc:/e", "/run/podman/podman.sock:/y"},
		"mount":   {"type=bind,source=/var/run/docker.sock,target=/x"}, "network": {"host"}, "pid": {"host", "container:x"},
		"ipc": {"host"}, "userns": {"host"}, "uts": {"host"}, "cgroupns": {"host"},
		"security-opt": {"seccomp=unconfined", "apparmor=unconfined", "label=disable", "systempaths=unconfined"},
		"privileged":   {"true"}, "cap-add": {"NET_ADMIN"}, "device": {"/dev/kvm"}, "publish-all": {"true"},
	} {
		for _, v := range values {
			if Opens(option, v).None() {
				t.Errorf("--%s %s opens nothing", option, v)
			}
		}
	}
}
