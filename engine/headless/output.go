package headless

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/words"

	"github.com/charmbracelet/x/ansi"
)

// output prints on a terminal. What is in the line that changes in place is wiped before anything else is printed.
type output struct {
	Terminal

	mu   sync.Mutex
	open bool // the cursor is in a line that changes in place
}

// Escape sequences (ECMA-48): to the line's beginning, and erase what is behind the cursor.
const wipe = "\r\x1b[K"

// line prints one line for a person.
func (o *output) line(text words.Text) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.wiped()
	fmt.Fprintln(o.Err, harmless(text))
}

// harmless takes out what would steer the terminal, and shows what would be read in another order than it is: names and
// output of containers are anybody's.
func harmless(text words.Text) string { return model.VisibleText(ansi.Strip(text.String())) }

// inPlace replaces the line that changes in place.
func (o *output) inPlace(text words.Text) {
	o.mu.Lock()
	defer o.mu.Unlock()
	fmt.Fprint(o.Err, wipe+harmless(text))
	o.open = true
}

// clear wipes the line that changes in place.
func (o *output) clear() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.wiped()
}

func (o *output) wiped() {
	if o.open {
		fmt.Fprint(o.Err, wipe)
		o.open = false
	}
}

// problem prints everything that a problem says.
func (o *output) problem(p *model.Problem) {
	lines := []string{"slipway: " + words.What(p).String()}
	for _, text := range []words.Text{words.Why(p), words.Fix(p)} {
		if !text.None() {
			lines = append(lines, "  "+text.String())
		}
	}
	if p.Command != nil {
		lines = append(lines, "  $ "+p.Command.String())
	}
	if raw := p.Unsaid(); raw != "" {
		lines = append(lines, "  | "+strings.ReplaceAll(raw, "\n", "\n  | "))
	}
	o.line(words.Name(strings.Join(lines, "\n")))
}

// result is what --json prints of a notebook that is open.
type result struct {
	URL       string `json:"url"`
	Container string `json:"container"`
	Folder    string `json:"folder"`
	Recipe    string `json:"recipe"`
	Port      uint16 `json:"port"`
	Reused    bool   `json:"reused"`
	User      string `json:"user,omitempty"`
	Password  string `json:"password,omitempty"`
}

// failure is what --json prints of one that is not.
type failure struct {
	Error struct {
		Kind    string `json:"kind"`
		What    string `json:"what"`
		Why     string `json:"why"`
		Fix     string `json:"fix"`
		Command string `json:"command"`
		Raw     string `json:"raw"`
	} `json:"error"`
}

// opened prints the notebook that is open: its address alone on stdout, words on stderr.
func (o *output) opened(c Command, got launcher.Opened, browser error) {
	s := got.Server
	res := result{
		URL: got.URL, Container: s.Container.Name, Folder: s.Folder, Recipe: s.Container.Mark(model.LabelRecipe),
		Port: s.Port.HostPort, Reused: got.Reused,
	}
	if s.SignIn.Method == notebook.SignInPasswordEnv {
		res.User, res.Password = s.SignIn.User, s.Token
	}
	switch {
	case browser != nil:
		o.problem(model.AsProblem(browser, model.Say("headless.cannot-open-the-browser")))
	case c.NoBrowser:
		o.line(words.Say("headless.is-ready", words.Args{"Container": words.Name(res.Container)}))
	default:
		o.line(words.Say("headless.is-open-in-the-browser", words.Args{"Container": words.Name(res.Container)}))
	}
	if c.JSON {
		o.json(res)
		return
	}
	if res.Password != "" && o.Interactive { // nowhere else: it would be kept in a log
		args := words.Args{"User": words.Name(res.User), "Password": words.Name(res.Password)}
		if res.User == "" {
			o.line(words.Say("headless.sign-in-with-the-password", args))
		} else {
			o.line(words.Say("headless.with-the-password", args))
		}
	}
	fmt.Fprintln(o.Out, res.URL)
}

// failed says why it is not open, and returns the exit code.
func (o *output) failed(c Command, err error) int {
	code := exitCode(err)
	var f failure
	switch code {
	case ExitCancelled:
		f.Error.Kind, f.Error.What = "cancelled", words.Say("common.cancelled").String()
		o.line(words.Say("common.cancelled"))
	case ExitUsage:
		f.Error.Kind, f.Error.What = string(model.ProblemBadInput), err.Error()
		o.line(words.Join(" ", words.Name("slipway:"), words.Raw(err.Error())))
	default:
		p := model.AsProblem(err, model.Say("headless.the-notebook-cannot-be-opened"))
		f.Error.Kind, f.Error.Command, f.Error.Raw = string(p.Kind), p.Command.String(), p.Raw()
		f.Error.What, f.Error.Why, f.Error.Fix = words.What(p).String(), words.Why(p).String(), words.Fix(p).String()
		o.problem(p)
	}
	if c.JSON {
		o.json(f)
	}
	return code
}

func (o *output) json(v any) {
	e := json.NewEncoder(o.Out)
	e.SetEscapeHTML(false) // an address has an &
	_ = e.Encode(v)        // who read it has gone
}

// progress shows how far a job is: in place on a terminal, else a line for each step and each tenth of a download.
type progress struct {
	out *output
	// quietEnd leaves the last step out: the browser is not opened.
	quietEnd bool

	mu    sync.Mutex
	steps []model.Fact // those that began and were not printed
	begun int          // how many steps began
	said  int64        // how many tenths, or parts of unknownPart, of the step were printed
}

// unknownPart is how many bytes make a line where nobody knows how many there will be.
const unknownPart = 100e6

// note keeps each step that begins, however short it is. It is called from the job's goroutine.
func (p *progress) note(v job.View) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if v.Step >= len(v.Steps) || p.quietEnd && v.Step > 0 && v.Step == len(v.Steps)-1 {
		return
	}
	if v.Step >= p.begun {
		p.begun = v.Step + 1
		p.steps = append(p.steps, v.Steps[v.Step])
	}
}

// show prints what is new.
func (p *progress) show(v job.View) {
	p.mu.Lock()
	steps := p.steps
	p.steps = nil
	p.mu.Unlock()
	if p.out.Interactive {
		if v.Step < len(v.Steps) {
			p.out.inPlace(describe(v))
		}
		return
	}
	for _, name := range steps {
		p.out.line(words.Of(name))
		p.said = 0
	}
	if n := parts(v.Progress); n > p.said {
		p.said = n
		p.out.line(describe(v))
	}
}

// parts is how much is done, in tenths of the whole or in whole parts where that is unknown.
func parts(g job.Progress) int64 {
	switch {
	case g.Total <= 0:
		return 0
	case g.Known:
		return 10 * g.Done / g.Total
	}
	return g.Done / unknownPart
}

// describe is a job's step and amount in one line.
func describe(v job.View) words.Text {
	g := v.Progress
	args := words.Args{"Text": v.Steps[v.Step], "Done": words.Bytes(g.Done), "Total": words.Bytes(g.Total)}
	switch {
	case g.Total <= 0:
		return words.Say("headless.step", args)
	case !g.Known:
		return words.Say("headless.of-at-least", args)
	}
	args["Percent"] = words.Count(100 * g.Done / g.Total)
	if g.Left > 0 {
		args["Left"] = words.Span(g.Left)
		return words.Say("headless.of-and-left", args)
	}
	return words.Say("headless.of", args)
}
