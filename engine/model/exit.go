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

// exits are the codes that mean something by themselves. Those above 128 are 128 plus the signal's number (signal(7));
// 125 to 127 are Docker's own (docs.docker.com/engine/containers/run, "Exit status").
var exits = map[int]ExitReason{
	125: {"Could not start", "Docker could not start it (code 125).", true},
	126: {
		"Command cannot run",
		"Its command exists but cannot be run (code 126): it may not be a program, or not be executable.", true,
	},
	127: {"Command not found", "Its command does not exist in the image (code 127).", true},
	129: {"Hung up", "Its terminal went away (code 129, SIGHUP).", false},
	130: {"Interrupted", "It was interrupted, as by Ctrl+C (code 130).", false},
	131: {"Quit", "It was told to quit and to leave a memory image (code 131, SIGQUIT).", false},
	132: {
		"Wrong processor",
		"It used an instruction that this processor does not have (code 132): often a TensorFlow that wants AVX, or an image for another kind of processor.", true,
	},
	133: {"Crashed", "It ran into a breakpoint or a failed check of its own (code 133, SIGTRAP).", true},
	134: {
		"Gave up",
		"Its program found itself in a state that must not be, and gave up (code 134, abort). What it printed last says why.",
		true,
	},
	135: {
		"Bus error",
		"It used memory that is not there (code 135, bus error): mostly /dev/shm is full. Give it more shared memory (--shm-size).", true,
	},
	136: {"Wrong arithmetic", "It divided by zero or calculated what cannot be (code 136).", true},
	137: {
		"Killed", "It was ended at once (code 137): somebody killed it, or it did not stop within its grace time.",
		false,
	},
	138: {"Ended by a signal", "It got a signal that it does not handle (code 138, SIGUSR1).", true},
	139: {
		"Crashed",
		"Its program crashed with a memory fault (code 139): it or a library has a bug, or a library is for another version.",
		true,
	},
	140: {"Ended by a signal", "It got a signal that it does not handle (code 140, SIGUSR2).", true},
	141: {"Broken pipe", "It wrote to a program that had ended (code 141).", true},
	142: {"Timed out", "Its own alarm went off (code 142, SIGALRM).", true},
	143: {"Stopped", "It was asked to stop, and did (code 143).", false},
	152: {"Used up its time", "It used all the processor time that it may use (code 152, SIGXCPU).", true},
	153: {"File too large", "It wrote a file larger than it may write (code 153, SIGXFSZ).", true},
	159: {
		"Not allowed",
		"It asked the system for what containers may not do (code 159): a security option (seccomp) forbids it.", true,
	},
	255: {
		"Failed",
		"Its program reported a failure (code 255), as programs do that end with -1, and ssh does. Engines give this number, too, to what ran when the engine or the computer went down.", true,
	},
}

// ExplainExit says why a container ended.
func ExplainExit(c Container) ExitReason {
	code := strconv.Itoa(c.ExitCode)
	known, ok := exits[c.ExitCode]
	switch {
	case c.OOMKilled && c.ExitCode != 0 && c.ExitCode != 143 || c.ExitCode == 137 && outOfMemory(c):
		// engines miss to mark some
		return ExitReason{
			"Out of memory",
			"It needed more memory than it may use, and was ended by the system (code " + code + ").", true,
		}
	case c.Error != "" && c.ExitCode >= 125 && c.ExitCode <= 127:
		if why := StartWhy(c.Error); why != "" {
			known.Why = why
		}
		return known
	case c.Error != "": // it stays until a start goes well
		return ExitReason{"Could not start", ExplainStart(c.Error), true}
	case c.ExitCode == 0 && stopped(c):
		return ExitReason{"Stopped", "It was asked to stop, and ended well (code 0).", false}
	case c.ExitCode == 0:
		return ExitReason{"Finished", "Its program ended and reported success (code 0).", false}
	case c.ExitCode == 137 && stopped(c):
		return ExitReason{
			"Stopped",
			"It was asked to stop but was still running after its grace time, so the engine ended it (code 137).", false,
		}
	case stopped(c):
		return ExitReason{"Stopped", "It was asked to stop, and ended with code " + code + ".", false}
	case ok:
		return known
	case c.ExitCode > 128 && c.ExitCode < 128+65:
		return ExitReason{
			"Ended by a signal",
			"It was ended by signal " + strconv.Itoa(c.ExitCode-128) + " (code " + code + ").", true,
		}
	default:
		return ExitReason{"Failed", "Its program ended with an error (code " + code + ").", true}
	}
}

// loopStarts is from how many starts by its restart policy on a container that does not keep running is in a loop, and
// settled after how long it counts as running again.
const (
	loopStarts = 3
	settled    = time.Minute
)

// Loops tells whether a container ends soon after each start, and its restart policy starts it again and again.
func (c Container) Loops(now time.Time) bool {
	return c.RestartCount >= loopStarts &&
		(c.State == StateRestarting || c.State == StateRunning && now.Sub(c.StartedAt) < settled)
}
