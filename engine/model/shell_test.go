package model

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"":                 "''",
		"plain/a-b_1:2=3,": "plain/a-b_1:2=3,",
		"=ls":              "'=ls'",
		"a b":              "'a b'",
		"it's":             `"it's"`,
		"it's $5":          `'it'\''s $5'`,
		"it's !":           `'it'\''s !'`,
		"NAME=a b":         "'NAME=a b'",
		"NAME=":            "NAME=",
		"1A=a b":           "'1A=a b'",
		"$HOME `x` !1":     "'$HOME `x` !1'",
		"two\nlines":       "'two\nlines'",
		"a\n^b":            `'a` + "\n" + `'\^'b'`,
		"a\tb":             `'a'"$(printf '\011')"'b'`,
		"\x1b[201~":        `"$(printf '\033')"'[201~'`,
		"a\u202eb":         `'a'"$(printf '\342\200\256')"'b'`,
		"\xff":             `"$(printf '\377')"`,
		"zero\x00":         "zero",
	} {
		if got := Quote(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestShell(t *testing.T) {
	s := Run("sudo", "apt-get", "update").Then("echo", "a b", "$(x)")
	if got, want := s.String(), "sudo apt-get update && echo 'a b' '$(x)'"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if Shell(nil).String() != "" {
		t.Error("no program makes a line")
	}
}

// shells are real ones that a person may paste into, or that a saved script is run with, and what makes each read a
// file as one that types does: with an exclamation mark that repeats what was typed before.
var shells = []struct {
	name  string
	words []string
}{
	{"dash", nil},
	{"bash", nil},
	{"bash", []string{"--posix"}},
	{"bash", []string{"--norc", "--noprofile", "--noediting", "-i"}},
	{"busybox", []string{"sh"}},
	{"zsh", []string{"-f"}},
	{"zsh", []string{"-f", "-i"}},
	{"zsh", []string{"-f", "-o", "rcquotes", "-o", "extendedglob", "-o", "bsdecho"}},
	{"mksh", nil},
}

// readBack are the arguments that a shell makes of a line. The shell reads it as a script, or from its input as if it
// were typed.
func readBack(t *testing.T, shell string, options []string, line string) []string {
	t.Helper()
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("HISTFILE=\nprintf '%s\\0' "+line+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(shell, append(options, script)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "HOME=" + t.TempDir()}
	if strings.Contains(strings.Join(options, " "), "-i") {
		input, err := os.Open(script)
		if err != nil {
			t.Fatal(err)
		}
		defer input.Close()
		cmd.Args, cmd.Stdin = cmd.Args[:len(cmd.Args)-1], input
	}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", shell, options, err, line)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

// checkShells holds that every shell of this computer gives the words back. CI has the first four.
func checkShells(t *testing.T, words []string) {
	t.Helper()
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "\x00", "")
	}
	for _, s := range shells {
		if _, err := exec.LookPath(s.name); err != nil {
			if os.Getenv("CI") != "" && s.name != "mksh" {
				t.Errorf("%s is missing", s.name)
			}
			continue
		}
		at := len(words)
		if slices.Contains(s.words, "-i") {
			at = 8 // bash 5.2 itself ends on long lines of many lines that are typed
		}
		for list := range slices.Chunk(words, at) {
			if got := readBack(t, s.name, s.words, Words(list)); !slices.Equal(got, list) {
				t.Errorf("%s %v reads\n%q as\n%q", s.name, s.words, list, got)
			}
		}
	}
}

// hostileWords are what an attacker would try, and what people have by chance.
var hostileWords = []string{
	"report\n' ; touch PWNED #", "GREETING=hello\n\\' ; touch PWNED #", "tab\there", "a\u202egpj.exe",
	"\x1b[201~rm -rf /\n", "'", "''", "'''", `\'`, `\`, `\\`, "\\\n",
	"$'x'", "$(touch PWNED)", "`touch PWNED`", "${IFS}", "!!", "!1", "'!!'", "^a^b", "~", "~root", "=ls", "a==ls", "A==ls",
	"*", "?", "[a]", "{a,b}", "{1..9}", "#x", "%s", "%n\\n", "-n", "-e", "--",
	"trailing\n", "\n", "\n\n\n", "\r", "a\r\n", "\x7f", "\u0085", "\u200b", "a\u00a0b", "\xff\xfe", "\xe2\x80", "é",
	"日本語", "👩‍💻", "\u2028", "\U000e0041", "a=b=c", "A=b c", "A=\t", "1=2 3", " ", "  a ", "", "&&", "||", ";", "|", "<x",
	">x", "&", "(", ")",
	"docker ps && docker rm", "a\\", "\\t\\033", "\x01\x02\x03\x1f", "(*)(.)", "x(e:touch PWNED:)", "`'\"", `"`,
	"\"$(touch PWNED)\"",
}

func TestQuoteInShells(t *testing.T) {
	checkShells(t, append([]string(nil), hostileWords...))
	seed := rand.Uint64()
	if text := os.Getenv("SLIPWAY_SEED"); text != "" {
		seed, _ = strconv.ParseUint(text, 10, 64)
	}
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	pieces := append([]string{"a", "0", "7", "%", "\x00", "é", "\U0001f600"}, hostileWords...)
	words := make([]string, 400)
	for i := range words {
		for range r.IntN(6) {
			if r.IntN(3) == 0 {
				words[i] += string([]byte{byte(r.IntN(256))})
			} else {
				words[i] += pieces[r.IntN(len(pieces))]
			}
		}
	}
	checkShells(t, words)
}

func FuzzQuote(f *testing.F) {
	for _, w := range hostileWords {
		f.Add(w)
	}
	f.Fuzz(func(t *testing.T, word string) {
		line := Quote(word)
		for _, r := range line {
			if r != '\n' && (Unseen(r) || r == utf8.RuneError && !strings.ContainsRune(word, utf8.RuneError)) {
				t.Fatalf("%q has %U in it", line, r)
			}
		}
		checkShells(t, []string{word, "-", word})
	})
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"a b.txt": "a b.txt", `C:\users\xavier\new`: `C:\users\xavier\new`, "日本 é": "日本 é",
		"a\u200bb": `a\u200bb`, `a\u200bb`: `a\\u200bb`, "a\nb": `a\x0ab`, "a\tb": `a\x09b`, "\x1b[31m": `\x1b[31m`,
		"\xff": `\xff`, "\uFFFD": "\uFFFD",
		"a\u202etxt.exe": `a\u202etxt.exe`, "a\U000e0041": `a\U000e0041`, "a\u00a0b": `a\u00a0b`, "a\u3164b": `a\u3164b`,
		"x\ufe0f": `x\ufe0f`,
	} {
		if got := Visible(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	if got, want := VisibleLine("a\tb\nc\u202e"+`\u202e`+"⚠\ufe0f"), `a b c\u202e\u202e`+"⚠\ufe0f"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := VisibleText(`print("\x1b[0m")`); got != `print("\x1b[0m")` {
		t.Errorf("what can be seen was changed: %s", got)
	}
	if got, want := VisibleText("a\tb\nc\x1b[0m\u202e\r 👩\u200d💻"), "a\tb\nc\\x1b[0m\\u202e\\x0d 👩\u200d💻"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("a\u200b", `a\u200b`)
	f.Add("\xff", `\xff`)
	f.Add(`\\xff`, "\\\xff")
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, text := range []string{Visible(a), Visible(b)} {
			for _, r := range text {
				if Unseen(r) {
					t.Fatalf("%q has %U in it", text, r)
				}
			}
		}
		if a != b && Visible(a) == Visible(b) {
			t.Fatalf("%q and %q look the same", a, b)
		}
	})
}
