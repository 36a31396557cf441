package kit

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"slipway/engine/words"
	"slipway/gui/kit/kittest"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestDialogKeys(t *testing.T) {
	kittest.App(t)
	win := kittest.Window(t, NewRoot(NewText(words.Name("behind"), Body)), 600, 400)
	field := NewField("f", words.Text{})
	cancelled, submitted := 0, 0
	d := NewDialog("d", words.Name("Title"), words.Text{}, 400, field, nil)
	d.OnCancel = func() { cancelled++ }
	d.OnSubmit = func() { submitted++ }
	d.Open(win.Canvas(), field)
	kittest.Press(field, fyne.KeyReturn)
	if submitted != 1 {
		t.Error("Enter in a field does not confirm")
	}
	kittest.Press(field, fyne.KeyEscape)
	if cancelled != 1 || d.IsOpen() || win.Canvas().Overlays().Top() != nil {
		t.Error("Escape in a field does not close the dialog")
	}
	d.Cancel()
	if cancelled != 1 {
		t.Error("a closed dialog was cancelled again")
	}
}

// TestDoubleClickInADialog holds that the second click of a double click in a dialog is not for what was behind it.
func TestDoubleClickInADialog(t *testing.T) {
	kittest.App(t)
	behind := 0
	under := NewButton("behind", words.Name("Behind"), "", Normal, func() { behind++ })
	win := kittest.Window(t, NewRoot(under), 600, 400)
	var d *Dialog
	ok := NewButton("ok", words.Name("OK"), "", Normal, func() { d.Close() })
	open := func() {
		d = NewDialog("d", words.Name("Title"), words.Text{}, 300, nil, ok)
		d.Open(win.Canvas(), nil)
	}
	at := func(x float32) *fyne.PointEvent { return &fyne.PointEvent{AbsolutePosition: fyne.NewPos(x, 100)} }
	open()
	ok.Tapped(at(100))
	under.Tapped(at(100))
	if d.IsOpen() || behind != 0 {
		t.Errorf("pressed %d times", behind)
	}
	under.Tapped(at(140))
	under.Tapped(nil)
	open()
	d.Cancel() // by a key
	under.Tapped(at(140))
	if behind != 3 {
		t.Errorf("pressed %d times, not 3", behind)
	}
}

func TestMenuKeys(t *testing.T) {
	kittest.App(t)
	win := kittest.Window(t, NewRoot(NewText(words.Name("behind"), Body)), 600, 400)
	chosen := ""
	item := func(id string, off bool) MenuItem {
		return MenuItem{ID: id, Label: words.Name(id), Off: off, Run: func() { chosen = id }}
	}
	ShowMenu(win.Canvas(), fyne.NewPos(590, 390), []MenuItem{item("off", true), {}, item("a", false), item("b", false)})
	m := win.Canvas().Overlays().Top().(*Menu)
	kittest.Press(m, fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyReturn)
	if chosen != "a" || win.Canvas().Overlays().Top() != nil {
		t.Errorf("chose %q", chosen)
	}
	for _, it := range Items(win.Canvas()) {
		if it.X < 0 || it.Y < 0 {
			t.Errorf("%s is outside the window", it.ID)
		}
	}
}

func TestItemsUnderADialogAreDisabled(t *testing.T) {
	kittest.App(t)
	win := kittest.Window(t, NewRoot(NewButton("behind", words.Name("Behind"), "", Normal, nil)), 600, 400)
	d := NewDialog("d", words.Name("Title"), words.Text{}, 300, nil,
		NewButton("front", words.Name("Front"), "", Normal, nil))
	d.Open(win.Canvas(), nil)
	enabled := map[string]bool{}
	for _, it := range Items(win.Canvas()) {
		enabled[it.ID] = it.Enabled
	}
	if enabled["behind"] || !enabled["front"] {
		t.Errorf("%v", enabled)
	}
}

func TestDisabledButtonIsNotPressed(t *testing.T) {
	kittest.App(t)
	pressed := 0
	b := NewButton("b", words.Name("B"), "", Normal, func() { pressed++ })
	kittest.Window(t, NewRoot(b), 200, 100)
	b.SetEnabled(false, words.Name("why"))
	test.Tap(b)
	kittest.Press(b, fyne.KeySpace)
	b.SetEnabled(true, words.Text{})
	kittest.Press(b, fyne.KeySpace)
	if pressed != 1 {
		t.Errorf("pressed %d times", pressed)
	}
}

func TestWrapCommandKeepsOptionsWithTheirValues(t *testing.T) {
	kittest.App(t)
	for _, line := range wrapCommand("$ docker run -d --name thesis -p 127.0.0.1:8888:8888 -v /home/me/work:/home/jovyan/work -e TOKEN image", false, 260) {
		list := strings.Fields(line)
		if last := list[len(list)-1]; strings.HasPrefix(last, "-") && last != "-d" {
			t.Errorf("%q ends in an option", line)
		}
	}
}

func FuzzTextIsSafe(f *testing.F) {
	for _, s := range []string{"plain", "a\x00b", "\u202Eabc", strings.Repeat("x", 5000), "\xff\xfe", "🙂\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range Clean(s) {
			if r != '\t' && (unicode.IsControl(r) || r >= 0x202A && r <= 0x202E) {
				t.Errorf("%q still has %U", s, r)
			}
		}
		if utf8.RuneCountInString(Clean(s)) > 1001 {
			t.Errorf("%d characters are left", utf8.RuneCountInString(Clean(s)))
		}
	})
}

// TestSplitArguments cuts where a shell does, also behind an apostrophe and in the middle of a text of several lines.
func TestSplitArguments(t *testing.T) {
	for line, want := range map[string][]string{
		`docker run -e 'a b' c`:    {"docker ", "run ", "-e ", "'a b' ", "c"},
		`-e 'it'\''s a' -x`:        {"-e ", `'it'\''s a' `, "-x"},
		`-e "a \" b" c`:            {"-e ", `"a \" b" `, "c"},
		"second line' -m 64m tiny": {"second line' ", "-m ", "64m ", "tiny"},
	} {
		if got := splitArguments(line, strings.HasPrefix(line, "second")); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	for line, want := range map[string]bool{`-e 'a`: true, `-e "'" x`: false, `-e \' x`: false, `-e 'it'\''s`: true} {
		if opensQuote(line, false) != want {
			t.Errorf("%q", line)
		}
	}
	if opensQuote("end' x", true) || !opensQuote("middle", true) {
		t.Error("what goes on")
	}
}

// Fyne drops the renderers of what was hidden for a minute and asks for new ones later.
func TestRenderersCanBeMadeAgain(t *testing.T) {
	kittest.App(t)
	win := kittest.Window(t, NewRoot(Space(10, 10)), 400, 300)
	dialog := NewDialog("d", words.Name("T"), words.Name("S"), 300, NewField("f", words.Text{}),
		NewButton("b", words.Name("B"), "play", Primary, nil))
	dialog.Open(win.Canvas(), nil)
	for _, w := range []fyne.Widget{
		dialog,
		NewText(words.Name("t"), Body), NewParagraph(words.Name("p"), Body), NewCodeLine("c", "docker ps", false), NewBar(),
		NewDot(style.OK),
		NewIcon("play", style.Text), Card(NewText(words.Name("x"), Body)),
		NewButton("b", words.Name("B"), "", Nav, nil), NewRoot(NewText(words.Name("x"), Body)),
	} {
		kittest.Redraw(t, w)
	}
}

// A field of a long dialog that gets the focus comes into view.
func TestDialogRevealsFocus(t *testing.T) {
	kittest.App(t)
	win := kittest.Window(t, NewRoot(NewText(words.Name("behind"), Body)), 600, 400)
	rows := make([]fyne.CanvasObject, 30)
	for i := range rows {
		rows[i] = NewField(fmt.Sprint("f", i), words.Text{})
	}
	d := NewDialog("d", words.Name("Long"), words.Text{}, 400, Down(6, rows...), nil)
	d.Open(win.Canvas(), rows[0].(*Field))
	for _, i := range []int{29, 0, 15} {
		f := rows[i].(*Field)
		win.Canvas().Focus(f)
		y := fyne.CurrentApp().Driver().AbsolutePositionForObject(f).Y - fyne.CurrentApp().Driver().
			AbsolutePositionForObject(d.scroll).Y
		if y < 0 || y+f.Size().Height > d.scroll.Size().Height {
			t.Errorf("field %d is at %v of %v", i, y, d.scroll.Size().Height)
		}
	}
}

// TestNoTextIsCutBesideRoom: a text that can be shortened has all the room that it needs before an empty place has any.
func TestNoTextIsCutBesideRoom(t *testing.T) {
	kittest.App(t)
	text, more := NewText(words.Name("--log-opt max-size=10m"), Mono), NewText(words.Name("and one more"), Second)
	row := Across(8, text, more, Spring(), NewButton("x", words.Text{}, "close", Quiet, func() {}))
	row.Resize(fyne.NewSize(600, 30))
	if text.Size().Width < text.wholeWidth() || more.Size().Width < more.wholeWidth() {
		t.Errorf("%v of %v, %v of %v", text.Size(), text.wholeWidth(), more.Size(), more.wholeWidth())
	}
	row.Resize(fyne.NewSize(120, 30))
	if last := row.Objects[len(row.Objects)-1]; last.Position().X+last.Size().Width > 121 {
		t.Errorf("the button is at %v", last.Position())
	}
}

// TestArrowsAreDrawn holds that what opens a menu has an arrow within it, beside its words.
func TestArrowsAreDrawn(t *testing.T) {
	kittest.App(t)
	menu := NewMenuButton("m", words.Name("Recent"), "", Normal, func() []MenuItem {
		return []MenuItem{{ID: "m.one", Label: words.Name("One")}}
	})
	choice := NewChoice("c", []Option{{Value: "1", Label: words.Name("One")}}, "1")
	win := kittest.Window(t, NewRoot(Down(4, Across(4, menu, Spring()), choice.Button)), 400, 300)
	for _, o := range []fyne.Widget{menu, choice.Button} {
		if kittest.Arrow(t, o) != "down" {
			t.Errorf("%v has no arrow", o)
		}
	}
	menu.Tapped(nil)
	if _, open := win.Canvas().Overlays().Top().(*Menu); !open {
		t.Error("no menu opened")
	}
}

// TestHiddenLetsGo holds that what is hidden has no keys any more, in a tab as well as deeper in what is hidden.
func TestHiddenLetsGo(t *testing.T) {
	kittest.App(t)
	first, second := NewField("a", words.Text{}), NewField("b", words.Text{})
	tabs := NewTabs()
	tabs.Add("one", "one", words.Name("One"), Down(0, Pad(first, 1, 1, 1, 1)))
	tabs.Add("two", "two", words.Name("Two"), Down(0, second))
	all := Down(0, tabs.Bar, tabs.Content)
	win := test.NewTempWindow(t, NewRoot(all))
	win.Canvas().Focus(first)
	tabs.Choose("two")
	if f := win.Canvas().Focused(); f != nil {
		t.Errorf("%v has the keys", f)
	}
	win.Canvas().Focus(second)
	tabs.Choose("two")
	if win.Canvas().Focused() != second {
		t.Error("what is still seen lost the keys")
	}
	SetVisible(all, false)
	if f := win.Canvas().Focused(); f != nil {
		t.Errorf("%v has the keys", f)
	}
}
