//go:build linux

package gui_test

import (
	"net"
	"os"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/gui"
)

// openOn opens the window on the package's shared engine with the tiny image.
func openOn(t *testing.T) (*inProcess, *enginetest.Engine, string) {
	t.Helper()
	e := enginetest.Shared(t)
	noLeaks(t)
	tiny := enginetest.TinyImage(t, e)
	t.Cleanup(func() {
		for _, id := range strings.Fields(docker(t, e, "ps", "-aq")) {
			docker(t, e, "rm", "-f", id)
		}
	})
	d := open(t, e.Host())
	d.Until("the engine", says("engine", "Docker"))
	return d, e, tiny
}

// runForm opens the run form for an image and waits until it is filled in.
func runForm(t *testing.T, d driver, image, name string) {
	t.Helper()
	press(d, "nav.images")
	press(d, "row:"+image+".run")
	d.Until("the port of the image", func(dump gui.Dump) bool {
		i, ok := item(dump, "run.port.0.host")
		return ok && i.Text != ""
	})
	d.Fill("run.name", name)
	d.Until("the form can be run", ready("run.go"))
}

func TestEngineKilledInMidPull(t *testing.T) {
	noLeaks(t)
	e := enginetest.Start(t)
	r := enginetest.StartRegistry(t)
	ref := enginetest.At(r.Slow(t, 500_000), enginetest.LayeredImage(t, r, 3, 2_000_000))
	d := open(t, e.Host())
	press(d, "nav.images")
	press(d, "images.empty.pull")
	d.Fill("pull.image", ref)
	press(d, "pull.go")
	d.Until("bytes in the strip", says("strip.job.text", " of "))
	d.Until("bytes on the page", func(dump gui.Dump) bool {
		for _, i := range dump.Items {
			if strings.HasPrefix(i.ID, "images.pulling.") && strings.HasSuffix(i.ID, ".text") &&
				strings.Contains(i.Text, " of ") {
				return true
			}
		}
		return false
	})
	e.Kill()
	d.Until("what went wrong", shows("notice.title"))
	d.Until("that the engine is away", shows("banner"))
	e.Restart(t)
	d.Until("that it is back", hides("banner"))
	press(d, "strip.jobs")
	var retry string
	d.Until("a way to try again", func(dump gui.Dump) bool {
		for _, i := range dump.Items {
			if strings.HasSuffix(i.ID, ".retry") && i.Enabled {
				retry = i.ID
			}
		}
		return retry != ""
	})
	press(d, retry)
	d.Key("Escape")
	d.Until("the image after all", shows("row:"+ref))
}

func TestEngineKilledInMidStream(t *testing.T) {
	noLeaks(t)
	e := enginetest.Start(t)
	tiny := enginetest.TinyImage(t, e)
	docker(t, e, "run", "-d", "--name", "talker", tiny, "sh", "-c",
		"trap 'exit 0' TERM; while true; do echo tick; sleep 0.2; done")
	d := open(t, e.Host())
	press(d, "nav.containers")
	press(d, "row:talker")
	d.Until("its output", says("inside.output", "tick"))
	e.Kill()
	d.Until("the banner", shows("banner"))
	if _, ok := item(d.Dump(), "row:talker"); !ok {
		t.Error("the last picture was not kept")
	}
	d.Until("nothing can be done meanwhile", func(dump gui.Dump) bool {
		row, _ := item(dump, "row:talker.stop")
		head, _ := item(dump, "inside.stop")
		return row.ID != "" && !row.Enabled && head.ID != "" && !head.Enabled
	})
	e.Restart(t)
	d.Until("no banner any more", hides("banner"))
	d.Until("what became of it", func(dump gui.Dump) bool {
		i, ok := item(dump, "row:talker")
		return ok && !strings.Contains(i.Text, "Running")
	})
	press(d, "row:talker.start")
	d.Until("that it runs again", says("row:talker", "Running"))
	d.Until("its new output", says("inside.output", "tick"))
}

func TestPortTakenBetweenCheckAndStart(t *testing.T) {
	d, e, tiny := openOn(t)
	runForm(t, d, tiny, "late")
	for { // the form may find out before, and propose another port
		i, _ := item(d.Dump(), "run.port.0.host")
		l, err := net.Listen("tcp", "127.0.0.1:"+i.Text)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		press(d, "run.go")
		gone := false
		d.Until("the problem in the form, or none", func(dump gui.Dump) bool {
			gone = hides("run")(dump)
			return gone || shows("run.problem.what")(dump)
		})
		if !gone {
			break
		}
		docker(t, e, "rm", "-f", "-v", "late")
		runForm(t, d, tiny, "late")
	}
	d.Until("who holds the port", func(dump gui.Dump) bool {
		why, _ := item(dump, "run.problem.why")
		return strings.Contains(why.Text, "(process ") && strings.Contains(why.Text, "is free")
	})
	if left := docker(t, e, "ps", "-aq"); left != "" {
		t.Errorf("something half made was left: %s", left)
	}
	if name, _ := item(d.Dump(), "run.name"); name.Text != "late" {
		t.Errorf("the form lost its name: %q", name.Text)
	}
	press(d, "run.port.0.host.fix")
	d.Until("the form can be run", ready("run.go"))
	press(d, "run.go")
	d.Until("the form is gone", hides("run"))
}

func TestNameTaken(t *testing.T) {
	d, e, tiny := openOn(t)
	runForm(t, d, tiny, "twice")
	docker(t, e, "create", "--name", "twice", tiny)
	d.Until("that the name is taken", says("run.name.error", "exists"))
	press(d, "run.name.fix")
	d.Until("another name", says("run.name", "twice-2"))
	d.Until("the form can be run", ready("run.go"))
	d.Key("Escape")
	d.Until("the form is closed", hides("run"))
}

func TestImageRemovedUnderAnOpenForm(t *testing.T) {
	d, e, tiny := openOn(t)
	docker(t, e, "tag", tiny, "localhost:1/gone:1")
	d.Until("the second name", func(gui.Dump) bool {
		_, ok := d.Session.Live.Snapshot().FindImage("localhost:1/gone:1")
		return ok
	})
	runForm(t, d, "localhost:1/gone:1", "orphan")
	docker(t, e, "rmi", "localhost:1/gone:1")
	press(d, "run.go")
	d.Until("the problem in the form", says("run.problem.what", "Cannot pull localhost:1/gone:1"))
	if i, _ := item(d.Dump(), "run.problem.why"); !strings.Contains(i.Text, "registry") {
		t.Errorf("why: %q", i.Text)
	}
	if left := docker(t, e, "ps", "-aq"); left != "" {
		t.Errorf("something half made was left: %s", left)
	}
}

func TestWrongPassword(t *testing.T) {
	d, e, _ := openOn(t)
	r := enginetest.StartRegistry(t, enginetest.WithPassword("ada", "right"))
	ref := enginetest.PushTiny(t, e, r, "secret")
	config := os.Getenv("HOME") + "/.docker"
	if err := os.MkdirAll(config, 0o700); err != nil {
		t.Fatal(err)
	}
	// "ada:wrong" in base64, as docker keeps it without a helper.
	if err := os.WriteFile(config+"/config.json", []byte(`{"auths":{"`+r.Addr()+`":{"auth":"YWRhOndyb25n"}}}`),
		0o600); err != nil {
		t.Fatal(err)
	}
	pull := func() {
		press(d, "nav.images")
		press(d, "images.pull")
		d.Fill("pull.image", ref)
		press(d, "pull.go")
	}
	pull()
	d.Until("what to do", says("notice.text", "docker login "+r.Addr()))
	press(d, "notice.close")
	// "ada:right"
	if err := os.WriteFile(config+"/config.json", []byte(`{"auths":{"`+r.Addr()+`":{"auth":"YWRhOnJpZ2h0"}}}`),
		0o600); err != nil {
		t.Fatal(err)
	}
	pull()
	d.Until("the image", shows("row:"+ref))
	docker(t, e, "rmi", ref)
}

func TestNoEngineThenOne(t *testing.T) {
	noLeaks(t)
	e := enginetest.Start(t)
	e.Stop()
	d := open(t, e.Host())
	d.Until("the welcome page", shows("welcome.title"))
	d.Until("what to do", shows("welcome.fix"))
	e.Restart(t)
	d.Until("the engine", says("engine", "Docker"))
	d.Until("no welcome page", hides("welcome.title"))
}

// openOnSlowRegistry opens the window on the shared engine, beside a registry so slow that a pull can be watched.
func openOnSlowRegistry(t *testing.T) (*inProcess, *enginetest.Engine, *enginetest.Proxy, string) {
	t.Helper()
	d, e, _ := openOn(t)
	r := enginetest.StartRegistry(t)
	proxy := r.Proxy(t, 200_000)
	return d, e, proxy, enginetest.At(proxy.Addr(), enginetest.LayeredImage(t, r, 3, 2_000_000))
}
