package engine

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"slipway/engine/model"
)

// shells are what people want to type commands in, the best one first.
var shells = []string{"bash", "zsh", "fish", "ash", "dash", "sh"}

// shellDirs are the folders that shells are in.
var shellDirs = []string{"/bin", "/usr/bin", "/usr/local/bin"}

// Shells are the paths of the shells that a container has, the best one first. Nothing is run in it for that, and it
// may be stopped. An image without any gives none and no error.
func (e *Engine) Shells(ctx context.Context, c model.Container) ([]string, error) {
	var found []string
	for _, name := range shells {
		for _, dir := range append(slices.Clone(shellDirs), searchPath(c.Env)...) {
			file := path.Join(dir, name)
			info, err := e.Stat(ctx, c.ID, file)
			if err == nil && !info.Dir {
				found = append(found, file)
				break
			}
			if err != nil && !model.IsKind(err, model.ProblemNotFound) {
				return found, err
			}
		}
	}
	return found, nil
}

// mostSearched is how many folders of a search path are looked into.
const mostSearched = 8

// plainDir matches folders that a path of a shell is taken from: an image chooses them, and the path goes into
// commands.
var plainDir = regexp.MustCompile(`^/[A-Za-z0-9._/+-]*$`)

// UsualShell is a shell's path where it is in one of the usual folders, else its name alone, which docker looks for
// along the container's PATH. No part of it was chosen by an image.
func UsualShell(shell string) string {
	if slices.Contains(shellDirs, path.Dir(shell)) {
		return shell
	}
	return path.Base(shell)
}

// searchPath are the folders of PATH that are not usual.
func searchPath(env []string) []string {
	var dirs []string
	for _, v := range env {
		list, ok := strings.CutPrefix(v, "PATH=")
		if !ok {
			continue
		}
		for _, dir := range strings.Split(list, ":") {
			if plainDir.MatchString(dir) && !slices.Contains(shellDirs, path.Clean(dir)) && len(dirs) < mostSearched {
				dirs = append(dirs, path.Clean(dir))
			}
		}
	}
	return dirs
}

// mostUsers is how many users are told.
const mostUsers = 20

// Users tells the names of the users that a container has for people: root, and those with numbers from 1000 on.
// Nothing is run in it for that. It is empty where there is no list of them.
func (e *Engine) Users(ctx context.Context, id string) ([]string, error) {
	data, _, err := e.ReadFile(ctx, id, "/etc/passwd", 1<<20)
	if model.IsKind(err, model.ProblemNotFound) || model.IsKind(err, model.ProblemBadInput) {
		return nil, nil
	}
	return userNames(string(data)), err
}

// userName is what a user may be called; anything else is no name or would be taken for an option.
var userName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

func userNames(passwd string) []string {
	var list []string
	for _, line := range strings.Split(passwd, "\n") {
		f := strings.Split(line, ":")
		if len(f) < 3 || !userName.MatchString(f[0]) || len(list) == mostUsers {
			continue
		}
		if n, err := strconv.Atoi(f[2]); err == nil && (n == 0 || n >= 1000 && n < 65534) {
			list = append(list, f[0])
		}
	}
	return list
}
