package gui_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floorRow is a row of the table in CONTRIBUTING.md that says the floors, and floorName a package in it.
var (
	floorRow  = regexp.MustCompile("(?m)^\\| (\\d+) \\| (`[^|]+`) \\|")
	floorName = regexp.MustCompile("`([^`]+)`")
)

// floors are those of the house, as CONTRIBUTING.md has them: a package imports only packages of lower floors. One that
// is not named there belongs to the floor of its parent folder.
func floors(t *testing.T) func(importPath string) (floor int, known bool) {
	t.Helper()
	text, err := os.ReadFile("../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]int{}
	for _, row := range floorRow.FindAllStringSubmatch(string(text), -1) {
		floor, _ := strconv.Atoi(row[1])
		for _, name := range floorName.FindAllStringSubmatch(row[2], -1) {
			named["slipway/"+name[1]] = floor
		}
	}
	named["slipway"] = named["slipway/main.go"]
	if len(named) < 30 {
		t.Fatalf("only %d packages are in the table", len(named))
	}
	return func(p string) (int, bool) {
		for strings.Count(p, "/") > 1 {
			if floor, ok := named[p]; ok {
				return floor, true
			}
			p = path.Dir(p)
		}
		floor, ok := named[p]
		return floor, ok
	}
}

// groundImports are the imports that are allowed on floor 0. Everybody may import the model.
var groundImports = map[string]bool{
	"slipway/engine/endpoint slipway/engine/runspec": true, "slipway/engine/journal slipway/engine/runspec": true,
	"slipway/engine/job slipway/engine/runspec": true,
	// It opens and writes files for everybody.
	"slipway/engine/settings slipway/engine/platform": true, "slipway/engine/endpoint slipway/engine/platform": true,
}

type goPackage struct {
	ImportPath string
	Imports    []string
	// TestImports and XTestImports are what its tests import besides.
	TestImports, XTestImports []string
	Deps                      []string
	GoFiles                   []string
	Dir                       string
}

// packages lists all packages of the module with what they import.
func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-tags", "migrated_fynedo", "-deps=false",
		"-json=ImportPath,Imports,TestImports,XTestImports,Deps,GoFiles,Dir", "slipway/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestNoImportRunsUp(t *testing.T) {
	list := packages(t)
	if len(list) < 20 {
		t.Fatalf("only %d packages were found", len(list))
	}
	floorOf := floors(t)
	for _, p := range list {
		floor, known := floorOf(p.ImportPath)
		if !known {
			t.Errorf("%s has no floor: add it to the table in CONTRIBUTING.md", p.ImportPath)
			continue
		}
		for _, i := range p.Imports {
			other, own := floorOf(i)
			if !own || i == "slipway/engine/model" || groundImports[p.ImportPath+" "+i] ||
				p.ImportPath == "slipway/engine/enginetest/contract" && i == "slipway/engine/enginetest" {
				continue
			}
			if other >= floor {
				t.Errorf("%s (floor %d) imports %s (floor %d)", p.ImportPath, floor, i, other)
			}
		}
	}
}

func TestWhoMayImportWhat(t *testing.T) {
	for _, p := range packages(t) {
		engineSide := strings.HasPrefix(p.ImportPath, "slipway/engine")
		for _, d := range p.Deps {
			if engineSide && strings.HasPrefix(d, "fyne.io/") {
				t.Errorf("%s reaches %s: nothing under engine may know of a window", p.ImportPath, d)
				break
			}
		}
		for _, i := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if engineSide && (strings.HasPrefix(i, "fyne.io/") || strings.HasPrefix(i, "slipway/gui")) {
				t.Errorf("the tests of %s import %s: nothing under engine may know of a window", p.ImportPath, i)
			}
			if !strings.HasPrefix(i, "github.com/docker/docker") {
				continue
			}
			switch p.ImportPath {
			case "slipway/engine", "slipway/engine/endpoint", "slipway/engine/practice", "slipway/engine/enginetest",
				"slipway/engine/enginetest/contract":
			default:
				t.Errorf("%s imports %s: Docker's client belongs to engine alone", p.ImportPath, i)
			}
		}
	}
}

func TestOnlyPostCallsFyneDo(t *testing.T) {
	out, err := exec.Command("git", "-C", "..", "grep", "-nE", `fyne\.Do(AndWait)?\b`, "--", "*.go").Output()
	if err != nil || !strings.Contains(string(out), "gui/post/post.go") {
		t.Fatalf("the search found not even gui/post: %v", err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		code := strings.TrimSpace(line[strings.LastIndex(line, ":")+1:])
		if line == "" || strings.HasPrefix(line, "gui/post/") || strings.Contains(line, "_test.go") ||
			strings.HasPrefix(code, "//") {
			continue
		}
		t.Errorf("fyne.Do outside gui/post: %s", line)
	}
}

// commandLiteral matches a piece of text that begins a command line.
var commandLiteral = regexp.MustCompile("^[\"`](?:\\$ )?(?:sudo|docker|ssh|podman|systemctl|open|brew|mkdir|curl|sh|bash) ")

// TestCommandsAreWords holds that no command that a user may paste is put together from pieces of text: what comes from
// outside is a word of a model.Command or a model.Shell, which quote it. A Problem takes nothing else.
func TestCommandsAreWords(t *testing.T) {
	files := goFiles(t)
	if len(files) < 100 {
		t.Fatalf("only %d files were found", len(files))
	}
	begins := func(e ast.Expr) bool {
		lit, ok := e.(*ast.BasicLit)
		return ok && commandLiteral.MatchString(lit.Value)
	}
	for _, name := range files {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BinaryExpr:
				if n.Op == token.ADD && begins(n.X) {
					t.Errorf("%s: a command is put together from text", set.Position(n.Pos()))
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && strings.HasSuffix(f.Sel.Name, "printf") && len(n.Args) > 1 &&
					slices.ContainsFunc(n.Args, begins) {
					t.Errorf("%s: a command is put together by %s", set.Position(n.Pos()), f.Sel.Name)
				}
			}
			return true
		})
	}
}

// TestJobsSayWhatTheyDo holds that each job has its deed, so that nobody reads its title or its command for that.
func TestJobsSayWhatTheyDo(t *testing.T) {
	jobs := 0
	for _, name := range goFiles(t) {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if sel, ok := lit.Type.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Spec" || fmt.Sprint(sel.X) != "job" {
				return true
			}
			jobs++
			if !slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool {
				kv, ok := e.(*ast.KeyValueExpr)
				return ok && fmt.Sprint(kv.Key) == "Deed"
			}) {
				t.Errorf("%s: a job without its deed", set.Position(lit.Pos()))
			}
			return true
		})
	}
	if jobs < 25 {
		t.Errorf("only %d jobs were found", jobs)
	}
}

// goFiles are the program's own files, without tests and what only they use.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, p := range packages(t) {
		if strings.HasPrefix(p.ImportPath, "slipway/engine/enginetest") || p.ImportPath == "slipway/gui/guitest" {
			continue
		}
		for _, f := range p.GoFiles {
			files = append(files, filepath.Join(p.Dir, f))
		}
	}
	return files
}

// TestOneClipboard holds that nothing gets on the clipboard but through the two functions that make it harmless.
func TestOneClipboard(t *testing.T) {
	for _, name := range goFiles(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if own := strings.HasSuffix(filepath.ToSlash(name), "gui/kit/clipboard.go"); own != strings.Contains(string(text),
			"Clipboard().SetContent(") {
			t.Errorf("%s sets the clipboard: %v", name, !own)
		}
	}
}

// dialers are what opens a connection, by package and name.
var dialers = []string{
	"net.Dial", "net.DialTimeout", "net.Dialer", "net.DialTCP", "net.DialUnix", "net.DialUDP", "tls.Dial", "tls.Dialer",
	"http.Client", "http.DefaultClient", "http.Transport", "http.DefaultTransport", "http.Get", "http.Head", "http.Post",
	"http.PostForm", "remote.Get", "remote.Head", "remote.Image", "remote.List", "remote.DefaultTransport",
	"net.DefaultResolver", "net.LookupHost",
}

// mayDial are the packages that open connections, and to whom. The page of settings tells a person the same.
var mayDial = map[string]string{
	"slipway/engine":          "registries, with docker's sign-in",
	"slipway/engine/endpoint": "the engine",
	"slipway/engine/notebook": "the port of a notebook",
	"slipway/engine/platform": "published ports, the desktop and the other Slipway of this user",
	// Only with slipway --practice.
	"slipway/engine/practice": "the registry that a person named",
	// Not in the program.
	"slipway/engine/enginetest": "private engines of tests",
	"slipway/gui/guitest":       "windows of tests",
}

// TestWhoIsContacted holds that nobody is contacted but whom the page of settings names.
func TestWhoIsContacted(t *testing.T) {
	found := map[string]bool{}
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				of, ok := s.X.(*ast.Ident)
				if !ok || !slices.Contains(dialers, of.Name+"."+s.Sel.Name) {
					return true
				}
				found[p.ImportPath] = true
				if mayDial[p.ImportPath] == "" {
					t.Errorf("%s/%s uses %s.%s: say on the page of settings who is contacted", p.ImportPath, name, of.Name, s.Sel.Name)
				}
				return true
			})
		}
	}
	if !found["slipway/engine/endpoint"] || !found["slipway/engine/platform"] {
		t.Error("nothing was looked at")
	}
}
