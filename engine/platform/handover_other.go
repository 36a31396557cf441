//go:build !linux

package platform

import "context"

// handOver hands an address to the browser by a file.
func handOver(ctx context.Context, address string, run runner) (*handedOver, error) {
	return handOverFile(ctx, address, run)
}
