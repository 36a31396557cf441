package gui

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"strings"
	"time"

	"slipway/engine/platform"
	"slipway/gui/kit"
	"slipway/gui/post"
)

// Dump is what automation is told of the window. Positions are in window pixels of scale 1.
type Dump struct {
	Window struct {
		Title string  `json:"title"`
		W     float32 `json:"w"`
		H     float32 `json:"h"`
	} `json:"window"`
	Page string `json:"page"`
	// Held is how long one function held the UI thread at most since the last dump, in nanoseconds.
	Held  time.Duration `json:"held"`
	Items []kit.Item    `json:"items"`
}

// Dump says what is visible now.
func (sh *Shell) Dump() Dump {
	var d Dump
	size := sh.window.Canvas().Size()
	d.Window.Title, d.Window.W, d.Window.H = sh.window.Title(), size.Width, size.Height
	d.Page, d.Held = sh.desk.page.Name(), post.Held()
	if len(sh.desk.center.Objects) == 1 && sh.desk.center.Objects[0] == sh.desk.welcome.Content() {
		d.Page = "welcome"
	}
	d.Items = kit.Items(sh.window.Canvas())
	return d
}

// ServeAutomation answers the line "dump" on a unix socket that only the user may open, with one line of JSON. It is
// read-only: nothing can be done through it. It ends with the shell.
func (sh *Shell) ServeAutomation(path string) error {
	l, err := platform.ListenPrivate(path)
	if err != nil {
		return err
	}
	sh.work.Go(func(ctx context.Context) { <-ctx.Done(); l.Close() })
	sh.work.Go(func(ctx context.Context) {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			sh.work.Go(func(ctx context.Context) { sh.answer(ctx, c) })
		}
	})
	return nil
}

// answer serves one connection.
func (sh *Shell) answer(ctx context.Context, c net.Conn) {
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	defer c.Close()
	for lines := bufio.NewScanner(c); lines.Scan(); {
		if strings.TrimSpace(lines.Text()) != "dump" {
			return
		}
		dumps := make(chan Dump, 1)
		post.Do(func() { dumps <- sh.Dump() })
		select {
		case <-ctx.Done():
			return
		case d := <-dumps:
			if json.NewEncoder(c).Encode(d) != nil {
				return
			}
		}
	}
}
