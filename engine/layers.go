package engine

import (
	"regexp"
	"time"

	"github.com/docker/docker/pkg/jsonmessage"
)

// PullProgress is how far a pull is.
type PullProgress struct {
	// Done and Total are bytes to download; Total counts only the layers whose size is known, and is all of it when Known.
	Done, Total int64
	Known       bool
	// Extracting tells that all is downloaded and being unpacked; Unpacked counts the layers that are done with that.
	Extracting bool
	Unpacked   int
	// Left is the estimated time left, 0 when unknown.
	Left   time.Duration
	Layers []Layer
}

// Layer is one layer of an image being pulled.
type Layer struct {
	// ID is the 12 digits that docker prints.
	ID string
	// Status in the engine's words, for example "Downloading".
	Status      string
	Done, Total int64
}

// layers follows the engine's messages about a pull. Engines leave out any state, tell the total of a layer late, and
// 20.10 counts anew from 0 to the *remaining* bytes after a retry inside the pull.
type layers struct {
	order []string
	byID  map[string]*layer
	// started is when the first byte came; now is replaced in tests.
	started time.Time
	now     func() time.Time
}

type layer struct {
	Layer
	started    time.Time
	downloaded bool
	unpacked   bool
}

func newLayers() *layers { return &layers{byID: map[string]*layer{}, now: time.Now} }

// mostLayers is how many layers of an image are followed; a file system has room for 127 (overlayfs in moby).
const mostLayers = 1000

// layerID is how the engine names a layer; other messages carry the tag or nothing as their ID.
var layerID = regexp.MustCompile(`^[0-9a-f]{12}$`)

// add takes one message, and tells whether it said something about a layer.
func (ls *layers) add(m jsonmessage.JSONMessage) bool {
	if !layerID.MatchString(m.ID) {
		return false
	}
	l := ls.byID[m.ID]
	if l == nil {
		if len(ls.order) == mostLayers {
			return false
		}
		l = &layer{Layer: Layer{ID: m.ID}}
		ls.byID[m.ID] = l
		ls.order = append(ls.order, m.ID)
	}
	l.Status = m.Status
	switch m.Status {
	case "Downloading":
		l.downloaded = false
		l.count(m.Progress)
		if ls.started.IsZero() {
			ls.started = ls.now()
		}
		if l.started.IsZero() {
			l.started = ls.now()
		}
	case "Verifying Checksum", "Download complete", "Extracting":
		l.complete()
	case "Pull complete", "Already exists":
		l.complete()
		l.unpacked = true
	}
	return true
}

// count takes a layer's numbers. The whole is the largest total ever told; after a retry on 20.10 the numbers are
// those of what remains.
func (l *layer) count(p *jsonmessage.JSONProgress) {
	if p == nil || p.Total <= 0 {
		return
	}
	l.Total = max(l.Total, p.Total)
	l.Done = min(max(0, l.Total-p.Total+p.Current), l.Total)
}

func (l *layer) complete() {
	l.downloaded = true
	l.Done = l.Total
}

func (ls *layers) progress() PullProgress {
	p := PullProgress{Known: len(ls.order) > 0, Extracting: len(ls.order) > 0}
	for _, id := range ls.order {
		l := ls.byID[id]
		p.Layers = append(p.Layers, l.Layer)
		p.Done += l.Done
		p.Total += l.Total
		if l.unpacked {
			p.Unpacked++
		}
		if !l.downloaded {
			p.Extracting = false
			p.Known = p.Known && l.Total > 0
		}
	}
	p.Left = ls.left(p)
	return p
}

// left estimates the time left: the whole rest at the rate so far, but never less than the slowest layer needs by
// itself, because one connection carries a layer.
func (ls *layers) left(p PullProgress) time.Duration {
	now := ls.now()
	spent := now.Sub(ls.started)
	if !p.Known || p.Extracting || ls.started.IsZero() || spent < time.Second || p.Done <= 0 {
		return 0
	}
	seconds := float64(p.Total-p.Done) * spent.Seconds() / float64(p.Done)
	for _, l := range ls.byID {
		if own := now.Sub(l.started); !l.downloaded && l.Done > 0 && own >= time.Second {
			seconds = max(seconds, float64(l.Total-l.Done)*own.Seconds()/float64(l.Done))
		}
	}
	return time.Duration(seconds * float64(time.Second))
}
