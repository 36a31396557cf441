package engine

import (
	"context"
	"errors"
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
	what model.Fact
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
		return problem(model.ProblemTimeout, err, s, model.Say("engine.the-engine-did-not-answer"),
			model.Say("engine.try-again-if-this-happens"))
	case client.IsErrConnectionFailed(err) || isBroken(err):
		return problem(model.ProblemConnectionLost, err, s, model.Say("engine.the-engine-does-not-answer"),
			model.Say("engine.slipway-connects-again-by-itself"))
	}
	if p := explainText(err, s); p != nil {
		return p
	}
	switch {
	case errdefs.IsNotFound(err):
		return problem(model.ProblemNotFound, err, s, model.Say("engine.it-does-not-exist-any"),
			model.Say("common.the-list-shows-what-is"))
	case errdefs.IsConflict(err):
		return problem(model.ProblemConflict, err, s, clean(err), model.Say("engine.look-at-its-state-then"))
	case errdefs.IsUnauthorized(err), errdefs.IsPermissionDenied(err):
		if s.image == "" {
			return problem(model.ProblemPermission, err, s, model.Say("engine.the-engine-does-not-allow"),
				model.Say("engine.ask-whoever-runs-it"))
		}
		return signIn(err, s)
	case errdefs.IsInvalidArgument(err):
		return problem(model.ProblemBadInput, err, s, clean(err), model.Say("engine.correct-it-and-try-again"))
	case errdefs.IsNotImplemented(err):
		return problem(model.ProblemUnsupported, err, s, model.Say("engine.this-engine-cannot-do-that"), model.Fact{})
	default:
		why := model.StartWhy(err.Error()).Or(clean(err))
		return problem(model.ProblemUnknown, err, s, why, model.Say("engine.try-again-or-copy-the"))
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
		return problem(model.ProblemConflict, err, s, clean(err), model.Say("engine.look-at-its-state-then"))
	}},
	{false, regexp.MustCompile(`names must match|option conflicts with`), func(err error, s subject, _ []string) error {
		return problem(model.ProblemBadInput, err, s, clean(err), model.Say("engine.correct-it-and-try-again"))
	}},
	{false, portPatterns[0], portTaken},
	{false, portPatterns[1], portTaken},
	{false, portPatterns[2], portTaken},
	{
		false, regexp.MustCompile(`no space left on device|disk quota exceeded`),
		func(err error, s subject, _ []string) error {
			return problem(model.ProblemDiskFull, err, s, model.Say("common.the-disk-of-the-engine"),
				model.Say("engine.remove-images-and-containers-that"))
		},
	},
	{
		false, regexp.MustCompile(`unable to set memory limit to \d+ \(current usage: (\d+)`),
		func(err error, s subject, m []string) error {
			used, _ := strconv.ParseFloat(m[1], 64)
			return problem(model.ProblemConflict, err, s,
				model.Say("engine.it-uses-of-memory-right", model.Args{"Used": model.MemoryBytes(int64(used))}),
				model.Say("engine.choose-a-higher-limit-or"))
		},
	},
	{
		true, regexp.MustCompile(`(?i)toomanyrequests|rate limit|429 Too Many`),
		func(err error, s subject, _ []string) error {
			return problem(model.ProblemRateLimit, err, s, rateLimit(s), model.Say("engine.wait-or-sign-in-signed"))
		},
	},
	{true, regexp.MustCompile(`server gave HTTP response to HTTPS client`), plainHTTP},
	{true, regexp.MustCompile(`(?i)x509: |certificate`), certificate},
	{true, regexp.MustCompile(`(?i)manifest\.v1\+|schema ?v?1\b.*(no longer|deprecat|not supported)|Image Format v1|media type .* is no longer supported`), func(err error, s subject, _ []string) error {
		return problem(model.ProblemUnsupported, err, s,
			model.Say("engine.this-image-is-in-a"),
			model.Say("engine.look-for-a-newer-tag"))
	}},
	{
		true, regexp.MustCompile(`(?i)filesystem layer verification failed|digest mismatch|unexpected commit digest`),
		func(err error, s subject, _ []string) error {
			return problem(model.ProblemUnreachable, err, s,
				model.Say("engine.what-arrived-is-not-what"),
				model.Say("engine.try-again-if-it-stays"))
		},
	},
	{
		true, regexp.MustCompile(`(?i)proxyconnect|407 Proxy|Proxy Authentication`),
		func(err error, s subject, _ []string) error {
			return problem(model.ProblemProxy, err, s,
				model.Say("engine.the-engine-goes-through-a"),
				model.Say("engine.check-the-proxy-settings-of"))
		},
	},
	{true, regexp.MustCompile(`(?i)unauthorized|no basic auth credentials|authentication required|denied: requested access|pull access denied|incorrect username or password|access forbidden`), func(err error, s subject, _ []string) error { return signIn(err, s) }},
	{true, regexp.MustCompile(`(?i)manifest unknown|manifest for .* not found|failed to resolve reference .*not found|name unknown|repository .* not found|repository name not known`), func(err error, s subject, _ []string) error {
		return problem(model.ProblemNoSuchTag, err, s, model.Say("engine.the-registry-has-no-image"),
			model.Say("engine.check-the-spelling-of-the"))
	}},
	{true, regexp.MustCompile(`(?i)no matching manifest for (\S+)`), func(err error, s subject, m []string) error {
		return problem(model.ProblemUnsupported, err, s,
			model.Say("engine.the-image-is-not-made", model.Args{"Platform": model.Name(strings.TrimRight(m[1], ",."))}),
			model.Say("engine.look-for-a-tag-that"))
	}},
	{true, regexp.MustCompile(`(?i)no such host|i/o timeout|connection refused|connection reset|unexpected EOF|network is unreachable|Client\.Timeout|TLS handshake|temporary failure in name resolution|net/http`), func(err error, s subject, _ []string) error {
		return problem(model.ProblemUnreachable, err, s, model.Say("engine.the-registry-cannot-be-reached"),
			model.Say("engine.check-the-network-and-the"))
	}},
	{
		false, regexp.MustCompile(`Are you trying to mount a directory onto a file`),
		func(err error, s subject, _ []string) error {
			return problem(model.ProblemBadInput, err, s, model.StartWhy(err.Error()),
				model.Say("engine.correct-the-folder-or-where"))
		},
	},
	{false, regexp.MustCompile(`(?i)executable file not found|no such file or directory: unknown|permission denied: unknown|exec format error|exec: "[^"]*": .*(no such file or directory|permission denied)`), func(err error, s subject, _ []string) error {
		why := model.StartWhy(err.Error()).Or(model.Say("engine.the-image-has-no-such"))
		return problem(model.ProblemBadCommand, err, s, why, model.Say("engine.correct-the-command-or-leave"))
	}},
}

// rateLimit says how a registry counts downloads. Docker Hub counts over six hours (docs.docker.com/docker-hub/usage).
func rateLimit(s subject) model.Fact {
	if RegistryOf(s.image) == dockerHub {
		return model.Say("engine.docker-hub-allows-only-so")
	}
	return model.Say("engine.the-registry-allows-only-so")
}

// plainHTTP explains a registry without encryption, as the first one of a team mostly is.
func plainHTTP(err error, s subject, _ []string) error {
	host := RegistryOf(s.image)
	return problem(model.ProblemUnreachable, err, s,
		model.Say("engine.speaks-plain-http-and-the", model.Args{"Host": model.Name(host)}),
		model.Say("engine.add-insecure-registries-to-the", model.Args{"Host": model.Name(host)}))
}

// certificate says what is wrong with a registry's certificate, by the texts of Go's crypto/x509.
func certificate(err error, s subject, _ []string) error {
	host, text := RegistryOf(s.image), err.Error()
	why, fix := model.Say("engine.the-certificate-of-is-not", model.Args{"Host": model.Name(host)}),
		model.Say("engine.put-the-authority-s-certificate", model.Args{"Host": model.Name(host)})
	switch {
	case strings.Contains(text, "has expired or is not yet valid"):
		why, fix = model.Say("engine.the-certificate-of-has-expired", model.Args{"Host": model.Name(host)}),
			model.Say("engine.check-the-clock-there-else")
	case strings.Contains(text, "is valid for") || strings.Contains(text, "doesn't contain any IP SANs") ||
		strings.Contains(text, "not valid for any names") || strings.Contains(text, "cannot validate certificate for"):
		why, fix = model.Say("engine.the-certificate-that-answers-for", model.Args{"Host": model.Name(host)}),
			model.Say("engine.use-the-name-that-the")
	}
	return problem(model.ProblemUnreachable, err, s, why, fix)
}

func nameTaken(err error, s subject, m []string) error {
	return problem(model.ProblemNameTaken, err, s,
		model.Say("engine.a-container-named-exists-already", model.Args{"Name": model.Name(m[1])}),
		model.Say("engine.choose-another-name-or-rename"))
}

func portTaken(err error, s subject, m []string) error {
	return problem(model.ProblemPortTaken, err, s,
		model.Say("engine.port-is-already-in-use", model.Args{"Port": model.Name(m[2])}),
		model.Say("engine.choose-another-port-or-stop"))
}

// TakenPort is the host port that a [model.ProblemPortTaken] is about; 0 for any other error.
func TakenPort(err error) uint16 {
	var p *model.Problem
	if !errors.As(err, &p) || p.Kind != model.ProblemPortTaken {
		return 0
	}
	for _, re := range portPatterns {
		if m := re.FindStringSubmatch(p.Raw()); m != nil {
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
		model.Say("engine.the-registry-wants-you-to", model.Args{"Host": model.Name(host)}),
		model.Say("engine.check-the-name-if-it"))
	p.Command = model.Run("docker", "login")
	if host != dockerHub {
		p.Command[0] = append(p.Command[0], host)
	}
	return p
}

func problem(kind model.ProblemKind, err error, s subject, why, fix model.Fact) *model.Problem {
	return &model.Problem{Kind: kind, Cause: err, What: s.what, Why: why, Fix: fix}
}

// clean takes the engine's own prefixes off its text.
func clean(err error) model.Fact {
	text := strings.TrimPrefix(err.Error(), "Error response from daemon: ")
	if text == "" {
		return model.Fact{}
	}
	if strings.IndexByte(".!?", text[len(text)-1]) < 0 { // another sentence may follow
		text += "."
	}
	return model.Verbatim(capital(text))
}

// capital is a text that begins with a capital letter, if it begins with one of ASCII.
func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
