package practice

import (
	"io"
	"strings"
	"sync"
)

// terminal is the driver of a terminal (termios(3)), as far as programs here and Slipway notice: lines are edited,
// echoed and end with Enter, or, raw, every byte passes at once.
type terminal struct {
	typing     sync.Mutex // held while keys are taken, so that they stay in order
	mu         sync.Mutex
	came       *sync.Cond
	line       []byte // that is being typed
	coming     []byte // that can be read once it was shown
	comingEnds int
	ready      []byte // that can be read
	ends       int    // how many times Ctrl+D was pressed on an empty line and was not read yet
	closed     bool
	raw, echo  bool
	cols, rows int
	out        io.Writer         // what is printed, with the line ends of a terminal
	interrupt  func(name string) // sends a signal to what runs in front
}

func newTerminal(out io.Writer) *terminal {
	t := &terminal{echo: true, cols: 80, rows: 24, out: out, interrupt: func(string) {}}
	t.came = sync.NewCond(&t.mu)
	return t
}

// typed takes what a person types. Keys are shown before a program can read them, which would answer first otherwise.
func (t *terminal) typed(keys []byte) {
	t.typing.Lock()
	defer t.typing.Unlock()
	t.mu.Lock()
	var shown strings.Builder
	var signals []string
	for _, k := range keys {
		t.key(k, &shown, &signals)
	}
	coming, ends, interrupt := t.coming, t.comingEnds, t.interrupt
	t.coming, t.comingEnds = nil, 0
	t.mu.Unlock()
	if shown.Len() > 0 {
		_, _ = io.WriteString(t.out, shown.String())
	}
	t.mu.Lock()
	t.ready, t.ends = append(t.ready, coming...), t.ends+ends
	t.came.Broadcast()
	t.mu.Unlock()
	for _, s := range signals {
		interrupt(s)
	}
}

// key takes one byte. The caller holds mu.
func (t *terminal) key(k byte, shown *strings.Builder, signals *[]string) {
	if t.raw {
		t.coming = append(t.coming, k)
		if t.echo {
			shown.WriteByte(k)
		}
		return
	}
	show := func(text string) {
		if t.echo {
			shown.WriteString(text)
		}
	}
	switch k {
	case '\r', '\n':
		t.coming, t.line = append(append(t.coming, t.line...), '\n'), nil
		show("\r\n")
	case 3, 28: // Ctrl+C, Ctrl+\
		t.line = nil
		show("^" + string(k+'@'))
		*signals = append(*signals, map[byte]string{3: "INT", 28: "QUIT"}[k])
	case 4: // Ctrl+D
		if t.coming = append(t.coming, t.line...); len(t.line) == 0 {
			t.comingEnds++
		}
		t.line = nil
	case 8, 127:
		if n := len(t.line); n > 0 {
			t.line = t.line[:n-1]
			show("\b \b")
		}
	case 21: // Ctrl+U
		show(strings.Repeat("\b \b", len(t.line)))
		t.line = nil
	default:
		if t.line = append(t.line, k); k < 32 && k != '\t' {
			show("^" + string(k+'@'))
		} else {
			show(string([]byte{k}))
		}
	}
}

// read waits for something to be read. It returns [io.EOF] after Ctrl+D, and when the terminal is closed or stop is.
func (t *terminal) read(p []byte, stop <-chan struct{}) (int, error) {
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-stop:
			t.mu.Lock()
			t.came.Broadcast()
			t.mu.Unlock()
		case <-done:
		}
	}()
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.ready) == 0 {
		select {
		case <-stop:
			return 0, io.EOF
		default:
		}
		if t.ends > 0 {
			t.ends--
			return 0, io.EOF
		}
		if t.closed {
			return 0, io.EOF
		}
		t.came.Wait()
	}
	n := copy(p, t.ready)
	t.ready = t.ready[n:]
	return n, nil
}

// Write implements [io.Writer] for programs: a line end also goes to the beginning of the line.
func (t *terminal) Write(p []byte) (int, error) {
	text := string(p)
	if !t.isRaw() {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if _, err := io.WriteString(t.out, text); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (t *terminal) isRaw() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.raw
}

// set changes how it behaves.
func (t *terminal) set(raw, echo bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.raw, t.echo = raw, echo
}

func (t *terminal) resize(cols, rows int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cols, t.rows = cols, rows
}

// front says what gets the signals of keys, and returns what got them before.
func (t *terminal) front(interrupt func(name string)) (before func(name string)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	before, t.interrupt = t.interrupt, interrupt
	return before
}

// hangUp ends all reading.
func (t *terminal) hangUp() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.came.Broadcast()
}
