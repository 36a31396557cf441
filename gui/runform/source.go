package runform

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"slipway/engine/live"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/platform"
	"slipway/engine/runspec"
	"slipway/engine/words"
)

// Source is what is known of a folder or file of this computer that is mounted.
type Source struct {
	// Problem says what a person should know of it, "" for nothing.
	Problem words.Text
	// Missing tells that there is no such folder: it can be made.
	Missing bool
	// Folder and File tell which of them it is, where that is known.
	Folder, File bool
	// Closed tells that programs of the image's user may not add files to it, of which User is the number.
	Closed bool
	User   int
}

// sources looks at what of this computer is mounted, by its row. Programs in the container run as user.
func sources(rows []MountRow, user identity) map[int]Source {
	out := map[int]Source{}
	for i, m := range rows {
		if m.Kind == runspec.Bind && filepath.IsAbs(m.Source) {
			out[i] = sourceAt(m, user)
		}
	}
	return out
}

func sourceAt(m MountRow, user identity) Source {
	info, err := os.Stat(m.Source)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Source{Problem: words.Say("runform.this-folder-does-not-exist"), Missing: true}
	case errors.Is(err, fs.ErrPermission):
		return Source{Problem: words.Say("runform.you-may-not-open-this")}
	case err != nil:
		return Source{}
	case info.Mode()&fs.ModeNamedPipe != 0:
		return Source{Problem: words.Say("runform.this-is-a-pipe-what"), File: true}
	case info.Mode()&fs.ModeDevice != 0:
		return Source{Problem: words.Say("runform.this-is-a-device-a"), File: true}
	}
	s := Source{Folder: info.IsDir(), File: !info.IsDir(), User: user.number}
	if info.IsDir() && !m.ReadOnly && user.known {
		may, known := platform.MayWrite(info, user.number, user.groups)
		s.Closed = known && !may && (user.grouped || info.Mode()&0o020 == 0)
	}
	return s
}

// identity is who the programs in a container are on this computer.
type identity struct {
	number int
	groups []int
	known  bool
	// grouped tells that groups are all that it is in, as far as an image says.
	grouped bool
}

// identityOf is who the programs of an image are, for a user that is asked for ("" for the image's own). Where an
// engine or a virtual machine gives them other numbers here, nobody can tell.
func identityOf(d model.ImageDetail, asked string, more runspec.Options, st model.EngineInfo,
	where model.Locality,
) identity {
	if where != model.ThisComputer || st.Rootless || st.UserNSRemap {
		return identity{}
	}
	user, group, _ := strings.Cut(cmp.Or(asked, d.User, "root"), ":")
	id := identity{known: true}
	switch n, err := strconv.Atoi(user); {
	case err == nil:
		id.number = n
	case user == "root":
	default:
		n, err := strconv.Atoi(envValue(d.Env, "NB_UID")) // which Jupyter's images have for a name
		if err != nil || envValue(d.Env, "NB_USER") != user {
			return identity{}
		}
		id.number = n
	}
	own := cmp.Or(group, envValue(d.Env, "NB_GID"))
	_, err := strconv.Atoi(own)
	id.grouped = err == nil // else the image's list of users has it
	for _, g := range append([]string{own}, more["group-add"]...) {
		if n, err := strconv.Atoi(g); err == nil {
			id.groups = append(id.groups, n)
		}
	}
	return id
}

func envValue(env []string, name string) string {
	for _, e := range env {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value
		}
	}
	return ""
}

// fileEndings are what names of files end in that people mount, and no folder does.
var fileEndings = []string{
	".conf", ".cfg", ".cnf", ".ini", ".json", ".yml", ".yaml", ".toml", ".xml", ".env", ".txt",
	".md", ".html", ".js", ".py", ".r", ".sh", ".sql", ".csv", ".pem", ".crt", ".key", ".sock", ".properties",
}

// filesEverywhere and foldersEverywhere are in nearly every image.
var (
	filesEverywhere = []string{
		"/etc/passwd", "/etc/group", "/etc/shadow", "/etc/hosts", "/etc/hostname",
		"/etc/resolv.conf", "/etc/localtime", "/etc/timezone", "/etc/profile", "/etc/fstab", "/etc/os-release",
	}
	foldersEverywhere = []string{
		"/bin", "/dev", "/etc", "/home", "/lib", "/mnt", "/opt", "/proc", "/root", "/run",
		"/sbin", "/srv", "/sys", "/tmp", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/share", "/var", "/var/lib",
		"/var/log", "/var/run", "/etc/ssl", "/etc/nginx/conf.d",
	}
)

// unlike says that a folder is put where the image has a file, or a file where it has a folder, which no engine starts;
// "" where that is not so, or cannot be told by the path.
func (s Source) unlike(target string, d model.ImageDetail) words.Text {
	target = path.Clean(target)
	folders := append(append([]string{d.WorkingDir, notebook.HomeOf(d)}, d.Volumes...), foldersEverywhere...)
	switch {
	case s.File && slices.Contains(folders, target):
		return words.Say("runform.this-is-a-file-and", words.Args{"Target": words.Name(target)})
	case !s.Folder:
		return words.Text{}
	case slices.Contains(filesEverywhere, target):
		return words.Say("runform.this-is-a-folder-and", words.Args{"Target": words.Name(target)})
	case slices.Contains(fileEndings, strings.ToLower(path.Ext(target))):
		return words.Say("runform.this-is-a-folder-and-looks", words.Args{"Target": words.Name(path.Base(target))})
	}
	return words.Text{}
}

// words are what to say of a source that is mounted at a place of the image.
func (s Source) wording(target string, d model.ImageDetail, isNotebook bool) words.Text {
	switch {
	case !s.Problem.None():
		return s.Problem
	case target != "":
		if why := s.unlike(target, d); !why.None() {
			return why
		}
	}
	if !s.Closed {
		return words.Text{}
	}
	why := words.Say("runform.programs-in-this-container-run", words.Args{"User": words.Count(s.User)})
	if isNotebook {
		return why.And(words.Say("runform.launch-takes-care-of-that"))
	}
	return why.And(words.Say("runform.another-one-can-be-chosen"))
}

// newVolume says that a volume may belong to root at a place that the image does not have, when programs there are
// somebody else; "" where the place is known to be the image's own.
func newVolume(target string, d model.ImageDetail, user identity, isNotebook bool) words.Text {
	own := append([]string{notebook.HomeOf(d)}, d.Volumes...)
	if isNotebook { // whose images have that place
		own = append(own, notebook.WorkPlace(d, nil))
	}
	for _, p := range own {
		if p != "" && path.Clean(p) == path.Clean(target) {
			return words.Text{}
		}
	}
	if !user.known || user.number == 0 || target == "" {
		return words.Text{}
	}
	return words.Say("runform.if-the-image-has-no",
		words.Args{"User": words.Count(user.number), "Path": words.Name(path.Clean(target))})
}

// volumesOf are the names of the volumes that exist; nil where they are not known.
func volumesOf(snap *live.Snapshot) map[string]bool {
	if !snap.VolumesLoaded || snap.Problem != nil {
		return nil
	}
	names := map[string]bool{}
	for _, v := range snap.Volumes {
		names[v.Name] = true
	}
	return names
}
