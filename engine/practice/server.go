package practice

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"
	"time"

	"slipway/engine/model"

	"github.com/docker/docker/api/types"
)

// request is one call of the API.
type request struct {
	*http.Request
	w http.ResponseWriter
}

// route is a call of the API. It returns what is answered as JSON, nil for no content, or an error.
type route func(e *Engine, r request) (any, error)

// answered says that a route has written its answer itself.
type answered struct{}

// routes are the calls that there are (moby, api/server/router).
var routes = map[string]route{
	"GET /version": (*Engine).getVersion, "GET /info": (*Engine).getInfo, "GET /events": (*Engine).getEvents,
	"GET /system/df": (*Engine).getDiskUsage,
	"POST /auth":     (*Engine).postAuth, "POST /build/prune": (*Engine).postBuildPrune,

	"GET /containers/json": (*Engine).listContainers, "POST /containers/create": (*Engine).createContainer,
	"GET /containers/{id}/json":   of((*Engine).inspectContainer),
	"POST /containers/{id}/start": of((*Engine).startContainer), "POST /containers/{id}/stop": of((*Engine).stopContainer),
	"POST /containers/{id}/restart": of((*Engine).restartContainer),
	"POST /containers/{id}/kill":    of((*Engine).killContainer),
	"POST /containers/{id}/pause":   of((*Engine).pauseContainer),
	"POST /containers/{id}/unpause": of((*Engine).unpauseContainer),
	"POST /containers/{id}/rename":  of((*Engine).renameContainer),
	"POST /containers/{id}/update":  of((*Engine).updateContainer),
	"POST /containers/{id}/wait":    of((*Engine).waitContainer),
	"DELETE /containers/{id}":       of((*Engine).removeContainer),
	"GET /containers/{id}/logs":     of((*Engine).containerLogs),
	"POST /containers/{id}/attach":  of((*Engine).attachContainer),
	"POST /containers/{id}/resize":  of((*Engine).resizeContainer),
	"GET /containers/{id}/stats":    of((*Engine).containerStats), "GET /containers/{id}/top": of((*Engine).containerTop),
	"GET /containers/{id}/changes": of((*Engine).containerChanges),
	"GET /containers/{id}/archive": of((*Engine).getArchive), "HEAD /containers/{id}/archive": of((*Engine).headArchive),
	"PUT /containers/{id}/archive": of((*Engine).putArchive), "POST /commit": (*Engine).commit,
	"GET /containers/{id}/export": of((*Engine).exportContainer), "POST /containers/prune": (*Engine).pruneContainers,

	"POST /containers/{id}/exec": of((*Engine).createExec), "POST /exec/{id}/start": (*Engine).startExec,
	"POST /exec/{id}/resize": (*Engine).resizeExec, "GET /exec/{id}/json": (*Engine).inspectExec,

	"GET /images/json": (*Engine).listImages, "POST /images/create": (*Engine).createImage,
	"GET /images/search": (*Engine).searchImages,
	"GET /images/get":    (*Engine).getImages, "POST /images/load": (*Engine).loadImages,
	"POST /images/prune":          (*Engine).pruneImages,
	"GET /distribution/{name...}": (*Engine).inspectDistribution,
	"GET /images/{name...}":       (*Engine).getImage, "POST /images/{name...}": (*Engine).postImage,
	"DELETE /images/{name...}": (*Engine).removeImage,

	"GET /volumes": (*Engine).listVolumes, "POST /volumes/create": (*Engine).createVolume,
	"GET /volumes/{name}": (*Engine).inspectVolume, "DELETE /volumes/{name}": (*Engine).removeVolume,

	"POST /volumes/prune": (*Engine).pruneVolumes, "POST /networks/prune": (*Engine).pruneNetworks,
	"GET /networks": (*Engine).listNetworks, "POST /networks/create": (*Engine).createNetwork,
	"GET /networks/{id}": (*Engine).inspectNetwork, "DELETE /networks/{id}": (*Engine).removeNetwork,
	"POST /networks/{id}/connect": (*Engine).connectNetwork, "POST /networks/{id}/disconnect": (*Engine).disconnectNetwork,
}

// of is a call about one container.
func of(do func(e *Engine, c *container, r request) (any, error)) route {
	return func(e *Engine, r request) (any, error) {
		c, err := e.container(r.PathValue("id"))
		if err != nil {
			return nil, err
		}
		return do(e, c, r)
	}
}

// lacks are the parts of the API that this engine does not have, and what it cannot do without them.
var lacks = []struct{ paths, what string }{
	{"/build /session /grpc", "build images"},
	{"/swarm /nodes /services /tasks /secrets /configs", "be part of a swarm"},
	{"/plugins", "have plugins"},
	{"/containers/*/attach/ws", "attach over a web socket"},
}

// absent is the answer to a call that is no route.
func absent(method, at string) error {
	for _, l := range lacks {
		for _, p := range strings.Fields(l.paths) {
			if fits, err := path.Match(p, at); err == nil && fits || strings.HasPrefix(at, p+"/") {
				return faultf(http.StatusNotImplemented, "the practice engine cannot %s: %s %s", l.what, method, at)
			}
		}
	}
	if method == http.MethodPut && strings.HasPrefix(at, "/volumes/") {
		return faultf(http.StatusNotImplemented, "the practice engine cannot be part of a swarm: %s %s", method, at)
	}
	return notFound("page not found")
}

var versioned = regexp.MustCompile(`^/v\d+\.\d+/`)

// handler answers the API.
func (e *Engine) handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, do := range routes {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { e.answer(request{r, w}, do) })
	}
	mux.HandleFunc("/_ping", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "OK") })
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, absent(r.Method, r.URL.Path))
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Api-Version", apiVersion)
		h.Set("Docker-Experimental", "false")
		h.Set("Ostype", "linux")
		h.Set("Server", "Docker/"+version+" (practice)")
		if at := versioned.FindString(r.URL.Path); at != "" {
			r.URL.Path = "/" + strings.TrimPrefix(r.URL.Path, at)
			r.URL.RawPath = ""
		}
		if !e.faults.pass(w, r) {
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// answer carries a call out.
func (e *Engine) answer(r request, do route) {
	var out any
	err := model.Guard(model.Say("practice.failed"), func() (err error) { out, err = do(e, r); return err })
	switch _, is := out.(answered); {
	case is:
	case err != nil:
		fail(r.w, err)
	case out == nil:
		r.w.WriteHeader(http.StatusNoContent)
	default:
		reply(r.w, http.StatusOK, out)
	}
}

// created is an answer with the status 201.
type created struct{ body any }

func reply(w http.ResponseWriter, status int, body any) {
	if c, ok := body.(created); ok {
		status, body = http.StatusCreated, c.body
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func fail(w http.ResponseWriter, err error) {
	f := fault{http.StatusInternalServerError, err.Error()}
	_ = errors.As(err, &f)
	reply(w, f.status, types.ErrorResponse{Message: f.text})
}

// read reads the request's body.
func (r request) read(into any) error {
	err := json.NewDecoder(io.LimitReader(r.Body, mostBody)).Decode(into)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return badRequest("invalid JSON: %v", err)
	}
	return nil
}

// mostBody is how many bytes of JSON are read.
const mostBody = 8 << 20

// is tells of a switch in the address that it is on.
func (r request) is(name string) bool {
	v := r.URL.Query().Get(name)
	return v == "1" || v == "true" || v == "True"
}

// stream begins an answer that goes on.
func (r request) stream(kind string) io.Writer {
	r.w.Header().Set("Content-Type", kind)
	r.w.WriteHeader(http.StatusOK)
	f := flusher{w: r.w}
	f.flush()
	return f
}

// flusher sends what is written at once.
type flusher struct{ w http.ResponseWriter }

// Write implements [io.Writer].
func (f flusher) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	f.flush()
	return n, err
}

func (f flusher) flush() {
	if fl, ok := f.w.(http.Flusher); ok {
		fl.Flush()
	}
}

// takeOver makes the connection one for bytes in both directions, as attach and exec do.
// before is called with it before anything is answered, so that no word of a program is missed by who starts it then.
func (r request) takeOver(tty bool, before func(*duplex)) (*duplex, error) {
	h, ok := r.w.(http.Hijacker)
	if !ok {
		return nil, faultf(http.StatusInternalServerError, "the connection cannot be taken over")
	}
	conn, rw, err := h.Hijack()
	if err != nil {
		return nil, err
	}
	kind := "application/vnd.docker.multiplexed-stream"
	if tty {
		kind = "application/vnd.docker.raw-stream"
	}
	head := "HTTP/1.1 200 OK\r\nContent-Type: " + kind + "\r\n\r\n"
	if r.Header.Get("Upgrade") != "" {
		head = "HTTP/1.1 101 UPGRADED\r\nContent-Type: " + kind + "\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
	}
	d := &duplex{conn: conn, in: rw.Reader}
	d.mu.Lock() // what is written meanwhile comes after the head
	defer d.mu.Unlock()
	before(d)
	if _, err := io.WriteString(conn, head); err != nil {
		conn.Close()
		return nil, err
	}
	return d, nil
}

// duplex is a connection that was taken over.
type duplex struct {
	conn net.Conn
	in   *bufio.Reader
	mu   sync.Mutex
}

// Read implements [io.Reader].
func (d *duplex) Read(p []byte) (int, error) { return d.in.Read(p) }

// Write implements [io.Writer].
func (d *duplex) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_ = d.conn.SetWriteDeadline(time.Now().Add(writeTime))
	return d.conn.Write(p)
}

// writeTime is how long somebody may take to read what a program prints.
const writeTime = 30 * time.Second

// frames writes one of the two outputs of a program without a terminal, with the header that tells which (moby,
// pkg/stdcopy).
func (d *duplex) frames(stderr bool) io.Writer {
	return writerFunc(func(p []byte) (int, error) {
		if _, err := d.Write(append(frameHead(stderr, len(p)), p...)); err != nil {
			return 0, err
		}
		return len(p), nil
	})
}

func frameHead(stderr bool, n int) []byte {
	kind := byte(1)
	if stderr {
		kind = 2
	}
	return []byte{kind, 0, 0, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
}

type writerFunc func(p []byte) (int, error)

// Write implements [io.Writer].
func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
