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
	"slipway/engine/words"
)

// TestOpenPrinted opens what a program prints of itself. On this computer another server has the port that it means.
func TestOpenPrinted(t *testing.T) {
	b := newBench(t, enginetest.Shared(t))
	dir, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	s := runspec.Spec{
		Name: "prints", Image: b.image, Command: enginetest.TinyServer(),
		Ports: []runspec.Port{{HostIP: "127.0.0.1", HostPort: freePort(t), Container: 8080}},
	}
	b.clearLater(s.Name)
	b.want(b.done(b.actions.Run(s)), job.Done, "")
	c := b.look(s.Name)
	at := fmt.Sprintf("http://127.0.0.1:%d/", c.Ports[0].HostPort)
	opened := 0
	for _, test := range []struct{ printed, want string }{
		{"http://127.0.0.1:8080/?token=5ec2e75ec2e7", at}, // no Jupyter, which is told no token
		{"http://localhost:8080/", at},
		{"http://0.0.0.0:8080", at},
		{"http://" + c.ShortID() + ":8080/lab?token=5ec2e75ec2e7", at},
		{"http://prints:8080/index.html", at + "index.html"},
		{"http://localhost:8080/docs?page=2", at + "docs?page=2"},
		{"https://docs.docker.com/x?y=1", "https://docs.docker.com/x?y=1"},
		{"http://localhost:9999/x", "http://localhost:9999/x"},
		{"http://localhost:9999/?token=5ec2e75ec2e7", ""},
	} {
		err := b.launcher.OpenPrinted(b.ctx(), c, test.printed)
		if test.want == "" {
			if !model.IsKind(err, model.ProblemUnreachable) {
				t.Errorf("%s: %v", test.printed, err)
			}
			continue
		}
		if opened++; err != nil {
			t.Fatalf("%s: %v", test.printed, err)
		}
		b.until("it is opened", func() bool { return len(urls()) == opened })
		if got := urls()[opened-1]; got != test.want {
			t.Errorf("%s is opened as %s, want %s", test.printed, got, test.want)
		}
	}
	for state, word := range map[model.State]string{
		model.StatePaused: "paused", model.StateExited: "is not running",
		model.StateCreated: "is not running",
	} {
		c.State = state
		err := b.launcher.OpenPrinted(b.ctx(), c, "http://127.0.0.1:8080/?token=5ec2e75ec2e7")
		if !model.IsKind(err, model.ProblemExited) || !strings.Contains(words.Error(err).String(), word) ||
			len(urls()) != opened {
			t.Errorf("%s: %v", state, err)
		}
	}
	if strings.Contains(fmt.Sprint(urls()), "5ec2e7") {
		t.Errorf("a token went to another server: %v", urls())
	}
}
