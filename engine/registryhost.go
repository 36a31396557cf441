package engine

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"

	"slipway/engine/model"
	"slipway/engine/platform"

	"github.com/distribution/reference"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// errNoRegistry is the error of a name that stands for no registry that this computer could ask.
var errNoRegistry = errors.New("the image is of no registry that this computer can ask")

// atRegistry is an image's name for the library that asks registries. That library reads names in its own way, by which
// localhost/app is on Docker Hub: the host is the one that docker means, so that its sign-in goes nowhere else.
func (e *Engine) atRegistry(ref string) (name.Reference, error) {
	named, err := reference.ParseDockerRef(ref)
	if err != nil {
		return nil, err
	}
	domain := reference.Domain(named)
	if domain == "localhost" || e.locality == model.Elsewhere && isLoopbackHost(domain) {
		// Podman's word for what was built here; or the engine's own computer, which is not this one
		return nil, errNoRegistry
	}
	registry, err := name.NewRegistry(domain)
	if err != nil {
		return nil, err
	}
	repository := registry.Repo(reference.Path(named))
	if digested, ok := named.(reference.Digested); ok {
		return repository.Digest(digested.Digest().String()), nil
	}
	tag := "latest"
	if tagged, ok := named.(reference.Tagged); ok {
		tag = tagged.Tag()
	}
	return repository.Tag(tag), nil
}

func isLoopbackHost(domain string) bool {
	host := hostOf(domain)
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

// hostOf is a registry's domain without its port.
func hostOf(domain string) string {
	if host, _, err := net.SplitHostPort(domain); err == nil {
		return host
	}
	return domain
}

// registryTransport sends requests to registries as docker would: without encryption only where the engine may,
// whatever the registry or a page on the way asks for.
type registryTransport struct {
	plain []string // see [model.EngineInfo.PlainRegistries]
}

// errPlain is the error of a registry that docker would not ask without encryption.
var errPlain = errors.New("the registry would have to be asked without encryption, which docker refuses")

// RoundTrip sends one request.
func (t *registryTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !t.mayPlain(r.Context(), r.URL.Host) {
		return nil, errPlain
	}
	return remote.DefaultTransport.RoundTrip(r)
}

// mayPlain reports whether a host may be asked without encryption: its name is on the engine's list, or all of its
// addresses are in the networks there. On this computer that is no other user's program.
func (t *registryTransport) mayPlain(ctx context.Context, domain string) bool {
	if slices.Contains(t.plain, domain) {
		return true
	}
	host, port, err := net.SplitHostPort(domain)
	if err != nil {
		host, port = domain, "80"
	}
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(addresses) == 0 {
		return false
	}
	number, err := net.DefaultResolver.LookupPort(ctx, "tcp", port)
	if err != nil {
		return false
	}
	for _, a := range addresses {
		a = a.Unmap()
		if !t.inNetworks(a) || a.IsLoopback() && platform.StrangerListens(a.String(), uint16(number)) {
			return false
		}
	}
	return true
}

func (t *registryTransport) inNetworks(a netip.Addr) bool {
	return slices.ContainsFunc(t.plain, func(text string) bool {
		network, err := netip.ParsePrefix(text)
		return err == nil && network.Contains(a)
	})
}
