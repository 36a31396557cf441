//go:build linux

package engine_test

import (
	"os"
	"testing"

	"slipway/engine"
	"slipway/engine/endpoint"
	"slipway/engine/enginetest"
	"slipway/engine/enginetest/contract"
)

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }

// connect connects to a private engine as Slipway does.
func connect(t *testing.T, private *enginetest.Engine) *engine.Engine {
	t.Helper()
	e, err := engine.Connect(t.Context(),
		endpoint.Endpoint{Name: "private", Source: endpoint.FromSocket, Host: private.Host()}, enginetest.Key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func TestContract(t *testing.T) { runContract(t, enginetest.Shared(t)) }

func runContract(t *testing.T, private *enginetest.Engine) []contract.Result {
	t.Helper()
	locked := enginetest.StartRegistry(t, enginetest.WithPassword("anna", "pa:ss word"))
	return contract.Run(t, func(t *testing.T) *engine.Engine { return connect(t, private) }, contract.Env{
		Client: private.Client, Image: enginetest.TinyImage(t, private),
		Open: enginetest.StartRegistry(t), Locked: locked, LockedRef: enginetest.PushTiny(t, private, locked),
		User: "anna", Password: "pa:ss word", OOM: true,
	})
}
