//go:build linux

package actions_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"
)

// TestListensElsewhere says why nobody answers at a published port: the program listens only inside, or on another
// port.
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
		err := b.launcher.OpenPrinted(b.ctx(), c, "http://localhost:8080/")
		p := model.AsProblem(err, model.Fact{})
		if p == nil || p.Kind != model.ProblemUnreachable || !strings.Contains(words.Of(p.What).String(), test.what) ||
			!strings.Contains(words.Of(p.Why).String(), test.why) {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// TestHostNetwork opens a Jupyter that has this computer's own network, where nothing is published: also where its
// port was taken, so that it went to the next one, and where it runs as another user. Who has the port that it was to
// have is never sent its token.
func TestHostNetwork(t *testing.T) {
	l := newLauncher(t)
	l.want(l.launch(), job.Done, "") // the image is here
	l.private.RemoveForced(t, l.server().Container.ID)
	dir, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	const token = "5ec2e75ec2e7"
	port := freePort(t)
	var asked atomic.Value
	other := &http.Server{
		Addr: fmt.Sprint("127.0.0.1:", port),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(fmt.Sprint(r.URL, r.Header), token) {
				asked.Store(r.URL.String())
			}
			_, _ = io.WriteString(w, `{"version": "2.0"}`) // as any Jupyter answers
		}),
	}
	listener, err := net.Listen("tcp", other.Addr)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = other.Serve(listener) }()
	t.Cleanup(func() { _ = other.Close() })
	c := l.started(runspec.Spec{
		Name: "on-the-host", Image: l.recipe.Reference(), Network: "host", User: "1234",
		Env:     []runspec.Env{{Name: "JUPYTER_TOKEN", Value: token, Secret: true}, {Name: "HOME", Value: "/tmp"}},
		Command: []string{"jupyter", "notebook", "--ip=127.0.0.1", fmt.Sprint("--port=", port), "--no-browser"},
	})
	s, ok := l.launcher.Notebook(c)
	if !ok || s.Address() != fmt.Sprint("127.0.0.1:", port) {
		t.Fatalf("%+v, %v", s, ok)
	}
	l.launcher.OpenServer(s)
	l.until("it is opened", func() bool { return len(urls()) == 1 })
	if got := urls()[0]; strings.HasPrefix(got, fmt.Sprintf("http://127.0.0.1:%d/", port)) ||
		!strings.HasPrefix(got, "http://127.0.0.1:") || !strings.HasSuffix(got, "?token="+token) {
		t.Errorf("opened as %s", got)
	}
	if sent := asked.Load(); sent != nil {
		t.Errorf("the token went to another server: %s", sent)
	}
}
