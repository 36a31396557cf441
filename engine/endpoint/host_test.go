package endpoint

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"slipway/engine/model"
	"slipway/engine/words"

	"github.com/docker/docker/client"
)

// TestHostForms has every form of DOCKER_HOST that docker takes completed as docker does.
func TestHostForms(t *testing.T) {
	if os.PathSeparator != '/' {
		t.Skip("the default is a socket")
	}
	isolate(t)
	for text, want := range map[string]string{
		"10.0.0.1:23750":             "tcp://10.0.0.1:23750",
		":23750":                     "tcp://localhost:23750",
		"far":                        "tcp://far:2375",
		"tcp://:23750":               "tcp://localhost:23750",
		"tcp://":                     "tcp://localhost:2375",
		"tcp://far":                  "tcp://far:2375",
		"tcp://far:1/":               "tcp://far:1/",
		"tcp://far:1/base":           "tcp://far:1/base",
		" tcp://far:1 ":              "tcp://far:1",
		"[::1]:2375":                 "tcp://[::1]:2375",
		"tcp://[::1]:2375":           "tcp://[::1]:2375",
		"unix://":                    "unix:///var/run/docker.sock",
		"unix:///run/x.sock ":        "unix:///run/x.sock",
		"\tunix:///run/a b.sock\n":   "unix:///run/a b.sock",
		"ssh://me@far:22/run/x.sock": "ssh://me@far:22/run/x.sock",
		"ssh://lab":                  "ssh://lab",
	} {
		t.Setenv("DOCKER_HOST", text)
		e := Find()[0]
		if e.Host != want || e.Problem != nil || e.Name != "DOCKER_HOST" {
			t.Errorf("%q: %s, %v; want %s", text, e.Host, e.Problem, want)
		}
		if cli, err := e.Client(); err != nil {
			t.Errorf("%q: %v", text, err)
		} else {
			cli.Close()
		}
		if host, p := contextHost("x", text); host != want || p != nil {
			t.Errorf("%q in a context: %s, %v", text, host, p)
		}
	}
}

// TestHostFaults has the mistake in an address named.
func TestHostFaults(t *testing.T) {
	isolate(t)
	for text, want := range map[string]string{
		"/run/x.sock":                    "put unix:// in front of it",
		"run/docker.sock":                "enter unix:// and the full path",
		"./x":                            "enter unix:// and the full path",
		"unix:/run/x.sock":               "Two slashes are missing after “unix:”",
		"tcp:/far:1":                     "Two slashes are missing after “tcp:”",
		"tcp://h:port":                   "isn't the address of an engine",
		"unix://~/x.sock":                "~ isn't expanded",
		"~/x.sock":                       "~ isn't expanded",
		"unix://$XDG_RUNTIME_DIR/x":      "Variables aren't expanded",
		"unix://${HOME}/x":               "Variables aren't expanded",
		"npipe://%USERPROFILE%":          "Variables aren't expanded",
		"unix://run/x.sock":              "3 slashes",
		"TCP://far:1":                    "tcp:// in lowercase",
		"Unix:///x":                      "unix:// in lowercase",
		"http://far:1":                   "tcp:// here",
		"https://far:1":                  "tcp:// here",
		"tcp://[::1]":                    "port is missing",
		"fd://":                          "for the engine itself",
		"foo://x":                        "“foo://” isn't a type",
		`"tcp://far:1"`:                  "quotation marks",
		"'unix:///x'":                    "quotation marks",
		"npipe:////./pipe/docker_engine": "only on Windows",
		`\\.\pipe\docker_engine`:         "npipe:////./pipe/NAME",
		"unix://unix:///x":               "3 slashes",
	} {
		if os.PathSeparator != '/' && strings.Contains(text, "npipe:////") {
			continue
		}
		t.Setenv("DOCKER_HOST", text)
		e := Find()[0]
		if !e.Current || e.Problem == nil || !strings.Contains(words.Of(e.Problem.Why).String(), want) {
			t.Errorf("%q: %+v; want %q", text, e.Problem, want)
		}
	}
	t.Setenv("DOCKER_HOST", "http://me:geheim@far:1")
	if e := Find()[0]; strings.Contains(fmt.Sprintf("%+v", e.Problem), "geheim") {
		t.Errorf("a password is shown: %+v", e.Problem)
	}
}

// TestTLSVariables follows docker: either variable has it speak TLS, one has it check, and alone they name a port here.
func TestTLSVariables(t *testing.T) {
	isolate(t)
	t.Setenv("DOCKER_TLS", "1")
	if e := Find()[0]; e.Host != "tcp://localhost:2376" || e.Name != "DOCKER_TLS" || !e.Current || e.Explicit {
		t.Errorf("DOCKER_TLS alone: %+v", e)
	}
	t.Setenv("DOCKER_TLS_VERIFY", "1")
	if e := Find()[0]; e.Host != "tcp://localhost:2376" || e.Name != "DOCKER_TLS_VERIFY" {
		t.Errorf("DOCKER_TLS_VERIFY alone: %+v", e)
	}
	t.Setenv("DOCKER_HOST", "tcp://far:1")
	_, err := Find()[0].Client()
	if p := model.AsProblem(err, model.Fact{}); !model.IsKind(err, model.ProblemTLS) ||
		!strings.Contains(words.Of(p.Why).String(), filepath.Join(ConfigDir(), "ca.pem")+" doesn't exist") {
		t.Errorf("without files: %+v", p)
	}
	t.Setenv("DOCKER_CERT_PATH", filepath.Join(t.TempDir(), "none"))
	_, err = Find()[0].Client()
	if p := model.AsProblem(err, model.Fact{}); !strings.Contains(words.Of(p.Why).String(),
		os.Getenv("DOCKER_CERT_PATH")) {
		t.Errorf("another folder: %+v", p)
	}
	t.Setenv("DOCKER_HOST", "unix:///run/x.sock")
	if cli, err := Find()[0].Client(); err != nil {
		t.Errorf("a socket: %v", err)
	} else {
		cli.Close()
	}
}

func TestHeaders(t *testing.T) {
	// The example of docker/cli's own documentation.
	got, err := parseHeaders(`one=one-value,"two=two,value","three= a value with whitespace  ", five=five=one,five=five-two`)
	want := map[string]string{
		"One": "one-value", "Two": "two,value", "Three": " a value with whitespace  ",
		"Five": "five-two",
	}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"geheim", "=geheim", `"a=geheim`, "a=b,,c=geheim"} {
		t.Setenv(envHeaders, text)
		_, err := Endpoint{Name: "x", Host: "unix:///x"}.Client()
		p := model.AsProblem(err, model.Fact{})
		if err == nil || p.Kind != model.ProblemBadInput || strings.Contains(fmt.Sprintf("%+v", *p), "geheim") {
			t.Errorf("%q: %+v", text, p)
		}
	}
}

// TestDamagedContexts holds that one damaged context hides no other, and is listed with its file.
func TestDamagedContexts(t *testing.T) {
	for name, damage := range map[string]func(file string) error{
		"empty":      func(file string) error { return os.WriteFile(file, nil, 0o600) },
		"zeroed":     func(file string) error { return os.WriteFile(file, make([]byte, 200), 0o600) },
		"a list":     func(file string) error { return os.WriteFile(file, []byte("[]"), 0o600) },
		"an object":  func(file string) error { return os.WriteFile(file, []byte("{}"), 0o600) },
		"cut":        func(file string) error { return os.WriteFile(file, []byte(`{"Name":"x",`), 0o600) },
		"of another": func(file string) error { return os.WriteFile(file, []byte(`{"Name":"y"}`), 0o600) },
		"wrong inside": func(file string) error {
			return os.WriteFile(file, []byte(`{"Name":"x","Endpoints":{"docker":"y"}}`), 0o600)
		},
		"a folder": func(file string) error { return os.Mkdir(file, 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			home := isolate(t)
			addContext(t, "good", "unix:///run/good.sock")
			addContext(t, "better", "tcp://[::1]:1")
			writeConfig(t, home, `{"currentContext": "good"}`)
			file := filepath.Join(ConfigDir(), "contexts", "meta", contextFolder("x"), "meta.json")
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := damage(file); err != nil {
				t.Fatal(err)
			}
			list := Find()
			at := slices.IndexFunc(list, func(e Endpoint) bool { return e.Problem != nil })
			if list[0].Name != "good" || list[0].Problem != nil || at < 0 ||
				!strings.Contains(words.Problem(list[at].Problem).String(), file) {
				t.Fatalf("%+v", list)
			}
			if n := len(slices.DeleteFunc(list, func(e Endpoint) bool { return e.Source != FromContext })); n != 3 {
				t.Errorf("there are %d contexts", n)
			}
			writeConfig(t, home, `{"currentContext": "x"}`)
			e := Find()[0]
			if e.Name != "x" || !e.Current || e.Problem == nil || !strings.Contains(words.Problem(e.Problem).String(), file) ||
				e.Problem.Kind == model.ProblemNotFound || e.Problem.Command == nil {
				t.Errorf("as the current one: %+v, %+v", e, e.Problem)
			}
		})
	}
}

// TestUnusedContextIsNoReason: a damaged context that nobody uses is not why nothing answers.
func TestUnusedContextIsNoReason(t *testing.T) {
	damaged := &model.Problem{Kind: model.ProblemBadInput, What: model.Verbatim("damaged")}
	down := &model.Problem{Kind: model.ProblemNotRunning, What: model.Verbatim("down")}
	p := Diagnose([]Answer{
		{Endpoint: Endpoint{Name: "x", Host: "unix:///x", Current: true}, Problem: down},
		{Endpoint: Endpoint{Name: "y", Problem: damaged}, Problem: damaged},
	},
		System{GOOS: "linux", Installed: []string{"docker"}})
	if p.Kind != model.ProblemNotRunning {
		t.Errorf("%+v", p)
	}
}

func TestContextsWithoutMuch(t *testing.T) {
	isolate(t)
	addContext(t, "nohost", "")
	addContext(t, "wrong", "unix:/run/x")
	for _, e := range contexts("", false) {
		switch e.Name {
		case "nohost":
			if e.Host != client.DefaultDockerHost || e.Problem != nil {
				t.Errorf("%+v", e)
			}
		case "wrong":
			if e.Problem == nil || !strings.Contains(words.Of(e.Problem.Why).String(), "context “wrong”") {
				t.Errorf("%+v", e.Problem)
			}
		}
	}
}

// dockerSays is what the real docker makes of DOCKER_HOST, as it names it when nothing answers there; "" where docker
// is not here.
func dockerSays(t *testing.T, text string) string {
	t.Helper()
	docker, err := exec.LookPath("docker")
	if err != nil {
		t.Skip("there is no docker command")
	}
	cmd := exec.Command(docker, "version", "--format", "x")
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+text)
	out, _ := cmd.CombinedOutput()
	return string(out)
}

// TestHostsAsDocker compares with the docker command for addresses at which nothing listens.
func TestHostsAsDocker(t *testing.T) {
	isolate(t)
	for _, text := range []string{
		"127.0.0.1:1", ":1", "tcp://:1", " tcp://127.0.0.1:1 ", "[::1]:1", "tcp://127.0.0.1:1/",
		"unix:///nowhere/x.sock ",
	} {
		t.Setenv("DOCKER_HOST", text)
		if host, said := Find()[0].Host, dockerSays(t, text); !strings.Contains(said, host) {
			t.Errorf("%q: docker says %q, Slipway takes %s", text, said, host)
		}
	}
	for _, text := range []string{"TCP://127.0.0.1:1", "foo://x", "http://127.0.0.1:1"} {
		if said := dockerSays(t, text); strings.Contains(said, "Cannot connect") {
			t.Errorf("%q: docker takes it: %q", text, said)
		}
	}
}
