// Command licences prints the licences of all that the program is built from, for assets/licences.txt:
//
//	go run ./.ci/licences > assets/licences.txt
//
// Modules with the very same text stand together before it.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// legal are the files of a module that have to go along with it.
var legal = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|unlicense|patents)([-._].*)?$`)

// systems are those that the program is built for.
var systems = []string{"linux", "darwin", "windows"}

func main() {
	if err := write(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func write(to io.Writer) error {
	dirs := map[string]string{"Go": runtime.GOROOT()}
	for _, system := range systems {
		cmd := exec.Command("go", "list", "-tags", "migrated_fynedo", "-deps", "-f",
			"{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}{{end}}", ".")
		cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=1")
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("go list for %s: %w", system, err)
		}
		for line := range strings.Lines(string(out)) {
			if name, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
				dirs[name] = dir
				if strings.HasPrefix(name, "fyne.io/fyne/") {
					dirs["The fonts of "+name] = filepath.Join(dir, "theme", "font")
				}
			}
		}
	}
	byText := map[string][]string{}
	for name, dir := range dirs {
		text, err := textOf(dir)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		byText[text] = append(byText[text], name)
	}
	var parts []string
	for text, names := range byText {
		slices.Sort(names)
		parts = append(parts, "=== "+strings.Join(names, "\n=== ")+"\n\n"+text)
	}
	slices.Sort(parts)
	_, err := io.WriteString(to, strings.Join(parts, "\n\n")+"\n")
	return err
}

// textOf is what the files of a module say about its licence.
func textOf(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, e := range entries {
		if e.IsDir() || !legal.MatchString(e.Name()) || strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
		texts = append(texts, strings.Trim(string(data), "\n\f"))
	}
	if len(texts) == 0 {
		return "", errors.New("there is no licence")
	}
	return strings.Join(texts, "\n\n"), nil
}
