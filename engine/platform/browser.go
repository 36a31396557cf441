package platform

import (
	"context"
	"net/url"
	"os"
	"sync"
	"time"

	"slipway/engine/model"

	"github.com/pkg/browser"
)

// quiet keeps what xdg-open and the browser print out of what Slipway prints. It has to be a file: for any other writer
// the package would wait until the browser, which inherits the pipe, has ended.
var quiet = sync.OnceValue(func() error {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err == nil {
		browser.Stdout, browser.Stderr = null, null
	}
	return err
})

// openTime is how long a browser may take to say that it cannot be started. Some xdg-open end only with the browser.
const openTime = 5 * time.Second

// OpenURL opens a web page in the user's browser. Only http and https are opened. It waits a few seconds for a failure,
// and takes it for opened after that.
func OpenURL(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return model.NewProblem(model.ProblemBadInput, err, "This is not a web page", "", "")
	}
	if err = quiet(); err == nil {
		err = await(ctx, func() error { return browser.OpenURL(address) })
	}
	if err != nil && ctx.Err() == nil {
		shown := *u
		shown.RawQuery = "" // there may be a password in it, and this is shown and copied
		return model.NewProblem(model.ProblemUnsupported, err, "Cannot open the browser", "This system did not start one.", "Open "+shown.String()+" yourself.")
	}
	return ctx.Err()
}

// OpenFolder shows a folder in the file manager.
func OpenFolder(ctx context.Context, path string) error {
	err := quiet()
	if err == nil {
		err = await(ctx, func() error { return browser.OpenFile(path) })
	}
	if err != nil && ctx.Err() == nil {
		return model.NewProblem(model.ProblemUnsupported, err, "Cannot show the folder", "This system did not open a file manager.", "Open "+path+" yourself.")
	}
	return ctx.Err()
}

// await waits for call, at most openTime. A call that takes longer ends by itself, with the browser.
func await(ctx context.Context, call func() error) error {
	done := make(chan error, 1)
	go func() { done <- call() }()
	late := time.NewTimer(openTime)
	defer late.Stop()
	select {
	case err := <-done:
		return err
	case <-late.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
