package style

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"golang.org/x/image/font/sfnt"
)

// monospaced are signs beyond the normal font, by the files that draw them in the monospaced one alone.
var monospaced = map[string]string{"gui/kit/logview/window.go": "▎", "gui/inside/overview.go": "→"}

// unseen are places of what never reaches the window: test engines, and signs that are only looked for.
var unseen = []string{"engine/enginetest/", "engine/runspec/lookalike.go"}

// TestSignsNeedNoSystemFont holds that each sign in the program's own text is in the fonts that the program brings: a
// computer may have no other. Fyne's font of coloured emoji does not count, since its signs do not take the text's
// colour.
func TestSignsNeedNoSystemFont(t *testing.T) {
	fonts := map[string]*sfnt.Font{}
	for name, s := range map[string]fyne.TextStyle{"normal": {}, "bold": {Bold: true}, "monospace": {Monospace: true}} {
		font, err := sfnt.Parse((&Theme{}).Font(s).Content())
		if err != nil {
			t.Fatal(name, err)
		}
		fonts[name] = font
	}
	found := signs(t, "../..")
	if len(found['…']) < 50 {
		t.Error("looked at too little: there are more places that end in …")
	}
	for sign, places := range found {
		for name, font := range fonts {
			if i, err := font.GlyphIndex(nil, sign); err == nil && i != 0 {
				continue
			}
			for _, place := range places {
				file, _, _ := strings.Cut(place, ":")
				if name == "monospace" || !strings.ContainsRune(monospaced[file], sign) {
					t.Errorf("%s: the %s font has no %c (%U): draw it as an icon, or say it in words", place, name, sign, sign)
				}
			}
		}
	}
}

// signs are the signs beyond ASCII in the literals of the program below root and in its recipes, with the places where
// they are. Letters are none: there are some of other alphabets that are only compared.
func signs(t *testing.T, root string) map[rune][]string {
	t.Helper()
	found := map[rune][]string{}
	add := func(text, place string) {
		for _, r := range text {
			if r > unicode.MaxASCII && unicode.IsGraphic(r) && !unicode.IsLetter(r) {
				found[r] = append(found[r], place)
			}
		}
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel := strings.TrimPrefix(filepath.ToSlash(path), root+"/")
		switch {
		case err != nil || d.IsDir() || slices.ContainsFunc(unseen, func(p string) bool { return strings.HasPrefix(rel, p) }):
			return err
		case strings.HasPrefix(rel, "assets/") && strings.HasSuffix(rel, ".yaml"):
			text, err := os.ReadFile(path)
			add(string(text), rel)
			return err
		case strings.HasSuffix(rel, ".go") && !strings.HasSuffix(rel, "_test.go"):
			return literals(path, func(text string, line int) { add(text, rel+":"+strconv.Itoa(line)) })
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// literals tells of each text in a file of Go.
func literals(path string, tell func(text string, line int)) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && (lit.Kind == token.STRING || lit.Kind == token.CHAR) {
			if lit.Kind == token.CHAR {
				r, _, _, _ := strconv.UnquoteChar(lit.Value[1:], '\'')
				tell(string(r), files.Position(lit.Pos()).Line)
			} else if text, err := strconv.Unquote(lit.Value); err == nil {
				tell(text, files.Position(lit.Pos()).Line)
			}
		}
		return true
	})
	return nil
}
