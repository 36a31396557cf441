package model

import (
	"strings"
	"testing"
)

func TestPrefixCommands(t *testing.T) {
	for in, want := range map[string]string{
		"docker stop a && docker rm a":            "P docker stop a && P docker rm a",
		"docker stop a\ndocker rm a":              "P docker stop a\nP docker rm a",
		"docker run x sh -c 'a && docker ps'":     "P docker run x sh -c 'a && docker ps'",
		"docker run x sh -c \"a\ndocker ps\"":     "P docker run x sh -c \"a\ndocker ps\"",
		`docker run x sh -c "it\" && docker ps"`:  `P docker run x sh -c "it\" && docker ps"`,
		"docker cp a:/x - | docker cp - b:/":      "P docker cp a:/x - | P docker cp - b:/",
		"docker run x sh -c 'a | docker ps'":      "P docker run x sh -c 'a | docker ps'",
		"sudo usermod -aG docker me && docker ps": "sudo usermod -aG docker me && P docker ps",
		"": "",
	} {
		if got := PrefixCommands(in, "P"); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzPrefixCommands holds that the prefix stands before each docker that is run, and in no argument, whatever is
// quoted.
func FuzzPrefixCommands(f *testing.F) {
	for _, w := range hostileWords {
		f.Add(w, "a && docker ps")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		c := Docker("run", a, b)
		quoted := Words([]string{strings.ReplaceAll(a, "\x00", ""), strings.ReplaceAll(b, "\x00", "")})
		got, want := PrefixCommands(c.String()+" && "+c.String()+"\n"+c.Pipe(Docker("load", b)).String(), "P"),
			"P docker run "+quoted+" && P docker run "+quoted+"\nP docker run "+quoted+" | P docker load "+Quote(b)
		if got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
	})
}
