package table

import "slipway/engine/words"

// Column is one column of a [Table].
type Column struct {
	Key   string
	Title words.Text
	// Min is the least width; Weight the share of what room is left.
	Min, Weight float32
	Right       bool
	Sortable    bool
	// Down tells that its first order is from the largest, or the newest, down.
	Down bool
	// Drop tells which column gives way first where there is not room for all: the one with the highest number. One
	// with 0 always stays.
	Drop int
	// Off hides the column; see [Table.ShowColumn].
	Off  bool
	Hint words.Text
}

// columns are those of a table.
type columns []Column

// The distances of a row: at its sides, between its columns, and the room of a button at its end.
const (
	rowPad     = 10
	columnGap  = 14
	actionSize = 34
)

// offsets are where each column begins and how wide it is, in a row of this width, with room for n actions.
func (list columns) offsets(width float32, actions int) (x, w []float32) {
	end := width - float32(actions)*actionSize - rowPad
	room := end - rowPad
	dropped := list.dropped(room)
	var fixed, weight float32
	for i, c := range list {
		if !dropped[i] {
			fixed += c.Min + columnGap
			weight += c.Weight
		}
	}
	rest := max(0, room-fixed)
	at := float32(rowPad)
	for i, c := range list {
		if dropped[i] {
			x, w = append(x, at), append(w, 0)
			continue
		}
		cw := c.Min
		if weight > 0 {
			cw += rest * c.Weight / weight
		}
		x, w = append(x, at), append(w, cw)
		at += cw + columnGap
	}
	return x, w
}

// dropped tells which columns give way so that the others fit.
func (list columns) dropped(room float32) map[int]bool {
	out := map[int]bool{}
	for i, c := range list {
		out[i] = c.Off
	}
	for {
		var fixed float32
		next := -1
		for i, c := range list {
			if out[i] {
				continue
			}
			fixed += c.Min + columnGap
			if c.Drop > 0 && (next < 0 || c.Drop > list[next].Drop) {
				next = i
			}
		}
		if fixed <= room || next < 0 {
			return out
		}
		out[next] = true
	}
}
