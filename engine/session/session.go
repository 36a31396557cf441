// Package session owns the connection to an engine: which endpoint is in use, the engine's generation (a new client
// after every restart of it), the live picture, the jobs and the journal. It is the one thing that pages and actions
// are handed.
package session

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"slipway/engine"
	"slipway/engine/endpoint"
	"slipway/engine/job"
	"slipway/engine/journal"
	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/platform"
)

// Phase is how the connection is.
type Phase string

// The phases.
const (
	// Looking: just started, nothing known yet.
	Looking Phase = "looking"
	// Connected: the picture is current.
	Connected Phase = "connected"
	// Lost: there was an engine and it went away; the last picture is kept.
	Lost Phase = "lost"
	// None: no engine answers.
	None Phase = "none"
)

// State is the connection at one moment.
type State struct {
	Phase    Phase
	Endpoint endpoint.Endpoint
	Info     model.EngineInfo
	Locality model.Locality
	// Problem says why there is no engine, in the phases Lost and None.
	Problem *model.Problem
	// Looked is where the last search looked and what it found.
	Looked []endpoint.Answer
	// Generation counts connections; it grows whenever a new client is used.
	Generation int
	// Hangs tells that the engine takes the connection and does not answer, in the phase Connected: nothing is known to be
	// wrong with the picture, but nothing new comes.
	Hangs bool
}

// again is how often a missing engine is looked for: it must be found within 2 s of coming up.
const again = time.Second

// patience is how long one endpoint may take to answer a search at all, and fullPatience how long to say everything
// about itself: an engine that is busy with thousands of containers takes seconds. sshPatience is for ssh, which starts
// a process and logs in, and is tried only every sshAgain.
const (
	patience     = 3 * time.Second
	fullPatience = 15 * time.Second
	sshPatience  = 15 * time.Second
	sshAgain     = 15 * time.Second
)

// pulse is how often an engine that is connected is asked for a sign of life, and hangTime how long that may
// take before it is said that the engine hangs. It is not disconnected for that: what it is asked meanwhile
// is answered when it goes on.
const (
	pulse    = 10 * time.Second
	hangTime = 4 * time.Second
)

// Session is the connection and what hangs on it. Make it with [New], then [Session.Start]; [Session.Close] ends all.
type Session struct {
	Live    *live.Store
	Jobs    *job.Jobs
	Journal *journal.Journal
	// Run names this run of Slipway, see [platform.ThisRun]. The IDs of its jobs begin with it.
	Run string

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	wake   chan struct{}

	only     *endpoint.Endpoint // the one engine that there is; nil for all that can be found
	ignoring atomic.Bool        // of what the environment chose
	slow     atomic.Int64       // how long the engine may take for what the picture is made of, in nanoseconds

	mu          sync.Mutex
	state       State
	engine      *engine.Engine
	preferred   string
	key         model.Key
	chosen      bool               // preferred was chosen in this run
	switching   bool               // another was chosen, and what runs now has to end
	stopRun     context.CancelFunc // ends what runs now
	subscribers map[int]func(State)
	nextID      int
}

// New makes a session that prefers the endpoint of that name; "" follows docker's own choice. key signs what is made
// through it, see [model.Key]. Nothing is asked yet.
func New(preferred string, key model.Key) *Session {
	ctx, cancel := context.WithCancel(context.Background())
	run := platform.ThisRun()
	s := &Session{
		Live: live.New(), Journal: &journal.Journal{},
		Jobs: job.New(run), Run: run,
		ctx: ctx, cancel: cancel, wake: make(chan struct{}, 1), preferred: preferred, key: key,
		state: State{Phase: Looking}, subscribers: map[int]func(State){},
	}
	s.slow.Store(int64(longest))
	return s
}

// NewOn makes a session that knows one endpoint and looks for no other, as for practice.
func NewOn(e endpoint.Endpoint, key model.Key) *Session {
	s := New(e.Name, key)
	s.only = &e
	return s
}

// Practice tells that the engine is the one in memory: nothing that is done there is real.
func (s *Session) Practice() bool { return s.only != nil && s.only.Source == endpoint.FromPractice }

// Start begins to look for an engine.
func (s *Session) Start() {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		s.run()
	}()
}

// Close cancels the jobs, ends the connection and waits for all of it.
func (s *Session) Close() {
	s.Jobs.Close()
	s.cancel()
	s.wg.Wait()
}

// State is the connection now.
func (s *Session) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Subscribe calls fn after every change of the state, from the session's goroutine; fn must return quickly.
func (s *Session) Subscribe(fn func(State)) (cancel func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.nextID
	s.nextID++
	s.subscribers[id] = fn
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.subscribers, id)
	}
}

// Engine is the connected engine, or the problem that there is none.
func (s *Session) Engine() (*engine.Engine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.engine == nil {
		if s.state.Problem != nil {
			return nil, s.state.Problem
		}
		return nil, &model.Problem{
			Kind: model.ProblemConnectionLost,
			What: model.Say("session.no-engine-is-connected"),
			Fix:  model.Say("session.slipway-connects-by-itself-as"),
		}
	}
	return s.engine, nil
}

// Use changes to the endpoint of that name, and stays with it: while it does not answer, no other is taken.
func (s *Session) Use(name string) {
	s.mu.Lock()
	s.preferred, s.chosen, s.switching = name, true, true
	stop := s.stopRun
	s.mu.Unlock()
	if stop != nil {
		stop()
	}
	s.Wake()
}

// IgnoreEnvironment looks for an engine everywhere from now on, whatever DOCKER_HOST and DOCKER_CONTEXT say. The docker
// command goes on following them.
func (s *Session) IgnoreEnvironment() {
	s.ignoring.Store(true)
	s.Wake()
}

// IgnoresEnvironment tells whether [Session.IgnoreEnvironment] was called.
func (s *Session) IgnoresEnvironment() bool { return s.ignoring.Load() }

// find lists the places where an engine may be.
func (s *Session) find() []endpoint.Endpoint {
	switch {
	case s.only != nil:
		return []endpoint.Endpoint{*s.only}
	case s.ignoring.Load():
		return endpoint.FindIgnoring()
	}
	return endpoint.Find()
}

// Wake looks at the connection now, for example when the window gets the focus after the computer slept: streams may
// be half open.
func (s *Session) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Look asks every endpoint that is known and tells what each said, within the limit of ctx.
func (s *Session) Look(ctx context.Context) []endpoint.Answer {
	return slices.Collect(ask(ctx, s.find(), true))
}

// run is the life of the session: find, connect, watch, and again.
func (s *Session) run() {
	var lastSSH time.Time
	for s.ctx.Err() == nil {
		if model.Guard(model.Say("session.no-engine-can-be-looked-for"),
			func() error { s.once(&lastSSH); return nil }) != nil {
			s.pause(again)
		}
	}
}

// once finds an engine and stays with it until it is away or another is chosen.
func (s *Session) once(lastSSH *time.Time) {
	withSSH := time.Since(*lastSSH) >= sshAgain || s.leaving()
	found, looked := s.search(withSSH)
	if withSSH {
		*lastSSH = time.Now()
	}
	switch {
	case s.leaving(): // another one was chosen meanwhile
	case found == nil:
		s.nothingAnswers(looked)
		s.pause(again)
	case !s.watch(*found, looked):
		s.pause(again) // it answers a question, but no connection can be made
	}
}

// search asks the endpoints that may be taken unasked, all at once, and takes the first in order that answers.
func (s *Session) search(withSSH bool) (*endpoint.Endpoint, []endpoint.Answer) {
	s.mu.Lock()
	preferred, chosen := s.preferred, s.chosen
	s.switching = false
	s.mu.Unlock()
	ctx, cancel := s.breakable()
	defer cancel()
	var looked []endpoint.Answer
	list := s.find()
	if chosen && !slices.ContainsFunc(list, func(e endpoint.Endpoint) bool { return e.Name == preferred }) {
		return nil, []endpoint.Answer{{Endpoint: endpoint.Endpoint{Name: preferred}, Problem: chosenIsGone(preferred)}}
	}
	for a := range ask(ctx, candidates(list, preferred, chosen), withSSH) {
		looked = append(looked, a)
		if a.Problem == nil {
			return &a.Endpoint, looked
		}
	}
	return nil, looked
}

// chosenIsGone says that what a person chose is on the list no more. Another engine is not taken for it.
func chosenIsGone(name string) *model.Problem {
	return &model.Problem{
		Kind: model.ProblemNotFound,
		What: model.Say("session.is-not-there-any-more", model.Args{"Name": model.Name(name)}),
		Why:  model.Say("session.you-chose-this-engine-but"),
		Fix:  model.Say("session.choose-another-engine-or-bring"),
	}
}

// candidates are the endpoints of list that may be taken unasked, in order: the preferred one, the one that docker
// would use, and those on this computer. An engine elsewhere that nobody chose is never taken. What a person chose, in
// the window or else for this process by its environment, is the only one.
func candidates(list []endpoint.Endpoint, preferred string, chosen bool) []endpoint.Endpoint {
	if len(list) > 0 && list[0].Explicit && !chosen {
		return list[:1]
	}
	var first, rest []endpoint.Endpoint
	for _, e := range list {
		switch {
		case e.Name == preferred:
			first = append(first, e)
		case !e.Ignored && (e.Current || e.Usual || !e.Remote()):
			rest = append(rest, e)
		}
	}
	if chosen && len(first) > 0 {
		return first[:1]
	}
	return append(first, rest...)
}

// ask checks the endpoints side by side and gives the answers in the same order, each as soon as it is there. Who
// stops listening stops the rest.
func ask(ctx context.Context, list []endpoint.Endpoint, withSSH bool) iter.Seq[endpoint.Answer] {
	return func(yield func(endpoint.Answer) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()
		answers := make([]chan endpoint.Answer, len(list))
		for i, e := range list {
			answers[i] = make(chan endpoint.Answer, 1)
			wg.Add(1)
			go func() {
				defer wg.Done()
				answers[i] <- guarded(e, func() endpoint.Answer { return askOne(ctx, e, withSSH) })
			}()
		}
		for _, a := range answers {
			if !yield(<-a) {
				return
			}
		}
	}
}

// guarded is an answer, or the problem that it cannot be understood.
func guarded(e endpoint.Endpoint, ask func() endpoint.Answer) (a endpoint.Answer) {
	what := model.Say("session.what-says-cannot-be-understood", model.Args{"Name": model.Name(e.Name)})
	if err := model.Guard(what, func() error { a = ask(); return nil }); err != nil {
		return endpoint.Answer{Endpoint: e, Problem: model.AsProblem(err, what)}
	}
	return a
}

func askOne(ctx context.Context, e endpoint.Endpoint, withSSH bool) endpoint.Answer {
	limit := patience
	if e.IsSSH() {
		limit = sshPatience
		if !withSSH {
			return endpoint.Answer{
				Endpoint: e,
				Problem: &model.Problem{
					Kind: model.ProblemUnreachable,
					What: model.Say("session.did-not-answer-lately", model.Args{"Name": model.Name(e.Name)}),
				},
			}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, fullPatience)
	defer cancel()
	return endpoint.Check(ctx, e, limit)
}

// breakable is a context that ends when the session does or another endpoint is chosen.
func (s *Session) breakable() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopRun = cancel; s.switching {
		cancel() // it was chosen in this moment
	}
	return ctx, cancel
}

func (s *Session) nothingAnswers(looked []endpoint.Answer) {
	if s.ctx.Err() != nil {
		return
	}
	var p *model.Problem
	if len(looked) == 1 && looked[0].Endpoint.Host == "" && looked[0].Problem.Kind == model.ProblemNotFound {
		p = looked[0].Problem // it is on no list: there is nothing to diagnose
	} else {
		p = endpoint.Diagnose(looked, endpoint.ThisSystem())
	}
	s.change(func(st *State) {
		*st = State{Phase: None, Problem: p, Looked: looked, Generation: st.Generation}
		if len(looked) > 0 {
			st.Endpoint = looked[0].Endpoint
		}
	})
}

// watch stays with one endpoint until the session ends or another one is chosen. When the engine goes away it keeps
// the picture, marks it stale, and connects anew as soon as it answers. It returns false when it never connected.
func (s *Session) watch(e endpoint.Endpoint, looked []endpoint.Answer) (connected bool) {
	var engineID string
	wait := again / 10
	for s.ctx.Err() == nil && !s.leaving() {
		eng, err := s.connect(e)
		if err != nil {
			if engineID == "" {
				return s.leaving() // it answered the search and is gone already: search again
			}
			if s.leaving() || s.ctx.Err() != nil {
				break
			}
			s.lost(err)
			s.pause(wait)
			wait = min(2*wait, again)
			continue
		}
		if engineID != "" && eng.Info().ID != engineID {
			s.Live.Forget() // another engine at the same place
		}
		engineID = eng.Info().ID
		began := time.Now()
		err = s.follow(eng, looked)
		if time.Since(began) > again {
			wait = again / 10 // it was well for a while
		}
		if s.ctx.Err() == nil && !s.leaving() {
			s.lost(err)
			s.pause(wait)
			wait = min(2*wait, again)
		}
	}
	if s.leaving() {
		s.Live.Forget()
		s.change(func(st *State) { *st = State{Phase: Looking, Generation: st.Generation} })
	}
	return true
}

// connect makes a new client, within the time that the slowest endpoint may take.
func (s *Session) connect(e endpoint.Endpoint) (*engine.Engine, error) {
	ctx, cancel := s.breakable()
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, sshPatience)
	defer stop()
	return engine.Connect(ctx, e, s.key)
}

// follow keeps the picture current over one connection until it breaks.
func (s *Session) follow(eng *engine.Engine, looked []endpoint.Answer) error {
	ctx, cancel := s.breakable()
	s.mu.Lock()
	s.engine = eng
	s.mu.Unlock()
	s.change(func(st *State) {
		*st = State{
			Phase: Connected, Endpoint: eng.Endpoint(), Info: eng.Info(), Locality: eng.Locality(), Looked: looked,
			Generation: st.Generation + 1,
		}
	})
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		s.pingOnWake(ctx, cancel, eng)
	}()
	go func() {
		defer wg.Done()
		s.feelPulse(ctx, cancel, eng)
	}()
	err := s.Live.Run(ctx, eng)
	cancel()
	wg.Wait()
	s.mu.Lock()
	s.engine = nil
	s.mu.Unlock()
	eng.Close()
	return err
}

// pingOnWake asks the engine for a sign of life at each wake, and breaks the connection when none comes.
func (s *Session) pingOnWake(ctx context.Context, broken context.CancelFunc, eng *engine.Engine) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
			ping, cancel := context.WithTimeout(ctx, 5*time.Second)
			err := eng.Ping(ping)
			cancel()
			if (err != nil || s.deaf(ctx, eng)) && ctx.Err() == nil {
				broken()
				return
			}
		}
	}
}

// deaf tells whether the engine knows of an event that did not arrive here, also a while later: behind a tunnel or a
// virtual machine that slept a stream may stay open and say nothing any more, while every question is answered.
func (s *Session) deaf(ctx context.Context, eng *engine.Engine) bool {
	if _, known := s.Live.Heard(); !known {
		return s.asksInVain()
	}
	s.slow.Store(int64(longest))
	last := eng.LastEvent(ctx)
	missing := func() bool {
		heard, known := s.Live.Heard()
		return known && last.After(heard)
	}
	if !missing() {
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(hearTime):
	}
	return missing()
}

// asksInVain tells whether what the picture waits for went into a connection that is half open. An engine may also be
// slow with lists that are long: each time it gets twice as long.
func (s *Session) asksInVain() bool {
	limit := time.Duration(s.slow.Load())
	if s.Live.Asking() <= limit {
		return false
	}
	s.slow.Store(int64(2 * limit))
	return true
}

// hearTime is how much later than happened an event may arrive, and longest how long an engine that answers other
// questions may take at first for those that the picture is made of.
const (
	hearTime = 3 * time.Second
	longest  = 8 * time.Second
)

// feelPulse asks the engine for a sign of life now and then, says while none comes, and breaks a connection
// that hears nothing any more.
func (s *Session) feelPulse(ctx context.Context, broken context.CancelFunc, eng *engine.Engine) {
	tick := time.NewTicker(pulse)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		answered := make(chan struct{})
		go func() {
			defer close(answered)
			_ = eng.Ping(ctx) // that the connection broke is for others to say
		}()
		limit := time.NewTimer(hangTime)
		select {
		case <-answered:
		case <-limit.C:
			s.change(func(st *State) { st.Hangs = true })
			if s.onlyHere(ctx, eng, answered) {
				broken()
			}
			<-answered
			s.change(func(st *State) { st.Hangs = false })
		}
		limit.Stop()
		if s.deaf(ctx, eng) {
			broken()
			return
		}
	}
}

// onlyHere tells whether an engine that does not answer does so on a new connection: then the old ones are half open.
// It returns when that is known, or when the answer is there.
func (s *Session) onlyHere(ctx context.Context, eng *engine.Engine, answered <-chan struct{}) bool {
	for {
		ask, cancel := context.WithTimeout(ctx, fullPatience)
		fresh, err := engine.Connect(ask, eng.Endpoint(), s.key)
		cancel()
		wait := pulse
		if eng.Endpoint().IsSSH() {
			wait = sshAgain
		}
		if err == nil {
			fresh.Close()
			wait = again // one that stood still and goes on answers all
		}
		select {
		case <-answered:
			return false
		case <-time.After(wait):
		}
		if err == nil {
			return true
		}
	}
}

func (s *Session) lost(err error) {
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	p := &model.Problem{
		Kind: model.ProblemConnectionLost, Cause: err,
		What: model.Say("session.the-engine-stopped-answering"),
		Why:  model.Say("session.what-you-see-is-how"),
		Fix:  model.Say("session.slipway-connects-again-by-itself"),
	}
	if model.IsKind(err, model.ProblemFault) {
		p = model.AsProblem(err, p.What)
	}
	s.Live.MarkStale()
	s.change(func(st *State) { st.Phase, st.Problem = Lost, p })
}

func (s *Session) leaving() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.switching
}

// pause waits for d, a wake or the end.
func (s *Session) pause(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.wake:
	case <-s.ctx.Done():
	}
}

func (s *Session) change(fn func(*State)) {
	s.mu.Lock()
	fn(&s.state)
	state := s.state
	subscribers := make([]func(State), 0, len(s.subscribers))
	for _, f := range s.subscribers {
		subscribers = append(subscribers, f)
	}
	s.mu.Unlock()
	for _, f := range subscribers {
		f(state)
	}
}

// Shell is docker commands, one a line, as they must be typed to reach the engine that is connected: with what the
// docker command needs to be told where docker by itself would ask another one.
func (s *Session) Shell(lines string) string {
	prefix := s.State().Endpoint.CLI()
	if prefix == "" || s.State().Phase == None {
		return lines
	}
	return model.PrefixCommands(lines, prefix)
}
