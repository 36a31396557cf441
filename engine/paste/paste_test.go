package paste

import (
	"slices"
	"strings"
	"testing"

	"slipway/engine/runspec"
)

// TestRead reads what people paste, and what each of it equals.
func TestRead(t *testing.T) {
	for text, want := range map[string][]string{
		"docker run -d -p 8888:8888 --name x quay.io/jupyter/base-notebook": {"docker run -d --name x -p 8888:8888 quay.io/jupyter/base-notebook"},
		"$ sudo docker run -it --rm ubuntu bash":                            {"docker run -d -i -t --rm ubuntu bash"},
		"docker run \\\n  -p 80:80 \\\n  # the page\n  nginx":               {"docker run -d -p 80:80 nginx"},
		"PS C:\\Users\\me> docker run `\n  -v C:\\data:/data `\n  python":   {"docker run -d -v 'C:\\data:/data' python"},
		"C:\\work> docker run ^\n  -v \"%cd%\":/w ^\n  python":              {"docker run -d -v '$PWD:/w' python"},
		"docker run -v \"$(pwd)\":/w -w /w python:3.13 python x.py":         {"docker run -d -v '$PWD:/w' -w /w python:3.13 python x.py"},
		"nvidia-docker run x/y":                                             {"docker run -d --gpus all x/y"},
		"podman run --net=host docker.io/library/alpine":                    {"docker run -d --network host docker.io/library/alpine"},
		"docker container run -itp 80:80 x":                                 {"docker run -d -p 80:80 -i -t x"},
		"docker pull redis && docker run redis":                             {"docker pull redis", "docker run -d redis"},
		"```bash\n# get it\ndocker pull redis\ndocker run -d redis\n```":    {"docker pull redis", "docker run -d redis"},
		"docker ps | grep web":                                              {"docker ps"},
		"docker rm -f web db":                                               {"docker rm -f web db"},
		"docker image rm a/b":                                               {"docker rmi a/b"},
		"docker volume create data":                                         {"docker volume create data"},
		"docker logs -f --tail 20 web":                                      {"docker logs -f --tail 20 web"},
		"docker exec -it web bash -l":                                       {"docker exec -it web bash -l"},
		"https://hub.docker.com/r/jupyter/base-notebook":                    {"docker pull jupyter/base-notebook"},
		"FROM python:3.13-slim":                                             {"docker pull python:3.13-slim"},
		"docker run –d —name x nginx":                                       {"docker run -d --name x nginx"},
		"docker compose up -d":                                              {"docker compose up -d"},
		"docker run -e PASSWORD=hush-hush-1 postgres":                       {"docker run -d -e PASSWORD postgres"},
		"docker run -u $(id -u):$(id -g) nginx":                             {"docker run -d -u '$(id -u):$(id -g)' nginx"},
		"`docker run -d nginx && docker ps`":                                {"docker run -d nginx", "docker ps"},
		"```\ndocker run -d nginx # start it\n```":                          {"docker run -d nginx"},
		"(base) me@host:~$ docker ps":                                       {"docker ps"},
		"me@Mac ~ % docker ps":                                              {"docker ps"},
		"!docker ps":                                                        {"docker ps"},
		"http://localhost:8888/lab?token=x":                                 nil,
		"from numpy import array":                                           nil,
		strings.Repeat("(", 40_000):                                         nil,
		strings.Repeat("(", 20_000) + " docker ps":                          nil,
		"docker run -h b -c 5 x":                                            {"docker run -d --hostname b --cpu-shares 5 x"},
		"docker run --mount type=bind,src=/a,dst=/b,ro x":                   {"docker run -d --mount type=bind,source=/a,target=/b,readonly x"},
		"docker run -v /only x":                                             {"docker run -d -v /only x"},
		"hello world":                                                       nil,
		"":                                                                  nil,
		"python x.py":                                                       nil,
		"redis":                                                             nil,
		"docker":                                                            nil,
		"time docker ps":                                                    {"docker ps"},
		"cat dump.sql | docker exec -i db psql":                             {"docker exec -i db psql"},
		"docker ps -q | xargs docker stop":                                  {"docker ps -q"},
		"(docker pull redis; docker run redis)":                             {"docker pull redis", "docker run -d redis"},
		"for i in 1 2; do docker run -d nginx; done":                        {"docker run -d nginx"},
		"docker pull redis &&\n  docker run -d redis":                       {"docker pull redis", "docker run -d redis"},
		"docker run -e 'A=1\n2' nginx":                                      {"docker run -d -e 'A=1\n2' nginx"},
		"docker run python -c \"\nprint(1)\n\"":                             {"docker run -d python -c '\nprint(1)\n'"},
		"docker stop it's\ndocker ps":                                       {"docker stop its", "docker ps"},
		"Don't run this:\ndocker ps\n# it's old":                            {"docker ps"},
		"docker pull python:<version>":                                      {"docker pull 'python:<version>'"},
		"docker exec -i db psql <in.sql >out":                               {"docker exec -i db psql"},
		"docker run -d nginx; docker stop a; ls":                            {"docker run -d nginx", "docker stop a"},
	} {
		var got []string
		for _, c := range Read(text) {
			line := c.Line().String()
			if c.Verb == "run" {
				line = c.Spec.RunCommand().String()
			}
			got = append(got, line)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q:\n%q, not\n%q", text, got, want)
		}
	}
}

// TestReadWrong says of what docker would refuse which words are wrong.
func TestReadWrong(t *testing.T) {
	for text, want := range map[string]string{
		"docker run --rmm x":                   "--rmm",
		"docker run -p":                        "-p",
		"docker run -m lots x":                 "-m lots",
		"docker run --privileged=maybe x":      "--privileged=maybe",
		"docker run -p 80:80 --naem y nginx":   "--naem",
		"docker run -it -Z x":                  "-Z",
		"docker run -p 99999:80 nginx":         "-p 99999:80",
		"docker run --mount 'a=\"b' nginx sh":  "--mount 'a=\"b'",
		"docker run -v /path:/home/app/x/y:py": "",
	} {
		list := Read(text)
		if len(list) != 1 || list[0].Wrong == nil {
			t.Errorf("%q: %+v", text, list)
			continue
		}
		got := ""
		for _, p := range list[0].Parts {
			if p.Wrong {
				got = p.Text()
			}
		}
		if got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

// TestReadHidesSecrets holds that no value of a secret is shown, whatever it is given by.
func TestReadHidesSecrets(t *testing.T) {
	for _, text := range []string{
		"docker login -u me -p hushhush9 ghcr.io", "docker login --password=hushhush9",
		"docker swarm join --token hushhush9-1-abcdefgh 10.0.0.1:2377", "docker run -ePASSWORD=hushhush9 x",
		"docker run --env=PASSWORD=hushhush9 x", "docker run --env PASSWORD=hushhush9 x",
		"docker exec -e TOKEN=hushhush9 web sh", "docker run mysql --password=hushhush9",
		"docker run x https://me:hushhush9@host/a", "docker run -e DATABASE_URL=postgres://a:hushhush9@db/x y",
		"docker run --label secret=hushhush9 x", "docker build --build-arg TOKEN=hushhush9 .",
		"docker run --health-cmd 'curl -u a:hushhush9 x' y", "docker run -e PASSWORD=hushhush9 --no-such x",
	} {
		list := Read(text)
		if len(list) != 1 {
			t.Fatalf("%q: %d", text, len(list))
		}
		shown := list[0].Line().String()
		for _, p := range list[0].Parts {
			shown += p.Text()
		}
		if strings.Contains(shown, "hushhush9") {
			t.Errorf("%q: %s", text, shown)
		}
	}
}

// TestMended finds the image that became part of a folder, where a blank is missing.
func TestMended(t *testing.T) {
	for text, want := range map[string]string{
		"docker run -p 8888:8888 -v /path/to/your/data:/home/app/jupyter/scipy-notebook:python-3.8": "docker run -p 8888:8888 -v /path/to/your/data:/home/app jupyter/scipy-notebook:python-3.8",
		"docker run -v /a:/b/quay.io/jupyter/base-notebook:latest":                                  "docker run -v /a:/b quay.io/jupyter/base-notebook:latest",
		"docker run -v /a:/b":                         "",
		"docker run -p 80:80":                         "",
		"docker run -v /a:/b x":                       "",
		"docker pull":                                 "",
		"docker run nginx -p 8080:80 -d":              "docker run -p 8080:80 -d nginx",
		"docker run alpine -c 'echo x' more":          "",
		"docker run alpine ls -l":                     "",
		"docker run python --version":                 "",
		"docker run nginx -d -e PASSWORD=hush-hush-1": "docker run -d -e PASSWORD=HIDDEN nginx",
		"docker run postgres -c shared_buffers=256MB": "",
		"docker run --entrypoint bash ubuntu -d":      "",
		"docker run mysql --help":                     "",
	} {
		list := Read(text)
		if len(list) != 1 {
			t.Fatalf("%q: %+v", text, list)
		}
		got := ""
		meant, why := list[0].Mended()
		if meant != nil {
			got = meant.String()
		}
		if got != want || why.None() != (want == "") {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// FuzzRead holds that nothing panics, and that no value of a secret is shown.
func FuzzRead(f *testing.F) {
	f.Add("docker run -e PASSWORD=hush-hush-1 --rm x")
	f.Add("PS C:\\> docker run `\n -p 1:2 y")
	f.Add("docker run -itp 80:80 x && docker rm 'y")
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range Read(text) {
			for _, p := range c.Parts {
				_ = p.Line.String()
			}
			if c.Verb != "run" || c.Wrong != nil || strings.ContainsAny(text, "\x00") {
				continue
			}
			words, err := runspec.SplitWords(c.Spec.RunCommand().WithSecrets())
			if err != nil || len(words) < 3 {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}
