package engine

import (
	"context"
	"strings"
	"sync"

	"slipway/engine/model"

	"github.com/docker/docker/api/types/container"
)

// labelCache keeps the labels of images, and the marks of containers of which they were known, by their IDs:
// those of an ID never change.
type labelCache struct {
	mu        sync.Mutex
	by, marks map[string]map[string]string
}

// marked is a container with what of Slipway's labels is believed, see [model.Key.ContainerMarks]. The engine is asked
// once for each image of containers that have such labels.
func (e *Engine) marked(ctx context.Context, c model.Container) model.Container {
	if !looksMarked(c.Labels) {
		return c
	}
	e.labels.mu.Lock()
	marks, ok := e.labels.marks[c.ID]
	e.labels.mu.Unlock()
	if ok {
		c.Marks = marks
		return c
	}
	image, known := e.imageLabels(ctx, c.ImageID)
	c.Marks = e.key.ContainerMarks(e.info.ID, c.Labels, image, known)
	if known {
		e.labels.mu.Lock()
		defer e.labels.mu.Unlock()
		if e.labels.marks == nil {
			e.labels.marks = map[string]map[string]string{}
		}
		e.labels.marks[c.ID] = c.Marks
	}
	return c
}

func looksMarked(labels map[string]string) bool {
	for l := range labels {
		if strings.HasPrefix(l, model.LabelPrefix) {
			return true
		}
	}
	return false
}

// imageLabels are the labels of an image, by its ID; known is false where the engine does not say.
func (e *Engine) imageLabels(ctx context.Context, id string) (labels map[string]string, known bool) {
	e.labels.mu.Lock()
	labels, known = e.labels.by[id]
	e.labels.mu.Unlock()
	if known || id == "" {
		return labels, known
	}
	i, err := e.cli.ImageInspect(ctx, id)
	if err != nil || i.Config == nil {
		return nil, false
	}
	e.labels.mu.Lock()
	defer e.labels.mu.Unlock()
	if e.labels.by == nil {
		e.labels.by = map[string]map[string]string{}
	}
	e.labels.by[id] = i.Config.Labels
	return i.Config.Labels, true
}

// sign signs the labels that a container is made with, and keeps those of its image from passing for Slipway's.
func (e *Engine) sign(ctx context.Context, cfg *container.Config) {
	var image map[string]string
	if i, err := e.cli.ImageInspect(ctx, cfg.Image); err == nil && i.Config != nil { // else there is nothing to make
		image = i.Config.Labels
	}
	if cfg.Labels == nil {
		cfg.Labels = map[string]string{}
	}
	e.key.SignContainer(e.info.ID, cfg.Labels, image)
}
