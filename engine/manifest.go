package engine

import (
	"context"
	"errors"
	"net"
	"net/http"

	"slipway/engine/endpoint"
	"slipway/engine/model"

	"github.com/docker/cli/cli/config/types"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// Download is what a registry says about an image before it is downloaded.
type Download struct {
	// Bytes is the sum of all layers as they are downloaded, for the engine's kind of computer. Layers that the engine has
	// from other images are counted too.
	Bytes int64
	// Digest is what the reference means at the registry now, as in [model.Image.Digests] behind the @.
	Digest string
}

// Download asks the registry about an image, from this computer and with the sign-in that docker has. It costs two
// small requests, which registries count. Nothing is downloaded.
func (e *Engine) Download(ctx context.Context, ref string) (Download, error) {
	s := subject{what: model.Say("engine.cannot-ask-about", model.Args{"Ref": model.Name(ref)}), image: ref}
	parsed, err := e.atRegistry(ref)
	if err != nil {
		return Download{}, explainRegistry(err, s)
	}
	auth, noSignIn, err := storedSignIn(ctx, ref) // without one, what is public can still be read
	if err != nil {
		return Download{}, err
	}
	var d Download
	err = model.Guard(s.what, func() (err error) { d, err = e.askRegistry(ctx, parsed, auth); return err })
	if err = explainRegistry(err, s); noSignIn != nil && model.IsKind(err, model.ProblemSignIn) {
		return d, noSignIn
	}
	return d, err
}

// explainRegistry is [explain] of what went wrong between this computer and a registry, without the engine.
func explainRegistry(err error, s subject) error {
	host := RegistryOf(s.image)
	var already *model.Problem
	var answer *transport.Error
	var network net.Error // every error of net/http is one
	switch {
	case err == nil, errors.As(err, &already), errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return problem(model.ProblemTimeout, err, s, model.Say("engine.did-not-answer-this-computer",
			model.Args{"Host": model.Name(host)}), model.Say("engine.check-the-network"))
	case errors.Is(err, errPlain):
		return problem(model.ProblemUnsupported, err, s, model.Say("engine.registry-without-encryption"), model.Fact{})
	case errors.Is(err, errNoRegistry):
		return problem(model.ProblemUnsupported, err, s, model.Say("engine.no-registry-to-ask"), model.Fact{})
	case endpoint.IsTLS(err):
		return problem(model.ProblemTLS, err, s,
			model.Say("engine.this-computer-does-not-trust", model.Args{"Host": model.Name(host)}),
			model.Say("engine.the-engine-has-its-own"))
	case errors.As(err, &answer):
		switch answer.StatusCode {
		case http.StatusUnauthorized, http.StatusForbidden:
			return signIn(err, s)
		case http.StatusNotFound:
			return problem(model.ProblemNoSuchTag, err, s, model.Say("engine.the-registry-has-no-image"),
				model.Say("engine.check-the-spelling-of-the"))
		}
		return explain(err, s)
	case errors.As(err, &network):
		return problem(model.ProblemUnreachable, err, s, model.Say("engine.was-not-reached-from-this",
			model.Args{"Host": model.Name(host)}), model.Say("engine.check-the-network"))
	}
	return explain(err, s)
}

// mostManifest is how much of what a registry says in one answer is read, in bytes, as registries refuse longer ones,
// and mostParts how many parts it may have: an image has at most some hundred layers, with four parts each.
const (
	mostManifest = 4 << 20
	mostParts    = 50_000
)

// askRegistry reads the two manifests of an image.
func (e *Engine) askRegistry(ctx context.Context, parsed name.Reference, auth types.AuthConfig) (Download, error) {
	desc, err := remote.Get(parsed, remote.WithContext(ctx), remote.WithTransport(
		endpoint.BoundTransport(&registryTransport{plain: e.info.PlainRegistries}, mostManifest, mostParts)),
		remote.WithPlatform(v1.Platform{OS: e.info.OS, Architecture: e.info.Arch}),
		remote.WithAuth(authn.FromConfig(authn.AuthConfig{
			Username: auth.Username, Password: auth.Password, Auth: auth.Auth,
			IdentityToken: auth.IdentityToken, RegistryToken: auth.RegistryToken,
		})))
	if err != nil {
		return Download{}, err
	}
	img, err := desc.Image()
	if err != nil {
		return Download{}, err
	}
	manifest, err := img.Manifest()
	if err != nil {
		return Download{}, err
	}
	d := Download{Bytes: manifest.Config.Size, Digest: desc.Digest.String()}
	for _, l := range manifest.Layers {
		d.Bytes += l.Size
	}
	return d, nil
}

// Fresh tells whether an image that the engine has is what the registry has now. known is false when the image does not
// say where it came from.
func (d Download) Fresh(image model.Image) (fresh, known bool) {
	for _, digest := range image.Digests {
		if len(digest) > len(d.Digest) && digest[len(digest)-len(d.Digest):] == d.Digest {
			return true, true
		}
	}
	return false, len(image.Digests) > 0
}
