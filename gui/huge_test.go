//go:build linux

package gui_test

import (
	"strings"
	"testing"

	"slipway/gui"
)

// TestHugeContainer looks at a container with ten thousand ports, twenty thousand variables and labels of 64 KB,
// everywhere that lists them. The watchdog of the driver fails it when the window stands still.
func TestHugeContainer(t *testing.T) {
	d, e, _ := openOn(t)
	image := e.Huge(t)
	press(d, "nav.containers")
	d.Until("the container", shows("row:huge"))
	press(d, "row:huge")
	press(d, "inside.tab.overview")
	d.Until("its ports in a range", says("overview.port.2", "10000–20000/udp, not published"))
	for _, tab := range []string{"files", "changes", "processes", "stats", "logs"} {
		press(d, "inside.tab."+tab)
		d.Dump()
	}
	press(d, "row:huge.more")
	press(d, "menu.another")
	d.Until("the form", says("run.line", "FIRST=1"))
	d.Until("what is kept", says("run.status", "more values"))
	d.Key("Escape")
	d.Until("the form is closed", hides("run"))
	press(d, "row:huge.more")
	press(d, "menu.change")
	d.Until("the form for a change", says("run.status", "You haven't changed anything yet."))
	d.Fill("run.env.1.value", "another")
	d.Until("what goes on", says("run.line", "docker "))
	d.Key("Escape")
	d.Until("the form is closed", hides("run"))
	press(d, "nav.images")
	press(d, "row:"+image)
	d.Until("what the image says", says("image.ports", "10000–20000/udp"))
	press(d, "row:"+image+".run")
	d.Until("one port", says("run.port.0.container", "80"))
	d.Until("the others on demand", shows("run.port.more.0"))
	press(d, "run.port.more.0")
	d.Until("a range", func(dump gui.Dump) bool {
		i, _ := item(dump, "run.line")
		return strings.Contains(i.Text, "10000-20000:10000-20000/udp")
	})
	d.Key("Escape")
	press(d, "nav.cleanup")
	d.Until("it is listed", func(dump gui.Dump) bool { return strings.Contains(describe(dump), "huge") })
}
