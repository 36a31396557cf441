package rescue

import (
	"slices"
	"testing"
)

// TestPackages names what package managers installed, each once.
func TestPackages(t *testing.T) {
	got := Packages([]string{
		"/opt/conda/lib/python3.13/site-packages/numpy-2.1.0.dist-info/METADATA",
		"/opt/conda/lib/python3.13/site-packages/numpy-2.1.0.dist-info/RECORD",
		"/opt/conda/lib/python3.13/site-packages/numpy/core.py", "/usr/lib/python3/dist-packages/scikit_learn-1.5.dist-info",
		"/opt/conda/conda-meta/r-ggplot2-3.5.1-r44h1.json", "/usr/local/lib/R/site-library/dplyr/R/dplyr.rdb",
		"/usr/lib/node_modules/npm/package.json", "/usr/lib/node_modules/@jupyterlab/builder/x.js",
		"/var/lib/dpkg/info/vim:amd64.list", "/var/lib/dpkg/info/curl.list",
		"/var/lib/dpkg/info/curl.md5sums", "/home/me/site-packages.txt", "/tmp/x",
	})
	want := []string{"@jupyterlab/builder", "curl", "dplyr", "npm", "numpy", "r-ggplot2", "scikit-learn", "vim"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
