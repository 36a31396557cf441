package practice

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// program is what a program does. args are those behind its name; it returns the code that it ends with.
type program func(p *process, s streams, args []string) int

// programs are those that a container of the practice engine can have, as busybox has them.
var programs map[string]program

func init() { // not a literal: sh runs the others
	programs = map[string]program{
		"sh": sh, "ash": sh, "bash": sh, "cat": cat, "ls": ls, "sleep": sleep, "true": exits(0), "false": exits(1),
		"echo": echo, "head": head, "tail": tail, "tr": tr,
		"dd": dd, "wc": wc, "grep": grep, "mkdir": mkdir, "rmdir": rm, "rm": rm, "mv": mv, "cp": cp, "ln": ln, "chmod": chmod,
		"chown": chown, "touch": touch, "id": id,
		"whoami": whoami, "stat": stat, "find": find, "stty": stty, "tty": ttyName, "od": od, "ps": ps, "kill": kill,
		"env": env, "printenv": env, "date": date,
		"uname": uname, "hostname": hostname, "seq": seq, "sort": sorts, "basename": lastPart, "dirname": lastPart,
		"yes": yes, "setsid": exits(1), "httpd": httpd, "nproc": nproc,
		"clear": clearScreen, "jupyter": jupyter, "page": page, "sync": exits(0), "pwd": pwd, "test": exits(1),
	}
}

// basePrograms are the names under which an image has them.
func basePrograms() []string {
	names := []string{"busybox"}
	for name := range programs {
		if name != "bash" && name != "jupyter" && name != "page" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func exits(code int) program { return func(*process, streams, []string) int { return code } }

// options takes the letters before other arguments; with are those that have a value.
func options(args []string, with string) (flags map[byte]string, rest []string) {
	flags = map[byte]string{}
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		word := args[0]
		args = args[1:]
		if word == "--" {
			break
		}
		for i := 1; i < len(word); i++ {
			if !strings.Contains(with, string(word[i])) {
				flags[word[i]] = "1"
				continue
			}
			if flags[word[i]] = word[i+1:]; i+1 == len(word) && len(args) > 0 {
				flags[word[i]], args = args[0], args[1:]
			}
			break
		}
	}
	return flags, args
}

// has tells of a flag that it was given.
func has(flags map[byte]string, letters string) bool {
	for i := range len(letters) {
		if _, ok := flags[letters[i]]; ok {
			return true
		}
	}
	return false
}

// complain prints what went wrong, as busybox does.
func complain(p *process, s streams, what string, err error) int {
	fmt.Fprintf(s.err, "%s: %s: %s\n", p.name(), what, reason(err))
	return 1
}

func (p *process) path(name string) string { return absolute(p.dir, name) }

// each reads files, or the input where none is named.
func each(p *process, s streams, names []string, read func(name string, r io.Reader)) (code int) {
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, name := range names {
		if name == "-" {
			read(name, input(p, s.in))
			continue
		}
		f, err := p.open(p.path(name), os.O_RDONLY, 0)
		if err == nil {
			if i, statErr := p.c.stat(p.path(name), true); statErr == nil && i.IsDir() {
				err = syscall.EISDIR
			}
		}
		if err != nil {
			code = complain(p, s, name, err)
			continue
		}
		read(name, f)
		f.Close()
	}
	return code
}

// copyAll copies until the end, or that of the process.
func copyAll(p *process, to io.Writer, from io.Reader) {
	buf := make([]byte, 32<<10)
	for p.ctx.Err() == nil {
		n, err := from.Read(buf)
		if n > 0 {
			p.works(int64(n) >> 20)
			if _, werr := to.Write(buf[:n]); werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// done is the code of a program that may have been ended.
func done(p *process, code int) int {
	if p.ctx.Err() != nil {
		return p.ending()
	}
	return code
}

func cat(p *process, s streams, args []string) int {
	_, names := options(args, "")
	return done(p, each(p, s, names, func(_ string, r io.Reader) { copyAll(p, s.out, r) }))
}

func echo(_ *process, s streams, args []string) int {
	end := "\n"
	if len(args) > 0 && args[0] == "-n" {
		end, args = "", args[1:]
	}
	fmt.Fprint(s.out, strings.Join(args, " ")+end)
	return 0
}

func pwd(p *process, s streams, _ []string) int { fmt.Fprintln(s.out, p.dir); return 0 }

func sleep(p *process, s streams, args []string) int {
	var sum time.Duration
	for _, a := range args {
		unit := time.Second
		switch {
		case a == "infinity":
			a = "1000000000"
		case strings.HasSuffix(a, "m"):
			unit = time.Minute
		case strings.HasSuffix(a, "h"):
			unit = time.Hour
		case strings.HasSuffix(a, "d"):
			unit = 24 * time.Hour
		}
		n, err := strconv.ParseFloat(strings.TrimRight(a, "smhd"), 64)
		if err != nil {
			fmt.Fprintf(s.err, "sleep: invalid number '%s'\n", a)
			return 1
		}
		sum += time.Duration(min(n*float64(unit), 1<<62))
	}
	p.sleep(sum)
	return done(p, 0)
}

func head(p *process, s streams, args []string) int {
	flags, names := options(numeric(args), "nc")
	lines, bytes := 10, -1
	if v, ok := flags['n']; ok {
		lines, _ = strconv.Atoi(v)
	}
	if v, ok := flags['c']; ok {
		bytes, _ = strconv.Atoi(v)
	}
	return done(p, each(p, s, names, func(_ string, r io.Reader) {
		if bytes >= 0 {
			copyAll(p, s.out, io.LimitReader(r, int64(bytes)))
			return
		}
		in := bufio.NewReader(r)
		for range lines {
			line, err := in.ReadBytes('\n')
			_, _ = s.out.Write(line)
			if err != nil || p.ctx.Err() != nil {
				return
			}
		}
	}))
}

// numeric writes the old form -5 as -n 5.
func numeric(args []string) []string {
	if len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && args[0][1] >= '0' && args[0][1] <= '9' {
		return append([]string{"-n", args[0][1:]}, args[1:]...)
	}
	return args
}

// tail keeps what may be the last of a text, as the real one does: of a text without line ends that is all of it.
func tail(p *process, s streams, args []string) int {
	flags, names := options(numeric(args), "nc")
	lines := 10
	if v, ok := flags['n']; ok {
		lines, _ = strconv.Atoi(v)
	}
	code := each(p, s, names, func(_ string, r io.Reader) {
		var kept bytes.Buffer
		buf := make([]byte, 64<<10)
		for p.ctx.Err() == nil {
			n, err := r.Read(buf)
			kept.Write(buf[:n])
			if kept.Len() > mostTail {
				p.takes(int64(kept.Len())) // until there is no more memory
			}
			if err != nil {
				break
			}
		}
		all := strings.SplitAfter(kept.String(), "\n")
		if n := len(all); n > 0 && all[n-1] == "" {
			all = all[:n-1]
		}
		fmt.Fprint(s.out, strings.Join(all[max(0, len(all)-lines):], ""))
	})
	if has(flags, "fF") {
		p.c.rests()
		<-p.ctx.Done()
	}
	return done(p, code)
}

// mostTail is how many bytes tail keeps before it counts as memory.
const mostTail = 1 << 20

func tr(p *process, s streams, args []string) int {
	flags, sets := options(args, "")
	if len(sets) == 0 {
		return 1
	}
	from, to := charSet(sets[0]), []byte(nil)
	if len(sets) > 1 {
		to = charSet(sets[1])
	}
	var table [256]int
	for i := range table {
		table[i] = i
	}
	for i, b := range from {
		switch {
		case has(flags, "d"):
			table[b] = -1
		case len(to) > 0:
			table[b] = int(to[min(i, len(to)-1)])
		}
	}
	in := input(p, s.in)
	buf := make([]byte, 32<<10)
	for p.ctx.Err() == nil {
		n, err := in.Read(buf)
		out := make([]byte, 0, n)
		for _, b := range buf[:n] {
			if t := table[b]; t >= 0 {
				out = append(out, byte(t))
			}
		}
		if _, werr := s.out.Write(out); werr != nil || err != nil {
			break
		}
	}
	return done(p, 0)
}

// charSet reads what tr takes: characters, ranges, and octal numbers behind a backslash.
func charSet(text string) []byte {
	var set []byte
	for i := 0; i < len(text); i++ {
		b := text[i]
		if b == '\\' && i+1 < len(text) {
			j := i + 1
			for j < len(text) && j < i+4 && text[j] >= '0' && text[j] <= '7' {
				j++
			}
			switch {
			case j > i+1:
				n, _ := strconv.ParseUint(text[i+1:j], 8, 8)
				b, i = byte(n), j-1
			case text[i+1] == 'n':
				b, i = '\n', i+1
			default:
				b, i = text[i+1], i+1
			}
		}
		if i+2 < len(text) && text[i+1] == '-' {
			for c := int(b); c <= int(text[i+2]); c++ {
				set = append(set, byte(c))
			}
			i += 2
			continue
		}
		set = append(set, b)
	}
	return set
}

func dd(p *process, s streams, args []string) int {
	size, count := int64(512), int64(-1)
	in, out := input(p, s.in), s.out
	for _, a := range args {
		key, value, _ := strings.Cut(a, "=")
		n, _ := strconv.ParseInt(strings.TrimRight(value, "kMG"), 10, 64)
		switch {
		case strings.HasSuffix(value, "k"):
			n <<= 10
		case strings.HasSuffix(value, "M"):
			n <<= 20
		}
		switch key {
		case "bs":
			size = n
		case "count":
			count = n
		case "if":
			f, err := p.open(p.path(value), os.O_RDONLY, 0)
			if err != nil {
				return complain(p, s, value, err)
			}
			in = f
		case "of":
			f, err := p.open(p.path(value), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
			if err != nil {
				return complain(p, s, value, err)
			}
			out = f
		}
	}
	buf := make([]byte, size)
	blocks, sum := int64(0), int64(0)
	for count < 0 || blocks < count {
		n, err := in.Read(buf)
		if n > 0 {
			_, _ = out.Write(buf[:n])
			blocks, sum = blocks+1, sum+int64(n)
		}
		if err != nil || p.ctx.Err() != nil {
			break
		}
	}
	fmt.Fprintf(s.err, "%d+0 records in\n%d+0 records out\n%d bytes copied\n", blocks, blocks, sum)
	return done(p, 0)
}

func wc(p *process, s streams, args []string) int {
	flags, names := options(args, "")
	return done(p, each(p, s, names, func(name string, r io.Reader) {
		data, _ := io.ReadAll(r)
		var out []string
		for letter, n := range map[byte]int{
			'l': bytes.Count(data, []byte("\n")), 'c': len(data),
			'w': len(bytes.Fields(data)),
		} {
			if has(flags, string(letter)) || len(flags) == 0 {
				out = append(out, strconv.Itoa(n))
			}
		}
		if name != "-" {
			out = append(out, name)
		}
		fmt.Fprintln(s.out, strings.Join(out, " "))
	}))
}

func grep(p *process, s streams, args []string) int {
	flags, rest := options(args, "e")
	text, ok := flags['e']
	if !ok {
		if len(rest) == 0 {
			return 2
		}
		text, rest = rest[0], rest[1:]
	}
	fits := regularExpression(text, has(flags, "i"))
	found, count := false, 0
	code := each(p, s, rest, func(name string, r io.Reader) {
		data, _ := io.ReadAll(r)
		for line := range strings.Lines(string(data)) {
			line = strings.TrimSuffix(line, "\n")
			if fits(line) == has(flags, "v") {
				continue
			}
			found = true
			if count++; has(flags, "qc") {
				continue
			}
			if has(flags, "l") {
				fmt.Fprintln(s.out, name)
				break
			}
			if len(rest) > 1 {
				fmt.Fprint(s.out, name, ":")
			}
			fmt.Fprintln(s.out, line)
		}
	})
	if has(flags, "c") {
		fmt.Fprintln(s.out, count)
	}
	switch {
	case found:
		return done(p, 0)
	case code != 0:
		return 2
	}
	return done(p, 1)
}

func seq(_ *process, s streams, args []string) int {
	first, step, last := 1, 1, 1
	numbers := make([]int, len(args))
	for i, a := range args {
		numbers[i], _ = strconv.Atoi(a)
	}
	switch len(numbers) {
	case 1:
		last = numbers[0]
	case 2:
		first, last = numbers[0], numbers[1]
	case 3:
		first, step, last = numbers[0], numbers[1], numbers[2]
	}
	for n := first; step > 0 && n <= last || step < 0 && n >= last; n += step {
		if _, err := fmt.Fprintln(s.out, n); err != nil {
			break
		}
	}
	return 0
}

func sorts(p *process, s streams, args []string) int {
	_, names := options(args, "k")
	var lines []string
	code := each(p, s, names, func(_ string, r io.Reader) {
		data, _ := io.ReadAll(r)
		for line := range strings.Lines(string(data)) {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	})
	slices.Sort(lines)
	for _, l := range lines {
		fmt.Fprintln(s.out, l)
	}
	return done(p, code)
}

func lastPart(p *process, s streams, args []string) int {
	if len(args) == 0 {
		return 1
	}
	if p.name() == "dirname" {
		fmt.Fprintln(s.out, path.Dir(args[0]))
		return 0
	}
	fmt.Fprintln(s.out, path.Base(args[0]))
	return 0
}

func yes(p *process, s streams, args []string) int {
	word := strings.Join(args, " ")
	if word == "" {
		word = "y"
	}
	for p.ctx.Err() == nil {
		if _, err := fmt.Fprintln(s.out, word); err != nil {
			break
		}
		p.breathe()
	}
	return done(p, 0)
}

func env(p *process, s streams, args []string) int {
	if p.name() == "printenv" && len(args) > 0 {
		fmt.Fprintln(s.out, p.getenv(args[0]))
		return 0
	}
	for _, line := range p.env {
		fmt.Fprintln(s.out, line)
	}
	return 0
}

func date(p *process, s streams, args []string) int {
	if len(args) > 0 && args[0] == "+%s" {
		fmt.Fprintln(s.out, p.c.e.now().Unix())
		return 0
	}
	fmt.Fprintln(s.out, p.c.e.now().UTC().Format("Mon Jan _2 15:04:05 UTC 2006"))
	return 0
}

func uname(_ *process, s streams, args []string) int {
	if len(args) > 0 && strings.Contains(args[0], "a") {
		fmt.Fprintln(s.out, "Linux practice "+kernel+" #1 SMP x86_64 GNU/Linux")
		return 0
	}
	if len(args) > 0 && strings.Contains(args[0], "m") {
		fmt.Fprintln(s.out, "x86_64")
		return 0
	}
	fmt.Fprintln(s.out, "Linux")
	return 0
}

func hostname(p *process, s streams, _ []string) int {
	fmt.Fprintln(s.out, p.c.hostname())
	return 0
}

func nproc(_ *process, s streams, _ []string) int { fmt.Fprintln(s.out, machineCPUs); return 0 }

func clearScreen(_ *process, s streams, _ []string) int { fmt.Fprint(s.out, "\x1b[H\x1b[J"); return 0 }

func id(p *process, s streams, args []string) int {
	flags, _ := options(args, "")
	switch {
	case has(flags, "u") && has(flags, "n"):
		fmt.Fprintln(s.out, p.userName())
	case has(flags, "u"):
		fmt.Fprintln(s.out, p.uid)
	case has(flags, "g"):
		fmt.Fprintln(s.out, p.gid)
	default:
		fmt.Fprintf(s.out, "uid=%d(%s) gid=%d\n", p.uid, p.userName(), p.gid)
	}
	return 0
}

func whoami(p *process, s streams, _ []string) int { fmt.Fprintln(s.out, p.userName()); return 0 }

// userName is the name of its user, or the number where that has none.
func (p *process) userName() string {
	for _, f := range p.c.table("/etc/passwd") {
		if len(f) > 2 && f[2] == strconv.Itoa(p.uid) {
			return f[0]
		}
	}
	return strconv.Itoa(p.uid)
}

func stty(p *process, s streams, args []string) int {
	if p.tty == nil {
		fmt.Fprintln(s.err, "stty: standard input: Not a tty")
		return 1
	}
	p.tty.mu.Lock()
	raw, echoing, cols, rows := p.tty.raw, p.tty.echo, p.tty.cols, p.tty.rows
	p.tty.mu.Unlock()
	for _, a := range args {
		switch a {
		case "size":
			fmt.Fprintln(s.out, rows, cols)
		case "raw":
			raw = true
		case "-raw", "cooked", "sane":
			if raw = false; a == "sane" {
				echoing = true
			}
		case "echo":
			echoing = true
		case "-echo":
			echoing = false
		}
	}
	p.tty.set(raw, echoing)
	return 0
}

func ttyName(p *process, s streams, _ []string) int {
	if p.tty == nil {
		fmt.Fprintln(s.out, "not a tty")
		return 1
	}
	fmt.Fprintln(s.out, "/dev/pts/0")
	return 0
}

func od(p *process, s streams, args []string) int {
	flags, _ := options(args, "A")
	data, _ := io.ReadAll(input(p, s.in))
	for i := 0; i < len(data); i += 16 {
		for _, b := range data[i:min(i+16, len(data))] {
			if has(flags, "c") && b >= 32 && b < 127 {
				fmt.Fprintf(s.out, "   %c", b)
				continue
			}
			fmt.Fprintf(s.out, " %03o", b)
		}
		fmt.Fprintln(s.out)
	}
	return 0
}

func ps(p *process, s streams, _ []string) int {
	fmt.Fprintln(s.out, "PID   USER     TIME  COMMAND")
	for _, q := range p.c.processList() {
		ticks, _ := q.used()
		fmt.Fprintf(s.out, "%5d %-8s %d:%02d  %s\n", q.pid, q.userName(), ticks/6000, ticks/100%60, strings.Join(q.argv, " "))
	}
	return 0
}

func kill(p *process, s streams, args []string) int {
	name := "TERM"
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		if name = strings.TrimLeft(args[0], "-"); args[0] == "-s" && len(args) > 1 {
			name, args = args[1], args[1:]
		}
		args = args[1:]
	}
	if name = signalName(name); name == "" {
		fmt.Fprintln(s.err, "kill: bad signal name")
		return 1
	}
	code := 0
	for _, a := range args {
		pid, _ := strconv.Atoi(a)
		q := p.c.find(pid)
		if q == nil {
			fmt.Fprintf(s.err, "kill: can't kill pid %s: No such process\n", a)
			code = 1
			continue
		}
		q.signal(name)
	}
	return code
}

// modeWords is a mode as ls prints it.
func modeWords(m fs.FileMode) string {
	kind := "-"
	switch {
	case m.IsDir():
		kind = "d"
	case m&fs.ModeSymlink != 0:
		kind = "l"
	case m&fs.ModeDevice != 0:
		kind = "c"
	}
	return kind + m.Perm().String()[1:]
}
