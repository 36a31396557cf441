package practice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"slipway/engine/model"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// shell is one shell: mvdan.cc/sh reads and runs the language, and everything that it touches is the container's.
type shell struct {
	p      *process
	s      streams
	runner *interp.Runner
	stdin  *os.File // of the runner; nil for none
	feed   *os.File // its other end, where the input is a terminal
	calls  atomic.Int64
	mu     sync.Mutex
	jobs   []int       // the numbers of what runs in the background, in order
	out    *lineBuffer // what its own commands print
	errs   *lineBuffer
}

// lineBuffer gives text on line by line, as what is printed with stdio comes: pieces of a line at the next command.
type lineBuffer struct {
	to   io.Writer
	mu   sync.Mutex
	rest []byte
}

// Write implements [io.Writer].
func (l *lineBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	end := bytes.LastIndexByte(l.rest, '\n') + 1
	if end == 0 && len(l.rest) < mostLine {
		return len(p), nil
	}
	if end == 0 {
		end = len(l.rest)
	}
	_, err := l.to.Write(l.rest[:end])
	l.rest = append(l.rest[:0], l.rest[end:]...)
	if err != nil {
		return 0, err
	}
	return len(p), nil
}

func (l *lineBuffer) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rest) > 0 {
		_, _ = l.to.Write(l.rest)
		l.rest = l.rest[:0]
	}
}

const (
	// pidVariable and backVariable are what scripts have in the place of $$ and of jobs in the background.
	pidVariable = "__pid"
	backCommand = "__background"
	jobCommand  = "__job"
	// positionVariable begins what scripts have in the place of ${10} and further ones.
	positionVariable = "__p"
	callsPerTick     = 2000 // how many commands take a hundredth of a second
)

// sh implements the program of that name.
func sh(p *process, s streams, args []string) int {
	name, script, interactive := p.argv[0], "", false
	text := false
flags:
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && len(args[0]) > 1 {
		flag := args[0]
		args = args[1:]
		switch {
		case flag == "--":
			break flags
		case strings.HasSuffix(flag, "c") && len(args) > 0:
			script, text, args = args[0], true, args[1:]
			if len(args) > 0 {
				name, args = args[0], args[1:]
			}
			break flags
		case strings.Contains(flag, "i"):
			interactive = true
		}
	}
	if !text && len(args) > 0 {
		data, err := p.readFile(args[0])
		if err != nil {
			fmt.Fprintf(s.err, "sh: can't open '%s': %s\n", args[0], reason(err))
			return 2
		}
		name, script, text, args = args[0], string(data), true, args[1:]
	}
	h, err := newShell(p, s, args)
	if err != nil {
		fmt.Fprintln(s.err, "sh:", err)
		return 2
	}
	defer h.close()
	if text {
		return h.ended(h.script(p.ctx, name, script))
	}
	return h.ended(h.lines(p.tty != nil || interactive))
}

func newShell(p *process, s streams, params []string) (*shell, error) {
	h := &shell{p: p, s: s, out: &lineBuffer{to: s.out}, errs: &lineBuffer{to: s.err}}
	var in io.Reader
	if s.in != nil {
		r, w, err := os.Pipe()
		if err != nil {
			return nil, err
		}
		h.stdin, h.feed, in = r, w, r
		if p.tty == nil {
			go func() {
				_, _ = io.Copy(w, input(p, s.in))
				w.Close()
			}()
		}
	}
	env := append(slices.Clone(p.env), pidVariable+"="+strconv.Itoa(p.pid))
	if p.getenv("PATH") == "" {
		env = append(env, "PATH="+usualPath)
	}
	r, err := interp.New(
		interp.StdIO(in, h.out, h.errs), interp.Env(expand.ListEnviron(env...)),
		interp.Params(append([]string{"--"}, params...)...),
		interp.CallHandler(h.call), interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc {
			return h.exec
		}),
		interp.OpenHandler(h.open), interp.ReadDirHandler2(h.readDir), interp.StatHandler(h.stat),
	)
	if err != nil {
		return nil, err
	}
	r.Dir = p.dir
	h.runner = r
	return h, nil
}

func (h *shell) close() {
	h.out.flush()
	h.errs.flush()
	if h.stdin != nil {
		h.stdin.Close()
		h.feed.Close()
	}
}

// script runs a whole text and gives its code.
func (h *shell) script(ctx context.Context, name, text string) int {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), name)
	if err != nil {
		fmt.Fprintln(h.s.err, "sh: syntax error:", err)
		return 2
	}
	rewrite(file)
	return codeOf(h.runner.Run(ctx, file))
}

// codeOf is the code that a run ended with.
func codeOf(err error) int {
	var status interp.ExitStatus
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	}
	return 2
}

// ended carries out what a script wants to be done at the signal that ended it, and gives the code of the shell.
func (h *shell) ended(code int) int {
	var s signalled
	if h.p.ctx.Err() == nil || !errors.As(context.Cause(h.p.ctx), &s) {
		if h.p.ctx.Err() != nil {
			return h.p.ending()
		}
		return code
	}
	h.p.mu.Lock()
	trap := h.p.traps[s.name]
	h.p.mu.Unlock()
	if trap == "" || s.name == "KILL" {
		return h.p.ending()
	}
	after, err := newShell(h.p, streams{out: h.s.out, err: h.s.err}, nil)
	if err != nil {
		return h.p.ending()
	}
	defer after.close()
	if code := after.script(h.p.life, h.p.argv[0], trap); after.runner.Exited() {
		return code
	}
	return h.p.ending()
}

// lines reads a line at a time and runs it, until exit or the end of the input, with a prompt for whom types. What
// follows a line belongs to the commands of that line first, so its reader is theirs too.
func (h *shell) lines(prompts bool) int {
	in := input(h.p, h.s.in)
	if h.p.tty == nil && h.stdin != nil {
		in = input(h.p, h.stdin)
	}
	code := 0
	h.prompt(prompts, false)
	for h.p.ctx.Err() == nil {
		parser := syntax.NewParser(syntax.Variant(syntax.LangBash))
		err := parser.Interactive(&lineReader{in: in}, func(list []*syntax.Stmt) bool {
			if parser.Incomplete() {
				h.prompt(prompts, true)
				return true
			}
			for _, stmt := range list {
				rewrite(stmt)
				if code = h.inFront(stmt); h.runner.Exited() || h.p.ctx.Err() != nil {
					return false
				}
			}
			h.prompt(prompts, false)
			return true
		})
		if err == nil {
			return code
		}
		fmt.Fprintln(h.s.err, "sh: syntax error:", err)
		if !prompts {
			return 2
		}
		h.prompt(prompts, false)
	}
	return code
}

// prompt asks for a line, or for more of it.
func (h *shell) prompt(on, more bool) {
	switch {
	case !on:
	case more:
		fmt.Fprint(h.s.out, "> ")
	case h.p.uid == 0:
		fmt.Fprintf(h.s.out, "%s # ", h.dir())
	default:
		fmt.Fprintf(h.s.out, "%s $ ", h.dir())
	}
}

// inFront runs a statement which the terminal's keys can end.
func (h *shell) inFront(stmt *syntax.Stmt) int {
	defer h.out.flush()
	defer h.errs.flush()
	if stmt.Background {
		return codeOf(h.runner.Run(h.p.ctx, stmt))
	}
	ctx, cancel := context.WithCancel(h.p.ctx)
	defer cancel()
	if h.p.tty != nil {
		before := h.p.tty.front(func(string) { cancel() })
		defer func() { h.p.tty.front(before) }()
	}
	err := h.runner.Run(ctx, stmt)
	if ctx.Err() != nil && h.p.ctx.Err() == nil {
		return 130
	}
	return codeOf(err)
}

// lineReader reads a line at a time, so that nothing is taken that belongs to a command.
type lineReader struct {
	in   io.Reader
	rest []byte
}

// Read implements [io.Reader].
func (l *lineReader) Read(b []byte) (int, error) {
	if len(l.rest) == 0 {
		var one [1]byte
		for {
			n, err := l.in.Read(one[:])
			if n > 0 {
				l.rest = append(l.rest, one[0])
			}
			if one[0] == '\n' && n > 0 {
				break
			}
			if err != nil {
				if len(l.rest) == 0 {
					return 0, err
				}
				break
			}
		}
	}
	n := copy(b, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// rewrite changes what the interpreter would answer for this computer: its own number, and what runs in the background.
func rewrite(file syntax.Node) {
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ParamExp:
			if n.Param == nil {
				break
			}
			if n.Param.Value == "$" {
				n.Param.Value, n.Short = pidVariable, false
			}
			if i, err := strconv.Atoi(n.Param.Value); err == nil && i > 9 { // of which the interpreter knows none
				n.Param.Value = positionVariable + n.Param.Value
			}
		case *syntax.Stmt:
			if !n.Background || n.Cmd == nil {
				break
			}
			word := func(s string) *syntax.Word {
				return &syntax.Word{Parts: []syntax.WordPart{&syntax.SglQuoted{Value: s}}}
			}
			if call, is := n.Cmd.(*syntax.CallExpr); is {
				if len(call.Args) > 0 {
					call.Args = append([]*syntax.Word{word(jobCommand)}, call.Args...)
				}
			} else {
				var text strings.Builder
				if syntax.NewPrinter().Print(&text, n.Cmd) == nil {
					n.Cmd = &syntax.CallExpr{Args: []*syntax.Word{word(backCommand), word(text.String())}}
				}
			}
		}
		return true
	})
}

func (h *shell) dir() string {
	if h.runner.Vars != nil {
		if v, ok := h.runner.Vars["PWD"]; ok && v.String() != "" {
			return v.String()
		}
	}
	return h.p.dir
}

// call sees every command before it is run, and takes over what must not ask this computer.
func (h *shell) call(ctx context.Context, args []string) ([]string, error) {
	h.out.flush()
	h.errs.flush()
	if h.calls.Add(1)%callsPerTick == 0 {
		h.p.works(1)
		h.p.sleep(2 * time.Millisecond) // what computes for ever leaves this computer something
	}
	hc := interp.HandlerCtx(ctx)
	dir := hc.Env.Get("PWD").String()
	switch args[0] {
	case "trap":
		return h.trap(args[1:]), nil
	case "cd":
		return h.changeDir(hc, dir, args[1:]), nil
	case "test", "[":
		return []string{strconv.FormatBool(h.test(dir, args))}, nil
	case "command":
		return h.command(hc, dir, args[1:]), nil
	case "type", "which":
		if len(args) > 1 {
			return h.command(hc, dir, []string{"-v", args[1]}), nil
		}
	case "set":
		return positions(args), nil
	case "kill":
		for i, a := range args {
			if n, err := strconv.Atoi(strings.TrimPrefix(a, "g")); err == nil && strings.HasPrefix(a, "g") {
				args[i] = strconv.Itoa(h.job(n))
			}
		}
	case "umask", "ulimit", "hash", "jobs":
		return []string{"true"}, nil
	case "read":
		if _, own := h.runner.Funcs["read"]; !own && h.p.tty != nil && hc.Stdin == io.Reader(h.stdin) {
			line := make([]byte, 4096)
			n, _ := h.s.in.Read(line)
			_, _ = h.feed.Write(line[:n])
		}
	}
	return args, nil
}

// positions keeps what "set --" sets beyond the ninth word under names, too.
func positions(args []string) []string {
	const first = 2 // behind "set --"
	if len(args) < first+10 || args[1] != "--" {
		return args
	}
	var line strings.Builder
	for i, a := range args[first:] {
		if i >= 9 {
			fmt.Fprintf(&line, "%s%d=%s ", positionVariable, i+1, model.Quote(a))
		}
	}
	line.WriteString("; builtin set --")
	for _, a := range args[first:] {
		line.WriteString(" " + model.Quote(a))
	}
	return []string{"eval", line.String()}
}

// trap notes what is to be done at a signal.
func (h *shell) trap(args []string) []string {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) < 2 {
		return []string{"true"}
	}
	keep := []string{"trap", args[0]}
	h.p.mu.Lock()
	defer h.p.mu.Unlock()
	for _, a := range args[1:] {
		name := signalName(a)
		switch {
		case a == "EXIT" || name == "0":
			keep = append(keep, "EXIT")
		case args[0] == "-":
			delete(h.p.traps, name)
		default:
			h.p.traps[name] = args[0]
		}
	}
	if len(keep) > 2 {
		return keep
	}
	return []string{"true"}
}

func (h *shell) changeDir(hc interp.HandlerContext, dir string, args []string) []string {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	to := hc.Env.Get("HOME").String()
	if len(args) > 0 {
		to = args[0]
	}
	if to == "-" {
		to = hc.Env.Get("OLDPWD").String()
	}
	at := absolute(dir, to)
	n, err := h.p.c.lookup(at, true)
	if err == nil && !n.dir() {
		err = fs.ErrInvalid
	}
	if err != nil {
		fmt.Fprintf(hc.Stderr, "sh: cd: can't cd to %s: %s\n", to, reason(err))
		return []string{"false"}
	}
	return []string{"eval", "OLDPWD=" + model.Quote(dir) + " PWD=" + model.Quote(at)}
}

// command implements "command": which program a name means, or that program where a function has its name.
func (h *shell) command(hc interp.HandlerContext, dir string, args []string) []string {
	if len(args) == 0 {
		return []string{"true"}
	}
	if args[0] != "-v" && args[0] != "-V" {
		return args
	}
	if len(args) < 2 {
		return []string{"false"}
	}
	if interp.IsBuiltin(args[1]) {
		return []string{"echo", args[1]}
	}
	if at, _, err := h.p.c.which(args[1], hc.Env.Get("PATH").String(), dir); err == nil {
		return []string{"echo", at}
	}
	return []string{"false"}
}

// job is the number of the process that runs in the background as the nth of this shell; -1 for none.
func (h *shell) job(n int) int {
	for range 1000 { // it may be about to begin
		h.mu.Lock()
		jobs := h.jobs
		h.mu.Unlock()
		switch {
		case n < 1:
			return -1
		case n <= len(jobs):
			return jobs[n-1]
		case !h.p.sleep(time.Millisecond):
			return -1
		}
	}
	return -1
}

// exec runs a program of the container and waits for it.
func (h *shell) exec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	s := streams{in: hc.Stdin, out: past(hc.Stdout), err: past(hc.Stderr)}
	if hc.Stdin == nil || hc.Stdin == io.Reader((*os.File)(nil)) {
		s.in = nil
	}
	tty := h.p.tty
	if tty != nil && h.stdin != nil && hc.Stdin == io.Reader(h.stdin) {
		s.in = h.s.in
	}
	env, hidden := environ(hc.Env)
	dir := hc.Env.Get("PWD").String()
	var child *process
	var err error
	back := args[0] == backCommand || args[0] == jobCommand
	if args[0] == jobCommand {
		args = args[1:]
	}
	if args[0] == backCommand {
		child = h.p.c.fork(h.p, append(env, hidden...), dir, func(p *process) int { return forked(p, s, args[1]) })
	} else if child, err = h.p.c.start(h.p, args, env, dir, h.p.uid, h.p.gid, s, tty, false); err != nil {
		fmt.Fprintf(hc.Stderr, "sh: %s: %s\n", args[0], err)
		return interp.ExitStatus(startCode(err))
	}
	if back {
		h.mu.Lock()
		h.jobs = append(h.jobs, child.pid)
		h.mu.Unlock()
	}
	select {
	case <-child.ended:
	case <-ctx.Done():
		if child.session != h.p.session { // it goes on: that is what a session of its own is for
			return interp.ExitStatus(1)
		}
		child.cancel(context.Cause(ctx))
		select {
		case <-child.ended:
		case <-time.After(time.Second):
		}
	}
	if code := child.wait(); code != 0 {
		return interp.ExitStatus(uint8(code))
	}
	return nil
}

// past is where a buffer leads: what programs print is not kept back.
func past(w io.Writer) io.Writer {
	if b, ok := w.(*lineBuffer); ok {
		return b.to
	}
	return w
}

// forked runs a part of a script as a process of its own.
func forked(p *process, s streams, text string) int {
	h, err := newShell(p, s, nil)
	if err != nil {
		return 2
	}
	defer h.close()
	return h.ended(h.script(p.ctx, p.argv[0], text))
}

// environ is what of a shell's variables its programs get, and the others.
func environ(env expand.Environ) (exported, others []string) {
	env.Each(func(name string, v expand.Variable) bool {
		switch {
		case strings.HasPrefix(name, "__") || !v.IsSet() || v.Kind != expand.String:
		case v.Exported:
			exported = append(exported, name+"="+v.String())
		default:
			others = append(others, name+"="+v.String())
		}
		return true
	})
	return exported, others
}

func (h *shell) open(ctx context.Context, name string, flag int, perm fs.FileMode) (io.ReadWriteCloser, error) {
	dir := interp.HandlerCtx(ctx).Env.Get("PWD").String()
	return h.p.open(absolute(dir, name), flag, perm)
}

func (h *shell) readDir(ctx context.Context, name string) ([]fs.DirEntry, error) {
	return h.p.c.entries(absolute(interp.HandlerCtx(ctx).Env.Get("PWD").String(), name))
}

func (h *shell) stat(_ context.Context, name string, follow bool) (fs.FileInfo, error) {
	return h.p.c.stat(absolute(h.p.dir, name), follow)
}

// absolute is a path from the root on, as programs of a container write it on any computer.
func absolute(dir, name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	if !path.IsAbs(name) {
		name = path.Join(dir, name)
	}
	return path.Clean(name)
}

// test implements test(1) and [.
func (h *shell) test(dir string, args []string) bool {
	words := args[1:]
	if args[0] == "[" && len(words) > 0 && words[len(words)-1] == "]" {
		words = words[:len(words)-1]
	}
	for i, w := range words {
		if w == "-o" {
			return h.test(dir, append([]string{"test"}, words[:i]...)) || h.test(dir, append([]string{"test"}, words[i+1:]...))
		}
	}
	for i, w := range words {
		if w == "-a" && i > 0 {
			return h.test(dir, append([]string{"test"}, words[:i]...)) && h.test(dir, append([]string{"test"}, words[i+1:]...))
		}
	}
	switch {
	case len(words) == 0:
		return false
	case words[0] == "!":
		return !h.test(dir, append([]string{"test"}, words[1:]...))
	case len(words) == 1:
		return words[0] != ""
	case len(words) == 2:
		return h.unary(dir, words[0], words[1])
	case len(words) == 3:
		return compareWords(words[0], words[1], words[2])
	}
	return false
}

func (h *shell) unary(dir, op, word string) bool {
	switch op {
	case "-n":
		return word != ""
	case "-z":
		return word == ""
	case "-t":
		return h.p.tty != nil
	}
	info, err := h.p.c.stat(absolute(dir, word), op != "-L" && op != "-h")
	if err != nil {
		return false
	}
	switch op {
	case "-d":
		return info.IsDir()
	case "-f":
		return info.Mode().IsRegular()
	case "-L", "-h":
		return info.Mode()&fs.ModeSymlink != 0
	case "-s":
		return info.Size() > 0
	case "-x":
		return info.IsDir() || info.Mode()&0o111 != 0
	}
	return true // -e, -r, -w
}

func compareWords(a, op, b string) bool {
	x, _ := strconv.Atoi(a)
	y, _ := strconv.Atoi(b)
	switch op {
	case "=", "==":
		return a == b
	case "!=":
		return a != b
	case "-eq":
		return x == y
	case "-ne":
		return x != y
	case "-lt":
		return x < y
	case "-le":
		return x <= y
	case "-gt":
		return x > y
	case "-ge":
		return x >= y
	}
	return false
}
