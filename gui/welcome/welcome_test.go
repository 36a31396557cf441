//go:build linux

package welcome_test

import (
	"net"
	"path/filepath"
	"testing"

	"slipway/engine/model"
	"slipway/engine/practice"
	"slipway/engine/session"
	"slipway/gui"
	"slipway/gui/commands"
	"slipway/gui/guitest"
	"slipway/gui/post"
	"slipway/gui/welcome"
)

// at opens the window on an address.
func at(t *testing.T, host string) *guitest.Window {
	t.Helper()
	guitest.NoLeaks(t)
	return guitest.Open(t, host)
}

// TestNobodyListens says what is wrong with an address of the environment, copies what mends it, and shows the details.
func TestNobodyListens(t *testing.T) {
	w := at(t, "unix://"+filepath.Join(t.TempDir(), "nothing.sock"))
	w.Until("the page", func(d gui.Dump) bool { return d.Page == "welcome" && guitest.Shows("welcome.fix")(d) })
	w.Read("welcome.ignore", "DOCKER_HOST")
	w.Press("welcome.details")
	w.See("details.raw")
	w.Press("details.close")
	w.Press("welcome.engines")
	w.Tells("engines", "Engines")
	w.Press("engines.close")
	for _, page := range []string{"containers", "images", "volumes", "cleanup", "launch"} { // it stands in for each
		w.Press("nav." + page)
		if d := w.Dump(); d.Page != "welcome" {
			t.Errorf("the page is %s", d.Page)
		}
	}
}

// TestSomebodyElseListens tells a server that is no engine from none.
func TestSomebodyElseListens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
	w := at(t, "unix://"+path)
	w.See("welcome.title")
	w.Until("why", func(d gui.Dump) bool { i, ok := guitest.Item(d, "welcome.why"); return ok && i.Text != "" })
}

// TestIgnoreTheEnvironment looks elsewhere when an address of the environment is ignored, and takes another engine
// from the list.
func TestIgnoreTheEnvironment(t *testing.T) {
	w := at(t, "unix://"+filepath.Join(t.TempDir(), "nothing.sock"))
	w.Press("welcome.ignore")
	w.Gone("welcome.ignore")
	if !w.Session.IgnoresEnvironment() {
		t.Error("it is not ignored")
	}
}

// TestEngineComes leaves the page when an engine answers, and shows it again only when there never was one.
func TestEngineComes(t *testing.T) {
	e := guitest.StartPractice(t, practice.Options{})
	e.Die()
	w := at(t, e.Host())
	w.See("welcome.fix")
	if err := e.Revive(); err != nil {
		t.Fatal(err)
	}
	w.Until("another page", func(d gui.Dump) bool { return d.Page != "welcome" })
	e.Die()
	w.See("banner") // which keeps what was seen
	if d := w.Dump(); d.Page == "welcome" {
		t.Error("the page came again")
	}
	w.Press("banner.engines")
	w.Press("engines.close")
}

// TestCases shows of each problem what there is to be done: a command to copy, a login that must come first, or what
// Docker is at all.
func TestCases(t *testing.T) {
	w := at(t, "unix://"+filepath.Join(t.TempDir(), "nothing.sock"))
	work := post.NewWork()
	defer work.Close()
	set := commands.New(commands.Options{Session: w.Session, Work: work, Window: w.Shell.Window()})
	defer set.Actions().Close()
	var told []string
	page := welcome.New(set, func(line string) { told = append(told, line) })
	w.Shell.Window().SetContent(page.Content())
	page.Show(session.State{Phase: session.Looking})
	w.Read("welcome.title", "Looking")
	if guitest.Shows("welcome.command")(w.Dump()) {
		t.Error("there is a command while it is looked for an engine")
	}
	with := func(kind model.ProblemKind, change func(*model.Problem)) {
		p := &model.Problem{Kind: kind, What: model.Verbatim("what"), Why: model.Verbatim("why"), Fix: model.Verbatim("fix")}
		change(p)
		page.Show(session.State{Phase: session.None, Problem: p})
		w.Read("welcome.why", "why")
	}
	with(model.ProblemNotInstalled, func(*model.Problem) {})
	for _, id := range []string{"welcome.about", "welcome.way.engine", "welcome.way.podman"} {
		w.See(id)
	}
	w.Gone("welcome.command")
	with(model.ProblemPermission, func(p *model.Problem) {
		p.Command, p.NextLogin = model.Run("sudo", "usermod", "-aG", "docker", "ada"), true
	})
	w.Gone("welcome.about")
	w.Read("welcome.command", "sudo usermod -aG docker ada")
	w.Read("welcome.status", "log in")
	w.Press("welcome.copy")
	w.Copied("sudo usermod -aG docker ada")
	with(model.ProblemUnreachable, func(*model.Problem) {})
	w.Gone("welcome.command")
	w.Lacks("welcome.status", "log in")
	if len(told) != 2 || told[0] != "sudo usermod -aG docker ada" || told[1] != "" {
		t.Errorf("told were %q", told)
	}
}
