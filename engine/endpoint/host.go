package endpoint

import (
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
	if fault := hostFault(text, runtime.GOOS); err != nil || fault != "" {
		e.Host, e.Problem = strings.TrimSpace(text), badHost(err, client.EnvOverrideHost+" is set to", text, fault)
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
	if fault := hostFault(text, runtime.GOOS); err != nil || fault != "" {
		return strings.TrimSpace(text), badHost(err, "Its address in Docker's context “"+name+"” is", text, fault)
	}
	return host, nil
}

func badHost(err error, where, text, fault string) *model.Problem {
	if fault == "" {
		fault = "That is no address of an engine."
	}
	return model.NewProblem(model.ProblemBadInput, err, "The address of the engine is not valid",
		where+" “"+model.Visible(runspec.HideValue(client.EnvOverrideHost, text))+"”. "+fault,
		"Docker takes unix:///PATH, tcp://HOST:PORT and ssh://USER@HOST.")
}

// hostFault is the mistake in an address of an engine, in a sentence that says how it is right; "" where none is
// known. Some of these docker takes for the name of a computer, and then waits for one. The addresses are those
// of a system (runtime.GOOS).
func hostFault(text, goos string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	if fault := typingFault(text); fault != "" {
		return fault
	}
	if scheme, rest, found := strings.Cut(text, "://"); found {
		return schemeFault(scheme, rest, goos)
	}
	return withoutSlashes(text)
}

// typingFault is [hostFault] of what is written as a shell or another program takes it.
func typingFault(text string) string {
	scheme, rest, _ := strings.Cut(text, "://")
	scheme = strings.ToLower(scheme)
	switch {
	case strings.ContainsAny(text[:1], `"'`+"“‘`"):
		return "The quotation marks are part of it: leave them off."
	case strings.HasPrefix(text, "/"):
		return "That is a path: write unix:// before it."
	case strings.HasPrefix(text, "~"), strings.HasPrefix(rest, "~") && scheme == "unix":
		return "~ is not expanded here: write unix:// and the whole path of your home folder."
	case strings.HasPrefix(text, "$"), strings.HasPrefix(rest, "$"), strings.HasPrefix(rest, "%") && scheme != "ssh":
		return "A variable is not expanded here: write what it stands for."
	case strings.HasPrefix(strings.ToLower(text), `\\.\pipe\`):
		return "A named pipe is written npipe:////./pipe/NAME."
	}
	return ""
}

// schemeFault is [hostFault] of an address with ://, which stands between these two.
func schemeFault(scheme, rest, goos string) string {
	lower := strings.ToLower(scheme)
	switch {
	case scheme != lower && known(lower):
		return "Docker wants " + lower + ":// in small letters."
	case lower == "http" || lower == "https":
		return "Docker wants tcp:// here."
	case lower == "fd":
		return "fd:// is an address for the engine itself, not for those who ask it."
	case lower == "npipe" && goos != "windows":
		return "Named pipes are on Windows only."
	case lower == "unix" && !strings.HasPrefix(rest, "/") && rest != "":
		return "The path must be whole: there are three slashes in unix:///PATH."
	case lower == "tcp" && strings.HasSuffix(rest, "]"):
		return "The port is missing behind the brackets."
	case !known(lower):
		return "“" + model.Visible(scheme) + "://” is no kind of address that docker knows."
	}
	return ""
}

// withoutSlashes is [hostFault] of an address that has no ://, which docker takes for a computer's name and port.
func withoutSlashes(text string) string {
	scheme, rest, found := strings.Cut(text, ":")
	switch {
	case found && known(strings.ToLower(scheme)) && (strings.HasPrefix(rest, "/") || scheme == "unix"):
		return "Two slashes are missing after “" + scheme + ":”."
	case strings.HasPrefix(text, "./"), strings.HasPrefix(text, "../"), strings.HasSuffix(text, ".sock"):
		return "That is a path: write unix:// and the whole path."
	}
	return ""
}

func known(scheme string) bool {
	switch scheme {
	case "unix", "tcp", "ssh", "npipe", "fd", "http", "https":
		return true
	}
	return false
}
