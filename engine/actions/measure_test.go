//go:build linux

package actions_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/engine/actions"
	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/runspec"
)

// measured is of how many rounds the median is taken.
const measured = 5

// measuring skips a test that only measures; "make bench" runs it.
func measuring(t *testing.T) {
	t.Helper()
	if os.Getenv("SLIPWAY_BENCH") == "" {
		t.Skip("make bench measures this; without it there is nothing to test here")
	}
}

func median(list []time.Duration) time.Duration {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[len(list)/2]
}

// TestMeasureLaunch measures a launch whose image is here, beside a script that runs the same container and asks with curl
// every 50 ms.
func TestMeasureLaunch(t *testing.T) {
	measuring(t)
	docker, curl := enginetest.Program(t, "docker"), enginetest.Program(t, "curl")
	l := newLauncher(t)
	l.want(l.launch(), job.Done, "") // the image is here
	var total, part, late, script, reopen []time.Duration
	for range measured {
		l.private.RemoveForced(t, l.server().Container.ID)
		l.until("it is gone", func() bool {
			return len(actions.Servers(l.session.Live.Snapshot(), []notebook.Recipe{l.recipe})) == 0
		})
		script = append(script, l.byScript(docker, curl))
		port := freePort(t)
		up := firstAnswer(t.Context(), port)
		var opened time.Time
		click := time.Now()
		wish := actions.Launch{Recipe: l.recipe, Folder: l.folder, Port: port, Open: func(context.Context, actions.Opened) error { opened = time.Now(); return nil }}
		l.want(l.done(l.actions.Launch(wish), nil), job.Done, "")
		s := l.server()
		answered := <-up
		total = append(total, opened.Sub(click))
		late = append(late, opened.Sub(answered))
		part = append(part, opened.Sub(click)-answered.Sub(s.Container.StartedAt))
		again := time.Now()
		l.want(l.done(l.actions.Launch(wish), nil), job.Done, "")
		reopen = append(reopen, opened.Sub(again))
	}
	fmt.Printf("warm launch, click to browser      %v (aim 1.1 × the script: %.2f ×)\n", median(total).Round(time.Millisecond), float64(median(total))/float64(median(script)))
	fmt.Printf("  docker run and curl every 50 ms  %v\n", median(script).Round(time.Millisecond))
	fmt.Printf("  Slipway's own part               %v (aim 300 ms)\n", median(part).Round(time.Millisecond))
	fmt.Printf("  first 200 to browser             %v (aim 250 ms)\n", median(late).Round(time.Millisecond))
	fmt.Printf("second click on what runs          %v (aim 1 s)\n", median(reopen).Round(time.Millisecond))
}

// byScript is how long it takes from docker run to the first answer.
func (l *launcher) byScript(docker, curl string) time.Duration {
	l.Helper()
	port := freePort(l.T)
	wish := notebook.Launch{Recipe: l.recipe, Image: l.recipe.Reference(), Name: "by-script", Folder: l.folder, HostPort: port, Token: notebook.NewToken(), Host: notebook.Host{UID: os.Getuid(), GID: os.Getgid(), Engine: l.engine().Info()}}
	l.clearLater("by-script")
	const text = `%s
until [ "$(%s -s -o /dev/null -w '%%{http_code}' -H "Authorization: token %s" http://127.0.0.1:%d/api/status)" = 200 ]; do sleep 0.05; done`
	line := strings.Replace(wish.Spec().RunCommand().WithSecrets(), "docker ", docker+" ", 1)
	cmd := exec.CommandContext(l.Context(), "sh", "-c", fmt.Sprintf(text, line, curl, wish.Token, port))
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+l.private.Host())
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		l.Fatalf("%v: %s", err, out)
	}
	took := time.Since(began)
	l.private.RemoveForced(l.T, "by-script")
	return took
}

// firstAnswer tells when a notebook on this port first answers.
func firstAnswer(ctx context.Context, port uint16) <-chan time.Time {
	up := make(chan time.Time, 1)
	go func() {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		for ctx.Err() == nil {
			response, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d/api", port))
			if err == nil {
				response.Body.Close()
				if response.StatusCode == http.StatusOK {
					up <- time.Now()
					return
				}
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	return up
}

// TestMeasureServers measures finding the servers among 50 running containers.
func TestMeasureServers(t *testing.T) {
	measuring(t)
	b := newBench(t, enginetest.Shared(t))
	const many, servers = 50, 5
	for i := range many {
		s := b.sh(fmt.Sprintf("many-%d", i), idle)
		if i < servers {
			s.Env = []runspec.Env{{Name: "JUPYTER_TOKEN", Value: "t"}}
		}
		b.started(s)
	}
	var took []time.Duration
	for range measured {
		began := time.Now()
		list, err := b.engine().Containers(b.ctx(), true)
		if err != nil {
			t.Fatal(err)
		}
		var whole []model.Container
		for _, c := range list {
			fresh, err := b.engine().Container(b.ctx(), c.ID)
			if err != nil {
				t.Fatal(err)
			}
			whole = append(whole, fresh)
		}
		if found := notebook.Servers(whole, nil, func(string) map[string]string { return nil }); len(found) != servers {
			t.Fatalf("%d servers were found", len(found))
		}
		took = append(took, time.Since(began))
	}
	fmt.Printf("finding %d servers among %d running containers, all asked anew  %v (aim 500 ms)\n", servers, many, median(took).Round(time.Millisecond))
}
