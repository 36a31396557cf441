package actions

import (
	"context"
	"strings"
	"time"

	"slipway/engine"
	"slipway/engine/job"
	"slipway/engine/model"
)

// GetImage downloads an image inside a job; platform as [engine.Engine.PullFor] takes it.
func (a *Actions) GetImage(ctx context.Context, e *engine.Engine, r *job.Report, ref, platform string) error {
	a.warn()
	r.Phase(model.Say("actions.asking-the-registry"))
	var m meter
	var err error
	for before := int64(-1); m.done > before; { // as long as each try brings something
		before = m.done
		err = e.PullFor(ctx, ref, platform, func(p engine.PullProgress) {
			m.add(p, time.Now())
			reportPull(r, p)
		})
		if !model.IsKind(err, model.ProblemUnreachable) || ctx.Err() != nil {
			break
		}
		// The connection broke. Engines with containerd's store give up then, and go on where they were when asked again.
		r.Phase(model.Say("actions.the-connection-broke-trying-again"))
	}
	if rate := m.rate(); rate > 0 && a.onRate != nil {
		a.onRate(engine.RegistryOf(ref), rate)
	}
	return err
}

// NeedImage pulls the image if it is missing. One that is named by its ID cannot be pulled.
func (a *Actions) NeedImage(ctx context.Context, e *engine.Engine, r *job.Report, image, platform string) error {
	r.Phase(model.Say("actions.looking-for-the-image"))
	_, err := e.Image(ctx, image)
	if model.IsKind(err, model.ProblemNotFound) && !strings.HasPrefix(image, "sha256:") {
		return a.GetImage(ctx, e, r, image, platform)
	}
	return err
}

func reportPull(r *job.Report, p engine.PullProgress) {
	if p.Extracting { // a phase of its own, whose bytes engines count differently: layers are certain
		r.Phase(model.Say("actions.unpacking-of-layers-done",
			model.Args{"Unpacked": model.Count(p.Unpacked), "N": model.Count(len(p.Layers))}))
	} else {
		r.Progress(job.Progress{
			Done: p.Done, Total: p.Total, Known: p.Known, Phase: model.Say("actions.downloading"),
			Left: p.Left,
		})
	}
	lines := make([]job.Line, len(p.Layers))
	for i, l := range p.Layers {
		lines[i] = job.Line{ID: l.ID, Text: l.Status, Done: l.Done, Total: l.Total}
	}
	r.Lines(lines)
}

// A rate is only told of a download that was long enough to tell something.
const (
	leastBytes = 4 << 20
	leastTime  = 500 * time.Millisecond
)

// meter measures a download.
type meter struct {
	began, last time.Time
	first, done int64
}

// add takes what has come so far. Unpacking is no part of it.
func (m *meter) add(p engine.PullProgress, now time.Time) {
	if p.Extracting || p.Done == 0 {
		return
	}
	if m.began.IsZero() {
		m.began, m.first = now, p.Done
	}
	m.last, m.done = now, p.Done
}

// rate is in bytes a second; 0 where it cannot be told.
func (m *meter) rate() int64 {
	took, bytes := m.last.Sub(m.began), m.done-m.first
	if took < leastTime || bytes < leastBytes {
		return 0
	}
	return int64(float64(bytes) / took.Seconds())
}
