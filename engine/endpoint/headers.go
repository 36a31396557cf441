package endpoint

import (
	"encoding/csv"
	"maps"
	"net/http"
	"os"
	"strings"

	"slipway/engine/model"
)

// envHeaders is the variable that has docker send headers with every request, in place of those of config.json.
const envHeaders = "DOCKER_CUSTOM_HEADERS"

// customHeaders are the headers that docker sends with every request: those of DOCKER_CUSTOM_HEADERS, else HttpHeaders
// of config.json. Their values are secrets, as a rule, and in no error.
func customHeaders() (map[string]string, error) {
	if text := os.Getenv(envHeaders); text != "" {
		return parseHeaders(text)
	}
	cfg, _ := Config()
	return maps.Clone(cfg.HTTPHeaders), nil
}

// parseHeaders reads a line of comma-separated values, each NAME=VALUE, as docker/cli does (cli/command/cli_options.go,
// not exported): blanks around a name are cut off, and the last of several values counts.
func parseHeaders(text string) (map[string]string, error) {
	bad := func(why model.Fact) error {
		return &model.Problem{
			Kind: model.ProblemBadInput,
			What: model.Say("endpoint.docker-custom-headers-is-not"),
			Why:  model.Say("endpoint.docker-refuses-to-work-with", model.Args{"Why": why}),
			Fix:  model.Say("endpoint.write-name-value-with-commas"),
		}
	}
	fields, err := csv.NewReader(strings.NewReader(text)).Read()
	if err != nil {
		return nil, bad(model.Say("endpoint.it-is-no-line-of"))
	}
	headers := map[string]string{}
	for _, field := range fields {
		name, value, found := strings.Cut(field, "=")
		name = strings.TrimSpace(name)
		switch {
		case name == "":
			return nil, bad(model.Say("endpoint.the-name-of-a-header"))
		case !found:
			return nil, bad(model.Say("endpoint.a-header-in-it-has"))
		}
		headers[http.CanonicalHeaderKey(name)] = value
	}
	return headers, nil
}
