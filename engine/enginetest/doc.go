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
// SLIPWAY_TEST_ENGINE=modern runs all on an engine as new as users have it
// (modern.go), =podman on Podman (podman.go), whose containers go on when it is
// stopped, as its design is.
//
// The package is empty except on Linux: a test file that uses it needs
// "//go:build linux".
package enginetest
