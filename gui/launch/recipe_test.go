//go:build linux

package launch_test

import (
	"testing"

	"slipway/engine/model"
	"slipway/gui"
	"slipway/gui/guitest"
)

// TestRecipesOfOnesOwn marks a colleague's recipe, asks before one that takes the place of Slipway's, and names the
// line of a broken one.
func TestRecipesOfOnesOwn(t *testing.T) {
	d := open(t, func(home string) {
		recipe(t, home, "ours", "minimal", map[string]string{
			"name":  "Ours",
			"order": "0",
			"image": "quay.io/jupyter/base-notebook",
		})
		recipe(t, home, "minimal", "minimal", map[string]string{"image": "quay.io/jupyter/base-notebook"})
		recipe(t, home, "wrong", "minimal", map[string]string{"port": "none"})
	})
	d.Tells("notice.t", "wrong.yaml")
	d.Tells("notice.t", "line ")
	if guitest.Shows("launch.recipe.wrong")(d.Dump()) {
		t.Error("the broken recipe is offered")
	}
	d.Press("notice.close")
	d.Press("launch.recipe.ours")
	d.Fill("launch.folder", d.folder)
	d.Read("strip.command", "base-notebook")
	d.Press("launch.recipe.minimal")
	d.Read("launch.status", "Port")
	d.Press("launch.go")
	d.Press("firstlaunch.cancel")
	d.Gone("firstlaunch")
	d.Until("nothing runs", func(gui.Dump) bool { return !d.Session.Jobs.Busy() })
	d.NoContainer("thesis")
	d.Press("launch.go")
	d.Press("firstlaunch.go")
	d.opened(1)
	d.Container("thesis", guitest.InState(model.StateRunning))
}

// TestPagesOfPractice launches the kinds that practice has besides Jupyter.
func TestPagesOfPractice(t *testing.T) {
	d := open(t)
	d.launch("marimo")
	d.Container("thesis", guitest.InState(model.StateRunning))
	d.launch("code-server")
	d.Container("thesis-2", guitest.InState(model.StateRunning))
}

// TestServerWithoutSignIn asks before the first launch of a kind that anybody on this computer can open, and then no
// more.
func TestServerWithoutSignIn(t *testing.T) {
	d := open(t)
	d.Press("launch.recipe.mlflow")
	d.Fill("launch.folder", d.folder)
	d.Read("launch.status", "Port")
	d.Press("launch.go")
	d.See("firstlaunch.go")
	d.Key("Escape")
	d.NoContainer("thesis")
	d.Press("launch.go")
	d.Press("firstlaunch.go")
	d.opened(1)
	d.Press("launch.server.thesis.stop")
	d.Press("launch.server.thesis.again")
	d.opened(2)
}
