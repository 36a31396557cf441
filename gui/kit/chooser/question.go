package chooser

import "slipway/engine/words"

// Question says what a person chooses, and for what.
type Question struct {
	Title words.Text
	// Use is on the button that chooses.
	Use words.Text
	// Start is the folder to begin in.
	Start string
	// Folders tells that a folder can be chosen where files are asked for.
	Folders bool
	// Suffix is how the names of the files end that are meant, ".tar" for example; "" for any. Others can still be
	// written.
	Suffix string
}
