package endpoint

import (
	"slices"
	"testing"
)

func TestArgs(t *testing.T) {
	for _, c := range []struct {
		e    Endpoint
		want []string
	}{
		{Endpoint{Current: true, Host: "unix:///a"}, []string{"docker"}},
		{Endpoint{Host: "unix:///a b"}, []string{"docker", "--host", "unix:///a b"}},
		{Endpoint{Host: "tcp://far:2376", context: "lab"}, []string{"docker", "--context", "lab"}},
		{Endpoint{Host: "ssh://me@far", context: "lab"}, []string{"docker", "--host", "ssh://me@far"}},
	} {
		if got := c.e.Args(); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %q", c.e, got)
		}
	}
}
