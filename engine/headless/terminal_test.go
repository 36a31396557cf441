package headless

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"slipway/engine/actions"
	"slipway/engine/job"
	"slipway/engine/launcher"
	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/words"
)

// TestAsker takes only a plain yes, and keeps everything where nobody sits in front.
func TestAsker(t *testing.T) {
	question := actions.BusyStop{Container: model.Container{Name: "thesis"}, Notebooks: []string{"long.ipynb"}}
	var errs bytes.Buffer
	a := &asker{out: &output{Terminal: Terminal{In: strings.NewReader("y\nno\n\nYES\nye"), Err: &errs, Interactive: true}}}
	for i, want := range []bool{true, false, false, true, false, false} {
		if got := a.BusyStop(t.Context(), question); got != want {
			t.Errorf("answer %d: %v", i, got)
		}
	}
	if !strings.Contains(errs.String(), "Code is running in long.ipynb. Stop “thesis” anyway? [y/N]") {
		t.Errorf("asked %q", errs.String())
	}
	alone := &asker{out: &output{Terminal: Terminal{In: strings.NewReader("y\ny\n"), Err: io.Discard}}}
	if alone.BusyStop(t.Context(), question) {
		t.Error("nobody was asked, and nothing is kept")
	}

	in, typing := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	waiting := &asker{out: &output{Terminal: Terminal{In: in, Err: io.Discard, Interactive: true}}}
	if waiting.BusyStop(ctx, question) {
		t.Error("a withdrawn question is a yes")
	}
	go func() {
		_, _ = typing.Write([]byte("y\n"))
		typing.Close()
	}()
	if !waiting.BusyStop(t.Context(), question) {
		t.Error("the line that was typed is lost")
	}
}

func TestFailedTells(t *testing.T) {
	p := &model.Problem{
		Kind: model.ProblemExited, Cause: errors.New("first\n\x1b[2Jlast"),
		What: model.Verbatim("“x” ended"),
		Why:  model.Verbatim("It broke."),
		Fix:  model.Verbatim("Mend it."),
	}
	p.Command = model.Run("docker", "logs", "x")
	for _, tc := range []struct {
		err  error
		code int
		kind string
	}{
		{p, ExitFailed, "exited"},
		{errNoEngine{p}, ExitNoEngine, "exited"},
		{context.Canceled, ExitCancelled, "cancelled"},
		{wrong(model.Verbatim("typed wrong")), ExitUsage, "bad-input"},
		{errors.New("anything"), ExitFailed, "unknown"},
	} {
		var out, errs bytes.Buffer
		code := (&output{Terminal: Terminal{Out: &out, Err: &errs}}).failed(Command{JSON: true}, tc.err)
		var f failure
		if err := json.Unmarshal(out.Bytes(), &f); err != nil || code != tc.code || f.Error.Kind != tc.kind ||
			f.Error.What == "" {
			t.Errorf("%v: %d %v %s", tc.err, code, err, &out)
		}
		if errs.Len() == 0 || strings.Contains(errs.String(), "\x1b") {
			t.Errorf("%v: stderr %q", tc.err, &errs)
		}
	}
	var errs bytes.Buffer
	(&output{Terminal: Terminal{Out: io.Discard, Err: &errs}}).failed(Command{}, p)
	if want := "slipway: “x” ended\n  It broke.\n  Mend it.\n  $ docker logs x\n  | first\n  | last\n"; errs.String() != want {
		t.Errorf("said %q", &errs)
	}
}

func TestOpenedTells(t *testing.T) {
	o := launcher.Opened{
		URL: "http://127.0.0.1:1/lab?a=b&token=t",
		Server: notebook.Server{Container: model.Container{
			Name:  "thesis",
			Marks: map[string]string{model.LabelRecipe: "scipy"},
		}, Folder: "/a", Port: model.PublishedPort{HostPort: 1}},
	}
	var out, errs bytes.Buffer
	tell := func(c Command, t Terminal, o launcher.Opened, browser error) {
		out.Reset()
		errs.Reset()
		t.Out, t.Err = &out, &errs
		(&output{Terminal: t}).opened(c, o, browser)
	}
	tell(Command{}, Terminal{}, o, nil)
	if out.String() != o.URL+"\n" || errs.String() != "thesis is open in the browser\n" {
		t.Errorf("%q %q", &out, &errs)
	}
	tell(Command{JSON: true, NoBrowser: true}, Terminal{}, o, nil)
	if out.String() != `{"url":"`+o.URL+`","container":"thesis","folder":"/a","recipe":"scipy","port":1,"reused":false}`+
		"\n" || errs.String() != "thesis is ready\n" {
		t.Errorf("%q %q", &out, &errs)
	}
	tell(Command{}, Terminal{}, o,
		&model.Problem{
			Kind: model.ProblemUnsupported, What: model.Verbatim("Cannot open the browser"),
			Fix: model.Verbatim("Open it in a browser in a browser yourself."),
		})
	if out.String() != o.URL+"\n" || !strings.Contains(errs.String(), "Open it in a browser in a browser yourself.") {
		t.Errorf("%q %q", &out, &errs)
	}
	o.Server.SignIn, o.Server.Token = notebook.SignIn{Method: notebook.SignInPasswordEnv, User: "rstudio"}, "secret"
	tell(Command{}, Terminal{}, o, nil)
	if strings.Contains(errs.String()+out.String(), "secret") {
		t.Errorf("the password is in a log: %q %q", &out, &errs)
	}
	tell(Command{}, Terminal{Interactive: true}, o, nil)
	if !strings.Contains(errs.String(), "Sign in as rstudio with the password secret") {
		t.Errorf("%q", &errs)
	}
}

func TestProgress(t *testing.T) {
	step := func(i int, g job.Progress) job.View {
		return job.View{Steps: []model.Fact{
			model.Verbatim("Check"), model.Verbatim("Download"), model.Verbatim("Start"),
			model.Verbatim("Open"),
		}, Step: i, Progress: g}
	}
	var errs bytes.Buffer
	p := &progress{out: &output{Terminal: Terminal{Err: &errs}}, quietEnd: true}
	for _, v := range []job.View{
		{},
		step(0, job.Progress{}),
		step(1, job.Progress{}),
		step(1, job.Progress{Done: 5e6, Total: 50e6}),
		step(1, job.Progress{Done: 102e6, Total: 150e6}),
		step(1, job.Progress{Done: 8e6, Total: 160e6, Known: true}),
		step(1, job.Progress{Done: 40e6, Total: 160e6, Known: true}),
		step(1, job.Progress{Done: 41e6, Total: 160e6, Known: true}),
		step(2, job.Progress{}),
		step(3, job.Progress{}),
	} {
		p.note(v)
		p.show(v)
	}
	if want := "Check\nDownload\nDownload: 102 MB of at least 150 MB\nDownload: 25% of 160 MB\nStart\n"; errs.String() != want {
		t.Errorf("%q, want %q", &errs, want)
	}
	errs.Reset()
	p = &progress{out: &output{Terminal: Terminal{Err: &errs, Interactive: true}}}
	p.show(step(1, job.Progress{Done: 5e6, Total: 50e6}))
	p.out.line(words.Name("a line"))
	if want := wipe + "Download: 5 MB of at least 50 MB" + wipe + "a line\n"; errs.String() != want {
		t.Errorf("%q, want %q", &errs, want)
	}
}
