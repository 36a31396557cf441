package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/pkg/jsonmessage"
)

// msg is a message about a layer, as the engine sends it.
func msg(id, status string, numbers ...int64) jsonmessage.JSONMessage {
	m := jsonmessage.JSONMessage{ID: id, Status: status}
	if len(numbers) == 2 {
		m.Progress = &jsonmessage.JSONProgress{Current: numbers[0], Total: numbers[1]}
	}
	return m
}

const (
	one = "111111111111"
	two = "222222222222"
)

func TestLayers(t *testing.T) {
	for name, test := range map[string]struct {
		messages    []jsonmessage.JSONMessage
		done, total int64
		known       bool
		extracting  bool
	}{
		"nothing yet": {},
		"the tag is no layer": {messages: []jsonmessage.JSONMessage{
			msg("3.13", "Pulling from library/python"), msg("", "Digest: sha256:…"),
		}},
		"a total that comes late": {messages: []jsonmessage.JSONMessage{
			msg(one, "Pulling fs layer"), msg(two, "Pulling fs layer"), msg(two, "Waiting"), msg(one, "Downloading", 10, 100),
		}, done: 10, total: 100},
		"all totals": {messages: []jsonmessage.JSONMessage{
			msg(one, "Downloading", 10, 100), msg(two, "Downloading", 0, 50),
		}, done: 10, total: 150, known: true},
		"one that was here": {messages: []jsonmessage.JSONMessage{
			msg(one, "Already exists"), msg(two, "Downloading", 5, 50),
		}, done: 5, total: 50, known: true},
		"a small one jumps to complete": {messages: []jsonmessage.JSONMessage{
			msg(one, "Pulling fs layer"), msg(one, "Download complete"), msg(two, "Downloading", 5, 50),
		}, done: 5, total: 50, known: true},
		"complete without the last number": {messages: []jsonmessage.JSONMessage{
			msg(one, "Downloading", 90, 100), msg(one, "Verifying Checksum"),
		}, done: 100, total: 100, known: true, extracting: true},
		"one unpacks while one downloads": {messages: []jsonmessage.JSONMessage{
			msg(one, "Downloading", 90, 100), msg(one, "Download complete"), msg(one, "Extracting", 3, 100),
			msg(two, "Downloading", 10, 50),
		}, done: 110, total: 150, known: true},
		"unpacking tells other numbers": {messages: []jsonmessage.JSONMessage{
			msg(one, "Downloading", 100, 100), msg(one, "Extracting", 3, 7),
		}, done: 100, total: 100, known: true, extracting: true},
		"20.10 counts the rest after a retry": {messages: []jsonmessage.JSONMessage{
			msg(one, "Downloading", 60, 100), msg(one, "Retrying in 5 seconds"), msg(one, "Downloading", 10, 40),
		}, done: 70, total: 100, known: true},
		"a retry from the start goes down": {messages: []jsonmessage.JSONMessage{
			msg(one, "Downloading", 60, 100), msg(one, "Retrying in 5 seconds"), msg(one, "Downloading", 10, 100),
		}, done: 10, total: 100, known: true},
		"a bad checksum downloads again": {messages: []jsonmessage.JSONMessage{
			msg(one, "Downloading", 100, 100), msg(one, "Download complete"), msg(one, "Downloading", 10, 100),
		}, done: 10, total: 100, known: true},
		"no total at all": {messages: []jsonmessage.JSONMessage{
			msg(one, "Downloading", 10, 0), msg(one, "Downloading"),
		}},
		"more than the total": {
			messages: []jsonmessage.JSONMessage{msg(one, "Downloading", 200, 100)}, done: 100, total: 100,
			known: true,
		},
	} {
		ls := newLayers()
		for _, m := range test.messages {
			ls.add(m)
		}
		p := ls.progress()
		if p.Done != test.done || p.Total != test.total || p.Known != test.known || p.Extracting != test.extracting ||
			p.Left != 0 {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestLayersTimeLeft(t *testing.T) {
	now := time.Unix(0, 0)
	ls := newLayers()
	ls.now = func() time.Time { return now }
	ls.add(msg(one, "Downloading", 0, 1000))
	ls.add(msg(two, "Downloading", 0, 1000))
	if left := ls.progress().Left; left != 0 {
		t.Errorf("at once: %v", left)
	}
	now = now.Add(10 * time.Second)
	ls.add(msg(one, "Downloading", 500, 1000))
	ls.add(msg(two, "Downloading", 500, 1000))
	if left := ls.progress().Left; left != 10*time.Second {
		t.Errorf("half way after 10 s: %v", left)
	}
	now = now.Add(10 * time.Second)
	ls.add(msg(one, "Downloading", 1000, 1000))
	ls.add(msg(one, "Download complete"))
	ls.add(msg(two, "Downloading", 500, 1000))
	if left := ls.progress().Left; left != 20*time.Second { // 500 bytes at its own 25 a second, not at the 75 of both
		t.Errorf("one slow layer: %v", left)
	}
}

// FuzzReadPull reads any stream as an engine's progress.
func FuzzReadPull(f *testing.F) {
	f.Add(`{"status":"Pulling from library/x","id":"1"}` + "\n" +
		`{"status":"Pulling fs layer","progressDetail":{},"id":"` + one + `"}`)
	f.Add(`{"status":"Downloading","progressDetail":{"current":10,"total":100},"id":"` + one +
		`"}{"status":"Download complete","id":"` + one + `"}`)
	f.Add(`{"status":"Downloading","progressDetail":{"current":-10,"total":9223372036854775807},"id":"` + two + `"}`)
	f.Add(`{"errorDetail":{"message":"x"},"error":"x"}`)
	f.Add(`{"error":"only this"}`)
	f.Add(`not JSON`)
	f.Fuzz(func(t *testing.T, stream string) {
		last := 0
		err := readPull(strings.NewReader(stream), func(p PullProgress) {
			for _, l := range p.Layers {
				if l.Done < 0 || l.Done > l.Total {
					t.Fatalf("%+v", l)
				}
			}
			if p.Left < 0 || len(p.Layers) < last {
				t.Fatalf("%+v", p)
			}
			last = len(p.Layers)
		})
		var m jsonmessage.JSONMessage
		if json.Unmarshal([]byte(stream), &m) == nil && m.Error != nil && err == nil {
			t.Fatal("an error was lost")
		}
	})
}

func TestReadPullErrors(t *testing.T) {
	for stream, want := range map[string]string{
		`{"status":"x"}`: "<nil>",
		`{"status":"x"}{"errorDetail":{"code":401,"message":"no"},"error":"no"}`: "no",
		`{"error":"only text"}`: "only text",
		`{"status":`:            "unexpected EOF",
	} {
		if got := fmt.Sprint(readPull(strings.NewReader(stream), nil)); got != want {
			t.Errorf("%s: %s", stream, got)
		}
	}
}
