package engine

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"slipway/engine/model"

	"github.com/distribution/reference"
)

// An engine may be anybody's, and what it calls things becomes arguments of commands, names of files and lines of
// lists. All names from engines enter here; docker's own rules for them are in moby's daemon/names and volume/local.

var (
	// containerName is what docker lets containers be called.
	containerName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]*$`)
	// longID matches IDs of containers, networks and images.
	longID = regexp.MustCompile(`^(sha[0-9]+:)?[a-z0-9]{12,128}$`)
)

// knownID reports whether an ID is one that engines give.
func knownID(id string) bool { return longID.MatchString(id) }

// nameOf is a container's name; its short ID, which names it as well, where no engine would let it be called so.
func nameOf(name, id string) string {
	if !containerName.MatchString(name) {
		return model.ShortID(id)
	}
	return name
}

// goodName reports whether a volume or a network may be called so. Drivers have rules of their own, but none gives
// names that cannot be seen, that are options of docker, or that lead elsewhere as part of a path.
func goodName(name string) bool {
	return name != "" && len(name) <= mostName && utf8.ValidString(name) && strings.IndexFunc(name, model.Unseen) < 0 &&
		name[0] != '-' && !slices.Contains(strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '\\' }),
		"..") && name[0] != '/'
}

// mostName is how long the name of a volume or a network may be, in bytes.
const mostName = 1024

// goodReferences are those among references to an image that docker could have given.
func goodReferences(refs []string) []string {
	return slices.DeleteFunc(refs, func(r string) bool {
		_, err := reference.ParseNormalizedNamed(r)
		return err != nil
	})
}
