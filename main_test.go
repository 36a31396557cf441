package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestArguments(t *testing.T) {
	for _, tc := range []struct {
		args      string
		code      int
		out, errs string
	}{
		{"--version", 0, "slipway " + version, ""},
		{"--help", 0, "Usage: slipway", ""},
		{"--nonsense", 2, "", "flag provided but not defined"},
		{"nonsense", 2, "", `unknown argument "nonsense"`},
	} {
		var out, errs bytes.Buffer
		if code := run(strings.Fields(tc.args), &out, &errs); code != tc.code || !strings.Contains(out.String(), tc.out) || !strings.Contains(errs.String(), tc.errs) {
			t.Errorf("%s: code %d\n%s\n%s", tc.args, code, &out, &errs)
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
