//go:build linux

package actions_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/runspec"
)

// TestMeasureLaunch measures a launch whose image is here, beside a script that runs the same container and
// asks with curl every 50 ms.
func TestMeasureLaunch(t *testing.T) {
	enginetest.Measuring(t)
	docker, curl := enginetest.Program(t, "docker"), enginetest.Program(t, "curl")
	l := newLauncher(t)
	l.want(l.launch(), job.Done, "") // the image is here
	var total, part, late, script, reopen []time.Duration
	for range enginetest.Rounds {
		l.private.RemoveForced(t, l.server().Container.ID)
		l.until("it is gone", func() bool {
			return len(launcher.Servers(l.session, l.session.Live.Snapshot(), []notebook.Recipe{l.recipe})) == 0
		})
		script = append(script, l.byScript(docker, curl))
		port := freePort(t)
		up := firstAnswer(t.Context(), port)
		var opened time.Time
		click := time.Now()
		wish := launcher.Launch{
			Recipe: l.recipe, Folder: l.folder, Port: port,
			Open: func(context.Context, launcher.Opened) error { opened = time.Now(); return nil },
		}
		l.want(l.done(l.launcher.Launch(wish), nil), job.Done, "")
		s := l.server()
		answered := <-up
		total = append(total, opened.Sub(click))
		late = append(late, opened.Sub(answered))
		part = append(part, opened.Sub(click)-answered.Sub(s.Container.StartedAt))
		again := time.Now()
		l.want(l.done(l.launcher.Launch(wish), nil), job.Done, "")
		reopen = append(reopen, opened.Sub(again))
	}
	median := enginetest.Median[time.Duration]
	enginetest.Times("launch, image here: click → browser", median(total), "docker run, curl every 50 ms", median(script),
		1.1).Print()
	enginetest.AtMost("  of it Slipway's own part", median(part), 300*time.Millisecond).Print()
	enginetest.AtMost("  first 200 → browser", median(late), 250*time.Millisecond).Print()
	enginetest.AtMost("second click on what runs", median(reopen), time.Second).Print()
}

// byScript is how long it takes from docker run to the first answer.
func (l *folderBench) byScript(docker, curl string) time.Duration {
	l.Helper()
	port := freePort(l.T)
	wish := notebook.Launch{
		Recipe: l.recipe, Image: l.recipe.Reference(), Name: "by-script", Folder: l.folder,
		HostPort: port, Token: notebook.NewToken(),
		Host: notebook.Host{UID: os.Getuid(), GID: os.Getgid(), Engine: l.engine().Info()},
	}
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
	enginetest.Measuring(t)
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
	for range enginetest.Rounds {
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
		if found := notebook.Servers(whole, nil, notebook.Place{Locality: model.ThisComputer}); len(found) != servers {
			t.Fatalf("%d servers were found", len(found))
		}
		took = append(took, time.Since(began))
	}
	enginetest.AtMost(fmt.Sprintf("%d servers among %d running containers, all asked anew", servers, many),
		enginetest.Median(took), 500*time.Millisecond).Print()
}

// TestMeasurePull measures a pull from a registry at full speed, beside docker's own pull of the same image.
func TestMeasurePull(t *testing.T) {
	enginetest.Measuring(t)
	docker := enginetest.Program(t, "docker")
	b := newBench(t, enginetest.Start(t))
	registry := enginetest.StartRegistry(t)
	ref := enginetest.LayeredImage(t, registry, 6, 20<<20)
	var ours, theirs []time.Duration
	for range enginetest.Rounds {
		began := time.Now()
		cmd := exec.CommandContext(t.Context(), docker, "pull", ref)
		cmd.Env = append(os.Environ(), "DOCKER_HOST="+b.private.Host())
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		theirs = append(theirs, time.Since(began))
		b.forgetImage(ref)
		began = time.Now()
		b.want(b.done(b.images.Pull(ref)), job.Done, "")
		ours = append(ours, time.Since(began))
		b.forgetImage(ref)
	}
	enginetest.Times("pull of 7 layers, 120 MB, through Slipway", enginetest.Median(ours), "docker pull",
		enginetest.Median(theirs), 1.05).Print()
}

// forgetImage has the engine delete an image.
func (b *bench) forgetImage(ref string) {
	b.Helper()
	if _, err := b.engine().RemoveImage(b.ctx(), ref); err != nil {
		b.Fatal(err)
	}
}
