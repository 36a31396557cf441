package engine

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
)

// Podman answers Docker's API differently in places, see [dialect]; here its answers become those of Docker. What it
// cannot do at all is in [model.EngineInfo.Lacks].

// hubName shortens the name of an image as Docker does: Podman writes docker.io/library/python:3 for python:3. Its
// names for images that were made here, localhost/NAME, stay: without the first part they would mean one of Docker Hub.
func (e *Engine) hubName(ref string) string {
	if !e.dialect.longNames {
		return ref
	}
	short, ok := strings.CutPrefix(ref, dockerHub+"/")
	if !ok {
		return ref
	}
	return strings.TrimPrefix(short, "library/")
}

func (e *Engine) hubNames(refs []string) []string {
	refs = slices.Clone(refs)
	for i := range refs {
		refs[i] = e.hubName(refs[i])
	}
	return refs
}

// asDocker gives a container Docker's words.
func (e *Engine) asDocker(c model.Container) model.Container {
	if !e.dialect.ownStates {
		return c
	}
	c.Image, c.Reference = e.hubName(c.Image), e.hubName(c.Reference)
	switch c.State {
	case "configured", "initialized":
		c.State = model.StateCreated
	case "stopping":
		c.State = model.StateRunning
	case "stopped": // until what it had is cleaned up
		c.State = model.StateExited
	}
	return c
}

// podmanGrace is the grace time of a stop in seconds: Podman gives none to containers that were made through Docker's
// API without one, and kills them at once.
const podmanGrace = 10

// graceOf is how long a stop waits. A negative one means the container's own, or Docker's.
func (e *Engine) graceOf(ctx context.Context, c model.Container, grace int) int {
	if grace >= 0 || !e.dialect.noGrace {
		return grace
	}
	if now, err := e.Container(ctx, c.ID); err == nil && now.StopTimeout > 0 {
		return now.StopTimeout
	}
	return podmanGrace
}

// minMemory is the least memory that Docker lets a container have.
const minMemory = 6 << 20

// refuse refuses what Docker would: Podman makes the folder of a bind mount, and takes any memory limit. Folders of an
// engine elsewhere cannot be seen from here.
func (e *Engine) refuse(s runspec.Spec, what model.Fact) error {
	if !e.dialect.takesAll {
		return nil
	}
	if s.Memory > 0 && s.Memory < minMemory {
		return &model.Problem{
			Kind: model.ProblemBadInput,
			What: what,
			Why:  model.Say("engine.a-container-needs-at-least"),
			Fix:  model.Say("engine.correct-it-and-try-again"),
		}
	}
	for _, m := range s.Mounts {
		if text := m.Source + m.Target; strings.Contains(text, ",") && strings.Contains(text, ":") {
			return &model.Problem{
				Kind: model.ProblemUnsupported,
				What: what,
				Why:  model.Say("engine.podman-cannot-use-a-folder"),
				Fix:  model.Say("engine.rename-the-folder-or-choose", model.Args{"Source": model.Name(m.Source)}),
			}
		}
		if m.Kind != runspec.Bind || !e.locality.SharesFolders() {
			continue
		}
		if _, err := os.Stat(m.Source); os.IsNotExist(err) {
			return noFolder(&fs.PathError{Op: "stat", Path: m.Source, Err: fs.ErrNotExist}, what, m.Source)
		}
	}
	return nil
}

// commasAsBinds says in the older form what has a comma in its path: Podman writes every mount as a list with commas
// and cuts it there. The older form in turn cannot say a colon.
func commasAsBinds(h *container.HostConfig) {
	h.Mounts = slices.DeleteFunc(h.Mounts, func(m mount.Mount) bool {
		text := m.Source + m.Target
		if !strings.Contains(text, ",") || strings.Contains(text, ":") {
			return false
		}
		h.Binds = append(h.Binds,
			runspec.Mount{Kind: runspec.MountKind(m.Type), Source: m.Source, Target: m.Target, ReadOnly: m.ReadOnly}.Bind())
		return true
	})
}

// podmanWrites are the files of a container in which Podman itself enters its user.
var podmanWrites = []string{"/etc/group", "/etc/passwd"}

// statHeader has what an engine tells of a file.
const statHeader = "X-Docker-Container-Path-Stat"

// podmanStat asks about a file past the client, which cannot read the answer when Podman writes it with the letters of
// base64 for URLs. It tells of a link to nowhere, too, which Podman calls missing in the same breath.
func (e *Engine) podmanStat(ctx context.Context, id, path string) (container.PathStat, error) {
	s, err := e.cli.ContainerStatPath(ctx, id, path)
	if err == nil || ctx.Err() != nil {
		return s, err
	}
	where := url.URL{
		Scheme: "http", Host: "podman", Path: "/v" + e.cli.ClientVersion() + "/containers/" + id + "/archive",
		RawQuery: url.Values{"path": {path}}.Encode(),
	}
	request, errAgain := http.NewRequestWithContext(ctx, http.MethodHead, where.String(), nil)
	if errAgain != nil {
		return s, err
	}
	answer, errAgain := e.cli.HTTPClient().Do(request)
	if errAgain != nil {
		return s, err
	}
	answer.Body.Close()
	text, errAgain := base64.URLEncoding.DecodeString(answer.Header.Get(statHeader))
	if errAgain != nil || json.Unmarshal(text, &s) != nil {
		return container.PathStat{}, err
	}
	return s, nil
}

// commitConfig is the body of a commit, without which Podman fails.
func (e *Engine) commitConfig() *container.Config {
	if e.dialect.commitsBody {
		return &container.Config{}
	}
	return nil
}

// podmanShm is what Podman gives for /dev/shm when nobody asks for another size.
const podmanShm = 65536 * 1000

// asAsked takes off a container what nobody asked for and Podman tells as if somebody had.
func (e *Engine) asAsked(c *container.InspectResponse, image model.ImageDetail) {
	cfg, h := c.Config, c.HostConfig
	cfg.Image = e.hubName(cfg.Image)
	cfg.Env = slices.DeleteFunc(cfg.Env, func(line string) bool {
		return podmanEnv(line, cfg) && !slices.Contains(image.Env, line)
	})
	slices.Sort(cfg.Env) // each time in another order
	if cfg.WorkingDir == "/" && image.WorkingDir == "" {
		cfg.WorkingDir = ""
	}
	h.Binds = slices.DeleteFunc(h.Binds, func(bind string) bool {
		name, _, _ := strings.Cut(bind, ":")
		return anonymousName.MatchString(name)
	})
	h.Ulimits = nil                                           // its own, always told
	if c.NetworkSettings != nil && h.NetworkMode.IsBridge() { // it says only of which kind the network is
		for name := range c.NetworkSettings.Networks {
			if name != podmanNetwork {
				h.NetworkMode = container.NetworkMode(name)
			}
		}
	}
	if h.ShmSize == podmanShm {
		h.ShmSize = defaultShm
	}
}

// uncarried names what Slipway cannot carry over to another container of Podman, which tells its own settings like
// those that somebody asked for.
func (e *Engine) uncarried(c container.InspectResponse) []model.Fact {
	h := c.HostConfig
	var left []model.Fact
	for _, part := range []struct {
		name model.Fact
		has  bool
	}{
		{
			model.Say("engine.a-health-check-of-its"),
			c.Config.Healthcheck != nil && len(c.Config.Healthcheck.Test) > 0 && c.Config.Healthcheck.Interval > 0,
		},
		{model.Say("engine.links"), len(h.Links) > 0},
		{model.Say("engine.temporary-file-systems"), len(h.Tmpfs) > 0},
		{model.Say("engine.kernel-parameters"), len(h.Sysctls) > 0},
		{model.Say("engine.its-own-dns"), len(h.DNS)+len(h.DNSSearch)+len(h.DNSOptions) > 0},
		{model.Say("engine.volumes-of-other-containers"), len(h.VolumesFrom) > 0},
		{model.Say("engine.a-read-only-root"), h.ReadonlyRootfs},
		{model.Say("engine.a-share-of-the-processors"), h.CPUShares != 0 || h.CpusetCpus != ""},
		{model.Say("engine.a-limit-of-processes"), h.PidsLimit != nil && *h.PidsLimit > 0 && *h.PidsLimit != podmanPids},
		{model.Say("engine.the-host-s-processes"), h.PidMode.IsHost()},
		{model.Say("engine.more-than-one-network"), len(c.NetworkSettings.Networks) > 1},
	} {
		if part.has {
			left = append(left, part.name)
		}
	}
	return left
}

// podmanPids is the limit of processes that Podman gives every container (containers.conf, pids_limit).
const podmanPids = 2048

// podmanNetwork is where containers are when nobody asks for another network.
const podmanNetwork = "podman"

// podmanEnv tells of a variable of a container that Podman set by itself.
func podmanEnv(line string, cfg *container.Config) bool {
	switch name, value, _ := strings.Cut(line, "="); name {
	case "container":
		return value == "podman" || value == "oci"
	case "TERM":
		return value == "xterm"
	case "HOSTNAME":
		return value == cfg.Hostname
	case "HOME":
		return value == "/" || value == "/root"
	default:
		return false
	}
}

// podmanLogs gives the last lines and what follows; read reads all of them. When Podman is asked for only the last
// lines, it joins lines without an end to those before them, even to those of the other stream: it is asked for all,
// and once more to know how many there are before it follows.
func podmanLogs(tail int, follow bool, fn func(LogLine), read func(follow bool, fn func(LogLine)) error) error {
	if !follow {
		var last []LogLine
		err := read(false, func(l LogLine) {
			last = append(last, l)
			if len(last) >= 2*tail+1 {
				last = append(last[:0], last[len(last)-tail:]...)
			}
		})
		for _, l := range last[max(0, len(last)-tail):] {
			fn(l)
		}
		return err
	}
	skip := -tail
	if err := read(false, func(LogLine) { skip++ }); err != nil {
		return err
	}
	return read(true, func(l LogLine) {
		if skip--; skip < 0 {
			fn(l)
		}
	})
}
