package notebook

import (
	"slices"
	"strings"

	"slipway/engine/model"

	"github.com/distribution/reference"
)

// stacks are the images of jupyter-docker-stacks that Docker Hub has old copies of.
var stacks = []string{"base", "minimal", "scipy", "datascience", "r", "julia", "tensorflow", "pyspark", "all-spark"}

// RecipeOf is the kind of notebook that an image is for: the recipe of its repository, wherever that is kept a copy of,
// or any image where it is called like one of Jupyter's. ok is false for every other image.
func RecipeOf(image string, recipes []Recipe) (id string, ok bool) {
	named, err := reference.ParseNormalizedNamed(strings.TrimSpace(image))
	if err != nil {
		return "", false
	}
	last := reference.Path(named)[strings.LastIndexByte(reference.Path(named), '/')+1:]
	for _, r := range recipes {
		if own, err := reference.ParseNormalizedNamed(r.Image); err == nil && r.ID != AnyID &&
			(own.Name() == named.Name() || strings.HasSuffix(own.Name(), "/"+last) && strings.Contains(last, "notebook")) {
			return r.ID, true
		}
	}
	return AnyID, jupyterName.MatchString(named.Name())
}

// Maintained tells where the image is kept up to date that Docker Hub has a frozen copy of under its old name, and why
// that matters. ok is false for every other image. Docker Hub's jupyter/… images have not changed since 2023-10-20
// (jupyter-docker-stacks' own notes); Python 3.8 went out of support in October 2024 (PEP 569).
func Maintained(image string) (current string, why model.Fact, ok bool) {
	named, err := reference.ParseNormalizedNamed(strings.TrimSpace(image))
	if err != nil || reference.Domain(named) != "docker.io" {
		return "", model.Fact{}, false
	}
	name, isJupyter := strings.CutPrefix(reference.Path(named), "jupyter/")
	stack, isStack := strings.CutSuffix(name, "-notebook")
	if !isJupyter || !isStack || !slices.Contains(stacks, stack) {
		return "", model.Fact{}, false
	}
	why = model.Say("notebook.docker-hub-s-copies-of")
	if tagged, ok := named.(reference.Tagged); ok && strings.HasPrefix(tagged.Tag(), "python-3.8") {
		why = model.Say("notebook.docker-hub-s-copies-and-python")
	}
	return "quay.io/jupyter/" + name + ":latest", why, true
}
