//go:build linux

package gui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/assets"
	"slipway/engine/enginetest"
	"slipway/gui"
)

// ownRecipe writes a recipe as a user has it, for the image of the test's registry.
func ownRecipe(t *testing.T, home, id, ref, change, to string) {
	t.Helper()
	text, err := assets.Recipes.ReadFile("recipes/scipy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	name, tag, _ := strings.Cut(ref, ":python")
	lines := strings.Split(string(text), "\n")
	for i, l := range lines {
		switch {
		case strings.HasPrefix(l, "image:"):
			lines[i] = "image: " + name
		case strings.HasPrefix(l, "tags:"):
			lines[i] = "tags: [python" + tag + "]"
		case change != "" && strings.HasPrefix(l, change):
			lines[i] = to
		}
	}
	dir := filepath.Join(home, ".config", "slipway", "recipes")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, id+".yaml"), []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}

// allow answers the question before a recipe of one's own takes the place of Slipway's, or a server without a sign-in
// is launched, for the first time.
func allow(d driver) {
	d.Until("the question", ready("firstlaunch.go"))
	press(d, "firstlaunch.go")
}

// TestLaunchPage launches a folder from the first page: pulled, started, opened signed in; opened again by the second
// click; stopped, and started again; and a kind of notebook that ends at once is explained and leaves nothing.
func TestLaunchPage(t *testing.T) {
	noLeaks(t)
	e := enginetest.Start(t)
	_, ref := enginetest.JupyterRegistry(t)
	bin, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	d := open(t, e.Host(), func(home string) {
		ownRecipe(t, home, "scipy", ref, "", "")
		ownRecipe(t, home, "broken", ref, "order:", "order: 99\ncommand: [sh, -c, echo it is broken >&2; exit 9]")
		ownRecipe(t, home, "wrong", ref, "port:", "port: none")
	})
	folder := filepath.Join(t.TempDir(), "survey")
	opened := func(n int) func(gui.Dump) bool {
		return func(gui.Dump) bool { return len(urls()) == n }
	}

	d.Until("the recipe that is wrong is named, by its line", func(dump gui.Dump) bool {
		return strings.Contains(describe(dump), "line ") && strings.Contains(describe(dump), "wrong.yaml")
	})
	d.Until("the page", ready("launch.choose"))
	d.Fill("launch.folder", folder)
	d.Until("that there is no such folder", shows("launch.make"))
	press(d, "launch.make")
	d.Until("it can be launched", ready("launch.go"))
	d.Until("the command", says("strip.command", "docker run -d --name survey"))
	press(d, "launch.go")
	allow(d)
	d.Until("the steps", shows("launch.cancel"))
	d.Until("the browser", opened(1))
	d.Until("its card", says("launch.server.survey", "survey"))
	if dom := enginetest.Chromium(t, urls()[0], "notebook_list"); !strings.Contains(dom, "notebook_list") ||
		strings.Contains(dom, "password_input") {
		t.Errorf("the browser is not signed in:\n%.1000s", dom)
	}

	d.Until("the button opens it now", says("launch.go", "Open survey"))
	press(d, "launch.go")
	d.Until("the browser again", opened(2))
	press(d, "launch.server.survey.link")
	d.Until("the link is copied", func(dump gui.Dump) bool {
		return strings.Contains(describe(dump), "Link copied")
	})
	press(d, "launch.server.survey.open")
	d.Until("the browser, from the card", opened(3))
	for _, u := range urls() {
		if u != urls()[0] {
			t.Errorf("another address: %s and %s", urls()[0], u)
		}
	}

	press(d, "launch.server.survey.stop")
	d.Until("it is stopped", shows("launch.server.survey.again"))
	press(d, "launch.server.survey.again")
	d.Until("it is started again", opened(4))
	if n := len(strings.Fields(docker(t, e, "ps", "-aq"))); n != 1 {
		t.Errorf("there are %d containers", n)
	}

	press(d, "launch.recipe.broken")
	d.Until("it can be launched", ready("launch.go"))
	d.Until("a new one", says("launch.go", "Launch"))
	press(d, "launch.go")
	allow(d)
	d.Until("why not", says("launch.problem.lines", "it is broken"))
	press(d, "launch.problem.close")
	d.Until("it is closed", hides("launch.problem.what"))
	d.Until("nothing is left", func(gui.Dump) bool { return len(strings.Fields(docker(t, e, "ps", "-aq"))) == 1 })
	docker(t, e, "rm", "-f", "survey")
	d.Until("no card", hides("launch.server.survey"))
}
