package kit

import (
	"testing"

	"fyne.io/fyne/v2/test"
)

func TestCopy(t *testing.T) {
	board := test.NewTempApp(t).Clipboard()
	for _, c := range []struct {
		copy     func(string)
		in, want string
	}{
		{Copy, "a\tb\nc", "a\tb\nc"},
		{Copy, "x\x1b[201~\nrm -rf /\n", "x\\x1b[201~\nrm -rf /\n"},
		{Copy, "a\u202eb\r", `a\u202eb\x0d`},
		{CopyName, "/home/me/a b.txt", "/home/me/a b.txt"},
		{CopyName, "/tmp/x\ntouch y", "'/tmp/x\ntouch y'"},
		{CopyName, "a\x1b[201~b", `'a'"$(printf '\033')"'[201~b'`},
		{CopyName, "a\u200bb", `'a'"$(printf '\342\200\213')"'b'`},
	} {
		c.copy(c.in)
		if got := board.Content(); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}
