//go:build linux

package platform

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

const listenVariable = "SLIPWAY_TEST_LISTEN"

func TestMain(m *testing.M) {
	if at := os.Getenv(listenVariable); at != "" {
		l, err := net.Listen("tcp", at)
		if err != nil {
			os.Exit(1)
		}
		os.Stdout.WriteString(l.Addr().String() + "\n")
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // until the test closes it
		return
	}
	os.Exit(m.Run())
}

// TestStrangerListens has another user listen, as a program would that waits for a notebook's port to become free.
func TestStrangerListens(t *testing.T) {
	own, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	if port := uint16(own.Addr().(*net.TCPAddr).Port); StrangerListens("127.0.0.1", port) {
		t.Error("one's own program is a stranger")
	}
	if os.Getuid() != 0 {
		t.Skip("only root can start a program as another user")
	}
	for listens, asked := range map[string][]string{
		"127.0.0.1:0": {"127.0.0.1"}, "0.0.0.0:0": {"127.0.0.1", "127.0.0.2"}, "[::]:0": {"127.0.0.1", "::1"},
		"[::1]:0": {"::1"},
	} {
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = []string{listenVariable + "=" + listens}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		_, number, _ := net.SplitHostPort(strings.TrimSpace(line))
		port, perr := strconv.ParseUint(number, 10, 16)
		if err != nil || perr != nil {
			t.Fatalf("%s: %q %v", listens, line, err)
		}
		for _, host := range asked {
			if !StrangerListens(host, uint16(port)) {
				t.Errorf("nobody else listens on %s, asked for %s", line, host)
			}
		}
		if listens == "127.0.0.1:0" && StrangerListens("127.0.0.2", uint16(port)) {
			t.Error("who listens on 127.0.0.1 takes 127.0.0.2")
		}
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
		if StrangerListens(asked[0], uint16(port)) {
			t.Errorf("%s: ended, and still there", listens)
		}
	}
}
