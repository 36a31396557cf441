package logview

import (
	"image/color"
	"strings"
	"unicode/utf8"

	"slipway/engine/scrollback"
	"slipway/gui/kit/cells"

	"github.com/charmbracelet/x/ansi"
	"github.com/lucasb-eyer/go-colorful"
)

// Heads is what stands before the lines of an output: who printed each, and when.
type Heads struct {
	// Stamps shows when a line was printed, where that is known.
	Stamps bool
	// Names are those of the programs that printed, by [scrollback.Line.Source]; nil where it is one.
	Names map[int]Name
}

// Name is the name of one of several programs, made as wide as the others with [AlignNames].
type Name struct {
	Text string
	// Color is the number of its colour, from 0 on; any two of the first twenty differ.
	Color int
}

// behindName is between a name and a line, as docker compose logs has it.
const behindName = " | "

// stampForm is how the time of a line is written.
const stampForm = "2006-01-02 15:04:05.000 "

// of are the parts before a line.
func (h Heads) of(l scrollback.Line) []part {
	var parts []part
	add := func(text string, part part) {
		part.Col, part.Width, part.Text = widthOf(parts), utf8.RuneCountInString(text), text
		parts = append(parts, part)
	}
	if h.Names != nil {
		name := h.Names[l.Source]
		add(name.Text, part{Piece: cells.Piece{Look: cells.Look{Ink: nameColor(name.Color, cells.Dark()), Bold: true}}})
		add(behindName, part{muted: true})
	}
	if h.Stamps && !l.Time.IsZero() {
		add(l.Time.Local().Format(stampForm), part{muted: true})
	}
	return parts
}

// nameColor is a colour for a name: each is a golden angle further than the one before, so that no two are close, and
// all are equally light, so that each can be read on the ground of output.
func nameColor(n int, dark bool) ansi.Color {
	const golden, first = 137.508, 215
	hue := first + golden*float64(n)
	hue -= 360 * float64(int(hue/360))
	chroma, light := 0.6, 0.4
	if dark {
		chroma, light = 0.5, 0.74
	}
	r, g, b := colorful.Hcl(hue, chroma, light).Clamped().RGB255()
	return color.NRGBA{r, g, b, 0xff}
}

// widestName is how many characters a name has at most before the lines.
const widestName = 24

// AlignNames makes names equally wide, in characters: long ones lose their middle, and short ones are padded. Any
// character that is not one cell wide is shown as “_”.
func AlignNames(names []string) []string {
	out, widest := make([]string, len(names)), 0
	for i, name := range names {
		out[i] = shortName(name)
		widest = max(widest, utf8.RuneCountInString(out[i]))
	}
	for i, name := range out {
		out[i] += strings.Repeat(" ", widest-utf8.RuneCountInString(name))
	}
	return out
}

// shortName is a name without its middle, where it is long: what tells names apart is at the end as often as at the
// beginning.
func shortName(name string) string {
	plain := []rune(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '_'
		}
		return r
	}, name))
	if len(plain) <= widestName {
		return string(plain)
	}
	const head = (widestName - 1) / 2
	return string(plain[:head]) + "…" + string(plain[len(plain)-(widestName-1-head):])
}
