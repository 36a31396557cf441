package notebook

import (
	"testing"

	"slipway/engine/model"

	"github.com/google/go-cmp/cmp"
)

func tcp(ports ...uint16) (list []model.PublishedPort) {
	for _, p := range ports {
		list = append(list, model.PublishedPort{Container: p, Protocol: "tcp"})
	}
	return list
}

func TestAnyOf(t *testing.T) {
	type result struct {
		Name, Mount, Ready, Method, User string
		Port                             uint16
	}
	titled := model.ImageDetail{Exposed: tcp(80, 9090), WorkingDir: "/app"}
	titled.Labels = map[string]string{"org.opencontainers.image.title": "Dashboard"}
	for name, tc := range map[string]struct {
		ref    string
		detail model.ImageDetail
		want   result
	}{
		"its port and title": {"ghcr.io/me/dash:1", titled, result{"Dashboard", "/app/work", "", SignInNone, UserImage, 80}},
		"its health check": {
			"me/dash:1",
			model.ImageDetail{
				Exposed:     tcp(80, 9090),
				Healthcheck: []string{"curl -f http://localhost:9090/health?x=1 || exit 1"},
			},
			result{"dash", "/work", "health", SignInNone, UserImage, 9090},
		},
		"another one's": {"me/dash:1", model.ImageDetail{
			Exposed:     tcp(80),
			Healthcheck: []string{"curl", "http://db:9090/health"},
		}, result{"dash", "/work", "", SignInNone, UserImage, 80}},
		"a volume": {
			"me/dash:1",
			model.ImageDetail{Exposed: tcp(80), Volumes: []string{"/data"}, WorkingDir: "/"},
			result{"dash", "/data", "", SignInNone, UserImage, 80},
		},
		"Jupyter": {
			"me/deep-notebook:1",
			model.ImageDetail{
				Exposed: tcp(8888), WorkingDir: "/home/jovyan",
				Env: []string{"HOME=/home/jovyan"},
			},
			result{"deep-notebook", "/home/jovyan/work", "api", SignInTokenEnv, UserJupyter, 8888},
		},
		"Jupyter elsewhere": {"me/lab:1", model.ImageDetail{
			Cmd:        []string{"jupyter", "lab", "--port=9999"},
			WorkingDir: "/srv",
		}, result{"lab", "/srv", "api", SignInTokenEnv, UserImage, 9999}},
	} {
		r, err := AnyOf(tc.ref, tc.detail)
		if diff := cmp.Diff(tc.want, result{r.Name, r.Mount, r.Ready, r.SignIn.Method, r.User, r.Port}); diff != "" ||
			err != nil || r.ID != AnyID {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
	for name, d := range map[string]model.ImageDetail{
		"nothing":  {},
		"only udp": {Exposed: []model.PublishedPort{{Container: 53, Protocol: "udp"}}},
	} {
		if r, err := AnyOf("me/dash:1", d); !model.IsKind(err, model.ProblemUnsupported) {
			t.Errorf("%s: %+v %v", name, r, err)
		}
	}
}

func FuzzHealthPage(f *testing.F) {
	f.Add("curl -f http://localhost:8080/healthz || exit 1")
	f.Add("wget http://[::1]/x")
	f.Fuzz(func(t *testing.T, text string) {
		if port, ready := healthPage([]string{text}); port == 0 && ready != "" || !relative(ready) && ready[0] == '/' {
			t.Errorf("%q: %d %q", text, port, ready)
		}
	})
}

func TestAnyServer(t *testing.T) {
	c := model.Container{
		Inspected: true, Image: "me/dash:1",
		Marks: map[string]string{model.LabelRecipe: AnyID, model.LabelFolder: "/home/me/a"}, Ports: published(9090, 5),
		Mounts: []model.Mount{
			{Type: "bind", Source: "/home/me/b", Destination: "/b"},
			{Type: "bind", Source: "/home/me/a", Destination: "/work"},
		},
	}
	list := Servers([]model.Container{c}, nil, here)
	if len(list) != 1 || list[0].URL() != "http://127.0.0.1:5/" || list[0].Folder != "/home/me/a" ||
		list[0].Recipe.ID != AnyID || !list[0].Open() || list[0].Recipe.Name != "dash" {
		t.Errorf("%+v", list)
	}
	c.Env = []string{"JUPYTER_TOKEN=t"}
	c.Ports = published(8888, 6)
	list = Servers([]model.Container{c}, nil, here)
	if len(list) != 1 || list[0].URL() != "http://127.0.0.1:6/?token=t" || list[0].Recipe.ID != AnyID ||
		!list[0].Jupyter() {
		t.Errorf("%+v", list)
	}
}

// TestLaunchChoices has what a person may choose about a container, and what SELinux needs.
func TestLaunchChoices(t *testing.T) {
	l := Launch{
		Recipe: Recipe{ID: "j", Mount: "/w", Port: 1, Tags: []string{"t"}, User: UserImage}, Image: "x:1",
		Name: "n", Folder: "/home/me/thesis", HostPort: 2, GPU: true, Memory: 2 << 30,
	}
	l.Host = Host{Home: "/home/me", Engine: model.EngineInfo{SELinux: true}, Locality: model.ThisComputer}
	const want = "docker run -d --name n -p 127.0.0.1:2:1 -v /home/me/thesis:/w:z -w /w -m 2g --gpus all -l app.slipway.folder=/home/me/thesis -l app.slipway.recipe=j x:1"
	if got := l.Spec().RunCommand().String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, folder := range []string{"/home/me", "/home", "/", "/home/me/a:b"} {
		if l.Host.relabels(folder) {
			t.Errorf("the label of %s would be changed", folder)
		}
	}
	l.Host.Locality = model.VirtualMachine
	if l.Host.relabels(l.Folder) {
		t.Error("a virtual machine's folder would be relabelled")
	}
	if r := (Recipe{Platforms: []string{"linux/amd64"}}); !r.Runs("amd64") || r.Runs("arm64") || !(Recipe{}).
		Runs("arm64") {
		t.Error("Runs")
	}
}
