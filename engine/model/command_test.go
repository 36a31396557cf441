package model

import "testing"

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
