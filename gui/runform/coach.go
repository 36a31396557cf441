package runform

import (
	"cmp"
	"path"
	"strings"

	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/words"
)

// Advice is what the mount coach says about one mount.
type Advice struct {
	Text words.Text
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
	instead := notebook.WorkPlace(d, others)
	if instead == "" || target == instead {
		return Advice{}
	}
	if home := notebook.HomeOf(d); target == home {
		return Advice{
			words.Say("runform.this-is-the-image-s"),
			instead,
		}
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
	return Advice{words.Say("runform.this-image-keeps-its-files",
		words.Args{"Folder": words.Name(cmp.Or(strings.TrimSuffix(instead, "/work"), instead))}), instead}
}

// within tells whether p is dir or below it.
func within(p, dir string) bool {
	return p == dir || strings.HasPrefix(p, strings.TrimSuffix(dir, "/")+"/")
}
