package platform

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"slipway/engine/model"
)

// A folder that a container or another user can write is hostile: what has a name there may be something else a moment
// later. So nothing in it is opened by a path and believed: it is opened below an [os.Root], without waiting, and only
// what the descriptor itself says counts.

// ErrSwapped says that a thing was put in another's place between two looks at it.
var ErrSwapped = errors.New("it was exchanged for something else meanwhile")

// NotRegular is the error of opening what is no file: reading a pipe may wait for ever, and some devices never end.
type NotRegular struct {
	// Mode is what it is instead.
	Mode fs.FileMode
}

// Error implements error.
func (e NotRegular) Error() string { return "not a regular file: " + e.Mode.Type().String() }

// Fact is what is there instead of a file.
func (e NotRegular) Fact() model.Fact {
	switch {
	case e.Mode&fs.ModeDir != 0:
		return model.Say("platform.it-is-a-folder-not")
	case e.Mode&fs.ModeSymlink != 0:
		return model.Say("platform.it-is-a-link-not")
	case e.Mode&fs.ModeNamedPipe != 0:
		return model.Say("platform.it-is-a-pipe-between")
	case e.Mode&fs.ModeSocket != 0:
		return model.Say("platform.it-is-a-socket-not")
	}
	return model.Say("platform.it-is-a-device-not")
}

// Reason is why a file cannot be used: what is there instead of one, or what the system says.
func Reason(err error) model.Fact {
	if other := (NotRegular{}); errors.As(err, &other) {
		return model.Say("words.sentence", model.Args{"Text": other.Fact()})
	}
	return model.Verbatim(strings.TrimRight(err.Error(), ".") + ".")
}

// OpenRegular opens a file that a person named, for reading. It never waits: what is no regular file is
// [NotRegular], also at the end of a link.
func OpenRegular(path string) (*os.File, error) {
	info, err := os.Stat(path) // opening some devices does something already
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: NotRegular{info.Mode()}}
	}
	f, err := os.OpenFile(path, os.O_RDONLY|nonblocking, 0)
	if err != nil {
		return nil, err
	}
	return regular(f, nil)
}

// OpenRegularIn is [OpenRegular] of a file below a folder. A link is not followed.
func OpenRegularIn(root *os.Root, name string) (*os.File, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: filepath.Join(root.Name(), name), Err: NotRegular{info.Mode()}}
	}
	f, err := root.OpenFile(name, os.O_RDONLY|nonblocking, 0)
	if err != nil {
		return nil, err
	}
	return regular(f, info)
}

// regular returns the file when it is one, and the one that it was seen to be, if it was; else it closes it.
func regular(f *os.File, seen fs.FileInfo) (*os.File, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = &fs.PathError{Op: "open", Path: f.Name(), Err: NotRegular{info.Mode()}}
	case seen != nil && !os.SameFile(seen, info):
		err = &fs.PathError{Op: "open", Path: f.Name(), Err: ErrSwapped}
	default:
		return f, nil
	}
	return nil, errors.Join(err, f.Close())
}

// ReadRegular reads a file that a person named, see [OpenRegular]. One of more than most bytes is an error.
func ReadRegular(path string, most int64) ([]byte, error) {
	f, err := OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadSome(f, most)
}

// ReadSome reads all there is, of which more than most bytes are an error.
func ReadSome(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		return nil, fmt.Errorf("it has more than %d bytes", most)
	}
	return data, err
}

// OpenRoot opens a folder that a person named. It never waits at a pipe that is there instead.
func OpenRoot(dir string) (*os.Root, error) {
	// a name that ends so is only ever that of a folder
	return os.OpenRoot(filepath.Clean(dir) + string(filepath.Separator))
}

// OpenRootIn is [OpenRoot] of a folder below another one. A link is not followed.
func OpenRootIn(root *os.Root, name string) (*os.Root, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: filepath.Join(root.Name(), name), Err: fs.ErrExist}
	}
	sub, err := root.OpenRoot(name + string(filepath.Separator) + ".") // by itself the name could be that of a pipe by now
	if err != nil {
		return nil, err
	}
	now, err := sub.Stat(".")
	if err == nil && !os.SameFile(info, now) {
		err = &fs.PathError{Op: "open", Path: filepath.Join(root.Name(), name), Err: ErrSwapped}
	}
	if err != nil {
		return nil, errors.Join(err, sub.Close())
	}
	return sub, nil
}

// RegularFiles are the files of a folder that a person named, as [os.DirFS] has them, but only regular ones; links are
// followed.
func RegularFiles(dir string) fs.FS { return regularFiles(dir) }

type regularFiles string

// Open implements [fs.FS].
func (r regularFiles) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	at := filepath.Join(string(r), filepath.FromSlash(name))
	if info, err := os.Stat(at); err == nil && info.IsDir() {
		return openDir(at)
	}
	f, err := OpenRegular(at)
	if err != nil {
		return nil, err // not a nil file of a type
	}
	return f, nil
}

// openDir opens a folder to be listed, and nothing else.
func openDir(dir string) (*os.File, error) {
	root, err := OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.Open(".")
}

// RegularNames are the names of the regular files in a folder, of its first most things, in no order.
func RegularNames(dir string, most int) ([]string, error) {
	d, err := openDir(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var names []string
	for most > 0 {
		entries, err := d.ReadDir(min(most, folderBatch))
		for _, e := range entries {
			if e.Type().IsRegular() {
				names = append(names, e.Name())
			}
		}
		if most -= len(entries); errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return names, err
		}
	}
	return names, nil
}
