package model

import (
	"strconv"
	"time"
)

// ExitReason is why a container is not running, in words.
type ExitReason struct {
	// Word is the state for a row, for example "Finished".
	Word string
	// Why explains it in a sentence.
	Why string
	// Bad tells whether something went wrong.
	Bad bool
}

// outOfMemory tells whether a container ended right after the system ended a program in it for want of memory.
func outOfMemory(c Container) bool { return near(c.OOMAt, c.FinishedAt) }

// stopped tells whether it ended because somebody asked for that; a restart says "stop" too, before it starts.
func stopped(c Container) bool { return near(c.StopAt, c.FinishedAt) && c.StopAt.After(c.StartedAt) }

// near tells whether something that the engine said belongs to the end of a container.
func near(said, end time.Time) bool {
	return !said.IsZero() && end.Sub(said).Abs() < 10*time.Second
}

// ExplainExit says why a container ended. Codes above 128 are 128 plus the signal's number; 125 to 127 are Docker's
// own (docs.docker.com/engine/containers/run, "Exit status").
func ExplainExit(c Container) ExitReason {
	code := strconv.Itoa(c.ExitCode)
	switch {
	case c.OOMKilled && c.ExitCode != 0 && c.ExitCode != 143 || c.ExitCode == 137 && outOfMemory(c): // engines miss to mark some
		return ExitReason{"Out of memory", "It needed more memory than it may use, and was ended by the system (code " + code + ").", true}
	case c.Error != "" && (c.ExitCode < 125 || c.ExitCode > 127): // it stays until a start goes well
		return ExitReason{"Could not start", "Its last start failed: " + c.Error, true}
	case c.ExitCode == 137 && stopped(c):
		return ExitReason{"Stopped", "It was asked to stop, did not within its grace time, and was then ended by the engine (code 137).", false}
	case c.ExitCode != 0 && stopped(c):
		return ExitReason{"Stopped", "It was asked to stop, and ended with code " + code + ".", false}
	case c.ExitCode == 0:
		return ExitReason{"Finished", "Its program ended and reported success (code 0).", false}
	case c.ExitCode == 125:
		return ExitReason{"Could not start", "Docker could not start it (code 125).", true}
	case c.ExitCode == 126:
		return ExitReason{"Command cannot run", "Its command exists but cannot be run (code 126): it may not be a program, or not be executable.", true}
	case c.ExitCode == 127:
		return ExitReason{"Command not found", "Its command does not exist in the image (code 127).", true}
	case c.ExitCode == 130:
		return ExitReason{"Interrupted", "It was interrupted, as by Ctrl+C (code 130).", false}
	case c.ExitCode == 137:
		return ExitReason{"Killed", "It was ended at once (code 137): somebody killed it, or it did not stop within its grace time.", false}
	case c.ExitCode == 139:
		return ExitReason{"Crashed", "Its program crashed with a memory fault (code 139).", true}
	case c.ExitCode == 143:
		return ExitReason{"Stopped", "It was asked to stop, and did (code 143).", false}
	default:
		return ExitReason{"Failed", "Its program ended with an error (code " + code + ").", true}
	}
}
