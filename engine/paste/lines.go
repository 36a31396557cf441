package paste

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"slipway/engine/runspec"

	"mvdan.cc/sh/v3/syntax"
)

var (
	// windowsPrompt begins a line that was copied out of a terminal of Windows.
	windowsPrompt = regexp.MustCompile(`^(?:PS )?[A-Za-z]:\\[^>]*>\s*`)
	// windowsLine tells that a text is for PowerShell or cmd.
	windowsLine = regexp.MustCompile("(?m)[ \\t][`^][ \\t]*$|%[A-Za-z_]+%|(?:^|[ \"'=])[A-Za-z]:\\\\|^PS ")
	// fence begins or ends a block of code in a page.
	fence = regexp.MustCompile("(?m)^\\s*```.*$")
	// substituted is what a shell would fill in with what a command prints.
	substituted = regexp.MustCompile(`\$\([^()]*\)`)
	// blank is where a person is to put something in: <version>, <your name>. A shell would read a file of that name.
	blank = regexp.MustCompile(`<[A-Za-z](?:[\w .-]*\w)?>`)
	// continued ends a line that goes on in the next one.
	continued = regexp.MustCompile("[\\\\`^][ \\t]*$")
	// here is the folder that a terminal is in, in the words of each shell.
	here = regexp.MustCompile("(?i)\\$\\(pwd\\)|`pwd`|\\$\\{pwd\\}|\\$pwd\\b|%cd%")
)

// Here stands in a [Command] for the folder that a terminal would be in.
const Here = "$PWD"

// lines are the words of each command in a text.
func lines(text string) [][]string {
	text = fence.ReplaceAllLiteralString(strings.ReplaceAll(text, "\r", ""), "")
	text = here.ReplaceAllLiteralString(text, Here)
	var filled []string // what only a shell knows stays as it is written
	for _, of := range []*regexp.Regexp{substituted, blank} {
		text = of.ReplaceAllStringFunc(text, func(found string) string {
			filled = append(filled, found)
			return placeholder(len(filled) - 1)
		})
	}
	windows := windowsLine.MatchString(text)
	var list [][]string
	for _, line := range joined(text) {
		if !namesProgram(line) {
			continue
		}
		words := shellWords(line)
		if windows || words == nil {
			words = [][]string{windowsWords(line)}
		}
		list = append(list, words...)
	}
	for _, words := range list {
		for i := range words {
			for n, found := range filled {
				words[i] = strings.ReplaceAll(words[i], placeholder(n), found)
			}
		}
	}
	return list
}

// namesProgram tells whether a line may have a command of docker in it.
func namesProgram(line string) bool {
	return slices.ContainsFunc(programs, func(name string) bool { return strings.Contains(line, name+" ") })
}

// placeholder stands for what a shell would fill in: characters that nobody writes.
func placeholder(n int) string { return "\ue000" + strconv.Itoa(n) + "\ue001" }

// deepest is how many brackets a line may have that is read as a shell reads it.
const deepest = 50

// joined are the lines of a text without prompts, comments and fences, those that go on in the next one as one.
func joined(text string) []string {
	var list []string
	goesOn, left := false, text
	for line := range strings.Lines(text) {
		left = left[len(line):]
		last := len(list) - 1
		if last >= 0 && namesProgram(list[last]) && quoteOver(list[last], left+line) {
			list[last] += "\n" + strings.TrimRight(line, " \t\n")
			goesOn = false
			continue
		}
		line = strings.TrimSpace(line)
		if !goesOn {
			line = windowsPrompt.ReplaceAllString(prompt.ReplaceAllString(line, ""), "")
			line = strings.TrimSuffix(strings.TrimPrefix(line, "`"), "`")
		} else {
			line = strings.TrimSpace(strings.TrimPrefix(line, "> "))
		}
		whole := strings.TrimSpace(continued.ReplaceAllString(line, ""))
		if !goesOn && (whole == "" || strings.HasPrefix(whole, "#") || strings.HasPrefix(whole, "REM ") ||
			strings.HasPrefix(whole, "::")) {
			continue
		}
		if goesOn && strings.HasPrefix(whole, "#") { // a comment between lines that go on
			continue
		}
		if goesOn && len(list) > 0 {
			list[len(list)-1] += " " + whole
		} else {
			list = append(list, whole)
		}
		goesOn = whole != line || strings.HasSuffix(whole, "&&") || strings.HasSuffix(whole, "|")
	}
	return list
}

// quoteOver tells whether a quote of a line is closed only in what follows. An apostrophe in a sentence is none: it
// does not stand behind a blank or an equals sign.
func quoteOver(line, follows string) bool {
	open, before := rune(0), ' '
	for _, r := range line {
		switch {
		case before == '\\' && open != '\'':
			r = ' ' // it is taken as it is; the next one is not behind a backslash
		case r == open:
			open = 0
		case open == 0 && (r == '"' || r == '\'') && (before == ' ' || before == '='):
			open = r
		}
		before = r
	}
	return open != 0 && strings.ContainsRune(follows, open)
}

// shellWords are the words of each command in a line as a POSIX shell would read it; nil where it would not.
func shellWords(line string) [][]string {
	if strings.Count(line, "(")+strings.Count(line, "{")+strings.Count(line, "[") > deepest {
		return nil
	}
	file, err := syntax.NewParser().Parse(strings.NewReader(line), "")
	if err != nil {
		return nil
	}
	list, ok := [][]string{}, true
	var walk func(*syntax.Stmt)
	walk = func(s *syntax.Stmt) {
		all := func(list []*syntax.Stmt) {
			for _, s := range list {
				walk(s)
			}
		}
		switch cmd := s.Cmd.(type) {
		case *syntax.BinaryCmd:
			before := len(list)
			walk(cmd.X)
			pipe := cmd.Op == syntax.Pipe || cmd.Op == syntax.PipeAll
			if !pipe || !slices.ContainsFunc(list[before:], isDocker) { // else it only reads what docker prints
				walk(cmd.Y)
			}
		case *syntax.TimeClause:
			if cmd.Stmt != nil {
				walk(cmd.Stmt)
			}
		case *syntax.Subshell:
			all(cmd.Stmts)
		case *syntax.Block:
			all(cmd.Stmts)
		case *syntax.ForClause:
			all(cmd.Do)
		case *syntax.WhileClause:
			all(cmd.Do)
		case *syntax.IfClause:
			all(cmd.Then)
		case *syntax.CallExpr:
			if len(cmd.Args) == 0 {
				return
			}
			words, err := runspec.SplitWords(line[cmd.Args[0].Pos().Offset():cmd.Args[len(cmd.Args)-1].End().Offset()])
			ok = ok && err == nil
			list = append(list, words)
		}
	}
	for _, s := range file.Stmts {
		walk(s)
	}
	if !ok {
		return nil
	}
	return list
}

// isDocker tells of the words of a command whether they are docker's.
func isDocker(words []string) bool {
	for len(words) > 0 && skipped(words[0]) {
		words = words[1:]
	}
	program, _, _ := splitDocker(words)
	return program != ""
}

// windowsWords are the words of a line as cmd and PowerShell read it: a backslash is nothing special.
func windowsWords(line string) []string {
	var words []string
	var word strings.Builder
	quote, some := rune(0), false
	flush := func() {
		if some {
			words = append(words, word.String())
		}
		word.Reset()
		some = false
	}
	for _, r := range line {
		switch {
		case r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, some = r, true
		case quote == 0 && (r == ' ' || r == '\t'):
			flush()
		default:
			word.WriteRune(r)
			some = true
		}
	}
	flush()
	return words
}
