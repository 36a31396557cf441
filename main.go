// Slipway is A desktop app for Docker that shows the command behind every click.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"slipway/engine/endpoint"
	"slipway/engine/headless"
	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/practice"
	"slipway/engine/session"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui"

	"fyne.io/fyne/v2/app"
)

// version is this release, the same as in FyneApp.toml.
const version = "0.1.0"

// appID names the application to the desktop, the same as in FyneApp.toml.
const appID = "app.slipway.Slipway"

// pages are those of the documentation.
//
//go:embed README.md assets/recipes/README.md
var pages embed.FS

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the program; it returns the exit code: 0, 1 when no window can be opened, 2 for wrong arguments, and those of
// slipway/engine/headless for its commands.
func run(args []string, out, errs io.Writer) int {
	words.Use(settings.Language(settings.DefaultPath()))
	defer model.OnPanic(func(p *model.Problem) { fmt.Fprintln(errs, "slipway:", words.Problem(p)) })()
	flags := flag.NewFlagSet("slipway", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	showVersion := flags.Bool("version", false, "") // the help is headless.Usage
	rehearse := flags.Bool("practice", false, "")
	automation := flags.String("automation", "", "") // for tests; not in the help
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(out, headless.Usage())
		return 0
	case err != nil:
		fmt.Fprintln(errs, words.Say("main.wrong-arguments", words.Args{"Err": words.Error(err)}))
		return headless.ExitUsage
	}
	if *showVersion {
		fmt.Fprintln(out, "slipway", version)
		return 0
	}
	if flags.NArg() > 0 {
		return command(flags.Args(), *automation, out, errs)
	}
	if *rehearse {
		return practiceWindow(*automation, errs)
	}
	return window(platform.Request{Do: platform.DoShow}, *automation, errs)
}

// command does one of the commands: in the terminal, or in the window.
func command(args []string, automation string, out, errs io.Writer) int {
	if args[0] == headless.DoExplain {
		return headless.Explain(args[1:], os.Stdin, out, errs)
	}
	c, err := headless.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(out, c.Help())
		return 0
	case err != nil:
		fmt.Fprintln(errs, "slipway:", words.Error(err))
		return headless.ExitUsage
	case c.NoWindow:
		return headless.Run(c, headless.NewTerminal(os.Stdin, out, errs), version)
	}
	request, code := c.Request(errs)
	if code != 0 {
		return code
	}
	return window(request, automation, errs)
}

// gcPercent is how much garbage the window keeps, in percent of what it uses: less than Go's 100, since a program that
// is open all day should be small, and makes garbage only while something happens.
const gcPercent = 30

// startTime is how long the window may make as much garbage as it likes: most of that is made once, at the start.
const startTime = 5 * time.Second

// window opens the window and serves it until it is closed, or hands the request to the Slipway that has one.
func window(request platform.Request, automation string, errs io.Writer) int {
	if err := platform.CheckDisplay(); err != nil {
		fmt.Fprintln(errs, "slipway:", words.Error(err))
		return 1
	}
	instance, handed, err := platform.Claim(context.Background(), request)
	switch {
	case handed:
		return 0
	case err != nil && !errors.Is(err, platform.ErrNoInstance):
		fmt.Fprintln(errs, "slipway:", words.Error(err))
		return 1
	}
	defer instance.Close()
	go words.Prepare() // beside the settings and the window's first steps
	file, problem := settings.Open(settings.DefaultPath())
	s := session.New(file.Get().Engine, settings.Key(settings.DefaultPath()))
	return show(s, file, problem, automation, errs, func(shell *gui.Shell) { shell.ServeInstance(instance, request) })
}

// practiceWindow opens a window on an engine in memory. It is nobody's other window, and has settings of its own, which
// go with it.
func practiceWindow(automation string, errs io.Writer) int {
	if err := platform.CheckDisplay(); err != nil {
		fmt.Fprintln(errs, "slipway:", words.Error(err))
		return 1
	}
	e, err := practice.Start(practice.Options{})
	if err == nil {
		defer e.Close()
		err = e.AddSamples()
	}
	if err != nil {
		fmt.Fprintln(errs, words.Say("main.slipway-the-practice-engine-cannot", words.Args{"Err": words.Error(err)}))
		return 1
	}
	path := filepath.Join(e.Dir(), "settings.json")
	file, problem := settings.Open(path)
	s := session.NewOn(endpoint.Endpoint{
		Name: words.Say("common.practice").String(), Source: endpoint.FromPractice,
		Host: e.Host(),
	},
		settings.Key(path))
	return show(s, file, problem, automation, errs, func(*gui.Shell) {})
}

// show serves a window until it is closed.
func show(s *session.Session, file *settings.File, problem *model.Problem, automation string, errs io.Writer,
	ready func(*gui.Shell),
) int {
	if os.Getenv("GOGC") == "" {
		defer time.AfterFunc(startTime, func() {
			debug.SetGCPercent(gcPercent)
			debug.FreeOSMemory() // what the start has left
		}).Stop()
	}
	shell := gui.Open(app.NewWithID(appID), s, file, gui.Program{Version: version, Pages: pages})
	defer s.Close()
	defer shell.Close()
	if problem != nil {
		shell.Tell(problem)
	}
	if automation != "" {
		if err := shell.ServeAutomation(automation); err != nil {
			fmt.Fprintln(errs, "slipway:", words.Error(err))
			return 1
		}
	}
	ready(shell)
	shell.Run()
	return 0
}
