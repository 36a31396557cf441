package platform

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
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

// Browser opens web pages in the user's browser. What is behind the host of an address, which may be a token that lets
// everybody in, is never given to a program: its arguments can be read by every user of the computer, for as long as it
// runs. The browser gets the address of a page for this one time, which leads on, see [handOver]. Its zero value is
// ready; [Browser.Close] ends it.
type Browser struct {
	// Words puts what that page says of itself into words; without it, it says codes.
	Words func(model.Fact) string

	mu     sync.Mutex
	closed bool
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	// waits is how many pages must still reach the browser before Slipway ends.
	waits sync.WaitGroup
}

// Open opens a web page. Only http and https are opened. It waits a few seconds for a failure, and takes the page for
// opened after that.
func (b *Browser) Open(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return &model.Problem{Kind: model.ProblemBadInput, Cause: err, What: model.Say("platform.this-is-not-a-web")}
	}
	if err = quiet(); err == nil {
		err = b.open(ctx, u)
	}
	if err != nil && ctx.Err() == nil {
		// there may be a password in the rest, and this is copied
		shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
		return &model.Problem{
			Kind: model.ProblemUnsupported, Cause: err,
			What: model.Say("platform.cannot-open-the-browser"),
			Why:  model.Say("platform.this-system-did-not-start"),
			Fix:  model.Say("platform.open-address-yourself", model.Args{"Address": model.Name(shown.String())}),
		}
	}
	return ctx.Err()
}

func (b *Browser) open(ctx context.Context, u *url.URL) error {
	if public(u) {
		return await(ctx, func() error { return browser.OpenURL(u.String()) })
	}
	owned, err := b.own()
	if err != nil {
		return err
	}
	defer b.wg.Done()
	h, err := handOver(owned, u.String(), b.run, b.say)
	if err != nil {
		return err
	}
	if err := await(ctx, h.open); err != nil {
		h.end()
		return err
	}
	return nil
}

func (b *Browser) say(f model.Fact) string {
	if b.Words == nil {
		return f.Code
	}
	return b.Words(f)
}

// run is the [runner] of what was opened.
func (b *Browser) run(wait bool, fn func()) {
	if wait {
		b.waits.Add(1)
	}
	b.wg.Go(func() {
		if wait {
			defer b.waits.Done()
		}
		fn()
	})
}

// errClosed is the error of a browser that was closed.
var errClosed = errors.New("no page is opened any more")

// own begins something that [Browser.Close] ends and waits for; the caller calls wg.Done.
func (b *Browser) own() (context.Context, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, errClosed
	}
	if b.ctx == nil {
		b.ctx, b.cancel = context.WithCancel(context.Background()) // #nosec G118 -- Close calls it
	}
	b.wg.Add(1)
	return b.ctx, nil
}

// Close waits until the pages that were opened have reached the browser, or ctx ends, and then lets none through any
// more.
func (b *Browser) Close(ctx context.Context) {
	b.mu.Lock()
	b.closed = true
	cancel := b.cancel
	b.mu.Unlock()
	if cancel == nil {
		return // nothing was ever opened
	}
	defer b.wg.Wait()
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	b.waits.Wait()
}

// public reports whether an address says nothing but which host is meant.
func public(u *url.URL) bool {
	return u.User == nil && u.RawQuery == "" && u.Fragment == "" && strings.Trim(u.Path, "/") == ""
}

// OpenFolder shows a folder in the file manager. Anything but a folder is refused: what is mounted into a container may
// be any file, and the desktop would run or open that.
func OpenFolder(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if err == nil && (!info.IsDir() || !filepath.IsAbs(path)) {
		err = errNoFolder
	}
	if err != nil {
		return &model.Problem{
			Kind: model.ProblemNotFound, Cause: err,
			What: model.Say("platform.there-is-no-folder", model.Args{"Path": model.Name(model.Visible(path))}),
			Why:  model.Say("platform.it-may-have-been-moved"),
			Fix:  model.Say("common.look-where-it-is-now"),
		}
	}
	if err = quiet(); err == nil {
		err = await(ctx, func() error { return showFolder(path) })
	}
	if err != nil && ctx.Err() == nil {
		return &model.Problem{
			Kind: model.ProblemUnsupported, Cause: err,
			What: model.Say("platform.cannot-show-the-folder"),
			Why:  model.Say("platform.this-system-did-not-open"),
			Fix:  model.Say("platform.open-yourself", model.Args{"Path": model.Name(model.Visible(path))}),
		}
	}
	return ctx.Err()
}

// errNoFolder is the error of a path that leads to something else.
var errNoFolder = errors.New("this is no folder")

// showFolder opens a folder. On a Mac some folders are programs, which would be started: there it is only selected.
func showFolder(path string) error {
	if runtime.GOOS == "darwin" {
		return exec.Command("open", "-R", path).Run() // #nosec G204 -- a whole path, which is no option
	}
	return browser.OpenFile(path)
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
