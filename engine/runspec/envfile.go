package runspec

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/joho/godotenv"
)

// maxEnvFile is what is read of a file of variables; nobody writes a longer one.
const maxEnvFile = 1 << 20

// ReadEnv reads a .env file: a line NAME=value each, with quotes, comments, "export" and ${NAME} of earlier lines, as
// docker compose and most tools read them. A $ that means none of them stays as it is written, because it is more
// likely part of a password. The variables are sorted by name; those with names or values like passwords are secret.
func ReadEnv(r io.Reader) ([]Env, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxEnvFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxEnvFile {
		return nil, fmt.Errorf("it has more than %d bytes", maxEnvFile)
	}
	values, err := godotenv.Parse(strings.NewReader(keepDollars(string(text))))
	if err != nil {
		return nil, err
	}
	var list []Env
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !EnvName(name) {
			return nil, fmt.Errorf("%q is not the name of a variable", name)
		}
		value := strings.ReplaceAll(values[name], keptDollar, "$")
		list = append(list, Env{Name: name, Value: value, Secret: SecretEnv(name, value)})
	}
	return list, nil
}

// EnvName tells whether a shell and every program accept this as the name of a variable.
func EnvName(name string) bool { return envName.MatchString(name) }

var (
	envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)
	// assigned finds the names that the lines of a file give values to, variable what may mean one of them.
	assigned = regexp.MustCompile(`^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*[=:]`)
	variable = regexp.MustCompile(`\$(\{?([A-Z0-9_]*)\}?)`)
)

// keptDollar stands for a $ that the library must not expand: a code point that no text has a use for.
const keptDollar = "\uE0F4"

// keepDollars marks each $ that means no variable of an earlier line.
func keepDollars(text string) string {
	known := map[string]bool{}
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		lines[i] = variable.ReplaceAllStringFunc(line, func(found string) string {
			if m := variable.FindStringSubmatch(found); !known[m[2]] {
				return keptDollar + m[1]
			}
			return found
		})
		if m := assigned.FindStringSubmatch(line); m != nil {
			known[m[1]] = true
		}
	}
	return strings.Join(lines, "")
}
