package endpoint

import (
	"net/netip"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"

	"slipway/engine/model"
)

// sight is what this computer itself sees of the way to an engine, and how what the engine says compares with
// it. What an engine says of itself proves nothing where another program passes it on: many computers have
// the same name, and it may lie.
type sight struct {
	goos string
	// remote tells that the address is no socket or pipe, loopback that it is one of this computer all the same.
	remote, loopback bool
	// product tells that the socket is one of a product that runs its engine in a virtual machine here; desktop that the
	// engine says it is Docker Desktop's.
	product, desktop bool
	// listener is the program that listens there, "" where the kernel does not tell; nested that it is in a container
	// of its own, seen from here.
	listener string
	nested   bool
	// kernel and memory tell that the engine's kernel has this one's release, and its machine the same memory to the byte;
	// name that its machine has this one's host name.
	kernel, memory, name bool
}

// tunnels are programs that are for nothing else than to pass on what comes to a port or socket of this computer to
// another one; forwarders those that as a rule do so with a socket.
var (
	tunnels    = []string{"ssh", "sshd", "sshd-session", "autossh", "kubectl"}
	forwarders = append([]string{"socat", "ncat", "nc"}, tunnels...)
)

// engines are the programs that are engines themselves, openers those that open sockets for engines.
var (
	engines = []string{"dockerd", "podman"}
	openers = []string{"systemd", "init"}
)

// place decides where an engine is. A socket never leaves its kernel: an engine that itself listens on one runs
// on this very kernel, whatever host name a container around Slipway has (Toolbx, Distrobox). Where the kernel
// does not say who listens on a socket, since that is in another PID namespace, or names the one that opened it
// for the engine, kernel and memory have to be the same. Behind any other program, and at a port, the host name
// as well: two machines of a cloud may have all but that in common. An engine in a container has files and
// addresses of its own, so it is elsewhere.
func (s sight) place() model.Locality {
	here := s.kernel && s.memory
	switch {
	case s.remote && (!s.loopback || s.goos != "linux" || slices.Contains(tunnels, s.listener)):
		return model.Elsewhere
	case !s.remote && s.product:
		return model.VirtualMachine // also where ssh brings its socket here, as with Lima and Colima
	case !s.remote && slices.Contains(forwarders, s.listener):
		return model.Elsewhere
	case !s.remote && (s.desktop || s.goos != "linux"):
		return model.VirtualMachine // in which Linux containers always run on another system
	case s.nested:
		return model.Elsewhere
	case slices.Contains(engines, s.listener):
		return model.ThisComputer
	case s.remote || s.listener != "" && !slices.Contains(openers, s.listener):
		here = here && s.name
	}
	if here {
		return model.ThisComputer
	}
	return model.Elsewhere
}

// locality tells where the engine is, from how it is reached and what this computer sees of that.
func (e Endpoint) locality(info model.EngineInfo) model.Locality { return e.look(info).place() }

// look sees what there is to see of the endpoint.
func (e Endpoint) look(info model.EngineInfo) sight {
	hostname, _ := os.Hostname()
	release, memory := thisMachine()
	s := sight{
		goos: runtime.GOOS, remote: e.Remote(), loopback: isLoopback(e.Host),
		product: e.Virtual || isVirtualHost(canonicalHost(e.Host)),
		desktop: strings.Contains(info.OperatingSystem, "Docker Desktop"),
		kernel:  release != "" && info.Kernel == release,
		memory:  memory > 0 && info.Memory == memory,
		name:    hostname != "" && info.Name == hostname,
	}
	switch path := e.SocketPath(); {
	case path != "":
		s.listener, s.nested = listenerOf(path)
	case s.remote && s.loopback:
		s.listener = portListener(e.Host)
	}
	return s
}

func isLoopback(host string) bool {
	u, err := url.Parse(host)
	if err != nil {
		return false
	}
	if u.Scheme == "ssh" {
		return false // whatever is behind it, it is reached as another computer
	}
	address, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && address.IsLoopback()
}
