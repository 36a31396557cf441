package endpoint

import (
	"os"
	"path/filepath"
	"strings"
)

// nameEngine is what Slipway calls the plain engine at its default socket.
const nameEngine = "Docker Engine"

// socket is a place where a product is known to listen. From the products' documentation.
type socket struct {
	Name, Host string
	Virtual    bool
}

// knownSockets lists the places for a system (runtime.GOOS), in order of preference. Pure, except that Colima's
// profiles are looked up below home.
func knownSockets(goos, runtimeDir, home string) []socket {
	unix := func(name string, virtual bool, elem ...string) socket {
		return socket{Name: name, Host: "unix://" + filepath.ToSlash(filepath.Join(elem...)), Virtual: virtual}
	}
	switch goos {
	case "windows":
		return []socket{
			{nameEngine, "npipe:////./pipe/docker_engine", true},
			{"Docker Desktop", "npipe:////./pipe/dockerDesktopLinuxEngine", true},
			{"Podman", "npipe:////./pipe/podman-machine-default", true},
		}
	case "darwin":
		return append([]socket{
			unix(nameEngine, true, "/var/run/docker.sock"),
			unix("Docker Desktop", true, home, ".docker/run/docker.sock"),
			unix("OrbStack", true, home, ".orbstack/run/docker.sock"),
			unix("Rancher Desktop", true, home, ".rd/docker.sock"),
			unix("Podman", true, home, ".local/share/containers/podman/machine/podman.sock"),
		}, colimaSockets(home)...)
	default:
		list := []socket{unix(nameEngine, false, "/var/run/docker.sock")}
		if runtimeDir != "" {
			list = append(list, unix("rootless Docker", false, runtimeDir, "docker.sock"))
		}
		list = append(list, unix("Docker Desktop", true, home, ".docker/desktop/docker.sock"),
			unix("Rancher Desktop", true, home, ".rd/docker.sock"))
		list = append(list, colimaSockets(home)...)
		if runtimeDir != "" {
			list = append(list, unix("Podman", false, runtimeDir, "podman/podman.sock"))
		}
		return append(list, unix("Podman (system)", false, "/run/podman/podman.sock"))
	}
}

// colimaSockets lists Colima's profiles, the default one first.
func colimaSockets(home string) []socket {
	paths, _ := filepath.Glob(filepath.Join(home, ".colima", "*", "docker.sock"))
	var list []socket
	for _, p := range paths {
		profile := filepath.Base(filepath.Dir(p))
		s := socket{Name: "Colima " + profile, Host: "unix://" + filepath.ToSlash(p), Virtual: true}
		if profile == "default" {
			s.Name = "Colima"
			list = append([]socket{s}, list...)
			continue
		}
		list = append(list, s)
	}
	return list
}

// exists tells whether the socket's file is there. A named pipe can only be told by opening it, which Check does.
func (s socket) exists() bool {
	p, ok := strings.CutPrefix(s.Host, "unix://")
	if !ok {
		return true
	}
	_, err := os.Stat(p)
	return err == nil || os.IsPermission(err)
}

// isVirtualHost tells from a context's host whether it is a product's that runs its engine in a virtual machine.
func isVirtualHost(host string) bool {
	for _, part := range []string{
		"/.docker/desktop/", "/.docker/run/", "/.orbstack/", "/.rd/", "/.colima/", "/.lima/",
		"/podman/machine/", "dockerDesktop", "podman-machine",
	} {
		if strings.Contains(host, part) {
			return true
		}
	}
	return false
}
