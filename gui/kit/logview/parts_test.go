package logview

import (
	"math/rand/v2"
	"strings"
	"testing"

	"slipway/engine/scrollback"
	"slipway/gui/kit/cells"
	"slipway/gui/kit/kittest"
)

// TestLogMarks holds what is marked against a look at each byte.
func TestLogMarks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var pieces []cells.Piece
		length, col := 0, 0
		for range r.IntN(5) {
			p := cells.Piece{Col: col, Width: 1 + r.IntN(9)}
			p.Text = strings.Repeat("x", p.Width)
			p.Odd = p.Width == 1 && r.IntN(2) == 0
			pieces = append(pieces, p)
			length, col = length+p.Width, col+p.Width
		}
		var marks []mark
		for _, link := range []bool{true, false} {
			for at := r.IntN(4); at < length; at += r.IntN(4) {
				to := min(length, at+1+r.IntN(6))
				marks = append(marks, mark{from: at, to: to, link: link, found: !link})
				at = to
			}
		}
		at := 0
		for _, part := range marked(pieces, marks, 3) {
			for i := range len(part.Text) {
				found, link := false, false
				for _, m := range marks {
					if m.from <= at+i && at+i < m.to {
						found, link = found || m.found, link || m.link
					}
				}
				if part.found != found || part.link != link || part.Col != at+3 {
					t.Fatalf("%+v at %d with %+v", part, at+i, marks)
				}
			}
			at += len(part.Text)
		}
		if at != length {
			t.Fatalf("%d bytes of %d", at, length)
		}
	}
}

// TestLogManyMarks has an expression that fits each character of a long line.
func TestLogManyMarks(t *testing.T) {
	kittest.App(t)
	p, _ := scrollback.NewPattern(".", true)
	line := strings.Repeat("ü x", longestLine/4)
	l := newLine(scrollback.Line{Text: line}, Heads{}, p, false)
	if l.wording() != line || len(l.parts) > 2*mostMarks || !l.parts[0].found || l.parts[len(l.parts)-1].found {
		t.Errorf("%d parts", len(l.parts))
	}
}
