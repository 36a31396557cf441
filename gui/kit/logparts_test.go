package kit

import (
	"math/rand/v2"
	"strings"
	"testing"

	"slipway/engine/scrollback"
	"slipway/gui/kit/kittest"
)

// TestLogMarks holds what is marked against a look at each byte.
func TestLogMarks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var pieces []piece
		length, col := 0, 0
		for range r.IntN(5) {
			p := piece{col: col, width: 1 + r.IntN(9)}
			p.text = strings.Repeat("x", p.width)
			p.odd = p.width == 1 && r.IntN(2) == 0
			pieces = append(pieces, p)
			length, col = length+p.width, col+p.width
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
			for i := range len(part.text) {
				found, link := false, false
				for _, m := range marks {
					if m.from <= at+i && at+i < m.to {
						found, link = found || m.found, link || m.link
					}
				}
				if part.found != found || part.link != link || part.col != at+3 {
					t.Fatalf("%+v at %d with %+v", part, at+i, marks)
				}
			}
			at += len(part.text)
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
	l := newLogLine(scrollback.Line{Text: line}, Heads{}, p, false)
	if l.wording() != line || len(l.parts) > 2*mostMarks || !l.parts[0].found || l.parts[len(l.parts)-1].found {
		t.Errorf("%d parts", len(l.parts))
	}
}
