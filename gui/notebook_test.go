//go:build linux

package gui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/gui"
)

// standIn is a recipe whose server is the tiny image's.
const standIn = `name: Stand-in
about: A small server
order: 0
image: slipway-test/tiny
tags: ["1", other]
port: 8080
mount: /work
sign-in: {method: password-env, env: PASSWORD}
user: image
command: [sh, -c, "trap 'exit 0' TERM; httpd -f -p 8080 -h /www & wait"]
`

// TestNotebookMenu goes through what a notebook's menu offers: its packages written down and kept as an image, its
// troubles looked at, made anew from that image, and moved with its folder.
func TestNotebookMenu(t *testing.T) {
	e := enginetest.Shared(t)
	noLeaks(t)
	enginetest.TinyImage(t, e)
	t.Cleanup(func() {
		for _, id := range strings.Fields(docker(t, e, "ps", "-aq")) {
			docker(t, e, "rm", "-f", id)
		}
	})
	bin, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	folder := filepath.Join(t.TempDir(), "survey")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	d := open(t, e.Host(), func(home string) {
		dir := filepath.Join(home, ".config", "slipway", "recipes")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "standin.yaml"), []byte(standIn), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	opened := func(n int) func(gui.Dump) bool { return func(gui.Dump) bool { return len(urls()) == n } }
	menu := func(id string) {
		t.Helper()
		press(d, "launch.server.survey.more")
		d.Until("the menu", ready(id))
		press(d, id)
	}
	press(d, "launch.recipe.standin")
	d.Fill("launch.folder", folder)
	d.Until("it can be launched", says("launch.go", "Launch Stand-in"))
	d.Until("it can be pressed", ready("launch.go"))
	press(d, "launch.go")
	d.Until("the browser", opened(1))
	d.Until("how much memory it uses", says("launch.server.survey.state", "B"))

	menu("menu.trouble")
	d.Until("that all is well", says("trouble.0.what", "No program in it has been killed"))
	d.Key("Escape")
	d.Until("no dialog", hides("trouble"))

	e.PutFile(t, "survey", "/usr/lib/python3/site-packages/fancy-1.dist-info/METADATA", "x")
	mine := filepath.Join(folder, "requirements.txt")
	if err := os.WriteFile(mine, []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	menu("menu.packages")
	d.Until("the package", shows("row:fancy"))
	press(d, "packages.requirements.txt")
	d.Until("that there is one already", says("packages.requirements.txt.said", "already exists"))
	if text, _ := os.ReadFile(mine); string(text) != "mine\n" {
		t.Errorf("it was overwritten with %q", text)
	}
	press(d, "packages.requirements.txt.replace")
	d.Until("that it is written", says("packages.requirements.txt.said", "Saved as"))
	if text, _ := os.ReadFile(mine); !strings.Contains(string(text), "fancy==1\n") {
		t.Errorf("it holds %q", text)
	}
	press(d, "packages.image")
	d.Until("what the image carries", says("keep.secrets", "PASSWORD"))
	d.Fill("keep.name", "survey:kept")
	press(d, "keep.go")
	d.Until("that the folder is to be made from it", says("launch.status", "you chose survey:kept"))
	d.Until("its own way", says("launch.tag", "survey:kept"))

	press(d, "launch.anew")
	d.Until("the question", shows("anew"))
	press(d, "anew.go")
	d.Until("the browser, with the new one", opened(2))
	d.Until("that the old one is kept", func(dump gui.Dump) bool {
		return strings.Contains(describe(dump), "survey-before")
	})
	if image := strings.TrimSpace(docker(t, e, "inspect", "-f", "{{.Config.Image}}", "survey")); image != "survey:kept" {
		t.Errorf("it is made from %s", image)
	}

	moved := filepath.Join(filepath.Dir(folder), "poll")
	if err := os.Rename(folder, moved); err != nil {
		t.Fatal(err)
	}
	press(d, "nav.images")
	press(d, "nav.launch")
	d.Until("that its folder is gone", says("launch.server.survey.state", "no longer there"))
	press(d, "launch.server.survey.moved")
	d.Fill("choose.path", moved)
	d.Until("it can be chosen", ready("choose.use"))
	press(d, "choose.use")
	d.Until("the question", shows("anew.go"))
	press(d, "anew.go")
	d.Until("the browser, in the new place", opened(3))
	d.Until("its card", says("launch.server.survey.state", "poll"))
	d.Until("the field has the new place", func(dump gui.Dump) bool {
		i, _ := item(dump, "launch.folder")
		return i.Text == moved
	})
	d.Until("it is what the button opens", says("launch.go", "Open poll"))
	if n := len(strings.Fields(docker(t, e, "ps", "-q"))); n != 1 {
		t.Errorf("%d containers run", n)
	}
}

// TestAnyImageOnThePage launches an image that no recipe is for.
func TestAnyImageOnThePage(t *testing.T) {
	d, e, tiny := openOn(t)
	bin, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	e.Derive(t, tiny, "dash/board:1", `CMD ["sh", "-c", "trap 'exit 0' TERM; httpd -f -p 8080 -h /www & wait"]`)
	press(d, "launch.recipe.any")
	d.Fill("launch.folder", t.TempDir())
	d.Until("that an image is missing", says("launch.status", "Choose the image"))
	d.Fill("launch.image", "dash/board:1")
	d.Until("it can be launched", says("launch.go", "Launch board:1"))
	d.Until("it can be pressed", ready("launch.go"))
	d.Until("the command", says("strip.command", ":8080 "))
	press(d, "launch.go")
	allow(d)
	d.Until("the browser", func(gui.Dump) bool { return len(urls()) == 1 })
	d.Until("it can be opened again", says("launch.go", "Open"))
}
