package practice

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	dockercontainer "github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	dockervolume "github.com/docker/docker/api/types/volume"
)

// volume is one volume. It belongs to the engine's lock, its files to that of the files.
type volume struct {
	name, driver    string
	labels, options map[string]string
	created         time.Time
	top             *node
	own             bool // the engine named it
}

func (v *volume) anonymous() bool { return v.own }

func (v *volume) mountpoint() string { return "/var/lib/docker/volumes/" + v.name + "/_data" }

// newVolume makes a volume. The caller holds mu.
func (e *Engine) newVolume(name, driver string, labels, options map[string]string) *volume {
	v := &volume{
		name: name, driver: cmp.Or(driver, "local"), labels: labels, options: options, created: e.now(),
		top: folder(0o755),
	}
	if name == "" {
		v.name, v.own = e.newID("volume"), true
		v.labels = map[string]string{"com.docker.volume.anonymous": ""}
	}
	v.top.modified = v.created
	e.volumes[v.name] = v
	e.feed.send(e, "volume", "create", v.name, map[string]string{"driver": v.driver})
	return v
}

func (v *volume) answer(size int64) *dockervolume.Volume {
	out := &dockervolume.Volume{
		Name: v.name, Driver: v.driver, Labels: v.labels, Options: v.options,
		Mountpoint: v.mountpoint(), Scope: "local", CreatedAt: v.created.UTC().Format(time.RFC3339),
	}
	if size >= 0 {
		out.UsageData = &dockervolume.UsageData{Size: size}
	}
	return out
}

func (e *Engine) listVolumes(r request) (any, error) {
	f, err := filters.FromJSON(r.URL.Query().Get("filters"))
	if err != nil {
		return nil, badRequest("%v", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	out := dockervolume.ListResponse{Volumes: []*dockervolume.Volume{}}
	for _, name := range slices.Sorted(maps.Keys(e.volumes)) {
		v := e.volumes[name]
		if f.MatchKVList("label", v.labels) && (!f.Contains("name") || f.Match("name", name)) {
			out.Volumes = append(out.Volumes, v.answer(-1))
		}
	}
	return out, nil
}

var volumeNames = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]*$`)

func (e *Engine) createVolume(r request) (any, error) {
	var o dockervolume.CreateOptions
	if err := r.read(&o); err != nil {
		return nil, err
	}
	if o.Name != "" && !volumeNames.MatchString(o.Name) {
		return nil,
			badRequest("create %s: %q includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path", o.Name, o.Name)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	v := e.volumes[o.Name]
	if v == nil {
		v = e.newVolume(o.Name, o.Driver, o.Labels, o.DriverOpts)
	}
	return created{v.answer(-1)}, nil
}

func (e *Engine) inspectVolume(r request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	v := e.volumes[r.PathValue("name")]
	if v == nil {
		return nil, notFound("get %s: no such volume", r.PathValue("name"))
	}
	return v.answer(-1), nil
}

// usersOf are the containers that have a volume. The caller holds mu.
func (e *Engine) usersOf(name string) []*container {
	var list []*container
	for _, c := range e.containers {
		if slices.ContainsFunc(c.mounts, func(m dockercontainer.MountPoint) bool { return m.Name == name }) {
			list = append(list, c)
		}
	}
	return list
}

func (e *Engine) removeVolume(r request) (any, error) {
	name := r.PathValue("name")
	e.mu.Lock()
	defer e.mu.Unlock()
	v := e.volumes[name]
	if v == nil {
		return nil, notFound("get %s: no such volume", name)
	}
	if users := e.usersOf(name); len(users) > 0 {
		return nil, conflict("remove %s: volume is in use - [%s]", name, users[0].id)
	}
	delete(e.volumes, name)
	e.feed.send(e, "volume", "destroy", name, map[string]string{"driver": v.driver})
	return nil, nil
}

// hostFolder is a folder or a file of this computer that is mounted. Nothing is made on this computer: a folder that -v
// would make is in memory. The caller holds mu.
func (e *Engine) hostFolder(source string, made bool) (*node, error) {
	info, err := os.Stat(source)
	switch {
	case err != nil && (made || e.options.Desktop):
		return folder(0o755), nil
	case err != nil:
		return nil, badRequest("invalid mount config for type \"bind\": bind source path does not exist: %s", source)
	case !info.IsDir():
		data, err := os.ReadFile(source)
		if err != nil || !info.Mode().IsRegular() {
			data = nil
		}
		n := regular(string(data), info.Mode().Perm())
		n.modified = info.ModTime()
		return n, nil
	}
	root, err := os.OpenRoot(source)
	if err != nil {
		return nil, badRequest("invalid mount config for type \"bind\": %v", err)
	}
	e.roots = append(e.roots, root)
	n := folder(info.Mode().Perm())
	n.host, n.modified = &hostPlace{root, "."}, info.ModTime()
	return n, nil
}

// bridge is one network.
type bridge struct {
	name, id, driver string
	created          time.Time
	labels           map[string]string
	subnet           int
	next             int
	e                *Engine
}

func (e *Engine) newNetwork(name, driver string) *bridge {
	return &bridge{
		name: name, e: e, id: e.newID("network"), driver: driver, created: e.now(),
		subnet: 17 + len(e.networks), next: 2,
	}
}

// predefined tells of a network that every engine has.
func (b *bridge) predefined() bool {
	return slices.Contains([]string{"bridge", "host", "none"}, b.name)
}

// findNetwork finds a network by its name or ID. The caller holds mu.
func (e *Engine) findNetwork(ref string) *bridge {
	if b := e.networks[ref]; b != nil {
		return b
	}
	for _, b := range e.networks {
		if b.id == ref || len(ref) >= 4 && strings.HasPrefix(b.id, ref) {
			return b
		}
	}
	return nil
}

// endpoint is a new connection to the network.
func (b *bridge) endpoint(s *network.EndpointSettings) *network.EndpointSettings {
	out := *s
	out.NetworkID, out.EndpointID = b.id, b.e.newID("endpoint")
	if b.driver == "bridge" {
		out.IPAddress, out.Gateway, out.IPPrefixLen = fmt.Sprintf("172.%d.0.%d", b.subnet, b.next),
			fmt.Sprintf("172.%d.0.1", b.subnet), 16
		out.MacAddress = cmp.Or(out.MacAddress, fmt.Sprintf("02:42:ac:%02x:00:%02x", b.subnet, b.next))
		b.next++
	}
	return &out
}

func (b *bridge) answer(e *Engine) network.Inspect {
	out := network.Inspect{
		Name: b.name, ID: b.id, Created: b.created, Driver: b.driver, Scope: "local", Labels: b.labels,
		Containers: map[string]network.EndpointResource{},
	}
	if b.driver == "bridge" {
		out.IPAM = network.IPAM{Driver: "default", Config: []network.IPAMConfig{{Subnet: fmt.Sprintf("172.%d.0.0/16",
			b.subnet), Gateway: fmt.Sprintf("172.%d.0.1", b.subnet)}}}
	}
	for _, c := range e.containers {
		if s := c.at[b.name]; s != nil && c.running() {
			out.Containers[c.id] = network.EndpointResource{
				Name: c.name, EndpointID: s.EndpointID,
				IPv4Address: s.IPAddress + "/16", MacAddress: s.MacAddress,
			}
		}
	}
	return out
}

func (e *Engine) listNetworks(request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := []network.Inspect{}
	for _, name := range slices.Sorted(maps.Keys(e.networks)) {
		list = append(list, e.networks[name].answer(e))
	}
	return list, nil
}

func (e *Engine) createNetwork(r request) (any, error) {
	var o struct {
		network.CreateOptions
		Name string
	}
	if err := r.read(&o); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.networks[o.Name] != nil {
		return nil, conflict("network with name %s already exists", o.Name)
	}
	b := e.newNetwork(o.Name, cmp.Or(o.Driver, "bridge"))
	b.labels = o.Labels
	e.networks[o.Name] = b
	e.feed.send(e, "network", "create", b.id, map[string]string{"name": b.name, "type": b.driver})
	return created{network.CreateResponse{ID: b.id}}, nil
}

func (e *Engine) inspectNetwork(r request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	b := e.findNetwork(r.PathValue("id"))
	if b == nil {
		return nil, notFound("network %s not found", r.PathValue("id"))
	}
	return b.answer(e), nil
}

func (e *Engine) removeNetwork(r request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	b := e.findNetwork(r.PathValue("id"))
	if b == nil {
		return nil, notFound("network %s not found", r.PathValue("id"))
	}
	if b.predefined() {
		return nil, faultf(http.StatusForbidden, "%s is a pre-defined network and cannot be removed", b.name)
	}
	if used := b.answer(e).Containers; len(used) > 0 {
		return nil,
			faultf(http.StatusForbidden, "error while removing network: network %s id %s has active endpoints", b.name, b.id)
	}
	delete(e.networks, b.name)
	e.feed.send(e, "network", "destroy", b.id, map[string]string{"name": b.name, "type": b.driver})
	return nil, nil
}

func (e *Engine) connectNetwork(r request) (any, error) {
	var o network.ConnectOptions
	if err := r.read(&o); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	b, c := e.findNetwork(r.PathValue("id")), e.lookUp(o.Container)
	if b == nil || c == nil {
		return nil, notFound("network %s or container %s not found", r.PathValue("id"), o.Container)
	}
	if c.at[b.name] != nil {
		return nil, faultf(http.StatusForbidden, "endpoint with name %s already exists in network %s", c.name, b.name)
	}
	settings := o.EndpointConfig
	if settings == nil {
		settings = &network.EndpointSettings{}
	}
	c.at[b.name] = b.endpoint(settings)
	e.feed.send(e, "network", "connect", b.id, map[string]string{"container": c.id, "name": b.name, "type": b.driver})
	return struct{}{}, nil
}

func (e *Engine) disconnectNetwork(r request) (any, error) {
	var o network.DisconnectOptions
	if err := r.read(&o); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	b, c := e.findNetwork(r.PathValue("id")), e.lookUp(o.Container)
	if b == nil || c == nil || c.at[b.name] == nil {
		return nil, notFound("container %s is not connected to network %s", o.Container, r.PathValue("id"))
	}
	delete(c.at, b.name)
	e.feed.send(e, "network", "disconnect", b.id, map[string]string{"container": c.id, "name": b.name, "type": b.driver})
	return struct{}{}, nil
}

func (e *Engine) getVersion(request) (any, error) {
	return map[string]any{
		"Platform": map[string]string{"Name": e.product()}, "Version": version, "ApiVersion": apiVersion,
		"MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64", "KernelVersion": kernel,
		"Components": []map[string]any{{
			"Name": "Engine", "Version": version,
			"Details": map[string]string{"ApiVersion": apiVersion},
		}},
	}, nil
}

func (e *Engine) product() string {
	if e.options.Desktop {
		return "Docker Desktop 4.48.0 (practice)"
	}
	return "Docker Engine - practice"
}

func (e *Engine) getInfo(request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	name, release, memory := thisMachine()
	system := "Practice Linux"
	if e.options.Desktop {
		system, name, release, memory = "Docker Desktop", "docker-desktop", "6.12.0-linuxkit", machineMemory
	}
	return map[string]any{
		"ID": e.id, "Containers": len(e.containers), "Images": len(e.images), "Driver": "overlay2", "OSType": "linux",
		"Architecture": "x86_64", "OperatingSystem": system, "Name": name,
		"NCPU": machineCPUs, "MemTotal": memory, "KernelVersion": release, "ServerVersion": version,
		"DockerRootDir": "/var/lib/docker", "DefaultRuntime": "runc",
		"Runtimes": map[string]any{"runc": map[string]string{"path": "runc"}}, "LoggingDriver": "json-file",
		"CgroupVersion": "2", "CgroupDriver": "systemd", "MemoryLimit": true, "SwapLimit": true,
		"CpuCfsQuota": true, "OomKillDisable": false, "SystemTime": e.now().UTC().Format(time.RFC3339Nano),
		"IndexServerAddress": "https://index.docker.io/v1/",
		"SecurityOptions":    []string{"name=seccomp,profile=builtin", "name=cgroupns"},
		"RegistryConfig":     map[string]any{"InsecureRegistryCIDRs": []string{"127.0.0.0/8"}},
		"Swarm":              map[string]any{"LocalNodeState": "inactive"},
		"Plugins": map[string]any{
			"Log":     []string{"json-file", "local", "none"},
			"Network": []string{"bridge", "host", "null"}, "Volume": []string{"local"},
		},
	}, nil
}

func (e *Engine) getDiskUsage(request) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.files.Lock()
	defer e.files.Unlock()
	images, containers, volumes := []any{}, []any{}, []any{}
	sum := int64(0)
	for _, i := range e.images {
		s := e.summary(i)
		s.Containers, s.SharedSize = 0, e.shared(i)
		for _, c := range e.containers {
			if c.image == i {
				s.Containers++
			}
		}
		sum += s.Size - s.SharedSize
		images = append(images, s)
	}
	for _, c := range e.containers {
		containers = append(containers, map[string]any{
			"Id": c.id, "Names": []string{"/" + c.name}, "Image": c.config.Image, "ImageID": c.image.id, "State": c.state,
			"Status": c.status(), "Created": c.created.Unix(),
			"SizeRw": c.written.Load(), "SizeRootFs": c.written.Load() + c.image.size(), "Labels": c.config.Labels,
			"Mounts": c.mounts,
		})
	}
	for _, name := range slices.Sorted(maps.Keys(e.volumes)) {
		v := e.volumes[name]
		a := v.answer(v.top.bytesIn())
		a.UsageData.RefCount = int64(len(e.usersOf(name)))
		volumes = append(volumes, a)
	}
	return map[string]any{
		"LayersSize": sum, "Images": images, "Containers": containers, "Volumes": volumes,
		"BuildCache": []any{},
	}, nil
}

// shared is how many bytes of an image another one has, too. The caller holds mu.
func (e *Engine) shared(i *image) (sum int64) {
	for _, l := range i.layers {
		for _, other := range e.images {
			if other != i && slices.ContainsFunc(other.layers, func(o layer) bool { return o.digest == l.digest }) {
				sum += l.bytes
				break
			}
		}
	}
	return sum
}

func (e *Engine) postBuildPrune(request) (any, error) {
	return json.RawMessage(`{"CachesDeleted":null,"SpaceReclaimed":0}`), nil
}
