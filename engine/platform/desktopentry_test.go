package platform

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"slipway/engine/model"

	"github.com/adrg/xdg"
)

func TestExecLine(t *testing.T) {
	for _, tc := range []struct {
		argv []string
		want string
	}{
		{[]string{"/usr/bin/slipway"}, `/usr/bin/slipway`},
		{[]string{"slipway", "launch", "scipy", "/home/me/thesis"}, `slipway launch scipy /home/me/thesis`},
		{[]string{"slipway", "/home/me/my thesis"}, `slipway "/home/me/my thesis"`},
		{[]string{"slipway", "100%"}, `slipway 100%%`},
		{[]string{"slipway", "%f"}, `slipway %%f`},
		{[]string{"slipway", `a"b`}, `slipway "a\\"b"`},
		{[]string{"slipway", `a\b`}, `slipway "a\\\\b"`},
		{[]string{"slipway", `$HOME`}, `slipway "\\$HOME"`},
		{[]string{"slipway", "`id`"}, "slipway \"\\\\`id\\\\`\""},
		{[]string{"slipway", "it's"}, `slipway "it's"`},
		{
			[]string{"slipway", "a;b", "c&d", "e|f", "g>h", "i*", "j?", "k#l", "m(n)", "~o"},
			`slipway "a;b" "c&d" "e|f" "g>h" "i*" "j?" "k#l" "m(n)" "~o"`,
		},
		{[]string{"slipway", ""}, `slipway ""`},
		{[]string{"slipway", "a=b"}, `slipway a=b`},
	} {
		if got, err := ExecLine(tc.argv); got != tc.want || err != nil {
			t.Errorf("%q: %s %v, want %s", tc.argv, got, err, tc.want)
		}
	}
	for _, argv := range [][]string{
		{},
		{""},
		{"a=b"},
		{"slipway", "line\nbreak"},
		{"slipway", "ü"},
		{"slipway", "\x7f"},
		{"slipway", "\xff"},
	} {
		if got, err := ExecLine(argv); !errors.Is(err, ErrExec) {
			t.Errorf("%q: %s %v", argv, got, err)
		}
	}
}

// readExec reads an Exec key as a desktop does: the string's escapes, then the quotes, then the field codes. It follows
// the specification's text, not ExecLine.
func readExec(line string) (argv []string, ok bool) {
	var value []rune
	text := []rune(line)
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			value = append(value, text[i])
			continue
		}
		if i++; i == len(text) {
			return nil, false
		}
		plain, known := map[rune]rune{'s': ' ', 'n': '\n', 't': '\t', 'r': '\r', '\\': '\\'}[text[i]]
		if !known {
			return nil, false
		}
		value = append(value, plain)
	}
	var word []rune
	began, quoted := false, false
	for i := 0; i < len(value); i++ {
		switch r := value[i]; {
		case quoted && r == '"':
			quoted = false
		case quoted && r == '\\':
			if i++; i == len(value) || !strings.ContainsRune("\"`$\\", value[i]) {
				return nil, false
			}
			word = append(word, value[i])
		case quoted && strings.ContainsRune("`$", r):
			return nil, false
		case r == '"':
			began, quoted = true, true
		case !quoted && r == ' ':
			if began {
				argv, word, began = append(argv, string(word)), nil, false
			}
		case !quoted && strings.ContainsRune("\t\n'\\><~|&;$*?#()`", r):
			return nil, false
		default:
			word, began = append(word, r), true
		}
	}
	if began {
		argv = append(argv, string(word))
	}
	for i, a := range argv {
		if strings.Contains(strings.ReplaceAll(a, "%%", ""), "%") {
			return nil, false
		}
		argv[i] = strings.ReplaceAll(a, "%%", "%")
	}
	return argv, !quoted
}

// FuzzExecLine: a desktop starts the very arguments that were written, whatever they are.
func FuzzExecLine(f *testing.F) {
	f.Add("/home/me/my thesis")
	f.Add("100% \"quoted\" \\ $HOME `id` it's; ~ #")
	f.Add("%%f")
	f.Add("/home/jürgen/\n")
	f.Fuzz(func(t *testing.T, argument string) {
		line, err := ExecLine([]string{"slipway", "launch", argument, "end"})
		if err == nil {
			if got, ok := readExec(line); !ok || !slices.Equal(got, []string{"slipway", "launch", argument, "end"}) {
				t.Errorf("%q is written %s and read %q", argument, line, got)
			}
		}
		path := "/" + argument
		line, err = ExecLine([]string{"slipway", EntryPath(path)})
		got, ok := readExec(line)
		if err != nil || !ok || len(got) != 2 {
			t.Fatalf("the path %q cannot be written: %v", path, err)
		}
		if u, err := url.Parse(got[1]); err == nil && u.Scheme == "file" {
			got[1] = u.Path
		}
		if got[1] != path {
			t.Errorf("%q is written %s and read %q", path, line, got[1])
		}
	})
}

// shortcutHome gives the test a home with a desktop.
func shortcutHome(t *testing.T) (home string) {
	t.Helper()
	t.Cleanup(xdg.Reload) // the last to be done
	home = t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "XDG_DATA_HOME": filepath.Join(home, "data"),
		"XDG_CONFIG_HOME": filepath.Join(home, "config"), "XDG_DESKTOP_DIR": filepath.Join(home, "Desktop"),
	} {
		t.Setenv(name, value)
	}
	if err := os.Mkdir(filepath.Join(home, "Desktop"), 0o755); err != nil {
		t.Fatal(err)
	}
	xdg.Reload()
	return home
}

// valid lets the desktop's own tool look at a file.
func valid(t *testing.T, path string) {
	t.Helper()
	tool, err := exec.LookPath("desktop-file-validate")
	if err != nil {
		t.Log("desktop-file-validate is not installed; the files were not checked with it")
		return
	}
	if out, err := exec.Command(tool, path).CombinedOutput(); err != nil || len(out) > 0 {
		text, _ := os.ReadFile(path)
		t.Errorf("%v: %s\n%s", err, out, text)
	}
}

// execOf is the command that the n-th Exec key of a file starts.
func execOf(t *testing.T, path string, n int) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if value, ok := strings.CutPrefix(line, "Exec="); ok {
			if n--; n < 0 {
				argv, ok := readExec(value)
				if !ok {
					t.Errorf("cannot be read: %s", line)
				}
				return argv
			}
		}
	}
	t.Fatalf("no such Exec in:\n%s", text)
	return nil
}

func TestAddToApplications(t *testing.T) {
	home := shortcutHome(t)
	const program = "/opt/my apps/slipway"
	for range 2 { // the second time it is its own
		path, err := AddToApplications(program, []byte("png"), "Says what it is", "Launch it")
		if err != nil || path != filepath.Join(home, "data", "applications", "slipway.desktop") {
			t.Fatalf("%s %v", path, err)
		}
		valid(t, path)
		if got := execOf(t, path, 0); !slices.Equal(got, []string{program}) {
			t.Errorf("it starts %q", got)
		}
		if got := execOf(t, path, 1); !slices.Equal(got, []string{program, "launch", "--last"}) {
			t.Errorf("its action starts %q", got)
		}
	}
	if icon, err := os.ReadFile(filepath.Join(home, "data", "icons", "hicolor", "256x256", "apps", "slipway.png")); string(
		icon) != "png" || err != nil {
		t.Errorf("the icon: %q %v", icon, err)
	}
	path, err := AddToApplications("/moved/slipway", []byte("png"), "Says what it is", "Launch it")
	if got := execOf(t, path, 0); err != nil || !slices.Equal(got, []string{"/moved/slipway"}) {
		t.Errorf("after it moved: %q %v", got, err)
	}
	if _, err := AddToApplications("/opt/übung/slipway", nil, "Says what it is", "Launch it"); !model.IsKind(err,
		model.ProblemUnsupported) {
		t.Errorf("a program that cannot be named: %v", err)
	}
	const theirs = "[Desktop Entry]\nName=Mine\n"
	if err := os.WriteFile(path, []byte(theirs), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := AddToApplications(program, []byte("png"), "Says what it is", "Launch it"); !model.IsKind(err,
		model.ProblemNameTaken) {
		t.Errorf("over another file: %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != theirs {
		t.Errorf("another file was changed: %s", text)
	}
}

func TestAddProjectShortcut(t *testing.T) {
	home := shortcutHome(t)
	add := func(recipe, folder string) string {
		t.Helper()
		path, err := AddProjectShortcut("/usr/bin/slipway", recipe, folder, []byte("png"), "Opens "+folder)
		if err != nil {
			t.Fatalf("%q: %v", folder, err)
		}
		valid(t, path)
		info, err := os.Stat(path)
		if err != nil || filepath.Dir(path) != filepath.Join(home, "Desktop") ||
			runtime.GOOS != "windows" && info.Mode() != 0o755 {
			t.Errorf("%q: %s is %v, %v", folder, path, info.Mode(), err)
		}
		argv := execOf(t, path, 0)
		if len(argv) != 4 || argv[0] != "/usr/bin/slipway" || argv[1] != "launch" || argv[2] != recipe {
			t.Fatalf("%q starts %q", folder, argv)
		}
		if u, err := url.Parse(argv[3]); err == nil && u.Scheme == "file" {
			argv[3] = u.Path
		}
		if argv[3] != folder {
			t.Errorf("%q starts %q", folder, argv)
		}
		return filepath.Base(path)
	}
	for _, tc := range []struct{ folder, want string }{
		{"/home/me/thesis", "thesis.desktop"},
		{"/home/me/thesis", "thesis.desktop"},
		{"/elsewhere/thesis", "thesis 2.desktop"},
		{"/elsewhere/thesis", "thesis 2.desktop"},
		{`/home/me/50% of "it" \ $HOME`, `50% of "it" \ $HOME.desktop`},
		{"/home/jürgen/Übung\n1", "Übung-1.desktop"},
		{"/home/me/.hidden", "hidden.desktop"},
		{"/home/me/ leading", " leading.desktop"},
		{"/home/me/" + strings.Repeat("ü", 80), strings.Repeat("ü", 50) + ".desktop"},
	} {
		if got := add("scipy", tc.folder); got != tc.want {
			t.Errorf("%q is called %q", tc.folder, got)
		}
	}
	theirs := filepath.Join(home, "Desktop", "notes.desktop")
	if err := os.WriteFile(theirs, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := add("r", "/home/me/notes"); got != "notes 2.desktop" {
		t.Errorf("beside another's file it is called %q", got)
	}
	if text, _ := os.ReadFile(theirs); string(text) != "mine" {
		t.Errorf("another's file was changed: %q", text)
	}
	if err := os.Mkdir(filepath.Join(home, "Desktop", "dir.desktop"), 0o755); err != nil {
		t.Fatal(err)
	}
	if got := add("r", "/home/me/dir"); got != "dir 2.desktop" {
		t.Errorf("beside a folder it is called %q", got)
	}
	left, _ := filepath.Glob(filepath.Join(home, "Desktop", ".slipway-*"))
	if len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	if err := os.RemoveAll(filepath.Join(home, "Desktop")); err != nil {
		t.Fatal(err)
	}
	if _, err := AddProjectShortcut("/usr/bin/slipway", "r", "/a", nil, ""); !model.IsKind(err, model.ProblemUnsupported) {
		t.Errorf("without a desktop: %v", err)
	}
}

// TestCreateNeverReplaces keeps a file that appeared between the look and the writing.
func TestCreateNeverReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if err := create(path, []byte("first"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := create(path, []byte("second"), 0o644); !errors.Is(err, fs.ErrExist) {
		t.Errorf("the second: %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "first" {
		t.Errorf("it holds %q", text)
	}
}
