package notebook

import (
	"strings"
	"testing"

	"slipway/engine"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

func added(paths ...string) (list []engine.Change) {
	for _, p := range paths {
		list = append(list, engine.Change{Path: p, Kind: "added"})
	}
	return list
}

func TestInstalled(t *testing.T) {
	changes := added(
		"/opt/conda/lib/python3.12/site-packages/fancy_plot-1.2.3.dist-info",
		"/opt/conda/lib/python3.12/site-packages/fancy_plot-1.2.3.dist-info/METADATA",
		"/home/jovyan/.local/lib/python3.12/site-packages/Zed-2.0.dist-info",
		"/opt/conda/lib/python3.12/site-packages/xgboost-2.1.1.dist-info",
		"/opt/conda/conda-meta/xgboost-2.1.1-cpu_py312h1_0.json",
		"/opt/conda/conda-meta/history",
		"/opt/conda/conda-meta/libxgboost-2.1.1-h2_0.json",
		"/usr/local/lib/R/site-library/ggplot2/DESCRIPTION",
		"/usr/local/lib/R/site-library/ggplot2/help/DESCRIPTION.txt",
		"/home/jovyan/work-1.0.dist-info.txt",
	)
	changes = append(changes, engine.Change{Path: "/usr/lib/python3/dist-packages/old-1.dist-info", Kind: "deleted"},
		engine.Change{Path: "/usr/lib/python3/dist-packages/was-1.dist-info", Kind: "changed"})
	want := Packages{
		Pip: []Package{
			{"fancy-plot", "1.2.3", "/opt/conda/lib/python3.12/site-packages/fancy_plot-1.2.3.dist-info"},
			{"Zed", "2.0", "/home/jovyan/.local/lib/python3.12/site-packages/Zed-2.0.dist-info"},
		},
		Conda: []Package{{Name: "libxgboost", Version: "2.1.1"}, {Name: "xgboost", Version: "2.1.1"}},
		R:     []Package{{Name: "ggplot2", Version: ""}},
	}
	if diff := cmp.Diff(want, Installed(changes)); diff != "" || want.Count() != 5 {
		t.Error(diff)
	}
}

func TestPackageFiles(t *testing.T) {
	p := Packages{Pip: []Package{{Name: "a", Version: "1"}, {Name: "b", Version: ""}}}
	files := p.Files()
	if len(files) != 1 || files[0].Name != "requirements.txt" || !strings.HasSuffix(string(files[0].Data), "\na==1\nb\n") {
		t.Errorf("%+v", files)
	}
	p.Conda, p.R = []Package{{Name: "c", Version: "3"}}, []Package{{Name: "ggplot2", Version: ""}}
	files = p.Files()
	if len(files) != 2 || files[0].Name != "environment.yml" || files[1].Name != "install.R" ||
		!strings.Contains(string(files[1].Data), `install.packages(c("ggplot2"))`) {
		t.Fatalf("%+v", files)
	}
	var got any
	if err := yaml.Unmarshal(files[0].Data, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"channels":     []any{"conda-forge"},
		"dependencies": []any{"c=3", "pip", map[string]any{"pip": []any{"a==1", "b"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if files := (Packages{}).Files(); len(files) > 0 {
		t.Errorf("%+v", files)
	}
}

func FuzzInstalled(f *testing.F) {
	f.Add("/a/site-packages/x-1.dist-info")
	f.Add("/opt/conda/conda-meta/x-1-0.json")
	f.Fuzz(func(t *testing.T, path string) {
		for _, file := range Installed(added(path)).Files() {
			if file.Name == "requirements.txt" && strings.Count(string(file.Data), "\n") != 2 {
				t.Errorf("%q gives %q", path, file.Data)
			}
			if file.Name == "environment.yml" {
				var got any
				if err := yaml.Unmarshal(file.Data, &got); err != nil {
					t.Errorf("%q gives %q: %v", path, file.Data, err)
				}
			}
		}
	})
}

func TestParseSpace(t *testing.T) {
	const busybox = `Filesystem           1024-blocks    Used Available Capacity Mounted on
shm                      65536     64512      1024  98% /dev/shm
overlay               10255636   5255636   5000000  51% /
/dev/sda1             10255636  10255636         0 100% /home/jovyan/my work
`
	got := ParseSpace(busybox)
	want := []Space{
		{Size: 64 << 20, Used: 63 << 20, Free: 1 << 20, At: "/dev/shm"},
		{Size: 10255636 << 10, Used: 5255636 << 10, Free: 5000000 << 10, At: "/"},
		{Size: 10255636 << 10, Used: 10255636 << 10, At: "/home/jovyan/my work"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !got[0].Full() || got[1].Full() || !got[2].Full() || (Space{}).Full() {
		t.Error("Full")
	}
}

func FuzzParseSpace(f *testing.F) {
	f.Add("a 1 2 3 4% /x")
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range ParseSpace(text) {
			if s.Size < 0 || s.Used < 0 || s.Free < 0 || s.At == "" {
				t.Errorf("%+v", s)
			}
		}
	})
}
