package endpoint

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"slipway/engine/model"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// endless is an engine that answers each call with the same, and never comes to an end.
func endless(t *testing.T, begin, again string) *client.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/_ping") {
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, err := io.WriteString(w, begin)
		for err == nil {
			_, err = io.WriteString(w, strings.Repeat(again, 100))
		}
	}))
	t.Cleanup(server.Close)
	cli, err := boundedClient([]client.Opt{client.WithHost("tcp://" + strings.TrimPrefix(server.URL, "http://"))}, nil,
		1<<20, 64<<10)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cli.Close() })
	return cli
}

// TestEndlessAnswers asks an engine that never stops to answer.
func TestEndlessAnswers(t *testing.T) {
	ctx := t.Context()
	for name, ask := range map[string]func(*client.Client) error{
		"list":    func(c *client.Client) error { _, err := c.ContainerList(ctx, container.ListOptions{}); return err },
		"images":  func(c *client.Client) error { _, err := c.ImageList(ctx, image.ListOptions{}); return err },
		"history": func(c *client.Client) error { _, err := c.ImageHistory(ctx, "x"); return err },
		"changes": func(c *client.Client) error { _, err := c.ContainerDiff(ctx, "x"); return err },
		"top":     func(c *client.Client) error { _, err := c.ContainerTop(ctx, "x", nil); return err },
		"version": func(c *client.Client) error { _, err := c.ServerVersion(ctx); return err },
		"events": func(c *client.Client) error {
			_, failed := c.Events(ctx, events.ListOptions{})
			return <-failed
		},
		"stats": func(c *client.Client) error {
			r, err := c.ContainerStats(ctx, "x", true)
			if err != nil {
				return err
			}
			defer r.Body.Close()
			var v any
			return json.NewDecoder(r.Body).Decode(&v)
		},
		"pull": func(c *client.Client) error {
			r, err := c.ImagePull(ctx, "x", image.PullOptions{})
			if err != nil {
				return err
			}
			defer r.Close()
			_, err = io.Copy(io.Discard, r)
			return err
		},
	} {
		var p *model.Problem
		if err := ask(endless(t, `[{"a":"`, "long ")); !errors.As(err, &p) || p.Kind != model.ProblemTooMuch {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestLongAnswers reads what is long by right: values in a stream without end, and archives.
func TestLongAnswers(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	messages, failed := endless(t, "", `{"Type":"image"}`+"\n").Events(ctx, events.ListOptions{})
	for range 20_000 {
		select {
		case <-messages:
		case err := <-failed:
			t.Fatal(err)
		}
	}
	r, err := endless(t, "", "bytes").ContainerExport(ctx, "x")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if n, err := io.CopyN(io.Discard, r, 3<<20); err != nil {
		t.Errorf("after %d bytes: %v", n, err)
	}
}

// TestReadAnswer reads an answer in place of the client.
func TestReadAnswer(t *testing.T) {
	cli := endless(t, "", "x")
	var got [10]byte
	ctx := ReadAnswer(t.Context(), "/changes", func(r io.Reader) error {
		_, err := io.ReadFull(r, got[:])
		return err
	})
	if list, err := cli.ContainerDiff(ctx, "id"); err != nil || len(list) != 0 || string(got[:]) != "xxxxxxxxxx" {
		t.Errorf("%v, %v, %q", list, err, got)
	}
	ctx = ReadAnswer(t.Context(), "/changes", func(io.Reader) error { return io.ErrNoProgress })
	if _, err := cli.ContainerDiff(ctx, "id"); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("its error is %v", err)
	}
}

// TestManyParts asks an engine whose short answers become long in memory, packed or not, and whose things are called as
// calls are.
func TestManyParts(t *testing.T) {
	packed := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		packed = packed || strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
		if strings.HasSuffix(r.URL.Path, "/_ping") {
			return
		}
		w.Header().Set("Content-Type", "application/json")
		begin, again, times := "[", "{},", 1_000_000
		switch {
		case strings.Contains(r.URL.Path, "/volumes/"):
			begin, again, times = `{"Name":"`, "long ", 5_000_000
		case strings.HasSuffix(r.URL.Path, "/info"):
			begin = `{"DiscoveredDevices":[`
		case strings.HasSuffix(r.URL.Path, "/x/json"):
			begin, again = `{"Mounts":[`, "null,"
		}
		_, _ = io.WriteString(w, begin+strings.Repeat(again, times))
	}))
	defer server.Close()
	cli, err := boundedClient([]client.Opt{client.WithHost("tcp://" + strings.TrimPrefix(server.URL, "http://"))}, nil,
		mostAnswer, mostValue)
	if err != nil {
		t.Fatal(err)
	}
	defer cli.Close()
	ctx := t.Context()
	for name, ask := range map[string]func() error{
		"list":                   func() error { _, err := cli.ContainerList(ctx, container.ListOptions{}); return err },
		"info":                   func() error { _, err := cli.Info(ctx); return err },
		"inspect":                func() error { _, err := cli.ContainerInspect(ctx, "x"); return err },
		"a volume called logs":   func() error { _, err := cli.VolumeInspect(ctx, "logs"); return err },
		"a volume called events": func() error { _, err := cli.VolumeInspect(ctx, "events"); return err },
	} {
		var p *model.Problem
		err := ask()
		if named := err != nil && name == "info" && strings.Contains(err.Error(), errTooMuch().Error()); !named &&
			(!errors.As(err, &p) || p.Kind != model.ProblemTooMuch) {
			t.Errorf("%s: %.300v", name, err) // the client wraps that of info as a text
		}
	}
	if packed {
		t.Error("a packed answer is asked for")
	}
}
