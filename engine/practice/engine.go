package practice

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// What the machine of the engine is said to be.
const (
	machineMemory = 8 << 30
	machineCPUs   = 4
	kernel        = "6.12.0-practice"
	apiVersion    = "1.51"
	version       = "28.5.2"
)

// Options are what an engine is like.
type Options struct {
	// Desktop has it answer as Docker Desktop does: in a virtual machine, with folders of Windows.
	Desktop bool
	// Swift has images of any size come at once, for tests.
	Swift bool
	// Now is the engine's clock; nil for this computer's.
	Now func() time.Time
	// Seed makes runs repeatable: the IDs of the same things are the same, and free ports are the next from
	// 32768 on. 0 makes them random.
	Seed uint64
}

// Engine is one engine. Make it with [Start]; [Engine.Close] ends it and all that runs in it.
type Engine struct {
	options Options
	dir     string
	socket  string
	id      string
	began   time.Time
	ctx     context.Context
	cancel  context.CancelFunc
	server  *http.Server
	served  chan struct{}
	faults  faults
	feed    feed

	files sync.Mutex // all trees of files

	ids  sync.Mutex
	made map[string]int // how many IDs, by kind; only with a seed

	mu         sync.Mutex
	images     map[string]*image  // by ID
	tags       map[string]string  // IDs of images, by name
	digests    map[string]string  // IDs of images, by name@digest
	sent       map[string]*packed // how layers were pushed, by diff ID
	containers map[string]*container
	volumes    map[string]*volume
	networks   map[string]*bridge
	execs      map[string]*execution
	roots      []*os.Root // folders of this computer that are mounted
	wg         sync.WaitGroup
}

// Start makes an engine and has it listen on a socket in a folder of its own.
func Start(o Options) (*Engine, error) {
	dir, err := os.MkdirTemp("", "slipway-practice-")
	if err != nil {
		return nil, err
	}
	e := &Engine{
		options: o, dir: dir, socket: filepath.Join(dir, "docker.sock"),
		images: map[string]*image{}, tags: map[string]string{}, digests: map[string]string{},
		containers: map[string]*container{}, volumes: map[string]*volume{},
		networks: map[string]*bridge{}, execs: map[string]*execution{}, made: map[string]int{}, sent: map[string]*packed{},
	}
	e.began = e.now().Add(-time.Hour)
	e.id = e.newID("engine")[:32]
	e.ctx, e.cancel = context.WithCancel(context.Background())
	for _, name := range []string{"bridge", "host", "none"} {
		e.networks[name] = e.newNetwork(name, map[string]string{"bridge": "bridge", "host": "host", "none": "null"}[name])
	}
	if err := e.listen(); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return e, nil
}

func (e *Engine) listen() error {
	l, err := net.Listen("unix", e.socket)
	if err != nil {
		return err
	}
	server, served := &http.Server{Handler: e.handler(), ReadHeaderTimeout: time.Minute}, make(chan struct{})
	e.server, e.served = server, served
	go func() {
		defer close(served)
		_ = server.Serve(l)
	}()
	return nil
}

// Host is its address as DOCKER_HOST takes it.
func (e *Engine) Host() string { return "unix://" + filepath.ToSlash(e.socket) }

// Dir is a folder of this computer that goes with the engine.
func (e *Engine) Dir() string { return e.dir }

// Close ends the engine, everything that runs in it, and removes its socket.
func (e *Engine) Close() {
	e.cancel()
	e.faults.thaw()
	e.server.Close()
	<-e.served
	for _, c := range e.all() {
		c.kill()
		e.mu.Lock()
		c.closeInput()
		e.mu.Unlock()
	}
	e.wg.Wait()
	for _, r := range e.roots {
		r.Close()
	}
	os.RemoveAll(e.dir)
}

// now is the engine's time.
func (e *Engine) now() time.Time {
	if e.options.Now != nil {
		return e.options.Now()
	}
	return time.Now()
}

// newID is a random ID as Docker's are: 64 hexadecimal digits. With a seed it depends on how many of its kind there
// were.
func (e *Engine) newID(kind string) string {
	var b [32]byte
	if e.options.Seed == 0 {
		_, _ = rand.Read(b[:]) // which never fails
		return hex.EncodeToString(b[:])
	}
	e.ids.Lock()
	defer e.ids.Unlock()
	e.made[kind]++
	b = sha256.Sum256(fmt.Appendf(nil, "%d %s %d", e.options.Seed, kind, e.made[kind]))
	return hex.EncodeToString(b[:])
}

// all are the containers at this moment.
func (e *Engine) all() []*container {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := make([]*container, 0, len(e.containers))
	for _, c := range e.containers {
		list = append(list, c)
	}
	return list
}

// fault is an answer that is an error.
type fault struct {
	status int
	text   string
}

// Error implements error.
func (f fault) Error() string { return f.text }

func faultf(status int, format string, args ...any) error {
	return fault{status, fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) error {
	return faultf(http.StatusNotFound, format, args...)
}

func conflict(format string, args ...any) error {
	return faultf(http.StatusConflict, format, args...)
}

func badRequest(format string, args ...any) error {
	return faultf(http.StatusBadRequest, format, args...)
}
