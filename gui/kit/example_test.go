package kit_test

import (
	"fmt"

	"slipway/gui/kit"

	"fyne.io/fyne/v2"
)

// Things are laid out by a few words: Across and Down put them beside and below each other, Grow gives one the room
// that is left, Pad keeps a distance, Width and Height hold a size.
func ExampleAcross() {
	name, size := kit.Space(80, 20), kit.Space(40, 20)
	row := kit.Pad(kit.Across(8, kit.Grow(name), size), 4, 10, 4, 10)
	row.Resize(fyne.NewSize(300, 28))
	fmt.Println(row.MinSize().Width, name.Size().Width, size.Size().Width)
	// Output: 148 232 40
}
