//go:build !linux

package platform

import (
	"context"

	"slipway/engine/model"
)

// handOver hands an address to the browser by a file.
func handOver(ctx context.Context, address string, run runner, say func(model.Fact) string) (*handedOver, error) {
	return handOverFile(ctx, address, run, say)
}
