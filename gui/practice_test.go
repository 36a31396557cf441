//go:build linux

package gui_test

import (
	"testing"

	"slipway/engine/practice"
)

// TestPracticePages looks at every page and every part of the details.
func TestPracticePages(t *testing.T) {
	d, _ := openPractice(t)
	d.Until("that it is practice", says("practice", "Nothing here is real"))
	for page, rows := range map[string][]string{
		"containers": {"row:web", "row:db", "row:monthly-report", "row:hello"},
		"images": {
			"row:nginx:latest", "row:postgres:17", "row:python:3.13", "row:hello-world:latest",
			"row:busybox:latest",
		},
		"volumes": {"row:db-data", "row:survey-2025"},
	} {
		press(d, "nav."+page)
		for _, row := range rows {
			d.Until(row, shows(row))
		}
	}
	press(d, "nav.cleanup")
	d.Until("what it all takes", says("cleanup.summary", "563 MB in total"))
	press(d, "nav.launch")
	d.Until("the kinds of notebooks", shows("launch.folder"))

	press(d, "nav.containers")
	d.Until("a container", shows("row:web"))
	press(d, "row:web")
	d.Until("its command", says("strip.command", "docker logs -f --tail 500 web"))
	press(d, "inside.tab.overview")
	d.Until("its image", says("overview.image", "nginx:latest"))
	press(d, "inside.tab.files")
	d.Until("its files", shows("row:etc"))
	press(d, "inside.tab.stats")
	press(d, "inside.tab.processes")
	d.Until("its program", shows("row:1"))
	press(d, "inside.tab.changes")
	d.Until("that nothing is lost", says("changes.notes", ""))
	press(d, "row:monthly-report")
	press(d, "inside.tab.logs")
	d.Until("why it failed", says("inside.output", "No such file or directory: '/data/sales.csv'"))
	d.Until("how it ended", says("inside.state", "Failed"))
}

// TestPracticeFaults holds what the window says of an engine that hangs, that dies, and that fails.
func TestPracticeFaults(t *testing.T) {
	d, e := openPractice(t)
	press(d, "nav.containers")
	d.Until("the containers", shows("row:web"))
	e.Fail(practice.Fault{Call: "POST /containers/*/start", Status: 500, Text: "no space left on device", Times: 1})
	press(d, "row:monthly-report.start")
	d.Until("that the disk is full", says("notice.text", "The engine's disk is full"))
	press(d, "notice.close")
	e.Die()
	d.Until("the banner", shows("banner"))
	if err := e.Revive(); err != nil {
		t.Fatal(err)
	}
	d.Until("no banner any more", hides("banner"))
	d.Until("the same containers", shows("row:web"))
}
