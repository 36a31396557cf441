package endpoint

import (
	"testing"

	"slipway/engine/model"
)

func TestLocality(t *testing.T) {
	twin := func(change func(*sight)) sight { // the same kernel, memory and name, as far as the engine says
		s := sight{goos: "linux", kernel: true, memory: true, name: true}
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		see  sight
		want model.Locality
	}{
		"the engine listens": {sight{
			goos: "linux", listener: "dockerd", kernel: true, memory: true,
			name: true,
		}, model.ThisComputer},
		"another host name, as in Toolbx": {
			sight{goos: "linux", listener: "dockerd", kernel: true, memory: true},
			model.ThisComputer,
		},
		"another view of the memory, as in LXC": {
			sight{goos: "linux", listener: "dockerd", kernel: true},
			model.ThisComputer,
		},
		"Podman": {sight{goos: "linux", listener: "podman"}, model.ThisComputer},
		"systemd opened it": {
			twin(func(s *sight) { s.listener, s.name = "systemd", false }),
			model.ThisComputer,
		},
		"another PID namespace":               {twin(func(s *sight) { s.name = false }), model.ThisComputer},
		"another PID namespace, other kernel": {sight{goos: "linux", memory: true, name: true}, model.Elsewhere},
		"another PID namespace, other memory": {sight{goos: "linux", kernel: true, name: true}, model.Elsewhere},
		"the same name proves nothing":        {sight{goos: "linux", listener: "systemd", name: true}, model.Elsewhere},
		"an engine in a container": {twin(func(s *sight) {
			s.listener, s.nested, s.name = "dockerd", true, false
		}), model.Elsewhere},
		"ssh -L from a twin":                  {twin(func(s *sight) { s.listener = "ssh" }), model.Elsewhere},
		"ssh -R from a twin":                  {twin(func(s *sight) { s.listener = "sshd" }), model.Elsewhere},
		"socat":                               {twin(func(s *sight) { s.listener = "socat" }), model.Elsewhere},
		"ssh to somebody's Docker Desktop":    {sight{goos: "linux", listener: "ssh", desktop: true}, model.Elsewhere},
		"another program, the engine is here": {twin(func(s *sight) { s.listener = "my-proxy" }), model.ThisComputer},
		"another program before a twin": {
			twin(func(s *sight) { s.listener, s.name = "my-proxy", false }),
			model.Elsewhere,
		},
		"another program, the engine is not": {
			sight{goos: "linux", listener: "my-proxy", kernel: true, name: true},
			model.Elsewhere,
		},
		"Docker Desktop": {
			sight{goos: "linux", listener: "com.docker.backend", desktop: true},
			model.VirtualMachine,
		},
		"Colima, whose socket ssh brings": {
			sight{goos: "linux", listener: "ssh", product: true},
			model.VirtualMachine,
		},
		"macOS":                   {sight{goos: "darwin"}, model.VirtualMachine},
		"Windows":                 {sight{goos: "windows", product: true}, model.VirtualMachine},
		"a port of this computer": {twin(func(s *sight) { s.remote, s.loopback = true, true }), model.ThisComputer},
		"a port, another host name": {
			twin(func(s *sight) { s.remote, s.loopback, s.name = true, true, false }),
			model.Elsewhere,
		},
		"a port of the engine, another host name": {twin(func(s *sight) {
			s.remote, s.loopback, s.listener, s.name = true, true, "dockerd", false
		}), model.ThisComputer},
		"a port, another machine": {
			sight{goos: "linux", remote: true, loopback: true, name: true},
			model.Elsewhere,
		},
		"a port of ssh": {twin(func(s *sight) {
			s.remote, s.loopback, s.listener = true, true, "ssh"
		}), model.Elsewhere},
		"a port of socat before the engine here": {twin(func(s *sight) {
			s.remote, s.loopback, s.listener = true, true, "socat"
		}), model.ThisComputer},
		"a port of socat, another name": {twin(func(s *sight) {
			s.remote, s.loopback, s.listener, s.name = true, true, "socat", false
		}), model.Elsewhere},
		"a port on macOS":          {sight{goos: "darwin", remote: true, loopback: true, name: true}, model.Elsewhere},
		"over the network, a twin": {twin(func(s *sight) { s.remote = true }), model.Elsewhere},
	} {
		if got := c.see.place(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for host, want := range map[string]bool{
		"tcp://localhost:1": true, "tcp://127.0.0.1:1": true, "tcp://[::1]:1": true, "tcp://10.0.0.1:1": false,
		"ssh://me@localhost": false, "unix:///x": false, "tcp://127.example:1": false,
	} {
		if isLoopback(host) != want {
			t.Errorf("%s: loopback %v", host, !want)
		}
	}
}
