//go:build !linux

package platform

import (
	"context"
	"html"
	"os"
	"path/filepath"

	"github.com/pkg/browser"
)

// handOver writes a page that leads on to the address into a folder that only this user may enter, and opens that, as
// Jupyter itself does. It is removed after a while, or when ctx ends; what waits for that is given to run.
func handOver(ctx context.Context, address string, run func(func())) (*handedOver, error) {
	dir, err := os.MkdirTemp("", "slipway-open-") // 0700
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, nonce()+".html")
	if err := os.WriteFile(file, []byte(leadsOn(address)), 0o600); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, handOverTime)
	run(func() {
		defer cancel()
		<-ctx.Done()
		os.RemoveAll(dir)
	})
	return &handedOver{open: func() error { return browser.OpenFile(file) }, end: cancel}, nil
}

// leadsOn is a page that leads on to an address without telling it where the visitor comes from.
func leadsOn(address string) string {
	return `<!DOCTYPE html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=` +
		html.EscapeString(address) + `"><title>Opening…</title>`
}
