package logview

import (
	"time"

	"slipway/gui/kit"
	"slipway/gui/kit/cells"
)

// mouse is what the pointer does in a [View].
type mouse struct {
	pressed  bool       // on the text
	moved    bool       // since it was pressed
	word     bool       // it selected one when it was pressed
	over     string     // the address under it
	last     cells.Spot // where it was pressed last, and when
	lastTime time.Time
	wheel    float32 // what was scrolled and is not a row yet
}

// again tells whether a press at a spot is the second of two that belong together.
func (m *mouse) again(at cells.Spot) bool {
	if at == m.last && time.Since(m.lastTime) < kit.DoubleClick {
		return true
	}
	m.last, m.lastTime = at, time.Now()
	return false
}

// turned is by how many whole rows of a height the wheel has moved.
func (m *mouse) turned(by, height float32) int {
	m.wheel -= by * 2
	rows := int(m.wheel / height)
	m.wheel -= float32(rows) * height
	return rows
}
