// Slipway is Docker on a laptop, by clicks that show their commands.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"slipway/engine/platform"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/gui"

	"fyne.io/fyne/v2/app"
)

// version is this release, the same as in FyneApp.toml.
const version = "0.1.0"

// appID names the application to the desktop, the same as in FyneApp.toml.
const appID = "app.slipway.Slipway"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the program; it returns the exit code: 0, 1 when no window can be opened, 2 for wrong arguments.
func run(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("slipway", flag.ContinueOnError)
	flags.SetOutput(errs)
	showVersion := flags.Bool("version", false, "print the version and exit")
	automation := flags.String("automation", "", "") // for tests; not in the help
	flags.Usage = func() { fmt.Fprint(flags.Output(), usage) }
	for _, a := range args {
		if a == "-h" || a == "-help" || a == "--help" {
			fmt.Fprint(out, usage)
			return 0
		}
	}
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(errs, "slipway: unknown argument %q\n%s", flags.Arg(0), usage)
		return 2
	}
	if *showVersion {
		fmt.Fprintln(out, "slipway", version)
		return 0
	}
	if err := platform.CheckDisplay(); err != nil {
		fmt.Fprintln(errs, "slipway:", err)
		return 1
	}
	return window(*automation, errs)
}

const usage = `Usage: slipway [--version] [--help]

Opens Slipway's window: images and containers of the Docker engine that the
docker command would use (DOCKER_HOST, DOCKER_CONTEXT, the current context),
or of the first one that answers on this computer.
`

// window opens the window and serves it until it is closed.
func window(automation string, errs io.Writer) int {
	file, problem := settings.Open(settings.DefaultPath())
	s := session.New(file.Get().Engine)
	a := app.NewWithID(appID)
	shell := gui.New(a, s, file, version)
	if problem != nil {
		shell.Tell(problem)
	}
	if automation != "" {
		if err := shell.ServeAutomation(automation); err != nil {
			fmt.Fprintln(errs, "slipway:", err)
			return 1
		}
	}
	s.Start()
	shell.ShowAndRun()
	shell.Close()
	s.Close()
	return 0
}
