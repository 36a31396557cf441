package runform

import (
	"strings"
	"testing"

	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"

	"github.com/google/go-cmp/cmp"
)

func TestValidate(t *testing.T) {
	good := Form{
		Image: "python:3.13", Name: "thesis", Restart: "no",
		Ports:  []PortRow{{Container: "8888", Protocol: "tcp", HostIP: Loopback, HostPort: "8888"}, {}},
		Mounts: []MountRow{{Kind: runspec.Bind, Source: "/home/me/work", Target: "/work"}, {}},
		Env:    []EnvRow{{"LANG", "C"}, {}}, Command: `sh -c 'a | b'`, Memory: "512m", CPUs: "1.5", WorkingDir: "/work",
	}
	if wrong := good.Validate(Facts{}); len(wrong) != 0 {
		t.Fatalf("a good form: %v", wrong)
	}
	for field, change := range map[string]func(*Form, *Facts){
		"image":            func(f *Form, _ *Facts) { f.Image = "Python:3" },
		"name":             func(_ *Form, x *Facts) { x.Names = map[string]bool{"thesis": true} },
		"port.0.container": func(f *Form, _ *Facts) { f.Ports[0].Container = "0" },
		"port.0.host":      func(_ *Form, x *Facts) { x.PortOwners = map[int]words.Text{0: words.Name("container “x”")} },
		"port.1.host": func(f *Form, _ *Facts) {
			f.Ports[1] = PortRow{Container: "1", Protocol: "tcp", HostIP: Loopback, HostPort: "8888"}
		},
		"mount.0.source": func(f *Form, _ *Facts) { f.Mounts[0].Source = "work" },
		"mount.0.target": func(f *Form, _ *Facts) { f.Mounts[0].Target = "work" },
		"mount.1.target": func(f *Form, _ *Facts) {
			f.Mounts[1] = MountRow{Kind: runspec.Volume, Source: "data", Target: "/work/"}
		},
		"mount.1.source": func(f *Form, _ *Facts) {
			f.Mounts[1] = MountRow{Kind: runspec.Volume, Source: "a b", Target: "/d"}
		},
		"env.1.name": func(f *Form, _ *Facts) { f.Env[1] = EnvRow{"A=B", "x"} },
		"command":    func(f *Form, _ *Facts) { f.Command = "a | b" },
		"memory":     func(f *Form, _ *Facts) { f.Memory = "1m" },
		"cpus":       func(f *Form, facts *Facts) { f.CPUs, facts.CPUs = "2.5", 2 },
		"workdir":    func(f *Form, _ *Facts) { f.WorkingDir = "work" },
		"restart":    func(f *Form, _ *Facts) { f.AutoRemove, f.Restart = true, "always" },
	} {
		f, facts := good, Facts{}
		f.Ports = append([]PortRow{}, good.Ports...)
		f.Mounts = append([]MountRow{}, good.Mounts...)
		f.Env = append([]EnvRow{}, good.Env...)
		change(&f, &facts)
		wrong := f.Validate(facts)
		if len(wrong) != 1 || wrong[field].None() {
			t.Errorf("%s: got %v", field, wrong)
		}
	}
}

func TestSpec(t *testing.T) {
	f := Form{
		Image: " python ", Name: "a1", Restart: "no",
		Ports: []PortRow{
			{Container: "80", Protocol: "tcp", HostIP: Loopback, HostPort: "8080"},
			{Container: "90", Protocol: "tcp"},
		},
		Mounts:  []MountRow{{Kind: runspec.Volume, Source: "d", Target: "/data/", ReadOnly: true}, {Kind: runspec.Bind}},
		Env:     []EnvRow{{"API_KEY", "k"}, {}},
		Command: `echo "a b" $HOME`, Memory: "1g", CPUs: "0.5",
	}
	want := runspec.Spec{
		Name: "a1", Image: "python:latest",
		Ports: []runspec.Port{
			{HostIP: Loopback, HostPort: 8080, Container: 80, Protocol: "tcp"},
			{Container: 90, Protocol: "tcp"},
		},
		Mounts:  []runspec.Mount{{Kind: runspec.Volume, Source: "d", Target: "/data", ReadOnly: true}},
		Env:     []runspec.Env{{Name: "API_KEY", Value: "k", Secret: true}},
		Command: []string{"echo", "a b", "$HOME"}, Memory: 1 << 30, CPUs: 0.5,
	}
	if d := cmp.Diff(want, f.Spec()); d != "" {
		t.Error(d)
	}
}

func TestSuggestName(t *testing.T) {
	for image, want := range map[string]string{
		"jupyter/scipy-notebook:python-3.8": "scipy-notebook", "localhost:5000/a/api:1": "api", "python": "python-3",
		"": "container", "sha256:abc": "container",
	} {
		if got := SuggestName(image, map[string]bool{"python": true, "python-2": true}); got != want {
			t.Errorf("%s: got %s, want %s", image, got, want)
		}
	}
}

func TestCoach(t *testing.T) {
	jupyter := model.ImageDetail{WorkingDir: "/home/jovyan", Env: []string{"HOME=/home/jovyan"}}
	server := model.ImageDetail{WorkingDir: "/app", Volumes: []string{"/app/model"}}
	for _, tc := range []struct {
		image   model.ImageDetail
		target  string
		instead string
	}{
		{jupyter, "/home/jovyan/work", ""},
		{jupyter, "/home/jovyan", "/home/jovyan/work"},
		{jupyter, "/work", "/home/jovyan/work"},
		{jupyter, "/home/jovyan/data", ""},
		{server, "/srv/model", "/app/model"},
		{server, "/app/model/v1", ""},
		{server, "/app", ""},
		{model.ImageDetail{WorkingDir: "/"}, "/x", ""},
		{model.ImageDetail{}, "/x", ""},
	} {
		if got := Coach(tc.image, tc.target, nil); got.Instead != tc.instead || (got.Instead != "") != (!got.Text.None()) {
			t.Errorf("%s in %s: %+v, want %q", tc.target, tc.image.WorkingDir, got, tc.instead)
		}
	}
}

func FuzzFormHoldsTogether(f *testing.F) {
	f.Add("python:3", "a b 'c'", "8080", "512m")
	f.Add("sha256:", "$(", "99999", "-1")
	f.Fuzz(func(t *testing.T, image, command, host, memory string) {
		form := Form{
			Image: image, Command: command, Memory: memory,
			Ports: []PortRow{{Container: "80", Protocol: "tcp", HostPort: host}},
		}
		wrong := form.Validate(Facts{})
		s := form.Spec()
		if wrong["memory"].None() && s.Memory < 0 {
			t.Errorf("memory %q became %d", memory, s.Memory)
		}
		if len(s.Ports) == 1 && (s.Ports[0].HostPort == 0 || !wrong["port.0.host"].None()) {
			t.Errorf("port %q became %d", host, s.Ports[0].HostPort)
		}
	})
}

func TestFromSpec(t *testing.T) {
	spec := runspec.Spec{
		Name: "web", Image: "nginx:1", User: "1000", WorkingDir: "/w", Restart: "on-failure:3", Memory: 300 << 20, CPUs: 1.5,
		Command: []string{"sh", "-c", `echo "it's" $HOME | cat`},
		Ports: []runspec.Port{
			{HostIP: "127.0.0.1", HostPort: 8080, Container: 80},
			{HostPort: 53, Container: 53, Protocol: "udp"},
		},
		Mounts: []runspec.Mount{
			{Kind: runspec.Bind, Source: "/a b", Target: "/x", ReadOnly: true},
			{Kind: runspec.Volume, Source: "vol", Target: "/y"},
		},
		Env:    []runspec.Env{{Name: "API_KEY", Value: "k", Secret: true}, {Name: "A", Value: ""}},
		CapAdd: []string{"NET_ADMIN"}, Entrypoint: []string{"/bin/x", "-v"},
		Labels: map[string]string{"mine": "1", "app.slipway.recipe": "scipy"},
	}
	f := FromSpec(spec, map[string]bool{"web": true})
	if wrong := f.Validate(Facts{Names: map[string]bool{"web": true}}); len(wrong) > 0 {
		t.Errorf("%v", wrong)
	}
	want := spec
	want.Name, want.Labels = "web-2", map[string]string{"mine": "1"}
	want.Ports[0].Protocol = "tcp"
	if diff := cmp.Diff(want, f.Spec()); diff != "" {
		t.Error(diff)
	}
}

// TestEveryField holds that each field of the form is in the spec, and that a form filled in from that spec is the
// same.
func TestEveryField(t *testing.T) {
	f := Form{
		Image: "python:3.13", Name: "thesis-2", Command: "sh -c 'a | b'", Entrypoint: "tini --", User: "1000:100",
		WorkingDir: "/work",
		Memory:     "512m", Shm: "1g", CPUs: "1.5", GPU: true, Restart: "on-failure", Retries: "3", Platform: "linux/arm64",
		Network: "lab", Aliases: "db cache", Hostname: "deep", TTY: true, Interactive: true, Init: true, Privileged: true,
		Ports:  []PortRow{{Container: "8888", Protocol: "tcp", HostIP: Loopback, HostPort: "8889"}},
		Mounts: []MountRow{{Kind: runspec.Bind, Source: "/home/me", Target: "/work", ReadOnly: true, Relabel: true}},
		Env:    []EnvRow{{"LANG", "C"}},
		Lists: map[ListKind][]string{
			Labels: {"a=b", "c="}, Hosts: {"db:10.0.0.1"}, Devices: {"/dev/null:/dev/nil:r"},
			CapAdd: {"NET_ADMIN"}, CapDrop: {"MKNOD"}, Security: {"no-new-privileges"},
		},
		More: runspec.Options{"ipc": {"host"}, "userns": {"host"}, "group-add": {"7", "staff"}},
	}
	if wrong := f.Validate(Facts{}); len(wrong) > 0 {
		t.Errorf("a good form: %v", wrong)
	}
	s := f.Spec()
	again := FromSpec(s, map[string]bool{"thesis": true})
	if diff := cmp.Diff(f.Lists, again.Lists); diff != "" {
		t.Error(diff)
	}
	again.Rest = f.Rest
	if diff := cmp.Diff(f, again); diff != "" {
		t.Error(diff)
	}
	if got := s.RunCommand().
		String(); got != "docker run -d --name thesis-2 -p 127.0.0.1:8889:8888 -v /home/me:/work:ro,z -e LANG=C -u 1000:100 --group-add 7 --group-add staff --userns host -w /work --shm-size 1g -m 512m --cpus 1.5 --gpus all "+
		"-i -t --init --privileged --hostname deep --network lab --network-alias db --network-alias cache --platform linux/arm64 --add-host db:10.0.0.1 --cap-add NET_ADMIN --cap-drop MKNOD --device /dev/null:/dev/nil:r --security-opt no-new-privileges --ipc host "+
		"--restart on-failure:3 -l a=b -l c= --entrypoint tini python:3.13 -- sh -c 'a | b'" {
		t.Error(got)
	}
	for field, change := range map[string]func(*Form){
		"entrypoint": func(f *Form) { f.Entrypoint = "'" },
		"shm":        func(f *Form) { f.Shm = "much" },
		"retries":    func(f *Form) { f.Retries = "-1" },
		"hostname":   func(f *Form) { f.Hostname = "a b" },
		"platform":   func(f *Form) { f.Platform = "arm" },
		"aliases":    func(f *Form) { f.Network = "" },
		"label.0":    func(f *Form) { f.Lists = map[ListKind][]string{Labels: {"=x"}} },
		"host.1":     func(f *Form) { f.Lists = map[ListKind][]string{Hosts: {"a:::1", "a"}} },
		"device.0":   func(f *Form) { f.Lists = map[ListKind][]string{Devices: {"null"}} },
		"capadd.0":   func(f *Form) { f.Lists = map[ListKind][]string{CapAdd: {"NET ADMIN"}} },
		"capdrop.0":  func(f *Form) { f.Lists = map[ListKind][]string{CapDrop: {"-"}} },
		"security.0": func(f *Form) { f.Lists = map[ListKind][]string{Security: {"privileges"}} },
		"network":    func(f *Form) { f.Network, f.Aliases, f.Hostname = "container:x", "", "" },
	} {
		bad := f.copied()
		change(&bad)
		if wrong := bad.Validate(Facts{}); len(wrong) != 1 || wrong[field].None() {
			t.Errorf("%s: got %v", field, wrong)
		}
	}
}

// TestNothingBlocks: what an engine takes is never in the way, and what a container has already least of all.
func TestNothingBlocks(t *testing.T) {
	run := func(change func(*runspec.Spec)) runspec.Spec {
		s := runspec.Spec{Name: "c1", Image: "tiny:1"}
		change(&s)
		return s
	}
	for name, s := range map[string]runspec.Spec{
		"any free port": run(func(s *runspec.Spec) {
			s.Ports = []runspec.Port{{Container: 8888}, {HostIP: "127.0.0.1", Container: 9999, Protocol: "udp"}}
		}),
		"one of a range": run(func(s *runspec.Spec) {
			s.Ports = []runspec.Port{{HostPort: 8000, HostEnd: 8010, Container: 80}}
		}),
		"several at once": run(func(s *runspec.Spec) {
			s.Ports = []runspec.Port{{HostPort: 7000, Container: 8000, ContainerEnd: 8010}}
		}),
		"two addresses": run(func(s *runspec.Spec) {
			s.Ports = []runspec.Port{
				{HostIP: "127.0.0.1", HostPort: 8080, Container: 80},
				{HostIP: "127.0.0.2", HostPort: 8080, Container: 80},
			}
		}),
		"both families": run(func(s *runspec.Spec) {
			s.Ports = []runspec.Port{
				{HostIP: "0.0.0.0", HostPort: 8081, Container: 80},
				{HostIP: "::", HostPort: 8081, Container: 80},
			}
		}),
		"IPv6 alone": run(func(s *runspec.Spec) { s.Ports = []runspec.Port{{HostIP: "::1", HostPort: 8082, Container: 80}} }),
		"sctp": run(func(s *runspec.Spec) {
			s.Ports = []runspec.Port{{HostPort: 5000, Container: 5000, Protocol: "sctp"}}
		}),
		"odd variables": run(func(s *runspec.Spec) {
			s.Env = []runspec.Env{
				{Name: "Logging:LogLevel:Default", Value: "Debug"},
				{Name: "xpack[0].url", Value: "u"},
				{Name: "1ST", Value: "a"},
				{Name: "my var", Value: "1"},
				{Name: "BASH_FUNC_f%%", Value: "() { :; }"},
			}
		}),
		"lines": run(func(s *runspec.Spec) {
			s.Env = []runspec.Env{{Name: "KEY", Value: "-----BEGIN X-----\nAAAA\n-----END X-----\n", Secret: true}}
		}),
		"a folder of Windows": run(func(s *runspec.Spec) {
			s.Mounts = []runspec.Mount{{Kind: runspec.Bind, Source: `C:\Users\me\x`, Target: "/work"}}
		}),
		"a colon": run(func(s *runspec.Spec) {
			s.Mounts = []runspec.Mount{{Kind: runspec.Volume, Source: "c49v", Target: "/config/e:", Long: true}}
		}),
		"options of mounts": run(func(s *runspec.Spec) {
			s.Mounts = []runspec.Mount{{Kind: runspec.Bind, Source: "/a", Target: "/a", Options: []string{"Z", "rslave"}}}
		}),
		"a host name": run(func(s *runspec.Spec) { s.Hostname = "my_host.example" }),
		"by CDI":      run(func(s *runspec.Spec) { s.Devices = []string{"nvidia.com/gpu=0"} }),
		"words of a shell": run(func(s *runspec.Spec) {
			s.Command = []string{"sh", "-c", "echo ${PORT:-8888} ${#X} $$ ${X%y} ~/a", "~/a", "{b,c}", "print('$PATH')"}
		}),
		"no entrypoint": run(func(s *runspec.Spec) { s.Entrypoint = []string{""} }),
		"whatever": run(func(s *runspec.Spec) {
			s.More = runspec.Options{"ipc": {"host"}, "log-opt": {"max-size=1m"}, "cpu-quota": {"50000"}}
			s.UserNS = "host"
			s.GroupAdd = []string{"7"}
		}),
	} {
		f := FromSpec(s, nil)
		f.Name = s.Name
		had := f.copied()
		if wrong := f.Validate(Facts{Had: &had, Changing: true}); len(wrong) > 0 {
			t.Errorf("%s: %v", name, wrong)
		}
		if diff := cmp.Diff(s.RunCommand().WithSecrets(), f.Spec().RunCommand().WithSecrets()); diff != "" {
			t.Errorf("%s became another one:\n%s", name, diff)
		}
		if wrong := f.Validate(Facts{}); len(wrong) > 0 && name != "a folder of Windows" {
			t.Errorf("%s, typed: %v", name, wrong)
		}
	}
}

// TestKeptAsItIs: what a container has is never in the way of something else, whatever the form would say of it if it
// were typed.
func TestKeptAsItIs(t *testing.T) {
	odd := runspec.Spec{
		Name: "odd", Image: "tiny", WorkingDir: `C:\app`, Hostname: strings.Repeat("h", 80),
		Platform: "Windows(10.0.17763)/amd64", Memory: 1 << 20, CPUs: 4000,
		CapAdd: []string{"CAP-X"}, SecurityOpts: []string{"credentialspec=file://x.json"},
		Devices: []string{"class/5B45201D"}, ExtraHosts: []string{"a b:c"},
	}
	f := FromSpec(odd, nil)
	had := f.copied()
	f.Env = []EnvRow{{"ONE", "more"}}
	if wrong := f.Validate(Facts{Had: &had}); len(wrong) > 0 {
		t.Errorf("kept: %v", wrong)
	}
	if wrong := f.Validate(Facts{}); len(wrong) != 9 {
		t.Errorf("typed: %v", wrong)
	}
	f.Memory, f.More = "4g", runspec.Options{"memory-swap": {"2g"}}
	if wrong := f.Validate(Facts{Had: &had}); len(wrong) != 1 ||
		!strings.Contains(wrong["memory"].String(), "--memory-swap (2g)") {
		t.Errorf("more memory than there is with swap: %v", wrong)
	}
}

// TestPortsCollide tells ports that the engine cannot give twice from those that only look alike.
func TestPortsCollide(t *testing.T) {
	for _, tc := range []struct {
		a, b PortRow
		want bool
	}{
		{PortRow{"80", "tcp", "", "8080"}, PortRow{"81", "tcp", "", "8080"}, true},
		{PortRow{"80", "tcp", Loopback, "8080"}, PortRow{"81", "tcp", Loopback, "8080"}, true},
		{PortRow{"80", "tcp", Loopback, "8080"}, PortRow{"80", "tcp", "127.0.0.2", "8080"}, false},
		{PortRow{"80", "tcp", "0.0.0.0", "8080"}, PortRow{"80", "tcp", "127.0.0.2", "8080"}, true},
		{PortRow{"80", "tcp", "0.0.0.0", "8080"}, PortRow{"80", "tcp", "::", "8080"}, false},
		{PortRow{"80", "tcp", "", "8080"}, PortRow{"80", "tcp", "::1", "8080"}, true},
		{PortRow{"80", "tcp", "", "8080"}, PortRow{"80", "udp", "", "8080"}, false},
		{PortRow{"80", "tcp", "", ""}, PortRow{"80", "tcp", "", ""}, false},
		{PortRow{"80-90", "tcp", "", "8000"}, PortRow{"1", "tcp", "", "8010"}, true},
		{PortRow{"80-90", "tcp", "", "8000-8010"}, PortRow{"1", "tcp", "", "8011"}, false},
		{PortRow{"80", "tcp", "", "8000-8010"}, PortRow{"1", "tcp", "", "8001"}, false},
	} {
		a, _, _ := tc.a.port()
		b, _, _ := tc.b.port()
		if got := collide(a, b); got != tc.want || collide(b, a) != tc.want {
			t.Errorf("%v and %v: %v", tc.a, tc.b, got)
		}
	}
	for text, want := range map[PortRow]bool{
		{"80-70", "tcp", "", ""}: false, {"8000-8010", "tcp", "", "7000-7009"}: false,
		{"65530-65535", "tcp", "", "65531"}:   false,
		{"8000-8010", "tcp", "", "7000-7010"}: true, {"x", "tcp", "", "1"}: false, {"1", "tcp", "", "0"}: false,
		{"1", "tcp", "", "99999"}: false,
	} {
		if _, a, b := text.port(); (a.None() && b.None()) != want {
			t.Errorf("%v: %q %q", text, a, b)
		}
	}
}

// TestManyExposedPorts: an image that exposes ten thousand ports has a form of a few rows.
func TestManyExposedPorts(t *testing.T) {
	d := model.ImageDetail{Exposed: []model.PublishedPort{{Container: 80, Protocol: "tcp"}}}
	for n := 10000; n <= 20000; n++ {
		d.Exposed = append(d.Exposed, model.PublishedPort{Container: uint16(n), Protocol: "udp"})
	}
	rows, more := exposed(d)
	if len(rows) != 1 || rows[0].Container != "80" || len(more) != 1 || more[0].ContainerText() != "10000-20000" {
		t.Errorf("%+v, %+v", rows, more)
	}
	all := model.ImageDetail{}
	for n := 1; n <= 65535; n++ {
		all.Exposed = append(all.Exposed, model.PublishedPort{Container: uint16(n), Protocol: "tcp"})
	}
	if rows, more := exposed(all); len(rows) != 0 || len(more) != 1 || more[0].Count() != 65535 {
		t.Errorf("%d rows, %+v", len(rows), more)
	}
}

// TestRemarks says what a person should know, and keeps nothing from being run.
func TestRemarks(t *testing.T) {
	f := Form{
		Image: "tiny", Name: "ab", Restart: "no", Command: "sh -c “echo hi”", Network: "host",
		Ports:  []PortRow{{"80", "tcp", Loopback, "8080"}},
		Env:    []EnvRow{{"a:b", "1"}, {"KEY", "a\nb\nc\n"}, {"A", "1"}, {"A", "2"}},
		Mounts: []MountRow{{Kind: runspec.Bind, Source: "/var/run/docker.sock", Target: "/var/run/docker.sock"}},
	}
	if wrong := f.Validate(Facts{}); len(wrong) > 0 {
		t.Error(wrong)
	}
	said := f.Remarks(Facts{})
	for id, want := range map[string]string{
		"command": "typographic quote", "network": "no ports are published", "env.0.name": "shells", "env.1.name": "3 lines",
		"env.3.name": "last one counts", "mount.0.source": "controls the engine",
	} {
		if !strings.Contains(said[id].String(), want) {
			t.Errorf("%s: %q", id, said[id])
		}
	}
}
