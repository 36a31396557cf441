package platform

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestTerminalCommand(t *testing.T) {
	argv := []string{"docker", "exec", "-it", "a b; rm", "bash"}
	find := func(have ...string) func(string) (string, error) {
		return func(name string) (string, error) {
			if slices.Contains(have, name) {
				return "/nowhere/" + name, nil
			}
			return "", errors.New("not found")
		}
	}
	for _, c := range []struct {
		goos, own string
		have      []string
		want      []string
	}{
		{"linux", "", nil, nil},
		{"linux", "", []string{"xterm", "konsole"}, []string{"/nowhere/konsole", "-e"}},
		{"linux", "", []string{"gnome-terminal", "xterm"}, []string{"/nowhere/gnome-terminal", "--"}},
		{"linux", "xterm", []string{"x-terminal-emulator", "xterm"}, []string{"/nowhere/xterm", "-e"}},
		{"linux", "rm -rf /", []string{"x-terminal-emulator"}, []string{"/nowhere/x-terminal-emulator", "-e"}},
		{"windows", "", []string{"wt.exe"}, []string{"/nowhere/wt.exe", "new-tab", "--"}},
		{"darwin", "", []string{"xterm"}, nil},
	} {
		want := c.want
		if want != nil {
			want = append(slices.Clone(want), argv...)
		}
		if got := terminalCommand(c.goos, func(string) string { return c.own }, find(c.have...), argv); !slices.Equal(got, want) {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestOpenTerminal(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv("TERMINAL", "")
	if HasTerminal() || OpenTerminal(t.Context(), []string{"docker"}) == nil {
		t.Error("it found a terminal where there is none")
	}
	out := filepath.Join(dir, "out")
	script := "#!/bin/sh\nfor a; do echo \"$a\"; done > '" + out + "'\n"
	if err := os.WriteFile(filepath.Join(dir, "xterm"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := OpenTerminal(t.Context(), []string{"docker", "a b"}); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(out); string(data) != "-e\ndocker\na b\n" {
		t.Errorf("%q %v", data, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "xterm"), []byte("#!/bin/sh\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if OpenTerminal(t.Context(), []string{"docker"}) == nil {
		t.Error("one that fails at once is no problem")
	}
}
