package practice

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	dockercontainer "github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	dockerimage "github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	dockervolume "github.com/docker/docker/api/types/volume"
)

// selection is what of unused things is to be removed.
type selection struct {
	filters filters.Args
	until   time.Time // zero for any age
}

// selected reads the filters of a prune, of which only some count.
func (e *Engine) selected(r request, accepted ...string) (selection, error) {
	f, err := filters.FromJSON(r.URL.Query().Get("filters"))
	if err != nil {
		return selection{}, badRequest("%v", err)
	}
	known := map[string]bool{"label": true, "label!": true}
	for _, name := range accepted {
		known[name] = true
	}
	if err := f.Validate(known); err != nil {
		return selection{}, badRequest("%v", err)
	}
	s := selection{filters: f}
	switch until := f.Get("until"); {
	case len(until) > 1:
		return s, badRequest("more than one until filter specified")
	case len(until) == 1:
		if s.until, err = e.moment(until[0]); err != nil {
			return s, err
		}
	}
	return s, nil
}

// moment is a time that is told by itself, or by how long ago it was.
func (e *Engine) moment(text string) (time.Time, error) {
	if d, err := time.ParseDuration(text); err == nil {
		return e.now().Add(-d), nil
	}
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(form, text); err == nil {
			return t, nil
		}
	}
	if t, ok := stampOf(text); ok {
		return t, nil
	}
	return time.Time{}, badRequest("failed to parse value as time or duration: %q", text)
}

// takes tells whether something of that age and with those labels is selected.
func (s selection) takes(created time.Time, labels map[string]string) bool {
	if !s.until.IsZero() && created.After(s.until) {
		return false
	}
	return s.filters.MatchKVList("label", labels) &&
		(!s.filters.Contains("label!") || !s.filters.MatchKVList("label!", labels))
}

// pruned tells of the end of a prune.
func (e *Engine) pruned(kind string, reclaimed uint64) {
	e.feed.send(e, kind, "prune", "", map[string]string{"reclaimed": strconv.FormatUint(reclaimed, 10)})
}

func (e *Engine) pruneContainers(r request) (any, error) {
	s, err := e.selected(r, "until")
	if err != nil {
		return nil, err
	}
	var out dockercontainer.PruneReport
	list := e.all()
	slices.SortFunc(
		list,
		func(a, b *container) int { return cmp.Or(a.created.Compare(b.created), strings.Compare(a.id, b.id)) },
	)
	for _, c := range list {
		if e.destroyIf(c, false, func() bool { return !c.running() && s.takes(c.created, c.config.Labels) }) {
			out.SpaceReclaimed += uint64(max(c.written.Load(), 0))
			out.ContainersDeleted = append(out.ContainersDeleted, c.id)
		}
	}
	e.pruned("container", out.SpaceReclaimed)
	return out, nil
}

func (e *Engine) pruneImages(r request) (any, error) {
	s, err := e.selected(r, "until", "dangling")
	if err != nil {
		return nil, err
	}
	dangling, err := s.filters.GetBoolOrDefault("dangling", true)
	if err != nil {
		return nil, badRequest("%v", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var out dockerimage.PruneReport
	for _, id := range slices.Sorted(maps.Keys(e.images)) {
		i := e.images[id]
		if tags, _ := e.namesOf(
			id,
		); s.takes(i.created, i.config.Labels) && (!dangling || len(tags) == 0) &&
			(len(tags) > 0 || !e.hasChildren(id)) {
			deleted, bytes := e.pruneImage(i, tags)
			out.ImagesDeleted = append(out.ImagesDeleted, deleted...)
			out.SpaceReclaimed += bytes
		}
	}
	e.pruned("image", out.SpaceReclaimed)
	return out, nil
}

// pruneImage removes an image by each of its names, unless something uses it. The caller holds mu.
func (e *Engine) pruneImage(i *image, names []string) (deleted []dockerimage.DeleteResponse, bytes uint64) {
	if len(names) == 0 {
		names = []string{i.id}
	}
	own := i.size() - e.shared(i)
	for _, name := range names {
		list, err := e.deleteImage(name, false)
		if err != nil { // it is used
			continue
		}
		deleted = append(deleted, list...)
	}
	if e.images[i.id] == nil {
		bytes = uint64(own)
	}
	return deleted, bytes
}

// hasChildren tells whether another image was made of this one. The caller holds mu.
func (e *Engine) hasChildren(id string) bool {
	for _, i := range e.images {
		if i.parent == id {
			return true
		}
	}
	return false
}

func (e *Engine) pruneVolumes(r request) (any, error) {
	s, err := e.selected(r, "all")
	if err != nil {
		return nil, err
	}
	all := s.filters.Get("all")
	if len(all) > 1 {
		return nil, badRequest("invalid filter 'all=%s': only one value is expected", all)
	}
	named := false
	if len(all) == 1 {
		if named, err = strconv.ParseBool(all[0]); err != nil {
			return nil, badRequest("invalid filter 'all': %v", err)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	out := dockervolume.PruneReport{VolumesDeleted: []string{}}
	for _, name := range slices.Sorted(maps.Keys(e.volumes)) {
		v := e.volumes[name]
		if v.driver != "local" || len(v.options) > 0 || !named && !v.anonymous() || !s.takes(v.created, v.labels) ||
			len(e.usersOf(name)) > 0 {
			continue
		}
		e.files.Lock()
		out.SpaceReclaimed += uint64(v.top.bytesIn())
		e.files.Unlock()
		delete(e.volumes, name)
		out.VolumesDeleted = append(out.VolumesDeleted, name)
		e.feed.send(e, "volume", "destroy", name, map[string]string{"driver": v.driver})
	}
	e.pruned("volume", out.SpaceReclaimed)
	return out, nil
}

func (e *Engine) pruneNetworks(r request) (any, error) {
	s, err := e.selected(r, "until")
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var out network.PruneReport
	for _, name := range slices.Sorted(maps.Keys(e.networks)) {
		b := e.networks[name]
		if b.predefined() || !s.takes(b.created, b.labels) || len(b.answer(e).Containers) > 0 {
			continue
		}
		delete(e.networks, name)
		out.NetworksDeleted = append(out.NetworksDeleted, name)
		e.feed.send(e, "network", "destroy", b.id, map[string]string{"name": b.name, "type": b.driver})
	}
	e.pruned("network", 0)
	return out, nil
}
