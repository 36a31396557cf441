package practice

import (
	"context"
	"net/http"
	"path"
	"sync"
	"time"
)

// faults are what goes wrong on demand.
type faults struct {
	mu     sync.Mutex
	mended chan struct{} // closed when faults are mended, nil while nothing waits for that
	frozen chan struct{}
	rules  []Fault
}

// Fault is what happens to calls of the API, until [Engine.Mend].
type Fault struct {
	// Call is which calls, with * for a part of the path: "POST /containers/*/start"; "" is every call.
	Call string
	// Delay is how long it waits first.
	Delay time.Duration
	// Status and Text are the error that it answers with; Status 0 is none.
	Status int
	Text   string
	// Cut ends the connection instead of an answer.
	Cut bool
	// Times is how often it happens; 0 is always.
	Times int
}

// Fail has calls go wrong from now on.
func (e *Engine) Fail(f Fault) {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	e.faults.rules = append(e.faults.rules, f)
}

// Mend ends all faults, delays that are waited for too, and has a frozen engine answer again.
func (e *Engine) Mend() {
	e.faults.mu.Lock()
	e.faults.rules = nil
	if e.faults.mended != nil {
		close(e.faults.mended)
		e.faults.mended = nil
	}
	e.faults.mu.Unlock()
	e.faults.thaw()
}

// Freeze has it take calls and answer none, as an engine that was stopped (SIGSTOP).
func (e *Engine) Freeze() {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	if e.faults.frozen == nil {
		e.faults.frozen = make(chan struct{})
	}
}

// Die cuts every connection, open streams too, and each new one, as an engine that was killed. What runs in it goes on.
func (e *Engine) Die() {
	e.server.Close()
	<-e.served
}

// Revive has an engine that died listen again.
func (e *Engine) Revive() error { return e.listen() }

func (f *faults) thaw() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.frozen != nil {
		close(f.frozen)
		f.frozen = nil
	}
}

// stall waits while the engine is frozen, or until ctx ends.
func (f *faults) stall(ctx context.Context) {
	f.mu.Lock()
	frozen := f.frozen
	f.mu.Unlock()
	if frozen != nil {
		waitFor(ctx, frozen)
	}
}

// pass tells whether a call is carried out.
func (f *faults) pass(w http.ResponseWriter, r *http.Request) bool {
	f.mu.Lock()
	frozen, rule := f.frozen, f.rule(r.Method+" "+r.URL.Path)
	if rule.Delay > 0 && f.mended == nil {
		f.mended = make(chan struct{})
	}
	mended := f.mended
	f.mu.Unlock()
	if frozen != nil && !waitFor(r.Context(), frozen) {
		return false
	}
	if rule.Delay > 0 {
		t := time.NewTimer(rule.Delay)
		defer t.Stop()
		select {
		case <-r.Context().Done():
			return false
		case <-mended:
			return true
		case <-t.C:
		}
	}
	switch {
	case rule.Cut:
		if h, ok := w.(http.Hijacker); ok {
			if conn, _, err := h.Hijack(); err == nil {
				conn.Close()
			}
		}
		return false
	case rule.Status != 0:
		fail(w, fault{rule.Status, rule.Text})
		return false
	}
	return true
}

func waitFor(ctx context.Context, c chan struct{}) bool {
	select {
	case <-ctx.Done():
		return false
	case <-c:
		return true
	}
}

// rule is what is to happen to a call. The caller holds mu.
func (f *faults) rule(call string) Fault {
	for i := range f.rules {
		r := &f.rules[i]
		if fits, err := path.Match(r.Call, call); r.Call != "" && (err != nil || !fits) {
			continue
		}
		out := *r
		if r.Times > 0 {
			if r.Times--; r.Times == 0 {
				f.rules = append(f.rules[:i:i], f.rules[i+1:]...)
			}
		}
		return out
	}
	return Fault{}
}
