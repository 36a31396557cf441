package practice

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"syscall"
)

// usualPath is where programs are looked for where nothing else is said (moby, oci/defaults).
const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// magic begins a file that is a program of the practice engine; its name follows.
const magic = "\x7fELF practice "

// binary is the file of a program.
func binaryFile(name string) *node {
	return regular(magic+name+"\n"+strings.Repeat("\x00", 4096), 0o755)
}

// cannotStart says why a program cannot be started, in the words of runc.
type cannotStart struct {
	what string // the program
	why  string
	code int
}

// Error implements error.
func (c cannotStart) Error() string { return c.why }

// startCode is the exit code for an error of start.
func startCode(err error) uint8 {
	var c cannotStart
	if errors.As(err, &c) {
		return uint8(c.code)
	}
	return 126
}

// which finds a program as execvp(3) does, and gives what is in its file.
func (c *container) which(name, search, dir string) (at string, data []byte, err error) {
	c.e.files.Lock()
	defer c.e.files.Unlock()
	try := func(p string) (string, []byte, error) {
		n, _, _, err := c.view.walk(p, true)
		switch {
		case err != nil:
			return "", nil, err
		case n.dir():
			return "", nil, syscall.EISDIR
		case n.mode&0o111 == 0:
			return "", nil, syscall.EACCES
		}
		return p, n.content(), nil
	}
	if strings.Contains(name, "/") {
		at, data, err = try(absolute(dir, name))
		switch {
		case errors.Is(err, syscall.ENOENT), errors.Is(err, syscall.ENOTDIR):
			return "", nil, cannotStart{name, fmt.Sprintf("stat %s: no such file or directory", name), 127}
		case errors.Is(err, syscall.EISDIR):
			return "", nil, cannotStart{name, "permission denied", 126}
		case err != nil:
			return "", nil, cannotStart{name, "permission denied", 126}
		}
		return at, data, nil
	}
	for _, folder := range strings.Split(search, ":") {
		if at, data, err = try(path.Join("/", folder, name)); err == nil {
			return at, data, nil
		}
	}
	return "", nil, cannotStart{name, "executable file not found in $PATH", 127}
}

// start runs a program of the container as a process. parent is nil for the first one, and for one that the engine was
// asked to run.
func (c *container) start(parent *process, argv, env []string, dir string, uid, gid int, s streams, tty *terminal,
	newSession bool,
) (*process, error) {
	if path.Base(argv[0]) == "setsid" && len(argv) > 1 { // which becomes the other program
		return c.start(parent, argv[1:], env, dir, uid, gid, s, nil, true)
	}
	search := usualPath
	for _, line := range env {
		if v, ok := strings.CutPrefix(line, "PATH="); ok {
			search = v
		}
	}
	at, data, err := c.which(argv[0], search, dir)
	if err != nil {
		return nil, err
	}
	run, args, err := c.programOf(at, data, argv, 0)
	if err != nil {
		return nil, err
	}
	return c.spawn(parent, argv, env, dir, uid, gid, tty, newSession, func(p *process) int { return run(p, s, args) }), nil
}

// mostInterpreters is how many scripts may name each other as their interpreters.
const mostInterpreters = 4

// programOf tells what a file does, and with which arguments.
func (c *container) programOf(at string, data []byte, argv []string, depth int) (program, []string, error) {
	if name, ok := strings.CutPrefix(string(data[:min(len(data), 200)]), magic); ok {
		name, _, _ = strings.Cut(name, "\n")
		args := argv[1:]
		if name == "busybox" {
			name = path.Base(argv[0])
			if name == "busybox" && len(argv) > 1 {
				name, args = argv[1], argv[2:]
			}
		}
		if run := programs[name]; run != nil {
			return run, args, nil
		}
		return nil, nil, cannotStart{argv[0], "applet not found", 127}
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	words := strings.Fields(strings.TrimPrefix(string(line), "#!"))
	if !bytes.HasPrefix(data, []byte("#!")) || len(words) == 0 || depth > mostInterpreters {
		return nil, nil, cannotStart{argv[0], "exec format error", 126}
	}
	inner := append(append(words[:1:1], words[1:]...), append([]string{at}, argv[1:]...)...)
	found, text, err := c.which(words[0], usualPath, "/")
	if err != nil {
		return nil, nil, cannotStart{argv[0], "no such file or directory", 127}
	}
	return c.programOf(found, text, inner, depth+1)
}

// fork runs a part of a program as a process of its own, under the same name.
func (c *container) fork(parent *process, env []string, dir string, part func(p *process) int) *process {
	return c.spawn(parent, parent.argv, env, dir, parent.uid, parent.gid, parent.tty, false, part)
}

// user reads what a container or an exec says of its user: a name or a number, and perhaps a group behind a colon.
func (c *container) user(text string) (uid, gid int, home string, err error) {
	home = "/"
	name, group, grouped := strings.Cut(text, ":")
	if name == "" {
		name = "0"
	}
	found := false
	if _, scanErr := fmt.Sscanf(name, "%d", &uid); scanErr == nil {
		found = true
	}
	for _, f := range c.table("/etc/passwd") {
		if len(f) >= 6 && (f[0] == name || f[2] == name) {
			_, _ = fmt.Sscanf(f[2], "%d", &uid)
			_, _ = fmt.Sscanf(f[3], "%d", &gid)
			home, found = f[5], true
			break
		}
	}
	if !found {
		return 0, 0, "", fmt.Errorf("unable to find user %s: no matching entries in passwd file", name)
	}
	if !grouped {
		return uid, gid, home, nil
	}
	if _, scanErr := fmt.Sscanf(group, "%d", &gid); scanErr == nil {
		return uid, gid, home, nil
	}
	for _, f := range c.table("/etc/group") {
		if len(f) >= 3 && f[0] == group {
			_, _ = fmt.Sscanf(f[2], "%d", &gid)
			return uid, gid, home, nil
		}
	}
	return 0, 0, "", fmt.Errorf("unable to find group %s: no matching entries in group file", group)
}

// table reads a file of lines with colons.
func (c *container) table(name string) (rows [][]string) {
	c.e.files.Lock()
	defer c.e.files.Unlock()
	n, _, _, err := c.view.walk(name, true)
	if err != nil || !n.mode.IsRegular() || n.mode&fs.ModeType != 0 {
		return nil
	}
	for line := range strings.Lines(string(n.content())) {
		rows = append(rows, strings.Split(strings.TrimSpace(line), ":"))
	}
	return rows
}
