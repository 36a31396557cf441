package practice

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"
)

// logBook is what a container printed, as the engine's driver json-file keeps it: line by line, and lines that are long
// in parts.
type logBook struct {
	mu      sync.Mutex
	entries []logEntry
	open    [2]bytes.Buffer // the last line of stdout and of stderr, which has no end yet
	came    chan struct{}   // closed when there is more
	closed  bool
}

type logEntry struct {
	at     time.Time
	stderr bool
	text   string // with its end, but for a part of a line
}

// mostLine is the longest part of a line (moby, daemon/logger/copier.go).
const mostLine = 16 << 10

// mostEntries is how many entries are kept of a container.
const mostEntries = 1_000_000

func newLogBook() *logBook { return &logBook{came: make(chan struct{})} }

func (l *logBook) write(at time.Time, stderr bool, p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	open := &l.open[index(stderr)]
	for len(p) > 0 {
		n := bytes.IndexByte(p, '\n')
		whole := n >= 0
		if !whole {
			n = len(p) - 1
		}
		n++
		if room := mostLine - open.Len(); n > room && !(whole && n-1 <= room) {
			n, whole = room, false
		}
		open.Write(p[:n])
		p = p[n:]
		if whole || open.Len() >= mostLine {
			l.keep(at, stderr, open)
		}
	}
}

func index(stderr bool) int {
	if stderr {
		return 1
	}
	return 0
}

// keep makes an entry of what is open. The caller holds mu.
func (l *logBook) keep(at time.Time, stderr bool, open *bytes.Buffer) {
	l.entries = append(l.entries, logEntry{at, stderr, open.String()})
	open.Reset()
	if len(l.entries) > mostEntries {
		l.entries = l.entries[len(l.entries)-mostEntries:]
	}
	close(l.came)
	l.came = make(chan struct{})
}

// flush keeps lines without an end, when the container has ended.
func (l *logBook) flush(at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.open {
		if l.open[i].Len() > 0 {
			l.keep(at, i == 1, &l.open[i])
		}
	}
}

func (l *logBook) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		close(l.came)
		l.came = make(chan struct{})
	}
}

// since gives the entries from one on, and what is closed when there are more.
func (l *logBook) since(n int) (list []logEntry, came chan struct{}, closed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.entries[min(n, len(l.entries)):len(l.entries):len(l.entries)], l.came, l.closed
}

// replay writes all that there is to somebody who attaches.
func (l *logBook) replay(d *duplex, tty bool) {
	list, _, _ := l.since(0)
	for _, entry := range list {
		writeEntry(d, entry, tty, false)
	}
}

func writeEntry(w io.Writer, entry logEntry, tty, times bool) bool {
	text := entry.text
	if times {
		text = entry.at.UTC().Format("2006-01-02T15:04:05.000000000Z07:00") + " " + text
	}
	var out []byte
	if !tty {
		head := [8]byte{byte(1 + index(entry.stderr))}
		binary.BigEndian.PutUint32(head[4:], uint32(len(text)))
		out = head[:]
	}
	_, err := w.Write(append(out, text...))
	return err == nil
}

func (e *Engine) containerLogs(c *container, r request) (any, error) {
	if !r.is("stdout") && !r.is("stderr") {
		return nil, badRequest("Bad parameters: you must choose at least one stream")
	}
	if t := c.host.LogConfig.Type; t != "" && t != "json-file" && t != "local" {
		return nil, faultf(501, "configured logging driver does not support reading")
	}
	wanted := entryWish(r)
	list, _, _ := c.log.since(0)
	read := len(list)
	if n, err := strconv.Atoi(r.URL.Query().Get("tail")); err == nil && n >= 0 {
		list = lastEntries(list, n, wanted)
	}
	kind := "application/vnd.docker.multiplexed-stream"
	if c.config.Tty {
		kind = "application/vnd.docker.raw-stream"
	}
	w := r.stream(kind)
	for {
		for _, entry := range list {
			if wanted(entry) && !writeEntry(w, entry, c.config.Tty, r.is("timestamps")) {
				return answered{}, nil
			}
		}
		if !r.is("follow") {
			return answered{}, nil
		}
		if list = c.more(r, &read); list == nil {
			return answered{}, nil
		}
	}
}

// entryWish tells whether a question for the log asks for an entry: for its stream, and its time.
func entryWish(r request) func(logEntry) bool {
	stdout, stderr := r.is("stdout"), r.is("stderr")
	since, given := stampOf(r.URL.Query().Get("since"))
	return func(entry logEntry) bool {
		stream := stdout
		if entry.stderr {
			stream = stderr
		}
		return stream && (!given || !entry.at.Before(since))
	}
}

// lastEntries are the last n that are wanted.
func lastEntries(list []logEntry, n int, wanted func(logEntry) bool) []logEntry {
	kept := list[:0:0]
	for i := len(list) - 1; i >= 0 && len(kept) < n; i-- {
		if wanted(list[i]) {
			kept = append(kept, list[i])
		}
	}
	slices.Reverse(kept)
	return kept
}

// more waits for more entries, and gives none when the container has ended and nobody starts it again.
func (c *container) more(r request, read *int) []logEntry {
	for {
		c.e.mu.Lock()
		over, runs := c.over, c.running()
		c.e.mu.Unlock()
		list, came, closed := c.log.since(*read)
		if len(list) > 0 {
			*read += len(list)
			return list
		}
		if !runs || closed {
			return nil
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-c.e.ctx.Done():
			return nil
		case <-came:
		case <-over:
		}
	}
}
