package endpoint

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"

	"slipway/engine/model"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
)

// Warnings are what is wrong in Docker's configuration and stops nothing: docker itself warns of it, or says nothing,
// and goes on. It reads files and the PATH, and runs nothing.
func Warnings() []*model.Problem {
	var list []*model.Problem
	cfg, p := Config()
	if p != nil {
		list = append(list, p)
	}
	list = append(list, missingHelpers(cfg)...)
	if p := badAuthVariable(os.Getenv(configfile.DockerEnvConfigKey)); p != nil {
		list = append(list, p)
	}
	return list
}

// missingHelpers says which of the programs that keep sign-ins are not there, one problem for each.
func missingHelpers(cfg *configfile.ConfigFile) []*model.Problem {
	named := map[string]model.Fact{} // by the program what names it
	if cfg.CredentialsStore != "" {
		named[cfg.CredentialsStore] = model.Say("endpoint.creds-store")
	}
	for _, host := range slices.Sorted(maps.Keys(cfg.CredentialHelpers)) {
		if helper := cfg.CredentialHelpers[host]; helper != "" && named[helper].None() {
			named[helper] = model.Say("endpoint.credhelpers-for", model.Args{"Host": model.Name(model.Visible(host))})
		}
	}
	var list []*model.Problem
	for _, helper := range slices.Sorted(maps.Keys(named)) {
		program := "docker-credential-" + helper
		if _, err := exec.LookPath(program); err != nil {
			list = append(list, &model.Problem{
				Kind: model.ProblemNotFound, Cause: err,
				What: model.Say("endpoint.a-program-that-keeps-docker"),
				Why: model.Say("endpoint.in-names-and-there-is", model.Args{
					"Named":      named[helper],
					"ConfigPath": model.Name(ConfigPath()), "Program": model.Name(model.Visible(program)),
				}),
				Fix: model.Say("endpoint.install-it-or-take-it"),
			})
		}
	}
	return list
}

// badAuthVariable says that docker does not take DOCKER_AUTH_CONFIG, which it then ignores.
func badAuthVariable(text string) *model.Problem {
	if text == "" {
		return nil
	}
	var shape struct {
		Auths map[string]struct {
			Auth string `json:"auth"`
		} `json:"auths"`
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	err := dec.Decode(&shape)
	bad := err != nil || dec.More()
	for _, auth := range shape.Auths {
		bad = bad || auth.Auth == ""
	}
	if _, err := config.LoadFromReader(strings.NewReader(text)); !bad && err == nil {
		return nil
	}
	return &model.Problem{
		Kind: model.ProblemBadInput,
		What: model.Say("endpoint.docker-auth-config-is-not"),
		Why:  model.Say("endpoint.docker-ignores-it-and-so"),
		Fix:  model.Say("endpoint.it-must-be-one-line"),
	}
}
