// Package notebook knows how notebook servers are started, found and asked: recipes, the container that one makes,
// servers in any container, their tokens, and whether one answers. What it knows of the images is from their own
// documentation (jupyter-docker-stacks, rocker-project.org, coder.com/docs/code-server, docs.marimo.io, mlflow.org).
package notebook

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"slipway/engine/model"
	"slipway/engine/platform"

	"github.com/distribution/reference"
	"github.com/docker/go-units"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/unicode/norm"
)

// Recipe is one kind of notebook: its image and how that wants to be run.
type Recipe struct {
	// ID is the file's name without its ending.
	ID string `yaml:"-"`
	// Own tells that it is a user's, not Slipway's. Instead is then the image of the recipe of Slipway's that it takes the
	// place of, by its file's name or by its title, where that is another one; else "".
	Own     bool   `yaml:"-"`
	Instead string `yaml:"-"`

	Name  string `yaml:"name"`
	About string `yaml:"about"`
	// Order sorts the recipes; the first is what a new user is offered.
	Order int `yaml:"order"`
	// Image without a tag; Tags are those to choose from, the first by itself.
	Image string   `yaml:"image"`
	Tags  []string `yaml:"tags"`
	// Port is the container's, Mount where the folder goes.
	Port  uint16 `yaml:"port"`
	Mount string `yaml:"mount"`
	// SignIn is how a browser is let in.
	SignIn SignIn `yaml:"sign-in"`
	// Ready is a path that answers without signing in; Status one that answers only after it, "" where there is none;
	// Page is what the browser opens. All are relative to the server's base URL.
	Ready  string `yaml:"ready"`
	Status string `yaml:"status"`
	Page   string `yaml:"page"`
	// User is how files get the right owner, see the User… constants.
	User string            `yaml:"user"`
	Env  map[string]string `yaml:"env"`
	// Command replaces the image's. A token is never part of it: arguments of programs can be read by everybody.
	Command []string `yaml:"command"`
	// GPUTag is the tag to take where the engine has a GPU.
	GPUTag    string   `yaml:"gpu-tag"`
	Platforms []string `yaml:"platforms"`
	// Shm is the size of /dev/shm as docker run takes it, for example "1g".
	Shm   string `yaml:"shm"`
	Notes string `yaml:"notes"`
	// KeepDir leaves the image's working directory, where its program may be looked for.
	KeepDir bool `yaml:"-"`
}

// SignIn is how a browser is let in.
type SignIn struct {
	// Method is one of the SignIn… constants.
	Method string `yaml:"method"`
	// Env is the variable that takes the token or password.
	Env string `yaml:"env"`
	// User is the name to sign in with, where one is asked for.
	User string `yaml:"user"`
	// Query is the parameter of the URL that takes the token; "token" when empty.
	Query string `yaml:"query"`
}

// The ways to sign in: a token in a variable or in an argument, both given in the URL; a password in a variable, to be
// typed; none at all; a password that somebody else set, whose page asks for it.
const (
	SignInTokenEnv    = "token-env"
	SignInPasswordEnv = "password-env"
	SignInNone        = "none"
	SignInOwn         = "own-password"
)

// How a recipe's files get the right owner: as docker-stacks do it; as rocker does, by USERID and GROUPID; by the
// user's own IDs; or as the image has it.
const (
	UserJupyter = "jupyter"
	UserRocker  = "rocker"
	UserIDs     = "ids"
	UserImage   = "image"
)

// InURL tells whether the token signs in by itself, as part of the address.
func (s SignIn) InURL() bool { return s.Method == SignInTokenEnv }

// query is the parameter of the URL that takes the token.
func (s SignIn) query() string { return cmp.Or(s.Query, "token") }

// Reference is the image with the tag that is taken by itself.
func (r Recipe) Reference() string {
	if len(r.Tags) == 0 {
		return "" // any image: it has to be chosen
	}
	return r.Tagged(r.Tags[0])
}

// Tagged is the image with one of the recipe's tags, or the one for GPUs.
func (r Recipe) Tagged(tag string) string { return r.Image + ":" + tag }

// Runs tells whether the recipe's image is made for an engine of this kind of computer, in Go's words ("arm64"). A
// recipe that does not say so is.
func (r Recipe) Runs(arch string) bool {
	return len(r.Platforms) == 0 || slices.Contains(r.Platforms, "linux/"+arch)
}

// ShmSize is Shm in bytes; 0 when it is not set.
func (r Recipe) ShmSize() int64 {
	n, err := units.RAMInBytes(r.Shm)
	if err != nil {
		return 0
	}
	return n
}

// Load reads the recipes that come with Slipway from the folder recipes of builtin, and a user's own from own, whose
// files may replace those of the same name. own may be nil. A file that is wrong is left out and named, with its line,
// in a problem of its own. What a file says to people is taken from the translation beside it into the language with
// this tag, such as scipy.pt-BR.yaml, if there is one.
func Load(builtin, own fs.FS, tag string) (recipes []Recipe, problems []*model.Problem) {
	byID := map[string]Recipe{}
	var ours []Recipe
	wrong := func(name string, err error) {
		why := platform.Reason(err)
		if p := new(model.Problem); errors.As(err, &p) {
			why = p.Why
		}
		problems = append(problems, &model.Problem{
			Kind: model.ProblemBadInput, Cause: err,
			What: model.Say("notebook.the-recipe-cannot-be-used",
				model.Args{"Name": model.Name(model.Visible(path.Base(name)))}),
			Why: why,
			Fix: model.Say("notebook.correct-the-file-then-open"),
		})
	}
	read := func(from fs.FS, dir string, mine bool) {
		files, err := fs.Glob(from, path.Join(dir, "*.yaml"))
		if err != nil {
			return // the pattern is a constant
		}
		for _, name := range files {
			if isTranslation(files, name) {
				continue
			}
			r, err := readRecipe(from, name)
			if err != nil {
				wrong(name, err)
				continue
			}
			said, in, err := translated(r, from, files, name, tag)
			if err != nil {
				wrong(in, err)
			}
			if said.Own = mine; mine {
				said.Instead = insteadOf(ours, said)
			} else {
				ours = append(ours, r, said)
			}
			byID[r.ID] = said
		}
	}
	read(builtin, "recipes", false)
	if own != nil {
		read(own, ".", true)
	}
	for _, r := range byID {
		recipes = append(recipes, r)
	}
	slices.SortFunc(recipes, func(a, b Recipe) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	return recipes, problems
}

// insteadOf is the image of the recipe of Slipway's whose place a user's own one takes, by its file's name or
// by a title that looks the same: who looks at the page would take it for that. It is "" where there is none,
// or both start the same thing.
func insteadOf(ours []Recipe, own Recipe) string {
	for _, r := range ours {
		if (r.ID == own.ID || folded(r.Name) == folded(own.Name)) && r.Fingerprint() != own.Fingerprint() {
			return r.Image
		}
	}
	return ""
}

// folded is a title without what may differ unseen: case, forms of letters, blanks and signs.
func folded(title string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(title))
}

// oneAlphabet reports whether the letters of a title are of one alphabet, of those that have letters in common by their
// looks.
func oneAlphabet(title string) bool {
	found := 0
	for _, alphabet := range []*unicode.RangeTable{
		unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian,
		unicode.Cherokee, unicode.Coptic, unicode.Lisu, unicode.Deseret,
	} {
		if strings.ContainsFunc(title, func(r rune) bool { return unicode.Is(alphabet, r) }) {
			found++
		}
	}
	return found < 2
}

// Fingerprint stands for all of a recipe that decides what is started: two with the same start the same thing.
func (r Recipe) Fingerprint() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %q %q %q %q %q %q", r.Image, r.Port, r.Mount, r.SignIn, r.User, r.Command, r.GPUTag, r.Shm)
	for _, name := range slices.Sorted(maps.Keys(r.Env)) {
		fmt.Fprintf(h, " %q=%q", name, r.Env[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// mostRecipe is how long the file of a recipe may be, in bytes; nobody writes a longer one.
const mostRecipe = 1 << 20

func readRecipe(from fs.FS, name string) (Recipe, error) {
	data, err := readFile(from, name)
	if err != nil {
		return Recipe{}, err
	}
	r, err := ParseRecipe(data)
	r.ID = strings.TrimSuffix(path.Base(name), ".yaml")
	return r, err
}

// readFile reads a file that is one: a pipe would be waited for.
func readFile(from fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(from, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, platform.NotRegular{Mode: info.Mode()}
	}
	f, err := from.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return platform.ReadSome(f, mostRecipe)
}

// ParseRecipe reads one recipe and checks that it makes sense. Its errors say the line where the text has one; what
// does not make sense is the Why of a [model.Problem].
func ParseRecipe(data []byte) (Recipe, error) {
	var r Recipe
	doc, err := decode(data, &r)
	if err == nil {
		err = r.check(doc)
	}
	if err != nil {
		return Recipe{}, err
	}
	return r, nil
}

// decode reads a file that has the fields of into and no others. The node is for the lines, see lineOf.
func decode(data []byte, into any) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, plainYAML(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return nil, plainYAML(err)
	}
	return &doc, nil
}

// check tells what does not make sense in a recipe, by its line.
func (r Recipe) check(doc *yaml.Node) error {
	for _, c := range r.checks() {
		if !c.ok {
			return &model.Problem{Kind: model.ProblemBadInput, Why: model.Say("notebook.line-and-why",
				model.Args{"Line": model.Count(lineOf(doc, c.key)), "Why": c.why})}
		}
	}
	return nil
}

// typeName is how the library calls what a file is read into.
var typeName = regexp.MustCompile(` in type notebook\.\w+`)

// plainYAML drops the library's own name from its errors.
func plainYAML(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n  ")
	return errors.New(typeName.ReplaceAllString(text, ""))
}

// lineOf is the line of a top-level key; 1 when the file does not have it.
func lineOf(doc *yaml.Node, key string) int {
	if len(doc.Content) == 0 {
		return 1
	}
	top := doc.Content[0]
	for i := 0; i+1 < len(top.Content); i += 2 {
		if top.Content[i].Value == key {
			return top.Content[i].Line
		}
	}
	return 1
}

// check is one thing that must hold of a recipe.
type check struct {
	key string
	ok  bool
	why model.Fact
}

var (
	tagForm = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)
	envForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

func (r Recipe) checks() []check {
	named, err := reference.ParseNormalizedNamed(r.Image)
	bare := err == nil && reference.IsNameOnly(named)
	_, shmErr := units.RAMInBytes(r.Shm)
	envNames := true
	for name := range r.Env {
		envNames = envNames && envForm.MatchString(name)
	}
	return []check{
		{"name", r.Name != "", model.Say("notebook.a-name-is-missing")},
		{"name", shown(r.Name), model.Say("notebook.name-has-something-in-it")},
		{"name", oneAlphabet(r.Name), model.Say("notebook.name-mixes-letters-of-several")},
		{"about", shown(r.About), model.Say("notebook.about-has-something-in-it")},
		{"image", bare, model.Say("notebook.image-is-not-the-name")},
		{
			"tags", len(r.Tags) > 0 && !slices.ContainsFunc(r.Tags, func(t string) bool { return !tagForm.MatchString(t) }),
			model.Say("notebook.tags-needs-at-least-one"),
		},
		{"port", r.Port > 0, model.Say("notebook.port-is-missing")},
		{
			"mount", path.IsAbs(r.Mount) && path.Clean(r.Mount) == r.Mount && r.Mount != "/",
			model.Say("notebook.mount-is-not-an-absolute"),
		},
		{
			"sign-in", slices.Contains([]string{SignInTokenEnv, SignInPasswordEnv, SignInNone}, r.SignIn.Method),
			model.Say("notebook.sign-in-method-is-none"),
		},
		{"sign-in", r.SignIn.Method != SignInTokenEnv && r.SignIn.Method != SignInPasswordEnv ||
			envForm.MatchString(r.SignIn.Env), model.Say("notebook.sign-in-env-is-not")},
		{
			"command", !slices.ContainsFunc(r.Command, func(w string) bool { return strings.Contains(w, "{token}") }),
			model.Say("notebook.command-has-the-token-in"),
		},
		{
			"ready", relative(r.Ready) && relative(r.Status) && relative(r.Page),
			model.Say("notebook.ready-status-and-page-are"),
		},
		{
			"user", slices.Contains([]string{UserJupyter, UserRocker, UserIDs, UserImage}, r.User),
			model.Say("notebook.user-is-none-of-jupyter"),
		},
		{"env", envNames, model.Say("notebook.env-has-a-name-that")},
		{"gpu-tag", r.GPUTag == "" || tagForm.MatchString(r.GPUTag), model.Say("notebook.gpu-tag-is-not-a")},
		{"shm", r.Shm == "" || shmErr == nil, model.Say("notebook.shm-is-not-a-size")},
	}
}

// mostShown is how long a text of a recipe may be that is shown on its card, in bytes.
const mostShown = 200

// shown reports whether all of a text is seen when it is shown.
func shown(text string) bool {
	return len(text) <= mostShown && strings.IndexFunc(text, model.Unseen) < 0
}

// relative tells whether a path of a recipe cannot leave the server.
func relative(p string) bool { return !strings.HasPrefix(p, "/") && !strings.Contains(p, "://") }
