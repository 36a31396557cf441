package endpoint

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/engine/model"
	"slipway/engine/words"

	ctxdocker "github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
)

// isolate gives the test a home of its own and none of the user's settings.
func isolate(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "USERPROFILE": home, "DOCKER_CONFIG": "", "DOCKER_HOST": "", "DOCKER_CONTEXT": "",
		"XDG_RUNTIME_DIR":   filepath.Join(home, "run"),
		"DOCKER_TLS_VERIFY": "", "DOCKER_TLS": "", "DOCKER_CERT_PATH": "", "DOCKER_API_VERSION": "",
		"DOCKER_CUSTOM_HEADERS": "",
	} {
		t.Setenv(name, value)
	}
	return home
}

// addContext makes a context with docker's own code.
func addContext(t *testing.T, name, host string) {
	t.Helper()
	s := contextStore()
	err := s.CreateOrUpdate(store.Metadata{Name: name, Metadata: map[string]any{}, Endpoints: map[string]any{
		ctxdocker.DockerEndpoint: ctxdocker.EndpointMeta{Host: host},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

func writeConfig(t *testing.T, home, text string) {
	t.Helper()
	dir := filepath.Join(home, ".docker")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// marked is a list of endpoints to compare: "*" is current, "!" explicit, "?" one with a problem.
func marked(list []Endpoint) []string {
	var out []string
	for _, e := range list {
		w := e.Name
		if e.Current {
			w += "*"
		}
		if e.Explicit {
			w += "!"
		}
		if e.Problem != nil {
			w += "?" + string(e.Problem.Kind)
		}
		out = append(out, w)
	}
	return out
}

func TestFind(t *testing.T) {
	for name, test := range map[string]struct {
		prepare func(t *testing.T, home string)
		want    []string
	}{
		"nothing set": {func(*testing.T, string) {}, []string{"Docker Engine*"}},
		"DOCKER_HOST": {
			func(t *testing.T, _ string) { t.Setenv("DOCKER_HOST", "tcp://10.0.0.1:2375") },
			[]string{"DOCKER_HOST*!", "Docker Engine"},
		},
		"DOCKER_HOST counts more than DOCKER_CONTEXT": {func(t *testing.T, _ string) {
			t.Helper()
			addContext(t, "lab", "tcp://10.0.0.2:2375")
			t.Setenv("DOCKER_HOST", "tcp://10.0.0.1:2375")
			t.Setenv("DOCKER_CONTEXT", "lab")
		}, []string{"DOCKER_HOST*!", "lab", "Docker Engine"}},
		"DOCKER_CONTEXT": {func(t *testing.T, home string) {
			t.Helper()
			addContext(t, "a", "tcp://10.0.0.1:2375")
			addContext(t, "lab", "tcp://10.0.0.2:2375")
			writeConfig(t, home, `{"currentContext": "a"}`)
			t.Setenv("DOCKER_CONTEXT", "lab")
		}, []string{"lab*!", "a", "Docker Engine"}},
		"current context": {func(t *testing.T, home string) {
			t.Helper()
			addContext(t, "a", "tcp://10.0.0.1:2375")
			addContext(t, "lab", "ssh://me@10.0.0.2")
			writeConfig(t, home, `{"currentContext": "lab"}`)
		}, []string{"lab*", "a", "Docker Engine"}},
		"default by name": {func(t *testing.T, home string) {
			t.Helper()
			addContext(t, "a", "tcp://10.0.0.1:2375")
			writeConfig(t, home, `{"currentContext": "a"}`)
			t.Setenv("DOCKER_CONTEXT", "default")
		}, []string{"Docker Engine*", "a"}},
		"missing context": {
			func(t *testing.T, home string) { writeConfig(t, home, `{"currentContext": "gone"}`) },
			[]string{"gone*?not-found", "Docker Engine"},
		},
		"missing DOCKER_CONTEXT": {
			func(t *testing.T, _ string) { t.Setenv("DOCKER_CONTEXT", "gone") },
			[]string{"gone*!?not-found", "Docker Engine"},
		},
		"damaged config": {
			func(t *testing.T, home string) { writeConfig(t, home, `{"currentContext": `) },
			[]string{"Docker Engine*"},
		},
		"DOCKER_CONFIG": {func(t *testing.T, home string) {
			t.Helper()
			t.Setenv("DOCKER_CONFIG", filepath.Join(home, "elsewhere"))
			addContext(t, "a", "tcp://10.0.0.1:2375")
		}, []string{"Docker Engine*", "a"}},
		"two of the same place": {func(t *testing.T, home string) {
			t.Helper()
			addContext(t, "a", "unix:///run/x/docker.sock")
			addContext(t, "b", "unix:///run/x/docker.sock")
			writeConfig(t, home, `{"currentContext": "b"}`)
		}, []string{"b*", "Docker Engine"}},
		"a context of the default place": {
			func(t *testing.T, _ string) { addContext(t, "a", "unix:///var/run/docker.sock") },
			[]string{"Docker Engine*"},
		},
		"sockets that are there": {func(t *testing.T, home string) {
			t.Helper()
			for _, p := range []string{
				".colima/default/docker.sock", ".colima/work/docker.sock", ".docker/desktop/docker.sock",
				"run/docker.sock", "run/podman/podman.sock",
			} {
				p = filepath.Join(home, p)
				if err := os.MkdirAll(filepath.Dir(p), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(p, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			addContext(t, "Colima", "tcp://10.0.0.1:2375") // the same name, another place
			addContext(t, "colima-work", "unix://"+filepath.Join(home, ".colima/work/docker.sock"))
		}, []string{
			"Docker Engine*", "Colima", "colima-work", "rootless Docker", "Docker Desktop", "Colima (socket)",
			"Podman",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if os.PathSeparator != '/' {
				t.Skip("the expected sockets are Linux's")
			}
			test.prepare(t, isolate(t))
			list := slices.DeleteFunc(Find(), func(e Endpoint) bool { return e.Name == "Podman (system)" }) // the machine's own
			if got := marked(list); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestKnownSockets(t *testing.T) {
	for goos, want := range map[string][]string{
		"linux": {
			"Docker Engine unix:///var/run/docker.sock", "rootless Docker unix:///run/user/1/docker.sock",
			"Docker Desktop VM unix:///h/.docker/desktop/docker.sock",
			"Rancher Desktop VM unix:///h/.rd/docker.sock", "Podman unix:///run/user/1/podman/podman.sock",
			"Podman (system) unix:///run/podman/podman.sock",
		},
		"darwin": {
			"Docker Engine VM unix:///var/run/docker.sock", "Docker Desktop VM unix:///h/.docker/run/docker.sock",
			"OrbStack VM unix:///h/.orbstack/run/docker.sock",
			"Rancher Desktop VM unix:///h/.rd/docker.sock",
			"Podman VM unix:///h/.local/share/containers/podman/machine/podman.sock",
		},
		"windows": {
			"Docker Engine VM npipe:////./pipe/docker_engine", "Docker Desktop VM npipe:////./pipe/dockerDesktopLinuxEngine",
			"Podman VM npipe:////./pipe/podman-machine-default",
		},
	} {
		var got []string
		for _, s := range knownSockets(goos, "/run/user/1", "/h") {
			name := s.Name
			if s.Virtual {
				name += " VM"
			}
			got = append(got, name+" "+s.Host)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q", goos, got)
		}
	}
	if list := knownSockets("linux", "", "/h"); slices.ContainsFunc(list, func(s socket) bool {
		return strings.Contains(s.Name, "rootless")
	}) {
		t.Errorf("without a runtime directory: %+v", list)
	}
}

func TestCLI(t *testing.T) {
	isolate(t)
	for _, test := range []struct {
		e    Endpoint
		want string
	}{
		{Endpoint{Host: "unix:///x", Current: true}, ""},
		{Endpoint{Host: "unix:///x"}, "DOCKER_HOST=unix:///x"},
		{Endpoint{Host: "unix:///a b/x"}, "DOCKER_HOST='unix:///a b/x'"},
		{Endpoint{Host: "ssh://me@far", context: "far"}, "DOCKER_HOST=ssh://me@far"},
		{Endpoint{Host: "tcp://far:2376", context: "far"}, "DOCKER_CONTEXT=far"},
		{Endpoint{}, ""},
	} {
		if got := test.e.CLI(); got != test.want {
			t.Errorf("%+v: %s", test.e, got)
		}
	}
	t.Setenv("DOCKER_HOST", "unix:///y")
	if got := (Endpoint{Host: "tcp://far:2376", context: "far"}).CLI(); got != "DOCKER_HOST= DOCKER_CONTEXT=far" {
		t.Error(got)
	}
}

func TestParseFiles(t *testing.T) {
	for text, want := range map[string]string{
		"ID=ubuntu\nID_LIKE=debian\nNAME=\"Ubuntu\"":   "ubuntu debian",
		"ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"": "rocky rhel centos fedora",
		"": "", "ID": "", "=\nID='arch'": "arch",
	} {
		if got := parseOSRelease(strings.NewReader(text)); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	for text, want := range map[string]bool{
		"docker:x:1:anna,bert\n": true, "docker:x:1:\n": false,
		"wheel:x:1:anna": false, "docker:anna": false, "docker:x:1:annabel": false,
	} {
		if got := inGroup(strings.NewReader(text), "docker", "anna"); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func FuzzParseFiles(f *testing.F) {
	f.Add("ID=ubuntu\ndocker:x:1:anna")
	f.Fuzz(func(t *testing.T, text string) {
		if got := parseOSRelease(strings.NewReader(text)); strings.Contains(got, "\n") {
			t.Error(got)
		}
		inGroup(strings.NewReader(text), "docker", "anna")
	})
}

// FuzzHost takes any DOCKER_HOST.
func FuzzHost(f *testing.F) {
	for _, h := range []string{
		"unix:///x", "tcp://[::1]:2375", "ssh://me@far:22/x", "npipe:////./pipe/x", "127.0.0.1:1",
		"%zz", "tcp://",
	} {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, host string) {
		e := Endpoint{Name: "x", Host: host}
		if cli, err := e.Client(); err == nil {
			cli.Close()
		} else if p := model.AsProblem(err, model.Fact{}); p.Kind == model.ProblemUnknown || p.Fix.None() {
			t.Errorf("%q: %#v", host, err)
		}
		_, _, _ = e.HostName(), e.Remote(), e.locality(model.EngineInfo{})
	})
}

func TestDiagnose(t *testing.T) {
	answer := func(name string, kind model.ProblemKind, change ...func(*Answer)) Answer {
		a := Answer{
			Endpoint: Endpoint{Name: name, Host: "unix:///x"},
			Problem:  &model.Problem{Kind: kind, What: model.Verbatim("Docker is not running"), Why: model.Verbatim("why")},
		}
		for _, fn := range change {
			fn(&a)
		}
		return a
	}
	down := answer(nameEngine, model.ProblemNotRunning)
	denied := answer(nameEngine, model.ProblemPermission)
	remote := answer("far", model.ProblemTLS, func(a *Answer) { a.Endpoint.Host = "tcp://far:2376" })
	chosen := answer("DOCKER_HOST", model.ProblemUnreachable, func(a *Answer) {
		a.Endpoint.Explicit, a.Endpoint.Current = true, true
		a.Endpoint.Host = "tcp://far:1"
	})
	for name, test := range map[string]struct {
		answers []Answer
		sys     System
		kind    model.ProblemKind
		command string // that the fix begins with
	}{
		"nothing, Debian": {
			[]Answer{down},
			System{GOOS: "linux", Distro: "debian", User: "anna"},
			model.ProblemNotInstalled,
			"sudo apt-get update && sudo apt-get install -y docker.io && sudo usermod -aG docker anna",
		},
		"nothing, Mint": {
			[]Answer{down},
			System{GOOS: "linux", Distro: "linuxmint ubuntu debian"},
			model.ProblemNotInstalled, "sudo apt-get",
		},
		"nothing, Fedora": {
			[]Answer{down},
			System{GOOS: "linux", Distro: "fedora"},
			model.ProblemNotInstalled,
			"sudo dnf install",
		},
		"nothing, Arch": {
			[]Answer{down},
			System{GOOS: "linux", Distro: "arch"},
			model.ProblemNotInstalled,
			"sudo pacman",
		},
		"nothing, SUSE": {
			[]Answer{down},
			System{GOOS: "linux", Distro: "opensuse-leap suse opensuse"},
			model.ProblemNotInstalled, "sudo zypper",
		},
		"nothing, other": {
			[]Answer{down},
			System{GOOS: "linux", Distro: "plan9"},
			model.ProblemNotInstalled,
			"",
		},
		"nothing, macOS": {
			[]Answer{down},
			System{GOOS: "darwin", Installed: []string{"brew"}},
			model.ProblemNotInstalled, "brew install",
		},
		"nothing, Mac": {[]Answer{down}, System{GOOS: "darwin"}, model.ProblemNotInstalled, ""},
		"nothing, Windows": {
			[]Answer{down},
			System{GOOS: "windows", Installed: []string{"winget"}},
			model.ProblemNotInstalled, "winget install",
		},
		"no endpoint": {
			nil,
			System{GOOS: "linux", Distro: "debian"},
			model.ProblemNotInstalled,
			"sudo apt-get",
		},
		"down, systemd": {
			[]Answer{down},
			System{GOOS: "linux", Systemd: true, Installed: []string{"docker"}},
			model.ProblemNotRunning, "sudo systemctl start docker",
		},
		"down, no systemd": {
			[]Answer{down},
			System{GOOS: "linux", Installed: []string{"docker"}},
			model.ProblemNotRunning, "sudo service docker start",
		},
		"down, Desktop": {
			[]Answer{down},
			System{GOOS: "linux", Systemd: true, Installed: []string{"desktop"}},
			model.ProblemNotRunning, "systemctl --user start docker-desktop",
		},
		"down, Podman": {
			[]Answer{down},
			System{GOOS: "linux", Systemd: true, Installed: []string{"podman"}},
			model.ProblemNotRunning, "systemctl --user start podman.socket",
		},
		"down, Colima": {
			[]Answer{down},
			System{GOOS: "darwin", Installed: []string{"brew", "colima"}},
			model.ProblemNotRunning, "colima start",
		},
		"down, Mac Desktop": {
			[]Answer{down},
			System{GOOS: "darwin", Installed: []string{"desktop"}},
			model.ProblemNotRunning, "open -a Docker",
		},
		"down, OrbStack": {
			[]Answer{down},
			System{GOOS: "darwin", Installed: []string{"orbstack"}},
			model.ProblemNotRunning, "open -a OrbStack",
		},
		"down, Windows": {
			[]Answer{down},
			System{GOOS: "windows", Installed: []string{"desktop"}},
			model.ProblemNotRunning, "",
		},
		"denied": {
			[]Answer{denied},
			System{GOOS: "linux", User: "anna"},
			model.ProblemPermission,
			"sudo usermod -aG docker anna",
		},
		"denied, no name": {[]Answer{denied}, System{GOOS: "linux"}, model.ProblemPermission, ""},
		"denied till log-in": {
			[]Answer{denied},
			System{GOOS: "linux", User: "anna", InDockerGroup: true},
			model.ProblemPermission, "",
		},
		"denied counts more than down": {
			[]Answer{down, denied},
			System{GOOS: "linux", User: "anna"},
			model.ProblemPermission,
			"sudo usermod",
		},
		"one elsewhere does not count": {
			[]Answer{down, remote},
			System{GOOS: "linux", Installed: []string{"docker"}},
			model.ProblemNotRunning, "sudo service",
		},
		"the chosen one counts": {[]Answer{chosen, denied}, System{GOOS: "linux"}, model.ProblemUnreachable, ""},
	} {
		p := Diagnose(test.answers, test.sys)
		if p.Kind != test.kind || !strings.HasPrefix(p.Command.String(), test.command) ||
			(test.command == "") != (p.Command == nil) {
			t.Errorf("%s: %+v", name, p)
		}
		if p.What.None() || p.Fix.None() && name != "the chosen one counts" {
			t.Errorf("%s: no words: %+v", name, p)
		}
		if loginNeeded := p.Kind == model.ProblemPermission ||
			strings.Contains(p.Command.String(), "usermod"); loginNeeded != strings.Contains(words.Of(p.Fix).String(),
			"in again") {
			t.Errorf("%s: a new log-in is needed: %v, said: %s", name, loginNeeded, p.Fix)
		}
	}
	if sys := ThisSystem(); sys.GOOS == "" {
		t.Errorf("%+v", sys)
	}
}

// TestHostileSSH holds that an address of somebody else's can neither be an option of ssh nor anything that a shell
// runs.
func TestHostileSSH(t *testing.T) {
	for _, host := range []string{
		"ssh://-oProxyCommand=touch%20x", "ssh://-oProxyCommand=x@host", "ssh://me@-x",
		"ssh://-l@-x:22", "ssh://-@host", "SSH://-oProxyCommand=x", "Ssh://-l@host",
	} {
		if _, err := (Endpoint{Name: "far", Host: host, Source: FromContext}).Client(); err == nil {
			t.Errorf("%s: a client is made", host)
		}
	}
	for host, want := range map[string]string{
		"ssh://me@far:22":              "ssh -p 22 -- me@far docker version",
		"ssh://lab":                    "ssh -- lab docker version",
		"ssh://me@lab:2222/run/x.sock": "ssh -p 2222 -- me@lab docker --host unix:///run/x.sock version",
		"ssh://lab/$(touch%20x)":       "ssh -- lab docker version",
		"ssh://lab/x;reboot":           "ssh -- lab docker version",
		"ssh://lab/x%0Areboot":         "ssh -- lab docker version",
		"ssh://lab/`id`":               "ssh -- lab docker version",
		"ssh://lab/a'b":                "ssh -- lab docker version",
		"ssh://%24(touch%20x)@host":    "ssh -- '$(touch x)@host' docker version",
		"ssh://a%0Atouch%20x@host":     "ssh -- 'a\ntouch x@host' docker version",
		"ssh://a'b@host":               `ssh -- "a'b@host" docker version`,
		"ssh://me@host;touch x":        "ssh -- 'me@host;touch x' docker version",
		"ssh://-oProxyCommand=x@host/": "ssh -- -oProxyCommand=x@host docker version",
	} {
		if got := sshTry(host).String(); got != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
}

// TestFindIgnoring: what the environment chose is tried no more, whatever else leads to the same engine; what
// docker would use without it is.
func TestFindIgnoring(t *testing.T) {
	one := func(name string) Endpoint {
		t.Helper()
		for _, e := range FindIgnoring() {
			if e.Name == name {
				return e
			}
		}
		t.Fatalf("no %s in %+v", name, FindIgnoring())
		return Endpoint{}
	}
	home := isolate(t)
	t.Setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
	if e := one(nameEngine); !e.Usual || e.Current || e.Ignored || e.CLI() == "" {
		t.Errorf("%+v", e)
	}
	if e := one("DOCKER_HOST"); !e.Ignored || !e.Current || e.Explicit {
		t.Errorf("%+v", e)
	}
	t.Setenv("DOCKER_HOST", "unix:///var/run/docker.sock") // the same engine, which may come up later
	if e := one(nameEngine); !e.Usual || !e.Current || e.Ignored {
		t.Errorf("%+v", e)
	}
	t.Setenv("DOCKER_HOST", "")
	addContext(t, "far", "tcp://far.example:2375")
	addContext(t, "other", "tcp://other.example:2375")
	t.Setenv("DOCKER_CONTEXT", "far")
	if e := one("far"); !e.Ignored || !e.Current {
		t.Errorf("%+v", e)
	}
	writeConfig(t, home, `{"currentContext":"other"}`)
	if e := one("other"); !e.Usual || e.Ignored || e.Current {
		t.Errorf("%+v", e)
	}
}
