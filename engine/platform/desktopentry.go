package platform

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"slipway/engine/model"

	"github.com/adrg/xdg"
)

// DesktopEntry is a file by which a desktop starts a program (Desktop Entry Specification, of which version 1.1 has all
// that is used).
type DesktopEntry struct {
	Name, Comment string
	// Exec is the program and its arguments. No shell reads them.
	Exec []string
	// Icon is a name in the icon theme, or a path.
	Icon string
	// Class is the class of its windows, by which a desktop knows that it is this entry's program (StartupWMClass).
	Class string
	// Actions are further ways to start it.
	Actions []DesktopAction
}

// DesktopAction is a further way to start the program of a [DesktopEntry]; ID is of letters, digits and dashes.
type DesktopAction struct {
	ID, Name string
	Exec     []string
}

// HasDesktopEntries tells whether the desktops of this system read such files.
func HasDesktopEntries() bool {
	return runtime.GOOS == "linux" || strings.HasSuffix(runtime.GOOS, "bsd")
}

// ownMark is the line that tells our files from others; the specification leaves keys with X- to everybody.
const ownMark = "X-Slipway-Entry=true"

// String is the file. It returns "" when an argument cannot be written in one, see [ExecLine].
func (e DesktopEntry) String() string {
	line, err := ExecLine(e.Exec)
	if err != nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("[Desktop Entry]\nType=Application\nVersion=1.1\n")
	fmt.Fprintf(&b, "Name=%s\nComment=%s\nExec=%s\nIcon=%s\n", entryString(e.Name), entryString(e.Comment), line,
		entryString(e.Icon))
	b.WriteString("Terminal=false\nCategories=Development;\nKeywords=docker;jupyter;notebook;\n" + ownMark + "\n")
	if e.Class != "" {
		fmt.Fprintf(&b, "StartupWMClass=%s\n", entryString(e.Class))
	}
	var ids, groups strings.Builder
	for _, a := range e.Actions {
		line, err := ExecLine(a.Exec)
		if err != nil {
			return ""
		}
		ids.WriteString(a.ID + ";")
		fmt.Fprintf(&groups, "\n[Desktop Action %s]\nName=%s\nExec=%s\n", a.ID, entryString(a.Name), line)
	}
	if ids.Len() > 0 {
		fmt.Fprintf(&b, "Actions=%s\n", &ids)
	}
	return b.String() + groups.String()
}

// entryString is text as a value of a desktop entry, where a backslash begins an escape and space at the beginning is
// lost. Other control characters cannot be written, and become spaces; so does what is no UTF-8.
func entryString(text string) string {
	var b strings.Builder
	for i, r := range strings.ToValidUTF8(text, " ") {
		switch {
		case r == '\\':
			b.WriteString(`\\`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == ' ' && i == 0:
			b.WriteString(`\s`)
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// ErrExec says that a command cannot be written in a desktop entry.
var ErrExec = errors.New("a desktop entry cannot hold this command")

// ExecLine writes a program and its arguments as the Exec key wants them ("The Exec key"): what is special is quoted, %
// doubled, and then all of it escaped as a string of the file. The specification allows only printable ASCII there, and
// no = in the program's path.
func ExecLine(argv []string) (string, error) {
	words := make([]string, len(argv))
	for i, a := range argv {
		if strings.ContainsFunc(a, func(r rune) bool { return r < ' ' || r > '~' }) ||
			i == 0 && (a == "" || strings.Contains(a, "=")) {
			return "", fmt.Errorf("%w: %q", ErrExec, a)
		}
		words[i] = execWord(a)
	}
	if len(words) == 0 {
		return "", ErrExec
	}
	return strings.ReplaceAll(strings.Join(words, " "), `\`, `\\`), nil
}

// execWord quotes one argument where it has to be.
func execWord(a string) string {
	a = strings.ReplaceAll(a, "%", "%%")
	if a != "" && !strings.ContainsAny(a, " \"'\\><~|&;$*?#()`") {
		return a
	}
	return `"` + strings.NewReplacer(`"`, `\"`, "`", "\\`", `$`, `\$`, `\`, `\\`).Replace(a) + `"`
}

// EntryPath is a path as an argument in a desktop entry: itself, or its file: address where it is not of printable
// ASCII, which slipway launch takes, too.
func EntryPath(path string) string {
	if !strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r > '~' || r == utf8.RuneError }) {
		return path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// iconName is the icon's name in the theme.
const iconName = "slipway"

// writeIcon puts the application's icon, a PNG of 256 px, into the user's icon theme.
func writeIcon(png []byte) error {
	path := filepath.Join(xdg.DataHome, "icons", "hicolor", "256x256", "apps", iconName+".png")
	if old, err := ReadRegular(path, mostEntry); err == nil && bytes.Equal(old, png) {
		return nil
	}
	return replace(path, png, 0o644)
}

// AddToApplications puts Slipway into the user's applications menu, with an action that launches the folder that
// was launched last, and returns the file. program is the program's path, icon a PNG of 256 px; comment is
// what desktops show beside the name, launch is what the action is called.
func AddToApplications(program string, icon []byte, comment, launch string) (path string, err error) {
	if err := startable(program); err != nil {
		return "", err
	}
	e := DesktopEntry{
		Name: "Slipway", Comment: comment, Exec: []string{program}, Icon: iconName,
		Class:   "Slipway",
		Actions: []DesktopAction{{ID: "launch", Name: launch, Exec: []string{program, "launch", "--last"}}},
	}
	path = filepath.Join(xdg.DataHome, "applications", "slipway.desktop")
	if err = writeEntry(path, e, 0o644); errors.Is(err, fs.ErrExist) {
		return "", &model.Problem{
			Kind: model.ProblemNameTaken,
			What: model.Say("platform.there-is-another", model.Args{"Path": model.Name(path)}),
			Why:  model.Say("platform.it-was-not-written-by"),
			Fix:  model.Say("platform.rename-or-remove-that-file"),
		}
	}
	if err == nil {
		err = writeIcon(icon)
	}
	return path, cannotWrite(path, err)
}

// startable tells whether a desktop entry can name the program.
func startable(program string) error {
	if _, err := ExecLine([]string{program}); err != nil {
		return &model.Problem{
			Kind: model.ProblemUnsupported, Cause: err,
			What: model.Say("platform.a-shortcut-cannot-start", model.Args{"Program": model.Name(program)}),
			Why:  model.Say("platform.its-path-has-characters-that"),
			Fix:  model.Say("platform.move-the-program-to-another"),
		}
	}
	return nil
}

// mostShortcuts is how many names are tried for a shortcut, and longestName how long the folder's part of one may be.
const (
	mostShortcuts = 50
	longestName   = 100
)

// AddProjectShortcut puts a shortcut on the user's desktop that launches a folder with a recipe, and returns the file.
// The folder's own shortcut is written anew; a file of that name that is another's stays, and the shortcut gets a
// number. comment is what desktops show beside the name.
func AddProjectShortcut(program, recipe, folder string, icon []byte, comment string) (path string, err error) {
	if err := startable(program); err != nil {
		return "", err
	}
	desktop := xdg.UserDirs.Desktop
	if info, err := os.Stat(desktop); err != nil || !info.IsDir() || filepath.Clean(desktop) == filepath.Clean(xdg.Home) {
		return "", &model.Problem{
			Kind: model.ProblemUnsupported, Cause: err,
			What: model.Say("platform.this-desktop-has-no-folder"),
			Why:  model.Say("platform.there-is-no", model.Args{"Desktop": model.Name(desktop)}),
			Fix:  model.Say("platform.make-that-folder-or-start"),
		}
	}
	e := DesktopEntry{
		Name: filepath.Base(folder), Comment: comment, Icon: iconName,
		Exec: []string{program, "launch", recipe, EntryPath(folder)},
	}
	if _, err := ExecLine(e.Exec); err != nil { // the recipe's name cannot be written: what the folder had last is taken
		e.Exec = slices.Delete(e.Exec, 2, 3)
	}
	name := fileName(e.Name)
	for i := 1; i <= mostShortcuts; i++ {
		path = filepath.Join(desktop, name+".desktop")
		if i > 1 {
			path = filepath.Join(desktop, fmt.Sprintf("%s %d.desktop", name, i))
		}
		if err = writeEntry(path, e, 0o755); !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	if err == nil {
		err = writeIcon(icon)
	}
	return path, cannotWrite(path, err)
}

// fileName is a name that can be given to a file: without control characters, not hidden, and not too long.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '/' || r == utf8.RuneError {
			return '-'
		}
		return r
	}, name)
	if name = strings.TrimLeft(name, "."); len(name) > longestName {
		name = strings.ToValidUTF8(name[:longestName], "")
	}
	if name == "" {
		return "notebook"
	}
	return name
}

func cannotWrite(path string, err error) error {
	if err == nil {
		return nil
	}
	return &model.Problem{
		Kind: model.ProblemPermission, Cause: err,
		What: model.Say("platform.the-shortcut-cannot-be-written"),
		Why:  model.Say("common.cannot-be-written", model.Args{"Path": model.Name(path)}),
		Fix:  model.Say("platform.check-that-the-folder-is"),
	}
}

// mostEntry is how long a file may be that is ours, in bytes.
const mostEntry = 1 << 20

// writeEntry writes a desktop entry. A file that is there is replaced only when it is ours and starts the same:
// otherwise the error is [fs.ErrExist].
func writeEntry(path string, e DesktopEntry, mode fs.FileMode) error {
	text := e.String()
	if text == "" {
		return ErrExec
	}
	old, err := ReadRegular(path, mostEntry)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return create(path, []byte(text), mode)
	case err != nil:
		return errors.Join(fs.ErrExist, err) // whatever it is, it is not ours
	case !ours(string(old), e):
		return fs.ErrExist
	}
	return replace(path, []byte(text), mode)
}

// ours tells whether a desktop entry was written by Slipway, for the same: the program may have moved.
func ours(text string, e DesktopEntry) bool {
	marked, same := false, len(e.Exec) == 1
	arguments := ""
	if line, err := ExecLine(append([]string{"x"}, e.Exec[1:]...)); err == nil {
		arguments = strings.TrimPrefix(line, "x")
	}
	for _, line := range strings.Split(text, "\n") {
		marked = marked || line == ownMark
		same = same || strings.HasPrefix(line, "Exec=") && strings.HasSuffix(line, arguments)
	}
	return marked && same
}

// replace is [Replace] of a file whose folder may have to be made.
func replace(path string, data []byte, mode fs.FileMode) error {
	root, err := folderOf(path)
	if err != nil {
		return err
	}
	defer root.Close()
	return Replace(root, filepath.Base(path), data, mode)
}

// create is [WriteNew] of a file whose folder may have to be made.
func create(path string, data []byte, mode fs.FileMode) error {
	root, err := folderOf(path)
	if err != nil {
		return err
	}
	defer root.Close()
	return WriteNew(root, filepath.Base(path), data, mode)
}

// folderOf opens the folder of a file, and makes it if it is missing.
func folderOf(path string) (*os.Root, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return OpenRoot(dir)
}
