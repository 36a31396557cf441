package cells

// Spot is a place in the output: a cell of a line.
type Spot struct{ Line, Col int }

// Before tells whether a spot comes before another.
func (s Spot) Before(o Spot) bool { return s.Line < o.Line || s.Line == o.Line && s.Col < o.Col }

// Selection is what is selected of an output, from where the pointer was pressed to where it is.
type Selection struct{ From, To Spot }

// Empty tells that nothing is selected.
func (s Selection) Empty() bool { return s.From == s.To }

// Ordered is where it begins and ends, the beginning first.
func (s Selection) Ordered() (from, to Spot) {
	if s.To.Before(s.From) {
		return s.To, s.From
	}
	return s.From, s.To
}

// Columns are those of a line that are selected, of at most so many; equal for none.
func (s Selection) Columns(line, most int) (from, to int) {
	a, b := s.Ordered()
	if a == b || line < a.Line || line > b.Line {
		return 0, 0
	}
	from, to = 0, most
	if line == a.Line {
		from = a.Col
	}
	if line == b.Line {
		to = b.Col
	}
	return from, to
}
