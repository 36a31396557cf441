package notebook

import (
	"cmp"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// translation is what a recipe says to people in another language; what it leaves out stays as it is.
type translation struct {
	Name  string `yaml:"name"`
	About string `yaml:"about"`
	Notes string `yaml:"notes"`
}

// translationName is the name of a translation's file: the recipe's, and the language's tag in BCP 47.
var translationName = regexp.MustCompile(`^(.+)\.([a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\.yaml$`)

// isTranslation tells whether a file has a recipe beside it that it is a translation of: "my.lab.yaml" alone is a
// recipe.
func isTranslation(files []string, name string) bool {
	m := translationName.FindStringSubmatch(name)
	return m != nil && slices.Contains(files, m[1]+".yaml")
}

// translated is a recipe from a file in the language with this tag. The error is what is wrong with the translation, in
// the file that it comes with; the recipe is as it was then.
func translated(r Recipe, from fs.FS, files []string, name, tag string) (said Recipe, in string, err error) {
	other := strings.TrimSuffix(name, ".yaml") + "." + tag + ".yaml"
	if !slices.Contains(files, other) {
		return r, name, nil
	}
	data, err := readFile(from, other)
	if err != nil {
		return r, other, err
	}
	var t translation
	doc, err := decode(data, &t)
	if err != nil {
		return r, other, err
	}
	said = r
	said.Name, said.About, said.Notes = cmp.Or(t.Name, r.Name), cmp.Or(t.About, r.About), cmp.Or(t.Notes, r.Notes)
	if err := said.check(doc); err != nil {
		return r, other, err
	}
	return said, other, nil
}
