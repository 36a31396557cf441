package runspec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadEnv(t *testing.T) {
	got, err := ReadEnv(strings.NewReader("# of the project\nexport NAME='two words'\nAPI_KEY=\"a#b\"  # why\nEMPTY=\r\nURL=https://x.example/?a=b\nPLAIN=pa$5word\nLATER=${NAME}!\n"))
	want := []Env{
		{"API_KEY", "a#b", true},
		{"EMPTY", "", false},
		{"LATER", "two words!", false},
		{"NAME", "two words", false},
		{"PLAIN", "pa$5word", false},
		{"URL", "https://x.example/?a=b", false},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, bad := range []string{"no line of it", "A=\"open\nB=1"} {
		if list, err := ReadEnv(strings.NewReader(bad)); err == nil {
			t.Errorf("%q: %v", bad, list)
		}
	}
}

// TestDollars holds that only earlier lines are meant by a $.
func TestDollars(t *testing.T) {
	got, err := ReadEnv(strings.NewReader("PATH=$PATH:/opt/x\nA=$B\nB=1\nC=$B${A}\n"))
	want := []Env{{"A", "$B", false}, {"B", "1", false}, {"C", "1$B", false}, {"PATH", "$PATH:/opt/x", false}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := ReadEnv(strings.NewReader("A=" + strings.Repeat("x", maxEnvFile))); err == nil {
		t.Error("a file that is too long was cut")
	}
}

// FuzzReadEnv holds that no file, however damaged, does more than be refused.
func FuzzReadEnv(f *testing.F) {
	f.Add("A=1\nB='2'\nexport C=\"${A}\"")
	f.Add("=\n\"\x00")
	f.Fuzz(func(_ *testing.T, text string) { _, _ = ReadEnv(strings.NewReader(text)) })
}
