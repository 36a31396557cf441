package settings

import (
	"os"
	"path/filepath"
	"testing"
)

// TestLanguage reads the language before the file is opened, and does nothing to a damaged one.
func TestLanguage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "settings.json")
	for text, want := range map[string]string{
		`{"version":1,"language":"pt-BR"}`: "pt-BR", `{"version":1}`: "", `{"language":"en"`: "", "": "",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := Language(path); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
		if data, err := os.ReadFile(path); string(data) != text || err != nil {
			t.Errorf("%s: the file is %q, %v", text, data, err)
		}
	}
	if got := Language(path + "none"); got != "" {
		t.Errorf("without a file: %q", got)
	}
}
