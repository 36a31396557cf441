package table

import (
	"slipway/gui/kit"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Several rows of a table can be chosen where [Table.OnChosen] is set: with Ctrl and Shift held, as in every list of
// files. The selected row is the one that the keys move; it is among the chosen ones.

// Chosen are the IDs of the chosen rows in the order of the table; the selected row alone where no others are.
func (t *Table) Chosen() []string {
	if len(t.chosen) == 0 {
		if t.index(t.selected) < 0 {
			return nil
		}
		return []string{t.selected}
	}
	out := make([]string, 0, len(t.chosen))
	for _, id := range t.ids {
		if t.chosen[id] {
			out = append(out, id)
		}
	}
	return out
}

// isChosen tells whether a row is painted as chosen.
func (t *Table) isChosen(id string) bool {
	return t.chosen[id] || id == t.selected && len(t.chosen) == 0
}

// heldKeys is a variable so that tests can hold some.
var heldKeys = kit.HeldKeys

// point selects the row that was clicked or moved to, with the others as the held keys say.
func (t *Table) point(id string, held fyne.KeyModifier) {
	switch {
	case t.OnChosen == nil:
		t.Select(id)
	case held&fyne.KeyModifierShift != 0 && t.index(t.anchor) >= 0:
		from, to := t.index(t.anchor), t.index(id)
		if from > to {
			from, to = to, from
		}
		chosen := map[string]bool{}
		for _, each := range t.ids[from : to+1] {
			chosen[each] = true
		}
		t.choose(chosen, id)
	case held&fyne.KeyModifierShortcutDefault != 0:
		t.toggle(id)
	default:
		t.Select(id)
	}
}

// toggle adds a row to the chosen ones, or takes it off.
func (t *Table) toggle(id string) {
	chosen := map[string]bool{}
	for _, each := range t.Chosen() {
		chosen[each] = true
	}
	lead := id
	if chosen[id] {
		delete(chosen, id)
		lead = t.nearest(chosen, id)
	} else {
		chosen[id] = true
	}
	t.choose(chosen, lead)
	t.anchor = id
}

// Choose selects these rows and no others, where several can be selected.
func (t *Table) Choose(ids []string) {
	chosen := make(map[string]bool, len(ids))
	for _, id := range ids {
		chosen[id] = true
	}
	lead := ""
	if len(ids) > 0 {
		lead = ids[0]
	}
	t.choose(chosen, lead)
	t.anchor = lead
}

// nearest is the chosen row that is closest to one that was taken off; "" when none is chosen.
func (t *Table) nearest(chosen map[string]bool, id string) string {
	best, distance := "", len(t.ids)+1
	at := t.index(id)
	for other := range chosen {
		if d := max(t.index(other)-at, at-t.index(other)); d < distance || d == distance && t.index(other) < t.index(best) {
			best, distance = other, d
		}
	}
	return best
}

// chooseAll chooses every row.
func (t *Table) chooseAll() {
	if t.OnChosen == nil || len(t.ids) == 0 {
		return
	}
	chosen := make(map[string]bool, len(t.ids))
	for _, id := range t.ids {
		chosen[id] = true
	}
	lead := t.selected
	if t.index(lead) < 0 {
		lead = t.ids[0]
	}
	t.choose(chosen, lead)
}

// choose makes these the chosen rows, and lead the selected one.
func (t *Table) choose(chosen map[string]bool, lead string) {
	if len(chosen) == 1 {
		for id := range chosen {
			lead = id
		}
	}
	if len(chosen) < 2 { // one row is selected as ever
		t.chosen = nil
		if len(chosen) == 0 {
			lead = ""
		}
		anchor := t.anchor
		t.Select(lead)
		t.anchor = anchor
		t.OnChosen()
		return
	}
	t.chosen = chosen
	if t.selected != lead {
		t.selected = lead
		t.reveal(lead)
	}
	t.pane.Refresh()
	t.OnChosen()
}

// keepChosen drops chosen rows that are gone.
func (t *Table) keepChosen() {
	if len(t.chosen) == 0 {
		return
	}
	kept := map[string]bool{}
	for id := range t.chosen {
		if t.index(id) >= 0 {
			kept[id] = true
		}
	}
	if len(kept) == len(t.chosen) {
		return
	}
	lead := t.selected
	if !kept[lead] {
		lead = ""
		for _, id := range t.ids {
			if kept[id] {
				lead = id
				break
			}
		}
	}
	t.choose(kept, lead)
}

// TypedShortcut implements [fyne.Shortcutable]: Ctrl A chooses all rows, Ctrl Space one more.
func (t *Table) TypedShortcut(s fyne.Shortcut) {
	if t.OnChosen != nil {
		if _, all := s.(*fyne.ShortcutSelectAll); all {
			t.chooseAll()
			return
		}
		if c, ok := s.(*desktop.CustomShortcut); ok && c.KeyName == fyne.KeySpace && t.selected != "" {
			t.toggle(t.selected)
			return
		}
	}
	if c, ok := kit.CanvasOf(t).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}
