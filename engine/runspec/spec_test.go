package runspec

import (
	"testing"

	"mvdan.cc/sh/v3/shell"
)

func TestRunCommand(t *testing.T) {
	for name, tc := range map[string]struct {
		spec Spec
		want string
	}{
		"image only": {Spec{Image: "hello-world"}, "docker run -d hello-world"},
		"everything": {
			Spec{
				Name: "thesis", Image: "jupyter/scipy-notebook:python-3.8",
				Ports: []Port{
					{HostIP: "127.0.0.1", HostPort: 8888, Container: 8888},
					{HostPort: 53, Container: 53, Protocol: "udp"},
				},
				Mounts: []Mount{
					{Kind: Bind, Source: "/home/me/my work", Target: "/home/jovyan/work", ReadOnly: true},
					{Kind: Volume, Source: "cache", Target: "/cache"},
				},
				Env:  []Env{{Name: "JUPYTER_TOKEN", Value: "s3cret", Secret: true}, {Name: "LANG", Value: "C"}},
				User: "1000:100", WorkingDir: "/home/jovyan/work", Memory: 2 << 30, CPUs: 1.5,
				Restart: "unless-stopped", Labels: map[string]string{"b": "2", "a": "1 1"},
				Command: []string{"sh", "-c", "echo $HOME"},
			},
			`docker run -d --name thesis -p 127.0.0.1:8888:8888 -p 53:53/udp -v '/home/me/my work:/home/jovyan/work:ro' -v cache:/cache ` +
				`-e JUPYTER_TOKEN -e LANG=C -u 1000:100 -w /home/jovyan/work -m 2g --cpus 1.5 --restart unless-stopped -l 'a=1 1' -l b=2 ` +
				`jupyter/scipy-notebook:python-3.8 sh -c 'echo $HOME'`,
		},
		"colon in a folder": {
			Spec{Image: "i", Mounts: []Mount{{Kind: Bind, Source: "/a:b,c", Target: "/w"}}},
			`docker run -d --mount 'type=bind,"source=/a:b,c",target=/w' i`,
		},
		"ipv6, host port chosen by the engine": {
			Spec{Image: "i", Ports: []Port{{HostIP: "::1", Container: 80}}},
			`docker run -d -p '[::1]::80' i`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := tc.spec.RunCommand()
			if got.String() != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			words, err := SplitWords(got.WithSecrets())
			if err != nil || len(words) != len(got)+1 {
				t.Fatalf("a shell reads %d words (%v) of %s", len(words), err, got)
			}
			for i, a := range got {
				if words[i+1] != a.Text {
					t.Errorf("a shell reads %q, meant %q", words[i+1], a.Text)
				}
			}
		})
	}
}

func TestLooksSecret(t *testing.T) {
	for name, want := range map[string]bool{
		"API_KEY": true, "PASSWORD": true, "POSTGRES_PASSWORD": true, "JUPYTER_TOKEN": true, "AWS_SECRET_ACCESS_KEY": true,
		"GITHUB_TOKEN": true, "mysql_root_password": true, "PATH": false, "LANG": false, "KEYBOARD": false, "AUTHOR": false,
		"TOKENIZER": false,
		"MYSQL_PWD": true, "DB_PWD": true, "PGPASSWORD": true, "GITHUB_PAT": true, "PAT": true, "SSH_KEY": true,
		"DEPLOY_SSH_KEY": true, "FERNET_KEY": true,
		"SSHKEY": true, "AWS_ACCESS_KEY_ID": true, "apiKey": true, "ServerApp.identity_token": true, "api-key": true,
		"NotebookApp.token": true,
		"PATTERN":           false, "MONKEY": false, "PUBLIC_KEY": false, "SSH_PUBLIC_KEY": false, "PWD": false,
		"OLDPWD": false, "COMPAT": false, "KEY": false,
	} {
		if got := LooksSecret(name); got != want {
			t.Errorf("LooksSecret(%q) = %v", name, got)
		}
	}
}

func TestSecretValue(t *testing.T) {
	for value, want := range map[string]bool{
		"postgres://me:pw@db/x": true, "redis://:pw@cache:6379": true, "http://host:80/a@b": false, "http://me@host": false,
		"user:pw@host": true, "a/user:1.0@host": false, "": false,
		"http://host/?to=a:b@c": false, "https://host": false,
	} {
		if got := SecretValue(value); got != want {
			t.Errorf("SecretValue(%q) = %v", value, got)
		}
	}
}

// TestSecretsOfACommand holds that secrets do not show and are still run.
func TestSecretsOfACommand(t *testing.T) {
	for line, want := range map[string]string{
		"start.sh --NotebookApp.token=abc":      "start.sh --NotebookApp.token=HIDDEN",
		"x --password=abc --port=8888":          "x --password=HIDDEN --port=8888",
		"x --api-key abc def":                   "x --api-key HIDDEN def",
		"x --token --verbose y":                 "x --token --verbose y",
		"x --ServerApp.token= --IP=a":           "x --ServerApp.token= --IP=a",
		"env DB_PASSWORD=abc A=1 x":             "env DB_PASSWORD=HIDDEN A=1 x",
		"psql postgres://me:pw@db/x":            "psql postgres://me:HIDDEN@db/x",
		"x --db=postgres://me:pw@db/x":          "x --db=postgres://me:HIDDEN@db/x",
		"python -m http.server --directory=/a":  "python -m http.server --directory=/a",
		"x --public-key abc --keyboard de_DE y": "x --public-key abc --keyboard de_DE y",
	} {
		words, err := shell.Fields(line, nil)
		if err != nil {
			t.Fatal(err)
		}
		c := Spec{Image: "i", Command: words}.RunCommand()
		if got := c.String(); got != "docker run -d i "+want {
			t.Errorf("%s is shown as %s", line, got)
		}
		if got := c.WithSecrets(); got != "docker run -d i "+line {
			t.Errorf("%s is run as %s", line, got)
		}
		if got := c.Masked(); got.WithSecrets() != "docker run -d i "+want || got.HasSecrets() {
			t.Errorf("%s masked is %s", line, got.WithSecrets())
		}
	}
	env := Spec{Image: "i", Env: []Env{{Name: "DATABASE_URL", Value: "postgres://me:pw@db/x"}}}.RunCommand()
	if got := env.String(); got != "docker run -d -e DATABASE_URL i" {
		t.Error(got)
	}
}

// Secrets in a line for a shell are hidden, the rest of it is not.
func TestSecretsInLines(t *testing.T) {
	for line, want := range map[string]string{
		"jupyter lab --ServerApp.token=abc --port=1": "jupyter lab --ServerApp.token=" + Hidden + " --port=1",
		"export API_KEY='a b'; run --password x y": "export API_KEY=" + Hidden + "; run --password " +
			Hidden + " y",
		"echo $TOKEN --token=$TOKEN":                               "echo $TOKEN --token=$TOKEN",
		"git clone https://ghp_0123456789abcdefghij@example.org/x": "git clone https://" + Hidden + "@example.org/x",
		"trap 'exit 0' TERM; sleep 1 & wait":                       "trap 'exit 0' TERM; sleep 1 & wait",
	} {
		got := HideSecrets([]string{"sh", "-c", line})[2]
		shown := got.Text
		if got.Secret {
			shown = got.Shown
		}
		if got.Text != line || shown != want {
			t.Errorf("%q is shown as %q, want %q", line, shown, want)
		}
	}
}
