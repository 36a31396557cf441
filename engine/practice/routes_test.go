//go:build linux

package practice_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"slipway/engine/practice"
)

// calls are all of Docker's API 1.51 (moby, api/swagger.yaml), and what BuildKit asks.
const calls = `
GET /_ping
HEAD /_ping
POST /auth
POST /build
POST /build/prune
POST /build/cancel
POST /commit
GET /configs
POST /configs/create
DELETE /configs/x
GET /configs/x
POST /configs/x/update
POST /containers/create
GET /containers/json
POST /containers/prune
DELETE /containers/x
GET /containers/x/archive
HEAD /containers/x/archive
PUT /containers/x/archive
POST /containers/x/attach
GET /containers/x/attach/ws
GET /containers/x/changes
POST /containers/x/exec
GET /containers/x/export
GET /containers/x/json
POST /containers/x/kill
GET /containers/x/logs
POST /containers/x/pause
POST /containers/x/rename
POST /containers/x/resize
POST /containers/x/restart
POST /containers/x/start
GET /containers/x/stats
POST /containers/x/stop
GET /containers/x/top
POST /containers/x/unpause
POST /containers/x/update
POST /containers/x/wait
GET /distribution/x/json
GET /events
GET /exec/x/json
POST /exec/x/resize
POST /exec/x/start
POST /images/create
GET /images/get
GET /images/json
POST /images/load
POST /images/prune
GET /images/search
DELETE /images/x
GET /images/x/get
GET /images/x/history
GET /images/x/json
POST /images/x/push
POST /images/x/tag
GET /info
GET /networks
POST /networks/create
POST /networks/prune
DELETE /networks/x
GET /networks/x
POST /networks/x/connect
POST /networks/x/disconnect
GET /nodes
DELETE /nodes/x
GET /nodes/x
POST /nodes/x/update
GET /plugins
POST /plugins/create
GET /plugins/privileges
POST /plugins/pull
DELETE /plugins/x
POST /plugins/x/disable
POST /plugins/x/enable
GET /plugins/x/json
POST /plugins/x/push
POST /plugins/x/set
POST /plugins/x/upgrade
GET /secrets
POST /secrets/create
DELETE /secrets/x
GET /secrets/x
POST /secrets/x/update
GET /services
POST /services/create
DELETE /services/x
GET /services/x
GET /services/x/logs
POST /services/x/update
POST /session
POST /grpc
GET /swarm
POST /swarm/init
POST /swarm/join
POST /swarm/leave
POST /swarm/unlock
GET /swarm/unlockkey
POST /swarm/update
GET /system/df
GET /tasks
GET /tasks/x
GET /tasks/x/logs
GET /version
GET /volumes
POST /volumes/create
POST /volumes/prune
DELETE /volumes/x
GET /volumes/x
PUT /volumes/x
`

// lacking is what the engine says of a call that it does not have; "" for one that it has.
func lacking(call string) string {
	_, path, _ := strings.Cut(call, " ")
	switch first := strings.Split(path, "/")[1]; {
	case call == "POST /build/prune":
		return ""
	case first == "build", first == "session", first == "grpc":
		return "build images"
	case first == "plugins":
		return "have plugins"
	case strings.HasSuffix(path, "/attach/ws"):
		return "attach over a web socket"
	case strings.Contains(" configs nodes secrets services swarm tasks ", " "+first+" "), call == "PUT /volumes/x":
		return "be part of a swarm"
	}
	return ""
}

// TestRoutes asks for everything in Docker's API: only builds, swarm, plugins and a web socket are not there, and say
// so.
func TestRoutes(t *testing.T) {
	p := start(t, practice.Options{})
	own := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", strings.TrimPrefix(p.Host(), "unix://"))
	}}
	defer own.CloseIdleConnections()
	ask := func(call string) (int, string) {
		t.Helper()
		method, path, _ := strings.Cut(call, " ")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, method, "http://docker/v1.51"+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := own.RoundTrip(request)
		if err != nil {
			t.Fatalf("%s: %v", call, err)
		}
		defer response.Body.Close()
		if response.StatusCode < 400 { // it may go on
			return response.StatusCode, ""
		}
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		var message struct{ Message string }
		if err := json.Unmarshal(text, &message); method != http.MethodHead && err != nil {
			t.Errorf("%s: %q", call, text)
		}
		return response.StatusCode, message.Message
	}
	for _, call := range strings.Split(strings.TrimSpace(calls), "\n") {
		status, text := ask(call)
		lacks := lacking(call)
		method, path, _ := strings.Cut(call, " ")
		if lacks == "" && (status == http.StatusNotImplemented || text == "page not found") {
			t.Errorf("%s: %d %s", call, status, text)
		}
		if want := "the practice engine cannot " + lacks + ": " + method + " " + path; lacks != "" &&
			(status != http.StatusNotImplemented || text != want) {
			t.Errorf("%s: %d %s, not %s", call, status, text, want)
		}
	}
	if status, text := ask("GET /nonsense"); status != http.StatusNotFound || text != "page not found" {
		t.Errorf("%d %s", status, text)
	}
}
