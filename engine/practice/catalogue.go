package practice

import (
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// kind is an image of the catalogue, which can be pulled although there is no registry.
type kind struct {
	name, about string
	stars       int
	megabytes   []int64 // of its layers, the base first
	config      ocispec.ImageConfig
	files       map[string]string
	tags        []string // beside latest
	programs    []string // of its own
	home        string   // of the user that it runs as, "" for root's
	users       string   // more lines of /etc/passwd
	memory      uint64   // that its server seems to use, in MiB
}

// built is when the images of the catalogue were made.
var built = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// catalogue are the images that there are.
var catalogue = []kind{
	{
		name: "hello-world", about: "The smallest image that says something", stars: 2400, megabytes: []int64{0},
		tags: []string{"linux"}, config: ocispec.ImageConfig{Cmd: []string{"cat", "/hello"}},
		files: map[string]string{"/hello": "\nHello from Docker!\nThis message shows that the practice engine works.\n\n"},
	},
	{
		name: "busybox", about: "Small programs in one file", stars: 3300, megabytes: []int64{4}, tags: []string{"1.37"},
		config: ocispec.ImageConfig{Cmd: []string{"sh"}},
	},
	{
		name: "alpine", about: "A small Linux", stars: 11000, megabytes: []int64{8}, tags: []string{"3.22"},
		config: ocispec.ImageConfig{Cmd: []string{"/bin/sh"}},
	},
	{
		name: "nginx", memory: 9, about: "A web server", stars: 20000, megabytes: []int64{74, 41, 1},
		tags: []string{"1.29", "alpine"}, config: ocispec.ImageConfig{
			Cmd:          []string{"httpd", "-f", "-p", "80", "-h", "/usr/share/nginx/html"},
			ExposedPorts: map[string]struct{}{"80/tcp": {}},
		}, files: map[string]string{"/usr/share/nginx/html/index.html": "<!doctype html><title>Welcome to nginx!</title><h1>Welcome to nginx!</h1><p>It is served by the practice engine.</p>\n"},
	},
	{
		name: "python", about: "The Python language", stars: 9800, megabytes: []int64{48, 24, 64, 210, 6, 20},
		tags:   []string{"3.13", "3.13-slim"},
		config: ocispec.ImageConfig{Cmd: []string{"sh"}, Env: []string{"PYTHON_VERSION=3.13.2"}},
	},
	{
		name: "postgres", memory: 38, about: "The database PostgreSQL", stars: 14000, megabytes: []int64{74, 110, 9},
		tags: []string{"17"}, config: ocispec.ImageConfig{
			Cmd: []string{
				"sh", "-c",
				"echo 'PostgreSQL init process complete; ready for start up.'; echo 'LOG:  database system is ready to accept connections'; trap 'exit 0' TERM INT; sleep infinity & wait",
			},
			ExposedPorts: map[string]struct{}{"5432/tcp": {}}, Volumes: map[string]struct{}{"/var/lib/postgresql/data": {}},
			Env: []string{"PG_VERSION=17.4"}, StopSignal: "SIGINT",
		},
	},
}

func findCatalogue(full string) *kind {
	repo, tag, _ := strings.Cut(full, ":")
	all := slices.Concat(catalogue, notebookKinds)
	for i := range all {
		k := &all[i]
		if k.name == repo && (tag == "latest" || slices.Contains(k.tags, tag)) {
			return k
		}
	}
	return nil
}

func catalogueRepo(repo string) bool {
	for _, k := range slices.Concat(catalogue, notebookKinds) {
		if k.name == repo {
			return true
		}
	}
	return false
}

// image makes the image.
func (k *kind) image(*Engine) *image {
	i := &image{created: built, config: dockerspec.DockerOCIImageConfig{ImageConfig: k.config}}
	i.config.Env = append([]string{"PATH=" + usualPath}, i.config.Env...)
	own := folder(0o755)
	if len(k.megabytes) == 1 {
		own = baseTree()
	}
	for at, text := range k.files {
		put(own, at, regular(text, 0o644))
	}
	for _, name := range k.programs {
		program := "jupyter"
		if k.programs[0] == "page" {
			program = "page"
		}
		put(own, "/usr/local/bin/"+name, binaryFile(program))
	}
	if k.users != "" {
		put(own, "/etc/passwd", regular(users+k.users, 0o644))
	}
	if k.home != "" {
		home := folder(0o775)
		home.uid, home.gid = 1000, 100
		put(own, k.home, home)
	}
	for n, mb := range k.megabytes {
		what := k.name
		if n == 0 && mb > 10 {
			what = "base " + strconv.FormatInt(mb, 10) // which several have
		}
		tree := folder(0o755)
		switch n {
		case len(k.megabytes) - 1:
			tree = own
		case 0:
			tree = baseTree()
		}
		raw := layerFrom(tree, fmt.Sprint(what, " ", n))
		i.layers = append(i.layers, newLayer(raw, "COPY "+k.name+" / # buildkit", built))
		i.layers[n].bytes = max(mb<<20, 13_256)
	}
	return i.unpackOwn().seal()
}

// unpackOwn makes the tree of an image of its layers, which are ours.
func (i *image) unpackOwn() *image {
	i.top = folder(0o755)
	i.top.modified = built
	for n := range i.layers {
		l := &i.layers[n]
		holds, err := applyLayer(i.top, l.raw, newBudget())
		if err != nil {
			panic(err)
		}
		l.holds = holds
	}
	return i
}

// put puts a file into a tree, with the folders above it.
func put(top *node, at string, n *node) {
	dir := top
	for _, part := range parts(path.Dir(at)) {
		if part == "" {
			continue
		}
		k := dir.kids[part]
		if k == nil {
			k = folder(0o755)
			k.modified = built
			dir.kids[part] = k
		}
		dir = k
	}
	n.modified = built
	dir.kids[path.Base(at)] = n
}

const users = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"

// baseTree is what every image has.
func baseTree() *node {
	top := folder(0o755)
	top.modified = built
	busybox := binaryFile("busybox")
	for _, name := range basePrograms() {
		put(top, "/bin/"+name, busybox)
	}
	put(top, "/etc/passwd", regular(users, 0o644))
	put(top, "/etc/group", regular("root:x:0:\nnogroup:x:65534:\n", 0o644))
	put(top, "/etc/os-release", regular("NAME=\"Practice Linux\"\nID=practice\n", 0o644))
	for _, dir := range []string{"/root", "/home", "/usr/bin", "/usr/local/bin", "/var/log", "/opt"} {
		put(top, dir, folder(0o755))
	}
	put(top, "/tmp", folder(0o1777))
	top.kids["tmp"].mode |= 1 << 20 // fs.ModeSticky
	top.kids["tmp"].mode &^= 0o1000
	return top
}

// AddTiny puts the image into the engine that the tests of other engines use, see the package enginetest, and returns
// its name.
func (e *Engine) AddTiny() string {
	const ref = "slipway-test/tiny:1"
	i, top := &image{created: built}, baseTree()
	put(top, "/www/index.html", regular("<!doctype html><title>tiny</title>tiny\n", 0o644))
	put(top, "/work", folder(0o755))
	put(top, "/data", folder(0o755))
	i.config.ImageConfig = ocispec.ImageConfig{
		Env: []string{"PATH=" + usualPath, "TINY=yes"}, Cmd: []string{
			"sh", "-c",
			"trap 'exit 0' TERM INT; sleep 1000000 & wait",
		}, WorkingDir: "/work",
		Labels:       map[string]string{"app.slipway.test": "tiny"},
		ExposedPorts: map[string]struct{}{"8080/tcp": {}}, Volumes: map[string]struct{}{"/data": {}},
	}
	i.layers = []layer{newLayer(layerFrom(top, "tiny"), "tiny", built)}
	i.layers[0].bytes = 2 << 20
	e.add(i.unpackOwn().seal(), ref)
	return ref
}

// httpd serves a folder, as busybox's does: -p PORT, -h FOLDER; -f is that it does not go to the background.
func httpd(p *process, s streams, args []string) int {
	flags, _ := options(args, "ph")
	where := flags['p']
	if i := strings.LastIndexByte(where, ':'); i >= 0 {
		where = where[i+1:]
	}
	port, err := strconv.ParseUint(where, 10, 16)
	if where == "" {
		port, err = 80, nil
	}
	if err != nil {
		fmt.Fprintln(s.err, "httpd: invalid port")
		return 1
	}
	root := flags['h']
	p.endsWhenAsked()
	err = p.serve(uint16(port), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Join(p.path(root), path.Clean("/"+r.URL.Path))
		if strings.HasSuffix(r.URL.Path, "/") {
			name = path.Join(name, "index.html")
		}
		data, err := p.readFile(name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintf(s.out, "%s - GET %s 200\n", p.c.e.now().UTC().Format(time.DateTime), r.URL.Path)
		if strings.HasSuffix(name, ".html") {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
		}
		_, _ = w.Write(data) // #nosec G705 -- a web server serves the pages of its container as they are
	}))
	if err != nil {
		fmt.Fprintln(s.err, "httpd:", err)
		return 1
	}
	return done(p, 0)
}
