package practice

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/go-connections/nat"
)

// listening are the ports on which its programs listen.
func (c *container) listening() []uint16 {
	c.procs.Lock()
	defer c.procs.Unlock()
	return slices.Sorted(maps.Keys(c.servers))
}

// serve has a program listen on a port of the container until it ends.
func (p *process) serve(port uint16, h http.Handler) error {
	c := p.c
	c.procs.Lock()
	if c.servers[port] != nil {
		c.procs.Unlock()
		return fmt.Errorf("bind: Address already in use")
	}
	c.servers[port] = h
	c.procs.Unlock()
	c.rests()
	<-p.ctx.Done()
	c.procs.Lock()
	delete(c.servers, port)
	c.procs.Unlock()
	return nil
}

// publish listens on the ports that are to be published. The caller holds mu.
func (c *container) publish() error {
	c.ports = nat.PortMap{}
	bindings := maps.Clone(c.host.PortBindings)
	if bindings == nil {
		bindings = nat.PortMap{}
	}
	if c.host.PublishAllPorts {
		for p := range c.config.ExposedPorts {
			if len(bindings[p]) == 0 {
				bindings[p] = []nat.PortBinding{{}}
			}
		}
	}
	for p := range c.config.ExposedPorts {
		c.ports[p] = nil
	}
	if c.host.NetworkMode.IsHost() {
		c.ports = nat.PortMap{}
		return nil
	}
	for p, list := range bindings {
		for _, b := range list {
			got, err := c.publishOne(p, b)
			if err != nil {
				c.unpublish()
				return err
			}
			c.ports[p] = append(c.ports[p], got...)
		}
	}
	return nil
}

// firstFree and lastFree are the ports that a repeatable engine chooses from.
const firstFree, lastFree = 32768, 60999

// publishOne listens on one port.
func (c *container) publishOne(p nat.Port, b nat.PortBinding) ([]nat.PortBinding, error) {
	address := b.HostIP
	listen := cmp.Or(address, "0.0.0.0")
	first, last, _ := strings.Cut(b.HostPort, "-")
	from, _ := strconv.Atoi(first)
	if from == 0 && c.e.options.Seed != 0 {
		first, last = strconv.Itoa(firstFree), strconv.Itoa(lastFree)
		from = firstFree
	}
	to, _ := strconv.Atoi(cmp.Or(last, first))
	var err error
	for n := from; n <= max(from, to); n++ {
		at := net.JoinHostPort(listen, strconv.Itoa(n))
		var l io.Closer
		var got net.Addr
		if p.Proto() == "udp" {
			conn, e := net.ListenPacket("udp", at)
			if err = e; e == nil {
				l, got = conn, conn.LocalAddr()
			}
		} else {
			listener, e := net.Listen("tcp", at)
			if err = e; e == nil {
				l, got = listener, listener.Addr()
				c.e.wg.Add(1)
				go func() { defer c.e.wg.Done(); c.forward(listener, uint16(p.Int())) }()
			}
		}
		if err != nil {
			continue
		}
		c.listeners = append(c.listeners, l)
		_, port, _ := net.SplitHostPort(got.String())
		if address == "" {
			return []nat.PortBinding{{HostIP: "0.0.0.0", HostPort: port}, {HostIP: "::", HostPort: port}}, nil
		}
		return []nat.PortBinding{{HostIP: address, HostPort: port}}, nil
	}
	where := "driver failed programming external connectivity on endpoint " + c.name + " (" + c.e.newID("endpoint") + "): "
	if c.e.publishes(from) {
		return nil,
			faultf(http.StatusInternalServerError, "%sBind for %s:%d failed: port is already allocated", where, listen, from)
	}
	return nil,
		faultf(http.StatusInternalServerError,
			"%sfailed to bind host port for %s:%d:172.17.0.2:%d/%s: address already in use", where, listen, from, p.Int(),
			p.Proto())
}

// publishes tells whether a container of the engine has a port. The caller holds mu.
func (e *Engine) publishes(port int) bool {
	for _, c := range e.containers {
		for _, list := range c.ports {
			for _, b := range list {
				if c.running() && b.HostPort == strconv.Itoa(port) {
					return true
				}
			}
		}
	}
	return false
}

func (c *container) unpublish() {
	for _, l := range c.listeners {
		l.Close()
	}
	c.listeners, c.ports = nil, nil
}

// forward answers what comes to a published port with what listens there in the container.
func (c *container) forward(l net.Listener, port uint16) {
	s := &http.Server{
		ReadHeaderTimeout: time.Minute,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c.procs.Lock()
			h := c.servers[port]
			c.procs.Unlock()
			if h == nil { // nobody listens: the connection ends without a word
				if hj, ok := w.(http.Hijacker); ok {
					if conn, _, err := hj.Hijack(); err == nil {
						conn.Close()
					}
				}
				return
			}
			h.ServeHTTP(w, r)
		}),
	}
	_ = s.Serve(l)
	s.Close()
}
