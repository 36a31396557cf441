package practice

import (
	"fmt"
	"slices"
	"time"

	dockercontainer "github.com/docker/docker/api/types/container"
	"github.com/docker/go-connections/nat"
)

// Sample is a container that is there from the beginning, and runs.
type Sample struct {
	Name, Image string
	Command     []string
	Env         []string          // NAME=VALUE
	Binds       []string          // volumes and folders, as docker run -v takes them
	Ports       map[string]string // the port of 127.0.0.1 for one like "80/tcp"; "" for any that is free
	Labels      map[string]string
	Files       map[string]string // texts of files in it, by path, which belong to its user
	Age         time.Duration     // how long ago it was made
	Ends        bool              // whether it ends by itself, at once
}

// samples are a small shop, a report that failed, and the first container that everybody runs.
var samples = []Sample{
	{Name: "hello", Image: "hello-world:latest", Ends: true},
	{
		Name: "monthly-report", Image: "python:3.13", Ends: true,
		Command: []string{
			"sh", "-c",
			"echo 'Reading sales.csv'; echo 'Traceback (most recent call last):' >&2; echo '  File \"/work/report.py\", line 12, in <module>' >&2; " +
				"echo \"FileNotFoundError: [Errno 2] No such file or directory: '/data/sales.csv'\" >&2; exit 1",
		},
	},
	{
		Name: "db", Image: "postgres:17", Env: []string{"POSTGRES_USER=shop", "POSTGRES_PASSWORD=not-a-real-password"},
		Binds: []string{"db-data:/var/lib/postgresql/data"},
	},
	{Name: "web", Image: "nginx:latest", Ports: map[string]string{"80/tcp": ""}},
}

// AddSamples fills the engine with images, containers and volumes to try things with.
func (e *Engine) AddSamples() error {
	for _, name := range []string{"hello-world:latest", "busybox:latest", "python:3.13", "postgres:17", "nginx:latest"} {
		if err := e.AddImage(name, name); err != nil {
			return err
		}
	}
	e.AddVolume("survey-2025",
		map[string]string{"/answers.csv": "id,answer\n1,yes\n2,no\n", "/README.md": "# Survey of 2025\n"})
	for i, s := range samples {
		s.Age = time.Duration(len(samples)-i) * time.Minute
		if err := e.Add(s); err != nil {
			return err
		}
	}
	return nil
}

// AddImage adds an image of the catalogue under a name, its own or another. It fails for one that the catalogue does
// not have.
func (e *Engine) AddImage(from, name string) error {
	k := findCatalogue(from)
	if k == nil {
		return fmt.Errorf("practice: there is no image %s", from)
	}
	if from != name {
		own := *k
		own.megabytes = append(slices.Clone(k.megabytes), 12)
		own.name = name // so that its own layer is another
		e.add(own.image(e), name)
		return nil
	}
	e.add(k.image(e), name)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.digests[k.name+"@"+digestOf(name)] = e.tags[name]
	return nil
}

// AddVolume makes a volume with files, by path.
func (e *Engine) AddVolume(name string, files map[string]string) {
	e.mu.Lock()
	v := e.newVolume(name, "local", nil, nil)
	e.mu.Unlock()
	e.files.Lock()
	defer e.files.Unlock()
	for at, text := range files {
		put(v.top, at, regular(text, 0o644))
	}
}

// Add makes the container of a sample and starts it, and waits for the end of one that ends by itself. Its image must
// be there.
func (e *Engine) Add(s Sample) error {
	host := &dockercontainer.HostConfig{Binds: s.Binds, PortBindings: nat.PortMap{}}
	exposed := nat.PortSet{}
	for p, at := range s.Ports {
		exposed[nat.Port(p)] = struct{}{}
		host.PortBindings[nat.Port(p)] = []nat.PortBinding{{HostIP: "127.0.0.1", HostPort: at}}
	}
	cfg := &dockercontainer.Config{Image: s.Image, Cmd: s.Command, Env: s.Env, Labels: s.Labels, ExposedPorts: exposed}
	c, err := e.newContainer(s.Name, cfg, host, nil)
	if err != nil {
		return err
	}
	c.created = e.now().Add(-s.Age)
	uid, gid, _, err := c.user(c.config.User)
	if err != nil {
		return err
	}
	e.files.Lock()
	for at, text := range s.Files {
		n := regular(text, 0o644)
		n.uid, n.gid = uid, gid
		put(c.view.top, at, n)
		n.modified = c.created
		c.written.Add(int64(len(text)))
	}
	e.files.Unlock()
	e.mu.Lock()
	over := c.over
	e.mu.Unlock()
	if err := c.run(); err != nil {
		return err
	}
	if s.Ends {
		<-over
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	c.started = c.created
	if s.Ends {
		c.finished = c.created.Add(2 * time.Second)
	}
	return nil
}
