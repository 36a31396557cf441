package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"slipway/assets"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
)

// use is one place of the program that says something.
type use struct {
	place, code string
	// args are those that it gives, by name; known is false where they are put together elsewhere.
	args  []string
	known bool
}

// sentences reads a language's file, by codes.
func sentences(t *testing.T, name string) map[string]*i18n.Message {
	t.Helper()
	text, err := fs.ReadFile(assets.Words, name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := i18n.ParseMessageFileBytes(text, filepath.Base(name),
		map[string]i18n.UnmarshalFunc{"yaml": yaml.Unmarshal})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	list := map[string]*i18n.Message{}
	for _, m := range file.Messages {
		list[m.ID] = m
	}
	return list
}

var field = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

// fields are the args that a sentence has, in any of its forms.
func fields(m *i18n.Message) []string {
	found := map[string]bool{}
	for _, f := range field.FindAllStringSubmatch(strings.Join([]string{m.One, m.Few, m.Many, m.Other}, " "), -1) {
		found[f[1]] = true
	}
	if m.One != "" { // it chooses the form
		found["N"] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// uses finds all places of the program that say something.
func uses(t *testing.T) []use {
	t.Helper()
	var list []use
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		for _, early := range beforeTheStart(file) {
			t.Errorf("%s: it is said before the language is chosen: make it a function", set.Position(early))
		}
		inRoom := file.Name.Name == "model" || file.Name.Name == "words"
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			if text := sentenceIn(call); text != "" {
				t.Errorf("%s: a sentence passes for a name: %q", set.Position(call.Pos()), text)
			}
			if !says(call.Fun, inRoom) {
				return true
			}
			place := set.Position(call.Pos()).String()
			code, ok := literal(call.Args[0])
			if !ok {
				t.Errorf("%s: the code is not written out", place)
				return true
			}
			u := use{place: place, code: code, known: true}
			if len(call.Args) > 1 {
				u.args, u.known = argNames(call.Args[1])
			}
			list = append(list, u)
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// beforeTheStart are the calls of words.Say that are carried out when the program begins.
func beforeTheStart(file *ast.File) (list []token.Pos) {
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		ast.Inspect(g, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "words" && (n.Sel.Name == "Say" || n.Sel.Name == "Of") {
					list = append(list, n.Pos())
				}
			}
			return true
		})
	}
	return list
}

// twoWords are what no name, path or command of ours has in it.
var twoWords = regexp.MustCompile(`\pL{2,} \pL{2,}`)

// sentenceIn is a sentence that is written out as what passes through as it is: words.Name("not found").
func sentenceIn(call *ast.CallExpr) (found string) {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"Name", "Raw", "Verbatim"}, f.Sel.Name) {
		return ""
	}
	if x, ok := f.X.(*ast.Ident); !ok || x.Name != "words" && x.Name != "model" {
		return ""
	}
	ast.Inspect(call.Args[0], func(n ast.Node) bool {
		if e, ok := n.(*ast.BasicLit); ok {
			if text, ok := literal(e); ok && twoWords.MatchString(text) {
				found = text
			}
		}
		return true
	})
	return found
}

// says tells whether a call is one of Say.
func says(fun ast.Expr, inRoom bool) bool {
	switch f := fun.(type) {
	case *ast.Ident:
		return inRoom && f.Name == "Say"
	case *ast.SelectorExpr:
		x, ok := f.X.(*ast.Ident)
		return ok && f.Sel.Name == "Say" && (x.Name == "words" || x.Name == "model")
	}
	return false
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(l.Value)
	return text, err == nil
}

func argNames(e ast.Expr) (names []string, known bool) {
	c, ok := e.(*ast.CompositeLit)
	if !ok {
		return nil, false
	}
	for _, element := range c.Elts {
		name, ok := literal(element.(*ast.KeyValueExpr).Key)
		if !ok {
			return nil, false
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names, true
}

// TestSentences holds that every code has a sentence, that every sentence is said somewhere, and that each gets the
// args that it has.
func TestSentences(t *testing.T) {
	list, said := sentences(t, "words/en.yaml"), map[string]bool{}
	for _, u := range uses(t) {
		said[u.code] = true
		m := list[u.code]
		if m == nil {
			t.Errorf("%s: %q has no sentence", u.place, u.code)
			continue
		}
		// what is said of several things is completed by their numbers
		if want := fields(m); u.known && !strings.HasPrefix(u.code, "several.") && !slices.Equal(want, u.args) {
			t.Errorf("%s: %q has the args %q and is given %q", u.place, u.code, want, u.args)
		}
	}
	if len(said) < 1000 {
		t.Fatalf("only %d codes were found", len(said))
	}
	for code := range list {
		if !said[code] {
			t.Errorf("%q is said nowhere", code)
		}
	}
}
