package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/settings"
	"slipway/engine/words"
)

func TestMain(m *testing.M) {
	os.Setenv("LC_ALL", "C") // the language of who runs the tests
	os.Exit(m.Run())
}

// TestLanguage has the help in the language that was chosen, and else in the system's.
func TestLanguage(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Cleanup(func() { words.Use("en") })
	for _, c := range []struct{ system, settings, want string }{
		{"pt_BR.UTF-8", "", "Uso: slipway"},
		{"C", "", "Usage: slipway"},
		{"de_DE.UTF-8", "", "Usage: slipway"},
		{"pt_BR.UTF-8", `{"language":"en"}`, "Usage: slipway"},
		{"C", `{"language":"pt-BR"}`, "Uso: slipway"},
	} {
		t.Setenv("LC_ALL", c.system)
		path := settings.DefaultPath()
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700),
			os.WriteFile(path, []byte(c.settings), 0o600)); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if run([]string{"--help"}, &out, &out); !strings.HasPrefix(out.String(), c.want) {
			t.Errorf("%+v: %s", c, &out)
		}
	}
}

func TestArguments(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	for _, tc := range []struct {
		args      string
		code      int
		out, errs string
	}{
		{"--version", 0, "slipway " + version, ""},
		{"--help", 0, "Usage: slipway", ""},
		{"--nonsense", 2, "", "flag provided but not defined"},
		{"--help", 0, "slipway open FILE.ipynb", ""},
		{"nonsense", 2, "", `unknown command “nonsense”`},
		{"launch --help", 0, "Usage: slipway launch", ""},
		{"open --help", 0, "Usage: slipway open", ""},
		{"launch --nonsense", 2, "", "flag provided but not defined"},
		{"launch a b c", 2, "", "not 3 arguments"},
		{"launch nosuchthing", 2, "", "neither a recipe nor a folder"},
		{"open a.txt", 2, "", "not a notebook"},
		{"open /none/a.ipynb", 1, "", "Cannot find the notebook /none/a.ipynb"},
	} {
		var out, errs bytes.Buffer
		if code := run(strings.Fields(tc.args), &out, &errs); code != tc.code || !strings.Contains(out.String(), tc.out) ||
			!strings.Contains(errs.String(), tc.errs) {
			t.Errorf("%s: code %d\n%s\n%s", tc.args, code, &out, &errs)
		}
		if tc.code == 2 && strings.Count(errs.String(), "\n") != 1 {
			t.Errorf("%s: not one line: %s", tc.args, &errs)
		}
	}
}

func TestNoDisplayIsOneLine(t *testing.T) {
	for _, display := range []string{"", ":9123", "nonsense"} {
		t.Setenv("DISPLAY", display)
		t.Setenv("WAYLAND_DISPLAY", "")
		var out, errs bytes.Buffer
		if code := run(nil, &out, &errs); code != 1 || strings.Count(errs.String(), "\n") != 1 || out.Len() > 0 {
			t.Errorf("DISPLAY=%q: code %d, printed %q and %q", display, code, &out, &errs)
		}
	}
}

func TestFyneAppAgrees(t *testing.T) {
	data, err := os.ReadFile("FyneApp.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`Version = "` + version + `"`, `ID = "` + appID + `"`} {
		if !strings.Contains(string(data), want) {
			t.Errorf("FyneApp.toml lacks %s", want)
		}
	}
}
