package runspec

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// errNotWords is the error of a line that only a shell could read.
var errNotWords = errors.New("only words can stand here, nothing that a shell would run")

// SplitWords splits a line into words as a POSIX shell does, without a shell: variables stay as they are written, and what
// only a shell could do is an error. It reads what [model.Words] writes.
func SplitWords(line string) ([]string, error) {
	var parsed []*syntax.Word
	err := syntax.NewParser().Words(strings.NewReader(line), func(w *syntax.Word) bool {
		parsed = append(parsed, w)
		return true
	})
	if err != nil || len(parsed) == 0 {
		return nil, err
	}
	return expand.Fields(&expand.Config{Env: asWritten{}, CmdSubst: octalBytes}, parsed...)
}

// asWritten is an environment in which each variable is what it looks like.
type asWritten struct{}

func (asWritten) Get(name string) expand.Variable {
	text := "$" + name
	if name == "IFS" { // not a variable of the person's, but where the shell splits
		text = " \t\n"
	}
	return expand.Variable{Set: true, Kind: expand.String, Str: text}
}

func (asWritten) Each(func(string, expand.Variable) bool) {}

// octalForm matches what printf is given for characters that cannot be seen.
var octalForm = regexp.MustCompile(`^(?:\\[0-7]{3})+$`)

// octalBytes writes what printf would for such a word, which is the one command that a word may hold.
func octalBytes(w io.Writer, s *syntax.CmdSubst) error {
	if len(s.Stmts) != 1 {
		return errNotWords
	}
	call, ok := s.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) != 2 || len(call.Assigns) > 0 || len(s.Stmts[0].Redirs) > 0 || call.Args[0].Lit() != "printf" || len(call.Args[1].Parts) != 1 {
		return errNotWords
	}
	text, ok := call.Args[1].Parts[0].(*syntax.SglQuoted)
	if !ok || !octalForm.MatchString(text.Value) {
		return errNotWords
	}
	for i := 0; i < len(text.Value); i += len(`\000`) {
		b, err := strconv.ParseUint(text.Value[i+1:i+4], 8, 8)
		if err != nil {
			return fmt.Errorf("%w: %w", errNotWords, err)
		}
		if _, err := w.Write([]byte{byte(b)}); err != nil {
			return err
		}
	}
	return nil
}
