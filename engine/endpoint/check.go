package endpoint

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"slipway/engine/model"
	"slipway/engine/platform"
	"slipway/engine/runspec"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/registry"
	"github.com/docker/docker/api/types/versions"
	"github.com/docker/docker/client"
)

// oldestAPI is the oldest API version that Slipway speaks: Docker 19.03's.
const oldestAPI = "1.40"

// Answer is what an endpoint said when it was asked.
type Answer struct {
	Endpoint Endpoint
	Info     model.EngineInfo
	Locality model.Locality
	// Problem is nil when the engine answered.
	Problem *model.Problem
}

// Check asks the endpoint who it is. Its first sign of life must come within patience; a busy engine may then take
// longer to say everything, within the limit of ctx. It says why when nothing answers.
func Check(ctx context.Context, e Endpoint, patience time.Duration) Answer {
	a := Answer{Endpoint: e}
	cli, err := e.Client()
	if err != nil {
		a.Problem = model.AsProblem(err, model.Say("endpoint.cannot-use", model.Args{"Name": model.Name(e.Name)}))
		return a
	}
	defer cli.Close()
	soon, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := cli.Ping(soon); err != nil {
		a.Problem = explainConnect(soon, e, err)
		return a
	}
	a.Info, err = identify(ctx, cli)
	if err != nil {
		a.Problem = explainConnect(ctx, e, err)
		return a
	}
	a.Locality = e.locality(a.Info)
	return a
}

// Identify asks the engine behind cli who it is, and where it is as reached through e.
func Identify(ctx context.Context, e Endpoint, cli *client.Client) (model.EngineInfo, model.Locality, error) {
	info, err := identify(ctx, cli)
	if err != nil {
		return model.EngineInfo{}, "", explainConnect(ctx, e, err)
	}
	return info, e.locality(info), nil
}

func identify(ctx context.Context, cli *client.Client) (model.EngineInfo, error) {
	ping, err := cli.Ping(ctx)
	if err != nil {
		return model.EngineInfo{}, err
	}
	if ping.APIVersion != "" && versions.LessThan(ping.APIVersion, oldestAPI) {
		return model.EngineInfo{}, tooOld(ping.APIVersion)
	}
	cli.NegotiateAPIVersionPing(ping)
	if os.Getenv(client.EnvOverrideAPIVersion) != "" && versions.LessThan(cli.ClientVersion(), oldestAPI) {
		return model.EngineInfo{}, fixedVersion(cli.ClientVersion(), nil)
	}
	// Both at once: Podman takes half a second for either.
	var v types.Version
	asked := make(chan error, 1)
	go func() {
		asked <- model.Guard(model.Say("endpoint.the-engine-s-version-cannot"), func() (err error) {
			v, err = cli.ServerVersion(ctx)
			return err
		})
	}()
	info, err := cli.Info(ctx)
	if err := cmp.Or(<-asked, err); err != nil {
		return model.EngineInfo{}, err
	}
	out := model.EngineInfo{
		ID: info.ID, Product: "Docker", Version: v.Version, APIVersion: cli.ClientVersion(), OS: info.OSType, Arch: v.Arch,
		OperatingSystem: info.OperatingSystem, Name: info.Name, CPUs: info.NCPU, Memory: info.MemTotal,
		Kernel: info.KernelVersion, DataRoot: info.DockerRootDir,
		Runtime: info.DefaultRuntime, LogDriver: info.LoggingDriver, CgroupVersion: info.CgroupVersion,
		SwapLimit: info.SwapLimit,
	}
	out.Clock, _ = time.Parse(time.RFC3339Nano, info.SystemTime) // zero where it is none
	if len(v.Components) > 0 && v.Components[0].Name == "Podman Engine" {
		out.Product = model.Podman
		// It makes up another ID at each question. Where it keeps its containers is as much its own.
		out.ID = "podman:" + info.Name + ":" + info.DockerRootDir
	}
	for _, o := range info.SecurityOptions {
		out.Rootless = out.Rootless || strings.Contains(o, "name=rootless")
		out.UserNSRemap = out.UserNSRemap || strings.Contains(o, "name=userns")
		out.SELinux = out.SELinux || strings.Contains(o, "name=selinux")
	}
	out.PlainRegistries = plainRegistries(info.RegistryConfig)
	_, out.GPU = info.Runtimes["nvidia"]
	for _, d := range info.DiscoveredDevices {
		out.GPU = out.GPU || strings.HasPrefix(d.ID, "nvidia.com/gpu")
	}
	for _, kv := range info.DriverStatus {
		out.ContainerdStore = out.ContainerdStore || kv[0] == "driver-type" && kv[1] == "io.containerd.snapshotter.v1"
	}
	return out, nil
}

// fixedVersion says that the engine or Slipway does not speak the version that the environment asks for.
func fixedVersion(version string, err error) *model.Problem {
	p := &model.Problem{
		Kind: model.ProblemTooOld, Cause: err,
		What: model.Say("endpoint.the-engine-cannot-be-asked", model.Args{"Version": model.Name(model.Visible(version))}),
		Why:  model.Say("endpoint.docker-api-version-fixes-the", model.Args{"Oldest": model.Name(oldestAPI)}),
		Fix:  model.Say("endpoint.start-slipway-without-it-then"),
	}
	p.Command = model.Run("unset", client.EnvOverrideAPIVersion)
	return p
}

func tooOld(api string) *model.Problem {
	return &model.Problem{
		Kind: model.ProblemTooOld,
		What: model.Say("endpoint.this-engine-is-too-old"),
		Why: model.Say("endpoint.it-speaks-version-of-docker",
			model.Args{"Version": model.Name(api), "Oldest": model.Name(oldestAPI)}),
		Fix: model.Say("endpoint.update-docker-then-slipway-connects"),
	}
}

// dockersOwn are the networks that docker always asks without encryption if it must: those of its own computer.
var dockersOwn = []string{"127.0.0.0/8", "::1/128"}

// plainRegistries are those that an engine says it may ask without encryption. Podman says nothing.
func plainRegistries(cfg *registry.ServiceConfig) []string {
	if cfg == nil || len(cfg.InsecureRegistryCIDRs) == 0 {
		return dockersOwn
	}
	var list []string
	for name, index := range cfg.IndexConfigs {
		if index != nil && !index.Secure {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	for _, network := range cfg.InsecureRegistryCIDRs {
		if network != nil {
			list = append(list, (*net.IPNet)(network).String())
		}
	}
	return list
}

// explainConnect turns a failed connection into the case that it is. The client does not keep the reason in its error
// chain, so a local socket is dialled again to tell "nobody listens" from "not allowed".
func explainConnect(ctx context.Context, e Endpoint, err error) *model.Problem {
	var already *model.Problem
	if errors.As(err, &already) {
		return already
	}
	if ctx.Err() != nil {
		return &model.Problem{
			Kind: model.ProblemTimeout, Cause: err,
			What: model.Say("endpoint.does-not-answer", model.Args{"Name": model.Name(e.Name)}),
			Why:  model.Say("endpoint.it-was-asked-at-and", model.Args{"Host": model.Name(e.Host)}),
			Fix:  model.Say("endpoint.check-that-it-is-not"),
		}
	}
	if path := e.SocketPath(); path != "" && client.IsErrConnectionFailed(err) {
		return explainSocket(ctx, e, path, err)
	}
	version := os.Getenv(client.EnvOverrideAPIVersion)
	switch {
	case version != "" && !client.IsErrConnectionFailed(err):
		return fixedVersion(version, err)
	case IsTLS(err):
		return &model.Problem{
			Kind: model.ProblemTLS, Cause: err,
			What: model.Say("endpoint.the-secure-connection-to-was", model.Args{"HostName": model.Name(hostName(e.Host))}),
			Why:  model.Say("endpoint.the-certificates-of-this-computer"),
			Fix:  model.Say("endpoint.check-docker-cert-path-or", model.Args{"Name": model.Name(e.Name)}),
		}
	case errdefs.IsInvalidArgument(err) && strings.Contains(err.Error(), "API version"):
		return &model.Problem{
			Kind: model.ProblemTooOld, Cause: err,
			What: model.Say("endpoint.this-engine-and-slipway-do"),
			Fix:  model.Say("endpoint.update-the-older-of-the"),
		}
	case errdefs.IsPermissionDenied(err) || errdefs.IsUnauthorized(err):
		return &model.Problem{
			Kind: model.ProblemPermission, Cause: err,
			What: model.Say("endpoint.refuses-to-talk-to-you", model.Args{"HostName": model.Name(hostName(e.Host))}),
			Fix:  model.Say("endpoint.ask-whoever-runs-it-for"),
		}
	case !client.IsErrConnectionFailed(err):
		return notDocker(e, e.Host, err)
	case e.IsSSH():
		return explainSSH(e, err)
	case e.Remote():
		return explainRemote(e, err)
	}
	return &model.Problem{
		Kind: model.ProblemNotRunning, Cause: err,
		What: model.Say("endpoint.is-not-running", model.Args{"Name": model.Name(e.Name)}),
		Why:  model.Say("endpoint.nothing-answers-at", model.Args{"Host": model.Name(e.Host)}),
		Fix:  model.Say("endpoint.start-it"),
	}
}

// explainRemote says why an engine on a network does not answer.
func explainRemote(e Endpoint, err error) *model.Problem {
	if hostName(e.Host) == "localhost" || platform.OwnAddress(hostName(e.Host)) {
		return &model.Problem{
			Kind: model.ProblemUnreachable, Cause: err,
			What: model.Say("endpoint.no-engine-answers-at", model.Args{"Host": model.Name(e.Host)}),
			Why:  model.Say("endpoint.nothing-listens-on-that-port"),
			Fix:  model.Say("endpoint.start-the-engine-that-is"),
		}
	}
	return &model.Problem{
		Kind: model.ProblemUnreachable, Cause: err,
		What: model.Say("endpoint.cannot-reach", model.Args{"HostName": model.Name(hostName(e.Host))}),
		Why:  model.Say("endpoint.nothing-answers-there-or-the"),
		Fix:  model.Say("endpoint.check-the-address-the-network"),
	}
}

func notDocker(e Endpoint, where string, err error) *model.Problem {
	return &model.Problem{
		Kind: model.ProblemUnreachable, Cause: err,
		What: model.Say("endpoint.answered-but-not-as-docker", model.Args{"Name": model.Name(e.Name)}),
		Why:  model.Say("endpoint.something-listens-at-that-slipway", model.Args{"Where": model.Name(where)}),
		Fix:  model.Say("endpoint.check-that-this-is-the"),
	}
}

func explainSocket(ctx context.Context, e Endpoint, path string, err error) *model.Problem {
	var d net.Dialer
	dialCtx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, dialErr := d.DialContext(dialCtx, "unix", path)
	if dialErr == nil {
		conn.Close()
		return notDocker(e, path, err)
	}
	switch {
	case errors.Is(dialErr, fs.ErrPermission):
		return &model.Problem{
			Kind: model.ProblemPermission, Cause: dialErr,
			What: model.Say("endpoint.you-are-not-allowed-to"),
			Why:  model.Say("endpoint.docker-runs-but-your-user", model.Args{"Path": model.Name(path)}),
		}
	case errors.Is(dialErr, fs.ErrNotExist):
		return &model.Problem{
			Kind: model.ProblemNotRunning, Cause: dialErr,
			What: model.Say("endpoint.docker-is-not-running"),
			Why:  model.Say("endpoint.there-is-nothing-at", model.Args{"Path": model.Name(path)}),
		}
	case errors.Is(dialErr, syscall.ECONNREFUSED):
		return &model.Problem{
			Kind: model.ProblemNotRunning, Cause: dialErr,
			What: model.Say("endpoint.docker-is-installed-but-not"),
			Why:  model.Say("endpoint.slipway-talks-to-docker-and", model.Args{"Path": model.Name(path)}),
		}
	default:
		return &model.Problem{
			Kind: model.ProblemUnreachable, Cause: dialErr,
			What: model.Say("endpoint.cannot-open", model.Args{"Path": model.Name(path)}),
		}
	}
}

// explainClient says why no client can be made: where the address is good, it is for the certificates.
func explainClient(e Endpoint, err error) *model.Problem {
	if _, bad := client.ParseHostURL(e.Host); bad != nil || e.IsSSH() {
		return &model.Problem{
			Kind: model.ProblemBadInput, Cause: errors.New(runspec.HideLine(err.Error())),
			What: model.Say("endpoint.the-address-of-is-not", model.Args{"Name": model.Name(e.Name)}),
			Why: model.Say("endpoint.is-not-an-address-of",
				model.Args{"Address": model.Name(model.Visible(runspec.HideValue(client.EnvOverrideHost, e.Host)))}),
			Fix: model.Say("endpoint.check-docker-host-or-the"),
		}
	}
	secure := model.Say("endpoint.docker-s-settings-ask-for")
	p := &model.Problem{
		Kind: model.ProblemTLS, Cause: err,
		What: model.Say("endpoint.the-certificates-for-cannot-be", model.Args{"Name": model.Name(e.Name)}),
		Why:  secure,
		Fix:  model.Say("endpoint.check-the-docker-context"),
	}
	if e.Source == FromEnvironment {
		p.Fix = model.Say("endpoint.put-the-engine-s-certificates", model.Args{"CertDir": model.Name(certDir())})
	}
	var at *fs.PathError
	switch {
	case !errors.As(err, &at):
	case errors.Is(err, fs.ErrNotExist):
		p.Why = model.Say("endpoint.docker-s-settings-ask-for-a", model.Args{"Path": model.Name(at.Path)})
	default:
		sayUnread(p, at.Path, err)
	}
	return p
}

// IsTLS reports whether an error says that a secure connection was refused, by either side.
func IsTLS(err error) bool {
	var (
		alert     tls.AlertError
		record    tls.RecordHeaderError
		verify    *tls.CertificateVerificationError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
	)
	if errors.As(err, &alert) || errors.As(err, &record) || errors.As(err, &verify) || errors.As(err, &authority) ||
		errors.As(err, &name) || errors.As(err, &invalid) {
		return true
	}
	// The client flattens most causes to text, and has no class for these.
	text := err.Error()
	return strings.Contains(text, "tls: ") || strings.Contains(text, "x509: ") || strings.Contains(text, "HTTPS server") ||
		strings.Contains(text, "HTTP response to HTTPS")
}

// hostName is the machine's name in a host, or the last part of its path.
func hostName(host string) string {
	if u, err := url.Parse(host); err == nil && u.Host != "" {
		return u.Hostname()
	}
	return slashBase(host)
}
