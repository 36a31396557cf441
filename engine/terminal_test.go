package engine

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/docker/docker/client"
)

// TestTerminalGivenUp cancels the opening of a terminal when its program runs already: it is ended.
func TestTerminalGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	made, ended := 0, false
	closed := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case strings.HasSuffix(path, "/containers/box/exec"):
			made++
			body, _ := io.ReadAll(r.Body)
			if made == 2 && !strings.Contains(string(body), "kill -HUP") {
				t.Errorf("%s is run", body)
			}
			_, _ = io.WriteString(w, `{"Id":"`+[]string{"", "shell", "end"}[made]+`"}`)
		case strings.HasSuffix(path, "/exec/shell/start"):
			conn, rw, _ := w.(http.Hijacker).Hijack()
			_, _ = rw.WriteString("HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
			_ = rw.Flush()
			go func() {
				_, _ = io.Copy(io.Discard, conn)
				conn.Close()
				close(closed)
			}()
		case strings.HasSuffix(path, "/exec/shell/resize"):
			cancel()
			w.WriteHeader(http.StatusInternalServerError)
		case strings.HasSuffix(path, "/exec/shell/json"):
			_, _ = io.WriteString(w, `{"Running":true}`)
		case strings.HasSuffix(path, "/exec/end/start"):
			ended = true
		}
	}))
	defer server.Close()
	cli, err := client.NewClientWithOpts(client.WithHost("tcp://"+server.Listener.Addr().String()),
		client.WithVersion("1.41"))
	if err != nil {
		t.Fatal(err)
	}
	defer cli.Close()
	_, err = (&Engine{cli: cli}).OpenTerminal(ctx, "box", TerminalOptions{Command: []string{"sh"}, Cols: 80, Rows: 24})
	if !errors.Is(err, context.Canceled) || made != 2 || !ended {
		t.Errorf("%v, %d, %v", err, made, ended)
	}
	<-closed
}
