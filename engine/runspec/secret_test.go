package runspec

import (
	"encoding/json"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
	"time"

	"mvdan.cc/sh/v3/shell"
	"mvdan.cc/sh/v3/syntax"
)

// example is something with a secret in it, or with none: a variable, a label, or the words of a command, as a person
// types them.
type example struct {
	env, label, line string
	// secret is what must not be seen, kept what must be.
	secret, kept string
}

// shown is what is seen of an example in a command, and whether something is hidden.
func (e example) shown(t *testing.T) (string, bool) {
	t.Helper()
	s := Spec{Image: "i"}
	text := e.env + e.label + e.line
	switch {
	case e.env != "":
		name, value, _ := strings.Cut(e.env, "=")
		s.Env = []Env{{Name: name, Value: value, Secret: SecretEnv(name, value)}}
	case e.label != "":
		name, value, _ := strings.Cut(e.label, "=")
		s.Labels = map[string]string{name: value}
	default:
		words, err := shell.Fields(e.line, func(name string) string { return "$" + name })
		if err != nil {
			t.Fatal(text, err)
		}
		s.Command = words
	}
	c := s.RunCommand()
	for _, a := range c {
		if a.Secret && a.Shown == a.Text {
			t.Errorf("%s: %q hides nothing", text, a.Text)
		}
	}
	return strings.TrimPrefix(c.String(), "docker run -d "), c.HasSecrets()
}

// found are the kinds that a review of what comes from outside found in sight.
var found = []example{
	{env: "SENTRY_DSN=https://s3@o1.ingest.sentry.io/1", secret: "s3@"},
	{env: "MY_APP_DSN=mysql:host=db;dbname=x", secret: "host=db"},
	{env: "AZURE_STORAGE_CONNECTION_STRING=DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Zm9v;EndpointSuffix=core.windows.net", secret: "Zm9v"},
	{env: "ConnectionStrings__Default=Server=db;Database=x;User Id=sa;Pa55=zz9", secret: "zz9"},
	{env: "JWT=abc.def", secret: "abc"},
	{env: "SESSION_COOKIE=zz9", secret: "zz9"},
	{env: "SLACK_WEBHOOK_URL=https://example.org/zz9", secret: "zz9"},
	{env: "SIGNING_KEY_B64=enoK", secret: "enoK"},
	{env: "TLS_KEY_PEM=zz9", secret: "zz9"},
	{env: "PGPASS=zz9", secret: "zz9"},
	{env: "OTP_SEED=zz9", secret: "zz9"},
	{env: "DOCKER_AUTH_CONFIG={}zz9", secret: "zz9"},
	{line: "redis-server --requirepass zz9", secret: "zz9", kept: "redis-server --requirepass"},
	{line: "redis-server --masterauth zz9 --port 6379", secret: "zz9", kept: "--port 6379"},
	{line: "redis-cli -a zz9 ping", secret: "zz9", kept: "ping"},
	{line: "mysql -u root -pzz9 shop", secret: "zz9", kept: "-u root"},
	{line: "mysqladmin ping -h db -pzz9", secret: "zz9", kept: "ping -h db"},
	{line: "curl -u me:zz9 https://example.org/x", secret: "zz9", kept: "-u me:HIDDEN https://example.org/x"},
	{line: "curl --user me:zz9 https://example.org", secret: "zz9", kept: "me:"},
	{line: "curl -ume:zz9 https://example.org", secret: "zz9", kept: "-ume:"},
	{line: "curl -H 'Authorization: Bearer zz9' https://example.org", secret: "zz9", kept: "Authorization: Bearer HIDDEN"},
	{line: "curl -H 'Authorization: Basic bWU6eno5' https://example.org", secret: "bWU6eno5", kept: "Basic"},
	{line: "curl -H 'X-Api-Key: zz9' https://example.org", secret: "zz9", kept: "X-Api-Key"},
	{line: "curl -H 'Cookie: a=b; session=zz9' https://example.org", secret: "zz9", kept: "Cookie"},
	{line: "helm install db --set auth.rootPassword=zz9", secret: "zz9", kept: "--set auth.rootPassword=HIDDEN"},
	{line: "helm install db --set a=b,auth.password=zz9,c=d", secret: "zz9", kept: "c=d"},
	{env: "URL=jdbc:postgresql://db/x?user=me&password=zz9&ssl=true", secret: "zz9"},
	{line: "java -jar a.jar 'jdbc:sqlserver://db;user=sa;password=zz 9;encrypt=true'", secret: "9;", kept: "encrypt=true"},
	{line: "app 'https://example.org/?access_token=zz9&x=1'", secret: "zz9", kept: "x=1"},
	{line: `app '{"user":"me","password":"zz9"}'`, secret: "zz9", kept: `{"user":"me","password":"HIDDEN"}`},
	{line: `app '{"a": {"b": [1, {"api_key" : "zz 9"}]}, "c": 1}'`, secret: "zz 9", kept: `"c": 1`},
	{env: `CFG={"auths":{"r.example.org":{"auth":"bWU6eno5"}}}`, secret: "bWU6eno5"},
	{line: "git clone https://sh0rttoken@example.org/x", secret: "sh0rttoken", kept: "https://HIDDEN@example.org/x"},
	{line: "git clone https://shorttoken@example.org/x", secret: "shorttoken", kept: "@example.org/x"},
	{line: "app --token -zz9 x", secret: "zz9", kept: "x"},
	{line: `sh -c 'app --password="zz"9 --port 1'`, secret: "9 ", kept: "--password=HIDDEN --port 1"},
	{line: `sh -c 'app --password "zz"\ 9'\''8'\'' --port 1'`, secret: "8", kept: "--port 1"},
	{env: "BUS=Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey=zz9=", secret: "zz9"},
	{env: "BLOB=https://a.blob.core.windows.net/c?sv=2022&sp=r&sig=zz9%3D", secret: "zz9"},
	{env: "DB=Server=db;Uid=me;Pwd=zz9;", secret: "zz9"},
}

// kin are more of the same kinds.
var kin = []example{
	{env: "WALLET_MNEMONIC=witch collapse practice", secret: "collapse"},
	{env: "RABBITMQ_ERLANG_COOKIE=zz9", secret: "zz9"},
	{env: "HASH_SALT=zz9", secret: "zz9"},
	{env: "USER_PIN=4711", secret: "4711"},
	{env: "authToken2=zz9", secret: "zz9"},
	{env: "NEO4J_AUTH=neo4j/zz9", secret: "zz9"},
	{env: "SECRET_KEY_BASE=zz9", secret: "zz9"},
	{env: "DISCORD=https://discord.com/api/webhooks/123456789/zz9zz9zz9zz9", secret: "zz9"},
	{env: "X=https://hooks.slack.com/services/T000/B000/zz9zz9", secret: "zz9"},
	{env: "X=ghp_0123456789abcdefghijABCDEFGHIJ012345", secret: "0123456789"},
	{env: "X=glpat-0123456789abcdefghij", secret: "0123456789"},
	{env: "X=xoxb-123456789012-abcdefghijkl", secret: "abcdefghijkl"},
	{env: "X=AKIAIOSFODNN7EXAMPLE", secret: "IOSFODNN7"},
	{env: "X=AIzaSyA0123456789abcdefghijklmnopqrstuv", secret: "SyA0123"},
	{env: "X=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", secret: "c2lnbmF0dXJl"},
	{env: "X=-----BEGIN RSA PRIVATE KEY-----\nMIIEzz9\n-----END RSA PRIVATE KEY-----", secret: "zz9"},
	{env: "OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer zz9", secret: "zz9"},
	{env: "JAVA_OPTS=-Xmx1g -Djavax.net.ssl.keyStorePassword=zz9 -Da=b", secret: "zz9"},
	{env: "NOTEBOOK_ARGS=--port 1 --NotebookApp.token zz9", secret: "zz9"},
	{env: "NPMRC=//registry.example.org/:_authToken=zz9", secret: "zz9"},
	{env: "GO_DSN=me:zz9@tcp(db:3306)/x", secret: "zz9"},
	{env: "D=me:z/z#9@tcp(db:3306)/x", secret: "#9"},
	{env: "D=postgres://me:z/z@9#8@db/x", secret: "9#8"},
	{env: `YAML=user: me` + "\n" + `password: z z 9` + "\n", secret: "z 9"},
	{
		label: "traefik.http.middlewares.a.basicauth.users=me:$$apr1$$ruca84Hq$$mbjdMZBAG.KWn7vfN/SNK/", secret: "mbjdMZBAG",
		kept: "basicauth.users=me:",
	},
	{label: "org.example.db=postgres://me:zz9@db/x", secret: "zz9", kept: "org.example.db=postgres://me:HIDDEN@db/x"},
	{label: "org.example.api-key=zz9", secret: "zz9", kept: "org.example.api-key=HIDDEN"},
	{line: "sshpass -p zz9 ssh me@example.org", secret: "zz9", kept: "ssh me@example.org"},
	{line: "docker login -u me -p zz9 r.example.org", secret: "zz9", kept: "r.example.org"},
	{line: "wget --http-user=me --http-password=zz9 https://example.org", secret: "zz9", kept: "--http-user=me"},
	{line: "/opt/mssql-tools/bin/sqlcmd -S localhost -U sa -P zz9 -Q 'SELECT 1'", secret: "zz9", kept: "SELECT 1"},
	{line: `sh -c 'echo "root:zz9" | chpasswd && exec /usr/sbin/sshd -D'`, secret: "zz9", kept: "exec /usr/sbin/sshd -D"},
	{line: `sh -c "PGPASSWORD=zz9 psql -h db -c \"ALTER USER me PASSWORD 'zz9'\""`, secret: "zz9", kept: "psql -h db"},
	{line: `sh -c 'curl -H "Authorization: Bearer "zz9 "https://me:yy8@$HOST/"'`, secret: "zz9", kept: "$HOST"},
	{line: `sh -c 'x=$(curl -u me:zz9 "https://example.org/?token=$T"); app "$x"'`, secret: "zz9", kept: "me:HIDDEN"},
	{line: `sh -c 'app --password=${PASSWORD:-zz9}'`, secret: "zz9", kept: "app"},
	{line: `sh -c 'app --password="zz9 && ('`, secret: "zz9", kept: "app"},
	{line: "psql 'host=db user=me password=zz9 dbname=x'", secret: "zz9", kept: "dbname=x"},
	{line: "mc alias set s3 https://s3.example.org me zz9", secret: "zz9", kept: "https://s3.example.org"},
	{line: `app '{"env":[{"name":"DB_PASSWORD","value":"zz9"}]}'`, secret: "zz9", kept: `"name":"DB_PASSWORD"`},
}

// harmless is what well-known images have and people type, without a secret.
var harmless = []example{
	{env: "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
	{env: "LANG=C.UTF-8"},
	{env: "GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568"},
	{env: "PYTHON_VERSION=3.12.4"},
	{env: "PYTHON_SHA256=fda2a24ff9bd4d8d9a1ef5b0b9d9a9d9f7d5d0c1b2a3948576"},
	{env: "PYTHON_GET_PIP_URL=https://github.com/pypa/get-pip/raw/66d8a0f637083e2c3ddffc0cb1e65ce126afb856/public/get-pip.py"},
	{env: "PYTHONHASHSEED=42"},
	{env: "SEED=42"},
	{env: "RANDOM_SEED=1234"},
	{env: "PGDATA=/var/lib/postgresql/data"},
	{env: "PG_VERSION=16.3-1.pgdg120+1"},
	{env: "PG_MAJOR=16"},
	{env: "POSTGRES_HOST_AUTH_METHOD=trust"},
	{env: "POSTGRES_PASSWORD_FILE=/run/secrets/db_password"},
	{env: "GOSU_VERSION=1.17"},
	{env: "MYSQL_ALLOW_EMPTY_PASSWORD=yes"},
	{env: "MYSQL_RANDOM_ROOT_PASSWORD=1"},
	{env: "MYSQL_MAJOR=innovation"},
	{env: "DATABASE_URL=postgres://me@db:5432/shop"},
	{env: "REDIS_URL=redis://cache:6379/0"},
	{env: "MONGO_URL=mongodb://m1:27017,m2:27017/x?replicaSet=rs0"},
	{env: "JDBC_URL=jdbc:postgresql://db:5432/x?ssl=true&user=me"},
	{env: "NODE_VERSION=20.15.0"},
	{env: "YARN_VERSION=1.22.22"},
	{env: "NODE_ENV=production"},
	{env: "NGINX_VERSION=1.27.0"},
	{env: "NJS_VERSION=0.8.4"},
	{env: "PKG_RELEASE=2~bookworm"},
	{env: "NB_USER=jovyan"},
	{env: "NB_UID=1000"},
	{env: "CONDA_DIR=/opt/conda"},
	{env: "JUPYTER_PORT=8888"},
	{env: "JUPYTER_TOKEN="},
	{env: "SPARK_HOME=/usr/local/spark"},
	{env: "SPARK_OPTS=--driver-java-options=-Xms1024M --driver-java-options=-Dlog4j.logLevel=info"},
	{env: "JAVA_HOME=/opt/java/openjdk"},
	{env: "JAVA_OPTS=-Xmx1g -Djava.security.egd=file:/dev/./urandom -Dfile.encoding=UTF-8"},
	{env: "KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://broker:29092,PLAINTEXT_HOST://localhost:9092"},
	{env: "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=PLAINTEXT:PLAINTEXT,SSL:SSL"},
	{env: "TOKENIZER_NAME=bert-base-uncased"},
	{env: "TOKENIZERS_PARALLELISM=false"},
	{env: "MAX_TOKENS=4096"},
	{env: "MAX_NEW_TOKENS=200"},
	{env: "PAD_TOKEN=[PAD]"},
	{env: "KEYBOARD=de"},
	{env: "KEY_PREFIX=app:"},
	{env: "MONKEY=banana"},
	{env: "AUTHOR=Jane Doe"},
	{env: "AUTHORITY=https://login.example.org/"},
	{env: "AUTHENTICATOR=oidc"},
	{env: "SECRETARIAT=Bern"},
	{env: "PASSIVE=10000-10100"},
	{env: "COMPASS=north"},
	{env: "PWD=/home/me"},
	{env: "OLDPWD=/"},
	{env: "SSH_AUTH_SOCK=/run/ssh-agent"},
	{env: "XAUTHORITY=/home/me/.Xauthority"},
	{env: "SSH_PUBLIC_KEY=ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@example.org"},
	{env: "COOKIE_DOMAIN=.example.org"},
	{env: "SESSION_COOKIE_SECURE=true"},
	{env: "TOKEN_TTL=3600"},
	{env: "JWT_ALGORITHM=HS256"},
	{env: "PASSWORD_MIN_LENGTH=12"},
	{env: "GF_AUTH_ANONYMOUS_ENABLED=true"},
	{env: "AWS_REGION=eu-central-1"},
	{env: "AWS_SECRET_NAME=prod/db"},
	{env: "GOOGLE_APPLICATION_CREDENTIALS=/var/run/gcp/key.json"},
	{env: "TLS_KEY_FILE=/etc/ssl/private/server.key"},
	{env: "SSL_CERT=-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----"},
	{env: "STRIPE_PUBLISHABLE_KEY=abc"},
	{env: "CACHE_KEY=v1"},
	{env: "GIT_AUTHOR_EMAIL=me@example.org"},
	{env: "GIT_REPO=git@github.com:me/app.git"},
	{env: "GIT_URL=ssh://git@example.org:22/x.git"},
	{env: "HTTP_PROXY=http://proxy.example.org:3128"},
	{env: "NO_PROXY=localhost,127.0.0.1,.example.org"},
	{env: "LS_COLORS=rs=0:di=01;34:ln=01;36:mh=00:pi=40;33"},
	{env: `FEATURES={"dark":true,"key":"value","auth":{"kind":"oidc"}}`},
	{env: "IMAGE=r.example.org/app:1.2@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
	{label: "maintainer=NGINX Docker Maintainers <docker-maint@nginx.com>"},
	{label: "org.opencontainers.image.source=https://github.com/jupyter/docker-stacks"},
	{label: "org.opencontainers.image.description=Signs in with a bearer token or basic authentication"},
	{label: "com.docker.compose.config-hash=7d9f0c1e1d7b2d8cbb7a37a2b2b1a6f0f7c7f0d3e0f9a3b3d8a6e5c4b3a29181"},
	{label: "com.docker.compose.depends_on=db:service_healthy:false,cache:service_started:false"},
	{label: "traefik.http.routers.app.rule=Host(`app.example.org`) && PathPrefix(`/api`)"},
	{label: "traefik.http.middlewares.auth.forwardauth.address=http://auth:4181"},
	{line: "python -m http.server --directory /data 8000"},
	{line: "start-notebook.py --ServerApp.token= --ServerApp.ip=0.0.0.0 --no-browser"},
	{line: "nginx -g 'daemon off;'"},
	{line: "postgres -c shared_buffers=256MB -c max_connections=200"},
	{line: "mysqld --character-set-server=utf8mb4 --authentication-policy=caching_sha2_password"},
	{line: "mysql -h db -P 3306 -p shop"},
	{line: "redis-server --save 60 1 --appendonly yes"},
	{line: "spark-submit --master spark://master:7077 --class org.example.Main app.jar"},
	{line: "sh -c 'while true; do date; sleep 1; done | tee /var/log/x'"},
	{line: `bash -c 'psql "postgres://$USER:$PGPASSWORD@db/x" --password="$PGPASSWORD"'`},
	{line: "curl -fsS -o /dev/null http://localhost:8080/health?key2=1"},
	{line: "gosu 1000:1000 app --user 1000:1000 --keyboard de"},
	{line: "pip install secretstorage==3.3.3 keyring==25.2.1 token==1.0"},
	{line: "git clone https://me@example.org/me/x.git"},
}

// TestSecretsAreHidden holds that nothing of a secret is seen, and that the rest is.
func TestSecretsAreHidden(t *testing.T) {
	hidden := 0
	for _, e := range append(append([]example(nil), found...), kin...) {
		shown, ok := e.shown(t)
		switch text := e.env + e.label + e.line; {
		case !ok || strings.Contains(shown, e.secret):
			t.Errorf("%s is shown as %s", text, shown)
		case !strings.Contains(shown, e.kept):
			t.Errorf("%s is shown as %s, without %s", text, shown, e.kept)
		default:
			hidden++
		}
	}
	t.Logf("%d of %d secrets are hidden", hidden, len(found)+len(kin))
	if len(found) != 40 || len(kin) != 40 {
		t.Errorf("%d and %d examples", len(found), len(kin))
	}
}

// mostHarmless is how many of the harmless examples may be hidden all the same.
const mostHarmless = 2

func TestHarmlessIsShown(t *testing.T) {
	hidden := 0
	for _, e := range harmless {
		if shown, ok := e.shown(t); ok {
			hidden++
			t.Logf("%s is shown as %s", e.env+e.label+e.line, shown)
		}
	}
	t.Logf("%d of %d harmless ones are hidden", hidden, len(harmless))
	if hidden > mostHarmless || len(harmless) != 100 {
		t.Errorf("%d of %d are hidden", hidden, len(harmless))
	}
}

// secretLetters are those of passwords that people and programs make, which shells and formats read specially.
const secretLetters = "abcXYZ0189!#$%&*+,-./:;<=>?@^_~|()[]{}\"'\\` "

// Passwords of any letters are hidden as a whole wherever they are written as the format wants it.
func TestRandomSecrets(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	quoted := func(s string) string { q, _ := syntax.Quote(s, syntax.LangBash); return q }
	for range 200 {
		b := []byte("zz9")
		for range 4 + random.IntN(12) {
			b = append(b, secretLetters[random.IntN(len(secretLetters))])
		}
		secret := string(b)
		cut := 1 + random.IntN(len(secret)-1)
		inJSON, _ := json.Marshal(map[string]any{"a": "b", "db": map[string]string{"password": secret, "user": "me"}})
		twice, _ := json.Marshal(string(inJSON))
		escaped := url.QueryEscape(secret)
		for _, words := range [][]string{
			{"app", "--password=" + secret},
			{"app", "--password", secret},
			{"env", "DB_PASSWORD=" + secret, "app"},
			{"mysql", "-p" + secret},
			{"curl", "-u", "me:" + secret},
			{"sh", "-c", "app --password=" + quoted(secret) + " --port 1"},
			{"sh", "-c", "app --password " + quoted(secret) + "; x"},
			{"sh", "-c", "DB_PASSWORD=" + quoted(secret) + " app"},
			{"sh", "-c", "app --password=" + quoted(secret[:cut]) + quoted(secret[cut:]) + " --port 1"},
			{"sh", "-c", "mysql -p" + quoted(secret) + " x"},
			{"sh", "-c", "curl -u " + quoted("me:"+secret) + " x"},
			{"sh", "-c", "curl -d " + quoted(string(inJSON)) + " x"},
			{"sh", "-c", "su me -c " + quoted("app --password="+quoted(secret))},
			{"app", string(inJSON)},
			{"app", string(twice)},
			{"app", "postgres://me:" + escaped + "@db/x"},
			{"app", "https://x.example.org/?token=" + escaped + "&a=b"},
			{"curl", "-H", "Authorization: Bearer " + secret},
			{"curl", "-H", "X-Api-Key: " + secret},
			{"app", "Server=db;Password=\"" + strings.ReplaceAll(secret, `"`, `""`) + "\";Database=x"},
			{"app", "Server=db;Pwd=" + strings.TrimRight(strings.ReplaceAll(secret, ";", "_"), `"' `) + ";Database=x"},
			{"app", "postgres://me:" + strings.NewReplacer(" ", "", "'", "", `"`, "", "`", "", "<", "", ">", "", "://", "").
				Replace(secret) + "@db/x"},
			{"app", "me:" + strings.NewReplacer(" ", "", "'", "", `"`, "").Replace(secret) + "@tcp(db:3306)/x"},
			{"app", "--set", "auth.rootPassword=" + quoted(secret)},
			{"app", "user: me\npassword: " + quoted(secret) + "\nhost: x\n"},
		} {
			if text := strings.Join(words, " "); strings.Contains(text, "zz9") {
				shown := HideSecrets(words).String()
				for i := 0; i+5 <= len(secret); i++ {
					if strings.Contains(shown, secret[i:i+5]) {
						t.Errorf("of %q, %q is seen in %s", words, secret[i:i+5], shown)
						break
					}
				}
			}
		}
		if t.Failed() {
			return
		}
	}
}

// longest is how much longer a text may become: each secret, of one letter and quoted by the shell's rules, becomes
// HIDDEN.
func longest(n int) int { return 16*n + 256 }

// FuzzHideSecrets holds that whatever an image says can be masked, and is still run as it is.
func FuzzHideSecrets(f *testing.F) {
	for _, list := range [][]example{found, kin, harmless} {
		for _, e := range list {
			f.Add(e.env + e.label + e.line)
		}
	}
	for _, s := range []string{
		"$($($(`", "password='", `a\`, "x://:@", "if if if", "<<A <<B\npassword=x\nA\n",
		"\U000F0000=$X", "é=\xff password=\xff", `$'\'`, "${a:-${b:-x}}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, words := range [][]string{
			{s},
			{"sh", "-c", s},
			{"curl", "-u", s},
			{"mysql", "-p" + s},
			{"--token", s},
			strings.Fields(s),
		} {
			c := HideSecrets(words)
			for i, a := range c {
				if a.Text != words[i] {
					t.Fatalf("%q became %q", words[i], a.Text)
				}
				if a.Secret && len(a.Shown) > longest(len(a.Text)) {
					t.Fatalf("%d bytes became %d: %q", len(a.Text), len(a.Shown), a.Text)
				}
			}
		}
		_ = HideInstruction(s)
		_ = LooksSecret(s)
		if SecretEnv(s, "") {
			t.Fatalf("%q is a secret without a value", s)
		}
	})
}

// What is made to take long does not.
func TestHidingIsFast(t *testing.T) {
	for _, piece := range []string{
		"$(", "a://b:c/", "password=\"", "password=$(", "if ", "x|", "`", "{", "((", "'\"", "-",
		"a:", "a=b;", "--token ", "\\\"", "<<A ", "eyJ", "$1$", "Authorization: ", "echo a|chpasswd|", "!", "a@", "${a:-",
	} {
		for _, size := range []int{maxParsed / 4, maxParsed + 1024} { // beyond what is parsed, too
			text := strings.Repeat(piece, size/len(piece))
			began := time.Now()
			HideSecrets([]string{"sh", "-c", text})
			if took := time.Since(began); took > 20*time.Second { // a freeze, whatever else the machine does
				t.Errorf("%d bytes of %q took %s", size, piece, took)
			} else if took > 100*time.Millisecond {
				t.Logf("%d bytes of %q took %s", size, piece, took)
			}
		}
	}
	if got := HideSecrets([]string{strings.Repeat("a", maxInspected+1)})[0]; !got.Secret || got.Shown != Hidden {
		t.Error("what is too long is shown")
	}
}

func TestHideInstruction(t *testing.T) {
	for text, want := range map[string]string{
		`ENV API_KEY=very secret A=b c`:                         `ENV API_KEY=HIDDEN A=b c`,
		`ENV PATH=/usr/bin:/bin`:                                `ENV PATH=/usr/bin:/bin`,
		`ARG NPM_TOKEN=zz9`:                                     `ARG NPM_TOKEN=HIDDEN`,
		`ARG NPM_TOKEN`:                                         `ARG NPM_TOKEN`,
		`LABEL org.example.db=postgres://me:zz9@db/x`:           `LABEL org.example.db=postgres://me:HIDDEN@db/x`,
		`RUN pip install x   (NPM_TOKEN=xyz V=3)`:               `RUN pip install x   (NPM_TOKEN=HIDDEN V=3)`,
		`RUN make DB=postgres://me:secret@host/name`:            `RUN make DB=postgres://me:HIDDEN@host/name`,
		`RUN echo "root:zz9" | chpasswd`:                        `RUN echo root:HIDDEN | chpasswd`,
		`RUN curl -u me:zz9 https://example.org`:                `RUN curl -u me:HIDDEN https://example.org`,
		`CMD ["redis-server" "--requirepass" "zz9"]`:            `CMD ["redis-server" "--requirepass" "HIDDEN"]`,
		`ENTRYPOINT ["sh", "-c", "app --token=zz9"]`:            `ENTRYPOINT ["sh", "-c", "app --token=HIDDEN"]`,
		`HEALTHCHECK &{["CMD-SHELL" "mysqladmin ping -pzz9"] }`: `HEALTHCHECK &{["CMD-SHELL" "mysqladmin ping -pHIDDEN"] }`,
		`COPY . /app`: `COPY . /app`,
		``:            ``,
	} {
		if got := HideInstruction(text); got != want {
			t.Errorf("%s is shown as\n%s, want\n%s", text, got, want)
		}
	}
}
