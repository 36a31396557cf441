package actions

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine"
	"slipway/engine/scrollback"
)

// TestLineSaver saves lines that come in parts, of two outputs at once, and those of them that match.
func TestLineSaver(t *testing.T) {
	long := strings.Repeat("x", mostBegun)
	lines := []engine.LogLine{
		{Text: "one"},
		{Text: "a line ", Cut: true},
		{Text: "an error", Stderr: true},
		{Text: "with an er", Cut: true},
		{Text: "ror in it"},
		{Text: ""},
		{Text: "error " + long, Cut: true},
		{Text: " and its end"},
		{Text: "last"},
	}
	for pattern, want := range map[string]string{
		"":      "one\nan error\na line with an error in it\n\nerror " + long + " and its end\nlast\n",
		"error": "an error\na line with an error in it\nerror " + long + " and its end\n",
		"l":     "a line with an error in it\nlast\n",
	} {
		var only *scrollback.Pattern
		if pattern != "" {
			only, _ = scrollback.NewPattern(pattern, false)
		}
		var file bytes.Buffer
		s := &lineSaver{out: bufio.NewWriter(&file), only: only}
		for _, l := range lines {
			if err := s.add(l); err != nil {
				t.Fatal(err)
			}
		}
		s.out.Flush()
		if file.String() != want || s.lines != strings.Count(want, "\n") || s.bytes != int64(len(want)) {
			t.Errorf("%q: %d lines, %.100q", pattern, s.lines, file.String())
		}
	}
}

// TestLineSaverBytes saves what was printed as it was, and finds in it what is seen.
func TestLineSaverBytes(t *testing.T) {
	lines := []engine.LogLine{
		{Text: "ERROR 1\rall fine"},
		{Text: "50%\r"},
		{Text: "a bar: 10%", Cut: true},
		{Text: "\rE\bRROR 2", Cut: true},
	}
	for pattern, want := range map[string]string{
		"": "ERROR 1\rall fine\n50%\r\na bar: 10%\rE\bRROR 2", "ERROR": "", "fine": "ERROR 1\rall fine\n",
		"RROR 2": "a bar: 10%\rE\bRROR 2",
	} {
		var only *scrollback.Pattern
		if pattern != "" {
			only, _ = scrollback.NewPattern(pattern, false)
		}
		var file bytes.Buffer
		s := &lineSaver{out: bufio.NewWriter(&file), only: only}
		for _, l := range lines {
			if err := s.add(l); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.end(); err != nil {
			t.Fatal(err)
		}
		s.out.Flush()
		got := 0
		if want != "" {
			got = strings.Count(want, "\n")
			if !strings.HasSuffix(want, "\n") {
				got++
			}
		}
		if file.String() != want || s.lines != got {
			t.Errorf("%q: %d lines, %q; want %q", pattern, s.lines, file.String(), want)
		}
	}
}

// TestIntoNewFile holds that no file is left behind that is not whole, nor an empty one where that says nothing.
func TestIntoNewFile(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		empty, kept bool
		text        string
		err, want   error
	}{
		"whole":                   {text: "a line\n", kept: true},
		"empty":                   {},
		"empty, and that is all":  {empty: true, kept: true},
		"not whole":               {text: "a line\n", err: broken, want: broken},
		"not whole, though empty": {empty: true, err: context.Canceled, want: context.Canceled},
	} {
		dir := t.TempDir()
		path, lines, err := intoNewFile(dir, "two/of them", c.empty, func(f *os.File) (int, error) {
			_, _ = f.WriteString(c.text)
			return strings.Count(c.text, "\n"), c.err
		})
		data, missing := os.ReadFile(path)
		if !errors.Is(err, c.want) || (missing == nil) != c.kept ||
			c.kept && (string(data) != c.text || lines != strings.Count(c.text, "\n")) {
			t.Errorf("%s: %v, %v, %q", name, err, missing, data)
		}
		if filepath.Dir(path) != dir {
			t.Errorf("%s: it is in %s", name, path)
		}
	}
}
