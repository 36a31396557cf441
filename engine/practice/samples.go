package practice

import (
	"time"

	dockercontainer "github.com/docker/docker/api/types/container"
	"github.com/docker/go-connections/nat"
)

// sample is a container that is there from the beginning.
type sample struct {
	name, image string
	command     []string
	env, binds  []string
	ports       map[nat.Port]string // on this computer, "" for any that is free
	labels      map[string]string
}

// samples are a small shop, a report that failed, and the first container that everybody runs.
var samples = []sample{
	{name: "hello", image: "hello-world:latest"},
	{
		name: "monthly-report", image: "python:3.13",
		command: []string{"sh", "-c", "echo 'Reading sales.csv'; echo 'Traceback (most recent call last):' >&2; echo '  File \"/work/report.py\", line 12, in <module>' >&2; " +
			"echo \"FileNotFoundError: [Errno 2] No such file or directory: '/data/sales.csv'\" >&2; exit 1"},
	},
	{name: "db", image: "postgres:17", env: []string{"POSTGRES_USER=shop", "POSTGRES_PASSWORD=not-a-real-password"}, binds: []string{"db-data:/var/lib/postgresql/data"}},
	{name: "web", image: "nginx:latest", ports: map[nat.Port]string{"80/tcp": ""}},
}

// AddSamples fills the engine with images, containers and volumes to try things with.
func (e *Engine) AddSamples() error {
	for _, name := range []string{"hello-world:latest", "busybox:latest", "python:3.13", "postgres:17", "nginx:latest"} {
		k := findCatalogue(name)
		e.add(k.image(e), name)
		repo := k.name
		e.mu.Lock()
		e.digests[repo+"@"+digestOf(name)] = e.tags[name]
		e.mu.Unlock()
	}
	e.mu.Lock()
	v := e.newVolume("survey-2025", "local", nil, nil)
	e.mu.Unlock()
	e.files.Lock()
	put(v.top, "/answers.csv", regular("id,answer\n1,yes\n2,no\n", 0o644))
	put(v.top, "/README.md", regular("# Survey of 2025\n", 0o644))
	e.files.Unlock()
	for i, s := range samples {
		host := &dockercontainer.HostConfig{Binds: s.binds, PortBindings: nat.PortMap{}}
		for p, at := range s.ports {
			host.PortBindings[p] = []nat.PortBinding{{HostIP: "127.0.0.1", HostPort: at}}
		}
		c, err := e.newContainer(s.name, &dockercontainer.Config{Image: s.image, Cmd: s.command, Env: s.env, Labels: s.labels}, host, nil)
		if err != nil {
			return err
		}
		c.created = e.now().Add(-time.Duration(len(samples)-i) * time.Minute)
		if err := c.run(); err != nil {
			return err
		}
	}
	return nil
}
