package table

import (
	"slices"
	"strings"
	"testing"

	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/kittest"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

// TestTableChoosesSeveral goes through what the mouse and the keys do with Ctrl and Shift held.
func TestTableChoosesSeveral(t *testing.T) {
	kittest.App(t)
	table := New("t", []Column{{Key: "a", Title: words.Name("A"), Min: 50, Weight: 1}})
	told := 0
	table.OnChosen = func() { told++ }
	table.SetRows(rows(6))
	win := kittest.Window(t, kit.NewRoot(table), 400, 300)
	var held fyne.KeyModifier
	defer func(old func() fyne.KeyModifier) { heldKeys = old }(heldKeys)
	heldKeys = func() fyne.KeyModifier { return held }
	click := func(id string, with fyne.KeyModifier) {
		held = with
		for _, v := range table.pane.views {
			if v.row.ID == id {
				v.Tapped(&fyne.PointEvent{})
			}
		}
		held = 0
	}
	want := func(when, lead string, ids ...string) {
		t.Helper()
		if got := table.Chosen(); !slices.Equal(got, ids) || table.Selected() != lead {
			t.Errorf("%s: %s, led by %q, want %s by %q", when, strings.Join(got, " "), table.Selected(), strings.Join(ids, " "),
				lead)
		}
	}
	const ctrl, shift = fyne.KeyModifierShortcutDefault, fyne.KeyModifierShift
	want("at first", "")
	click("id1", 0)
	want("click", "id1", "id1")
	click("id3", ctrl)
	want("ctrl and click", "id3", "id1", "id3")
	click("id1", ctrl)
	want("ctrl and click again", "id3", "id3")
	click("id5", shift)
	want("shift and click goes on from the last click", "id5", "id1", "id2", "id3", "id4", "id5")
	click("id0", shift)
	want("shift and click the other way", "id0", "id0", "id1")
	click("id2", 0)
	want("a plain click", "id2", "id2")
	win.Canvas().Focus(table)
	held = shift
	kittest.Press(table, fyne.KeyDown, fyne.KeyDown, fyne.KeyUp)
	held = 0
	want("shift and the arrows", "id3", "id2", "id3")
	kittest.Press(table, fyne.KeyDown)
	want("an arrow alone", "id4", "id4")
	table.TypedShortcut(&fyne.ShortcutSelectAll{})
	want("ctrl a", "id4", "id0", "id1", "id2", "id3", "id4", "id5")
	table.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeySpace, Modifier: fyne.KeyModifierControl})
	want("ctrl space takes the row off", "id3", "id0", "id1", "id2", "id3", "id5")
	before := told
	table.SetRows(rows(2))
	want("rows that are gone", "id0", "id0", "id1")
	if told == before {
		t.Error("nobody was told that rows are gone")
	}
	kittest.Press(table, fyne.KeyEscape)
	want("escape", "")
}

// TestTableOfOne holds that several rows can be chosen only where somebody asked for that.
func TestTableOfOne(t *testing.T) {
	kittest.App(t)
	table := New("t", []Column{{Key: "a", Title: words.Name("A"), Min: 50, Weight: 1}})
	table.SetRows(rows(3))
	test.NewTempWindow(t, kit.NewRoot(table))
	table.Select("id1")
	table.TypedShortcut(&fyne.ShortcutSelectAll{})
	if got := table.Chosen(); !slices.Equal(got, []string{"id1"}) {
		t.Error(got)
	}
}

// TestHeaderKeys orders a table without a mouse.
func TestHeaderKeys(t *testing.T) {
	kittest.App(t)
	table := New("t", []Column{
		{Key: "a", Title: words.Name("A"), Min: 50, Weight: 1, Sortable: true},
		{Key: "b", Title: words.Name("B"), Min: 50},
		{Key: "c", Title: words.Name("C"), Min: 50, Sortable: true},
	})
	var got []string
	table.OnSort = func(key string) { got = append(got, key); table.SetSorted(key) }
	list := rows(2)
	for i := range list {
		list[i].Cells = append(list[i].Cells, Cell{}, Cell{})
	}
	table.SetRows(list)
	win := kittest.Window(t, kit.NewRoot(table), 400, 300)
	win.Canvas().Focus(table.header)
	kittest.Press(table.header, fyne.KeyReturn, fyne.KeyReturn, fyne.KeyRight, fyne.KeySpace, fyne.KeyRight, fyne.KeyLeft,
		fyne.KeyReturn, fyne.KeyDown)
	if want := []string{"a", "-a", "c", "a"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if win.Canvas().Focused() != table {
		t.Error("Down does not go to the rows")
	}
}

// TestTableShrinks has a list become shorter than it was scrolled, with its selected row gone and details closing under
// it.
func TestTableShrinks(t *testing.T) {
	kittest.App(t)
	for _, several := range []bool{false, true} {
		table := New("t", []Column{{Key: "a", Title: words.Name("A"), Min: 50, Weight: 1}})
		details := kit.Space(10, 100)
		bar := kit.Space(10, 50)
		bar.Hide()
		split := Split(table, details, bar)
		table.OnVisible = func([]string) {}
		table.OnSelect = func(id string) {
			if details.Hide(); id != "" {
				details.Show()
			}
			split.Refresh()
		}
		table.OnChosen = func() { split.Refresh() }
		table.SetRows(rows(40))
		kittest.Window(t, kit.NewRoot(split), 400, 500)
		table.Select("id35")
		if several {
			table.toggle("id34")
		}
		for _, n := range []int{3, 0, 40, 1} {
			table.SetRows(rows(n))
			if len(table.pane.views) > n {
				t.Errorf("%d rows are drawn of %d", len(table.pane.views), n)
			}
		}
	}
}

// TestClickInAScrolledTable clicks a row far down, with each button, while something else has the focus: it is that row
// which is meant, and the rows stay where they are.
func TestClickInAScrolledTable(t *testing.T) {
	kittest.App(t)
	field := kit.NewField("f", words.Text{})
	table := New("t", []Column{{Key: "a", Title: words.Name("A"), Min: 50, Weight: 1}})
	table.SetRows(rows(60))
	menu := ""
	table.OnMenu = func(id string, _ fyne.Position) { menu = id }
	win := kittest.Window(t, kit.NewRoot(kit.Down(0, field, kit.Height(300, table))), 400, 400)
	for name, click := range map[string]func(*rowView){
		"left":  func(v *rowView) { v.Tapped(&fyne.PointEvent{}) },
		"right": func(v *rowView) { v.TappedSecondary(&fyne.PointEvent{}) },
	} {
		for _, selected := range []string{"", "id1"} {
			table.Select(selected)
			win.Canvas().Focus(field)
			table.scroll.ScrollToOffset(fyne.NewPos(0, 1000))
			table.pane.Refresh()
			v := table.pane.views[2]
			id := v.row.ID
			click(v)
			want := id
			if name == "right" { // the menu alone, or the details would take the row's place
				want = selected
			}
			if table.Selected() != want || table.scroll.Offset.Y != 1000 {
				t.Errorf("%s on %s with %q selected: %s, at %v", name, id, selected, table.Selected(), table.scroll.Offset.Y)
			}
			if name == "right" && menu != id {
				t.Errorf("the menu of %s, not of %s", menu, id)
			}
		}
	}
}
