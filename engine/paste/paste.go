// Package paste reads what people copy out of tutorials, READMEs and chats: commands of docker with prompts, sudo,
// continued lines and quotes of any shell, several of them at once, addresses of pages about images, lines of a
// Dockerfile. It is pure: nothing is run by a shell, and nothing is read from this computer.
package paste

import (
	"regexp"
	"slices"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"
)

// Command is one command that was pasted.
type Command struct {
	// Words are all of it, beginning with "docker", without what only a terminal or a shell has before it.
	Words []string
	// Verb is docker's, in its short form where there is one: "run", "rmi", "volume create".
	Verb string
	// Spec is what "run" and "create" make.
	Spec runspec.Spec
	// Names are what the command is about: images, containers or volumes.
	Names []string
	// Parts are Words taken apart, in their order.
	Parts []Part
	// Wrong is why docker would not take it; nil where it would.
	Wrong *runspec.Wrong
	// Elsewhere tells that it names another engine than the one that is used: -H, --context.
	Elsewhere bool
	// Options tells that it has options of its own, before or between the names.
	Options bool
}

// Part is some words of a command, and what they do.
type Part struct {
	// Line is the words as a line has them, without secrets.
	Line model.Command
	// Says is a sentence; none where the words need no explanation.
	Says model.Fact
	// Wrong tells that docker would not take them.
	Wrong bool
}

// Text is the words as they may be shown.
func (p Part) Text() string {
	if len(p.Line) > 0 && p.Line[0].Text == "docker" {
		return p.Line.String()
	}
	return strings.TrimPrefix(p.Line.String(), "docker ")
}

// Read finds the commands of docker in a text; there may be none. Lines that are something else are left out.
func Read(text string) []Command {
	if len(text) > mostText || strings.Count(text, "\n") > mostLines {
		return nil // nobody copies that out of a tutorial
	}
	var list []Command
	for _, words := range lines(runspec.Plain(text)) {
		if c, ok := read(words); ok {
			list = append(list, c)
		}
	}
	if len(list) > 0 {
		return list
	}
	if image := imageOnly(text); image != "" {
		c, _ := read([]string{"docker", "pull", image})
		return []Command{c}
	}
	return nil
}

// mostText is how many bytes of a text are read, and mostLines how many lines: whatever a page has put into the
// clipboard, the window goes on.
const mostText, mostLines = 32 << 10, 500

// imageOnly is the image that a text is about which is no command: the address of a page, or a line of a file.
func imageOnly(text string) string {
	text = strings.TrimSpace(text)
	page := strings.TrimPrefix(strings.TrimPrefix(text, "https://"), "http://")
	if strings.ContainsAny(text, "\n") || !IsPage(page) && !fromLine.MatchString(text) && !composeLine.MatchString(text) {
		return ""
	}
	return MeantImage(text)
}

// fromLine is a line of a Dockerfile that names an image.
var fromLine = regexp.MustCompile(`(?i)^from\s+(?:--platform=\S+\s+)?\S+(?:\s+as\s+\S+)?$`)

// programs are what understands the commands of docker.
var programs = []string{"docker", "docker.exe", "podman", "nerdctl", "nvidia-docker"}

// read takes the words of a line apart.
func read(words []string) (c Command, ok bool) {
	for len(words) > 0 && skipped(words[0]) {
		words = words[1:]
	}
	program, global, rest := splitDocker(words)
	c.Elsewhere = slices.ContainsFunc(global, func(w string) bool {
		name, _, _ := strings.Cut(w, "=")
		return slices.Contains([]string{"-H", "--host", "-c", "--context"}, name)
	})
	verb, n := verbOf(rest)
	if n == 0 {
		return c, false
	}
	rest = rest[n:]
	c.Verb, c.Words = verb, slices.Concat([]string{"docker"}, strings.Fields(verb), rest)
	c.Parts = []Part{{Line: model.Command{{Text: "docker"}, {Text: verb}}, Says: saysVerb(verb)}}
	if verb == "run" || verb == "create" {
		c.readRun(rest, program == "nvidia-docker")
	} else {
		c.readOther(rest)
	}
	return c, true
}

// splitDocker splits the words of a line into the program's name, the options of docker itself, and what stands behind
// those. Of any other line there is nothing.
func splitDocker(words []string) (program string, global, rest []string) {
	if len(words) < 2 {
		return "", nil, nil
	}
	program = words[0][strings.LastIndexAny(words[0], `/\`)+1:]
	if !slices.Contains(programs, program) {
		return "", nil, nil
	}
	for rest = words[1:]; len(rest) > 1 && strings.HasPrefix(rest[0], "-"); rest = rest[1:] {
		global = append(global, rest[0])
		if slices.Contains(globalOptions, rest[0]) {
			rest = rest[1:]
		}
	}
	return program, global, rest
}

// skipped tells of a word that it says only how a shell runs what follows.
func skipped(word string) bool {
	return word == "sudo" || word == "env" || word == "time" || word == "&" || setBefore.MatchString(word) ||
		strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "--")
}

func (c *Command) readRun(rest []string, gpus bool) {
	s, parts, err := runspec.ParseRun(rest)
	c.Spec = s
	if gpus {
		c.Spec.GPUs = true
	}
	if s.Image != "" {
		c.Names = []string{s.Image}
	}
	for i := 0; i < len(parts); i++ {
		p := parts[i]
		to := p.To
		for i+1 < len(parts) && (parts[i+1].From < to || p.Kind == runspec.PartCommand) { // -it, and the program's words
			i++
			to = parts[i].To
		}
		c.Parts = append(c.Parts, Part{Line: hidden(p, rest[p.From:to]), Says: saysParts(parts, p.From, to)})
	}
	if err == nil {
		return
	}
	c.Wrong, _ = err.(*runspec.Wrong) //nolint:errorlint // it is never wrapped
	if c.Wrong == nil || c.Wrong.Part.To == 0 {
		return
	}
	at := c.Wrong.Part
	if last := len(c.Parts) - 1; len(parts) > 0 && parts[len(parts)-1] == at {
		c.Parts[last].Wrong, c.Parts[last].Says = true, c.Wrong.Why
	} else {
		line := hidden(at, rest[at.From:at.To])
		if name, _, given := strings.Cut(rest[at.From], "="); given && at.To == at.From+1 { // whatever that may be
			line = model.Command{{Text: rest[at.From], Shown: name + "=" + runspec.Hidden, Secret: true}}
		}
		c.Parts = append(c.Parts, Part{Line: line, Says: c.Wrong.Why, Wrong: true})
	}
	if at.To < len(rest) {
		c.Parts = append(c.Parts, Part{Line: runspec.HideSecrets(rest[at.To:])})
	}
}

// hidden are words as they may be shown.
func hidden(p runspec.Part, list []string) model.Command {
	if p.Kind == runspec.PartOption && (p.Option == "env" || p.Option == "label") && len(list) == 2 {
		name, value, given := strings.Cut(list[1], "=")
		if given && runspec.SecretEnv(name, value) {
			return model.Command{{Text: list[0]}, {Text: list[1], Shown: name + "=" + runspec.Hidden, Secret: true}}
		}
	}
	return runspec.HideSecrets(list)
}

// withValue are the options of other commands that have a value behind them.
var withValue = map[string][]string{
	"pull":    {"--platform"},
	"push":    {"--platform"},
	"rmi":     {"--platform"},
	"stop":    {"-t", "--time", "--timeout", "-s", "--signal"},
	"restart": {"-t", "--time", "--timeout", "-s", "--signal"}, "kill": {"-s", "--signal"},
	"start":         {"--detach-keys", "--checkpoint", "--checkpoint-dir"},
	"logs":          {"-n", "--tail", "--since", "--until"},
	"exec":          {"-e", "--env", "--env-file", "-u", "--user", "-w", "--workdir", "--detach-keys"},
	"volume create": {"-d", "--driver", "-o", "--opt", "--label", "--name"},
	"build": {
		"-t", "--tag", "-f", "--file", "--build-arg", "--target", "--platform", "--network", "--secret", "--label",
		"--cache-from", "--progress",
	},
	"ps": {"-f", "--filter", "-n", "--last", "--format"}, "images": {"-f", "--filter", "--format"},
	"login":          {"-u", "--username", "-p", "--password"},
	"network create": {"-d", "--driver", "--subnet", "--gateway", "--ip-range", "-o", "--opt", "--label"},
}

func (c *Command) readOther(rest []string) {
	shown := runspec.HideSecrets(rest) // a word may say what the next one is
	for i := 0; i < len(rest); i++ {
		w := rest[i]
		switch {
		case c.Verb == "exec" && len(c.Names) == 1:
			c.Parts = append(c.Parts, Part{Line: shown[i:], Says: model.Say("paste.runs-in-it")})
			return
		case len(w) > 1 && w[0] == '-' && slices.Contains(withValue[c.Verb], w) && i+1 < len(rest):
			c.Options = true
			if c.Verb == "login" && w == "-p" {
				shown[i+1] = model.Arg{Text: rest[i+1], Shown: runspec.Hidden, Secret: true}
			}
			c.Parts = append(c.Parts, Part{Line: shown[i : i+2]})
			i++
		case len(w) > 1 && w[0] == '-':
			c.Options = true
			if c.Verb == "login" && strings.HasPrefix(w, "-p") && len(w) > 2 {
				shown[i] = model.Arg{Text: w, Shown: "-p" + runspec.Hidden, Secret: true}
			}
			c.Parts = append(c.Parts, Part{Line: shown[i : i+1]})
		default:
			c.Names = append(c.Names, w)
			c.Parts = append(c.Parts, Part{Line: shown[i : i+1], Says: saysName(c.Verb)})
		}
	}
}

// groups are docker's words that have commands of their own below them.
var groups = []string{"container", "image", "volume", "network", "system", "compose", "buildx", "context", "builder"}

// shortVerbs are commands that have a shorter form.
var shortVerbs = map[string]string{
	"container run": "run", "container create": "create", "container start": "start", "container stop": "stop",
	"container restart": "restart", "container kill": "kill", "container pause": "pause", "container unpause": "unpause",
	"container rm": "rm", "container remove": "rm", "container logs": "logs", "container exec": "exec",
	"container ls": "ps", "container ps": "ps", "container list": "ps", "image pull": "pull", "image push": "push",
	"image rm": "rmi", "image remove": "rmi", "image ls": "images", "image list": "images", "image tag": "tag",
	"image build": "build", "buildx build": "build", "builder build": "build",
}

// verbOf is docker's command that words begin with, and how many of them it is.
func verbOf(words []string) (verb string, n int) {
	if len(words) == 0 || !isVerb(words[0]) {
		return "", 0
	}
	if !slices.Contains(groups, words[0]) || len(words) == 1 || !isVerb(words[1]) {
		return words[0], 1
	}
	long := words[0] + " " + words[1]
	if short, ok := shortVerbs[long]; ok {
		return short, 2
	}
	return long, 2
}

// isVerb tells what could be a command of docker from all other words.
func isVerb(word string) bool {
	return word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyz-") == "" && word[0] != '-'
}

// Line is the whole command, without secrets.
func (c Command) Line() model.Command {
	var line model.Command
	for i, p := range c.Parts {
		if i == 0 { // "volume create" is two words of it
			line = append(line, model.Docker(strings.Fields(c.Verb)...)...)
			continue
		}
		line = append(line, p.Line...)
	}
	return line
}
