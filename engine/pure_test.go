package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"slipway/engine/model"
	"slipway/engine/words"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
)

func TestParseStatus(t *testing.T) {
	for text, want := range map[string]struct {
		exit   int
		health string
	}{
		"":                               {},
		"Created":                        {},
		"Up 2 minutes":                   {},
		"Up 2 minutes (healthy)":         {0, "healthy"},
		"Up 2 minutes (unhealthy)":       {0, "unhealthy"},
		"Up 1 second (health: starting)": {0, "starting"},
		"Up 2 minutes (Paused)":          {},
		"Exited (0) 3 hours ago":         {},
		"Exited (137) 3 hours ago":       {137, ""},
		"Exited (-1) 3 hours ago":        {-1, ""},
		"Restarting (5) 1 second ago":    {5, ""},
		"Removal In Progress":            {},
		"Dead":                           {},
	} {
		if exit, health := parseStatus(text); exit != want.exit || health != want.health {
			t.Errorf("%q: %d, %q", text, exit, health)
		}
	}
}

func FuzzParseStatus(f *testing.F) {
	f.Add("Exited (99999999999999999999) 1 second ago")
	f.Add("Up (healthy)")
	f.Fuzz(func(t *testing.T, text string) {
		if _, health := parseStatus(text); health != "" && health != "starting" && health != "healthy" &&
			health != "unhealthy" {
			t.Error(health)
		}
	})
}

func TestParseImage(t *testing.T) {
	digest := "sha256:" + strings.Repeat("0a", 32)
	for text, want := range map[string]string{
		"python":                            "python:latest",
		" python:3.13 ":                     "python:3.13",
		"docker.io/library/python":          "python:latest",
		"index.docker.io/jupyter/scipy":     "jupyter/scipy:latest",
		"jupyter/scipy-notebook:python-3.8": "jupyter/scipy-notebook:python-3.8",
		"quay.io/a/b":                       "quay.io/a/b:latest",
		"127.0.0.1:5000/a":                  "127.0.0.1:5000/a:latest",
		"localhost/a":                       "localhost/a:latest",
		"localhost:5000/a:1":                "localhost:5000/a:1",
		"python@" + digest:                  "python@" + digest,
		"python:3.13@" + digest:             "python@" + digest,
		digest:                              digest,
		"":                                  "",
		"Python":                            "",
		"a b":                               "",
		"https://hub.docker.com/_/python":   "",
		"python:":                           "",
		strings.Repeat("ab", 32):            "",
		"-x":                                "",
	} {
		got, err := ParseImage(text)
		if got != want || (err == nil) != (want != "") || err != nil && !model.IsKind(err, model.ProblemBadInput) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func FuzzParseImage(f *testing.F) {
	for _, text := range []string{
		"python", "a/b:c", "x@sha256:" + strings.Repeat("ab", 32), "--rm", "LOCALHOST/a",
		"[::1]:5000/a",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := ParseImage(text)
		if err != nil {
			return
		}
		if again, err := ParseImage(ref); err != nil || again != ref {
			t.Errorf("%q is %q, and that is %q, %v", text, ref, again, err)
		}
		if strings.HasPrefix(ref, "-") || strings.ContainsAny(ref, " \t\n'\"$`") {
			t.Errorf("%q is dangerous in a shell", ref)
		}
		if RegistryOf(ref) == "" {
			t.Errorf("%q has no registry", ref)
		}
	})
}

func TestRegistryOf(t *testing.T) {
	for image, want := range map[string]string{
		"python": "docker.io", "a/b:1": "docker.io", "quay.io/a/b": "quay.io", "127.0.0.1:5000/a:1": "127.0.0.1:5000",
		"localhost/a": "localhost", "": "docker.io", "Not Valid": "docker.io",
	} {
		if got := RegistryOf(image); got != want {
			t.Errorf("%q: %q", image, got)
		}
	}
}

// TestExplain has what engines really say: 20.10 unless another is named.
func TestExplain(t *testing.T) {
	pull := subject{what: model.Verbatim("Cannot pull quay.io/a/b:1"), image: "quay.io/a/b:1"}
	run := subject{what: model.Verbatim("Cannot start “x”"), container: "abc"}
	internal, notFound, conflict, invalid := errdefs.ErrInternal, errdefs.ErrNotFound, errdefs.ErrConflict,
		errdefs.ErrInvalidArgument
	for _, test := range []struct {
		name  string
		s     subject
		class error
		text  string
		kind  model.ProblemKind
	}{
		{
			"name", run, conflict,
			`Error response from daemon: Conflict. The container name "/x" is already in use by container "0123". You have to remove (or rename) that container to be able to reuse that name.`, model.ProblemNameTaken,
		},
		{
			"name, Podman", run, internal,
			`creating container storage: the container name "x" is already in use by 0123. You have to remove that container to be able to reuse that name: that name is already in use`, model.ProblemNameTaken,
		},
		{
			"new name, Podman", run, conflict,
			"renaming container 0123: name x already in use, cannot rename container 0123: container already exists",
			model.ProblemNameTaken,
		},
		{
			"remove running, Podman", run, internal,
			"cannot remove container 0123 as it is running - running or paused containers cannot be removed without force: container state improper", model.ProblemConflict,
		},
		{
			"bad name, Podman", run, internal,
			"container create: running container create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*: invalid argument",
			model.ProblemBadInput,
		},
		{
			"--rm and --restart, Podman", run, internal,
			"fill out specgen: the --rm option conflicts with --restart, when the restartPolicy is not \"\" and \"no\"",
			model.ProblemBadInput,
		},
		{
			"port of a container", run, internal,
			"driver failed programming external connectivity on endpoint x (0123): Bind for 0.0.0.0:8888 failed: port is already allocated", model.ProblemPortTaken,
		},
		{
			"port of a process", run, internal,
			"driver failed programming external connectivity on endpoint x (0123): Error starting userland proxy: listen tcp4 127.0.0.1:8888: bind: address already in use", model.ProblemPortTaken,
		},
		{
			"port of a process, 28", run, internal,
			"failed to set up container networking: driver failed programming external connectivity on endpoint x (0123): failed to bind host port for 0.0.0.0:8888:172.17.0.2:80/tcp: address already in use", model.ProblemPortTaken,
		},
		{
			"port of a process, 29", run, internal, "failed to bind host port 0.0.0.0:8888/tcp: address already in use",
			model.ProblemPortTaken,
		},
		{
			"less memory than it uses", run, internal,
			"Cannot update container c303: runc did not terminate successfully: exit status 1: unable to set memory limit to 8388608 (current usage: 63385600, peak usage: 64774144)\n: unknown", model.ProblemConflict,
		},
		{
			"disk full", pull, nil,
			"failed to register layer: Error processing tar file(exit status 1): write /x: no space left on device",
			model.ProblemDiskFull,
		},
		{
			"disk full at a start", run, internal, "mkdir /var/lib/docker/overlay2/x: no space left on device",
			model.ProblemDiskFull,
		},
		{
			"rate limit", pull, nil,
			"toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit", model.ProblemRateLimit,
		},
		{
			"proxy", pull, internal,
			`Get "https://quay.io/v2/": proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused`,
			model.ProblemProxy,
		},
		{
			"no sign-in", pull, internal, `Get "https://quay.io/v2/a/b/manifests/1": no basic auth credentials`,
			model.ProblemSignIn,
		},
		{
			"wrong sign-in", pull, internal, `Get "https://quay.io/v2/": unauthorized: authentication required`,
			model.ProblemSignIn,
		},
		{
			"no such repository on the Hub", pull, notFound,
			"pull access denied for a/b, repository does not exist or may require 'docker login': denied: requested access to the resource is denied", model.ProblemSignIn,
		},
		{
			"sign-in, 28", pull, errdefs.ErrUnauthenticated, "Head \"https://quay.io/v2/a/b/manifests/1\": denied",
			model.ProblemSignIn,
		},
		{
			"no such tag", pull, notFound, "manifest for quay.io/a/b:1 not found: manifest unknown: manifest unknown",
			model.ProblemNoSuchTag,
		},
		{
			"no such tag, 29", pull, notFound, "failed to resolve reference \"quay.io/a/b:1\": quay.io/a/b:1: not found",
			model.ProblemNoSuchTag,
		},
		{
			"no such tag, Podman", pull, nil,
			"initializing source docker://quay.io/a/b:1: reading manifest 1 in quay.io/a/b: manifest unknown",
			model.ProblemNoSuchTag,
		},
		{
			"other computer", pull, notFound, "no matching manifest for linux/arm64/v8 in the manifest list entries",
			model.ProblemUnsupported,
		},
		{
			"no network", pull, internal, `Get "https://quay.io/v2/": dial tcp: lookup quay.io: no such host`,
			model.ProblemUnreachable,
		},
		{
			"registry down", pull, internal, `Get "http://127.0.0.1:5/v2/": dial tcp 127.0.0.1:5: connect: connection refused`,
			model.ProblemUnreachable,
		},
		{"registry breaks off", pull, nil, "unexpected EOF", model.ProblemUnreachable},
		{
			"no such program", run, invalid,
			`failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "x": executable file not found in $PATH: unknown`, model.ProblemBadCommand,
		},
		{
			"no such path", run, invalid,
			`OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "/x": stat /x: no such file or directory: unknown`, model.ProblemBadCommand,
		},
		{
			"no such path, 29", run, invalid,
			`failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/x": stat /x: no such file or directory`, model.ProblemBadCommand,
		},
		{
			"no program, 29", run, invalid,
			`failed to create task for container: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/etc": is a directory: permission denied`, model.ProblemBadCommand,
		},
		{
			"plain http", pull, internal, `Get "https://172.20.0.1:5000/v2/": http: server gave HTTP response to HTTPS client`,
			model.ProblemUnreachable,
		},
		{
			"its own certificate", pull, internal, `Get "https://quay.io/v2/": x509: certificate signed by unknown authority`,
			model.ProblemUnreachable,
		},
		{
			"old certificate", pull, internal,
			`Get "https://quay.io/v2/": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z is after 2025-01-01T00:00:00Z`, model.ProblemUnreachable,
		},
		{
			"another's certificate", pull, internal,
			`Get "https://quay.io/v2/": x509: certificate is valid for a.example, not quay.io`, model.ProblemUnreachable,
		},
		{
			"old format", pull, invalid,
			"Docker Image Format v1, and Docker Image manifest version 2, schema 1 support is disabled",
			model.ProblemUnsupported,
		},
		{
			"a folder over a file", run, invalid,
			`error mounting "/a" to rootfs at "/etc/passwd": mount /a:/etc/passwd (via /proc/self/fd/6), flags: 0x5000: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)?`, model.ProblemBadInput,
		},
		{"no program", run, invalid, `exec: "/etc": permission denied: unknown`, model.ProblemBadCommand},
		{"gone", run, notFound, "No such container: abc", model.ProblemNotFound},
		{"not now", run, conflict, "Container abc is not running", model.ProblemConflict},
		{
			"in use",
			subject{what: model.Verbatim("Cannot remove the image x")},
			conflict,
			"conflict: unable to remove repository reference \"x\" (must force) - container 0123 is using its referenced image 4567", model.ProblemConflict,
		},
		{"bad", run, invalid, "Minimum memory limit allowed is 6MB", model.ProblemBadInput},
		{"cannot", run, errdefs.ErrNotImplemented, "x", model.ProblemUnsupported},
		{
			"forbidden by a plugin", run, errdefs.ErrPermissionDenied, "authorization denied by plugin x: no",
			model.ProblemPermission,
		},
		{"no GPU", run, internal, `could not select device driver "" with capabilities: [[gpu]]`, model.ProblemUnknown},

		// Words that mean something about a registry, where no registry was asked.
		{
			"a driver is down", run, internal,
			"error while mounting volume: dial tcp 10.0.0.1:2049: connect: connection refused", model.ProblemUnknown,
		},
		{
			"an image called so",
			subject{what: model.Verbatim("Cannot inspect “the image”")},
			notFound,
			"No such image: unauthorized/toomanyrequests:1", model.ProblemNotFound,
		},
		{
			"a folder called so",
			subject{what: model.Verbatim("Cannot create “x”")},
			invalid,
			"invalid mount config: /home/unauthorized: not a directory", model.ProblemBadInput,
		},
		{"a stop that times out", run, internal, "rpc error: i/o timeout", model.ProblemUnknown},
	} {
		err := errors.New(test.text)
		if test.class != nil {
			err = fmt.Errorf("%w%s", quiet{test.class}, test.text)
		}
		got := explain(err, test.s)
		var p *model.Problem
		if !errors.As(got, &p) || p.Kind != test.kind {
			t.Errorf("%s: %#v, want %s", test.name, got, test.kind)
			continue
		}
		if p.What.Code != test.s.what.Code || !strings.Contains(p.Raw(), test.text) || !errors.Is(got, err) {
			t.Errorf("%s: %+v", test.name, p)
		}
		if want := uint16(8888); test.kind == model.ProblemPortTaken && TakenPort(got) != want {
			t.Errorf("%s: port %d", test.name, TakenPort(got))
		}
	}
}

// quiet is a class without a text of its own.
type quiet struct{ error }

func (quiet) Error() string { return "" }

func (q quiet) Unwrap() error { return q.error }

// TestExplainTransport has the errors of the connection to the engine itself, in a pull too.
func TestExplainTransport(t *testing.T) {
	s := subject{what: model.Verbatim("Cannot pull x"), image: "x"}
	for _, err := range []error{
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, fmt.Errorf("read: %w", syscall.ECONNRESET),
		&net.OpError{Op: "read", Net: "unix", Err: syscall.EPIPE},
	} {
		if got := explain(err, s); !model.IsKind(got, model.ProblemConnectionLost) {
			t.Errorf("%v: %#v", err, got)
		}
	}
	if got := explain(context.DeadlineExceeded, s); !model.IsKind(got, model.ProblemTimeout) {
		t.Errorf("%#v", got)
	}
	if got := explain(fmt.Errorf("x: %w", context.Canceled), s); got != context.Canceled { //nolint:errorlint // it is that very error
		t.Errorf("%#v", got)
	}
	already := &model.Problem{Kind: model.ProblemDiskFull, What: model.Verbatim("w")}
	if got := explain(fmt.Errorf("x: %w", already), s); !model.IsKind(got, model.ProblemDiskFull) {
		t.Errorf("%#v", got)
	}
	if explain(nil, s) != nil || TakenPort(nil) != 0 || TakenPort(already) != 0 {
		t.Error("something out of nothing")
	}
}

func FuzzExplain(f *testing.F) {
	f.Add("Bind for :99999 failed: port is already allocated", "x")
	f.Add("failed to bind host port 1:2 address already in use", "")
	f.Fuzz(func(t *testing.T, text, image string) {
		err := explain(errors.New(text), subject{what: model.Verbatim("w"), image: image})
		p := model.AsProblem(err, model.Fact{})
		if p == nil || p.Raw() != text || words.Of(p.What).String() != "w" {
			t.Errorf("%#v", p)
		}
		TakenPort(err)
	})
}

func TestNormalise(t *testing.T) {
	for _, test := range []struct {
		kind, action, want string
		gone               bool
	}{
		{"container", "start", "start", false},
		{"container", "died", "die", false},
		{"container", "remove", "destroy", true},
		{"volume", "remove", "remove", false},
		{"container", "health_status: unhealthy", "health_status", false},
		{"container", "destroy", "destroy", true},
		{"image", "delete", "delete", true},
		{"image", "untag", "untag", false},
	} {
		ev := normalise(events.Message{
			Type: events.Type(test.kind), Action: events.Action(test.action),
			Actor: events.Actor{ID: "x"},
		})
		if ev.Action != test.want || ev.Gone() != test.gone || ev.ID != "x" || ev.Kind != test.kind {
			t.Errorf("%s %s: %+v", test.kind, test.action, ev)
		}
	}
}

// What only Podman says becomes what Docker would say, and what Docker says stays.
func TestPodmanWords(t *testing.T) {
	podman, docker := &Engine{dialect: podman}, &Engine{}
	for ref, want := range map[string]string{
		"docker.io/library/python:3": "python:3", "docker.io/a/b:1": "a/b:1", "localhost/a:1": "localhost/a:1",
		"quay.io/a/b:1": "quay.io/a/b:1", "sha256:0123": "sha256:0123",
	} {
		if got := podman.hubName(ref); got != want {
			t.Errorf("%s: %s, want %s", ref, got, want)
		}
		if got := docker.hubName(ref); got != ref {
			t.Errorf("Docker's %s: %s", ref, got)
		}
	}
	for state, want := range map[model.State]model.State{
		"stopped": model.StateExited, "initialized": model.StateCreated,
		"configured": model.StateCreated, "stopping": model.StateRunning, "running": model.StateRunning,
	} {
		if got := podman.asDocker(model.Container{State: state}).State; got != want {
			t.Errorf("%s: %s, want %s", state, got, want)
		}
	}
	pulled := events.Message{
		Type: events.ImageEventType, Action: "pull",
		Actor: events.Actor{Attributes: map[string]string{"name": "docker.io/a/b:1"}},
	}
	if ev := podman.event(pulled); ev.ID != "a/b:1" {
		t.Errorf("%+v", ev)
	}
	cfg := &container.Config{Hostname: "0123"}
	for line, own := range map[string]bool{
		"container=podman": true, "container=mine": false, "HOSTNAME=0123": true,
		"HOSTNAME=x": false, "HOME=/root": true, "HOME=/home/jovyan": false, "A=1": false,
	} {
		if got := podmanEnv(line, cfg); got != own {
			t.Errorf("%s: Podman's own %v", line, got)
		}
	}
}

// collect is the lines that come of these pieces.
func collect(pieces ...string) []string {
	var got []string
	w := lineWriter{fn: func(l LogLine) { got = append(got, l.Text) }}
	for _, p := range pieces {
		if n, err := w.Write([]byte(p)); n != len(p) || err != nil {
			panic("short")
		}
	}
	w.flush()
	return got
}

func TestLineWriter(t *testing.T) {
	long := strings.Repeat("x", maxLogLine)
	for _, test := range []struct{ in, want []string }{
		{nil, nil},
		{[]string{"a\nb\n"}, []string{"a", "b"}},
		{[]string{"a\n\nb"}, []string{"a", "", "b"}},
		{[]string{"a", "b\nc"}, []string{"ab", "c"}},
		{[]string{"a\r\nb\r", "\nc\r"}, []string{"a", "b", "c"}},
		{[]string{"50%\r60%\n"}, []string{"50%\r60%"}},
		{[]string{"\n"}, []string{""}},
		{[]string{long, "\n"}, []string{long}},
		{[]string{long + "y\n"}, []string{long, "y"}},
		{[]string{long[:maxLogLine-1] + "\ry\n"}, []string{long[:maxLogLine-1] + "\r", "y"}},
		{[]string{long[:maxLogLine-1] + "é\n"}, []string{long[:maxLogLine-1], "é"}},
		{[]string{long[:maxLogLine-3] + "😀!\n"}, []string{long[:maxLogLine-3], "😀!"}},
		{[]string{"\x80\xff\x00\n"}, []string{"\x80\xff\x00"}},
	} {
		if got := collect(test.in...); fmt.Sprint(got) != fmt.Sprint(test.want) || len(got) != len(test.want) {
			t.Errorf("%.60q: %.60q, want %.60q", test.in, got, test.want)
		}
	}
}

func FuzzLineWriter(f *testing.F) {
	f.Add("a\nb\r\n", 3, 1)
	f.Add("é", 70000, 5)
	f.Fuzz(func(t *testing.T, text string, repeat, at int) {
		if len(text) == 0 || len(text) > 1000 || repeat < 0 || repeat > 3*maxLogLine/len(text) {
			return
		}
		text = strings.Repeat(text, repeat)
		whole := collect(text)
		if at = max(at, 0); at < len(text) {
			if parts := collect(text[:at], text[at:]); strings.Join(parts, "\n") != strings.Join(whole, "\n") {
				t.Fatal("pieces give other lines")
			}
		}
		bytes := 0
		for _, l := range whole {
			if len(l) > maxLogLine || strings.Contains(l, "\n") || utf8.ValidString(text) && !utf8.ValidString(l) {
				t.Fatalf("a line of %d bytes: %.60q", len(l), l)
			}
			bytes += len(l)
		}
		if bytes < len(text)-2*strings.Count(text, "\n")-1 {
			t.Fatalf("%d of %d bytes came", bytes, len(text))
		}
	})
}

// TestRegistryReasons says what is wrong with a registry, and what to do.
func TestRegistryReasons(t *testing.T) {
	s := subject{what: model.Verbatim("Cannot pull 172.20.0.1:5000/tiny:1"), image: "172.20.0.1:5000/tiny:1"}
	for text, want := range map[string][]string{
		`http: server gave HTTP response to HTTPS client`: {
			"172.20.0.1:5000 uses plain HTTP",
			`"insecure-registries": ["172.20.0.1:5000"]`,
		},
		`x509: certificate signed by unknown authority`: {
			"self-signed",
			"/etc/docker/certs.d/172.20.0.1:5000/ca.crt",
		},
		`x509: certificate has expired or is not yet valid: current time`: {"expired", "clock"},
		`x509: certificate is valid for a.example, not 172.20.0.1`: {
			"another name",
			"Use the name",
		},
		`x509: cannot validate certificate for 172.20.0.1 because it doesn't contain any IP SANs`: {
			"another name",
			"Use the name",
		},
		`toomanyrequests: You have reached your pull rate limit.`: {"limits the number of downloads", "sign in"},
	} {
		p := model.AsProblem(explain(errors.New(text), s), model.Fact{})
		if p == nil || !strings.Contains(words.Of(p.Why).String(), want[0]) ||
			!strings.Contains(words.Of(p.Fix).String(), want[1]) {
			t.Errorf("%s: %+v", text, p)
		}
	}
	hub := model.AsProblem(explain(errors.New("toomanyrequests: x"), subject{image: "python:3"}), model.Fact{})
	if hub == nil || !strings.Contains(words.Of(hub.Why).String(), "6 hours") {
		t.Errorf("%+v", hub)
	}
}
