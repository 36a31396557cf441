package model

import "testing"

// TestSizes: disk and network in decimal units, memory in binary ones, always with a blank.
func TestSizes(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1 kB", 1_070_000: "1.07 MB", 999_999: "1 MB",
		1_979_000: "1.98 MB", 438_000_000: "438 MB", 75_300_000_000: "75.3 GB", -1_500: "-1.5 kB", 1 << 62: "4.61 EB",
	} {
		if got := Size(n); got != want {
			t.Errorf("%d: %s, not %s", n, got, want)
		}
	}
	for n, want := range map[int64]string{
		0: "0 B", 1023: "1023 B", 70 << 20: "70 MiB", 1 << 30: "1 GiB",
		1_703_936: "1.625 MiB", 1<<30 - 1: "1 GiB",
	} {
		if got := Memory(n); got != want {
			t.Errorf("%d: %s, not %s", n, got, want)
		}
	}
}
