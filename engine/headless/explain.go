package headless

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"slipway/engine/model"
	"slipway/engine/paste"
	"slipway/engine/words"
)

// DoExplain is the command that explains commands of docker. It asks no engine and opens no window.
const DoExplain = "explain"

// explained is a command of docker as --json prints it.
type explained struct {
	// Line is the whole command, without secrets.
	Line  string          `json:"line"`
	Does  string          `json:"does"`
	Parts []explainedPart `json:"parts"`
	// Problem is why docker would not take it, Meant the line that was probably meant, and Because why.
	Problem string `json:"problem,omitempty"`
	Meant   string `json:"meant,omitempty"`
	Because string `json:"because,omitempty"`
}

type explainedPart struct {
	Text string `json:"text"`
	Does string `json:"does,omitempty"`
	// Wrong tells that docker would not take it.
	Wrong bool `json:"wrong,omitempty"`
}

// Explain says what the commands of docker in args do; "-" reads them from in. It returns the exit code.
func Explain(args []string, in io.Reader, out, errs io.Writer) int {
	flags := flag.NewFlagSet(DoExplain, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	asJSON := flags.Bool("json", false, "")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(out, words.Say("headless.explain-help"))
		return ExitOpen
	case err != nil || flags.NArg() == 0:
		fmt.Fprintln(errs, words.Say("headless.explain-takes-a-command"))
		return ExitUsage
	}
	text, err := commandText(flags.Args(), in)
	if err != nil {
		fmt.Fprintln(errs, "slipway:", words.Error(err))
		return ExitFailed
	}
	list := paste.Read(text)
	if len(list) == 0 {
		fmt.Fprintln(errs, words.Say("headless.no-docker-command"))
		return ExitFailed
	}
	all := make([]explained, len(list))
	for i, c := range list {
		all[i] = explainOne(c)
	}
	if *asJSON {
		err = json.NewEncoder(out).Encode(all)
	} else {
		err = printExplained(out, all)
	}
	if err != nil {
		fmt.Fprintln(errs, "slipway:", words.Error(err))
		return ExitFailed
	}
	return ExitOpen
}

// mostRead is how much is read from a pipe.
const mostRead = 1 << 20

// commandText is what was typed: one word that a shell has kept together, or the words of a command.
func commandText(args []string, in io.Reader) (string, error) {
	switch {
	case len(args) == 1 && args[0] == "-":
		text, err := io.ReadAll(io.LimitReader(in, mostRead))
		return string(text), err
	case len(args) == 1:
		return args[0], nil
	}
	return model.Words(args), nil
}

func explainOne(c paste.Command) explained {
	meant, because := c.Mended()
	shown := ""
	if meant != nil {
		shown = meant.String()
	}
	e := explained{
		Line: c.Line().String(), Does: words.Of(c.Parts[0].Says).String(), Meant: shown, Because: words.Of(because).String(),
	}
	for _, p := range c.Parts[1:] {
		e.Parts = append(e.Parts, explainedPart{p.Text(), words.Of(p.Says).String(), p.Wrong})
	}
	if c.Wrong != nil {
		e.Problem = words.Of(c.Wrong.Why).String()
	}
	return e
}

func printExplained(out io.Writer, all []explained) error {
	var b strings.Builder
	for i, e := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s\n  %s\n", e.Line, e.Does)
		for _, p := range e.Parts {
			fmt.Fprintf(&b, "  %-28s %s\n", p.Text, p.Does)
		}
		if e.Problem != "" {
			fmt.Fprintf(&b, "! %s\n", e.Problem)
		}
		if e.Meant != "" {
			fmt.Fprintf(&b, "! %s\n  %s\n", e.Because, e.Meant)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}
