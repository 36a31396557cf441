package paste

import "testing"

// TestMeantImage reads what people paste where a name belongs.
func TestMeantImage(t *testing.T) {
	for text, want := range map[string]string{
		"docker pull localhost:5000/tiny:1":                                "localhost:5000/tiny:1",
		"$ docker pull tiny":                                               "tiny",
		"sudo docker pull -q tiny":                                         "tiny",
		"docker image pull --platform linux/amd64 python:3.13":             "python:3.13",
		"podman pull quay.io/a/b":                                          "quay.io/a/b",
		"docker run --rm -p 8888:8888 quay.io/jupyter/base-notebook":       "quay.io/jupyter/base-notebook",
		"docker run -it --rm -v \"$PWD\":/w -w /w python:3.13 python x.py": "python:3.13",
		"docker run -d \\\n  --name x \\\n  -e A=1 \\\n  nginx:alpine":     "nginx:alpine",
		"docker container run -itp 80:80 --gpus all x/y":                   "x/y",
		"FROM python:3.13-slim":                                            "python:3.13-slim",
		"from --platform=linux/arm64 python:3.13 AS build":                 "python:3.13",
		"https://hub.docker.com/r/jupyter/base-notebook":                   "jupyter/base-notebook",
		"https://hub.docker.com/r/jupyter/base-notebook/tags?name=python":  "jupyter/base-notebook",
		"https://hub.docker.com/_/python":                                  "python",
		"https://quay.io/repository/jupyter/base-notebook?tab=tags":        "quay.io/jupyter/base-notebook",
		"https://github.com/marimo-team/marimo/pkgs/container/marimo":      "ghcr.io/marimo-team/marimo",
		"https://ghcr.io/a/b:1":                                            "ghcr.io/a/b:1",
		"Python:3.13":                                                      "python:3.13",
		"ghcr.io/Me/App:Latest":                                            "ghcr.io/me/app:Latest",
		"python\u200b:3.13":                                                "python:3.13",
		"рython:3.13":                                                      "python:3.13",
		"python:3.13\u00a0":                                                "python:3.13",
		"hub.docker.com/r/jupyter/scipy-notebook/tags":                     "jupyter/scipy-notebook",
		"www.github.com/a/b/pkgs/container/b":                              "ghcr.io/a/b",
		"https://gallery.ecr.aws/docker/library/nginx":                     "public.ecr.aws/docker/library/nginx",
		"https://mcr.microsoft.com/en-us/product/mssql/server/about":       "mcr.microsoft.com/mssql/server",
		"https://catalog.ngc.nvidia.com/orgs/nvidia/containers/pytorch":    "nvcr.io/nvidia/pytorch",
		"`docker pull redis`":                                              "redis",
		"docker --context far -D run -it y:1":                              "y:1",
		"DOCKER_BUILDKIT=1 docker run alpine":                              "alpine",
		"image: postgres:16  # the database":                               "postgres:16",
		"- image: \"x/y\"":                                                 "x/y",
		"docker --help":                                                    "",
		"docker compose up":                                                "",
		"–rm python":                                                       "",
		"hello world":                                                      "",
		"docker ps":                                                        "",
		"docker run":                                                       "",
		"":                                                                 "",
	} {
		if got := MeantImage(text); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

// FuzzMeantImage holds that whatever is pasted, what is proposed is a name.
func FuzzMeantImage(f *testing.F) {
	f.Add("docker run -it --rm x")
	f.Add("https://quay.io/repository/a/b")
	f.Fuzz(func(t *testing.T, text string) {
		if got := MeantImage(text); got != "" && !isReference(got) {
			t.Errorf("%q: %q", text, got)
		}
	})
}

// TestIsPage tells addresses of pages from names of images, which may look alike.
func TestIsPage(t *testing.T) {
	for text, want := range map[string]bool{
		"hub.docker.com/r/a/b": true, "quay.io/repository/a/b": true,
		"quay.io/a/b": false, "nginx": false, "ghcr.io/a/b:1": false, "github.com/a": false,
		"https://hub.docker.com/r/a/b": false,
	} {
		if IsPage(text) != want {
			t.Errorf("%s", text)
		}
	}
}

// TestMeantMore tells a command with options from one that names only an image.
func TestMeantMore(t *testing.T) {
	for text, want := range map[string]bool{
		"docker run -p 8888:8888 -v \"$PWD\":/w a/b": true,
		"docker run \\\n  --rm \\\n  a/b":            true,
		"$ sudo docker create --name x a/b sleep 10": true,

		"docker run a/b":                              false,
		"docker pull a/b":                             false,
		"docker pull --platform linux/amd64 a/b":      false,
		"FROM a/b AS run":                             false,
		"https://hub.docker.com/r/jupyter/run-create": false,
		"": false,
	} {
		if got := MeantMore(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestLacksImage tells a command whose image was eaten by an option before it.
func TestLacksImage(t *testing.T) {
	for text, want := range map[string][2]bool{
		"docker run -p 8888:8888 -v /path/to/your/data:/home/app/jupyter/scipy-notebook:python-3.8": {true, true},
		"docker run -it --rm":          {true, true},
		"docker run --name x":          {true, true},
		"docker run -v /a:/b a/b":      {false, true},
		"docker build -t foo .":        {false, true},
		"docker compose up -d":         {false, true},
		"$ docker --context far ps":    {false, true},
		"a/b":                          {false, false},
		"run a/b":                      {false, false},
		"https://hub.docker.com/r/a/b": {false, false},
		"":                             {false, false},
		"pip install docker run":       {false, false},
	} {
		if lacks, is := LacksImage(text), IsCommand(text); lacks != want[0] || is != want[1] {
			t.Errorf("%q: %v, %v", text, lacks, is)
		}
	}
}
