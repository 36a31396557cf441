package platform

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// ThisRun names this run of Slipway, so that another one can find out with [RunEnded] whether it has ended. It has a
// dash before each of its parts but the first: a time, a sign of this computer, the process's ID.
func ThisRun() string {
	return fmt.Sprintf("%s-%s-%d", began, thisComputer(), os.Getpid())
}

// began is when this process began.
var began = fmt.Sprintf("%x", time.Now().Unix())

// RunEnded tells whether the run has ended that [ThisRun] named, with whatever stands behind a further dash. known is
// false for one of another computer, for what is no such name, and where a process has the number of which nobody can
// see whether it is that one. The caller's own run has not ended.
func RunEnded(name string) (ended, known bool) {
	parts := strings.Split(name, "-")
	if len(parts) < 3 || parts[1] != thisComputer() {
		return false, false
	}
	pid, err := strconv.Atoi(parts[2])
	if err != nil || pid <= 0 {
		return false, false
	}
	if pid == os.Getpid() { // a number is given anew, often the same one where each program has a world of its own
		return parts[0] != began, true
	}
	lives, known := isSlipway(pid)
	return !lives, known
}

// thisComputer tells computers that share an engine apart.
func thisComputer() string {
	name, err := os.Hostname()
	if err != nil {
		name = "" // all computers without a name look the same
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(name)))[:8]
}
