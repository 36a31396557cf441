package notebook

import (
	"cmp"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// Jupyter tells whether the recipe's server is a Jupyter, whose pages and API are known.
func (r Recipe) Jupyter() bool { return r.Status == jupyter.Status }

// Jupyter tells whether the server is a Jupyter, whose pages and API are known.
func (s Server) Jupyter() bool { return s.status == jupyter.Status }

// PathOf is the path, with slashes and relative to what the server shows, of a file of this computer; ok is false when
// the server does not show it. file is absolute and free of links, as the engine names what is mounted.
func (s Server) PathOf(file string) (inside string, ok bool) {
	root := s.rootDir()
	longest := -1
	for _, m := range s.Container.Mounts {
		rel, below := relativeTo(m.Source, file)
		if m.Type != "bind" || !below || len(m.Source) <= longest {
			continue
		}
		// A mount further down may lie outside of what the server shows, and then its files are not shown.
		at := path.Join(m.Destination, filepath.ToSlash(rel))
		longest = len(m.Source)
		inside, ok = strings.CutPrefix(at, strings.TrimSuffix(root, "/")+"/")
	}
	return inside, ok
}

// relativeTo is the path of file from folder, when it is below it.
func relativeTo(folder, file string) (rel string, below bool) {
	if !filepath.IsAbs(folder) {
		return "", false
	}
	rel, err := filepath.Rel(folder, file)
	if err != nil || rel == "." || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	return rel, true
}

// rootDir is the folder of the container that a Jupyter shows: its option, else where it was started
// (jupyter-server.readthedocs.io, "ServerApp.root_dir"; "notebook_dir" up to Notebook 6).
func (s Server) rootDir() string {
	c := s.Container
	return path.Clean(cmp.Or(jupyterOption(c, "root_dir"), jupyterOption(c, "notebook_dir"),
		jupyterOption(c, "notebook-dir"), c.WorkingDir, "/"))
}

// FileURL is what the browser opens to show the file at a path inside of what a Jupyter server shows, with the token
// where that signs in. JupyterLab has files at lab/tree/PATH (jupyterlab.readthedocs.io, "JupyterLab URLs"); Notebook
// has notebooks at notebooks/PATH.
func (s Server) FileURL(inside string) string {
	parts := strings.Split(inside, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	before := "lab/tree/"
	if page, _, _ := strings.Cut(s.page, "/"); page == "tree" {
		before = "notebooks/"
	}
	s.page = before + strings.Join(parts, "/")
	return s.URL()
}
