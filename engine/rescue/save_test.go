package rescue

import (
	"path/filepath"
	"strings"
	"testing"
)

// FuzzLocal holds that no path of a container leads out of the folder that is saved into.
func FuzzLocal(f *testing.F) {
	for _, p := range []string{"/home/me/a.txt", "..", "../../etc/passwd", "/..", "a/../../b", "", "/", "./x", "C:\\x", "a\x00b", "//a//b/"} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		name, err := local(p)
		if err != nil {
			return
		}
		if whole := filepath.Join("/folder", name); whole != "/folder" && !strings.HasPrefix(whole, "/folder/") {
			t.Errorf("%q becomes %q", p, whole)
		}
	})
}
