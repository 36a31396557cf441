package platform

import (
	"context"
	"html"
	"os"
	"path/filepath"
	"sync"
	"time"

	"slipway/engine/model"

	"github.com/pkg/browser"
)

// handOverFile writes a page that leads on to the address into a folder that only this user may enter, and opens that,
// as Jupyter itself does. It is removed after a while; where ctx ends before, a browser may still be on its way to it,
// and the next one is. What waits for that is given to run.
func handOverFile(ctx context.Context, address string, run runner, say func(model.Fact) string) (*handedOver, error) {
	removeOld()
	dir, err := os.MkdirTemp("", handOverFolder) // 0700
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, nonce()+".html")
	if err := os.WriteFile(file, []byte(leadsOn(address, say(model.Say("platform.opening-the-page")))),
		0o600); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	withdrawn := make(chan struct{})
	run(false, func() {
		late := time.NewTimer(handOverTime)
		defer late.Stop()
		select {
		case <-ctx.Done():
			return
		case <-late.C:
		case <-withdrawn:
		}
		os.RemoveAll(dir)
	})
	return &handedOver{
		open: func() error { return browser.OpenFile(file) },
		end:  sync.OnceFunc(func() { close(withdrawn) }),
	}, nil
}

// handOverFolder begins the names of the folders with such pages.
const handOverFolder = "slipway-open-"

// removeOld removes the pages of this user that a Slipway left which has ended.
func removeOld() {
	folders, _ := filepath.Glob(filepath.Join(os.TempDir(), handOverFolder+"*")) // the pattern is a constant
	for _, dir := range folders {
		if info, err := os.Lstat(dir); err == nil && info.IsDir() && time.Since(info.ModTime()) > handOverTime {
			os.RemoveAll(dir) // which fails for another user's
		}
	}
}

// leadsOn is a page with a title that leads on to an address without telling it where the visitor comes from.
func leadsOn(address, title string) string {
	return `<!DOCTYPE html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=` +
		html.EscapeString(address) + `"><title>` + html.EscapeString(title) + `</title>`
}
