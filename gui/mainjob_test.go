//go:build linux

package gui_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/engine/enginetest"
	"slipway/gui"
)

// TestMainJobInProcess does the main job with the whole window in this process, on a real engine.
func TestMainJobInProcess(t *testing.T) {
	noLeaks(t)
	e := enginetest.Start(t)
	registry, ref := enginetest.JupyterRegistry(t)
	bin, urls := enginetest.XDGOpenRecorder(t)
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	d := open(t, e.Host())
	mainJob(t, d, e, registry.Addr(), ref, urls)
}

// mainJob is what Slipway is for: a real Jupyter image is pulled from a real registry, run with a port and a folder
// chosen in the form, opened in a real browser, stopped and removed; all from the window.
func mainJob(t *testing.T, d driver, e *enginetest.Engine, _, ref string, urls func() []string) {
	t.Helper()
	const token = "5f1c0ffee5f1c0ffee"
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "survey.ipynb"),
		[]byte(`{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}`), 0o666); err != nil {
		t.Fatal(err)
	}
	os.Chmod(folder, 0o777) // the image's user is not the test's

	// Pull it.
	press(d, "nav.images")
	d.Until("the empty state of the images", shows("images.empty.pull"))
	press(d, "images.empty.pull")
	d.Fill("pull.image", ref)
	d.Until("the command of the pull", says("pull.command", "docker pull "+ref))
	press(d, "pull.go")
	d.Until("the image in the list", shows("row:"+ref))

	// Run it.
	press(d, "row:"+ref+".run")
	d.Until("what the image says about itself", says("run.port.0.container", "8888"))
	d.Until("the port can be published", func(dump gui.Dump) bool {
		i, _ := item(dump, "run.port.0.host")
		return i.Text != ""
	})
	d.Fill("run.port.0.host", quietPort(t)) // tests beside this one take what is proposed
	d.Fill("run.name", "thesis")
	d.Until("what is lost without a folder", says("run.mount.0.source.error", "only inside the container"))
	d.Fill("run.mount.0.source", folder)
	d.Until("the place that the mount coach proposes", says("run.mount.0.target", "/home/jovyan/work"))
	press(d, "run.env.add")
	d.Fill("run.env.0.name", "JUPYTER_TOKEN")
	d.Fill("run.env.0.value", token)
	d.Until("the command without the secret", says("run.line", "-e JUPYTER_TOKEN "+ref))
	press(d, "run.go")
	d.Until("the form is gone", hides("run"))

	// Open it.
	press(d, "nav.containers")
	d.Until("the container runs", says("row:thesis", "Running"))
	press(d, "row:thesis")
	d.Until("what the server prints", says("inside.output", "Control-C"))
	port := portOf(t, d.Dump())
	press(d, "row:thesis.port."+port)
	d.Until("the browser is asked", func(gui.Dump) bool { return len(urls()) > 0 })
	opened := urls()[0]
	if !strings.HasPrefix(opened, "http://127.0.0.1:"+port+"/") {
		t.Errorf("the browser was sent to %s", opened)
	}
	checkNotebook(t, opened, token)

	// Write something that exists only inside, then remove it.
	inside(t, e, "thesis", "echo draft > /home/jovyan/draft.txt")
	press(d, "inside.remove")
	d.Until("the file that would be lost", shows("row:/home/jovyan/draft.txt"))
	d.Until("that the folder stays", func(dump gui.Dump) bool {
		return strings.Contains(describe(dump), "docker rm thesis")
	})
	press(d, "remove.stop")
	d.Until("it is stopped", func(dump gui.Dump) bool {
		i, ok := item(dump, "row:thesis")
		return ok && !strings.Contains(i.Text, "Running")
	})
	press(d, "inside.remove")
	d.Until("the file is listed again", shows("row:/home/jovyan/draft.txt"))
	press(d, "remove.confirm")
	d.Until("it is gone", hides("row:thesis"))
	if _, err := os.Stat(filepath.Join(folder, "survey.ipynb")); err != nil {
		t.Errorf("the user's own folder: %v", err)
	}

	// All of it stands in the history.
	press(d, "strip.history")
	d.Until("the history", shows("history.close"))
	dump := describe(d.Dump())
	for _, want := range []string{
		"docker pull " + ref, "docker run -d --name thesis", "docker stop thesis",
		"docker rm thesis",
	} {
		if !strings.Contains(dump, want) {
			t.Errorf("%q is not in the history:\n%s", want, dump)
		}
	}
	if strings.Contains(dump, token) {
		t.Error("the secret is in the history")
	}
	d.Key("Escape")
	d.Until("the dialog is closed", hides("history"))

	// And the image goes as well.
	press(d, "nav.images")
	press(d, "row:"+ref+".remove")
	press(d, "rmi.delete")
	d.Until("no image is left", shows("images.empty.pull"))
}

// portOf is the port that the container's link opens.
func portOf(t *testing.T, d gui.Dump) string {
	t.Helper()
	for _, i := range d.Items {
		if port, ok := strings.CutPrefix(i.ID, "row:thesis.port."); ok {
			return port
		}
	}
	fatal(t, d, "a port of the container")
	return ""
}

// checkNotebook opens the address in a real browser and looks whether the notebook's own file list is there, signed in.
func checkNotebook(t *testing.T, address, token string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet,
		strings.Join(strings.SplitN(address, "/", 4)[:3], "/")+"/api/contents/work?token="+token, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body := make([]byte, 1<<16)
	n, _ := r.Body.Read(body)
	r.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if r.StatusCode != http.StatusOK || !strings.Contains(string(body[:n]), "survey.ipynb") {
		t.Errorf("the server does not see the folder: %s %s", r.Status, body[:n])
	}
	dom := enginetest.Chromium(t, address, "notebook_list", ">work<")
	if !strings.Contains(dom, "notebook_list") || !strings.Contains(dom, ">work<") ||
		strings.Contains(dom, "password_input") {
		t.Errorf("the browser does not show the notebook's files, signed in:\n%.2000s", dom)
	}
}

// quietPort is a port that is free, and that nobody is likely to take: notebooks begin with well-known ones.
func quietPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}
