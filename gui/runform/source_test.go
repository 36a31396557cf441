package runform

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/model"
	"slipway/engine/runspec"
)

// jupyter is what an image of docker-stacks says of itself.
var jupyter = model.ImageDetail{
	User: "1000", WorkingDir: "/home/jovyan",
	Env: []string{"NB_USER=jovyan", "NB_UID=1000", "NB_GID=100", "HOME=/home/jovyan"},
}

// TestIdentityOf: who the programs of a container are on this computer, where anybody can tell.
func TestIdentityOf(t *testing.T) {
	named := jupyter
	named.User = "jovyan"
	other := model.ImageDetail{User: "app"}
	for _, test := range []struct {
		d      model.ImageDetail
		asked  string
		st     model.EngineInfo
		where  model.Locality
		number int
		known  bool
	}{
		{jupyter, "", model.EngineInfo{}, model.ThisComputer, 1000, true},
		{named, "", model.EngineInfo{}, model.ThisComputer, 1000, true},
		{named, "5:6", model.EngineInfo{}, model.ThisComputer, 5, true},
		{named, "root", model.EngineInfo{}, model.ThisComputer, 0, true},
		{model.ImageDetail{}, "", model.EngineInfo{}, model.ThisComputer, 0, true},
		{other, "", model.EngineInfo{}, model.ThisComputer, 0, false},
		{jupyter, "", model.EngineInfo{Rootless: true}, model.ThisComputer, 0, false},
		{jupyter, "", model.EngineInfo{UserNSRemap: true}, model.ThisComputer, 0, false},
		{jupyter, "", model.EngineInfo{}, model.VirtualMachine, 0, false},
		{jupyter, "", model.EngineInfo{}, model.Elsewhere, 0, false},
	} {
		if got := identityOf(test.d, test.asked, nil, test.st, test.where); got.number != test.number ||
			got.known != test.known {
			t.Errorf("%q as %q: %+v", test.d.User, test.asked, got)
		}
	}
	if got := identityOf(jupyter, "5", nil, model.EngineInfo{}, model.ThisComputer); !got.grouped || len(got.groups) != 1 {
		t.Errorf("%+v", got)
	}
	if got := identityOf(other, "5", nil, model.EngineInfo{}, model.ThisComputer); got.grouped {
		t.Errorf("%+v", got)
	}
	if got := identityOf(jupyter, "", runspec.Options{"group-add": {"7", "staff"}}, model.EngineInfo{},
		model.ThisComputer); len(got.groups) != 2 {
		t.Errorf("%+v", got)
	}
}

// TestSources says before a run what would keep programs from writing, and what no engine starts.
func TestSources(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.txt")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		mode     os.FileMode
		source   string
		target   string
		user     identity
		readOnly bool
		want     string
	}{
		{0o755, dir, "/home/jovyan/work", identity{number: 1 << 20, known: true}, false, "doesn't have permission to write"},
		{0o755, dir, "/home/jovyan/work", identity{number: 1 << 20, known: true}, true, ""},
		{0o777, dir, "/home/jovyan/work", identity{number: 1 << 20, known: true}, false, ""},
		{
			0o775, dir, "/home/jovyan/work",
			identity{number: 1 << 20, groups: []int{os.Getgid()}, known: true, grouped: true},
			false, "",
		},
		{
			0o775, dir, "/home/jovyan/work",
			identity{number: 1 << 20, groups: []int{1 << 20}, known: true, grouped: true},
			false, "doesn't have permission to write",
		},
		// the image may have it in that group
		{0o775, dir, "/home/jovyan/work", identity{number: 1 << 20, known: true}, false, ""},
		{0o755, dir, "/home/jovyan/work", identity{number: os.Getuid(), known: true}, false, ""},
		{0o755, dir, "/home/jovyan/work", identity{known: true}, false, ""},
		{0o755, dir, "/home/jovyan/work", identity{}, false, ""},
		{0o755, dir, "/etc/passwd", identity{}, false, "is a file in the image"},
		{0o755, dir, "/etc/nginx/nginx.conf", identity{}, false, "looks like a file"},
		{0o755, dir, "/etc/nginx/conf.d", identity{}, false, ""},
		{0o755, file, "/etc", identity{}, false, "is a folder in the image"},
		{0o755, file, "/home/jovyan/", identity{}, false, "is a folder in the image"},
		{0o755, file, "/etc/nginx/nginx.conf", identity{}, false, ""},
		{0o755, filepath.Join(dir, "none"), "/work", identity{}, false, "This folder does not exist."},
	} {
		if err := os.Chmod(dir, test.mode); err != nil {
			t.Fatal(err)
		}
		row := MountRow{Kind: runspec.Bind, Source: test.source, Target: test.target, ReadOnly: test.readOnly}
		got := sources([]MountRow{row}, test.user)[0].wording(test.target, jupyter, false)
		if got.None() != (test.want == "") || !strings.Contains(got.String(), test.want) {
			t.Errorf("%s at %s for %+v: %q, want %q", test.source, test.target, test.user, got, test.want)
		}
	}
}

// TestNewVolume: a new volume at a place that the image may not have belongs to root.
func TestNewVolume(t *testing.T) {
	someone := identity{number: 1000, known: true}
	for target, warned := range map[string]bool{
		"/home/jovyan/data": true, "/data": true, "/home/jovyan/work": false,
		"/home/jovyan": false, "": false,
	} {
		if got := newVolume(target, jupyter, someone, true); (!got.None()) != warned {
			t.Errorf("%s: %q", target, got)
		}
	}
	app := model.ImageDetail{User: "1000", WorkingDir: "/app", Volumes: []string{"/kept"}}
	if newVolume("/app", app, someone, false).None() || !newVolume("/kept", app, someone, false).None() {
		t.Error("a working directory may be root's; a declared volume is as the image has it")
	}
	if got := newVolume("/data", jupyter, identity{known: true}, true); !got.None() {
		t.Errorf("root: %q", got)
	}
	f := Form{Image: "x", Mounts: []MountRow{
		{Kind: runspec.Volume, Source: "old", Target: "/data"},
		{Kind: runspec.Volume, Source: "new", Target: "/data2"},
	}}
	said := f.Remarks(Facts{Image: jupyter, user: someone, Volumes: map[string]bool{"old": true}})
	if !said["mount.0.source"].None() || !strings.Contains(said["mount.1.source"].String(), "belongs to root") {
		t.Errorf("%q", said)
	}
}
