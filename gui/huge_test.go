//go:build linux

package gui_test

import (
	"fmt"
	"strings"
	"testing"

	"slipway/gui"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/go-connections/nat"
)

// TestHugeContainer looks at a container with ten thousand ports, twenty thousand variables and labels of 64 KB, everywhere that lists
// them. The watchdog of the driver fails it when the window stands still.
func TestHugeContainer(t *testing.T) {
	d, e, tiny := openOn(t)
	cfg := &container.Config{Image: tiny, Cmd: []string{"sh", "-c", "trap 'exit 0' TERM; sleep 100000 & wait"}, ExposedPorts: nat.PortSet{"80/tcp": {}}, Labels: map[string]string{}}
	for n := 10000; n <= 20000; n++ {
		cfg.ExposedPorts[nat.Port(fmt.Sprintf("%d/udp", n))] = struct{}{}
	}
	cfg.Env = append(cfg.Env, "FIRST=1", strings.Repeat("N", 64<<10)+"=x")
	for n := range 20000 {
		cfg.Env = append(cfg.Env, fmt.Sprintf("VARIABLE_%d=value of %d", n, n))
	}
	cfg.Labels["long"], cfg.Labels[strings.Repeat("l", 64<<10)] = strings.Repeat("x", 64<<10), "y"
	cli := e.Client(t)
	r, err := cli.ContainerCreate(t.Context(), cfg, nil, nil, nil, "huge")
	if err != nil {
		t.Fatal(err)
	}
	if err := cli.ContainerStart(t.Context(), r.ID, container.StartOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := cli.ContainerCommit(t.Context(), r.ID, container.CommitOptions{Reference: "slipway-test/huge:1"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { docker(t, e, "rmi", "-f", "slipway-test/huge:1") })
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
	press(d, "nav.images")
	press(d, "row:slipway-test/huge:1")
	d.Until("what the image says", says("image.ports", "10000–20000/udp"))
	press(d, "row:slipway-test/huge:1.run")
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
