//go:build linux

package enginetest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// Rounds is of how many rounds the median is taken.
const Rounds = 5

// Measuring skips a test that only measures; "make bench" runs it.
func Measuring(t testing.TB) {
	t.Helper()
	notShort(t)
	if os.Getenv("SLIPWAY_BENCH") == "" {
		t.Skip("make bench measures this; without it there is nothing to test here")
	}
}

// Median is the one in the middle.
func Median[T int64 | float64 | time.Duration](list []T) T {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/2]
}

// Figure is a row of the table that "make bench" prints: what was measured, beside what in the same run, and what it
// should be. No test fails by it.
type Figure struct {
	What, Measured, Beside, Ratio, Aim string
	Met                                bool
}

// Print prints the row.
func (f Figure) Print() {
	met := "MISSED"
	if f.Met {
		met = "met"
	}
	fmt.Printf("| %-60s | %-28s | %-46s | %-9s | %-24s | %-6s |\n", f.What, f.Measured, f.Beside, f.Ratio, f.Aim, met)
}

// AtMost is a time that should not be longer than limit.
func AtMost(what string, took, limit time.Duration) Figure {
	return Figure{What: what, Measured: short(took), Beside: "-", Ratio: "-", Aim: "≤ " + short(limit), Met: took <= limit}
}

// Times is a time that should not be longer than limit times another one.
func Times(what string, took time.Duration, beside string, other time.Duration, limit float64) Figure {
	ratio := float64(took) / float64(other)
	return Figure{
		What: what, Measured: short(took), Beside: beside + " " + short(other),
		Ratio: fmt.Sprintf("%.2f ×", ratio), Aim: fmt.Sprintf("≤ %g ×", limit), Met: ratio <= limit,
	}
}

// Above is a time that should not be longer than another one and more on top.
func Above(what string, took time.Duration, beside string, other, more time.Duration) Figure {
	return Figure{
		What: what, Measured: short(took), Beside: beside + " " + short(other),
		Ratio: fmt.Sprintf("%.2f ×", float64(took)/float64(other)),
		Aim:   "≤ that + " + short(more), Met: took <= other+more,
	}
}

func short(d time.Duration) string {
	if d < 20*time.Millisecond {
		return d.Round(100 * time.Microsecond).String()
	}
	return d.Round(time.Millisecond).String()
}

// ProcessorTime is what a process has used of the processors since it began, in steps of 10 ms.
func ProcessorTime(t testing.TB, pid int) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	// The second field is the program's name in brackets, which may have blanks in it; utime and stime are the 14th and
	// 15th.
	_, rest, _ := bytes.Cut(text, []byte(") "))
	fields := bytes.Fields(rest)
	var ticks int
	for _, f := range fields[11:13] {
		n, _ := strconv.Atoi(string(f))
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}

// AnonymousMemory is what a process has in memory of its own, in bytes: RssAnon.
func AnonymousMemory(t testing.TB, pid int) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatalf("enginetest: %v", err)
	}
	_, rest, _ := bytes.Cut(text, []byte("RssAnon:"))
	n, _ := strconv.ParseInt(string(bytes.Fields(rest)[0]), 10, 64)
	return n << 10
}

// ProcessorTime is what the engine's own programs have used of the processors, those of its containers not counted.
func (e *Engine) ProcessorTime(t testing.TB) time.Duration {
	t.Helper()
	pid := e.Pid()
	total := ProcessorTime(t, pid)
	// Any thread may have started a containerd or a docker-proxy.
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, thread := range threads {
		children, _ := os.ReadFile(thread)
		for child := range bytes.FieldsSeq(children) {
			if n, err := strconv.Atoi(string(child)); err == nil {
				total += ProcessorTime(t, n)
			}
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.containerd != nil {
		total += ProcessorTime(t, e.containerd.Process.Pid)
	}
	return total
}
