package practice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// process is a program that runs in a container. It is a goroutine; its numbers are those of the container's own name
// space.
type process struct {
	c              *container
	pid, parent    int
	session, group int
	argv           []string
	dir            string
	env            []string
	uid, gid       int
	began          time.Time
	tty            *terminal // nil without one

	life   context.Context // of its container
	ctx    context.Context
	cancel context.CancelCauseFunc
	ended  chan struct{}

	mu     sync.Mutex
	traps  map[string]string // what a shell does at a signal
	ticks  int64             // processor time, in hundredths of a second
	memory int64             // in bytes
	frozen chan struct{}     // not nil while it is stopped
	code   int
}

// ended by a signal.
type signalled struct{ name string }

// Error implements error.
func (s signalled) Error() string { return "ended by SIG" + s.name }

// numbers of signals, as Linux has them on nearly all processors.
var numbers = map[string]int{
	"HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "BUS": 7, "FPE": 8, "KILL": 9, "USR1": 10, "SEGV": 11,
	"USR2": 12, "PIPE": 13,
	"ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CONT": 18, "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22,
	"URG": 23, "WINCH": 28,
}

// harmless are the signals that end no program which does not ask for them.
var harmless = []string{"CHLD", "CONT", "URG", "WINCH", "STOP", "TSTP", "TTIN", "TTOU", "0"}

// signalName is the name of a signal without SIG, "" for none that there is.
func signalName(text string) string {
	text = strings.TrimPrefix(strings.ToUpper(text), "SIG")
	if n, err := strconv.Atoi(text); err == nil {
		if n == 0 {
			return "0"
		}
		for name, number := range numbers {
			if number == n {
				return name
			}
		}
		return ""
	}
	if _, ok := numbers[text]; ok {
		return text
	}
	return ""
}

// spawn makes a process of the container and runs program as it. The caller holds no lock.
func (c *container) spawn(parent *process, argv, env []string, dir string, uid, gid int, tty *terminal, newSession bool,
	program func(p *process) int,
) *process {
	c.procs.Lock()
	c.lastPID++
	p := &process{
		c: c, pid: c.lastPID, argv: argv, dir: dir, env: env, uid: uid, gid: gid, began: c.e.now(), tty: tty,
		ended: make(chan struct{}), traps: map[string]string{}, memory: 700 << 10,
	}
	base := c.alive
	if parent != nil {
		base, p.parent, p.session, p.group = parent.ctx, parent.pid, parent.session, parent.group
	}
	if parent == nil || newSession {
		base, p.session, p.group = c.alive, p.pid, p.pid
	}
	p.life = c.alive
	p.ctx, p.cancel = context.WithCancelCause(base)
	c.processes[p.pid] = p
	c.procs.Unlock()
	go p.run(program)
	return p
}

// run is the life of the process.
func (p *process) run(program func(p *process) int) {
	code := program(p)
	p.mu.Lock()
	p.code = code
	p.mu.Unlock()
	p.cancel(nil)
	p.c.procs.Lock()
	delete(p.c.processes, p.pid)
	p.c.procs.Unlock()
	close(p.ended)
}

// wait waits for its end and gives its code.
func (p *process) wait() int {
	<-p.ended
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.code
}

// ending is the code that a process ends with whose context has ended.
func (p *process) ending() int {
	var s signalled
	if errors.As(context.Cause(p.ctx), &s) {
		return 128 + numbers[s.name]
	}
	return 137
}

// signal sends a signal. The first process of a container gets only what it asks for, and KILL.
func (p *process) signal(name string) {
	p.mu.Lock()
	trap, trapped := p.traps[name]
	p.mu.Unlock()
	switch {
	case name == "KILL":
	case name == "STOP" || name == "TSTP" && p.pid != 1:
		p.freeze(true)
		return
	case name == "CONT":
		p.freeze(false)
		return
	case trapped && trap == "":
		return
	case trapped:
	case slices.Contains(harmless, name), p.pid == 1:
		return
	}
	p.freeze(false)
	p.cancel(signalled{name})
}

func (p *process) freeze(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case on && p.frozen == nil:
		p.frozen = make(chan struct{})
	case !on && p.frozen != nil:
		close(p.frozen)
		p.frozen = nil
	}
}

// breathe waits while the process, or the whole container, is stopped.
func (p *process) breathe() {
	for {
		p.mu.Lock()
		own := p.frozen
		p.mu.Unlock()
		whole := p.c.pausing()
		if own == nil && whole == nil {
			return
		}
		select {
		case <-p.ctx.Done():
			return
		case <-orNever(own):
		case <-orNever(whole):
		}
	}
}

func orNever(c chan struct{}) <-chan struct{} {
	if c == nil {
		return nil
	}
	return c
}

// works counts processor time.
func (p *process) works(ticks int64) {
	p.mu.Lock()
	p.ticks += ticks
	p.mu.Unlock()
}

func (p *process) used() (ticks, memory int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ticks, p.memory
}

// sleep waits, and tells whether it was not ended meanwhile.
func (p *process) sleep(d time.Duration) bool {
	p.c.rests()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-p.ctx.Done():
		return false
	case <-t.C:
		p.breathe()
		return p.ctx.Err() == nil
	}
}

// getenv is a variable of its environment.
func (p *process) getenv(name string) string {
	for _, line := range slices.Backward(p.env) {
		if v, ok := strings.CutPrefix(line, name+"="); ok {
			return v
		}
	}
	return ""
}

// running are the container's processes, by number.
func (c *container) processList() []*process {
	c.procs.Lock()
	defer c.procs.Unlock()
	list := slices.Collect(maps.Values(c.processes))
	slices.SortFunc(list, func(a, b *process) int { return a.pid - b.pid })
	return list
}

// find gives a process by its number, nil for none.
func (c *container) find(pid int) *process {
	c.procs.Lock()
	defer c.procs.Unlock()
	return c.processes[pid]
}

// proc is the folder /proc of a container.
func (c *container) proc() *node {
	top := folder(0o555)
	top.listed = func() map[string]*node {
		kids := map[string]*node{
			"net":     c.procNet(),
			"meminfo": madeFile(func() string { return fmt.Sprintf("MemTotal: %d kB\n", machineMemory>>10) }),
			"uptime":  madeFile(func() string { return fmt.Sprintf("%.2f 0.00\n", c.e.now().Sub(c.e.began).Seconds()) }),
		}
		for _, p := range c.processList() {
			kids[strconv.Itoa(p.pid)] = p.folder()
		}
		return kids
	}
	return top
}

func madeFile(text func() string) *node {
	return &node{mode: 0o444, modified: time.Now(), made: func() []byte { return []byte(text()) }}
}

// procNet is /proc/net: what listens in the container.
func (c *container) procNet() *node {
	dir := folder(0o555)
	dir.keep("tcp", madeFile(func() string {
		text := "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
		for i, port := range c.listening() {
			text += fmt.Sprintf("%4d: 00000000:%04X 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 %d 1 0000000000000000 100 0 0 10 0\n", i, port, 1000+i)
		}
		return text
	}))
	dir.keep("tcp6", madeFile(func() string {
		return "  sl  local_address                         remote_address                        st\n"
	}))
	return dir
}

// folder is /proc/PID.
func (p *process) folder() *node {
	dir := folder(0o555)
	dir.uid, dir.gid = p.uid, p.gid
	dir.keep("stat", madeFile(p.stat))
	dir.keep("status", madeFile(func() string {
		_, memory := p.used()
		return fmt.Sprintf("Name:\t%s\nState:\tS (sleeping)\nPid:\t%d\nPPid:\t%d\nUid:\t%d\t%d\t%d\t%d\nGid:\t%d\t%d\t%d\t%d\nVmRSS:\t%d kB\nThreads:\t1\n",
			p.name(), p.pid, p.parent, p.uid, p.uid, p.uid, p.uid, p.gid, p.gid, p.gid, p.gid, memory>>10)
	}))
	dir.keep("cmdline", madeFile(func() string { return strings.Join(p.argv, "\x00") + "\x00" }))
	dir.keep("environ", madeFile(func() string { return strings.Join(p.env, "\x00") + "\x00" }))
	dir.keep("comm", madeFile(func() string { return p.name() + "\n" }))
	return dir
}

// stat is a line as proc_pid_stat(5) has it.
func (p *process) stat() string {
	ticks, memory := p.used()
	terminal := 0
	if p.tty != nil {
		terminal = 34816
	}
	state := "S"
	if p.stopped() {
		state = "T"
	}
	start := int64(p.began.Sub(p.c.e.began) / (10 * time.Millisecond))
	return fmt.Sprintf("%d (%s) %s %d %d %d %d -1 4194304 0 0 0 0 %d 0 0 0 20 0 1 0 %d %d %d 0\n", p.pid, p.name(), state,
		p.parent, p.group, p.session, terminal, ticks, start, memory, memory>>12)
}

func (p *process) stopped() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.frozen != nil
}

// name is what the kernel calls it.
func (p *process) name() string {
	name := path.Base(p.argv[0])
	return name[:min(len(name), 15)]
}

// streams are what a program reads and prints to.
type streams struct {
	in       io.Reader
	out, err io.Writer
}
