package endpoint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/runspec"
	"slipway/engine/words"

	"github.com/google/go-cmp/cmp"
)

// configured gives Docker a configuration directory of its own with such a config.json.
func configured(t *testing.T, text string) (path string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("DOCKER_CONFIG", dir)
	path = filepath.Join(dir, "config.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBrokenConfig(t *testing.T) {
	for name, c := range map[string]struct {
		text, line, says string
		// context tells that the rest of the file counts.
		context bool
	}{
		"proxies": {
			"{\"currentContext\":\"c\",\n\"proxies\":{\"httpProxy\":\"http://127.0.0.1:9\"}}", "Line 2 of",
			"“proxies” must start with the name of the engine", true,
		},
		"comma":     {"{\n\"auths\":{},\n}", "Line 3 of", "comma before the closing", false},
		"comment":   {"{ // mine\n\"auths\":{}}", "Line 1 of", "comment", false},
		"hash":      {"{\n # mine\n\"auths\":{}}", "Line 2 of", "comment", false},
		"mark":      {"\xef\xbb\xbf{}", "Line 1 of", "byte order mark", false},
		"UTF-16":    {"\xff\xfe{\x00}\x00", "Line 1 of", "UTF-16", false},
		"zeroed":    {strings.Repeat("\x00", 200), "Line 1 of", "null bytes", false},
		"cut":       {"{\"currentContext\":\"c\",\n\"auths\":", "Line 2 of", "ends too early", false},
		"no object": {"[]", "Line 1 of", "object in braces", false},
		"other shape": {
			"{\n\"HttpHeaders\":[\"b\"],\n\"currentContext\":\"c\"}", "Line 2 of",
			"“HttpHeaders” isn't in the form", true,
		},
		"features": {
			"{\"currentContext\":\"c\",\"features\":{\"buildkit\":true}}", "Line 1 of",
			"“features” isn't in the form", true,
		},
		"no comma": {"{\"a\":1\n\"b\":2}", "Line 2 of", "comma or colon is missing", false},
		"base64":   {"{\"currentContext\":\"c\",\"auths\":{\n\"a.example\":{\"auth\":\"dTpw\"},\n\"b.example\":{\"auth\":\"%%%\"}}}", "Line 3 of", "sign-in for b.example", true},
		"no password": {
			"{\"currentContext\":\"c\",\"auths\":{\"b.example\":{\"auth\":\"dXNlcg==\"}}}", "Line 1 of",
			"sign-in for b.example", true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := configured(t, c.text)
			cfg, p := Config()
			if p == nil || !strings.HasPrefix(words.Of(p.Why).String(), c.line+" "+path) ||
				!strings.Contains(words.Of(p.Why).String(), c.says) {
				t.Errorf("the problem is %+v", p)
			}
			if (cfg.CurrentContext == "c") != c.context {
				t.Errorf("the context is %q", cfg.CurrentContext)
			}
		})
	}
}

// TestGoodSignInsStay: one sign-in that cannot be read takes no other with it, and is itself not sent.
func TestGoodSignInsStay(t *testing.T) {
	configured(t, `{"auths":{"a.example":{"auth":"dTpw"},"b.example":{"auth":"%%%"},"c.example":{"auth":"djpx"}}}`)
	cfg, _ := Config()
	a, _ := cfg.GetAuthConfig("a.example")
	b, _ := cfg.GetAuthConfig("b.example")
	c, _ := cfg.GetAuthConfig("c.example")
	if a.Username != "u" || a.Password != "p" || b.Username+b.Auth != "" || c.Username != "v" || c.Auth != "" {
		t.Errorf("the sign-ins are %+v, %+v, %+v", a, b, c)
	}
}

func TestConfigThatDockerTakes(t *testing.T) {
	for _, text := range []string{
		"", " \n", "null", "{}", `{"auths":{"https://index.docker.io/v1/":{}},"unknownKey":[1]}`,
		"{} behind it",
	} {
		configured(t, text)
		if _, p := Config(); p != nil {
			t.Errorf("%q: %v", text, p)
		}
	}
	t.Setenv("DOCKER_CONFIG", filepath.Join(t.TempDir(), "absent"))
	if cfg, p := Config(); p != nil || cfg == nil {
		t.Errorf("none at all: %v", p)
	}
}

func TestConfigThatIsAFolder(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("DOCKER_CONFIG", dir)
	if err := os.Mkdir(filepath.Join(dir, "config.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, p := Config()
	if p == nil || !strings.Contains(words.Of(p.Why).String(), filepath.Join(dir, "config.json")+" is a folder") ||
		p.Command == nil {
		t.Errorf("the problem is %+v", p)
	}
}

func TestProxyEnv(t *testing.T) {
	configured(t, `{"proxies":{
		"default":{"httpProxy":"http://u:p@127.0.0.1:3128","httpsProxy":"http://127.0.0.1:3128","noProxy":"localhost,.corp"},
		"tcp://other:1":{"allProxy":"socks5://9","ftpProxy":"http://8"}}}`)
	both := func(upper, lower, value string, secret bool) []runspec.Env {
		return []runspec.Env{{Name: upper, Value: value, Secret: secret}, {Name: lower, Value: value, Secret: secret}}
	}
	want := both("HTTP_PROXY", "http_proxy", "http://u:p@127.0.0.1:3128", true)
	want = append(want, both("HTTPS_PROXY", "https_proxy", "http://127.0.0.1:3128", false)...)
	want = append(want, both("NO_PROXY", "no_proxy", "localhost,.corp", false)...)
	if diff := cmp.Diff(want, ProxyEnv("unix:///run/x.sock")); diff != "" {
		t.Error(diff)
	}
	want = append(both("FTP_PROXY", "ftp_proxy", "http://8", false),
		both("ALL_PROXY", "all_proxy", "socks5://9", false)...)
	if diff := cmp.Diff(want, ProxyEnv("tcp://other:1")); diff != "" {
		t.Error(diff)
	}
	configured(t, `{`)
	if got := ProxyEnv("unix:///run/x.sock"); len(got) != 0 {
		t.Errorf("of a broken file there is %v", got)
	}
}
