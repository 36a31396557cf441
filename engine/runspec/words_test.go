package runspec

import (
	"strings"
	"testing"
	"unicode/utf8"

	"slipway/engine/model"

	"github.com/google/go-cmp/cmp"
)

func TestSplitWords(t *testing.T) {
	for line, want := range map[string][]string{
		"":                              nil,
		"  ":                            nil,
		`sh -c 'a | b' "c d" e\ f`:      {"sh", "-c", "a | b", "c d", "e f"},
		"echo $HOME":                    {"echo", "$HOME"},
		`"a $HOME/b" ${X:-y z}`:         {"a $HOME/b", "${X:-y z}"},
		"{a,b} {1..99999999} ~/x *.py":  {"{a,b}", "{1..99999999}", "~/x", "*.py"},
		"a\\\nb \"c\\\nd\" e\\ f":       {"ab", "cd", "e f"},
		`"a\$b\\c\"d\e"`:                {`a$b\c"d\e`},
		"sh -c \"it's\"":                {"sh", "-c", "it's"},
		`'a'"$(printf '\011')"'b'`:      {"a\tb"},
		`"$(printf '\342\200\256')" ''`: {"\u202e", ""},
	} {
		got, err := SplitWords(line)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", line, err, diff)
		}
	}
	for _, line := range []string{
		"a | b", "a; b", "a && b", "echo $(id)", "echo `id`", "'open", `"$(printf '\011'; id)"`, `"$(printf "$(id)")"`,
		`"$(printf '\011' x)"`,
		`$'\0'`, `printf $'a\0'`, `x $'\x'`, `$'\u'`, `$'a'`, `$((1+1))`, "<(ls)", `a$(id)b`, "\"`id`\"", `"$(printf '%s')"`,
		`"$(A=1 printf '\011')"`, `"$(printf '\011' > /tmp/x)"`, `"$(printf '\9')"`, `"$(printf '\777')"`,
	} {
		if got, err := SplitWords(line); err == nil {
			t.Errorf("%s: read as %q", line, got)
		}
	}
}

// FuzzSplitWords holds that the words of every command that Slipway writes are read back as they were.
func FuzzSplitWords(f *testing.F) {
	for _, s := range []string{
		"", "a b", "it's", "$(rm -rf /)", "`x`", "a\nb", "\x01", "~", "*", "naïve 🙂", "a\u202eb",
		"$'x'",
	} {
		f.Add(s, "{a,b}")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a+b) || strings.Contains(a+b, "\x00") {
			return // no person can type the one, and no program can be given the other
		}
		line := model.Words([]string{a, b})
		got, err := SplitWords(line)
		if diff := cmp.Diff([]string{a, b}, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", line, err, diff)
		}
	})
}
