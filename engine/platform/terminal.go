package platform

import (
	"context"
	"os"
	"os/exec"
	"runtime"

	"slipway/engine/model"
)

// terminals are the terminals of desktops, in the order in which they are looked for, with what stands before a command.
var terminals = [][]string{
	{"x-terminal-emulator", "-e"},
	{"ptyxis", "--"},
	{"gnome-terminal", "--"},
	{"kgx", "--"},
	{"konsole", "-e"},
	{"xfce4-terminal", "-x"},
	{"kitty"},
	{"alacritty", "-e"},
	{"wezterm", "start", "--"},
	{"foot"},
	{"mate-terminal", "-x"},
	{"lxterminal", "-e"},
	{"xterm", "-e"},
}

// OpenTerminal runs a command in a terminal of the desktop, with more variables of the environment. argv is passed as it is,
// through no shell. It is a [model.ProblemUnsupported] where no terminal is found.
func OpenTerminal(ctx context.Context, env []string, argv ...string) error {
	list := terminals
	if runtime.GOOS == "windows" {
		list = [][]string{{"wt.exe", "--"}}
	}
	for _, t := range list {
		program, err := exec.LookPath(t[0])
		if err != nil {
			continue
		}
		cmd := exec.Command(program, append(append([]string(nil), t[1:]...), argv...)...)
		cmd.Env = append(os.Environ(), env...)
		if err := await(ctx, cmd.Start); err != nil {
			return model.NewProblem(model.ProblemUnknown, err, "The terminal cannot be opened", program+" does not start.", "Copy the command, and type it in a terminal.")
		}
		go func() { _ = cmd.Wait() }() // it lives on as long as its window; only its trace is cleared away
		return nil
	}
	return model.NewProblem(model.ProblemUnsupported, nil, "No terminal was found", "Slipway knows none that is installed on this system.", "Copy the command, and type it in a terminal.")
}
