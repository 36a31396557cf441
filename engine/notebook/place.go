package notebook

import (
	"path"
	"slices"
	"strings"

	"slipway/engine/model"
)

// HomeOf is the home folder that the image's processes have: from its environment, or from its working directory where
// that looks like one.
func HomeOf(d model.ImageDetail) string {
	for _, e := range d.Env {
		if home, ok := strings.CutPrefix(e, "HOME="); ok && path.IsAbs(home) {
			return path.Clean(home)
		}
	}
	if w := path.Clean("/" + d.WorkingDir); path.Dir(w) == "/home" || w == "/root" {
		return w
	}
	return ""
}

// WorkPlace is where this image's work should be mounted: its first VOLUME that is not taken yet, else its working
// directory, or a folder below that where it is a home (a mount over a home hides the image's own settings). It is ""
// when the image does not tell.
func WorkPlace(d model.ImageDetail, taken []string) string {
	for _, v := range d.Volumes {
		if !slices.Contains(taken, path.Clean(v)) {
			return path.Clean(v)
		}
	}
	w := d.WorkingDir
	if w == "" || path.Clean(w) == "/" {
		return ""
	}
	w = path.Clean(w)
	if w == HomeOf(d) {
		w = path.Join(w, "work")
	}
	if slices.Contains(taken, w) {
		return ""
	}
	return w
}
