package platform

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"slipway/engine/model"
)

// terminals are programs that show a terminal in a window, and what is put before a command that they shall run. No
// shell reads it. The first is the one that Debian's users choose; TERMINAL, which some people set, comes before it.
var terminals = []struct {
	name   string
	before []string
}{
	{"x-terminal-emulator", []string{"-e"}},
	{"gnome-terminal", []string{"--"}},
	{"kgx", []string{"--"}},
	{"ptyxis", []string{"--"}},
	{"konsole", []string{"-e"}},
	{"xfce4-terminal", []string{"-x"}},
	{"mate-terminal", []string{"-x"}},
	{"tilix", []string{"-e"}},
	{"terminator", []string{"-x"}},
	{"alacritty", []string{"-e"}},
	{"kitty", nil},
	{"foot", nil},
	{"wezterm", []string{"start", "--"}},
	{"urxvt", []string{"-e"}},
	{"st", []string{"-e"}},
	{"xterm", []string{"-e"}},
}

// terminalCommand is the whole command that runs argv in a terminal of this system; nil where there is none.
func terminalCommand(goos string, env func(string) string, find func(string) (string, error), argv []string) []string {
	switch goos {
	case "darwin":
		return nil // its Terminal takes only text for a shell
	case "windows":
		if path, err := find("wt.exe"); err == nil {
			return append([]string{path, "new-tab", "--"}, argv...)
		}
		return nil
	}
	list := terminals
	if own := env("TERMINAL"); own != "" {
		for _, t := range terminals {
			if t.name == filepath.Base(own) {
				list = append(list[:0:0], t)
				list[0].name = own
				list = append(list, terminals...)
				break
			}
		}
	}
	for _, t := range list {
		path, err := find(t.name)
		if err != nil {
			continue
		}
		before := t.before
		// Debian's name may lead to GNOME's, whose -e wants one word. Its wrapper takes more, the program itself does not.
		if real, err := filepath.EvalSymlinks(path); err == nil && filepath.Base(real) == "gnome-terminal" {
			before = []string{"--"}
		}
		return append(append([]string{path}, before...), argv...)
	}
	return nil
}

// plainArgument matches what every terminal program takes as one word and nothing else. Windows Terminal begins another
// command at a semicolon, even inside of an argument; others join the words, or give them to a shell.
var plainArgument = regexp.MustCompile(`^[A-Za-z0-9._/:=@+,-]+$`)

// startTime is how long a terminal may take to say that it cannot be started.
const startTime = time.Second

// OpenTerminal runs a command in the user's own terminal, which outlives Slipway. argv is passed as it is. It waits a
// moment for a failure. Words with anything but letters, digits and ._/:=@+,- in them are refused.
func OpenTerminal(ctx context.Context, argv []string) error {
	command := terminalCommand(runtime.GOOS, os.Getenv, exec.LookPath, argv)
	if command == nil {
		return &model.Problem{
			Kind: model.ProblemUnsupported,
			What: model.Say("platform.no-terminal-was-found"),
			Why:  model.Say("platform.none-of-the-programs-that"),
			Fix:  model.Say("platform.paste-the-command-in-a"),
		}
	}
	if odd := slices.IndexFunc(argv, func(w string) bool { return !plainArgument.MatchString(w) }); odd >= 0 {
		return &model.Problem{
			Kind: model.ProblemUnsupported,
			What: model.Say("platform.this-command-is-not-handed"),
			Why: model.Say("platform.terminal-programs-read-in-ways",
				model.Args{"Argument": model.Name(model.Visible(argv[odd]))}),
			Fix: model.Say("platform.paste-the-command-in-a"),
		}
	}
	cmd := exec.Command(command[0], command[1:]...) // #nosec G204 -- a known terminal and plain words, see above
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return &model.Problem{
			Kind: model.ProblemUnsupported, Cause: err,
			What: model.Say("platform.the-terminal-did-not-start"),
			Why:  model.Verbatim(strings.TrimSpace(err.Error())),
			Fix:  model.Say("platform.paste-the-command-in-a"),
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	late := time.NewTimer(startTime)
	defer late.Stop()
	select {
	case err := <-ended:
		if err != nil {
			return &model.Problem{
				Kind: model.ProblemUnsupported, Cause: err,
				What: model.Say("platform.the-terminal-did-not-start"),
				Why:  model.Say("platform.ended-at-once", model.Args{"Command": model.Name(filepath.Base(command[0]))}),
				Fix:  model.Say("platform.paste-the-command-in-a"),
			}
		}
		return nil
	case <-late.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
