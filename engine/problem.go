package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"slipway/engine/model"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/client"
)

// subject is what a call was about, for the words of its problem.
type subject struct {
	// what failed, as a sentence without its full stop.
	what string
	// image or container that the call named.
	image, container string
}

// explain turns an error of the client into a problem. Classes come first; text is looked at only where the engine
// gives no class of its own (port conflicts, registry sign-in and a full disk arrive as internal errors or inside a
// stream). Nil and a cancelled context pass as they are.
func explain(err error, s subject) error {
	var already *model.Problem
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.As(err, &already):
		return err
	case errors.Is(err, context.DeadlineExceeded) || errdefs.IsDeadlineExceeded(err):
		return problem(model.ProblemTimeout, err, s, "The engine did not answer in time.",
			"Try again. If this happens often, the engine may be overloaded.")
	case client.IsErrConnectionFailed(err) || isBroken(err):
		return problem(model.ProblemConnectionLost, err, s, "The engine does not answer.",
			"Slipway connects again by itself as soon as it does.")
	}
	if p := explainText(err, s); p != nil {
		return p
	}
	switch {
	case errdefs.IsNotFound(err):
		return problem(model.ProblemNotFound, err, s, "It does not exist any more.", "The list shows what is there now.")
	case errdefs.IsConflict(err):
		return problem(model.ProblemConflict, err, s, clean(err), "Look at its state, then try again.")
	case errdefs.IsUnauthorized(err), errdefs.IsPermissionDenied(err):
		if s.image == "" {
			return problem(model.ProblemPermission, err, s, "The engine does not allow you to.", "Ask whoever runs it.")
		}
		return signIn(err, s)
	case errdefs.IsInvalidArgument(err):
		return problem(model.ProblemBadInput, err, s, clean(err), "Correct it and try again.")
	case errdefs.IsNotImplemented(err):
		return problem(model.ProblemUnsupported, err, s, "This engine cannot do that.", "")
	default:
		why := cmp.Or(model.StartWhy(err.Error()), clean(err))
		return problem(model.ProblemUnknown, err, s, why, "Try again, or copy the details and search for them.")
	}
}

// isBroken tells whether the connection to the engine itself broke, in the middle of a stream for example. What an
// engine says about a connection of its own, as to a registry, is only text and has none of these in its chain.
func isBroken(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNREFUSED)
}

// pattern is a text that engines and registries print where there is no class, and what it means. One of a registry
// counts only in a call that asks a registry: elsewhere the words may be part of a name or a path.
type pattern struct {
	registry bool
	re       *regexp.Regexp
	make     func(err error, s subject, m []string) error
}

// portPatterns are what engines say when a host port is taken; the second group is the port.
var portPatterns = []*regexp.Regexp{
	regexp.MustCompile(`Bind for (\S*?):?(\d+) failed: port is already allocated`),
	regexp.MustCompile(`listen (?:tcp|udp)\d? (\S*?):(\d+): bind: address already in use`),
	regexp.MustCompile(`failed to bind host port (?:for )?(\S*?):(\d+)\b.*address already in use`),
}

// patterns are tried in order. The texts were seen on Docker 20.10, 28, 29 and Podman 4.3.
var patterns = []pattern{
	{false, regexp.MustCompile(`container name "/?([^"]+)" is already in use`), nameTaken},
	{false, regexp.MustCompile(`name (\S+) already in use, cannot rename`), nameTaken},
	{false, regexp.MustCompile(`container state improper`), func(err error, s subject, _ []string) error {
		return problem(model.ProblemConflict, err, s, clean(err), "Look at its state, then try again.")
	}},
	{false, regexp.MustCompile(`names must match|option conflicts with`), func(err error, s subject, _ []string) error {
		return problem(model.ProblemBadInput, err, s, clean(err), "Correct it and try again.")
	}},
	{false, portPatterns[0], portTaken},
	{false, portPatterns[1], portTaken},
	{false, portPatterns[2], portTaken},
	{
		false, regexp.MustCompile(`no space left on device|disk quota exceeded`),
		func(err error, s subject, _ []string) error {
			return problem(model.ProblemDiskFull, err, s, "The disk of the engine is full.",
				"Remove images and containers that you no longer need, then try again.")
		},
	},
	{
		false, regexp.MustCompile(`unable to set memory limit to \d+ \(current usage: (\d+)`),
		func(err error, s subject, m []string) error {
			used, _ := strconv.ParseFloat(m[1], 64)
			return problem(model.ProblemConflict, err, s, "It uses "+model.Memory(int64(used))+
				" of memory right now, which is more than that.",
				"Choose a higher limit, or stop it first: a limit of one that is stopped counts from its next start.")
		},
	},
	{
		true, regexp.MustCompile(`(?i)toomanyrequests|rate limit|429 Too Many`),
		func(err error, s subject, _ []string) error {
			return problem(model.ProblemRateLimit, err, s, rateLimit(s), "Wait, or sign in: signed-in users may download more.")
		},
	},
	{true, regexp.MustCompile(`server gave HTTP response to HTTPS client`), plainHTTP},
	{true, regexp.MustCompile(`(?i)x509: |certificate`), certificate},
	{true, regexp.MustCompile(`(?i)manifest\.v1\+|schema ?v?1\b.*(no longer|deprecat|not supported)|Image Format v1|media type .* is no longer supported`), func(err error, s subject, _ []string) error {
		return problem(model.ProblemUnsupported, err, s,
			"This image is in a format from before 2017, which engines no longer read.",
			"Look for a newer tag, or ask whoever made it to push it again.")
	}},
	{
		true, regexp.MustCompile(`(?i)filesystem layer verification failed|digest mismatch|unexpected commit digest`),
		func(err error, s subject, _ []string) error {
			return problem(model.ProblemUnreachable, err, s,
				"What arrived is not what the registry promised: it was damaged on the way, often by a proxy.",
				"Try again. If it stays so, try without the proxy.")
		},
	},
	{
		true, regexp.MustCompile(`(?i)proxyconnect|407 Proxy|Proxy Authentication`),
		func(err error, s subject, _ []string) error {
			return problem(model.ProblemProxy, err, s,
				"The engine goes through a proxy, and the proxy refused or did not answer.",
				"Check the proxy settings of the engine (not of this window).")
		},
	},
	{true, regexp.MustCompile(`(?i)unauthorized|no basic auth credentials|authentication required|denied: requested access|pull access denied|incorrect username or password|access forbidden`), func(err error, s subject, _ []string) error { return signIn(err, s) }},
	{true, regexp.MustCompile(`(?i)manifest unknown|manifest for .* not found|failed to resolve reference .*not found|name unknown|repository .* not found|repository name not known`), func(err error, s subject, _ []string) error {
		return problem(model.ProblemNoSuchTag, err, s, "The registry has no image of this name and tag.",
			"Check the spelling of the name and the tag.")
	}},
	{true, regexp.MustCompile(`(?i)no matching manifest for (\S+)`), func(err error, s subject, m []string) error {
		return problem(model.ProblemUnsupported, err, s,
			"The image is not made for this computer ("+strings.TrimRight(m[1], ",.")+").", "Look for a tag that is.")
	}},
	{true, regexp.MustCompile(`(?i)no such host|i/o timeout|connection refused|connection reset|unexpected EOF|network is unreachable|Client\.Timeout|TLS handshake|temporary failure in name resolution|net/http`), func(err error, s subject, _ []string) error {
		return problem(model.ProblemUnreachable, err, s, "The registry cannot be reached, or the connection to it broke.",
			"Check the network and the registry's address, then try again. What was downloaded before is not lost where the engine can resume.")
	}},
	{
		false, regexp.MustCompile(`Are you trying to mount a directory onto a file`),
		func(err error, s subject, _ []string) error {
			return problem(model.ProblemBadInput, err, s, model.StartWhy(err.Error()),
				"Correct the folder, or where the container sees it.")
		},
	},
	{false, regexp.MustCompile(`(?i)executable file not found|no such file or directory: unknown|permission denied: unknown|exec format error|exec: "[^"]*": .*(no such file or directory|permission denied)`), func(err error, s subject, _ []string) error {
		why := cmp.Or(model.StartWhy(err.Error()), "The image has no such command, or it cannot be run.")
		return problem(model.ProblemBadCommand, err, s, why, "Correct the command, or leave it empty to use the image's own.")
	}},
}

// rateLimit says how a registry counts downloads. Docker Hub counts over six hours (docs.docker.com/docker-hub/usage).
func rateLimit(s subject) string {
	if RegistryOf(s.image) == dockerHub {
		return "Docker Hub allows only so many downloads in six hours, and this address has used them up."
	}
	return "The registry allows only so many downloads in a time, and this address has used them up."
}

// plainHTTP explains a registry without encryption, as the first one of a team mostly is.
func plainHTTP(err error, s subject, _ []string) error {
	host := RegistryOf(s.image)
	return problem(model.ProblemUnreachable, err, s, host+" speaks plain http, and the engine accepts only https from it.",
		`Add "insecure-registries": ["`+host+
			`"] to the engine's daemon.json (on Linux /etc/docker/daemon.json, in Docker Desktop under Settings, Docker Engine), without http:// in front, and restart the engine. What is sent there can be read and changed on the way.`)
}

// certificate says what is wrong with a registry's certificate, by the texts of Go's crypto/x509.
func certificate(err error, s subject, _ []string) error {
	host, text := RegistryOf(s.image), err.Error()
	why, fix := "The certificate of "+host+
		" is not one that the engine trusts: it signed it itself, or a company's own authority did.",
		"Put the authority's certificate on the engine's machine as /etc/docker/certs.d/"+host+"/ca.crt, then try again."
	switch {
	case strings.Contains(text, "has expired or is not yet valid"):
		why, fix = "The certificate of "+host+" has expired, or the clock of the engine's machine is wrong.",
			"Check the clock there; else ask whoever runs the registry."
	case strings.Contains(text, "is valid for") || strings.Contains(text, "doesn't contain any IP SANs") ||
		strings.Contains(text, "not valid for any names") || strings.Contains(text, "cannot validate certificate for"):
		why, fix = "The certificate that answers for "+host+" is another name's.",
			"Use the name that the certificate is for, or ask whoever runs the registry."
	}
	return problem(model.ProblemUnreachable, err, s, why, fix)
}

func nameTaken(err error, s subject, m []string) error {
	return problem(model.ProblemNameTaken, err, s, "A container named “"+m[1]+"” exists already.",
		"Choose another name, or rename or remove the other one.")
}

func portTaken(err error, s subject, m []string) error {
	return problem(model.ProblemPortTaken, err, s, "Port "+m[2]+" is already in use.",
		"Choose another port, or stop what uses it.")
}

// TakenPort is the host port that a [model.ProblemPortTaken] is about; 0 for any other error.
func TakenPort(err error) uint16 {
	var p *model.Problem
	if !errors.As(err, &p) || p.Kind != model.ProblemPortTaken {
		return 0
	}
	for _, re := range portPatterns {
		if m := re.FindStringSubmatch(p.Raw); m != nil {
			n, _ := strconv.ParseUint(m[2], 10, 16)
			return uint16(n)
		}
	}
	return 0
}

// explainText looks for what has no class. It returns nil when nothing fits.
func explainText(err error, s subject) error {
	text := err.Error()
	for _, p := range patterns {
		if p.registry && s.image == "" {
			continue
		}
		if m := p.re.FindStringSubmatch(text); m != nil {
			if found := p.make(err, s, m); found != nil {
				return found
			}
		}
	}
	return nil
}

func signIn(err error, s subject) error {
	host := RegistryOf(s.image)
	p := problem(model.ProblemSignIn, err, s,
		fmt.Sprintf("The registry %s wants you to sign in, or does not accept the sign-in that Docker has, or there is no such image.", host),
		"Check the name. If it is right, paste this in a terminal, then try again.")
	p.Command = model.Run("docker", "login")
	if host != dockerHub {
		p.Command[0] = append(p.Command[0], host)
	}
	return p
}

func problem(kind model.ProblemKind, err error, s subject, why, fix string) *model.Problem {
	return model.NewProblem(kind, err, s.what, why, fix)
}

// clean takes the engine's own prefixes off its text.
func clean(err error) string {
	text := strings.TrimPrefix(err.Error(), "Error response from daemon: ")
	if text == "" {
		return ""
	}
	if strings.IndexByte(".!?", text[len(text)-1]) < 0 { // another sentence may follow
		text += "."
	}
	return capital(text)
}

// capital is a text that begins with a capital letter, if it begins with one of ASCII.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
