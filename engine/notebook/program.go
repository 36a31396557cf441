package notebook

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"slipway/engine/model"

	"mvdan.cc/sh/v3/syntax"
)

// role is what the program of a container is to Jupyter.
type role int

const (
	// roleUnknown is a program that tells nothing: a script of the image's own, for one.
	roleUnknown role = iota
	roleServer
	// roleHubbed is the server of one user of a JupyterHub, which lets people in itself.
	roleHubbed
	// roleOther is what belongs to Jupyter and is no server to be opened: the hub, a gateway, a conversion.
	roleOther
)

// subcommands of jupyter, and programs called jupyter-NAME, by what they are.
var subcommands = map[string]role{
	"lab": roleServer, "notebook": roleServer, "server": roleServer, "nbclassic": roleServer, "retro": roleServer,
	"voila":  roleOther,
	"labhub": roleHubbed, "singleuser": roleHubbed,
}

// programs that are no jupyter by their names.
var programs = map[string]role{
	"start-notebook": roleServer, "start-notebook.sh": roleServer, "start-notebook.py": roleServer,
	"start-singleuser": roleHubbed, "start-singleuser.sh": roleHubbed, "start-singleuser.py": roleHubbed,
	"jupyterhub-singleuser": roleHubbed,
	"jupyterhub":            roleOther, "configurable-http-proxy": roleOther, "ipython": roleOther,
	"ipykernel_launcher": roleOther,
}

// modules are those that python -m starts.
var modules = map[string]role{
	"jupyterlab": roleServer, "notebook": roleServer, "jupyter_server": roleServer,
	"nbclassic": roleServer, "jupyterhub.singleuser": roleHubbed,
}

// runners start another program, which is among the words behind them.
var runners = []string{
	"tini", "dumb-init", "docker-init", "catatonit", "exec", "env", "nice", "ionice", "nohup", "time", "timeout", "stdbuf",
	"xvfb-run", "sudo", "su", "gosu", "su-exec", "setpriv", "runuser",
	"conda", "mamba", "micromamba", "poetry", "pipenv", "uv", "uvx", "pixi", "hatch", "rye", "pdm", "start.sh",
	"entrypoint.sh", "docker-entrypoint.sh", "tini-static", "s6-setuidgid", "catchsegv",
}

var (
	python     = regexp.MustCompile(`^(python|pypy)[0-9.]*$`)
	shells     = regexp.MustCompile(`^(ba|da|z|k|a)?sh$`)
	assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)
)

// roleOf is what a container's program is to Jupyter, from the words of its command.
func roleOf(c model.Container) role {
	argv := c.Argv
	if len(argv) == 0 {
		argv = strings.Fields(c.Command)
	}
	r := roleOfWords(argv, 0)
	if r == roleServer && envOf(c, "JUPYTERHUB_API_TOKEN") != "" {
		return roleHubbed
	}
	return r
}

// deepest is how many programs that start programs are followed.
const deepest = 8

func roleOfWords(argv []string, depth int) role {
	for len(argv) > 0 && assignment.MatchString(argv[0]) {
		argv = argv[1:]
	}
	if len(argv) == 0 || depth > deepest {
		return roleUnknown
	}
	name := path.Base(argv[0])
	if r, ok := programs[name]; ok {
		return r
	}
	switch {
	case name == "jupyter":
		return subcommand(argv[1:])
	case strings.HasPrefix(name, "jupyter-"):
		return known(strings.TrimPrefix(name, "jupyter-"))
	case shells.MatchString(name):
		return shellRole(argv[1:], depth)
	case python.MatchString(name):
		return pythonRole(argv[1:], depth)
	case slices.Contains(runners, name):
		return runnerRole(argv[1:], depth)
	}
	return roleUnknown
}

// subcommand is the first word behind jupyter that is no option.
func subcommand(words []string) role {
	for _, w := range words {
		if !strings.HasPrefix(w, "-") {
			return known(w)
		}
	}
	return roleOther // it tells its version, or where its files are
}

func known(name string) role {
	if r, ok := subcommands[name]; ok {
		return r
	}
	return roleOther
}

// runnerRole looks for the program that another one starts: the first word that is one we know. Its options take words
// that nobody can tell from programs.
func runnerRole(words []string, depth int) role {
	for i, w := range words {
		// the words behind that are looked at all the same
		if strings.HasPrefix(w, "-") || slices.Contains(runners, path.Base(w)) {
			continue
		}
		if r := roleOfWords(words[i:], depth+1); r != roleUnknown {
			return r
		}
	}
	if i := slices.Index(words, "-c"); i >= 0 { // su NAME -c "…"
		return shellRole(words[i:], depth)
	}
	return roleUnknown
}

func pythonRole(words []string, depth int) role {
	for i, w := range words {
		switch {
		case w == "-m" && i+1 < len(words):
			if words[i+1] == "jupyter" {
				return subcommand(words[i+2:])
			}
			return modules[words[i+1]]
		case !strings.HasPrefix(w, "-"):
			return roleOfWords(words[i:], depth+1) // a script, as start-notebook.py
		}
	}
	return roleUnknown
}

// shellRole reads the line that a shell is given, without one: the first program in it that is to do with Jupyter.
func shellRole(words []string, depth int) role {
	for i, w := range words {
		switch {
		case strings.HasPrefix(w, "-") && strings.HasSuffix(w, "c") && i+1 < len(words):
			return lineRole(words[i+1], depth)
		case !strings.HasPrefix(w, "-"):
			return roleOfWords(words[i:], depth+1) // a script
		}
	}
	return roleUnknown
}

// longestLine is how much of a line is read, in bytes.
const longestLine = 16 << 10

func lineRole(line string, depth int) (found role) {
	if len(line) > longestLine {
		return roleUnknown
	}
	err := model.Guard(model.Say("notebook.a-command-cannot-be-read"), func() error {
		file, err := syntax.NewParser().Parse(strings.NewReader(line), "")
		if err != nil {
			return err
		}
		syntax.Walk(file, func(node syntax.Node) bool {
			call, ok := node.(*syntax.CallExpr)
			if !ok || found != roleUnknown {
				return found == roleUnknown
			}
			var argv []string
			for _, a := range call.Args {
				argv = append(argv, plainWord(a))
			}
			found = roleOfWords(argv, depth+1)
			return true
		})
		return nil
	})
	if err != nil {
		return roleUnknown
	}
	return found
}

// plainWord is a word of a line as far as it says something by itself.
func plainWord(w *syntax.Word) string {
	var b strings.Builder
	for _, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(p.Value)
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			for _, q := range p.Parts {
				if lit, ok := q.(*syntax.Lit); ok {
					b.WriteString(lit.Value)
				}
			}
		}
	}
	return b.String()
}
