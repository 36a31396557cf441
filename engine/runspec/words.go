package runspec

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"slipway/engine/model"

	"mvdan.cc/sh/v3/syntax"
)

// errNotWords is the error of a line that only a shell could read.
var errNotWords = errors.New("only words can stand here, nothing that a shell would run")

// SplitWords splits a line into words as a POSIX shell does, without a shell: variables stay as they are written, and
// what only a shell could do is an error. It reads what [model.Words] writes.
func SplitWords(line string) ([]string, error) {
	var words []string
	var wrong error
	err := model.Guard(model.Say("runspec.the-line-cannot-be-read"), func() error {
		return syntax.NewParser().Words(strings.NewReader(line), func(w *syntax.Word) bool {
			var text string
			if text, wrong = wordOf(line, w.Parts, false); wrong == nil {
				words = append(words, text)
			}
			return wrong == nil
		})
	})
	if err = errors.Join(err, wrong); err != nil {
		return nil, err
	}
	return words, nil
}

// wordOf is the text of a word's parts; quoted tells that they stand between double quotes.
func wordOf(line string, parts []syntax.WordPart, quoted bool) (string, error) {
	var b strings.Builder
	for _, part := range parts {
		text, err := "", errNotWords
		switch p := part.(type) {
		case *syntax.Lit:
			text, err = unescape(p.Value, quoted), nil
		case *syntax.SglQuoted:
			if !p.Dollar {
				text, err = p.Value, nil
			}
		case *syntax.DblQuoted:
			if !p.Dollar {
				text, err = wordOf(line, p.Parts, true)
			}
		case *syntax.ParamExp: // not a variable of the person's: the container's own, or nobody's
			text, err = line[p.Pos().Offset():p.End().Offset()], nil
		case *syntax.CmdSubst:
			text, err = octalBytes(p)
		}
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

var (
	// escapes matches what a backslash does outside of quotes, and between double ones: it takes away what a character
	// means, and a line break behind it is none.
	escapes       = regexp.MustCompile(`(?s)\\(.)`)
	escapesQuoted = regexp.MustCompile("(?s)\\\\([$`\"\\\\\n])")
)

func unescape(text string, quoted bool) string {
	form := escapes
	if quoted {
		form = escapesQuoted
	}
	return form.ReplaceAllStringFunc(text, func(found string) string {
		if found == "\\\n" {
			return ""
		}
		return found[1:]
	})
}

// octalForm matches what printf is given for characters that cannot be seen.
var octalForm = regexp.MustCompile(`^(?:\\[0-7]{3})+$`)

// octalBytes is what printf would print for such a word, which is the one command that a word may hold.
func octalBytes(s *syntax.CmdSubst) (string, error) {
	if len(s.Stmts) != 1 || len(s.Stmts[0].Redirs) > 0 {
		return "", errNotWords
	}
	call, ok := s.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) != 2 || len(call.Assigns) > 0 || call.Args[0].Lit() != "printf" ||
		len(call.Args[1].Parts) != 1 {
		return "", errNotWords
	}
	text, ok := call.Args[1].Parts[0].(*syntax.SglQuoted)
	if !ok || !octalForm.MatchString(text.Value) {
		return "", errNotWords
	}
	var b strings.Builder
	for i := 0; i < len(text.Value); i += len(`\000`) {
		n, err := strconv.ParseUint(text.Value[i+1:i+4], 8, 8)
		if err != nil {
			return "", fmt.Errorf("%w: %w", errNotWords, err)
		}
		b.WriteByte(byte(n))
	}
	return b.String(), nil
}
