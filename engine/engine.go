// Package engine makes calls to one container engine of one generation: after the engine was restarted, a new
// [Engine] is needed. It takes and returns values of slipway/engine/model, never the SDK's, and turns every error into
// a [model.Problem]. What the methods do and how the engines differ is from Docker's API reference and from
// measurements on Docker 20.10, 28 and 29 and Podman 4.3.
package engine

import (
	"context"
	"time"

	"slipway/engine/endpoint"
	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/docker/docker/client"
)

// Engine is a connection to one engine. Its methods may be called from any goroutine.
type Engine struct {
	cli      *client.Client
	info     model.EngineInfo
	dialect  dialect
	began    time.Time // when the engine told info
	locality model.Locality
	endpoint endpoint.Endpoint
	key      model.Key
	labels   labelCache
	counting chan struct{} // has room for one count of what takes space
}

// Connect makes a connection and asks the engine who it is. What is made through it is signed with key, and only what
// is signed with it is taken for Slipway's own. The caller closes the result.
func Connect(ctx context.Context, e endpoint.Endpoint, key model.Key) (*Engine, error) {
	cli, err := e.Client()
	if err != nil {
		return nil, err
	}
	info, where, err := endpoint.Identify(ctx, e, cli)
	if err != nil {
		cli.Close()
		return nil, err
	}
	return &Engine{
		cli: cli, info: info, dialect: dialectOf(info), locality: where, endpoint: e, key: key,
		counting: make(chan struct{}, 1),
		began:    time.Now(),
	}, nil
}

// Close ends the connection; calls and streams that still run fail.
func (e *Engine) Close() error { return e.cli.Close() }

// Info is what the engine said about itself when the connection was made.
func (e *Engine) Info() model.EngineInfo { return e.info }

// Began is when the connection was made, by the engine's clock; zero where it does not tell.
func (e *Engine) Began() time.Time { return e.info.Clock }

// Locality tells where the engine is.
func (e *Engine) Locality() model.Locality { return e.locality }

// Endpoint is how the engine is reached.
func (e *Engine) Endpoint() endpoint.Endpoint { return e.endpoint }

// ProxyEnv are the variables that docker would put into a container that it makes on this engine: see
// [endpoint.ProxyEnv].
func (e *Engine) ProxyEnv() []runspec.Env { return endpoint.ProxyEnv(e.cli.DaemonHost()) }

// Ping tells within the limit of ctx whether the engine still answers.
func (e *Engine) Ping(ctx context.Context) error {
	s := subject{what: model.Say("engine.the-engine-is-silent")}
	return explain(model.Guard(s.what, func() error { _, err := e.cli.Ping(ctx); return err }), s)
}

// unix gives a time of the engine's seconds, the zero time for 0.
func unix(seconds int64) time.Time {
	if seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// stamp gives a time of the engine's text, the zero time for what it prints for "never".
func stamp(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.Year() <= 1 {
		return time.Time{}
	}
	return t
}
