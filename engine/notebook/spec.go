package notebook

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"slipway/engine/model"
	"slipway/engine/runspec"

	"golang.org/x/text/unicode/norm"
)

// Host is what of this computer's user and of the engine decides how files get the right owner.
type Host struct {
	// UID and GID are the user's; -1 on systems that have none.
	UID, GID int
	// Home is the user's home folder, which must keep its SELinux label.
	Home     string
	Engine   model.EngineInfo
	Locality model.Locality
}

// Launch is what shall be started.
type Launch struct {
	Recipe Recipe
	// Image is a whole reference; Folder an absolute path of this computer.
	Image, Folder string
	// Name of the container, and HostPort on 127.0.0.1.
	Name     string
	HostPort uint16
	// GPU gives it the engine's GPUs; Memory in bytes is its limit, 0 for none.
	GPU    bool
	Memory int64
	// Token lets the browser in, see [NewToken].
	Token string
	Host  Host
}

// NewToken makes a token of 192 random bits.
func NewToken() string {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return hex.EncodeToString(b[:])
}

// Spec is the container that is to be made: reached from this computer only, with the folder at the recipe's place and
// as its working directory.
func (l Launch) Spec() runspec.Spec {
	r := l.Recipe
	s := runspec.Spec{
		Name: l.Name, Image: l.Image,
		Ports: []runspec.Port{{HostIP: "127.0.0.1", HostPort: l.HostPort, Container: r.Port}},
		Mounts: []runspec.Mount{{
			Kind: runspec.Bind, Source: l.Folder, Target: r.Mount,
			Relabel: l.Host.relabels(l.Folder),
		}},
		WorkingDir: r.workingDir(), ShmSize: r.ShmSize(), GPUs: l.GPU, Memory: l.Memory,
		Labels: map[string]string{model.LabelRecipe: r.ID, model.LabelFolder: l.Folder},
	}
	for _, name := range slices.Sorted(maps.Keys(r.Env)) {
		s.Env = append(s.Env, runspec.Env{Name: name, Value: r.Env[name]})
	}
	if r.SignIn.Method == SignInTokenEnv || r.SignIn.Method == SignInPasswordEnv {
		s.Env = append(s.Env, runspec.Env{Name: r.SignIn.Env, Value: l.Token, Secret: true})
	}
	s.Command = slices.Clone(r.Command)
	l.Host.own(&s, r.User)
	return s
}

// workingDir is where the container's program starts; "" leaves what the image says.
func (r Recipe) workingDir() string {
	if r.KeepDir {
		return ""
	}
	return r.Mount
}

// relabels tells whether the engine must change the folder's SELinux label so that a container may use it. That of a
// home or of a folder above it is never changed: the system's own programs would lose their way.
func (h Host) relabels(folder string) bool {
	above := h.Home == folder || strings.HasPrefix(h.Home, strings.TrimSuffix(folder, "/")+"/")
	return h.Engine.SELinux && h.Locality == model.ThisComputer && !above && !strings.Contains(folder, ":")
}

// own makes what the container writes into the folder belong to the user.
func (h Host) own(s *runspec.Spec, how string) {
	env := func(name, value string) { s.Env = append(s.Env, runspec.Env{Name: name, Value: value}) }
	switch {
	case how == UserImage || h.Locality == model.VirtualMachine || h.UID < 0:
		return // the machine between gives every file to the user
	case h.Engine.Product == model.Podman && h.Engine.Rootless:
		s.UserNS = "keep-id:uid=1000,gid=100"
		return
	case h.Engine.UserNSRemap && !h.Engine.Rootless:
		s.UserNS = "host" // remapped users may not write into anybody's folder
	}
	root := h.UID == 0 || h.Engine.Rootless // in a rootless engine, its root is the user
	uid, gid := strconv.Itoa(h.UID), strconv.Itoa(h.GID)
	if root {
		uid, gid = "0", "0"
	}
	switch {
	case how == UserRocker:
		if root {
			env("RUNROOTLESS", "true")
			return
		}
		env("USERID", uid)
		env("GROUPID", gid)
	case how == UserIDs:
		s.User = uid + ":" + gid
	case root:
		s.User = "root"
		env("NB_USER", "root")
		env("NB_UID", "0")
		env("NB_GID", "0")
		addArgument(s, "--allow-root")
	case h.UID != 1000: // which docker-stacks' own user is
		s.User, s.GroupAdd = uid, []string{"users"}
	}
}

// addArgument adds to what docker-stacks' start script gives to Jupyter, and keeps what a recipe gives already.
func addArgument(s *runspec.Spec, argument string) {
	const name = "NOTEBOOK_ARGS"
	i := slices.IndexFunc(s.Env, func(e runspec.Env) bool { return e.Name == name })
	if i < 0 {
		s.Env = append(s.Env, runspec.Env{Name: name, Value: argument})
		return
	}
	s.Env[i].Value += " " + argument
}

// NewSuffix is behind the name of a container that shall take another one's place, until it does.
const NewSuffix = "-new"

// FailedSuffix is behind the name of one that ran and could not take the place, AfterSuffix behind that of one
// that had it and gave it back.
const (
	FailedSuffix = "-failed"
	AfterSuffix  = "-after"
)

// setAside is how such names end.
var setAside = regexp.MustCompile(`(?:` + FailedSuffix + `|` + AfterSuffix + `)(?:-\d+)?$`)

// TookPlace tells whether a container was made for the place of an old one and has it: a failure may have left
// it with its temporary name.
func TookPlace(fresh, old model.Container) bool {
	if todo := fresh.SwapLabel(); todo.OldName != "" && fresh.Name != todo.Name && fresh.Name != todo.OldName &&
		setAside.MatchString(fresh.Name) {
		return false
	}
	_, todo := fresh.Swap()
	return old.ID != "" && fresh.Replaces() == old.ID && !todo && !strings.HasPrefix(fresh.Name, old.Name+NewSuffix)
}

// Successor is the container among list that has the place of c, which was kept.
func Successor(list []model.Container, c model.Container) (model.Container, bool) {
	for i := range list {
		if TookPlace(list[i], c) {
			return list[i], true
		}
	}
	return model.Container{}, false
}

// notName is what a container's name cannot hold.
var notName = regexp.MustCompile(`[^a-zA-Z0-9_.-]+`)

// ContainerName is a free name for a folder's container: the folder's own, with a number where it is taken.
func ContainerName(folder string, taken map[string]bool) string {
	plain := strings.Map(func(r rune) rune { // ü is u and two dots, which are dropped
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(filepath.Base(folder)))
	base := strings.Trim(notName.ReplaceAllString(plain, "-"), "-_.")
	if len(base) < 2 {
		base = "notebook"
	}
	name := base
	for i := 2; taken[name]; i++ {
		name = base + "-" + strconv.Itoa(i)
	}
	return name
}
