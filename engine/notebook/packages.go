package notebook

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"slipway/engine"

	"go.yaml.in/yaml/v3"
)

// Package is one package that was installed.
type Package struct {
	// Version is "" where only the name is known.
	Name, Version string
	// Dir is where pip keeps what it knows of a Python package, "" for others.
	Dir string
}

// Packages are what was installed in a container since its image, by the program that did it, each by name.
type Packages struct{ Pip, Conda, R []Package }

// Count is how many there are.
func (p Packages) Count() int { return len(p.Pip) + len(p.Conda) + len(p.R) }

// What package managers leave behind: pip a folder NAME-VERSION.dist-info (PyPA, "Recording installed projects"), conda
// a file NAME-VERSION-BUILD.json in conda-meta, R a folder of the package's name with a DESCRIPTION.
var (
	pipMark   = regexp.MustCompile(`/(?:site|dist)-packages/([A-Za-z0-9._]+)-([A-Za-z0-9._+!]+)\.dist-info(?:/METADATA)?$`)
	condaMark = regexp.MustCompile(`/conda-meta/(.+)-([^-/]+)-[^-/]+\.json$`)
	rMark     = regexp.MustCompile(`/(?:library|site-library)/([A-Za-z][A-Za-z0-9.]*)/DESCRIPTION$`)
)

// Installed reads from what the engine says that changed in a container which packages were installed since its image.
// Nothing is run in the container. A Python package that conda installed is listed only there.
func Installed(changes []engine.Change) Packages {
	pip, conda, r := map[string]Package{}, map[string]Package{}, map[string]Package{}
	for _, c := range changes {
		if c.Kind == "deleted" {
			continue
		}
		if m := pipMark.FindStringSubmatch(c.Path); m != nil && c.Kind == "added" {
			pip[plainName(m[1])] = Package{strings.ReplaceAll(m[1], "_", "-"), m[2], strings.TrimSuffix(c.Path, "/METADATA")}
		}
		if m := condaMark.FindStringSubmatch(c.Path); m != nil && c.Kind == "added" {
			conda[plainName(m[1])] = Package{Name: m[1], Version: m[2]}
		}
		if m := rMark.FindStringSubmatch(c.Path); m != nil && c.Kind == "added" {
			r[m[1]] = Package{Name: m[1]}
		}
	}
	for name := range conda {
		delete(pip, name)
	}
	return Packages{Pip: byName(pip), Conda: byName(conda), R: byName(r)}
}

// plainName is a Python package's name as PEP 503 compares it.
func plainName(name string) string {
	return strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(name))
}

func byName(m map[string]Package) []Package {
	var list []Package
	for _, p := range m {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b Package) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return list
}

// PackageFile is a file that installs packages again.
type PackageFile struct {
	// Name of the file, and the command that installs from it, as typed in a terminal of the notebook.
	Name, Use string
	Data      []byte
}

// Files are what installs the packages again: requirements.txt where only pip was used, else environment.yml for conda
// with pip's inside; install.R for R. Their comments are English: they go with the project, to whoever works on it.
func (p Packages) Files() []PackageFile {
	var files []PackageFile
	switch {
	case len(p.Conda) > 0:
		files = append(files, PackageFile{"environment.yml", "conda env update --file environment.yml", p.environment()})
	case len(p.Pip) > 0:
		text := "# Packages that were installed with pip since the image.\n" + strings.Join(pins(p.Pip, "=="), "\n") + "\n"
		files = append(files, PackageFile{"requirements.txt", "pip install -r requirements.txt", []byte(text)})
	}
	if len(p.R) > 0 {
		var names []string
		for _, r := range p.R {
			names = append(names, fmt.Sprintf("%q", r.Name))
		}
		text := "# Packages that were installed in R since the image.\ninstall.packages(c(" + strings.Join(names, ", ") +
			"))\n"
		files = append(files, PackageFile{"install.R", "Rscript install.R", []byte(text)})
	}
	return files
}

// pins are packages with their versions.
func pins(list []Package, equals string) []string {
	lines := make([]string, len(list))
	for i, p := range list {
		lines[i] = p.Name
		if p.Version != "" {
			lines[i] += equals + p.Version
		}
	}
	return lines
}

func (p Packages) environment() []byte {
	type inner struct {
		Pip []string `yaml:"pip"`
	}
	var list []any
	for _, line := range pins(p.Conda, "=") {
		list = append(list, line)
	}
	if len(p.Pip) > 0 {
		list = append(list, "pip", inner{pins(p.Pip, "==")})
	}
	var b bytes.Buffer
	b.WriteString("# Packages that were installed with conda and pip since the image.\n")
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	_ = enc.Encode(struct {
		Channels     []string `yaml:"channels"`
		Dependencies []any    `yaml:"dependencies"`
	}{[]string{"conda-forge"}, list}) // plain values into memory cannot fail
	return b.Bytes()
}
