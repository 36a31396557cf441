package actions

import (
	"context"
	"time"

	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/session"
)

// BusyTime is how long a server may take to say what it does. One that does not answer does not hold up its stop.
const BusyTime = 2 * time.Second

// MayStop asks where stopping a container would end a computation, and tells whether it is to be stopped.
func (a *base) MayStop(ctx context.Context, c model.Container) bool {
	q := BusyStop{Container: c, Notebooks: BusyNotebooks(ctx, Place(a.session), c)}
	return len(q.Notebooks) == 0 || a.asker.BusyStop(ctx, q)
}

// AskBusy asks about stopping a notebook server that computes, and tells whether to do it.
func (a *base) AskBusy(ctx context.Context, q BusyStop) bool { return a.asker.BusyStop(ctx, q) }

// BusyNotebooks are the notebooks in a container that compute right now; none where it is no Jupyter server, or does
// not say.
func BusyNotebooks(ctx context.Context, at notebook.Place, c model.Container) []string {
	list := notebook.Servers([]model.Container{c}, nil, at)
	if c.State != model.StateRunning || len(list) == 0 || !list[0].Known || !list[0].Reached() || !list[0].Jupyter() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, BusyTime)
	defer cancel()
	activity, err := list[0].Activity(ctx)
	if err != nil {
		return nil
	}
	return activity.Busy
}

// Place is where the engine of a session is.
func Place(s *session.Session) notebook.Place {
	st := s.State()
	return notebook.Place{Locality: st.Locality, Host: st.Endpoint.HostName()}
}
