// Command dockercli writes the list of all options of "docker run" to standard output, as JSON. It is a module
// of its own, so that Slipway never depends on docker's own commands; the tests' docker command is built from
// the same module (.ci/docker).
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/docker/cli/cli/command"
	_ "github.com/docker/cli/cli/command/commands" // what cmd/docker needs is in go.sum, too
	"github.com/docker/cli/cli/command/container"
	"github.com/spf13/pflag"
)

// option is one option as docker declares it.
type option struct {
	Name    string `json:"name"`
	Short   string `json:"short,omitempty"`
	Type    string `json:"type"`
	Default string `json:"default,omitempty"`
	Usage   string `json:"usage"`
	// Version is the oldest API that has it; OS the system of the engine that it is for, where it is one.
	Version string `json:"version,omitempty"`
	OS      string `json:"os,omitempty"`
	Hidden  bool   `json:"hidden,omitempty"`
}

func main() {
	cli, err := command.NewDockerCli()
	if err != nil {
		fail(err)
	}
	os.Unsetenv("DOCKER_DEFAULT_PLATFORM") // a default of somebody's
	var list struct {
		Docker  string   `json:"docker"`
		Options []option `json:"options"`
	}
	list.Docker = version()
	container.NewRunCommand(cli).Flags().VisitAll(func(f *pflag.Flag) {
		o := option{
			Name: f.Name, Short: f.Shorthand, Type: f.Value.Type(), Default: f.DefValue, Usage: f.Usage,
			Hidden: f.Hidden,
		}
		if o.Default == "[]" || o.Default == "false" || o.Default == "0" || o.Default == "0s" || o.Default == "map[]" {
			o.Default = ""
		}
		if v := f.Annotations["version"]; len(v) > 0 {
			o.Version = v[0]
		}
		if v := f.Annotations["ostype"]; len(v) > 0 {
			o.OS = v[0]
		}
		list.Options = append(list.Options, o)
	})
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", " ")
	out.SetEscapeHTML(false)
	if err := out.Encode(list); err != nil {
		fail(err)
	}
}

// version is docker/cli's, as this program was built with it.
func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		if m.Path == "github.com/docker/cli" {
			return m.Version
		}
	}
	return ""
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
