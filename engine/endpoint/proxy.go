package endpoint

import (
	"strings"

	"slipway/engine/runspec"
)

// proxyNames are the variables that docker puts into containers, in the order in which we do: docker's own is by
// chance.
var proxyNames = []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "FTP_PROXY", "ALL_PROXY"}

// ProxyEnv are the variables that docker would put into a container made on the engine that the client reaches as host,
// which is the DaemonHost of a client made by [Endpoint.Client]: those that proxies in Docker's config.json has for
// that very address, else for "default", each in upper and in lower case. What the user gave the container by the same
// name wins over them; names count with their case. A value with a password is marked as a secret.
func ProxyEnv(host string) []runspec.Env {
	config, _ := Config()
	set := config.ParseProxyConfig(host, nil)
	var env []runspec.Env
	for _, upper := range proxyNames {
		for _, name := range []string{upper, strings.ToLower(upper)} {
			if value := set[name]; value != nil {
				env = append(env, runspec.Env{Name: name, Value: *value, Secret: runspec.SecretEnv(name, *value)})
			}
		}
	}
	return env
}
