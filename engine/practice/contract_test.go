//go:build linux

package practice_test

import (
	"os"
	"testing"

	"slipway/engine"
	"slipway/engine/endpoint"
	"slipway/engine/enginetest"
	"slipway/engine/enginetest/contract"
	"slipway/engine/practice"

	"github.com/docker/docker/client"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }

// start makes an engine that is gone when the test ends.
func start(t *testing.T, o practice.Options) *practice.Engine {
	t.Helper()
	e, err := practice.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// connect connects to it as Slipway does.
func connect(t *testing.T, p *practice.Engine) *engine.Engine {
	t.Helper()
	e, err := engine.Connect(t.Context(), endpoint.Endpoint{Name: "practice", Source: endpoint.FromSocket, Host: p.Host()},
		enginetest.Key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// plain is a client that Slipway has no part in.
func plain(t testing.TB, p *practice.Engine) *client.Client {
	t.Helper()
	cli, err := client.NewClientWithOpts(client.WithHost(p.Host()), client.WithAPIVersionNegotiation())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cli.Close() })
	return cli
}

// TestContract holds that the engine in memory does what Slipway expects of every engine.
func TestContract(t *testing.T) {
	p := start(t, practice.Options{})
	env := contract.Env{Client: func(t testing.TB) *client.Client { return plain(t, p) }, Image: p.AddTiny(), OOM: true}
	// a registry is a program that not every computer has; without it the contract leaves out what pulls
	if !testing.Short() {
		env.User, env.Password = "anna", "pa:ss word"
		env.Open, env.Locked = enginetest.StartRegistry(t),
			enginetest.StartRegistry(t, enginetest.WithPassword(env.User, env.Password))
		env.LockedRef = enginetest.LayeredImage(t, env.Locked, 1, 1000)
	}
	contract.Run(t, func(t *testing.T) *engine.Engine { return connect(t, p) }, env)
}
