package questions

import (
	"context"
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

func (c *changes) flush(f *settings.File) error {
	c.flushing.Lock()
	defer c.flushing.Unlock()
	c.mu.Lock()
	list := c.list
	c.list = nil
	c.mu.Unlock()
	if len(list) == 0 {
		return nil
	}
	return f.Change(func(v *settings.Values) {
		for _, change := range list {
			change(v)
		}
	})
}
