package paste

import (
	"regexp"
	"strings"

	"slipway/engine/runspec"

	"mvdan.cc/sh/v3/syntax"
)

var (
	// windowsPrompt begins a line that was copied out of a terminal of Windows.
	windowsPrompt = regexp.MustCompile(`^(?:PS )?[A-Za-z]:\\[^>]*>\s*`)
	// windowsLine tells that a text is for PowerShell or cmd.
	windowsLine = regexp.MustCompile("(?m)[`^][ \\t]*$|%\\w+%|(?:^|[ \"'=])[A-Za-z]:\\\\|^PS ")
	// continued ends a line that goes on in the next one.
	continued = regexp.MustCompile("[\\\\`^][ \\t]*$")
	// here is the folder that a terminal is in, in the words of each shell.
	here = regexp.MustCompile("(?i)\\$\\(pwd\\)|`pwd`|\\$\\{pwd\\}|\\$pwd\\b|%cd%")
)

// Here stands in a [Command] for the folder that a terminal would be in.
const Here = "$PWD"

// lines are the words of each command in a text.
func lines(text string) [][]string {
	text = strings.ReplaceAll(text, "\r", "")
	text = here.ReplaceAllLiteralString(text, Here)
	windows := windowsLine.MatchString(text)
	var list [][]string
	for _, line := range joined(text) {
		if words := shellWords(line); !windows && words != nil {
			list = append(list, words...)
			continue
		}
		list = append(list, windowsWords(line))
	}
	return list
}

// joined are the lines of a text without prompts, comments and fences, those that go on in the next one as one.
func joined(text string) []string {
	var list []string
	goesOn := false
	for line := range strings.Lines(text) {
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
		goesOn = whole != line
	}
	return list
}

// shellWords are the words of each command in a line as a POSIX shell would read it; nil where it would not.
func shellWords(line string) [][]string {
	file, err := syntax.NewParser().Parse(strings.NewReader(line), "")
	if err != nil {
		return nil
	}
	list, ok := [][]string{}, true
	var walk func(*syntax.Stmt)
	walk = func(s *syntax.Stmt) {
		switch cmd := s.Cmd.(type) {
		case *syntax.BinaryCmd:
			walk(cmd.X)
			if cmd.Op != syntax.Pipe && cmd.Op != syntax.PipeAll { // what only reads what docker prints
				walk(cmd.Y)
			}
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
