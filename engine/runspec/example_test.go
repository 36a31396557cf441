package runspec_test

import (
	"fmt"

	"slipway/engine/runspec"
)

// A Spec is one container that is wanted. It prints as the command that makes it: the one to show hides its secrets,
// and the one to run has them.
func ExampleSpec_RunCommand() {
	s := runspec.Spec{
		Image: "postgres:17", Name: "db",
		Ports: []runspec.Port{{HostPort: 5432, Container: 5432, HostIP: "127.0.0.1"}},
		Env:   []runspec.Env{{Name: "POSTGRES_PASSWORD", Value: "tea for two", Secret: true}},
		More:  runspec.Options{"ulimit": {"nofile=1024"}},
	}
	fmt.Println(s.RunCommand())
	fmt.Println(s.RunCommand().WithSecrets())
	// Output:
	// docker run -d --name db -p 127.0.0.1:5432:5432 -e POSTGRES_PASSWORD --ulimit nofile=1024 postgres:17
	// docker run -d --name db -p 127.0.0.1:5432:5432 -e 'POSTGRES_PASSWORD=tea for two' --ulimit nofile=1024 postgres:17
}
