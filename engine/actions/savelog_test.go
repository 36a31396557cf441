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
