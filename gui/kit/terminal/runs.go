package terminal

import (
	"image/color"
	"strings"

	"slipway/engine/model"
	"slipway/gui/kit/cells"
	"slipway/gui/style"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// addCell adds a cell to the run before it, if both look alike.
func addCell(out []cells.Run, x, width int, text string, st uv.Style, selected bool) []cells.Run {
	runes := []rune(text)
	odd := len(runes) != 1 || width != 1 || !cells.Plain(runes[0])
	for _, r := range runes {
		if model.Acts(r) {
			text, odd = strings.Repeat(" ", width), false
		}
	}
	ink, ground := styleColors(st)
	if selected {
		ground = cells.SelectedGround()
	}
	run := cells.Run{
		Col: x, Width: width, Text: text, Ink: ink, Ground: ground, Bold: st.Attrs&uv.AttrBold != 0,
		Under: st.Underline != 0, Odd: odd,
	}
	if n := len(out); n > 0 && !odd {
		last := &out[n-1]
		if !last.Odd && last.Ink == run.Ink && last.Ground == run.Ground && last.Bold == run.Bold && last.Under == run.Under {
			last.Text += text
			last.Width += width
			return out
		}
	}
	return append(out, run)
}

// styleColors are the colours of a cell in the theme of now.
func styleColors(st uv.Style) (ink, ground color.Color) {
	return cells.Look{
		Ink: ansiColor(st.Fg), Ground: ansiColor(st.Bg), Faint: st.Attrs&uv.AttrFaint != 0,
		Reverse: st.Attrs&uv.AttrReverse != 0,
	}.Colors()
}

func ansiColor(c color.Color) ansi.Color {
	if c == nil {
		return nil
	}
	return c
}

// withCursor is a row of runs with the cursor as a block in a column.
func withCursor(row []cells.Run, x int) []cells.Run {
	out := row[:0:0]
	for _, r := range row {
		switch {
		case x < r.Col || x >= r.Col+r.Width:
			out = append(out, r)
		case r.Odd:
			r.Ground = style.Color(style.Accent)
			out = append(out, r)
		default:
			runes := []rune(r.Text)
			before, under, behind := r, r, r
			i := x - r.Col
			before.Text, before.Width = string(runes[:i]), i
			under.Col, under.Text, under.Width = x, string(runes[i:i+1]), 1
			under.Ink, under.Ground = style.Color(style.OnAccent), style.Color(style.Accent)
			behind.Col, behind.Text, behind.Width = x+1, string(runes[i+1:]), r.Width-i-1
			for _, part := range []cells.Run{before, under, behind} {
				if part.Width > 0 {
					out = append(out, part)
				}
			}
		}
	}
	return out
}
