package rescue

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// packageDirs are the folders that package managers make for each package that they install, by what is before the
// name: pip's and conda's records, R's libraries, Node's modules and Debian's lists.
var packageDirs = []*regexp.Regexp{
	regexp.MustCompile(`/(?:site|dist)-packages/([^/]+?)-[^/-]+\.(?:dist|egg)-info(?:/|$)`),
	regexp.MustCompile(`/conda-meta/(.+?)-[^-/]+-[^-/]+\.json$`),
	regexp.MustCompile(`/(?:site-library|R/library)/([^/]+)(?:/|$)`),
	regexp.MustCompile(`/lib/node_modules/((?:@[^/]+/)?[^/@.]+)(?:/|$)`),
	regexp.MustCompile(`^/var/lib/dpkg/info/([^/:]+?)(?::[^/.]+)?\.list$`),
}

// Packages names the software that was installed in a container, in order, as its changed paths show.
func Packages(changed []string) []string {
	var names []string
	for _, p := range changed {
		p = path.Clean("/" + p)
		for _, re := range packageDirs {
			if m := re.FindStringSubmatch(p); m != nil {
				names = append(names, strings.ReplaceAll(m[1], "_", "-"))
				break
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
