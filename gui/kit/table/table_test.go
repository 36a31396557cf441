package table

import (
	"fmt"
	"testing"

	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/kittest"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

func rows(n int) []Row {
	list := make([]Row, n)
	for i := range list {
		list[i] = Row{
			ID: fmt.Sprint("id", i), Name: fmt.Sprint(i), Cells: []Cell{{Text: words.Name(fmt.Sprint("row ", i))}},
			Actions: []Action{{ID: "stop", Icon: "stop"}},
		}
	}
	return list
}

func TestTableDrawsOnlyWhatIsSeen(t *testing.T) {
	kittest.App(t)
	table := New("t", []Column{{Key: "a", Title: words.Name("A"), Min: 50, Weight: 1}})
	table.SetRows(rows(5000))
	kittest.Window(t, kit.NewRoot(table), 400, 300)
	table.pane.Refresh()
	if n := len(table.pane.views); n == 0 || n > 10 {
		t.Fatalf("%d rows are drawn", n)
	}
	table.Select("id4000")
	seen := false
	for _, v := range table.pane.views {
		seen = seen || v.row.ID == "id4000"
	}
	if !seen {
		t.Error("the selected row is not in view")
	}
}

func TestTableKeys(t *testing.T) {
	kittest.App(t)
	table := New("t", []Column{{Key: "a", Title: words.Name("A"), Min: 50, Weight: 1}})
	table.SetRows(rows(20))
	win := kittest.Window(t, kit.NewRoot(table), 400, 300)
	win.Canvas().Focus(table)
	var opened, deleted string
	table.OnOpen = func(id string) { opened = id }
	table.OnDelete = func(id string) { deleted = id }
	kittest.Press(table, fyne.KeyDown, fyne.KeyDown, fyne.KeyUp, fyne.KeyReturn)
	if opened != "id1" {
		t.Errorf("opened %q", opened)
	}
	kittest.Press(table, fyne.KeyEnd, fyne.KeyDelete)
	if deleted != "id19" {
		t.Errorf("deleted %q", deleted)
	}
	kittest.Press(table, fyne.KeyHome)
	if table.Selected() != "id0" {
		t.Errorf("selected %q", table.Selected())
	}
}

func TestTableKeepsItsSelection(t *testing.T) {
	kittest.App(t)
	table := New("t", []Column{{Key: "a", Title: words.Name("A"), Min: 50, Weight: 1}})
	table.SetRows(rows(5))
	kittest.Window(t, kit.NewRoot(table), 400, 300)
	table.Select("id3")
	var told []string
	table.OnSelect = func(id string) { told = append(told, id) }
	list := rows(5)
	list[0], list[3] = list[3], list[0]
	table.SetRows(list)
	if table.Selected() != "id3" || len(told) > 0 {
		t.Errorf("after a new order: %q, told %v", table.Selected(), told)
	}
	table.SetRows(rows(2))
	if table.Selected() != "" || len(told) != 1 || told[0] != "" {
		t.Errorf("after it was gone: %q, told %v", table.Selected(), told)
	}
}

// Fyne drops the renderers of what was hidden for a minute and asks for new ones later.
func TestRenderersCanBeMadeAgain(t *testing.T) {
	kittest.App(t)
	table := New("t",
		[]Column{{Key: "a", Title: words.Name("A"), Min: 50}, {Key: "b", Title: words.Name("B"), Min: 50, Right: true}})
	table.SetRows([]Row{{ID: "1", Name: "1", Cells: []Cell{{
		Text: words.Name("x"), Dot: style.OK,
		Links: []Link{{ID: "l", Text: "8080"}}, Badge: words.Name("wide"),
	}, {}}, Actions: []Action{{ID: "s", Icon: "stop"}}}})
	kittest.Window(t, kit.NewRoot(table), 400, 120)
	for _, w := range []fyne.Widget{table, table.header, table.header.titles[0], table.pane, table.pane.views[0]} {
		kittest.Redraw(t, w)
	}
}

// TestArrowsAreDrawn holds that the title that orders a list has an arrow within it, beside its words.
func TestArrowsAreDrawn(t *testing.T) {
	kittest.App(t)
	table := New("t", []Column{
		{Key: "a", Title: words.Name("A"), Min: 80, Sortable: true},
		{Key: "n", Title: words.Name("Number"), Min: 80, Right: true, Sortable: true},
	})
	kittest.Window(t, kit.NewRoot(table), 400, 120)
	for sorted, want := range map[string][2]string{
		"a": {"up", ""}, "-a": {"down", ""}, "n": {"", "up"},
		"-n": {"", "down"}, "": {"", ""},
	} {
		table.SetSorted(sorted)
		for i, c := range table.header.titles {
			if got := kittest.Arrow(t, c); got != want[i] {
				t.Errorf("ordered by %q: title %d has the arrow %q, want %q", sorted, i, got, want[i])
			}
		}
	}
}
