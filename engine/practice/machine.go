package practice

import (
	"os"
	"strconv"
	"strings"
)

// thisMachine is this computer's host name, kernel and memory in bytes, as its own engine would tell them: what is
// published by the practice engine is really here. Where they cannot be read it says others.
func thisMachine() (name, release string, memory int64) {
	name, _ = os.Hostname()
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return name, kernel, machineMemory
	}
	release, memory = strings.TrimSpace(string(text)), machineMemory
	info, _ := os.ReadFile("/proc/meminfo")
	for line := range strings.Lines(string(info)) {
		if amount, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			kilo, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(amount), " kB"), 10, 64)
			memory = kilo << 10
		}
	}
	return name, release, memory
}
