package model

import "encoding/json"

// Swap is written, as the label [LabelSwap], on a container that is to take another one's place, see [LabelReplaces]:
// whoever finds it after a crash can finish that or go back.
type Swap struct {
	// Temporary is what the container is called until it has the place, and Name what it shall be called then.
	Temporary string `json:"temporary"`
	Name      string `json:"name"`
	// OldName and OldRestart are the name and the restart policy of the other one, in the words of docker run --restart,
	// and OldRan tells that it ran.
	OldName    string `json:"oldName"`
	OldRestart string `json:"oldRestart"`
	OldRan     bool   `json:"oldRan"`
	// Run tells that the new one shall run, and Carry that what is inside the other one is carried over into it before.
	Run   bool `json:"run"`
	Carry bool `json:"carry"`
	// Fills are the places where the new one has something mounted that the other one has not, or an anonymous volume, and
	// that what is inside the other one there is copied into.
	Fills []Fill `json:"fills,omitempty"`
}

// Fill is a place in a container that what was inside another one there is copied into.
type Fill struct {
	Destination string `json:"destination"`
	// New tells that a volume is mounted there that was made with the container; else what is there stays as it is.
	New bool `json:"new,omitempty"`
}

// Label is the text of [LabelSwap].
func (s Swap) Label() string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // nothing in it can fail
	}
	return string(text)
}

// SwapLabel is what the label says, whether it was done or not; the zero value where there is none.
func (c Container) SwapLabel() (s Swap) {
	if json.Unmarshal([]byte(c.Mark(LabelSwap)), &s) != nil {
		return Swap{}
	}
	return s
}

// Swap is what is still to be done with a container that was made to take another one's place; ok tells that there is
// something.
func (c Container) Swap() (s Swap, ok bool) {
	s = c.SwapLabel()
	return s, s.Temporary != "" && s.Temporary == c.Name && c.Replaces() != ""
}
