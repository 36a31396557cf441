package runspec

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

//go:embed options.json
var dockersOptions []byte

// otherSpellings are options of docker that are another name of one.
var otherSpellings = []string{"dns-opt", "net", "net-alias"}

// TestOptionsAreDockers compares the table with docker's own list, which a generator writes.
func TestOptionsAreDockers(t *testing.T) {
	var docker struct {
		Options []struct{ Name, Short, Type string }
	}
	if err := json.Unmarshal(dockersOptions, &docker); err != nil {
		t.Fatal(err)
	}
	ours := map[string]runOption{}
	for _, o := range table {
		if _, twice := ours[o.Name]; twice {
			t.Errorf("%s is there twice", o.Name)
		}
		ours[o.Name] = o
	}
	if len(docker.Options) < 100 {
		t.Fatalf("only %d options", len(docker.Options))
	}
	for _, d := range docker.Options {
		o, ok := ours[d.Name]
		delete(ours, d.Name)
		switch {
		case slices.Contains(otherSpellings, d.Name):
		case !ok:
			t.Errorf("--%s is missing", d.Name)
		case o.Switch != (d.Type == "bool"):
			t.Errorf("--%s is a %s", d.Name, d.Type)
		case o.Short != "" && o.Short != d.Short:
			t.Errorf("--%s is -%s", d.Name, d.Short)
		}
	}
	for name := range ours {
		t.Errorf("docker has no --%s", name)
	}
}

// TestMoreOptions prints options without a field: in docker's words, secrets hidden, nothing else.
func TestMoreOptions(t *testing.T) {
	for name, test := range map[string]struct {
		more        Options
		line, whole string
	}{
		"words": {Options{"ipc": {"host"}, "cpu-shares": {"512"}}, "--cpu-shares 512 --ipc host", ""},
		"switches": {
			Options{"read-only": {"true"}, "init": {"false"}, "publish-all": {"true"}},
			"-P --init=false --read-only", "",
		},
		"lists": {
			Options{"dns": {"10.0.0.2", "2001:db8::1"}, "mac-address": {"02:42:ac:11:00:99"}},
			"--dns 10.0.0.2 --dns 2001:db8::1 --mac-address 02:42:ac:11:00:99", "",
		},
		"log": {
			Options{"log-opt": {"splunk-token=hush", "max-size=1m"}},
			"--log-opt splunk-token=HIDDEN --log-opt max-size=1m", "--log-opt splunk-token=hush --log-opt max-size=1m",
		},
		"health": {
			Options{"health-cmd": {"curl -u me:hush-hush http://127.0.0.1"}},
			"--health-cmd 'curl -u me:HIDDEN http://127.0.0.1'", "--health-cmd 'curl -u me:hush-hush http://127.0.0.1'",
		},
		"mount": {Options{"mount": {"type=volume,target=/x,volume-driver=local,volume-opt=type=cifs,\"volume-opt=o=username=u,password=hush-hush\""}}, "", "--mount 'type=volume,target=/x,volume-driver=local,volume-opt=type=cifs,\"volume-opt=o=username=u,password=hush-hush\"'"},
	} {
		c := Spec{More: test.more}.options()
		if test.line != "" && c.String() != "docker "+test.line {
			t.Errorf("%s: %s", name, c.String())
		}
		if test.whole != "" && c.WithSecrets() != "docker "+test.whole {
			t.Errorf("%s, whole: %s", name, c.WithSecrets())
		}
		if strings.Contains(c.String(), "hush") {
			t.Errorf("%s shows a secret: %s", name, c.String())
		}
	}
}
