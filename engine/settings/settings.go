// Package settings keeps a person's preferences in one JSON file under the user's configuration directory. The file is
// written atomically; one that cannot be read is kept aside and reported, never overwritten.
package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"

	"slipway/engine/model"
	"slipway/engine/platform"

	"github.com/adrg/xdg"
)

// version is the newest form of the file that this Slipway knows.
const version = 1

// most is how long the file may be, in bytes; a thousand times what it ever is.
const most = 16 << 20

// Values is what is remembered. The zero value is what a new user has.
type Values struct {
	Version int `json:"version"`
	// Engine is the name of the endpoint that was chosen last; "" follows docker's own choice.
	Engine string `json:"engine,omitempty"`
	Preferences
	// Folder is the one chosen last.
	Folder string `json:"folder,omitempty"`
	// SaveFolder is where a copy, a log, a backup or a download went last, ReadFolder where an upload or a
	// backup to restore came from.
	SaveFolder string `json:"saveFolder,omitempty"`
	ReadFolder string `json:"readFolder,omitempty"`
	// Projects are the folders that were launched, the newest first.
	Projects []Project `json:"projects,omitempty"`
	// Sort is the order of each list, by page: the column, with a minus for descending.
	Sort map[string]string `json:"sort,omitempty"`
	// Sizes are downloads in bytes, by the image's reference, as registries told them when they were asked last.
	Sizes map[string]int64 `json:"sizes,omitempty"`
	// Rates are how fast the last download from each registry was, in bytes a second.
	Rates map[string]int64 `json:"rates,omitempty"`
	// Usage shows how much processor and memory each container uses in the list.
	Usage bool `json:"usage,omitempty"`
	// QuitSaid tells that it was explained once that quitting leaves containers running.
	QuitSaid bool `json:"quitSaid,omitempty"`
}

// File is the settings file. Its methods may be called from any goroutine.
type File struct {
	path string

	mu       sync.Mutex
	values   Values
	readOnly bool
	// unsaved tells that the last change could not be written, and so is only in memory.
	unsaved bool
}

// DefaultPath is where the file is: slipway/settings.json under XDG_CONFIG_HOME or what the system has instead.
func DefaultPath() string {
	xdg.Reload() // the environment may have changed since the package was loaded, as in tests
	return filepath.Join(xdg.ConfigHome, "slipway", "settings.json")
}

// RecipesPath is the folder of a person's own kinds of notebooks. It need not be there.
func RecipesPath() string { return filepath.Join(filepath.Dir(DefaultPath()), "recipes") }

// Language is the one that was chosen in the file at path, for what is said before it is opened. It is "" when that
// cannot be told: Open says why.
func Language(path string) string {
	data, err := platform.ReadRegular(path, most)
	var v Values
	if err != nil || json.Unmarshal(data, &v) != nil {
		return ""
	}
	return v.Language
}

// Open reads the file. A missing one means the defaults. For one that is damaged or from a newer version it returns
// the defaults too, and a problem to show; the damaged one is kept beside it.
func Open(path string) (*File, *model.Problem) {
	f := &File{path: path, values: Values{Version: version}}
	data, err := platform.ReadRegular(path, most)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		f.readOnly = true
		return f, &model.Problem{
			Kind: model.ProblemPermission, Cause: err,
			What: model.Say("settings.your-settings-cannot-be-read"),
			Why:  model.Say("settings.cannot-be-opened", model.Args{"Path": model.Name(path)}),
			Fix:  model.Say("settings.slipway-uses-the-defaults-and"),
		}
	}
	var v Values
	if err := json.Unmarshal(data, &v); err != nil {
		aside, moved := keepAside(path)
		f.readOnly = moved != nil
		return f, &model.Problem{
			Kind: model.ProblemBadInput, Cause: err,
			What: model.Say("settings.your-settings-are-damaged"),
			Why:  model.Say("settings.the-file-is-not-valid"),
			Fix:  model.Say("settings.slipway-starts-with-the-defaults", model.Args{"Aside": model.Name(aside)}),
		}
	}
	if v.Version > version {
		f.readOnly = true
		f.values = v
		return f, &model.Problem{
			Kind: model.ProblemTooOld,
			What: model.Say("settings.your-settings-are-from-a"),
			Fix:  model.Say("settings.this-one-reads-what-it"),
		}
	}
	v.Version, v.Preferences = version, v.sound()
	f.values = v
	return f, nil
}

// keepAside renames a damaged file and tells where it is then.
func keepAside(path string) (at string, err error) {
	root, err := platform.OpenRoot(filepath.Dir(path))
	if err != nil {
		return path, err
	}
	defer root.Close()
	name := filepath.Base(path)
	aside := fmt.Sprintf("%s.damaged-%s", name, time.Now().Format("20060102-150405"))
	if err := platform.Rename(root, name, aside); err != nil {
		return path, err
	}
	return filepath.Join(filepath.Dir(path), aside), nil
}

// Path is where the file is.
func (f *File) Path() string { return f.path }

// Get is the current values. Its maps are the caller's own, and none is nil.
func (f *File) Get() Values {
	f.mu.Lock()
	defer f.mu.Unlock()
	v := f.values
	v.Sort, v.Sizes, v.Rates = maps.Clone(v.Sort), maps.Clone(v.Sizes), maps.Clone(v.Rates)
	v.makeMaps()
	return v
}

func (v *Values) makeMaps() {
	if v.Sort == nil {
		v.Sort = map[string]string{}
	}
	if v.Sizes == nil {
		v.Sizes = map[string]int64{}
	}
	if v.Rates == nil {
		v.Rates = map[string]int64{}
	}
}

// Project is what is known of a folder; its zero value where nothing is.
func (v Values) Project(folder string) Project {
	for _, p := range v.Projects {
		if p.Folder == folder {
			return p
		}
	}
	return Project{}
}

// readAgain takes what another Slipway, a command in a terminal for example, has written meanwhile.
func (f *File) readAgain() {
	data, err := platform.ReadRegular(f.path, most)
	var v Values
	if f.readOnly || f.unsaved || err != nil {
		return // what is in memory is the best there is
	}
	if json.Unmarshal(data, &v) != nil {
		_, moved := keepAside(f.path)
		f.readOnly = moved != nil
		return
	}
	if f.readOnly = v.Version > version; f.readOnly {
		return // a newer Slipway wrote it
	}
	v.Version, v.Preferences = version, v.sound()
	f.values = v
}

// Change changes the values and writes the file.
func (f *File) Change(fn func(*Values)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.readAgain()
	f.values.makeMaps()
	fn(&f.values)
	if f.readOnly {
		return nil
	}
	data, err := json.MarshalIndent(f.values, "", "  ")
	if err == nil {
		err = WriteFile(f.path, append(data, '\n'), 0o600)
	}
	f.unsaved = err != nil
	if err != nil {
		return &model.Problem{
			Kind: model.ProblemPermission, Cause: err,
			What: model.Say("settings.your-settings-cannot-be-saved"),
			Why:  model.Say("common.cannot-be-written", model.Args{"Path": model.Name(f.path)}),
			Fix:  model.Say("settings.check-that-the-folder-exists"),
		}
	}
	return nil
}

// WriteFile writes a file so that a crash leaves either the old or the new one. A link is replaced, not what it leads
// to.
func WriteFile(path string, data []byte, mode fs.FileMode) error {
	return writeFile(path, data, mode, platform.Replace)
}

// WriteNewFile is [WriteFile] where nothing is: else the error is of the class [fs.ErrExist].
func WriteNewFile(path string, data []byte, mode fs.FileMode) error {
	return writeFile(path, data, mode, platform.WriteNew)
}

func writeFile(path string, data []byte, mode fs.FileMode,
	write func(*os.Root, string, []byte, fs.FileMode) error,
) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	root, err := platform.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return write(root, filepath.Base(path), data, mode)
}

// Project is a folder that a notebook was launched in.
type Project struct {
	Folder string `json:"folder"`
	// Recipe is the ID of the kind of notebook, Port the port that it had on this computer.
	Recipe string `json:"recipe"`
	Port   uint16 `json:"port,omitempty"`
	// Image is the one that was chosen in place of the recipe's own, for example one that keeps packages.
	Image string `json:"image,omitempty"`
	// NoGPU keeps GPUs away from it where the engine has some; Memory in bytes is its limit, 0 for none.
	NoGPU  bool  `json:"noGPU,omitempty"`
	Memory int64 `json:"memory,omitempty"`
}

// mostProjects is how many folders are remembered.
const mostProjects = 20

// Remember puts a project before the others, in the place of what was known of its folder. A port of 0 keeps the one
// that was known.
func (v *Values) Remember(p Project) {
	list := []Project{p}
	for _, other := range v.Projects {
		if other.Folder == p.Folder && p.Port == 0 {
			list[0].Port = other.Port
		}
		if other.Folder != p.Folder && len(list) < mostProjects {
			list = append(list, other)
		}
	}
	v.Projects = list
}
