//go:build linux

package gui_test

import (
	"strings"
	"testing"
	"time"

	"slipway/engine/endpoint"
	"slipway/engine/journal"
	"slipway/engine/model"
	"slipway/engine/practice"
	"slipway/engine/session"
	"slipway/gui/guitest"
)

// TestTwoEngines works on two engines in one window, with a job running on each: rows, counts, jobs, commands and
// messages of one are never among those of the other.
func TestTwoEngines(t *testing.T) {
	guitest.NoLeaks(t)
	one, two := guitest.StartPractice(t, practice.Options{}), guitest.StartPractice(t, practice.Options{})
	for _, e := range []*practice.Engine{one, two} {
		if err := e.AddSamples(); err != nil {
			t.Fatal(err)
		}
	}
	a := guitest.OpenPractice(t, one)
	a.Had("first", "true")
	first := a.Shell.Desk()

	b := *a
	b.Session = session.NewOn(endpoint.Endpoint{Name: "Other", Source: endpoint.FromPractice, Host: two.Host()},
		model.Key("key of a test"))
	t.Cleanup(b.Session.Close)
	second := a.Shell.Add(b.Session)
	b.Press("nav.containers")
	b.Until("the other engine", guitest.Says("engine", "Docker 28"))
	b.Had("second", "true")
	b.See("row:second")
	b.Gone("row:first")

	// a stop that lasts on each, of which only one is answered for
	for _, e := range []*practice.Engine{one, two} {
		e.Fail(practice.Fault{Call: "POST /containers/*/stop", Delay: time.Hour})
	}
	b.Press("row:second.stop")
	b.Until("its job", guitest.Says("strip.job", "second"))
	a.Shell.Show(first)
	a.Press("nav.containers")
	a.See("row:first")
	a.Gone("row:second")
	a.Gone("strip.job")
	a.Press("row:first.stop")
	a.Until("its job", guitest.Says("strip.job", "first"))
	a.Lacks("strip.job", "second")

	two.Mend()
	b.Container("second", guitest.InState(model.StateExited))
	b.Did("docker stop second", journal.OK)
	a.Until("its job still runs", guitest.Says("strip.job", "first"))
	if i, ok := guitest.Item(a.Dump(), "notice.text"); ok {
		t.Errorf("said on the wrong desk: %+v", i)
	}
	a.Shell.Show(second)
	b.Gone("strip.job")
	b.See("row:second")
	b.Gone("row:first")
	one.Mend()
	a.Container("first", guitest.InState(model.StateExited))
	a.Did("docker stop first", journal.OK)
	for own, s := range map[string]*session.Session{"first": a.Session, "second": b.Session} {
		for _, e := range s.Journal.Entries() {
			for _, other := range []string{"first", "second"} {
				if other != own && strings.Contains(e.Command.String(), other) {
					t.Errorf("the history of %s has %q", own, e.Command)
				}
			}
		}
	}
	a.Shell.Show(first)
	a.See("row:first")
	a.Lacks("strip.did.command", "second")
}
