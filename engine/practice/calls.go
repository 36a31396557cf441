package practice

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	dockercontainer "github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/go-units"
)

// usualGrace is how long a container has to end by itself where nobody says.
const usualGrace = 10 * time.Second

// same answers that nothing had to be done.
func same(r request) (any, error) {
	r.w.WriteHeader(http.StatusNotModified)
	return answered{}, nil
}

func (e *Engine) startContainer(c *container, r request) (any, error) {
	if err := c.run(); errors.Is(err, errAlready) {
		return same(r)
	} else if err != nil {
		return nil, err
	}
	c.settle(r.Context())
	return nil, nil
}

// grace is how long a stop waits; negative for ever.
func (c *container) grace(r request) time.Duration {
	if t := r.URL.Query().Get("t"); t != "" {
		n, _ := strconv.Atoi(t)
		return time.Duration(n) * time.Second
	}
	if t := c.config.StopTimeout; t != nil {
		return time.Duration(*t) * time.Second
	}
	return usualGrace
}

func (c *container) stopSignal() string { return cmp.Or(signalName(c.config.StopSignal), "TERM") }

func (e *Engine) stopContainer(c *container, r request) (any, error) {
	e.mu.Lock()
	runs := c.running()
	e.mu.Unlock()
	if !runs {
		return same(r)
	}
	c.end(c.stopSignal(), c.grace(r))
	e.feed.send(e, "container", "stop", c.id, c.attributes())
	return nil, nil
}

func (e *Engine) restartContainer(c *container, r request) (any, error) {
	e.mu.Lock()
	remove := c.host.AutoRemove
	c.host.AutoRemove = false
	e.mu.Unlock()
	c.end(c.stopSignal(), c.grace(r))
	e.mu.Lock()
	c.host.AutoRemove = remove
	e.mu.Unlock()
	if err := c.run(); err != nil && !errors.Is(err, errAlready) {
		return nil, err
	}
	c.settle(r.Context())
	e.feed.send(e, "container", "restart", c.id, c.attributes())
	return nil, nil
}

func (e *Engine) killContainer(c *container, r request) (any, error) {
	name := signalName(cmp.Or(r.URL.Query().Get("signal"), "KILL"))
	if name == "" {
		return nil, badRequest("invalid signal: %s", r.URL.Query().Get("signal"))
	}
	e.mu.Lock()
	main, runs := c.main, c.running() && c.state != "restarting"
	if runs && name == "KILL" {
		c.stopped = true
		c.resumeLocked()
	}
	e.mu.Unlock()
	if !runs {
		return nil, conflict("cannot kill container: %s: container %s is not running", c.name, c.id)
	}
	c.signal(main, name)
	return nil, nil
}

func (e *Engine) pauseContainer(c *container, r request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch c.state {
	case "running":
	case "paused":
		return nil, conflict("Container %s is already paused", c.id)
	default:
		return nil, conflict("Container %s is not running", c.id)
	}
	c.paused, c.state = make(chan struct{}), "paused"
	e.feed.send(e, "container", "pause", c.id, c.attributes())
	return nil, nil
}

func (e *Engine) unpauseContainer(c *container, r request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.paused == nil {
		return nil, conflict("Container %s is not paused", c.id)
	}
	c.resumeLocked()
	e.feed.send(e, "container", "unpause", c.id, c.attributes())
	return nil, nil
}

func (e *Engine) renameContainer(c *container, r request) (any, error) {
	name := strings.TrimPrefix(r.URL.Query().Get("name"), "/")
	e.mu.Lock()
	defer e.mu.Unlock()
	if !containerNames.MatchString(name) {
		return nil, badRequest("Invalid container name (%s), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", name)
	}
	if other := e.containerNamed(name); other != nil {
		return nil,
			conflict("Conflict. The container name \"/%s\" is already in use by container \"%s\". You have to remove (or rename) that container to be able to reuse that name.", name, other.id)
	}
	attributes := c.attributes()
	attributes["oldName"] = "/" + c.name
	c.name = name
	attributes["name"] = name
	e.feed.send(e, "container", "rename", c.id, attributes)
	return nil, nil
}

func (e *Engine) updateContainer(c *container, r request) (any, error) {
	var u dockercontainer.UpdateConfig
	if err := r.read(&u); err != nil {
		return nil, err
	}
	if u.Memory != 0 && u.Memory < minMemory {
		return nil, badRequest("Minimum memory limit allowed is 6MB")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	h := c.host
	set := func(to *int64, value int64) {
		if value != 0 {
			*to = value
		}
	}
	set(&h.Memory, u.Memory)
	set(&h.MemorySwap, u.MemorySwap)
	set(&h.NanoCPUs, u.NanoCPUs)
	set(&h.CPUPeriod, u.CPUPeriod)
	set(&h.CPUQuota, u.CPUQuota)
	if u.RestartPolicy.Name != "" {
		if h.AutoRemove && !u.RestartPolicy.IsNone() {
			return nil, badRequest("Restart policy cannot be updated because AutoRemove is enabled for the container")
		}
		h.RestartPolicy = u.RestartPolicy
	}
	e.feed.send(e, "container", "update", c.id, c.attributes())
	return dockercontainer.UpdateResponse{Warnings: []string{}}, nil
}

func (e *Engine) waitContainer(c *container, r request) (any, error) {
	condition := dockercontainer.WaitCondition(r.URL.Query().Get("condition"))
	e.mu.Lock()
	over, runs := c.over, c.running()
	e.mu.Unlock()
	r.stream("application/json")
	wait := func(done <-chan struct{}) bool {
		select {
		case <-done:
			return true
		case <-r.Context().Done():
			return false
		}
	}
	switch {
	case condition == dockercontainer.WaitConditionRemoved:
		if !wait(c.removed) {
			return answered{}, nil
		}
	case runs || condition == dockercontainer.WaitConditionNextExit:
		if !wait(over) {
			return answered{}, nil
		}
	}
	e.mu.Lock()
	code := c.code
	e.mu.Unlock()
	_ = json.NewEncoder(r.w).Encode(dockercontainer.WaitResponse{StatusCode: int64(code)})
	return answered{}, nil
}

func (e *Engine) removeContainer(c *container, r request) (any, error) {
	e.mu.Lock()
	runs := c.running()
	e.mu.Unlock()
	if runs && !r.is("force") {
		return nil,
			conflict("cannot remove container %q: container is running: stop the container before removing or force remove",
				"/"+c.name)
	}
	c.kill()
	e.destroy(c, r.is("v"))
	return nil, nil
}

// destroy takes a container away, with its anonymous volumes where that is wanted.
func (e *Engine) destroy(c *container, volumes bool) {
	e.destroyIf(c, volumes, func() bool { return true })
}

// destroyIf takes a container away if wanted says so, which is asked while nothing changes. It tells whether it did.
func (e *Engine) destroyIf(c *container, volumes bool, wanted func() bool) bool {
	e.mu.Lock()
	if e.containers[c.id] == nil || !wanted() {
		e.mu.Unlock()
		return false
	}
	delete(e.containers, c.id)
	attributes := c.attributes()
	var gone []string
	for _, m := range c.mounts {
		if v := e.volumes[m.Name]; volumes && v != nil && v.anonymous() && len(e.usersOf(m.Name)) == 0 {
			delete(e.volumes, m.Name)
			gone = append(gone, m.Name)
		}
	}
	close(c.removed)
	c.closeInput()
	e.mu.Unlock()
	c.log.close()
	for _, name := range gone {
		e.feed.send(e, "volume", "destroy", name, map[string]string{"driver": "local"})
	}
	e.feed.send(e, "container", "destroy", c.id, attributes)
	return true
}

func (e *Engine) listContainers(r request) (any, error) {
	f, err := filters.FromJSON(r.URL.Query().Get("filters"))
	if err != nil {
		return nil, badRequest("%v", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []dockercontainer.Summary{}
	for _, c := range e.containers {
		if !r.is("all") && !c.running() && f.Len() == 0 {
			continue
		}
		if !c.fits(f) {
			continue
		}
		s := dockercontainer.Summary{
			ID: c.id, Names: []string{"/" + c.name}, Image: c.config.Image, ImageID: c.image.id,
			Command: strings.Join(c.argv(), " "), Created: c.created.Unix(), Labels: c.config.Labels,
			State: c.state, Status: c.status(), Mounts: c.mounts,
			NetworkSettings: &dockercontainer.NetworkSettingsSummary{Networks: c.endpoints()}, Ports: c.portList(),
		}
		if e.tags[c.config.Image] != c.image.id && e.findImage(c.config.Image) != c.image {
			s.Image = c.image.id
		}
		s.HostConfig.NetworkMode = cmp.Or(string(c.host.NetworkMode), "bridge")
		if r.is("size") {
			s.SizeRw, s.SizeRootFs = c.written.Load(), c.written.Load()+c.image.size()
		}
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b dockercontainer.Summary) int {
		return cmp.Or(cmp.Compare(b.Created, a.Created), strings.Compare(a.ID, b.ID))
	})
	return list, nil
}

// fits tells whether a container is asked for.
func (c *container) fits(f filters.Args) bool {
	if f.Contains("status") && !f.ExactMatch("status", c.state) {
		return false
	}
	if f.Contains("id") && !f.Match("id", c.id) || f.Contains("name") && !f.Match("name", c.name) {
		return false
	}
	if f.Contains("ancestor") && !f.ExactMatch("ancestor", c.config.Image) && !f.ExactMatch("ancestor", c.image.id) {
		return false
	}
	if f.Contains("volume") && !slices.ContainsFunc(c.mounts, func(m dockercontainer.MountPoint) bool {
		return f.ExactMatch("volume", m.Name) || f.ExactMatch("volume", m.Destination)
	}) {
		return false
	}
	return f.MatchKVList("label", c.config.Labels)
}

// status is how docker ps says it.
func (c *container) status() string {
	now := c.e.now()
	ago := func(t time.Time) string { return units.HumanDuration(now.Sub(t)) }
	switch c.state {
	case "running":
		return "Up " + ago(c.started)
	case "paused":
		return "Up " + ago(c.started) + " (Paused)"
	case "restarting":
		return fmt.Sprintf("Restarting (%d) %s ago", c.code, ago(c.finished))
	case "exited":
		return fmt.Sprintf("Exited (%d) %s ago", c.code, ago(c.finished))
	case "created":
		return "Created"
	}
	return c.state
}

func (c *container) portList() []dockercontainer.Port {
	list := []dockercontainer.Port{}
	for p, bindings := range c.ports {
		if len(bindings) == 0 {
			list = append(list, dockercontainer.Port{PrivatePort: uint16(p.Int()), Type: p.Proto()})
		}
		for _, b := range bindings {
			n, _ := strconv.ParseUint(b.HostPort, 10, 16)
			list = append(list,
				dockercontainer.Port{IP: b.HostIP, PrivatePort: uint16(p.Int()), PublicPort: uint16(n), Type: p.Proto()})
		}
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i], list[j]
		return a.PrivatePort < b.PrivatePort || a.PrivatePort == b.PrivatePort && a.IP < b.IP
	})
	return list
}

func (c *container) endpoints() map[string]*network.EndpointSettings {
	out := map[string]*network.EndpointSettings{}
	for name, s := range c.at {
		one := *s
		if !c.running() {
			one.IPAddress, one.Gateway, one.MacAddress, one.IPPrefixLen = "", "", "", 0
		}
		out[name] = &one
	}
	return out
}

func (e *Engine) inspectContainer(c *container, r request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	argv := append(c.argv(), "")
	pid := 0
	if c.running() && c.main != nil {
		pid = outside(c, 1)
	}
	host := *c.host
	if host.NetworkMode == "" {
		host.NetworkMode = "bridge"
	}
	if host.LogConfig.Type == "" {
		host.LogConfig = dockercontainer.LogConfig{Type: "json-file", Config: map[string]string{}}
	}
	host.IpcMode, host.Runtime = cmp.Or(host.IpcMode, "private"), cmp.Or(host.Runtime, "runc")
	host.CgroupnsMode = cmp.Or(host.CgroupnsMode, "private")
	host.ShmSize = cmp.Or(host.ShmSize, 64<<20)
	if host.MaskedPaths == nil && !host.Privileged {
		host.MaskedPaths, host.ReadonlyPaths = []string{"/proc/kcore", "/sys/firmware"}, []string{"/proc/sys"}
	}
	if host.Memory > 0 && host.MemorySwap == 0 {
		host.MemorySwap = 2 * host.Memory
	}
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return "0001-01-01T00:00:00Z"
		}
		return t.UTC().Format(time.RFC3339Nano)
	}
	health := (*dockercontainer.Health)(nil)
	base := &dockercontainer.ContainerJSONBase{
		ID: c.id, Created: stamp(c.created), Path: argv[0], Args: slices.DeleteFunc(argv[1:],
			func(a string) bool { return a == "" && len(argv) == 2 }), Image: c.image.id, Name: "/" + c.name,
		RestartCount: c.restarts, Driver: "overlay2", Platform: "linux", HostConfig: &host,
		LogPath: "/var/lib/docker/containers/" + c.id + "/" + c.id + "-json.log",
		State: &dockercontainer.State{
			Status: c.state, Running: c.running(), Paused: c.state == "paused", Restarting: c.state == "restarting",
			OOMKilled: c.oom, Pid: pid, ExitCode: c.code, Error: c.problem,
			StartedAt: stamp(c.started), FinishedAt: stamp(c.finished), Health: health,
		},
	}
	base.Args = base.Args[:max(0, len(c.argv())-1)]
	settings := &dockercontainer.NetworkSettings{Networks: c.endpoints()}
	settings.Ports = maps.Clone(c.ports)
	return dockercontainer.InspectResponse{
		ContainerJSONBase: base, Mounts: c.mounts, Config: c.config,
		NetworkSettings: settings,
	}, nil
}

// outside is the number that a process of a container has on the engine's machine.
func outside(c *container, pid int) int {
	n := 0
	for _, b := range []byte(c.id[:3]) {
		n = n*31 + int(b)
	}
	return 3000 + n%20000 + pid
}

func (e *Engine) containerTop(c *container, r request) (any, error) {
	e.mu.Lock()
	runs := c.running()
	e.mu.Unlock()
	if !runs {
		return nil, conflict("container %s is not running", c.id)
	}
	args := cmp.Or(r.URL.Query().Get("ps_args"), "-ef")
	out := dockercontainer.TopResponse{
		Titles:    []string{"UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"},
		Processes: [][]string{},
	}
	fields := []string{"user", "pid", "ppid", "c", "stime", "tty", "time", "args"}
	if _, list, ok := strings.Cut(args, "-o"); ok {
		out.Titles, fields = nil, nil
		for _, f := range strings.FieldsFunc(strings.TrimPrefix(list, "="), func(r rune) bool {
			return r == ',' || r == ' '
		}) {
			name, title, titled := strings.Cut(f, "=")
			if !titled || title == "" {
				title = strings.ToUpper(map[string]string{"args": "COMMAND", "pcpu": "%CPU"}[name])
				title = cmp.Or(title, strings.ToUpper(name))
			}
			out.Titles, fields = append(out.Titles, title), append(fields, name)
		}
	}
	for _, p := range c.processList() {
		ticks, memory := p.used()
		parent := 1
		if p.parent != 0 {
			parent = outside(c, p.parent)
		}
		values := map[string]string{
			"user": p.userName(), "uid": strconv.Itoa(p.uid), "pid": strconv.Itoa(outside(c, p.pid)),
			"ppid": strconv.Itoa(parent), "c": "0", "stime": p.began.Format("15:04"), "tty": "?",
			"time": fmt.Sprintf("%02d:%02d:%02d", ticks/360000, ticks/6000%60, ticks/100%60), "args": strings.Join(p.argv, " "),
			"rss": strconv.FormatInt(memory>>10, 10), "pcpu": "0.0",
			"nlwp": "1", "stat": "S", "etimes": strconv.Itoa(int(e.now().Sub(p.began).Seconds())),
			"cputimes": strconv.FormatInt(ticks/100, 10), "comm": p.name(), "state": "S",
		}
		row := make([]string, len(fields))
		for i, f := range fields {
			row[i] = cmp.Or(values[f], "-")
		}
		out.Processes = append(out.Processes, row)
	}
	return out, nil
}

func (e *Engine) containerStats(c *container, r request) (any, error) {
	w := r.stream("application/json")
	enc := json.NewEncoder(w)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var before *dockercontainer.CPUStats
	began := e.now()
	for sample := 1; ; sample++ {
		s := c.usage(before, sample)
		s.Read = began.Add(time.Duration(sample-1) * time.Second)
		if err := enc.Encode(s); err != nil || r.URL.Query().Get("stream") == "0" || r.URL.Query().Get("stream") == "false" {
			return answered{}, nil
		}
		cpu := s.CPUStats
		before = &cpu
		select {
		case <-r.Context().Done():
			return answered{}, nil
		case <-c.removed:
			return answered{}, nil
		case <-tick.C:
			e.faults.stall(r.Context())
		}
	}
}

// usage is what a container uses at this moment, for whom it is told the sample-th time.
func (c *container) usage(before *dockercontainer.CPUStats, sample int) dockercontainer.StatsResponse {
	var ticks, memory int64
	count := 0
	for _, p := range c.processList() {
		t, m := p.used()
		ticks, memory, count = ticks+t, memory+m, count+1
	}
	c.e.mu.Lock()
	limit, runs := cmp.Or(c.host.Memory, machineMemory), c.running()
	load := c.load(sample)
	c.e.mu.Unlock()
	s := dockercontainer.StatsResponse{ID: c.id, Name: "/" + c.name}
	if !runs {
		return s
	}
	s.CPUStats = dockercontainer.CPUStats{
		OnlineCPUs:  machineCPUs,
		SystemUsage: uint64(sample) * uint64(time.Second) * machineCPUs,
	}
	s.CPUStats.CPUUsage.TotalUsage = uint64(ticks)*uint64(10*time.Millisecond) + load.cpu
	if before != nil {
		s.PreCPUStats = *before
	}
	s.MemoryStats = dockercontainer.MemoryStats{Usage: uint64(memory) + load.memory, Limit: uint64(limit)}
	s.PidsStats.Current = uint64(count)
	s.Networks = map[string]dockercontainer.NetworkStats{"eth0": {RxBytes: 1200 + load.received, TxBytes: 900 + load.sent}}
	return s
}

// load is what the servers of the catalogue seem to use, in all, with bytes and nanoseconds.
type load struct{ cpu, memory, received, sent uint64 }

// load is made up from the number of the sample, so that the curves look alive and are the same for each
// container. The caller holds mu.
func (c *container) load(sample int) load {
	k := findCatalogue(c.config.Image)
	if k == nil || k.memory == 0 {
		return load{}
	}
	var l load
	wave := func(n, period int) uint64 { return uint64(min(n%period, period-n%period)) }
	for n := 1; n <= sample; n++ {
		busy := 4 + 3*wave(n, 10) + 11*wave(n, 3) // thousandths of a processor
		l.cpu += busy * uint64(time.Millisecond)
		l.received, l.sent = l.received+busy*40, l.sent+busy*170
	}
	l.memory = k.memory<<20 + wave(sample, 24)<<17
	return l
}

func (e *Engine) resizeContainer(c *container, r request) (any, error) {
	e.mu.Lock()
	tty, runs := c.tty, c.running()
	e.mu.Unlock()
	if !runs {
		return nil, conflict("container %s is not running", c.id)
	}
	r.resize(tty)
	return nil, nil
}

func (r request) resize(tty *terminal) {
	if tty == nil {
		return
	}
	cols, _ := strconv.Atoi(r.URL.Query().Get("w"))
	rows, _ := strconv.Atoi(r.URL.Query().Get("h"))
	tty.resize(cols, rows)
}

func (e *Engine) attachContainer(c *container, r request) (any, error) {
	e.mu.Lock()
	tty, over := c.tty, c.over
	// docker attaches before a start, which may come as soon as this is answered
	open := c.running() || c.state == "created" || c.state == "exited"
	e.mu.Unlock()
	leave := func() {}
	d, err := r.takeOver(c.config.Tty, func(d *duplex) { leave = c.attach(d, r) })
	defer func() { leave() }()
	if err != nil {
		return nil, err
	}
	defer d.conn.Close()
	if r.is("logs") {
		c.log.replay(d, c.config.Tty)
	}
	if !r.is("stream") || !open {
		return answered{}, nil
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		buf := make([]byte, 4096)
		for {
			n, err := d.Read(buf)
			if n > 0 && r.is("stdin") {
				c.typed(tty, buf[:n])
			}
			if err != nil {
				c.letGo(r, err)
				return
			}
		}
	}()
	left := gone
	if !r.is("stdin") {
		left = nil // the end of what is typed is not the end of who reads
	}
	select {
	case <-over:
	case <-left:
	case <-c.removed:
	case <-e.ctx.Done():
	}
	return answered{}, nil
}

// letGo ends the input of a container whose one attached person has gone.
func (c *container) letGo(r request, err error) {
	c.e.mu.Lock()
	stdin := c.stdin
	c.e.mu.Unlock()
	if stdin != nil && r.is("stdin") && errors.Is(err, io.EOF) && c.config.StdinOnce {
		stdin.Close()
	}
}

// typed passes on what somebody types.
func (c *container) typed(tty *terminal, keys []byte) {
	c.e.mu.Lock()
	if tty == nil {
		tty = c.tty
	}
	stdin := c.stdin
	c.e.mu.Unlock()
	switch {
	case tty != nil:
		tty.typed(keys)
	case stdin != nil:
		_, _ = stdin.Write(keys)
	}
}

// attach has what the container prints go to a connection, too.
func (c *container) attach(d *duplex, r request) (leave func()) {
	c.procs.Lock()
	defer c.procs.Unlock()
	n := c.nextAttached
	c.nextAttached++
	if c.config.Tty {
		c.attached[n] = d
	} else {
		if r.is("stdout") {
			c.attached[n] = d.frames(false)
		}
		if r.is("stderr") {
			c.attachedErr[n] = d.frames(true)
		}
	}
	return func() {
		c.procs.Lock()
		defer c.procs.Unlock()
		delete(c.attached, n)
		delete(c.attachedErr, n)
	}
}

// output is where a program of the container prints to.
func (c *container) output(stderr bool) io.Writer {
	return writerFunc(func(p []byte) (int, error) {
		if w := c.pausing(); w != nil {
			<-w
		}
		if c.host.LogConfig.Type != "none" {
			c.log.write(c.e.now(), stderr, p)
		}
		c.procs.Lock()
		to := c.attached
		if stderr {
			to = c.attachedErr
		}
		list := slices.Collect(maps.Values(to))
		c.procs.Unlock()
		for _, w := range list {
			_, _ = w.Write(p)
		}
		return len(p), nil
	})
}
