package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

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
		{"nonsense", 2, "", `unknown command "nonsense"`},
		{"launch --help", 0, "Usage: slipway launch", ""},
		{"open --help", 0, "Usage: slipway open", ""},
		{"launch --nonsense", 2, "", "flag provided but not defined"},
		{"launch a b c", 2, "", "not 3 words"},
		{"launch nosuchthing", 2, "", "neither a recipe nor a folder"},
		{"open a.txt", 2, "", "no notebook"},
		{"open /none/a.ipynb", 1, "", "There is no notebook /none/a.ipynb"},
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
