//go:build linux

package enginetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// browseLimit is how long a page may take, programs in it included.
const browseLimit = 90 * time.Second

// Chromium opens a page in a browser of its own (no profile, no window), lets
// its programs run and returns the document that they made, as HTML. A page
// that does not hold all of want yet is opened again, for at most a minute:
// on a busy machine the browser may give its document away before the page's
// programs have run.
func Chromium(t testing.TB, url string, want ...string) (dom string) {
	t.Helper()
	notShort(t)
	for end := time.Now().Add(time.Minute); ; {
		out, err := browse(t, "--dump-dom", url)
		if err != nil {
			giveUp(t, err)
		}
		missing := slices.IndexFunc(want, func(w string) bool { return !strings.Contains(out, w) })
		if missing < 0 || time.Now().After(end) {
			return out
		}
		t.Logf("the page at %s has no %q yet", url, want[missing])
	}
}

// Screenshot opens a page as [Chromium] does and writes a picture of it (PNG)
// to file.
func Screenshot(t testing.TB, url, file string) {
	t.Helper()
	notShort(t)
	if _, err := browse(t, "--screenshot="+file, "--hide-scrollbars", url); err != nil {
		giveUp(t, err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Fatalf("enginetest: chromium made no picture of %s: %v", url, err)
	}
}

func browse(t testing.TB, arguments ...string) (output string, err error) {
	t.Helper()
	bin, err := findBinaries("chromium")
	if err != nil {
		return "", &missingError{what: "chromium", fix: "apt-get install chromium"}
	}
	ctx, cancel := context.WithTimeout(t.Context(), browseLimit)
	defer cancel()
	home := t.TempDir()
	cmd := exec.CommandContext(ctx, bin.path("chromium"), append(chromiumArguments(home), arguments...)...)
	// Its helpers are in its process group: all end with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	err = cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // helpers that stayed
	}
	if err != nil {
		return "",
			fmt.Errorf("chromium %s: %w: %s", strings.Join(arguments, " "), errors.Join(err, ctx.Err()), complaints.Bytes())
	}
	return out.String(), nil
}

func chromiumArguments(profile string) []string {
	return []string{
		"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--no-proxy-server", "--disable-dev-shm-usage", "--window-size=1280,800",
		"--user-data-dir=" + profile,
		// Waiting for programs, not for the clock: time jumps ahead while
		// nothing is loaded.
		"--virtual-time-budget=10000",
	}
}

// openers are the names under which programs look for a browser to open a page.
var openers = []string{"xdg-open", "x-www-browser", "www-browser"}

// recorder writes down in one call what it is given, so that two at once do
// not mix. Where that is a page that leads on once, it asks for it as a
// browser does, and writes down where it leads.
const recorder = `#!/bin/bash
url=$1
if [[ $url =~ ^http://(127\.0\.0\.1):([0-9]+)(/slipway-open/[0-9a-f]+)$ ]]; then
	exec 3<>"/dev/tcp/${BASH_REMATCH[1]}/${BASH_REMATCH[2]}" || exit 4
	printf 'GET %s HTTP/1.1\r\nHost: %s:%s\r\n\r\n' "${BASH_REMATCH[3]}" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" >&3
	while IFS= read -r line <&3; do
		line=${line%$'\r'}
		[[ $line == Location:* ]] && url=${line#Location: }
	done
fi
printf '%s\n' "$url" >>"$RECORD"
`

// XDGOpenRecorder makes a folder with programs (xdg-open and its like) that
// only write down what they should open. Put dir first in PATH; urls returns
// what has been opened since, in order: where the page that Slipway hands to
// a browser leads.
func XDGOpenRecorder(t testing.TB) (dir string, urls func() []string) {
	t.Helper()
	dir = t.TempDir()
	record := filepath.Join(dir, "opened")
	script := strings.ReplaceAll(recorder, "$RECORD",
		strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(record))
	for _, name := range openers {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatalf("enginetest: %v", err)
		}
	}
	return dir, func() []string {
		text, err := os.ReadFile(record)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("enginetest: %v", err)
		}
		return strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
	}
}
