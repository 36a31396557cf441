package launch

import (
	"context"
	"time"

	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/words"
	"slipway/gui/post"
	"slipway/gui/present"
)

// watch follows how much memory the running notebooks use, while the page is seen.
func (l *serverList) watch() {
	var ids []string
	for _, s := range l.list {
		if s.Container.State == model.StateRunning && l.p.shown && !l.p.commands.Away() {
			ids = append(ids, s.Container.ID)
		}
	}
	l.usage.Follow(ids)
}

// limit is how much memory a notebook may use by a limit of its own, 0 for none.
func (l *serverList) limit(id string) int64 {
	for _, s := range l.list {
		if s.Container.ID == id {
			return s.Container.Memory
		}
	}
	return 0
}

// memoryWords says how much memory is used, in steps that do not flicker, and the limit where there is one.
func memoryWords(u model.Usage, limit int64) words.Text {
	const step = 10 << 20
	text := words.Say("launch.under", words.Args{"Memory": words.MemoryBytes(step)})
	if u.Memory >= step {
		text = present.Memory((u.Memory + step/2) / step * step)
	}
	if limit > 0 {
		return words.Say("common.of", words.Args{"Used": text, "Limit": words.MemoryBytes(limit)})
	}
	return text
}

// told changes what is known of a notebook and shows it.
func (l *serverList) told(id string, change func(*serverCard)) {
	c := l.cards[id]
	if c == nil {
		return
	}
	change(c)
	for _, s := range l.list {
		if s.Container.ID == id {
			c.say(s)
		}
	}
}

// Woken asks what the running notebooks do, because a person looks at the page now.
func (p *Page) Woken() {
	if !p.shown {
		return
	}
	for _, s := range p.servers.list {
		if !s.Known || !s.Reached() || !s.Jupyter() || s.Container.State != model.StateRunning {
			continue
		}
		p.work.Go(func(ctx context.Context) {
			ctx, cancel := context.WithTimeout(ctx, activityTime)
			defer cancel()
			a, err := s.Activity(ctx)
			if err != nil {
				return // what it does is not known then
			}
			post.Do(func() {
				p.servers.told(s.Container.ID, func(c *serverCard) { c.activity, c.askedAt = a, present.Now() })
			})
		})
	}
}

// activityTime is how long a notebook may take to say what it does.
const activityTime = 3 * time.Second

// computingFor is for how long it is said that a notebook computes, since nobody asks it again before a person looks
// anew.
const computingFor = time.Minute

// activityWords says what a notebook did when it was asked.
func activityWords(a notebook.Activity, asked time.Time, c model.Container, now time.Time) words.Text {
	if asked.IsZero() {
		return words.Text{}
	}
	last := a.Last
	if c.StartedAt.After(last) {
		last = c.StartedAt
	}
	switch {
	case len(a.Busy) > 0 && now.Sub(asked) > computingFor:
		return words.Say("launch.computing", words.Args{"Ago": present.Ago(asked, now)})
	case len(a.Busy) > 0:
		return words.Say("launch.computing-now")
	case last.IsZero() || now.Sub(last) < time.Minute:
		return words.Text{}
	default:
		return words.Say("launch.idle-for", words.Args{"Idle": present.Span(last, now)})
	}
}
