//go:build linux

package enginetest

import (
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// The browser runs a page's programs, for its document and for a picture.
func TestBrowser(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`<body><script>setTimeout(() => document.body.innerText = 6 * 7, 3000)</script>`))
	}))
	defer server.Close()
	if dom := Chromium(t, server.URL); !strings.Contains(dom, "42") {
		t.Errorf("the document is %q", dom)
	}
	file := filepath.Join(t.TempDir(), "x.png")
	Screenshot(t, server.URL, file)
	picture, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer picture.Close()
	if _, err := png.Decode(picture); err != nil {
		t.Error(err)
	}
}

func TestXDGOpenRecorder(t *testing.T) {
	dir, urls := XDGOpenRecorder(t)
	if got := urls(); len(got) > 0 {
		t.Errorf("before anything: %q", got)
	}
	want := []string{"http://127.0.0.1:1/lab?token=a&b='c d'", "file:///x"}
	for i, url := range want {
		if err := exec.Command(filepath.Join(dir, openers[i]), url).Run(); err != nil {
			t.Fatal(err)
		}
	}
	if got := urls(); !reflect.DeepEqual(got, want) {
		t.Errorf("recorded %q", got)
	}
}
