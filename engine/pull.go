package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"

	"slipway/engine/endpoint"
	"slipway/engine/model"

	"github.com/distribution/reference"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/cli/cli/config/types"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/registry"
	"github.com/docker/docker/pkg/jsonmessage"
)

// indexServer is the key under which docker keeps the sign-in of Docker Hub.
const indexServer = "https://index.docker.io/v1/"

// Pull downloads an image. ref has a tag or digest (see [ParseImage]). The sign-in that docker has for the registry is
// sent; when it cannot be read, none is, as docker does. progress gets every step and is called from the calling
// goroutine. Cancelling ctx stops the download at once.
func (e *Engine) Pull(ctx context.Context, ref string, progress func(PullProgress)) error {
	return e.PullFor(ctx, ref, "", progress)
}

// PullFor is [Engine.Pull] of the image for a platform such as "linux/arm64"; "" means the engine's own.
func (e *Engine) PullFor(ctx context.Context, ref, platform string, progress func(PullProgress)) error {
	auth, noSignIn, err := encodedAuth(ctx, ref)
	if err != nil {
		return err
	}
	err = e.pull(ctx, ref, image.PullOptions{RegistryAuth: auth, Platform: platform}, progress)
	if noSignIn != nil && model.IsKind(err, model.ProblemSignIn) {
		return noSignIn
	}
	return err
}

func (e *Engine) pull(ctx context.Context, ref string, options image.PullOptions, progress func(PullProgress)) error {
	s := subject{what: model.Say("engine.cannot-pull", model.Args{"Ref": model.Name(ref)}), image: ref}
	body, err := e.cli.ImagePull(ctx, ref, options)
	if err != nil {
		return explain(err, s)
	}
	defer body.Close()
	err = model.Guard(s.what, func() error { return readPull(body, progress) })
	if ctx.Err() != nil {
		return explain(ctx.Err(), s)
	}
	if err != nil {
		return explain(err, s)
	}
	// A stream that ends well is no proof: an engine that was stopped closes it in the same way.
	if _, err := e.cli.ImageInspect(ctx, ref); err != nil {
		return explain(err,
			subject{what: model.Say("engine.the-pull-of-ended-but", model.Args{"Ref": model.Name(ref)}), image: ref})
	}
	return nil
}

// readPull reads the engine's progress until its end. An error inside the stream is an error.
func readPull(r io.Reader, progress func(PullProgress)) error {
	layers := newLayers()
	for dec := json.NewDecoder(r); ; {
		var m jsonmessage.JSONMessage
		if err := dec.Decode(&m); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if m.Error != nil {
			return m.Error
		}
		if text := m.ErrorMessage; text != "" { //nolint:staticcheck // an engine may send nothing else
			return errors.New(text)
		}
		if layers.add(m) && progress != nil {
			progress(layers.progress())
		}
	}
}

// encodedAuth is the sign-in that docker has for the registry of ref, as the API takes it; of an anonymous one too,
// since engines ask for a sign-in only by an error. noSignIn is not nil when the program that keeps it failed or
// Docker's config.json is broken: auth is the anonymous one then, and noSignIn what to say if that is not enough.
func encodedAuth(ctx context.Context, ref string) (auth string, noSignIn, err error) {
	got, noSignIn, err := storedSignIn(ctx, ref)
	if err != nil {
		return "", nil, err
	}
	auth, err = registry.EncodeAuthConfig(registry.AuthConfig{
		Username: got.Username, Password: got.Password, Auth: got.Auth, ServerAddress: got.ServerAddress,
		IdentityToken: got.IdentityToken, RegistryToken: got.RegistryToken,
	})
	return auth, noSignIn, explain(err, subject{what: model.Say("engine.cannot-sign-in-to",
		model.Args{"Registry": model.Name(RegistryOf(ref))})})
}

// storedSignIn is [encodedAuth] as docker keeps it.
func storedSignIn(ctx context.Context, ref string) (auth types.AuthConfig, noSignIn, err error) {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return types.AuthConfig{}, nil,
			explain(err, subject{what: model.Say("engine.cannot-pull", model.Args{"Ref": model.Name(ref)})})
	}
	key := reference.Domain(named)
	if key == dockerHub {
		key = indexServer
	}
	cfg, broken := endpoint.Config()
	got, err := authConfig(ctx, cfg, key)
	switch {
	case ctx.Err() != nil:
		return types.AuthConfig{}, nil,
			explain(ctx.Err(), subject{what: model.Say("engine.cannot-pull", model.Args{"Ref": model.Name(ref)})})
	case err != nil:
		helper := "docker-credential-" + cmp.Or(cfg.CredentialHelpers[key], cfg.CredentialsStore)
		noSignIn = &model.Problem{
			Kind: model.ProblemSignIn, Cause: err,
			What: model.Say("engine.cannot-pull", model.Args{"Ref": model.Name(ref)}),
			Why: model.Say("engine.the-registry-wants-you-to-sign",
				model.Args{"Registry": model.Name(key), "Helper": model.Name(helper)}),
			Fix: model.Say("engine.check-credsstore-and-credhelpers-in",
				model.Args{"ConfigPath": model.Name(endpoint.ConfigPath())}),
		}
		return types.AuthConfig{}, noSignIn, nil
	case broken != nil && got == (types.AuthConfig{ServerAddress: got.ServerAddress}):
		p := *broken
		p.Kind, p.What, p.Why = model.ProblemSignIn, model.Say("engine.cannot-pull", model.Args{"Ref": model.Name(ref)}),
			model.Say("engine.the-registry-wants-you-to-sign-in", model.Args{"Why": p.Why})
		return got, &p, nil
	}
	return got, nil, nil
}

// authConfig reads a sign-in until ctx ends. It may come from a program that asks for a password and takes no context:
// that one then ends by itself, and nobody listens.
func authConfig(ctx context.Context, cfg *configfile.ConfigFile, key string) (types.AuthConfig, error) {
	type answer struct {
		auth types.AuthConfig
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		var a answer
		a.err = model.Guard(model.Say("engine.the-sign-in-cannot-be"), func() (err error) {
			a.auth, err = cfg.GetAuthConfig(key)
			return err
		})
		done <- a
	}()
	select {
	case a := <-done:
		return a.auth, a.err
	case <-ctx.Done():
		return types.AuthConfig{}, ctx.Err()
	}
}
