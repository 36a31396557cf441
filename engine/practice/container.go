package practice

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	dockercontainer "github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/go-connections/nat"
)

// container is one container. What is not said to have a lock of its own belongs to the engine's.
type container struct {
	e       *Engine
	id      string
	name    string
	created time.Time
	config  *dockercontainer.Config
	host    *dockercontainer.HostConfig
	image   *image
	view    *view // with the files' lock
	mounts  []dockercontainer.MountPoint
	at      map[string]*network.EndpointSettings // by the network's name

	state             string
	code              int
	oom               bool
	problem           string // why it could not be started
	started, finished time.Time
	restarts          int
	stopped           bool // somebody asked for its end: no policy starts it again
	ports             nat.PortMap
	listeners         []io.Closer
	paused            chan struct{}
	over              chan struct{} // closed at the end of this run, or of the next one
	removed           chan struct{}
	attached          map[int]io.Writer // stdout, or both with a terminal
	attachedErr       map[int]io.Writer
	nextAttached      int
	input             *io.PipeReader // what is typed before it runs waits there
	stdin             *io.PipeWriter
	tty               *terminal
	log               *logBook
	main              *process
	kernels           []Kernel // of its Jupyter
	alive             context.Context
	die               context.CancelCauseFunc
	procs             sync.Mutex // what follows
	processes         map[int]*process
	lastPID           int
	busy              chan struct{}           // closed when something in this run first waits, or it is over
	servers           map[uint16]http.Handler // what listens, by port
	written           atomic.Int64            // bytes in its own layer
}

var containerNames = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`)

// minMemory is the least that a container may be limited to (moby, daemon/daemon_unix.go).
const minMemory = 6 << 20

func (e *Engine) createContainer(r request) (any, error) {
	var body dockercontainer.CreateRequest
	if err := r.read(&body); err != nil {
		return nil, err
	}
	if body.Config == nil {
		return nil, badRequest("config cannot be empty in order to create a container")
	}
	host := body.HostConfig
	if host == nil {
		host = &dockercontainer.HostConfig{}
	}
	c, err := e.newContainer(r.URL.Query().Get("name"), body.Config, host, body.NetworkingConfig)
	if err != nil {
		return nil, err
	}
	e.feed.send(e, "container", "create", c.id, c.attributes())
	return created{dockercontainer.CreateResponse{ID: c.id, Warnings: []string{}}}, nil
}

// newContainer makes a container.
func (e *Engine) newContainer(name string, cfg *dockercontainer.Config, host *dockercontainer.HostConfig,
	networks *network.NetworkingConfig,
) (*container, error) {
	if err := refuse(host); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	img := e.findImage(cfg.Image)
	if img == nil {
		return nil, notFound("No such image: %s", cfg.Image)
	}
	if name != "" && !containerNames.MatchString(name) {
		return nil, badRequest("Invalid container name (%s), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", name)
	}
	if name == "" {
		name = e.inventName()
	}
	if other := e.containerNamed(name); other != nil {
		return nil,
			conflict("Conflict. The container name \"/%s\" is already in use by container \"%s\". You have to remove (or rename) that container to be able to reuse that name.", name, other.id)
	}
	c := &container{
		e: e, id: e.newID("container"), name: name, created: e.now(), config: merged(cfg, img), host: host, image: img,
		state: "created", over: make(chan struct{}), removed: make(chan struct{}),
		attached: map[int]io.Writer{}, attachedErr: map[int]io.Writer{}, log: newLogBook(), processes: map[int]*process{},
		servers: map[uint16]http.Handler{}, at: map[string]*network.EndpointSettings{},
	}
	c.renewInput()
	if c.config.Hostname == "" && !host.NetworkMode.IsHost() {
		c.config.Hostname = c.id[:12]
	}
	if err := c.mount(); err != nil {
		return nil, err
	}
	if err := c.join(networks); err != nil {
		return nil, err
	}
	e.containers[c.id] = c
	return c, nil
}

// closeInput ends what is typed into it. The caller holds mu, or nobody else knows the container yet.
func (c *container) closeInput() {
	if c.stdin != nil {
		c.stdin.Close()
		c.input.Close()
	}
}

// renewInput makes the input of the next run. The caller holds mu, or nobody else knows the container yet.
func (c *container) renewInput() {
	c.closeInput()
	if c.config.OpenStdin && !c.config.Tty {
		c.input, c.stdin = io.Pipe()
	}
}

// refuse says what an engine does not take.
func refuse(h *dockercontainer.HostConfig) error {
	switch {
	case h.Memory != 0 && h.Memory < minMemory:
		return badRequest("Minimum memory limit allowed is 6MB")
	case h.AutoRemove && !h.RestartPolicy.IsNone() && h.RestartPolicy.Name != "":
		return badRequest("can't create 'AutoRemove' container with restart policy")
	}
	if err := dockercontainer.ValidateRestartPolicy(h.RestartPolicy); err != nil {
		return badRequest("%v", err)
	}
	return nil
}

// merged is a container's configuration with what its image has (moby, daemon/commit.go).
func merged(cfg *dockercontainer.Config, img *image) *dockercontainer.Config {
	c, of := *cfg, img.config
	if c.User == "" {
		c.User = of.User
	}
	if len(c.Entrypoint) == 0 {
		if len(c.Cmd) == 0 {
			c.Cmd = slices.Clone(of.Cmd)
		}
		if c.Entrypoint == nil {
			c.Entrypoint = slices.Clone(of.Entrypoint)
		}
	}
	if len(c.Entrypoint) == 1 && c.Entrypoint[0] == "" {
		c.Entrypoint = nil
	}
	if c.WorkingDir == "" {
		c.WorkingDir = of.WorkingDir
	}
	if c.StopSignal == "" {
		c.StopSignal = of.StopSignal
	}
	for _, line := range of.Env {
		name, _, _ := strings.Cut(line, "=")
		if !slices.ContainsFunc(c.Env, func(own string) bool { n, _, _ := strings.Cut(own, "="); return n == name }) {
			c.Env = append(c.Env, line)
		}
	}
	c.Labels = maps.Clone(of.Labels)
	if c.Labels == nil {
		c.Labels = map[string]string{}
	}
	maps.Copy(c.Labels, cfg.Labels)
	ports := nat.PortSet{}
	maps.Copy(ports, cfg.ExposedPorts)
	for p := range of.ExposedPorts {
		ports[nat.Port(p)] = struct{}{}
	}
	if c.ExposedPorts = ports; len(ports) == 0 {
		c.ExposedPorts = nil
	}
	volumes := map[string]struct{}{}
	maps.Copy(volumes, cfg.Volumes)
	maps.Copy(volumes, of.Volumes)
	if c.Volumes = volumes; len(volumes) == 0 {
		c.Volumes = nil
	}
	return &c
}

// containerNamed finds a container by its name. The caller holds mu.
func (e *Engine) containerNamed(name string) *container {
	for _, c := range e.containers {
		if c.name == name {
			return c
		}
	}
	return nil
}

// container finds one by its ID, the beginning of that, or its name.
func (e *Engine) container(ref string) (*container, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c := e.lookUp(ref); c != nil {
		return c, nil
	}
	return nil, notFound("No such container: %s", ref)
}

// lookUp is container without an error. The caller holds mu.
func (e *Engine) lookUp(ref string) *container {
	if c := e.containers[ref]; c != nil {
		return c
	}
	if c := e.containerNamed(strings.TrimPrefix(ref, "/")); c != nil {
		return c
	}
	for id, c := range e.containers {
		if len(ref) >= 4 && strings.HasPrefix(id, ref) {
			return c
		}
	}
	return nil
}

// inventName is a name for a container that nobody named. The caller holds mu.
func (e *Engine) inventName() string {
	for n := len(e.containers); ; n++ {
		name := adjectives[n%len(adjectives)] + "_" + people[(n/len(adjectives)+n)%len(people)]
		if n >= len(adjectives)*len(people) {
			name += strconv.Itoa(n)
		}
		if e.containerNamed(name) == nil {
			return name
		}
	}
}

var (
	adjectives = []string{"brave", "clever", "eager", "gentle", "happy", "jolly", "keen", "lucid", "quiet", "sharp"}
	people     = []string{"curie", "darwin", "euler", "franklin", "gauss", "hopper", "lovelace", "noether", "turing"}
)

// attributes are what events say of it. The caller may hold mu or not: nothing of it changes but the name.
func (c *container) attributes() map[string]string {
	out := map[string]string{"image": c.config.Image, "name": c.name}
	maps.Copy(out, c.config.Labels)
	return out
}

// hostname is its name of itself.
func (c *container) hostname() string { return cmp.Or(c.config.Hostname, "practice") }

func (c *container) running() bool {
	return c.state == "running" || c.state == "paused" || c.state == "restarting"
}

// pausing is closed when it is paused no more; nil while it is not.
func (c *container) pausing() chan struct{} {
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	return c.paused
}

// argv is what it runs.
func (c *container) argv() []string {
	return append(slices.Clone([]string(c.config.Entrypoint)), c.config.Cmd...)
}

// environment is what its programs get (moby, daemon/container_operations and oci_linux).
func (c *container) environment(home string, more []string) []string {
	env := []string{"PATH=" + usualPath, "HOSTNAME=" + c.hostname()}
	if c.config.Tty {
		env = append(env, "TERM=xterm")
	}
	set := func(line string) {
		name, _, given := strings.Cut(line, "=")
		env = slices.DeleteFunc(env, func(old string) bool { n, _, _ := strings.Cut(old, "="); return n == name })
		if given {
			env = append(env, line)
		}
	}
	for _, line := range slices.Concat(c.config.Env, more) {
		set(line)
	}
	if !slices.ContainsFunc(env, func(l string) bool { return strings.HasPrefix(l, "HOME=") }) {
		env = append(env, "HOME="+home)
	}
	return env
}

// run starts the container. The caller holds no lock.
func (c *container) run() error {
	e := c.e
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case c.paused != nil:
		return conflict("cannot start a paused container, try unpause instead")
	case c.running():
		return errAlready
	}
	if err := c.begin(); err != nil {
		c.problem = err.Error()
		return err
	}
	return nil
}

// errAlready says that there is nothing to be done.
var errAlready = errors.New("already")

// shimWords are what runc's errors begin with on their way through containerd.
const shimWords = "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: "

// begin makes the first process. The caller holds mu.
func (c *container) begin() error {
	if err := c.publish(); err != nil {
		return err
	}
	fail := func(code int, err error) error {
		c.unpublish()
		c.code = code
		return err
	}
	uid, gid, home, err := c.user(c.config.User)
	if err != nil {
		return fail(126, badRequest("%v", err))
	}
	argv := c.argv()
	if len(argv) == 0 {
		return fail(127, badRequest("no command specified"))
	}
	c.procs.Lock()
	c.lastPID, c.servers, c.busy = 0, map[uint16]http.Handler{}, make(chan struct{})
	c.alive, c.die = context.WithCancelCause(c.e.ctx)
	c.procs.Unlock()
	s := streams{out: c.output(false), err: c.output(true)}
	c.tty = nil
	if c.config.Tty {
		c.tty = newTerminal(c.output(false))
		s = streams{out: c.tty, err: c.tty}
	}
	dir := cmp.Or(c.config.WorkingDir, "/")
	c.makeWorkingDir(dir)
	if c.config.OpenStdin && c.tty == nil {
		s.in = c.input
	}
	ready := make(chan struct{}) // the process must not run before it is known here
	env := c.environment(home, nil)
	at, data, err := c.which(argv[0], pathOf(env), dir)
	var run program
	var args []string
	if err == nil {
		run, args, err = c.programOf(at, data, argv, 0)
	}
	if err != nil {
		c.die(nil)
		return fail(int(startCode(err)), badRequest("%sexec: %q: %s: unknown", shimWords, argv[0], err))
	}
	c.main = c.spawn(nil, argv, env, dir, uid, gid, c.tty, true, func(p *process) int {
		<-ready
		if c.tty != nil {
			s.in = ttyInput{p}
			c.tty.front(p.signal)
		}
		defer c.rests()
		return run(p, s, args)
	})
	c.state, c.code, c.oom, c.problem, c.stopped, c.started = "running", 0, false, "", false, c.e.now()
	now := life{c.main, c.over, c.die, c.tty}
	c.e.wg.Add(1)
	go func() {
		defer c.e.wg.Done()
		c.ended(now)
	}()
	close(ready)
	c.e.feed.send(c.e, "container", "start", c.id, c.attributes())
	return nil
}

// rests tells that a process of the container waits for something.
func (c *container) rests() {
	c.procs.Lock()
	defer c.procs.Unlock()
	select {
	case <-c.busy:
	default:
		close(c.busy)
	}
}

// headStart is the most that a start waits for the first lines of a container's program.
const headStart = 250 * time.Millisecond

// settle gives the program of a container that was started the head start that it has on real engines, where a start
// takes longer than a shell needs for its first lines: without it, whoever asks next may come before a trap is set or
// a folder is made, when this computer is busy. A program that is typed into waits for that.
func (c *container) settle(ctx context.Context) {
	c.procs.Lock()
	busy := c.busy
	c.procs.Unlock()
	if c.config.OpenStdin {
		return
	}
	t := time.NewTimer(headStart)
	defer t.Stop()
	select {
	case <-busy:
	case <-t.C:
	case <-ctx.Done():
	}
}

func pathOf(env []string) string {
	for _, line := range env {
		if v, ok := strings.CutPrefix(line, "PATH="); ok {
			return v
		}
	}
	return usualPath
}

// makeWorkingDir makes the folder that the container works in, as engines do.
func (c *container) makeWorkingDir(dir string) {
	c.e.files.Lock()
	defer c.e.files.Unlock()
	at := "/"
	for _, part := range parts(dir) {
		at = path.Join(at, part)
		if n, parent, _, err := c.view.walk(at, true); err != nil && n == nil && parent != nil {
			parent.keep(part, folder(0o755))
		}
	}
}

// life is one run of a container.
type life struct {
	main *process
	over chan struct{}
	die  context.CancelCauseFunc
	tty  *terminal
}

// ended waits for the end of the first process, and does what follows from it.
func (c *container) ended(l life) {
	e := c.e
	code := l.main.wait()
	l.die(nil)
	for _, p := range c.processList() {
		<-p.ended
	}
	e.mu.Lock()
	c.unpublish()
	c.state, c.code, c.finished, c.over = "exited", code, e.now(), make(chan struct{})
	c.log.flush(e.now())
	c.renewInput()
	again := c.again(code)
	if again {
		c.state = "restarting"
		c.restarts++
	}
	attributes := c.attributes()
	attributes["exitCode"] = strconv.Itoa(code)
	remove := c.host.AutoRemove && !again
	e.mu.Unlock()
	e.feed.send(e, "container", "die", c.id, attributes)
	close(l.over)
	if l.tty != nil {
		l.tty.hangUp()
	}
	if remove {
		e.destroy(c, true)
		return
	}
	if again {
		c.restartSoon()
	}
}

// again tells whether the container's policy has it started again. The caller holds mu.
func (c *container) again(code int) bool {
	p := c.host.RestartPolicy
	switch {
	case c.stopped || c.e.ctx.Err() != nil:
		return false
	case p.IsAlways(), p.IsUnlessStopped():
		return true
	case p.IsOnFailure():
		return code != 0 && (p.MaximumRetryCount == 0 || c.restarts < p.MaximumRetryCount)
	}
	return false
}

// restartSoon starts it again after a pause that grows.
func (c *container) restartSoon() {
	wait := min(100*time.Millisecond<<min(c.restarts, 9), time.Minute)
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-c.e.ctx.Done():
		return
	case <-c.removed:
		return
	case <-t.C:
	}
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	if c.state != "restarting" {
		return
	}
	c.state = "exited"
	if err := c.begin(); err != nil {
		c.problem = err.Error()
	}
}

// end sends a signal and waits for the end, at most for a time; then it kills. The caller holds no lock.
func (c *container) end(signal string, grace time.Duration) {
	e := c.e
	e.mu.Lock()
	c.stopped = true
	if c.state == "restarting" {
		c.state = "exited"
		e.mu.Unlock()
		return
	}
	if !c.running() {
		e.mu.Unlock()
		return
	}
	main, over := c.main, c.over
	c.resumeLocked()
	e.mu.Unlock()
	c.signal(main, signal)
	if grace >= 0 {
		t := time.NewTimer(grace)
		defer t.Stop()
		select {
		case <-over:
			return
		case <-t.C:
		}
	} else {
		<-over
		return
	}
	c.signal(main, "KILL")
	<-over
}

// signal sends its first process a signal, and tells of it as engines do. The caller holds no lock.
func (c *container) signal(main *process, name string) {
	main.signal(name)
	attributes := c.attributes()
	attributes["signal"] = strconv.Itoa(numbers[name])
	c.e.feed.send(c.e, "container", "kill", c.id, attributes)
}

// kill ends it at once, without any event that matters.
func (c *container) kill() {
	c.e.mu.Lock()
	main, over, runs := c.main, c.over, c.running() && c.state != "restarting"
	c.stopped = true
	c.e.mu.Unlock()
	if runs && main != nil {
		main.signal("KILL")
		<-over
	}
}

func (c *container) resumeLocked() {
	if c.paused != nil {
		close(c.paused)
		c.paused, c.state = nil, "running"
	}
}

// takes says how much memory a process has; it is ended when its container has more than it may have.
func (p *process) takes(bytes int64) {
	p.mu.Lock()
	p.memory = bytes
	p.mu.Unlock()
	c := p.c
	sum := int64(0)
	for _, q := range c.processList() {
		_, m := q.used()
		sum += m
	}
	c.e.mu.Lock()
	limit := c.host.Memory
	if limit == 0 {
		limit = machineMemory / 8
	}
	out := sum > limit
	if out {
		c.oom = c.host.Memory != 0
	}
	c.e.mu.Unlock()
	if out && c.oom {
		c.e.feed.send(c.e, "container", "oom", c.id, c.attributes())
	}
	if out {
		p.signal("KILL")
	}
}

// grow counts what is written in its own layer. The caller holds the files.
func (c *container) grow(at string, bytes int64) {
	if c.view.mountOf(at) == nil {
		c.written.Add(bytes)
	}
}

// join connects the container to its networks. The caller holds mu.
func (c *container) join(cfg *network.NetworkingConfig) error {
	mode := string(c.host.NetworkMode)
	if mode == "" || mode == "default" {
		mode = "bridge"
	}
	if c.host.NetworkMode.IsContainer() {
		return nil
	}
	wanted := map[string]*network.EndpointSettings{mode: {}}
	if cfg != nil {
		for name, s := range cfg.EndpointsConfig {
			if name == network.NetworkDefault {
				name = mode
			}
			if s != nil {
				wanted[name] = s
			}
		}
	}
	for name, s := range wanted {
		b := c.e.findNetwork(name)
		if b == nil {
			return notFound("network %s not found", name)
		}
		c.at[b.name] = b.endpoint(s)
	}
	return nil
}
