package inside

import "testing"

// TestSizes wants other sizes while one is sent.
func TestSizes(t *testing.T) {
	var z sizes
	if !z.want(80, 24) {
		t.Fatal("nobody sends")
	}
	var sent [][2]int
	z.send(func(cols, rows int) {
		sent = append(sent, [2]int{cols, rows})
		for i := 1; i <= 3 && len(sent) == 1; i++ {
			if z.want(80+i, 24) {
				t.Error("two send at once")
			}
		}
	})
	if len(sent) != 2 || sent[0] != [2]int{80, 24} || sent[1] != [2]int{83, 24} {
		t.Errorf("%v", sent)
	}
	if !z.want(90, 24) {
		t.Error("the next one is not sent")
	}
}
