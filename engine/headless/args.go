package headless

import (
	"errors"
	"flag"
	"io"
	"path/filepath"
	"strings"

	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/words"
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
func Usage() words.Text {
	return words.Join("", words.Say("headless.usage"), Summary())
}

// Summary is the commands for the help of the whole program.
func Summary() words.Text { return words.Say("headless.summary") }

// UsageError says in one line what was typed wrong.
type UsageError struct{ What model.Fact }

// Error implements error.
func (e *UsageError) Error() string { return words.Of(e.What).String() }

func wrong(what model.Fact) error { return &UsageError{what} }

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
func (c Command) Help() words.Text {
	if c.Do == platform.DoOpen {
		return words.Join("", words.Say("headless.open-help"), words.Say("headless.flags-help"))
	}
	return words.Join("", words.Say("headless.launch-help"), words.Say("headless.flags-help"))
}

// Parse reads a command, its name first. The error is a [*UsageError], or [flag.ErrHelp] when help is asked for.
func Parse(args []string) (Command, error) {
	c := Command{Do: args[0]}
	if c.Do != platform.DoLaunch && c.Do != platform.DoOpen {
		return c, wrong(model.Say("headless.unknown-command", model.Args{"Command": model.Name(args[0])}))
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
	list, err := scatter(flags, args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		return c, flag.ErrHelp
	case err != nil:
		return c, wrong(model.Say("headless.flags-cannot-be-read", model.Args{
			"Why":     model.Raw(err.Error()),
			"Command": model.Name(c.Do),
		}))
	case c.JSON && !c.NoWindow, c.NoBrowser && !c.NoWindow:
		return c, wrong(model.Say("headless.flags-for-no-window", model.Args{"Command": model.Name(c.Do)}))
	case c.Do == platform.DoOpen:
		return c.withFile(list)
	}
	return c.withFolder(list)
}

// scatter parses flags wherever they stand among the words, up to a "--".
func scatter(flags *flag.FlagSet, args []string) (list []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		rest := flags.Args()
		if len(rest) == 0 {
			return list, nil
		}
		if at := len(args) - len(rest); at > 0 && args[at-1] == "--" {
			return append(list, rest...), nil
		}
		list, args = append(list, rest[0]), rest[1:]
	}
}

func (c Command) withFile(list []string) (Command, error) {
	switch {
	case len(list) != 1:
		return c, wrong(model.Say("headless.open-takes-one-file"))
	case !strings.EqualFold(filepath.Ext(list[0]), ".ipynb"):
		return c, wrong(model.Say("headless.is-no-notebook", model.Args{"File": model.Name(list[0])}))
	}
	c.File = list[0]
	return c, nil
}

func (c Command) withFolder(list []string) (Command, error) {
	for _, w := range list {
		if w == "" {
			return c, wrong(model.Say("headless.an-empty-word"))
		}
	}
	switch len(list) {
	case 0:
	case 1: // with --last it can only be a recipe
		if c.Last {
			c.Recipe = list[0]
			return c, nil
		}
		c.first = list[0]
	case 2:
		if c.Last {
			return c, wrong(model.Say("headless.last-and-a-folder"))
		}
		c.Recipe, c.Folder = list[0], list[1]
	default:
		return c, wrong(model.Say("headless.launch-takes-two", model.Args{"Count": model.Count(len(list))}))
	}
	return c, nil
}
