// Package terminal is a terminal that a program runs in.
package terminal

import (
	"errors"
	"io"
	"strings"
	"sync"
	"unicode"

	"slipway/gui/kit"
	"slipway/gui/kit/cells"
	"slipway/gui/post"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	"github.com/charmbracelet/x/ansi"
)

// View is a terminal that a program runs in: it shows what the program prints and sends what is typed. Nothing that
// is printed can change anything outside: titles, the clipboard and links are ignored.
type View struct {
	widget.BaseWidget
	id      string
	screen  *screen
	out     *queue // what is sent to the program
	history history
	sheet   *sheet
	keys    keyboard
	mouse   pointer
	focused bool
	latest  post.Latest

	// OnResize is told how many columns and rows there are; OnMenu opens a menu at an absolute position.
	OnResize func(cols, rows int)
	OnMenu   func(at fyne.Position)
	// OnLines is asked before several lines are pasted that would run at once; without it they are.
	OnLines func(text string)
}

// New makes a terminal without a program.
func New(id string) *View {
	v := &View{id: id, out: newQueue(), sheet: newSheet()}
	v.screen = newScreen(80, 24, v.out)
	v.history.screen = v.screen
	v.ExtendBaseWidget(v)
	return v
}

// Cells is how many columns and rows there are.
func (v *View) Cells() (cols, rows int) { return v.screen.cols, v.screen.rows }

// Run connects a program: it shows what is read from conn and writes there what is typed, until reading ends, whose
// error it returns; nil for [io.EOF]. It must not be called on the UI thread, and returns when conn is closed.
func (v *View) Run(conn io.ReadWriter) error {
	var wg sync.WaitGroup
	v.screen.start(&wg)
	wg.Go(func() { v.out.sendTo(conn) })
	err := v.show(conn)
	v.screen.end()
	v.out.end()
	wg.Wait()
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// show reads until the end.
func (v *View) show(conn io.Reader) error {
	buf := make([]byte, 16*pieceSize)
	for {
		size := pieceSize
		if v.screen.dropping() {
			size = len(buf)
		}
		n, err := conn.Read(buf[:size])
		if part := v.screen.kept(buf[:n], size); len(part) > 0 {
			v.screen.write(part)
			v.latest.Do(v.paint)
		}
		if err != nil {
			v.latest.Do(v.paint)
			return err
		}
	}
}

// interrupt is the text that Ctrl C sends.
const interrupt = "\x03"

// Send sends text to the program as if it were typed.
func (v *View) Send(text string) {
	if text == interrupt {
		v.screen.interrupted()
	} else {
		v.screen.typed()
	}
	v.history.back = 0
	v.out.add([]byte(text))
}

// Paste sends text as something that is pasted. It cannot pass for anything else.
func (v *View) Paste(text string) {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' && r != '\r' {
			return -1 // an escape could end the pasting, and a line be carried out
		}
		return r
	}, strings.NewReplacer("\r\n", "\r", "\n", "\r").Replace(text))
	if v.screen.wants().bracket {
		text = ansi.BracketedPasteStart + text + ansi.BracketedPasteEnd
	}
	v.Send(text)
}

// Selection is the text that is selected.
func (v *View) Selection() string { return v.history.selection() }

// Screen is the text on the screen, line by line.
func (v *View) Screen() string { return v.screen.contents() }

// scrollBack looks at older lines, or newer ones with a negative number.
func (v *View) scrollBack(lines int) {
	if v.history.scroll(lines) {
		v.paint()
	}
}

// paint draws the screen, or what is scrolled back to.
func (v *View) paint() {
	v.place()
	v.sheet.show(v.history.picture(), v.Size(), v.focused)
}

// place puts the parts where they belong, and gives the screen as many cells as there is room for.
func (v *View) place() {
	cols, rows, ok := v.sheet.place(v.Size(), v.focused)
	if !ok || cols == v.screen.cols && rows == v.screen.rows {
		return
	}
	v.screen.resize(cols, rows)
	v.history.marked = cells.Selection{}
	if v.OnResize != nil {
		v.OnResize(cols, rows)
	}
}

// Describe implements [kit.Described].
func (v *View) Describe() kit.Item {
	return kit.Item{ID: v.id, Role: "terminal", Text: v.Screen(), Enabled: true}
}

// CreateRenderer implements [fyne.Widget].
func (v *View) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{v}
	r.Refresh()
	return r
}

type renderer struct{ v *View }

func (r *renderer) MinSize() fyne.Size { return fyne.NewSize(200, 80) }

func (r *renderer) Layout(fyne.Size) { r.v.paint() }

func (r *renderer) Refresh() {
	r.v.paint()
	canvas.Refresh(r.v)
}

func (r *renderer) Objects() []fyne.CanvasObject { return r.v.sheet.objects() }
func (r *renderer) Destroy()                     {}
