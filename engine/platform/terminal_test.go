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
		if got := terminalCommand(c.goos, func(string) string { return c.own }, find(c.have...), argv); !slices.Equal(got,
			want) {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestOpenTerminal(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv("TERMINAL", "")
	if OpenTerminal(t.Context(), []string{"docker"}) == nil {
		t.Error("it found a terminal where there is none")
	}
	out := filepath.Join(dir, "out")
	script := "#!/bin/sh\nfor a; do echo \"$a\"; done > '" + out + "'\n"
	if err := os.WriteFile(filepath.Join(dir, "xterm"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := OpenTerminal(t.Context(), []string{"docker", "a-b"}); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(out); string(data) != "-e\ndocker\na-b\n" {
		t.Errorf("%q %v", data, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "xterm"), []byte("#!/bin/sh\nexit 3\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if OpenTerminal(t.Context(), []string{"docker"}) == nil {
		t.Error("one that fails at once is no problem")
	}
}

// TestHostileArguments holds that nothing gets to a terminal program that one of them reads as more than a word: on
// Windows the shell's path of an image started another program.
func TestHostileArguments(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv("TERMINAL", "")
	if err := os.WriteFile(filepath.Join(dir, "xterm"), []byte("#!/bin/sh\necho ran >> '"+filepath.Join(dir, "out")+"'\n"),
		0o755); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{
		"/x;calc.exe;/bash", ";", `a"b`, "a'b", "a\nb", "a b", "a\tb", "$(x)", "`x`", "%PATH%", "a|b", "a&b", "a^b", "a>b",
		"a<b", "a*b", "~", "a\\b", "a\x1b[0m", "a\u202eb", "", "{a}", "!x", "#x", "ü",
	} {
		if err := OpenTerminal(t.Context(), []string{"docker", "exec", "-it", "box", word}); err == nil {
			t.Errorf("%q was handed to a terminal", word)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
		t.Error("a terminal was started")
	}
	for _, argv := range [][]string{
		{"docker", "exec", "-it", "box", "/bin/bash"},
		{"docker", "--host", "ssh://me@far.example.com:22", "exec", "-it", "web-1", "sh"},
		{"docker", "--host", "npipe:////./pipe/docker_engine", "attach", "x"},
	} {
		for _, word := range argv {
			if !plainArgument.MatchString(word) {
				t.Errorf("%q is refused", word)
			}
		}
	}
}
