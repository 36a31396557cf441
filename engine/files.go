package engine

import (
	"archive/tar"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/engine/model"

	"github.com/docker/docker/api/types/container"
)

// listScript prints a line for each thing in a folder: mode in hex, size, time and name. The folder is an argument,
// never a part of the script. A pattern that fits nothing is passed on as it is, and stat complains about it to nobody
// with 1; more than that says that it could not be run, with more names than fit for one.
const listScript = `cd -- "$1" || exit 9; stat -c '%f %s %Y %n' -- * .[!.]* ..?* 2>/dev/null; [ $? -le 1 ]`

var listLine = regexp.MustCompile(`^([0-9a-f]+) (\d+) (-?\d+) (.+)$`)

// Dir lists what is directly in a folder of a container, running or not. In a running one that has a shell and
// stat these are asked, as root; otherwise the engine has to pack the whole folder, with all that is below,
// and found is called for what came so far. The sizes of folders are then those of everything in them. The
// last call of found has all.
func (e *Engine) Dir(ctx context.Context, c model.Container, dir string, found func([]Entry)) error {
	if c.State == model.StateRunning {
		if list, ok := e.dirByShell(ctx, c.ID, dir); ok {
			found(list)
			return nil
		}
	}
	return e.dirByArchive(ctx, c.ID, dir, found)
}

// dirByShell is not ok when it cannot be told for certain what there is.
func (e *Engine) dirByShell(ctx context.Context, id, dir string) (list []Entry, ok bool) {
	out, code, err := e.execAs(ctx, id, "0", "sh", "-c", listScript, "sh", dir)
	if err != nil || code != 0 || len(out) >= maxExecOutput {
		return nil, false
	}
	list, ok = listed(strings.ReplaceAll(out, "\r\n", "\n"))
	if !ok || slices.ContainsFunc(list, func(e Entry) bool { return strings.Contains(e.Path, "/") }) {
		return nil, false
	}
	if len(list) == 0 { // empty, or there is no stat
		if out, code, err := e.execAs(ctx, id, "0", "stat", "-c", "%f", "/"); err != nil || code != 0 ||
			strings.TrimSpace(out) == "" {
			return nil, false
		}
	}
	return list, true
}

// treeScript prints a line for everything below a folder that is no folder, as listScript does, at most so many; and
// then how it went, since the end of a pipe does not tell.
const treeScript = `cd -- "$1" && command -v find >/dev/null && command -v stat >/dev/null || exit 9; find . ! -type d -exec stat -c '%f %s %Y %n' {} + 2>/dev/null | head -n "$2"; echo end`

// Tree lists what is in a folder of a running container and below it, but for folders, by the programs in the
// container, as root: at most most things. whole tells that there are no more. It is not ok where those programs are
// missing or cannot tell for certain.
func (e *Engine) Tree(ctx context.Context, id, dir string, most int) (list []Entry, whole, ok bool) {
	out, code, err := e.execAs(ctx, id, "0", "sh", "-c", treeScript, "sh", dir, strconv.Itoa(most+1))
	out, ended := strings.CutSuffix(strings.ReplaceAll(out, "\r\n", "\n"), "end\n")
	if err != nil || code != 0 || !ended {
		return nil, false, false
	}
	list, ok = listed(out)
	if len(list) > most {
		return list[:most], false, ok
	}
	return list, true, ok
}

// listed reads what listScript prints.
func listed(out string) (list []Entry, ok bool) {
	for _, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
		if line == "" {
			continue
		}
		m := listLine.FindStringSubmatch(line)
		if m == nil {
			return nil, false // a name with a line end, or something else answers to stat
		}
		mode, _ := strconv.ParseUint(m[1], 16, 32)
		size, _ := strconv.ParseInt(m[2], 10, 64)
		seconds, _ := strconv.ParseInt(m[3], 10, 64)
		list = append(list,
			Entry{Path: path.Clean(m[4]), Size: size, Mode: unixMode(uint32(mode)), Modified: time.Unix(seconds, 0)})
	}
	return list, true
}

// unixMode is a mode of the kernel (inode(7)) as Go has it.
func unixMode(m uint32) fs.FileMode {
	mode := fs.FileMode(m & 0o777)
	switch m & 0o170000 {
	case 0o040000:
		mode |= fs.ModeDir
	case 0o120000:
		mode |= fs.ModeSymlink
	case 0o010000:
		mode |= fs.ModeNamedPipe
	case 0o140000:
		mode |= fs.ModeSocket
	case 0o020000:
		mode |= fs.ModeDevice | fs.ModeCharDevice
	case 0o060000:
		mode |= fs.ModeDevice
	}
	if m&0o4000 != 0 {
		mode |= fs.ModeSetuid
	}
	if m&0o2000 != 0 {
		mode |= fs.ModeSetgid
	}
	if m&0o1000 != 0 {
		mode |= fs.ModeSticky
	}
	return mode
}

// tellEvery is how often a listing that takes long is told in part.
const tellEvery = 300 * time.Millisecond

// mostInFolder is how many things directly in a folder are listed.
const mostInFolder = 100_000

func (e *Engine) dirByArchive(ctx context.Context, id, dir string, found func([]Entry)) error {
	var list []Entry
	at := map[string]int{}
	told := time.Now()
	err := e.CopyOut(ctx, id, dir, func(entry Entry, _ io.Reader) error {
		name, rest, deep := strings.Cut(entry.Path, "/")
		switch i, known := at[name]; {
		case entry.Path == ".":
		case deep && known && entry.Mode.IsRegular():
			list[i].Size += entry.Size
		case deep && rest != "":
		case len(list) == mostInFolder:
			found(list)
			return &model.Problem{
				Kind: model.ProblemTooMuch,
				What: model.Say("common.not-everything-in-is-listed", model.Args{"Dir": model.Name(dir)}),
				Why:  model.Say("engine.there-are-more-than-files", model.Args{"Limit": model.Count(mostInFolder)}),
				Fix:  model.Say("engine.write-the-path-of-the"),
			}
		default:
			if at[name] = len(list); entry.Mode.IsDir() {
				entry.Size = 0
			}
			list = append(list, entry)
		}
		if time.Since(told) > tellEvery {
			found(append([]Entry(nil), list...))
			told = time.Now()
		}
		return nil
	})
	if err == nil {
		found(list)
	}
	return err
}

// ReadFile reads the beginning of a file of a container, at most most bytes. Links are followed. whole tells
// whether that was all of it.
func (e *Engine) ReadFile(ctx context.Context, id, name string, most int64) (data []byte, whole bool, err error) {
	s := subject{what: model.Say("engine.cannot-read", model.Args{"Path": model.Name(name)}), container: id}
	if _, below := Askable(name); below != "" {
		return e.readBelow(ctx, id, name, most, s)
	}
	for range 8 { // links to links
		stat, err := e.statPath(ctx, id, name)
		if err != nil {
			return nil, false, explain(err, s)
		}
		if stat.Mode&fs.ModeSymlink == 0 || stat.LinkTarget == "" || stat.LinkTarget == name {
			break
		}
		name = stat.LinkTarget
	}
	r, _, err := e.cli.CopyFromContainer(ctx, id, name)
	if err != nil {
		return nil, false, explain(err, s)
	}
	defer r.Close()
	in := tar.NewReader(r)
	h, err := in.Next()
	if err != nil {
		return nil, false, explain(err, s)
	}
	if h.Typeflag != tar.TypeReg {
		return nil, false, &model.Problem{Kind: model.ProblemBadInput, What: s.what, Why: kindOf(h.Typeflag)}
	}
	data, err = io.ReadAll(io.LimitReader(in, most))
	return data, h.Size <= most, explain(err, s)
}

// errEnough ends a copy of which no more is wanted.
var errEnough = errors.New("that is enough")

// readBelow is [Engine.ReadFile] of a name that engines cannot be asked for.
func (e *Engine) readBelow(ctx context.Context, id, name string, most int64,
	s subject,
) (data []byte, whole bool, err error) {
	err = e.CopyOut(ctx, id, name, func(entry Entry, r io.Reader) error {
		if !entry.Mode.IsRegular() {
			return &model.Problem{Kind: model.ProblemBadInput, What: s.what, Why: model.Say("engine.it-is-not-a-file")}
		}
		data, err = io.ReadAll(io.LimitReader(r, most))
		whole = entry.Size <= most
		return cmp.Or(err, errEnough)
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return data, whole, err
}

// kindOf says of what is no file what it is instead.
func kindOf(flag byte) model.Fact {
	switch flag {
	case tar.TypeFifo:
		return model.Say("engine.it-is-a-pipe-between")
	case tar.TypeChar, tar.TypeBlock:
		return model.Say("engine.it-is-a-device-not")
	case tar.TypeDir:
		return model.Say("engine.it-is-a-folder")
	case tar.TypeSymlink:
		return model.Say("engine.it-is-a-link-that")
	}
	return model.Say("engine.it-is-not-a-file")
}

// LinkedFolder is the folder of a container that a link leads to; "" when it leads elsewhere or nowhere.
func (e *Engine) LinkedFolder(ctx context.Context, id, link string) string {
	for range 8 { // links to links
		stat, err := e.statPath(ctx, id, link)
		switch {
		case err != nil:
			return ""
		case stat.Mode.IsDir():
			return link
		case stat.Mode&fs.ModeSymlink == 0 || stat.LinkTarget == "" || stat.LinkTarget == link:
			return ""
		}
		link = stat.LinkTarget
	}
	return ""
}

// Owner tells to which user and group a folder of a container belongs, by number.
func (e *Engine) Owner(ctx context.Context, id, dir string) (user, group int, err error) {
	if !e.info.Lacks(model.TellOwners).None() { // the container itself may know
		if out, code, err := e.execAs(ctx, id, "0", "stat", "-c", "%u %g", dir); err == nil && code == 0 {
			if n, _ := fmt.Sscanf(strings.TrimSpace(out), "%d %d", &user, &group); n == 2 {
				return user, group, nil
			}
		}
	}
	r, _, err := e.cli.CopyFromContainer(ctx, id, strings.TrimSuffix(dir, "/")+"/")
	if err != nil {
		return 0, 0,
			explain(err, subject{what: model.Say("engine.cannot-look-at", model.Args{"Path": model.Name(dir)}), container: id})
	}
	defer r.Close() // the folder itself comes first; the rest is not read
	h, err := tar.NewReader(r).Next()
	if err != nil {
		return 0, 0,
			explain(err, subject{what: model.Say("engine.cannot-look-at", model.Args{"Path": model.Name(dir)}), container: id})
	}
	return h.Uid, h.Gid, nil
}

// CopyIn unpacks a tar archive into a folder of a container, running or not. A file never takes the place of a folder,
// nor a folder that of a file.
func (e *Engine) CopyIn(ctx context.Context, id, dir string, archive io.Reader) error {
	return e.copyIn(ctx, id, dir, archive, container.CopyToContainerOptions{})
}

// CopyOver is [Engine.CopyIn] that replaces a folder where the archive has something else of its name, and the other
// way round.
func (e *Engine) CopyOver(ctx context.Context, id, dir string, archive io.Reader) error {
	return e.copyIn(ctx, id, dir, archive, container.CopyToContainerOptions{AllowOverwriteDirWithFile: true})
}

func (e *Engine) copyIn(ctx context.Context, id, dir string, archive io.Reader,
	options container.CopyToContainerOptions,
) error {
	err := e.cli.CopyToContainer(ctx, id, path.Clean(dir), archive, options)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var already *model.Problem
	if errors.As(err, &already) { // of who makes the archive
		return already
	}
	return explain(err,
		subject{what: model.Say("engine.cannot-copy-into", model.Args{"Dir": model.Name(dir)}), container: id})
}
