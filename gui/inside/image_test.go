//go:build linux

package inside_test

import (
	"testing"

	"slipway/engine/practice"
	"slipway/gui/guitest"
)

// TestImageDetails shows what is in an image and who was made from it, and goes there.
func TestImageDetails(t *testing.T) {
	w, e := guitest.Practice(t, practice.Options{})
	w.Press("nav.images")
	w.Press("row:nginx:latest")
	w.Read("strip.command", "docker image inspect nginx:latest")
	w.Read("image.command", "httpd")
	w.Read("image.ports", "80")
	w.Read("image.platform", "linux/")
	w.Press("image.tab.layers")
	w.See("image.layers")
	w.Press("image.tab.overview")
	w.Press("image.user.web")
	w.Read("inside.name", "web")
	w.Press("nav.images")
	w.Press("row:busybox:latest")
	w.See("image.unused")
	w.Press("image.more")
	w.Press("menu.copyid")
	w.Copied(w.Image("busybox:latest").ID)
	w.Press("image.run")
	w.Read("run.image", "busybox")
	w.Key("Escape")
	w.Press("image.close")
	w.Gone("image.name")
	e.Fail(practice.Fault{Call: "GET /images/*/*", Status: 500, Text: "broken"})
	w.Press("row:postgres:17")
	w.Read("image.id", w.Image("postgres:17").ID)
	w.Gone("image.platform")
}
