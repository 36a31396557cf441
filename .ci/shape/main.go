// Shape prints how the code is built, as figures that a change should make better and none worse: how many statements
// the product has, which functions are long, which types have many methods, how many arrows run up inside of rooms, and
// which files outside of a page's folder know the page.
//
//	go run ./.ci/shape [-v]
//
// Product code is what ships: tests, the engines of tests and the engine in memory are left out.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// What counts as too long and as too many.
const (
	longFunction = 60
	manyMethods  = 40
)

// aside are the rooms that only tests use, and the engine in memory.
var aside = []string{
	"slipway/engine/enginetest", "slipway/engine/practice", "slipway/gui/guitest", "slipway/gui/kit/kittest",
}

// room is a package with what its files say and mean.
type room struct {
	path  string
	fset  *token.FileSet
	files []*ast.File
	info  *types.Info
}

// listed is a package as "go list" says it.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	Standard                bool
}

func main() {
	verbose := flag.Bool("v", false, "name the longest functions, the widest types and the arrows that run up")
	flag.Parse()
	if err := run(os.Stdout, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "shape:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, verbose bool) error {
	rooms, err := load()
	if err != nil {
		return err
	}
	statements, arrows, long, wide := 0, 0, []string{}, []string{}
	perRoom := map[string]int{}
	for _, r := range rooms {
		statements += r.statements()
		long = append(long, r.longFunctions()...)
		wide = append(wide, r.wideTypes()...)
		up := r.arrowsUp()
		arrows, perRoom[r.path] = arrows+len(up), len(up)
		if verbose {
			for _, a := range up {
				fmt.Fprintf(out, "  up: %s: %s\n", r.path, a)
			}
		}
	}
	fmt.Fprintf(out, "statements: %d\n", statements)
	fmt.Fprintf(out, "functions over %d lines: %d\n", longFunction, len(long))
	fmt.Fprintf(out, "types with more than %d methods: %d\n", manyMethods, len(wide))
	for _, t := range wide {
		fmt.Fprintf(out, "  %s\n", t)
	}
	fmt.Fprintf(out, "arrows running up inside rooms: %d\n", arrows)
	for _, path := range slices.Sorted(maps.Keys(perRoom)) {
		if perRoom[path] > 0 {
			fmt.Fprintf(out, "  %4d %s\n", perRoom[path], path)
		}
	}
	for _, page := range pages(rooms) {
		fmt.Fprintf(out, "page %s is known to %d files outside of its folder: %s\n", page.name, len(page.by),
			strings.Join(page.by, " "))
	}
	if verbose {
		for _, f := range long {
			fmt.Fprintf(out, "  long: %s\n", f)
		}
	}
	return nil
}

// load reads all rooms of the product with their types; those of others come from what the compiler has built.
func load() ([]room, error) {
	var errs bytes.Buffer
	list := exec.Command("go", "list", "-tags", "migrated_fynedo", "-export", "-deps",
		"-json=ImportPath,Dir,Export,GoFiles,Standard", "./...")
	list.Stderr = &errs
	text, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, &errs)
	}
	exports, own := map[string]string{}, []listed{}
	for dec := json.NewDecoder(bytes.NewReader(text)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		exports[p.ImportPath] = p.Export
		if strings.HasPrefix(p.ImportPath+"/", "slipway/") && !beside(p.ImportPath) {
			own = append(own, p)
		}
	}
	fset := token.NewFileSet()
	others := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	rooms := make([]room, 0, len(own))
	for _, p := range own {
		r := room{path: p.ImportPath, fset: fset, info: &types.Info{
			Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		}}
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			r.files = append(r.files, f)
		}
		conf := types.Config{Importer: others}
		if _, err := conf.Check(p.ImportPath, fset, r.files, r.info); err != nil {
			return nil, err
		}
		rooms = append(rooms, r)
	}
	return rooms, nil
}

func beside(path string) bool {
	return slices.ContainsFunc(aside, func(a string) bool { return path == a || strings.HasPrefix(path, a+"/") })
}

func (r room) fileOf(pos token.Pos) string { return filepath.Base(r.fset.Position(pos).Filename) }

// statements counts every statement, blocks aside: they are what holds others together.
func (r room) statements() int {
	n := 0
	for _, f := range r.files {
		ast.Inspect(f, func(node ast.Node) bool {
			if _, block := node.(*ast.BlockStmt); !block {
				if _, ok := node.(ast.Stmt); ok {
					n++
				}
			}
			return true
		})
	}
	return n
}

func (r room) longFunctions() (list []string) {
	for _, f := range r.files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := r.fset.Position(fn.End()).Line - r.fset.Position(fn.Pos()).Line + 1; n > longFunction {
				list = append(list, fmt.Sprintf("%s/%s %s: %d lines", r.path, r.fileOf(fn.Pos()), fn.Name.Name, n))
			}
		}
	}
	return list
}

func (r room) wideTypes() (list []string) {
	methods := map[string]int{}
	for _, f := range r.files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil {
				methods[receiver(fn.Recv.List[0].Type)]++
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(methods)) {
		if methods[name] > manyMethods {
			list = append(list, fmt.Sprintf("%s.%s: %d", r.path, name, methods[name]))
		}
	}
	return list
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// arrowsUp are the arrows between files of a room, each from a file to one whose functions, methods, types, constants
// or variables it uses, that no order of the files can make run down: those that are left when the files are put in the
// order that takes off, again and again, what nobody uses first and what uses nobody last, and where neither is there,
// the file that uses most for how often it is used (Eades, Lin and Smyth).
func (r room) arrowsUp() (list []string) {
	uses := map[string]map[string]bool{}
	for _, f := range r.files {
		uses[r.fileOf(f.Pos())] = map[string]bool{}
	}
	for id, o := range r.info.Uses {
		if o.Pkg() == nil || o.Pkg().Path() != r.path || !ofPackage(o) {
			continue
		}
		if from, to := r.fileOf(id.Pos()), r.fileOf(o.Pos()); from != to {
			uses[from][to] = true
		}
	}
	place := map[string]int{}
	for i, f := range order(uses) {
		place[f] = i
	}
	for from, all := range uses {
		for to := range all {
			if place[from] > place[to] {
				list = append(list, from+" uses "+to)
			}
		}
	}
	slices.Sort(list)
	return list
}

// ofPackage tells whether an object belongs to the whole package: a local one belongs to its function, and a field to
// its type, which says nothing about who calls whom.
func ofPackage(o types.Object) bool {
	if f, ok := o.(*types.Func); ok {
		return f.Pkg() != nil
	}
	return o.Parent() == o.Pkg().Scope()
}

func order(uses map[string]map[string]bool) []string {
	left := map[string]bool{}
	for f := range uses {
		left[f] = true
	}
	degree := func(f string) (out, in int) {
		for g := range left {
			if uses[f][g] {
				out++
			}
			if uses[g][f] {
				in++
			}
		}
		return out, in
	}
	var first, last []string
	for len(left) > 0 {
		best, most, down := "", 0, false
		for _, f := range slices.Sorted(maps.Keys(left)) {
			out, in := degree(f)
			if in == 0 || out == 0 {
				best, down = f, in != 0
				break
			}
			if best == "" || out-in > most {
				best, most = f, out-in
			}
		}
		delete(left, best)
		if down {
			last = append(last, best)
		} else {
			first = append(first, best)
		}
	}
	slices.Reverse(last)
	return append(first, last...)
}

// page is a page of the window and the files outside of its folder that name it.
type page struct {
	name string
	by   []string
}

// pages are the rooms that the shell imports and shows, with the files elsewhere that import them or have their name as
// a string.
func pages(rooms []room) []page {
	var list []page
	for _, name := range []string{"launch", "containers", "images", "volumes", "cleanup", "preferences"} {
		p := page{name: name}
		for _, r := range rooms {
			if !strings.HasPrefix(r.path, "slipway/gui") || r.path == "slipway/gui/"+name {
				continue
			}
			for _, f := range r.files {
				if names(f, name) {
					p.by = append(p.by, strings.TrimPrefix(r.path, "slipway/")+"/"+r.fileOf(f.Pos()))
				}
			}
		}
		list = append(list, p)
	}
	return list
}

func names(f *ast.File, page string) (found bool) {
	ast.Inspect(f, func(node ast.Node) bool {
		if lit, ok := node.(*ast.BasicLit); ok && (lit.Value == `"`+page+`"` || lit.Value == `"slipway/gui/`+page+`"`) {
			found = true
		}
		return !found
	})
	return found
}
