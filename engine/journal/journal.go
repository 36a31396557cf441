// Package journal keeps the docker commands that equal what was done, newest last, for people to read, copy and save
// as a shell script. Secrets never enter it. It lives in memory for one run of the application.
package journal

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/engine/model"
)

// Outcome is how an entry's action ended.
type Outcome string

// The outcomes. An entry starts as Pending.
const (
	Pending   Outcome = "running"
	OK        Outcome = "done"
	Failed    Outcome = "failed"
	Cancelled Outcome = "cancelled"
)

// Entry is one action.
type Entry struct {
	ID      int
	Time    time.Time
	Command model.Command
	Outcome Outcome
	// Prefix stands before the command where docker by itself would ask another engine, for example "DOCKER_HOST=…".
	Prefix string
}

// Line is the entry as one line of a shell.
func (e Entry) Line() string {
	if e.Prefix == "" {
		return e.Command.String()
	}
	return model.PrefixCommands(e.Command.String(), e.Prefix)
}

// most is how many entries are kept unless [Journal.Keep] says otherwise.
const most = 1000

// Journal is the list of what was done. Its zero value is ready.
type Journal struct {
	mu      sync.Mutex
	next    int
	entries []Entry
	changed func()
	keep    int // 0 for most
}

// OnChange sets what is called after each change, from any goroutine. It must return quickly.
func (j *Journal) OnChange(fn func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.changed = fn
}

// Begin writes an action down before it is carried out and returns the entry's ID for [Journal.End].
func (j *Journal) Begin(prefix string, c model.Command) int {
	j.mu.Lock()
	j.next++
	id := j.next
	j.entries = append(j.entries, Entry{ID: id, Time: time.Now(), Command: c.Masked(), Outcome: Pending, Prefix: prefix})
	j.forget()
	j.mu.Unlock()
	j.notify()
	return id
}

// Keep says how many entries are kept, the newest.
func (j *Journal) Keep(n int) {
	j.mu.Lock()
	j.keep = n
	j.forget()
	j.mu.Unlock()
	j.notify()
}

// forget drops the oldest entries that are too many.
func (j *Journal) forget() {
	if over := len(j.entries) - cmp.Or(j.keep, most); over > 0 {
		j.entries = slices.Clone(j.entries[over:])
	}
}

// End says how the action ended.
func (j *Journal) End(id int, outcome Outcome) {
	j.mu.Lock()
	for i := range j.entries {
		if j.entries[i].ID == id {
			j.entries[i].Outcome = outcome
		}
	}
	j.mu.Unlock()
	j.notify()
}

// Entries is everything that was done, oldest first.
func (j *Journal) Entries() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Entry(nil), j.entries...)
}

// Last is the newest entry.
func (j *Journal) Last() (Entry, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.entries) == 0 {
		return Entry{}, false
	}
	return j.entries[len(j.entries)-1], true
}

func (j *Journal) notify() {
	j.mu.Lock()
	fn := j.changed
	j.mu.Unlock()
	if fn != nil {
		fn()
	}
}

// Script is the entries as a POSIX shell script, with what it says of itself above them, one comment a line. What did
// not succeed is commented out, so that running the script does what was done, and outcome says what came of it.
func Script(entries []Entry, about string, outcome func(Outcome) string) string {
	var b strings.Builder
	b.WriteString("#!/bin/sh\n" + comment(about) + "set -e\n")
	for _, e := range entries {
		fmt.Fprintf(&b, "\n# %s", e.Time.Format("2006-01-02 15:04:05"))
		if e.Outcome != OK {
			b.WriteString(", " + outcome(e.Outcome))
		}
		b.WriteByte('\n')
		if e.Outcome == OK {
			b.WriteString(e.Line() + "\n")
		} else {
			b.WriteString(comment(e.Line()))
		}
	}
	return b.String()
}

// comment is a text as comments of a shell script.
func comment(text string) string { return "# " + strings.ReplaceAll(text, "\n", "\n# ") + "\n" }
