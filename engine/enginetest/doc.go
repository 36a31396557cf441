// Package enginetest gives tests real parts: private Docker engines, a
// registry, images and a browser, none of which touch what the user has.
//
// A package's tests usually share one engine:
//
//	func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }
//
//	func TestPull(t *testing.T) {
//		e := enginetest.Shared(t)
//		c := e.Client(t)
//		image := enginetest.TinyImage(t, e)
//		...
//	}
//
// A test that kills, freezes or fills its engine starts one of its own with
// [Start]. What is needed but missing (root, dockerd, a registry) fails the
// test in CI (CI=true) and skips it on a laptop, with the command that helps.
//
// Everything private lives below one folder (/var/tmp/slipway-test-UID) in
// numbered slots, each held by a lock of the process that uses it, so that any
// number of test binaries run side by side. A slot whose process died is
// cleared by the next one that starts anything; see leftovers.go.
//
// What differs from a user's engine: containers reach the machine but not the
// network beyond it, and where the machine does not forward packets
// (net.ipv4.ip_forward is 0, and stays so) every create warns "IPv4 forwarding
// is disabled. Networking will not work." A crash of dockerd takes its
// containerd along, the containers stay until the restart.
//
// # Where engines and images come from
//
// The engine is Debian's dockerd, with folders, a bridge and a socket of its
// own. "make test" never installs it on your computer: it unpacks the packages
// into the tests' cache, slipway-test in the user's cache directory. Only with
// CI=true it installs them. The cache also keeps what is built once:
//
//   - a real Jupyter image (jupyter.go);
//   - docker 28.5.2, from the module in dockercli (.ci/docker, two minutes);
//   - the newest moby, from source (.ci/engines, about ten minutes);
//   - golangci-lint (.ci/golangci).
//
// Podman is installed with apt, as far as that removes nothing. A private Podman
// has a mount namespace, a network and a configuration of its own; its
// containers go on when it is stopped, as its design is.
//
// # The matrix of engines
//
// SLIPWAY_TEST_ENGINE=modern runs all on an engine as new as users have it
// (modern.go), =podman on Podman (podman.go).
//
// "make test-engines" runs the contract (package contract: what Slipway expects
// of every engine) on Debian's Docker, on the newest moby and on Podman. It
// prints a table with a line for each part and a column for each engine. "make
// test-engines-all" then runs the other tests that talk to an engine, on the
// newest moby and, as far as they hold there, on Podman. Both need root.
//
// How Podman differs is in engine/podman.go, which gives its answers Docker's
// form. What it cannot do at all is in engine/model/lacks.go, with the sentence
// that the window shows, and the contract asserts that.
//
// The package is empty except on Linux: a test file that uses it needs
// "//go:build linux".
package enginetest
