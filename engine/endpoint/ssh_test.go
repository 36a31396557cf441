//go:build !windows

package endpoint

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/docker/cli/cli/connhelper/commandconn"
)

// TestCommandConn writes to a command that has ended already: why it ended is read.
func TestCommandConn(t *testing.T) {
	var raw net.Conn
	dial := sayingWhy(func(ctx context.Context, _, _ string) (net.Conn, error) {
		var err error
		raw, err = commandconn.New(ctx, "sh", "-c", "echo nobody may log in >&2; exit 255")
		return raw, err
	})
	conn, err := dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	for err == nil { // until it has ended
		_, err = raw.Write([]byte("x"))
	}
	if n, err := conn.Write([]byte("GET /_ping")); n != 10 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := io.ReadAll(conn); err == nil || !strings.Contains(err.Error(), "nobody may log in") {
		t.Errorf("it says %v", err)
	}
	if err := conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Error(err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	if _, err := conn.Write([]byte("x")); err == nil {
		t.Error("writing to what is closed")
	}
}
