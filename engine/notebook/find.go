package notebook

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/engine"
)

// Source is what a server's token is looked for with; *engine.Engine is one.
type Source interface {
	SmallFiles(ctx context.Context, id, dir string) ([]engine.File, error)
	Exec(ctx context.Context, id string, argv ...string) (output string, code int, err error)
	LastLines(ctx context.Context, id string, n int) ([]string, error)
}

// Look finds the token of a Jupyter server where the engine's own answer does not have it: in the files that the server
// writes, then by asking jupyter in the container, last in what it printed. What is found is tried, so that the
// leftover of a killed server is not taken. It returns the server with what was found; Known is false when nothing was.
func Look(ctx context.Context, src Source, s Server) Server {
	if s.Known && Ask(ctx, s) == Up || !s.Local() { // what cannot be tried is not taken
		return s
	}
	if s.Container.HostNetwork && s.Container.User != "" && len(s.users()) == 0 {
		text, _, _ := src.Exec(ctx, s.Container.ID, "id", "-u")
		if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil {
			s.runsAs = []int{n}
		}
	}
	for _, way := range []func(context.Context, Source, Server) []runtimeFile{fromFiles, fromCommand, fromOutput} {
		for _, f := range way(ctx, src, s) {
			// at the port that it was to have, another server may answer
			if s.Container.HostNetwork && (f.Port <= 0 || f.Port >= 1<<16) {
				continue
			}
			try := f.apply(s)
			if Ask(ctx, try) == Up {
				try.Known = true
				return try
			}
		}
	}
	return s
}

// runtimeFile is what a server writes of itself: jpserver-*.json of Jupyter Server, nbserver-*.json of Notebook up to
// 6. "jupyter server list --json" prints the same.
type runtimeFile struct {
	BaseURL string `json:"base_url"`
	Port    int    `json:"port"`
	Secure  bool   `json:"secure"`
	Token   string `json:"token"`
	// Password tells that it asks for a password of its own.
	Password bool `json:"password"`
	// keep tells that only the token and the port are known; old that a Notebook up to 6 wrote it, which has no page of
	// JupyterLab's.
	keep, old bool
}

// apply is the server as the file has it. Its host and port are the container's own, so the published ones stay.
func (f runtimeFile) apply(s Server) Server {
	s.Token = f.Token
	if s.Container.HostNetwork { // see Look
		s.Port.HostPort, s.Port.Container = uint16(f.Port), uint16(f.Port)
	}
	if f.keep {
		return s
	}
	if s.Base, s.Secure = cleanBase(f.BaseURL), f.Secure; f.Password && f.Token == "" {
		s.SignIn = SignIn{Method: SignInOwn}
	}
	if f.old {
		s.page = "tree"
	}
	for _, p := range s.Container.Ports {
		if int(p.Container) == f.Port && p.HostPort != 0 && p.Protocol == "tcp" {
			s.Port = p
			break
		}
	}
	return s
}

// fromFiles reads the files that servers leave in the container, the newest first.
func fromFiles(ctx context.Context, src Source, s Server) []runtimeFile {
	type dated struct {
		runtimeFile
		at time.Time
	}
	var found []dated
	for _, dir := range runtimeDirs(s) {
		files, err := src.SmallFiles(ctx, s.Container.ID, dir)
		if err != nil {
			continue // there need not be one
		}
		for _, f := range files {
			if ok, _ := path.Match("??server-*.json", f.Name); !ok {
				continue
			}
			// one that was killed left it: whose is that port now?
			if s.Container.HostNetwork && f.Modified.Before(s.Container.StartedAt.Truncate(time.Second)) {
				continue
			}
			var r runtimeFile
			if json.Unmarshal(f.Data, &r) == nil {
				r.old = strings.HasPrefix(f.Name, "nbserver-")
				found = append(found, dated{r, f.Modified})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b dated) int { return b.at.Compare(a.at) })
	list := make([]runtimeFile, len(found))
	for i, f := range found {
		list[i] = f.runtimeFile
	}
	return list
}

// runtimeDirs is where servers leave their files.
func runtimeDirs(s Server) []string {
	c := s.Container
	if dir := envOf(c, "JUPYTER_RUNTIME_DIR"); dir != "" {
		return []string{dir}
	}
	const below = ".local/share/jupyter/runtime"
	var homes []string
	if home := envOf(c, "HOME"); home != "" {
		homes = append(homes, home)
	}
	user := cmp.Or(envOf(c, "NB_USER"), c.User)
	if user == "" || user == "root" || user == "0" {
		homes = append(homes, "/root")
	} else if !strings.ContainsAny(user, "0123456789:/") {
		homes = append(homes, "/home/"+user)
	}
	homes = append(homes, "/home/jovyan")
	slices.Sort(homes)
	dirs := slices.Compact(homes)
	for i, home := range dirs {
		dirs[i] = path.Join(home, below)
	}
	return dirs
}

// fromCommand asks jupyter in the container, which prints one object a line.
func fromCommand(ctx context.Context, src Source, s Server) []runtimeFile {
	for _, program := range []string{"server", "notebook"} {
		text, code, err := src.Exec(ctx, s.Container.ID, "jupyter", program, "list", "--json")
		if err != nil || code != 0 {
			continue
		}
		if list := parseServerList(text); len(list) > 0 {
			for i := range list {
				list[i].old = program == "notebook" // newer ones know the other command
			}
			return list
		}
	}
	return nil
}

func parseServerList(text string) []runtimeFile {
	var list []runtimeFile
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		var f runtimeFile
		if json.Unmarshal(lines.Bytes(), &f) == nil && f.Port != 0 {
			list = append(list, f)
		}
	}
	return list
}

// lastOutput is how many lines of a server's output are looked at.
const lastOutput = 500

var printedToken = regexp.MustCompile(`https?://[^\s/]+?(?::(\d+))?/\S*[?&]token=([0-9a-f]{48})`)

// fromOutput finds the addresses that servers print when they start, the newest first.
func fromOutput(ctx context.Context, src Source, s Server) []runtimeFile {
	lines, err := src.LastLines(ctx, s.Container.ID, lastOutput)
	if err != nil {
		return nil
	}
	var list []runtimeFile
	for _, line := range slices.Backward(lines) {
		if m := printedToken.FindStringSubmatch(line); m != nil {
			port, _ := strconv.Atoi(m[1]) // none is the scheme's, which no Jupyter has by itself
			list = append(list, runtimeFile{Port: port, Token: m[2], keep: true})
		}
	}
	return list
}
