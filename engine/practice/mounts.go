package practice

import (
	"cmp"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	dockercontainer "github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
)

// mount makes the container's files, and mounts what is to be mounted. The caller holds mu.
func (c *container) mount() error {
	c.e.files.Lock()
	c.view = &view{top: c.image.top.clone(), mounts: map[string]*mounted{}}
	c.e.files.Unlock()
	wishes, err := c.mountWishes()
	if err != nil {
		return err
	}
	for _, w := range wishes {
		if err := c.mountOne(w); err != nil {
			return err
		}
	}
	c.mountOwn()
	return nil
}

// mountWish is something that a container is to have mounted.
type mountWish struct {
	kind         mount.Type
	source, at   string
	readOnly     bool
	made         bool // a folder that is not there is made, as -v does
	driver       string
	labels, opts map[string]string
}

// mountWishes are what the container was asked to have mounted, and the volumes of its image.
func (c *container) mountWishes() (wishes []mountWish, err error) {
	for _, b := range c.host.Binds {
		source, at, options, err := splitBind(b)
		if err != nil {
			return nil, err
		}
		w := mountWish{
			kind: mount.TypeVolume, source: source, at: at,
			readOnly: slices.Contains(strings.Split(options, ","), "ro"),
		}
		if strings.HasPrefix(source, "/") || windowsPath.MatchString(source) {
			w.kind, w.made = mount.TypeBind, true
		}
		wishes = append(wishes, w)
	}
	for _, m := range c.host.Mounts {
		w := mountWish{kind: m.Type, source: m.Source, at: m.Target, readOnly: m.ReadOnly}
		if v := m.VolumeOptions; v != nil {
			w.labels = v.Labels
			if v.DriverConfig != nil {
				w.driver, w.opts = v.DriverConfig.Name, v.DriverConfig.Options
			}
		}
		wishes = append(wishes, w)
	}
	for at := range c.host.Tmpfs {
		wishes = append(wishes, mountWish{kind: mount.TypeTmpfs, at: at})
	}
	for _, at := range slices.Sorted(maps.Keys(c.config.Volumes)) {
		if !slices.ContainsFunc(wishes, func(w mountWish) bool { return path.Clean(w.at) == path.Clean(at) }) {
			wishes = append(wishes, mountWish{kind: mount.TypeVolume, at: at})
		}
	}
	return wishes, nil
}

func (c *container) mountOne(w mountWish) error {
	point := dockercontainer.MountPoint{Type: w.kind, Source: w.source, Destination: path.Clean(w.at), RW: !w.readOnly}
	m := &mounted{readOnly: w.readOnly}
	switch w.kind {
	case mount.TypeBind:
		top, err := c.e.hostFolder(w.source, w.made)
		if err != nil {
			return err
		}
		m.top, point.Propagation = top, mount.PropagationRPrivate
	case mount.TypeVolume:
		v := c.volumeFor(w)
		m.top, point.Name, point.Source, point.Driver = v.top, v.name, v.mountpoint(), v.driver
		point.Mode = "z"
	case mount.TypeTmpfs:
		m.top = folder(0o1777)
	default:
		return badRequest("mount type unknown: %q", w.kind)
	}
	c.makeWorkingDir(point.Destination)
	c.view.mounts[point.Destination] = m
	if _, tmpfs := c.host.Tmpfs[w.at]; !tmpfs {
		c.mounts = append(c.mounts, point)
	}
	return nil
}

// volumeFor is the volume that is to be mounted, made where there is none. An empty one gets what the image has at its
// place.
func (c *container) volumeFor(w mountWish) *volume {
	v := c.e.volumes[w.source]
	if v == nil {
		v = c.e.newVolume(w.source, cmp.Or(w.driver, "local"), w.labels, w.opts)
	}
	if len(v.top.kids) == 0 {
		c.e.files.Lock()
		if n, _, _, err := c.view.walk(w.at, true); err == nil && n.dir() {
			v.top = n.clone()
		}
		c.e.files.Unlock()
	}
	return v
}

// mountOwn mounts what every container has: /proc, /dev and the like.
func (c *container) mountOwn() {
	dev := folder(0o755)
	for name, d := range map[string]device{
		"null": nullDevice, "zero": zeroDevice, "tty": terminalDevice,
		"console": terminalDevice,
	} {
		dev.keep(name, &node{mode: 0o666 | 1<<21 | 1<<26, device: d, modified: c.created}) // fs.ModeCharDevice|fs.ModeDevice
	}
	dev.keep("shm", folder(0o1777))
	own := map[string]*node{
		"/proc": c.proc(), "/dev": dev, "/sys": folder(0o555), "/etc/hostname": regular(c.hostname()+"\n", 0o644),
		"/etc/hosts": regular("127.0.0.1\tlocalhost\n", 0o644), "/etc/resolv.conf": regular("nameserver 127.0.0.11\n", 0o644),
	}
	for at, n := range own {
		if c.view.mounts[at] == nil {
			c.view.mounts[at] = &mounted{top: n, readOnly: at == "/sys", quiet: true}
		}
	}
	c.e.files.Lock()
	defer c.e.files.Unlock()
	for _, dir := range []string{"proc", "dev", "sys", "etc"} {
		if c.view.top.kids[dir] == nil {
			c.view.top.kids[dir] = folder(0o755)
		}
	}
}

var windowsPath = regexp.MustCompile(`^[A-Za-z]:[\\/]`)

// splitBind takes what -v says apart.
func splitBind(text string) (source, at, options string, err error) {
	rest := text
	if windowsPath.MatchString(text) {
		source, rest = text[:2], text[2:]
	}
	fields := strings.Split(rest, ":")
	source += fields[0]
	switch len(fields) {
	case 1:
		return "", source, "", nil
	case 2:
		at = fields[1]
	case 3:
		at, options = fields[1], fields[2]
	default:
		return "", "", "", badRequest("invalid volume specification: '%s'", text)
	}
	if !path.IsAbs(at) {
		return "", "", "",
			badRequest("invalid volume specification: '%s': invalid mount config for type \"volume\": invalid mount path: '%s' mount path must be absolute", text, at)
	}
	return source, at, options, nil
}
