package kit

import (
	"runtime"
	"strings"
	"testing"

	"slipway/gui/kit/kittest"
)

// TestLogLongLine takes long lines apart that are not plain, in memory that grows with them and not with their square.
func TestLogLongLine(t *testing.T) {
	kittest.App(t)
	for name, line := range map[string]string{
		"letters": strings.Repeat("ü", longestLine/2), "one letter": "ü" + strings.Repeat("x", longestLine-2),
		"signs": "xe" + strings.Repeat("\u0301", longestLine/2-1), "Hebrew": strings.Repeat("ש", longestLine/2),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		pieces := parseLine(line)
		runtime.ReadMemStats(&after)
		if got := wordsOf(pieces); got != line {
			t.Errorf("%s: %d bytes of %d", name, len(got), len(line))
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
			t.Errorf("%s: %d MB for %d bytes", name, took>>20, len(line))
		}
	}
}
