package actions

import (
	"context"

	"slipway/engine/model"
)

// Asker asks the person in front of the application. Its methods are called from any goroutine but the UI's, and block
// until there is an answer or ctx ends, which counts as the answer that changes nothing.
type Asker interface {
	// BusyStop asks about stopping a notebook server that computes, and tells whether to do it.
	BusyStop(ctx context.Context, q BusyStop) bool
	// Tell shows a problem that belongs to no job.
	Tell(p *model.Problem)
	// Waiting says that the engine takes its time to answer, until done is called. It returns at once.
	Waiting() (done func())
	// Words puts a fact into the person's words, for what neither is shown by the asker nor has words: a page in the
	// browser.
	Words(f model.Fact) string
}

// BusyStop is the question before a notebook server is stopped that computes right now.
type BusyStop struct {
	Container model.Container
	// Notebooks are those that compute, by path; a kernel that belongs to none counts as "a console".
	Notebooks []string
}
