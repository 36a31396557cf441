package engine

import (
	"slices"
	"strings"
	"testing"
)

func TestUserNames(t *testing.T) {
	const file = "root:x:0:0:root:/root:/bin/bash\n\ndaemon:x:1:1::/:/bin/sh\n# comment:x\nno colon\n+nis:::\n-u:x:1000\nbad name:x:1000\n\x1b[31m:x:2000\njovyan:x:1000:100::/home:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n"
	if got := userNames(file); !slices.Equal(got, []string{"root", "jovyan"}) {
		t.Errorf("%q", got)
	}
	if got := userNames(strings.Repeat("a:b:1000\n", 2*mostUsers)); len(got) != mostUsers {
		t.Errorf("%d users", len(got))
	}
}

func TestSearchPath(t *testing.T) {
	got := searchPath([]string{"A=/x", "PATH=/usr/local/bin:/opt/conda/bin:relative::/bin:/opt/x/../y"})
	if !slices.Equal(got, []string{"/opt/conda/bin", "/opt/y"}) {
		t.Errorf("%q", got)
	}
}
