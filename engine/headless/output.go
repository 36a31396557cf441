package headless

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"

	"github.com/charmbracelet/x/ansi"
	"github.com/docker/go-units"
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
func (o *output) line(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.wiped()
	fmt.Fprintln(o.Err, harmless(text))
}

// harmless takes out what would steer the terminal, and shows what would be read in another order than it is: names and
// output of containers are anybody's.
func harmless(text string) string { return model.VisibleText(ansi.Strip(text)) }

// inPlace replaces the line that changes in place.
func (o *output) inPlace(text string) {
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
	lines := []string{"slipway: " + p.What}
	for _, text := range []string{p.Why, p.Fix} {
		if text != "" {
			lines = append(lines, "  "+text)
		}
	}
	if p.Command != nil {
		lines = append(lines, "  $ "+p.Command.String())
	}
	if raw := strings.TrimSpace(p.Raw); raw != "" && raw != p.Why && raw+"." != p.Why {
		lines = append(lines, "  | "+strings.ReplaceAll(raw, "\n", "\n  | "))
	}
	o.line(strings.Join(lines, "\n"))
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
func (o *output) opened(c Command, got actions.Opened, browser error) {
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
		o.problem(model.AsProblem(browser, "Cannot open the browser"))
	case c.NoBrowser:
		o.line(res.Container + " is ready")
	default:
		o.line(res.Container + " is open in the browser")
	}
	if c.JSON {
		o.json(res)
		return
	}
	if res.Password != "" && o.Interactive { // nowhere else: it would be kept in a log
		o.line(strings.TrimSpace("Sign in as "+res.User) + " with the password " + res.Password)
	}
	fmt.Fprintln(o.Out, res.URL)
}

// failed says why it is not open, and returns the exit code.
func (o *output) failed(c Command, err error) int {
	code := exitCode(err)
	var f failure
	switch code {
	case ExitCancelled:
		f.Error.Kind, f.Error.What = "cancelled", "Cancelled"
		o.line("Cancelled")
	case ExitUsage:
		f.Error.Kind, f.Error.What = string(model.ProblemBadInput), err.Error()
		o.line("slipway: " + err.Error())
	default:
		p := model.AsProblem(err, "The notebook cannot be opened")
		f.Error.Kind, f.Error.What, f.Error.Why, f.Error.Fix, f.Error.Command, f.Error.Raw = string(p.Kind), p.What, p.Why,
			p.Fix, p.Command.String(), p.Raw
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
	steps []string // those that began and were not printed
	last  string
	said  int64 // how many tenths, or parts of unknownPart, of the step were printed
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
	if name := v.Steps[v.Step]; name != p.last {
		p.last = name
		p.steps = append(p.steps, name)
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
		p.out.line(name)
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
func describe(v job.View) string {
	g := v.Progress
	text := v.Steps[v.Step]
	switch {
	case g.Total <= 0:
		return text + "…"
	case !g.Known:
		return fmt.Sprintf("%s: %s of at least %s", text, size(g.Done), size(g.Total))
	}
	text = fmt.Sprintf("%s: %d %% of %s", text, 100*g.Done/g.Total, size(g.Total))
	if g.Left > 0 {
		text += fmt.Sprintf(", %s left", units.HumanDuration(g.Left))
	}
	return text
}

func size(n int64) string { return model.Size(n) }
