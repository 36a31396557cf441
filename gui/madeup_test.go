//go:build linux

package gui_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"slipway/engine/words"
	"slipway/gui"
	"slipway/gui/guitest"
	"slipway/gui/kit"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// TestMadeUpLanguage goes through all pages in a language that there is not, whose sentences are in brackets, have
// accents and are 40 % longer: nothing may be cut, nothing may lie over something else, and nothing may be left in
// English. With SLIPWAY_SCREENSHOTS, a folder, it keeps the pictures there.
func TestMadeUpLanguage(t *testing.T) {
	if os.Getenv(stageVariable) != "" {
		onStage(t)
		return
	}
	if testing.Short() || raced {
		t.Skip("it takes half a minute, and much longer with the race detector: make test-pictures")
	}
	dir := os.Getenv("SLIPWAY_SCREENSHOTS")
	if dir == "" {
		dir = t.TempDir()
	}
	goOnStage(t, dir, madeUp)
}

// madeUp stands for the made-up language among the themes of the stage.
const madeUp = "made-up"

// speakMadeUp lets Slipway speak it.
func speakMadeUp(t *testing.T) {
	t.Helper()
	t.Cleanup(words.Pretend(func(sentence string) string {
		accents := strings.NewReplacer("a", "á", "e", "é", "i", "í", "o", "ó", "u", "ú", "A", "Á", "E", "É", "O", "Ó", "U",
			"Ú")
		var made strings.Builder
		at, length := 0, 0
		for _, span := range append(words.Argument.FindAllStringIndex(sentence, -1), []int{len(sentence), len(sentence)}) {
			text := sentence[at:span[0]]
			made.WriteString(accents.Replace(text) + sentence[span[0]:span[1]])
			length += len(text)
			at = span[1]
		}
		longer := strings.Repeat("~", max(0, (length*2+4)/5-2)) // the brackets are longer, too
		return "⟦" + made.String() + longer + "⟧"
	}))
	plain := guitest.Plain
	t.Cleanup(func() { guitest.Plain = plain })
	guitest.Plain = func(text string) string {
		back, _, _ := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), text)
		return strings.NewReplacer("⟦", "", "⟧", "", "~", "").Replace(back)
	}
}

// inspector looks at pages in the made-up language.
type inspector struct {
	t    *testing.T
	d    *inProcess
	dir  string
	seen map[string]bool
}

// look looks at what is visible, and keeps a picture of it.
func (i *inspector) look(page string) {
	i.t.Helper()
	save(i.t, i.d, filepath.Join(i.dir, page+"-made-up.png"))
	dump := i.d.Dump()
	i.lookForCuts(page, dump)
	i.lookForOverlaps(page, dump)
	i.lookForEnglish(page, dump)
}

// fault tells of each fault once.
func (i *inspector) fault(page, id, format string, args ...any) {
	i.t.Helper()
	if key := id + format; !i.seen[key] {
		i.seen[key] = true
		i.t.Errorf("%s, %s: "+format, append([]any{page, id}, args...)...)
	}
}

// givesWay are the items that have what room is left, and say all they have to say when the pointer is on them: the
// running job in the strip, which is in the list of jobs, too.
var givesWay = []string{"strip.job"}

func (i *inspector) lookForCuts(page string, dump gui.Dump) {
	i.t.Helper()
	for _, item := range dump.Items {
		if item.Covered || item.Drawn == "" || slices.Contains(givesWay, item.ID) {
			continue
		}
		for _, part := range strings.Split(item.Drawn, " | ") {
			if strings.Count(part, "⟦") != strings.Count(part, "⟧") {
				i.fault(page, item.ID, "cut: %q of %q", part, item.Text)
			}
		}
	}
}

// flat are the roles of what has nothing in it that is an item of its own.
var flat = []string{"text", "button", "link", "field", "nav"}

func (i *inspector) lookForOverlaps(page string, dump gui.Dump) {
	i.t.Helper()
	const touch = 2 // pixels
	var list []kit.Item
	for _, item := range dump.Items {
		if !item.Covered && slices.Contains(flat, item.Role) && !strings.HasPrefix(item.ID, "row:") {
			list = append(list, item)
		}
	}
	for n, a := range list {
		for _, b := range list[n+1:] {
			if a.X+a.W > b.X+touch && b.X+b.W > a.X+touch && a.Y+a.H > b.Y+touch && b.Y+b.H > a.Y+touch && !behind(a, b) {
				i.fault(page, a.ID+" and "+b.ID, "one lies over the other")
			}
		}
	}
}

// behind tells whether one of two is on the page and the other in a notice or a dialog over it.
func behind(a, b kit.Item) bool {
	over := func(i kit.Item) bool { return strings.HasPrefix(i.ID, "notice.") }
	return over(a) != over(b)
}

var (
	made = regexp.MustCompile(`⟦[^⟦⟧]*⟧`)
	word = regexp.MustCompile(`\pL{3,}`)
)

// lookForEnglish finds words outside of all brackets that are in none of the names, paths and commands of the stage.
func (i *inspector) lookForEnglish(page string, dump gui.Dump) {
	i.t.Helper()
	for _, item := range dump.Items {
		if slices.Contains([]string{"code", "output", "terminal", "field"}, item.Role) {
			continue
		}
		text := item.Text
		for made.MatchString(text) {
			text = made.ReplaceAllString(text, " ")
		}
		for _, w := range word.FindAllString(text, -1) {
			if !slices.Contains(stageWords, w) {
				i.fault(page, item.ID+" "+w, "left in English: %q of %q", w, item.Text)
			}
		}
	}
}

// stageWords are the words of names, paths, commands and units on the stage, which no language changes.
var stageWords = strings.Fields(`
CPU Code Data GID HOME KiB MLflow MiB Minimal PATH PID PYTHON
PyTorch Python README RStudio Scientific Slipway Spark TensorFlow UID USER Untitled VERSION
abf amd answers api ash bear bin bridge clean csv data dfb
docker draft drwxr figures hello home image ipynb jovyan jupyter latest lib
linux local map marimo minimal model monthly notebook opt png postgres price
python quay raw report research sbin science scipy sha start survey tcp
thesis tidy towns usr var volumes work world
`)
