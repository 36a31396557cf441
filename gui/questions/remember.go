package questions

import (
	"context"
	"slices"
	"sync"

	"slipway/engine/model"
	"slipway/engine/settings"
)

// Remember changes the settings off the UI thread, since the file is synced to the disk.
func (s *Questions) Remember(change func(*settings.Values)) {
	s.saving.add(change)
	s.Work.Go(func(context.Context) {
		if err := s.saving.flush(s.Settings); err != nil {
			s.Tell(model.AsProblem(err, model.Say("common.your-settings-cannot-be-saved")))
		}
	})
}

// Chosen is the settings as they are once all that is remembered was saved.
func (s *Questions) Chosen() settings.Values { return s.saving.over(s.Settings) }

// changes are what is to be saved, in the order in which a person chose it.
type changes struct {
	flushing sync.Mutex // who comes second finds it done

	mu   sync.Mutex
	list []func(*settings.Values)
}

func (c *changes) add(change func(*settings.Values)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, change)
}

// over is the values of a file with what is not yet in it. A change that is being written meanwhile may be made twice,
// which makes no difference: each sets what was chosen.
func (c *changes) over(f *settings.File) settings.Values {
	c.mu.Lock()
	list := slices.Clone(c.list)
	c.mu.Unlock()
	v := f.Get()
	for _, change := range list {
		change(&v)
	}
	return v
}

func (c *changes) flush(f *settings.File) error {
	c.flushing.Lock()
	defer c.flushing.Unlock()
	c.mu.Lock()
	list := slices.Clone(c.list)
	c.mu.Unlock()
	if len(list) == 0 {
		return nil
	}
	err := f.Change(func(v *settings.Values) {
		for _, change := range list {
			change(v)
		}
	})
	c.mu.Lock()
	c.list = c.list[len(list):]
	c.mu.Unlock()
	return err
}
