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
	named := map[string]string{} // by the program what names it
	if cfg.CredentialsStore != "" {
		named[cfg.CredentialsStore] = "credsStore"
	}
	for _, host := range slices.Sorted(maps.Keys(cfg.CredentialHelpers)) {
		if helper := cfg.CredentialHelpers[host]; helper != "" && named[helper] == "" {
			named[helper] = "credHelpers, for " + model.Visible(host) + ","
		}
	}
	var list []*model.Problem
	for _, helper := range slices.Sorted(maps.Keys(named)) {
		program := "docker-credential-" + helper
		if _, err := exec.LookPath(program); err != nil {
			list = append(list, model.NewProblem(model.ProblemNotFound, err, "A program that keeps docker's sign-ins is missing",
				named[helper]+" in "+ConfigPath()+" names "+model.Visible(program)+
					", and there is no such program. What is public is pulled without a sign-in, as docker does.",
				"Install it, or take it out of the file and sign in again with docker login."))
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
	return model.NewProblem(model.ProblemBadInput, nil, configfile.DockerEnvConfigKey+" is not valid",
		"Docker ignores it, and so does Slipway: no sign-in is taken from it.",
		`It must be one line of JSON: {"auths": {"REGISTRY": {"auth": "…"}}}.`)
}
