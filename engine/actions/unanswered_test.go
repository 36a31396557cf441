//go:build linux

package actions_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/runspec"
)

// TestListensElsewhere says why nobody answers at a published port: the program listens only inside, or on another port.
func TestListensElsewhere(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	for name, test := range map[string]struct{ at, what, why string }{
		"inside": {"127.0.0.1:8080", "listens only inside", "127.0.0.1:8080"},
		"other":  {"0.0.0.0:9999", "listens on port 8080", "9999"},
	} {
		s := b.sh("listens-"+name, "trap 'exit 0' TERM INT; httpd -f -p "+test.at+" -h /www & wait")
		s.Ports = []runspec.Port{{HostIP: "127.0.0.1", HostPort: freePort(t), Container: 8080}}
		b.clearLater(s.Name)
		b.want(b.done(b.actions.Run(s)), job.Done, "")
		c := b.look(s.Name)
		err := b.actions.OpenPrinted(b.ctx(), c, "http://localhost:8080/")
		p := model.AsProblem(err, "")
		if p == nil || p.Kind != model.ProblemUnreachable || !strings.Contains(p.What, test.what) || !strings.Contains(p.Why, test.why) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// TestHostNetwork opens a Jupyter that has this computer's own network, where nothing is published.
func TestHostNetwork(t *testing.T) {
	l := newLauncher(t)
	l.want(l.launch(), job.Done, "") // the image is here
	l.private.RemoveForced(t, l.server().Container.ID)
	dir, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	port := freePort(t)
	c := l.started(runspec.Spec{
		Name: "on-the-host", Image: l.recipe.Reference(), Network: "host", User: "root", Env: []runspec.Env{{Name: "JUPYTER_TOKEN", Value: "5ec2e75ec2e7", Secret: true}},
		Command: []string{"jupyter", "notebook", "--ip=127.0.0.1", fmt.Sprint("--port=", port), "--no-browser", "--allow-root"},
	})
	s, ok := l.actions.Notebook(c)
	if !ok || s.Address() != fmt.Sprint("127.0.0.1:", port) {
		t.Fatalf("%+v, %v", s, ok)
	}
	l.actions.OpenServer(s)
	l.until("it is opened", func() bool { return len(urls()) == 1 })
	if got := urls()[0]; !strings.HasPrefix(got, fmt.Sprintf("http://127.0.0.1:%d/", port)) || !strings.HasSuffix(got, "?token=5ec2e75ec2e7") {
		t.Errorf("opened as %s", got)
	}
}
