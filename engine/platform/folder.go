package platform

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/adrg/xdg"
)

// Folder is a folder on this computer, or a file where those are asked for.
type Folder struct {
	// Name is its last element, Path the whole absolute path.
	Name, Path string
	// Hidden tells that its name begins with a dot.
	Hidden bool
	// File tells that it is a file.
	File bool
	// Changed is when something was last added to or taken from it.
	Changed time.Time
}

// folderBatch is how many entries are read between two looks at the context.
const folderBatch = 512

// Folders lists the folders in a folder, links to folders included, by name without regard to case. Entries that cannot
// be looked at are left out. The error is the operating system's (see [errors.Is] with [os.ErrNotExist],
// [os.ErrPermission]), or the context's.
func Folders(ctx context.Context, dir string) ([]Folder, error) { return listed(ctx, dir, false) }

// FoldersAndFiles is [Folders] with the files behind them. Pipes and the like are left out.
func FoldersAndFiles(ctx context.Context, dir string) ([]Folder, error) {
	return listed(ctx, dir, true)
}

func listed(ctx context.Context, dir string, files bool) ([]Folder, error) {
	return Answer(ctx, func() ([]Folder, error) { return folders(ctx, dir, files) })
}

func folders(ctx context.Context, dir string, files bool) ([]Folder, error) {
	d, err := openDir(dir) // which does not wait for the other end of a pipe
	if err != nil {
		return nil, err
	}
	defer d.Close()
	list := []Folder{}
	for {
		entries, err := d.ReadDir(folderBatch)
		for _, e := range entries {
			if f, ok := asFolder(dir, e, files); ok {
				list = append(list, f)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b Folder) int {
		if a.File != b.File {
			if a.File {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return list, nil
}

func asFolder(dir string, e os.DirEntry, files bool) (Folder, bool) {
	if !e.IsDir() && e.Type()&os.ModeSymlink == 0 && !(files && e.Type().IsRegular()) {
		return Folder{}, false
	}
	path := filepath.Join(dir, e.Name())
	info, err := os.Stat(path) // follows links
	if err != nil || !info.IsDir() && !(files && info.Mode().IsRegular()) {
		return Folder{}, false
	}
	return Folder{
		File: !info.IsDir(), Name: e.Name(), Path: path, Hidden: strings.HasPrefix(e.Name(), "."),
		Changed: info.ModTime(),
	}, true
}

// Places are the folders that people start from: their home and, where there are, its Desktop, Documents and Downloads.
func Places() []Folder {
	var list []Folder
	for _, path := range []string{xdg.Home, xdg.UserDirs.Desktop, xdg.UserDirs.Documents, xdg.UserDirs.Download} {
		info, err := os.Stat(path)
		known := slices.ContainsFunc(list, func(f Folder) bool { return f.Path == path })
		if err != nil || !info.IsDir() || known {
			continue // a desktop that has none names the home instead
		}
		name := filepath.Base(path)
		if path == xdg.Home {
			name = "Home"
		}
		list = append(list, Folder{Name: name, Path: path, Changed: info.ModTime()})
	}
	return list
}

// ExpandHome puts the user's home in the place of a leading ~.
func ExpandHome(path string) string {
	if path == "~" {
		return xdg.Home
	}
	if rest, ok := strings.CutPrefix(path, "~"+string(filepath.Separator)); ok {
		return filepath.Join(xdg.Home, rest)
	}
	return path
}

// ShortenHome puts ~ in the place of the user's home in front of a path.
func ShortenHome(path string) string {
	if rest, ok := strings.CutPrefix(path, xdg.Home+string(filepath.Separator)); ok {
		return filepath.Join("~", rest)
	}
	return path
}
