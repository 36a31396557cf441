package runform

import (
	"testing"

	"slipway/engine/model"
	"slipway/engine/runspec"

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
		"port.0.host":      func(_ *Form, x *Facts) { x.PortOwners = map[int]string{0: "container “x”"} },
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
		"env.1.name": func(f *Form, _ *Facts) { f.Env[1] = EnvRow{"LANG", "x"} },
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
		if len(wrong) != 1 || wrong[field] == "" {
			t.Errorf("%s: got %v", field, wrong)
		}
	}
}

func TestSpec(t *testing.T) {
	f := Form{
		Image: " python ", Name: "a1", Restart: "no",
		Ports:   []PortRow{{Container: "80", Protocol: "tcp", HostIP: Loopback, HostPort: "8080"}, {Container: "90", Protocol: "tcp"}},
		Mounts:  []MountRow{{Kind: runspec.Volume, Source: "d", Target: "/data/", ReadOnly: true}, {Kind: runspec.Bind}},
		Env:     []EnvRow{{"API_KEY", "k"}, {}},
		Command: `echo "a b" $HOME`, Memory: "1g", CPUs: "0.5",
	}
	want := runspec.Spec{
		Name: "a1", Image: "python:latest",
		Ports:   []runspec.Port{{HostIP: Loopback, HostPort: 8080, Container: 80, Protocol: "tcp"}},
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
		"jupyter/scipy-notebook:python-3.8": "scipy-notebook", "localhost:5000/a/api:1": "api", "python": "python-3", "": "container", "sha256:abc": "container",
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
		if got := Coach(tc.image, tc.target, nil); got.Instead != tc.instead || (got.Instead != "") != (got.Text != "") {
			t.Errorf("%s in %s: %+v, want %q", tc.target, tc.image.WorkingDir, got, tc.instead)
		}
	}
}

func FuzzFormHoldsTogether(f *testing.F) {
	f.Add("python:3", "a b 'c'", "8080", "512m")
	f.Add("sha256:", "$(", "99999", "-1")
	f.Fuzz(func(t *testing.T, image, command, host, memory string) {
		form := Form{Image: image, Command: command, Memory: memory, Ports: []PortRow{{Container: "80", Protocol: "tcp", HostPort: host}}}
		wrong := form.Validate(Facts{})
		s := form.Spec()
		if wrong["memory"] == "" && s.Memory < 0 {
			t.Errorf("memory %q became %d", memory, s.Memory)
		}
		if len(s.Ports) == 1 && (s.Ports[0].HostPort == 0 || wrong["port.0.host"] != "") {
			t.Errorf("port %q became %d", host, s.Ports[0].HostPort)
		}
	})
}

func TestFromSpec(t *testing.T) {
	spec := runspec.Spec{
		Name: "web", Image: "nginx:1", User: "1000", WorkingDir: "/w", Restart: "on-failure:3", Memory: 300 << 20, CPUs: 1.5, Command: []string{"sh", "-c", `echo "it's" $HOME | cat`},
		Ports:  []runspec.Port{{HostIP: "127.0.0.1", HostPort: 8080, Container: 80}, {HostPort: 53, Container: 53, Protocol: "udp"}},
		Mounts: []runspec.Mount{{Kind: runspec.Bind, Source: "/a b", Target: "/x", ReadOnly: true}, {Kind: runspec.Volume, Source: "vol", Target: "/y"}},
		Env:    []runspec.Env{{Name: "API_KEY", Value: "k", Secret: true}, {Name: "A", Value: ""}},
		CapAdd: []string{"NET_ADMIN"}, Entrypoint: []string{"/bin/x", "-v"}, Labels: map[string]string{"mine": "1", "app.slipway.recipe": "scipy"},
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

// TestEveryField holds that each field of the form is in the spec, and that a form filled in from that spec is the same.
func TestEveryField(t *testing.T) {
	f := Form{
		Image: "python:3.13", Name: "thesis-2", Command: "sh -c 'a | b'", Entrypoint: "tini --", User: "1000:100", WorkingDir: "/work",
		Memory: "512m", Shm: "1g", CPUs: "1.5", GPU: true, Restart: "on-failure", Retries: "3", Platform: "linux/arm64",
		Network: "lab", Aliases: "db cache", Hostname: "deep", TTY: true, Interactive: true, Init: true, Privileged: true,
		Ports:  []PortRow{{Container: "8888", Protocol: "tcp", HostIP: Loopback, HostPort: "8889"}},
		Mounts: []MountRow{{Kind: runspec.Bind, Source: "/home/me", Target: "/work", ReadOnly: true, Relabel: true}},
		Env:    []EnvRow{{"LANG", "C"}},
		Lists: map[ListKind][]string{
			Labels: {"a=b", "c="}, Hosts: {"db:10.0.0.1"}, Devices: {"/dev/null:/dev/nil:r"},
			CapAdd: {"NET_ADMIN"}, CapDrop: {"MKNOD"}, Security: {"no-new-privileges"},
		},
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
	if got := s.RunCommand().String(); got != "docker run -d --name thesis-2 -p 127.0.0.1:8889:8888 -v /home/me:/work:ro,z -e LANG=C -u 1000:100 -w /work --shm-size 1g -m 512m --cpus 1.5 --gpus all "+
		"-i -t --init --privileged --hostname deep --network lab --network-alias db --network-alias cache --platform linux/arm64 --add-host db:10.0.0.1 --cap-add NET_ADMIN --cap-drop MKNOD --device /dev/null:/dev/nil:r --security-opt no-new-privileges "+
		"--restart on-failure:3 -l a=b -l c= --entrypoint tini python:3.13 -- sh -c 'a | b'" {
		t.Error(got)
	}
	for field, change := range map[string]func(*Form){
		"entrypoint": func(f *Form) { f.Entrypoint = "'" },
		"shm":        func(f *Form) { f.Shm = "much" },
		"retries":    func(f *Form) { f.Retries = "-1" },
		"hostname":   func(f *Form) { f.Hostname = "a_b" },
		"platform":   func(f *Form) { f.Platform = "arm" },
		"aliases":    func(f *Form) { f.Network = "" },
		"label.0":    func(f *Form) { f.Lists = map[ListKind][]string{Labels: {"=x"}} },
		"host.1":     func(f *Form) { f.Lists = map[ListKind][]string{Hosts: {"a:::1", "a"}} },
		"device.0":   func(f *Form) { f.Lists = map[ListKind][]string{Devices: {"null"}} },
		"capadd.0":   func(f *Form) { f.Lists = map[ListKind][]string{CapAdd: {"NET ADMIN"}} },
		"capdrop.0":  func(f *Form) { f.Lists = map[ListKind][]string{CapDrop: {"-"}} },
		"security.0": func(f *Form) { f.Lists = map[ListKind][]string{Security: {"privileges"}} },
		"network":    func(f *Form) { f.Network, f.Aliases = "host", "" },
	} {
		bad := f.copied()
		change(&bad)
		if wrong := bad.Validate(Facts{}); len(wrong) != 1 || wrong[field] == "" {
			t.Errorf("%s: got %v", field, wrong)
		}
	}
}
