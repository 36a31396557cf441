package actions

import (
	"bufio"
	"bytes"
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
	lines := []engine.LogLine{{Text: "ERROR 1\rall fine"}, {Text: "50%\r"}, {Text: "a bar: 10%", Cut: true}, {Text: "\rE\bRROR 2", Cut: true}}
	for pattern, want := range map[string]string{
		"": "ERROR 1\rall fine\n50%\r\na bar: 10%\rE\bRROR 2", "ERROR": "", "fine": "ERROR 1\rall fine\n", "RROR 2": "a bar: 10%\rE\bRROR 2",
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
