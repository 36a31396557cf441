package practice

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// regularExpression reads a basic regular expression, and plain text where it is none.
func regularExpression(text string, fold bool) func(string) bool {
	prefix := ""
	if fold {
		prefix = "(?i)"
	}
	re, err := regexp.Compile(prefix + text)
	if err != nil {
		return func(line string) bool { return strings.Contains(line, text) }
	}
	return re.MatchString
}

func ls(p *process, s streams, args []string) int {
	flags, names := options(args, "")
	if len(names) == 0 {
		names = []string{"."}
	}
	code := 0
	show := func(name string, i fs.FileInfo) {
		if !has(flags, "l") {
			fmt.Fprintln(s.out, name)
			return
		}
		n, _ := i.Sys().(*node)
		if n.mode&fs.ModeSymlink != 0 {
			name += " -> " + n.link
		}
		fmt.Fprintf(s.out, "%s    1 %-8d %-8d %9d %s %s\n", modeWords(i.Mode()), n.uid, n.gid, i.Size(),
			i.ModTime().Format("Jan _2 15:04"), name)
	}
	for _, name := range names {
		i, err := p.c.stat(p.path(name), !has(flags, "l"))
		if err != nil {
			code = complain(p, s, name, err)
			continue
		}
		if !i.IsDir() || has(flags, "d") {
			show(name, i)
			continue
		}
		list, err := p.c.entries(p.path(name))
		if err != nil {
			code = complain(p, s, name, err)
			continue
		}
		if len(names) > 1 {
			fmt.Fprintf(s.out, "%s:\n", name)
		}
		for _, e := range list {
			if i, err := e.Info(); err == nil && (has(flags, "aA") || !strings.HasPrefix(e.Name(), ".")) {
				show(e.Name(), i)
			}
		}
	}
	return code
}

func mkdir(p *process, s streams, args []string) int {
	flags, names := options(args, "m")
	code := 0
	for _, name := range names {
		if err := p.makeDir(p.path(name), has(flags, "p"), 0o755); err != nil {
			code = complain(p, s, "can't create directory '"+name+"'", err)
		}
	}
	return code
}

func rm(p *process, s streams, args []string) int {
	flags, names := options(args, "")
	code := 0
	for _, name := range names {
		err := p.c.change(p.path(name), func(parent *node, base string, there *node) error {
			switch {
			case there == nil:
				return syscall.ENOENT
			case there.dir() && p.name() == "rmdir" && len(there.names()) > 0:
				return syscall.ENOTEMPTY
			case there.dir() && p.name() != "rmdir" && !has(flags, "rR"):
				return syscall.EISDIR
			}
			p.c.grow(p.path(name), -there.bytesIn())
			parent.drop(base)
			return nil
		})
		if err != nil && !(has(flags, "f") && errors.Is(err, syscall.ENOENT)) {
			code = complain(p, s, "can't remove '"+name+"'", err)
		}
	}
	return code
}

// into is where a thing goes that is moved or copied to a name: into it, where that is a folder.
func (p *process) into(to, from string) string {
	if i, err := p.c.stat(p.path(to), true); err == nil && i.IsDir() {
		return path.Join(p.path(to), path.Base(from))
	}
	return p.path(to)
}

func mv(p *process, s streams, args []string) int { return carry(p, s, args, true) }

func cp(p *process, s streams, args []string) int { return carry(p, s, args, false) }

// carry moves or copies.
func carry(p *process, s streams, args []string, move bool) int {
	_, names := options(args, "")
	if len(names) < 2 {
		return 1
	}
	code := 0
	for _, from := range names[:len(names)-1] {
		n, err := p.c.lookup(p.path(from), false)
		if err == nil {
			err = p.put(p.into(names[len(names)-1], from), n, !move)
		}
		if err == nil && move {
			err = p.c.change(p.path(from), func(parent *node, base string, _ *node) error { parent.drop(base); return nil })
		}
		if err != nil {
			code = complain(p, s, from, err)
		}
	}
	return code
}

// put puts a thing at a path, or a copy of it.
func (p *process) put(at string, n *node, copied bool) error {
	return p.c.change(at, func(parent *node, base string, there *node) error {
		if there != nil && there.dir() {
			return syscall.EISDIR
		}
		if copied {
			n = n.clone()
			p.c.grow(at, n.bytesIn())
		}
		parent.keep(base, n)
		return nil
	})
}

func ln(p *process, s streams, args []string) int {
	flags, names := options(args, "")
	if len(names) < 2 {
		return 1
	}
	from, to := names[0], p.into(names[1], names[0])
	n := symlink(from)
	var err error
	if !has(flags, "s") {
		n, err = p.c.lookup(p.path(from), true)
	}
	if err == nil {
		err = p.c.change(to, func(parent *node, base string, there *node) error {
			if there != nil && !has(flags, "f") {
				return syscall.EEXIST
			}
			parent.keep(base, n)
			return nil
		})
	}
	if err != nil {
		return complain(p, s, names[1], err)
	}
	return 0
}

// alter changes what a thing is, and with -R all below.
func alter(p *process, s streams, args []string, do func(n *node, how string)) int {
	flags, names := options(args, "")
	if len(names) < 2 {
		return 1
	}
	code := 0
	for _, name := range names[1:] {
		p.c.e.files.Lock()
		n, parent, at, err := p.c.view.walk(p.path(name), true)
		if err == nil && p.c.frozenFiles(at) {
			err = syscall.EROFS
		}
		if err == nil {
			if n.host != nil && parent != nil {
				parent.kids[path.Base(at)] = n
			}
			below(n, has(flags, "R"), func(n *node) { do(n, names[0]) })
		}
		p.c.e.files.Unlock()
		if err != nil {
			code = complain(p, s, name, err)
		}
	}
	return code
}

func below(n *node, all bool, do func(*node)) {
	do(n)
	if !all || !n.dir() {
		return
	}
	for _, name := range n.names() {
		if k := n.child(name); k != nil {
			below(k, true, do)
		}
	}
}

func chmod(p *process, s streams, args []string) int {
	return alter(p, s, args, func(n *node, how string) {
		if bits, err := strconv.ParseUint(how, 8, 32); err == nil {
			n.mode = n.mode&^(fs.ModePerm|fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) | goMode(uint32(bits))
			return
		}
		_, bits, plus := strings.Cut(how, "+")
		if !plus {
			return
		}
		for letter, bit := range map[string]fs.FileMode{"x": 0o111, "w": 0o222, "r": 0o444} {
			if strings.Contains(bits, letter) {
				n.mode |= bit
			}
		}
	})
}

// goMode is permission bits of the kernel as Go has them.
func goMode(bits uint32) fs.FileMode {
	m := fs.FileMode(bits & 0o777)
	if bits&0o4000 != 0 {
		m |= fs.ModeSetuid
	}
	if bits&0o2000 != 0 {
		m |= fs.ModeSetgid
	}
	if bits&0o1000 != 0 {
		m |= fs.ModeSticky
	}
	return m
}

// kernelMode is a mode as inode(7) has it.
func kernelMode(m fs.FileMode) uint32 {
	bits := uint32(m.Perm())
	switch {
	case m.IsDir():
		bits |= 0o040000
	case m&fs.ModeSymlink != 0:
		bits |= 0o120000
	case m&fs.ModeCharDevice != 0:
		bits |= 0o020000
	default:
		bits |= 0o100000
	}
	if m&fs.ModeSetuid != 0 {
		bits |= 0o4000
	}
	if m&fs.ModeSetgid != 0 {
		bits |= 0o2000
	}
	if m&fs.ModeSticky != 0 {
		bits |= 0o1000
	}
	return bits
}

func chown(p *process, s streams, args []string) int {
	return alter(p, s, args, func(n *node, how string) {
		owner, group, both := strings.Cut(how, ":")
		if u, err := strconv.Atoi(owner); err == nil {
			n.uid = u
		}
		if g, err := strconv.Atoi(group); both && err == nil {
			n.gid = g
		}
	})
}

func touch(p *process, s streams, args []string) int {
	flags, names := options(args, "d")
	when := time.Now()
	if d, ok := strings.CutPrefix(flags['d'], "@"); ok {
		n, _ := strconv.ParseInt(d, 10, 64)
		when = time.Unix(n, 0)
	}
	code := 0
	for _, name := range names {
		f, err := p.open(p.path(name), os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			code = complain(p, s, name, err)
			continue
		}
		f.Close()
		if n, err := p.c.lookup(p.path(name), true); err == nil {
			p.c.e.files.Lock()
			n.modified = when
			p.c.e.files.Unlock()
		}
	}
	return code
}

// stat prints what -c asks for, of each file.
func stat(p *process, s streams, args []string) int {
	flags, names := options(args, "c")
	code := 0
	for _, name := range names {
		if err := p.statLine(s.out, flags['c'], name); err != nil {
			code = complain(p, s, "can't stat '"+name+"'", err)
		}
	}
	return code
}

func (p *process) statLine(out io.Writer, form, name string) error {
	i, err := p.c.stat(p.path(name), false)
	if err != nil {
		return err
	}
	n := i.Sys().(*node)
	if form == "" {
		form = "  File: %n\n  Size: %s\nAccess: (%a)  Uid: %u  Gid: %g"
	}
	fmt.Fprintln(out, strings.NewReplacer(
		"%f", strconv.FormatUint(uint64(kernelMode(i.Mode())), 16), "%s", strconv.FormatInt(i.Size(), 10), "%Y",
		strconv.FormatInt(i.ModTime().Unix(), 10), "%n", name,
		"%u", strconv.Itoa(n.uid), "%g", strconv.Itoa(n.gid), "%a",
		strconv.FormatUint(uint64(kernelMode(i.Mode())&0o7777), 8)).Replace(form))
	return nil
}

// find prints what is below a folder, or runs a program with it. Of its tests it knows -type and -name, each perhaps
// behind !.
func find(p *process, s streams, args []string) int {
	want := parseFind(args)
	var found []string
	code := 0
	var walk func(name string)
	walk = func(name string) {
		info, err := p.c.stat(p.path(name), false)
		if err != nil {
			code = complain(p, s, name, err)
			return
		}
		if want.fits(name, info) {
			found = append(found, name)
		}
		if info.IsDir() && p.ctx.Err() == nil {
			list, _ := p.c.entries(p.path(name))
			for _, e := range list {
				walk(strings.TrimSuffix(name, "/") + "/" + e.Name())
			}
		}
	}
	for _, r := range want.roots {
		walk(r)
	}
	if len(want.run) == 0 {
		for _, f := range found {
			fmt.Fprintln(s.out, f)
		}
		return done(p, code)
	}
	if len(found) == 0 {
		return done(p, code)
	}
	child, err := p.c.start(p, want.words(found), p.env, p.dir, p.uid, p.gid, s, nil, false)
	if err != nil {
		return int(startCode(err))
	}
	child.wait()
	return done(p, code)
}

// finding is what find is asked for: the folders, the tests that a file passes, and the program that it runs.
type finding struct {
	roots []string
	tests []findTest
	run   []string
}

// findTest is a test of find.
type findTest func(name string, info fs.FileInfo) bool

func parseFind(args []string) (want finding) {
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") && args[0] != "!" {
		want.roots, args = append(want.roots, args[0]), args[1:]
	}
	if len(want.roots) == 0 {
		want.roots = []string{"."}
	}
	not := false
	for i := 0; i < len(args); i++ {
		turned := not
		not = false
		switch {
		case args[i] == "!":
			not = true
		case args[i] == "-type" && i+1 < len(args):
			i++
			want.tests = append(want.tests, hasType(args[i], !turned))
		case args[i] == "-name" && i+1 < len(args):
			i++
			want.tests = append(want.tests, hasName(args[i], !turned))
		case args[i] == "-exec":
			for i++; i < len(args) && args[i] != ";" && args[i] != "+"; i++ {
				want.run = append(want.run, args[i])
			}
		}
	}
	return want
}

// hasType is the test whether it is, or is not, so that a file is of a type: d, f or l.
func hasType(letter string, is bool) findTest {
	return func(_ string, info fs.FileInfo) bool {
		types := map[string]bool{
			"d": info.IsDir(), "f": info.Mode().IsRegular(), "l": info.Mode()&fs.ModeSymlink != 0,
		}
		return types[letter] == is
	}
}

// hasName is the test whether it is, or is not, so that a file's name is like a pattern.
func hasName(pattern string, is bool) findTest {
	return func(name string, _ fs.FileInfo) bool {
		like, _ := path.Match(pattern, path.Base(name))
		return like == is
	}
}

func (w finding) fits(name string, info fs.FileInfo) bool {
	for _, test := range w.tests {
		if !test(name, info) {
			return false
		}
	}
	return true
}

// words are the program that is run and its arguments, with what was found in the place of {}.
func (w finding) words(found []string) []string {
	words := []string{}
	for _, word := range w.run {
		if word == "{}" {
			words = append(words, found...)
			continue
		}
		words = append(words, word)
	}
	return words
}
