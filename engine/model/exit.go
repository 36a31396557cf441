package model

import (
	"strconv"
	"time"
)

// ExitReason is why a container is not running, in words.
type ExitReason struct {
	// Word is the state for a row, for example "Finished".
	Word Fact
	// Why explains it in a sentence.
	Why Fact
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
	125: {Say("model.could-not-start"), Say("model.docker-could-not-start-it"), true},
	126: {
		Say("model.command-cannot-run"),
		Say("model.its-command-exists-but-cannot"), true,
	},
	127: {Say("model.command-not-found"), Say("model.its-command-does-not-exist"), true},
	129: {Say("model.hung-up"), Say("model.its-terminal-went-away-code"), false},
	130: {Say("model.interrupted"), Say("model.it-was-interrupted-as-by"), false},
	131: {Say("model.quit"), Say("model.it-was-told-to-quit"), false},
	132: {
		Say("model.wrong-processor"),
		Say("model.it-used-an-instruction-that"), true,
	},
	133: {Say("model.crashed"), Say("model.it-ran-into-a-breakpoint"), true},
	134: {
		Say("model.gave-up"),
		Say("model.its-program-found-itself-in"),
		true,
	},
	135: {
		Say("model.bus-error"),
		Say("model.it-used-memory-that-is"), true,
	},
	136: {Say("model.wrong-arithmetic"), Say("model.it-divided-by-zero-or"), true},
	137: {
		Say("model.killed"), Say("model.it-was-ended-at-once"),
		false,
	},
	138: {Say("model.ended-by-a-signal"), Say("model.it-got-a-signal-that"), true},
	139: {
		Say("model.crashed"),
		Say("model.its-program-crashed-with-a"),
		true,
	},
	140: {Say("model.ended-by-a-signal"), Say("model.it-got-a-signal-that-it"), true},
	141: {Say("model.broken-pipe"), Say("model.it-wrote-to-a-program"), true},
	142: {Say("model.timed-out"), Say("model.its-own-alarm-went-off"), true},
	143: {Say("model.stopped"), Say("model.it-was-asked-to-stop"), false},
	152: {Say("model.used-up-its-time"), Say("model.it-used-all-the-processor"), true},
	153: {Say("model.file-too-large"), Say("model.it-wrote-a-file-larger"), true},
	159: {
		Say("model.not-allowed"),
		Say("model.it-asked-the-system-for"), true,
	},
	255: {
		Say("model.failed"),
		Say("model.its-program-reported-a-failure"), true,
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
			Say("model.out-of-memory"),
			Say("model.it-needed-more-memory-than", Args{"Code": Name(code)}), true,
		}
	case c.Error != "" && c.ExitCode >= 125 && c.ExitCode <= 127:
		if why := StartWhy(c.Error); !why.None() {
			known.Why = why
		}
		return known
	case c.Error != "": // it stays until a start goes well
		return ExitReason{Say("model.could-not-start"), ExplainStart(c.Error), true}
	case c.ExitCode == 0 && stopped(c):
		return ExitReason{Say("model.stopped"), Say("model.it-was-asked-to-stop-and"), false}
	case c.ExitCode == 0:
		return ExitReason{Say("model.finished"), Say("model.its-program-ended-and-reported"), false}
	case c.ExitCode == 137 && stopped(c):
		return ExitReason{
			Say("model.stopped"),
			Say("model.it-was-asked-to-stop-but"), false,
		}
	case stopped(c):
		return ExitReason{Say("model.stopped"), Say("model.it-was-asked-to-stop-and-ended", Args{"Code": Name(code)}), false}
	case ok:
		return known
	case c.ExitCode > 128 && c.ExitCode < 128+65:
		return ExitReason{
			Say("model.ended-by-a-signal"),
			Say("model.it-was-ended-by-signal", Args{"Signal": Count(c.ExitCode - 128), "Code": Name(code)}), true,
		}
	default:
		return ExitReason{Say("model.failed"), Say("model.its-program-ended-with-an", Args{"Code": Name(code)}), true}
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
