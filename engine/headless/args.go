package headless

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"slipway/engine/platform"
)

// The exit codes of the commands.
const (
	// ExitOpen: the notebook is open, or the window that runs already was asked.
	ExitOpen = 0
	// ExitFailed: it could not be opened; stderr says why and what to do.
	ExitFailed = 1
	// ExitUsage: the command was typed wrong.
	ExitUsage = 2
	// ExitNoEngine: no engine answered.
	ExitNoEngine = 3
	// ExitCancelled: it was cancelled with Ctrl+C, and what it had made was cleaned up.
	ExitCancelled = 130
)

// Usage is what --help says of the program.
const Usage = `Usage: slipway [--version] [--help] [--practice]
       slipway COMMAND [--help]

Opens Slipway's window: images and containers of the Docker engine that the
docker command would use (DOCKER_HOST, DOCKER_CONTEXT, the current context),
or of the first one that answers on this computer. A window that is open
already comes to the front.

With --practice it opens a window on an engine that is only in memory: for
trying things out without Docker, and without any harm.

Commands:
` + Summary

// Summary is the commands for the help of the whole program.
const Summary = `  slipway launch [RECIPE] [FOLDER]   open a folder's notebook
  slipway open FILE.ipynb            open a notebook file
`

const flagsHelp = `  --no-window    do it in the terminal: progress on stderr, the address on stdout
  --no-browser   with --no-window: do not open the browser
  --json         with --no-window: print one JSON object in place of the address
  --help         print this

Exit codes: 0 open, 1 failed, 2 wrong usage, 3 no engine, 130 cancelled (Ctrl+C).
Without --no-window, 0 says that a window has it in hand: the one that is open
already, or one that was opened for it and has been closed.

The JSON object has url, container, folder, recipe, port and reused, and where a
password has to be typed user and password; after a failure it is
{"error": {kind, what, why, fix, command, raw}}.
`

const launchHelp = `Usage: slipway launch [RECIPE] [FOLDER | --last] [--no-window [--no-browser] [--json]]

Opens the notebook of a folder in the browser: the one that runs, the one that
is stopped, or else a new one. RECIPE is a kind of notebook, by the name of its
file ("scipy"); without one, it is what the folder had last. FOLDER is the
current one if none is given. A folder that is called as a recipe is written
with its path: "./scipy".

  --last         the folder that was launched last
` + flagsHelp

const openHelp = `Usage: slipway open FILE.ipynb [--recipe RECIPE] [--no-window [--no-browser] [--json]]

Opens a notebook file in the Jupyter that shows its folder, whoever started it,
or else launches one for the folder that the file is in.

  --recipe       the kind of notebook to launch, if one has to be
` + flagsHelp

// UsageError says in one line what was typed wrong.
type UsageError struct{ text string }

// Error implements error.
func (e *UsageError) Error() string { return e.text }

func wrong(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// Command is a command as it was typed.
type Command struct {
	// Do is [platform.DoLaunch] or [platform.DoOpen].
	Do string
	// Recipe, Folder and File are what was typed; first is what may be a recipe or a folder.
	Recipe, Folder, File string
	first                string
	// Last takes the folder that was launched last.
	Last bool
	// NoWindow does it in the terminal, without the browser with NoBrowser, and prints JSON with JSON.
	NoWindow, NoBrowser, JSON bool
}

// Help is the text that explains the command.
func (c Command) Help() string {
	if c.Do == platform.DoOpen {
		return openHelp
	}
	return launchHelp
}

// Parse reads a command, its name first. The error is a [*UsageError], or [flag.ErrHelp] when help is asked for.
func Parse(args []string) (Command, error) {
	c := Command{Do: args[0]}
	if c.Do != platform.DoLaunch && c.Do != platform.DoOpen {
		return c, wrong("unknown command %q; “slipway --help” lists what there is", args[0])
	}
	flags := flag.NewFlagSet(c.Do, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&c.NoWindow, "no-window", false, "")
	flags.BoolVar(&c.NoBrowser, "no-browser", false, "")
	flags.BoolVar(&c.JSON, "json", false, "")
	if c.Do == platform.DoOpen {
		flags.StringVar(&c.Recipe, "recipe", "", "")
	} else {
		flags.BoolVar(&c.Last, "last", false, "")
	}
	words, err := scatter(flags, args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		return c, flag.ErrHelp
	case err != nil:
		return c, wrong("%v; see “slipway %s --help”", err, c.Do)
	case c.JSON && !c.NoWindow, c.NoBrowser && !c.NoWindow:
		return c, wrong("--json and --no-browser are for --no-window; see “slipway %s --help”", c.Do)
	case c.Do == platform.DoOpen:
		return c.withFile(words)
	}
	return c.withFolder(words)
}

// scatter parses flags wherever they stand among the words, up to a "--".
func scatter(flags *flag.FlagSet, args []string) (words []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		rest := flags.Args()
		if len(rest) == 0 {
			return words, nil
		}
		if at := len(args) - len(rest); at > 0 && args[at-1] == "--" {
			return append(words, rest...), nil
		}
		words, args = append(words, rest[0]), rest[1:]
	}
}

func (c Command) withFile(words []string) (Command, error) {
	switch {
	case len(words) != 1:
		return c, wrong("open takes one notebook file; see “slipway open --help”")
	case !strings.EqualFold(filepath.Ext(words[0]), ".ipynb"):
		return c, wrong("%s is no notebook: its name does not end in .ipynb", words[0])
	}
	c.File = words[0]
	return c, nil
}

func (c Command) withFolder(words []string) (Command, error) {
	for _, w := range words {
		if w == "" {
			return c, wrong("an empty word is neither a recipe nor a folder; see “slipway launch --help”")
		}
	}
	switch len(words) {
	case 0:
	case 1: // with --last it can only be a recipe
		if c.Last {
			c.Recipe = words[0]
			return c, nil
		}
		c.first = words[0]
	case 2:
		if c.Last {
			return c, wrong("--last and a folder are two folders; see “slipway launch --help”")
		}
		c.Recipe, c.Folder = words[0], words[1]
	default:
		return c, wrong("launch takes a recipe and a folder, not %d words; see “slipway launch --help”", len(words))
	}
	return c, nil
}
