package questions

// Terminals counts the terminals of the window in which something runs, for the questions about ending that. Its
// methods belong to the UI thread.
type Terminals struct{ in map[string]int }

// Enter counts one in a container, by its ID, until left is called. It may be called again.
func (t *Terminals) Enter(id string) (left func()) {
	if t.in == nil {
		t.in = map[string]int{}
	}
	t.in[id]++
	gone := false
	return func() {
		if !gone {
			gone = true
			if t.in[id]--; t.in[id] == 0 {
				delete(t.in, id)
			}
		}
	}
}

// In is how many there are in a container.
func (t *Terminals) In(id string) int { return t.in[id] }
