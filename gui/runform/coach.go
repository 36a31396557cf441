package runform

import (
	"path"
	"slices"
	"strings"

	"slipway/engine/model"
)

// homeOf is the home folder that the image's processes have: from its environment, or from its working directory where
// that looks like one.
func homeOf(d model.ImageDetail) string {
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
	if w == homeOf(d) {
		w = path.Join(w, "work")
	}
	if slices.Contains(taken, w) {
		return ""
	}
	return w
}

// Advice is what the mount coach says about one mount.
type Advice struct {
	Text string
	// Instead is the path it proposes.
	Instead string
}

// Coach warns when a mount is not where the image keeps its work, or hides the image's own files. others are the
// targets of the other mounts.
func Coach(d model.ImageDetail, target string, others []string) Advice {
	if target == "" || !path.IsAbs(target) {
		return Advice{}
	}
	target = path.Clean(target)
	instead := WorkPlace(d, others)
	if instead == "" || target == instead {
		return Advice{}
	}
	if home := homeOf(d); target == home {
		return Advice{"This is the image's home folder: mounting over it hides the settings that the image keeps there.", instead}
	}
	places := append([]string{}, d.Volumes...)
	if w := path.Clean("/" + d.WorkingDir); w != "/" {
		places = append(places, w)
	}
	for _, p := range places {
		if within(target, path.Clean(p)) || within(path.Clean(p), target) {
			return Advice{}
		}
	}
	return Advice{"This image keeps its files in " + strings.TrimSuffix(instead, "/work") + ".", instead}
}

// within tells whether p is dir or below it.
func within(p, dir string) bool {
	return p == dir || strings.HasPrefix(p, strings.TrimSuffix(dir, "/")+"/")
}
