package endpoint

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"

	dcontext "github.com/docker/cli/cli/context"
	ctxdocker "github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/opts"
	"github.com/docker/docker/client"
)

// envEnableTLS has docker speak TLS without checking who answers. Docker's client knows only of the variable that has
// it check.
const envEnableTLS = "DOCKER_TLS"

// envTLS reports whether the environment has docker speak TLS to what is no socket, and whether docker then checks who
// answers.
func envTLS() (on, verify bool) {
	verify = os.Getenv(client.EnvTLSVerify) != ""
	return verify || os.Getenv(envEnableTLS) != "", verify
}

// certDir is where docker looks for the certificates that go with DOCKER_HOST.
func certDir() string {
	if dir := os.Getenv(client.EnvOverrideCertPath); dir != "" {
		return dir
	}
	return ConfigDir()
}

// fromEnvironment is what docker makes of DOCKER_HOST and the variables about TLS. Without DOCKER_HOST, those alone
// have docker look at a port of this computer, see [envHost].
func fromEnvironment(host string) (ctxdocker.Endpoint, error) {
	ep := ctxdocker.Endpoint{EndpointMeta: ctxdocker.EndpointMeta{Host: host}}
	on, verify := envTLS()
	if !on || !strings.HasPrefix(host, "tcp://") {
		return ep, nil // a socket needs none
	}
	ep.SkipTLSVerify = !verify
	present := func(name string) string { // docker does without a certificate of its own where there is none
		path := filepath.Join(certDir(), name)
		if _, err := os.Stat(path); os.IsNotExist(err) {
			return ""
		}
		return path
	}
	var err error
	ep.TLSData, err = dcontext.TLSDataFromFiles(filepath.Join(certDir(), "ca.pem"), present("cert.pem"),
		present("key.pem"))
	return ep, err
}

// envHost is the endpoint that the environment names, as docker completes it; false where it names none and context
// counts.
func envHost(context string) (Endpoint, bool) {
	tls, _ := envTLS()
	text := os.Getenv(client.EnvOverrideHost)
	e := Endpoint{Name: client.EnvOverrideHost, Source: FromEnvironment, Current: true, Explicit: true}
	switch {
	case text == "" && tls && context == defaultContext:
		e.Name, e.Explicit = envEnableTLS, false
		if _, verify := envTLS(); verify {
			e.Name = client.EnvTLSVerify
		}
	case text == "":
		return Endpoint{}, false
	}
	host, err := opts.ParseHost(tls, text)
	if fault := hostFault(text, runtime.GOOS); err != nil || !fault.None() {
		e.Host, e.Problem = strings.TrimSpace(text), badHost(err,
			model.Say("endpoint.docker-host-is-set-to", model.Args{"Address": shownHost(text)}), fault)
		return e, true
	}
	e.Host = host
	return e, true
}

// contextHost is the address of a context in the form in which docker completes DOCKER_HOST. Where that is none, the
// problem says what is wrong with it. No address at all is the default one.
func contextHost(name, text string) (string, *model.Problem) {
	switch scheme, _, _ := strings.Cut(text, "://"); {
	case text == "":
		return client.DefaultDockerHost, nil
	case scheme == "http" || scheme == "https": // which docker takes here, and nowhere else
		return text, nil
	}
	host, err := opts.ParseHost(false, text)
	if fault := hostFault(text, runtime.GOOS); err != nil || !fault.None() {
		return strings.TrimSpace(text), badHost(err,
			model.Say("endpoint.its-address-in-docker-s", model.Args{"Name": model.Name(name), "Address": shownHost(text)}),
			fault)
	}
	return host, nil
}

// shownHost is an address as a person may see it.
func shownHost(text string) model.Name {
	return model.Name(model.Visible(runspec.HideValue(client.EnvOverrideHost, text)))
}

// hidden is an error about an address without a password that is in it.
func hidden(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(runspec.HideLine(err.Error()))
}

func badHost(err error, where, fault model.Fact) *model.Problem {
	if fault.None() {
		fault = model.Say("endpoint.that-is-no-address-of")
	}
	return &model.Problem{
		Kind: model.ProblemBadInput, Cause: hidden(err),
		What: model.Say("endpoint.the-address-of-the-engine"),
		Why:  where.And(fault),
		Fix:  model.Say("endpoint.docker-takes-unix-path-tcp"),
	}
}

// hostFault is the mistake in an address of an engine, in a sentence that says how it is right; "" where none is
// known. Some of these docker takes for the name of a computer, and then waits for one. The addresses are those
// of a system (runtime.GOOS).
func hostFault(text, goos string) model.Fact {
	text = strings.TrimSpace(text)
	if text == "" {
		return model.Fact{}
	}
	if fault := typingFault(text); !fault.None() {
		return fault
	}
	if scheme, rest, found := strings.Cut(text, "://"); found {
		return schemeFault(scheme, rest, goos)
	}
	return withoutSlashes(text)
}

// typingFault is [hostFault] of what is written as a shell or another program takes it.
func typingFault(text string) model.Fact {
	scheme, rest, _ := strings.Cut(text, "://")
	scheme = strings.ToLower(scheme)
	switch {
	case strings.ContainsAny(text[:1], `"'`+"“‘`"):
		return model.Say("endpoint.the-quotation-marks-are-part")
	case strings.HasPrefix(text, "/"):
		return model.Say("endpoint.that-is-a-path-write")
	case strings.HasPrefix(text, "~"), strings.HasPrefix(rest, "~") && scheme == "unix":
		return model.Say("endpoint.is-not-expanded-here-write")
	case strings.HasPrefix(text, "$"), strings.HasPrefix(rest, "$"), strings.HasPrefix(rest, "%") && scheme != "ssh":
		return model.Say("endpoint.a-variable-is-not-expanded")
	case strings.HasPrefix(strings.ToLower(text), `\\.\pipe\`):
		return model.Say("endpoint.a-named-pipe-is-written")
	}
	return model.Fact{}
}

// schemeFault is [hostFault] of an address with ://, which stands between these two.
func schemeFault(scheme, rest, goos string) model.Fact {
	lower := strings.ToLower(scheme)
	switch {
	case scheme != lower && known(lower):
		return model.Say("endpoint.docker-wants-in-small-letters", model.Args{"Lower": model.Name(lower)})
	case lower == "http" || lower == "https":
		return model.Say("endpoint.docker-wants-tcp-here")
	case lower == "fd":
		return model.Say("endpoint.fd-is-an-address-for")
	case lower == "npipe" && goos != "windows":
		return model.Say("endpoint.named-pipes-are-on-windows")
	case lower == "unix" && !strings.HasPrefix(rest, "/") && rest != "":
		return model.Say("endpoint.the-path-must-be-whole")
	case lower == "tcp" && strings.HasSuffix(rest, "]"):
		return model.Say("endpoint.the-port-is-missing-behind")
	case !known(lower):
		return model.Say("endpoint.is-no-kind-of-address", model.Args{"Scheme": model.Name(model.Visible(scheme))})
	}
	return model.Fact{}
}

// withoutSlashes is [hostFault] of an address that has no ://, which docker takes for a computer's name and port.
func withoutSlashes(text string) model.Fact {
	scheme, rest, found := strings.Cut(text, ":")
	switch {
	case found && known(strings.ToLower(scheme)) && (strings.HasPrefix(rest, "/") || scheme == "unix"):
		return model.Say("endpoint.two-slashes-are-missing-after", model.Args{"Scheme": model.Name(scheme)})
	case strings.HasPrefix(text, "./"), strings.HasPrefix(text, "../"), strings.HasSuffix(text, ".sock"):
		return model.Say("endpoint.that-is-a-path-write-unix")
	}
	return model.Fact{}
}

func known(scheme string) bool {
	switch scheme {
	case "unix", "tcp", "ssh", "npipe", "fd", "http", "https":
		return true
	}
	return false
}
