//go:build linux

package endpoint_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"slipway/engine/endpoint"
	"slipway/engine/enginetest"
	"slipway/engine/model"
	"slipway/engine/words"

	ctxdocker "github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
)

// roleVariable makes the test binary do something else: be the far end of ssh, or look at a socket as another user.
const roleVariable, socketVariable = "SLIPWAY_TEST_ROLE", "SLIPWAY_TEST_SOCKET"

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "dial-stdio":
		dialStdio(os.Getenv(socketVariable))
		return
	case "check":
		a := endpoint.Check(context.Background(), endpoint.Endpoint{Name: "x", Host: "unix://" + os.Getenv(socketVariable)},
			time.Minute)
		fmt.Print(a.Problem.Kind)
		return
	case "locality":
		if err := syscall.Sethostname([]byte("toolbox")); err != nil {
			fmt.Print(err)
		}
		a := endpoint.Check(context.Background(), endpoint.Endpoint{Name: "x", Host: "unix://" + os.Getenv(socketVariable)},
			time.Minute)
		fmt.Print(a.Locality, a.Problem)
		return
	case "relay":
		relay(os.Getenv(socketVariable))
		return
	case "warnings":
		for _, p := range endpoint.Warnings() {
			fmt.Println(words.Of(p.Why), p.Command.String())
		}
		for _, e := range endpoint.Find() {
			if e.Problem != nil {
				fmt.Println(e.Name, words.Of(e.Problem.Why), e.Problem.Command.String())
			}
		}
		return
	}
	os.Exit(enginetest.Main(m))
}

// dialStdio is what "docker system dial-stdio" does: standard input and output are the socket.
func dialStdio(socket string) {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go func() {
		_, _ = io.Copy(conn, os.Stdin)
		_ = conn.(*net.UnixConn).CloseWrite()
	}()
	_, _ = io.Copy(os.Stdout, conn)
}

// relay listens on a socket beside another one and passes on to that, as ssh -L does, until its standard input ends.
func relay(socket string) {
	l, err := net.Listen("unix", os.Args[1])
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			to, err := net.Dial("unix", socket)
			if err != nil {
				from.Close()
				continue
			}
			go func() { _, _ = io.Copy(to, from) }()
			go func() { _, _ = io.Copy(from, to); from.Close() }()
		}
	}()
	fmt.Println("listens")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func isolate(t *testing.T) (home string) {
	t.Helper()
	home = t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "DOCKER_CONFIG": filepath.Join(home, ".docker"), "DOCKER_HOST": "", "DOCKER_CONTEXT": "",
		"XDG_RUNTIME_DIR":   home,
		"DOCKER_TLS_VERIFY": "", "DOCKER_TLS": "", "DOCKER_CERT_PATH": "", "DOCKER_API_VERSION": "",
		"DOCKER_CUSTOM_HEADERS": "",
	} {
		t.Setenv(name, value)
	}
	return home
}

func check(t *testing.T, e endpoint.Endpoint) endpoint.Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return endpoint.Check(ctx, e, time.Minute)
}

func socketAt(path string) endpoint.Endpoint {
	return endpoint.Endpoint{Name: "Docker Engine", Source: endpoint.FromSocket, Host: "unix://" + path}
}

// wantAnswer is that of the private engine.
func wantAnswer(t *testing.T, a endpoint.Answer, where model.Locality) {
	t.Helper()
	if a.Problem != nil {
		t.Fatalf("%+v", a.Problem)
	}
	if a.Info.Product != "Docker" || a.Info.ID == "" || a.Info.APIVersion == "" || a.Info.Rootless ||
		a.Info.ContainerdStore || a.Locality != where {
		t.Errorf("%+v, %s", a.Info, a.Locality)
	}
}

func wantProblem(t *testing.T, a endpoint.Answer, kind model.ProblemKind) {
	t.Helper()
	if a.Problem == nil || a.Problem.Kind != kind || a.Problem.What.None() {
		t.Errorf("want %s, got %+v (%+v)", kind, a.Problem, a.Info)
	}
}

func TestCheckUnix(t *testing.T) {
	private := enginetest.Shared(t)
	wantAnswer(t, check(t, socketAt(private.Socket())), model.ThisComputer)
}

// serve answers on a unix socket with a small web server.
func serve(t *testing.T, h http.HandlerFunc) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(h)
	s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return path
}

// TestCheckSockets has what may be where a socket is expected.
func TestCheckSockets(t *testing.T) {
	dir := t.TempDir()
	wantProblem(t, check(t, socketAt(filepath.Join(dir, "none"))), model.ProblemNotRunning)

	stale := filepath.Join(dir, "stale")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: stale, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	a := check(t, socketAt(stale))
	wantProblem(t, a, model.ProblemNotRunning)
	if words.Of(a.Problem.What).String() != "Docker is installed but not running" {
		t.Errorf("%+v", a.Problem)
	}

	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, check(t, socketAt(plain)), model.ProblemNotRunning)

	old := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Api-Version", "1.30") })
	a = check(t, socketAt(old))
	wantProblem(t, a, model.ProblemTooOld)
	if !strings.Contains(words.Of(a.Problem.Why).String(), "1.30") {
		t.Errorf("%+v", a.Problem)
	}
	young := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.99")
		if !strings.HasSuffix(r.URL.Path, "_ping") {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w,
				`{"message": "client version 1.51 is too old. Minimum supported API version is 1.90, please upgrade your client to a newer version"}`)
		}
	})
	wantProblem(t, check(t, socketAt(young)), model.ProblemTooOld)
	page := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>hello") })
	wantProblem(t, check(t, socketAt(page)), model.ProblemUnreachable)

	busy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", "1.41")
		if !strings.HasSuffix(r.URL.Path, "_ping") {
			time.Sleep(200 * time.Millisecond) // longer than the patience below
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"ID": "busy"}`)
		}
	})
	if a := endpoint.Check(t.Context(), socketAt(busy), 100*time.Millisecond); a.Problem != nil || a.Info.ID != "busy" {
		t.Errorf("one that gives a sign of life and takes its time: %+v", a)
	}

	mute := filepath.Join(dir, "mute")
	l, err = net.ListenUnix("unix", &net.UnixAddr{Name: mute, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	wantProblem(t, endpoint.Check(t.Context(), socketAt(mute), 100*time.Millisecond), model.ProblemTimeout)
}

// TestCheckAsAnotherUser may not open the socket of an engine that runs.
func TestCheckAsAnotherUser(t *testing.T) {
	private := enginetest.Shared(t)
	for name, socket := range map[string]string{
		string(model.ProblemPermission): private.Socket(),
		string(model.ProblemNotRunning): private.Socket() + "-none",
	} {
		cmd := exec.Command("/proc/self/exe")
		cmd.Dir = "/"
		cmd.Env = []string{roleVariable + "=check", socketVariable + "=" + socket, "HOME=/nonexistent", "PATH=/usr/bin:/bin"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != name {
			t.Errorf("%q, %v; want %s", out, err, name)
		}
	}
}

// TestLocalityInAContainer asks the engine of this computer with another host name, as in Toolbx or a dev container,
// and with process numbers of its own.
func TestLocalityInAContainer(t *testing.T) {
	private := enginetest.Shared(t)
	for name, flags := range map[string]uintptr{
		"names":               syscall.CLONE_NEWUTS,
		"names and processes": syscall.CLONE_NEWUTS | syscall.CLONE_NEWPID,
	} {
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), roleVariable+"=locality", socketVariable+"="+private.Socket())
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags}
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != string(model.ThisComputer)+"<nil>" {
			t.Errorf("%s: %s, %v", name, out, err)
		}
	}
}

// TestLocalityOfATunnel holds that what ssh passes on is elsewhere, even where the engine there says that it is this
// computer's.
func TestLocalityOfATunnel(t *testing.T) {
	private, dir := enginetest.Shared(t), t.TempDir()
	program, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]model.Locality{"ssh": model.Elsewhere, "socat": model.Elsewhere} {
		path, socket := filepath.Join(dir, name), filepath.Join(dir, name+".sock")
		if err := os.WriteFile(path, program, 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(path, socket)
		cmd.Env = append(os.Environ(), roleVariable+"=relay", socketVariable+"="+private.Socket())
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		stdout, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "listens\n" {
			t.Fatalf("%q, %v", line, err)
		}
		wantAnswer(t, check(t, socketAt(socket)), want)
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
}

// TestConfigOfAnotherUser says whose a file of Docker's is that this user may not read, and how that is mended.
func TestConfigOfAnotherUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	dir := t.TempDir()
	file, meta := filepath.Join(dir, "config.json"), filepath.Join(dir, "contexts", "meta", strings.Repeat("a", 64))
	err := errors.Join(os.MkdirAll(meta, 0o755), os.WriteFile(file, []byte("{}"), 0o600),
		os.WriteFile(filepath.Join(meta, "meta.json"), nil, 0o600),
		os.Chmod(dir, 0o755), os.Chmod(filepath.Dir(dir), 0o755))
	if err != nil {
		t.Fatal(err)
	}
	look := func(user uint32) string {
		t.Helper()
		cmd := exec.Command("/proc/self/exe")
		cmd.Dir = "/"
		cmd.Env = []string{roleVariable + "=warnings", "DOCKER_CONFIG=" + dir, "HOME=/nonexistent", "PATH=/usr/bin:/bin"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	if out := look(54321); !strings.Contains(out, "sudo chown 54321 "+file+"\n") { // who has no name
		t.Errorf("without a name: %q", out)
	}
	out := look(65534)
	for _, want := range []string{
		file + " belongs to root", "sudo chown nobody " + file + "\n",
		filepath.Join(meta, "meta.json") + " belongs to root",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q lacks %q", out, want)
		}
	}
	if err := errors.Join(os.Chown(file, 65534, 65534), os.Chmod(file, 0)); err != nil {
		t.Fatal(err)
	}
	if out := look(65534); !strings.Contains(out, "You own "+file) || !strings.Contains(out, "chmod u+rwX "+file) {
		t.Errorf("one's own: %q", out)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if out := look(65534); !strings.Contains(out, dir+" belongs to root") ||
		!strings.Contains(out, "sudo chown nobody "+dir+"\n") {
		t.Errorf("the folder: %q", out)
	}
}

// authority signs certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string) authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour),
		IsCA:     true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key}
}

func (a authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// sign makes a certificate for 127.0.0.1, good for both ends.
func (a authority) sign(t *testing.T) (cert, key []byte) {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "x"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter:    time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &private.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: text})
}

// secure puts TLS in front of the engine, and returns its address. It talks only to who ca has signed.
func secure(t *testing.T, private *enginetest.Engine, ca authority) (address string) {
	t.Helper()
	certPEM, keyPEM := ca.sign(t)
	cert, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "docker.example.com"})
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", private.Socket())
	}}
	proxy.Transport = transport
	s := httptest.NewUnstartedServer(proxy)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // refused handshakes are wanted
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert}
	s.StartTLS()
	t.Cleanup(func() { s.Close(); transport.CloseIdleConnections() })
	return s.Listener.Addr().String()
}

func TestCheckTLS(t *testing.T) {
	private := enginetest.Shared(t)
	right, wrong := newAuthority(t, "right"), newAuthority(t, "wrong")
	address := secure(t, private, right)
	cert, key := right.sign(t)
	otherCert, otherKey := wrong.sign(t)
	for name, test := range map[string]struct {
		ca, cert, key []byte
		ok            bool
	}{
		"right":           {right.pem(), cert, key, true},
		"wrong authority": {wrong.pem(), cert, key, false},
		"wrong ourselves": {right.pem(), otherCert, otherKey, false},
		"damaged":         {[]byte("no certificate"), cert, key, false},
		"missing":         {nil, nil, nil, false},
	} {
		home := isolate(t)
		files := map[string][]byte{"ca.pem": test.ca, "cert.pem": test.cert, "key.pem": test.key}
		want := func(a endpoint.Answer) {
			t.Helper()
			t.Log(name)
			if test.ok {
				wantAnswer(t, a, model.ThisComputer)
			} else {
				wantProblem(t, a, model.ProblemTLS)
			}
		}
		// By the environment.
		for file, text := range files {
			if text == nil {
				continue
			}
			if err := os.WriteFile(filepath.Join(home, file), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		t.Setenv("DOCKER_HOST", "tcp://"+address)
		t.Setenv("DOCKER_TLS_VERIFY", "1")
		t.Setenv("DOCKER_CERT_PATH", home)
		want(check(t, endpoint.Find()[0]))

		// By a context, with docker's own store.
		t.Setenv("DOCKER_HOST", "")
		t.Setenv("DOCKER_TLS_VERIFY", "")
		t.Setenv("DOCKER_CERT_PATH", "")
		t.Setenv("DOCKER_CONTEXT", "secure")
		s := store.New(filepath.Join(home, ".docker", "contexts"), store.NewConfig(func() any { return &map[string]any{} },
			store.EndpointTypeGetter(ctxdocker.DockerEndpoint, func() any { return &ctxdocker.EndpointMeta{} })))
		err := s.CreateOrUpdate(store.Metadata{Name: "secure", Metadata: map[string]any{}, Endpoints: map[string]any{
			ctxdocker.DockerEndpoint: ctxdocker.EndpointMeta{Host: "tcp://" + address},
		}})
		if err == nil && test.ca != nil {
			err = s.ResetEndpointTLSMaterial("secure", ctxdocker.DockerEndpoint, &store.EndpointTLSData{Files: files})
		}
		if err != nil {
			t.Fatal(err)
		}
		e := endpoint.Find()[0]
		if e.Name != "secure" || !e.Explicit {
			t.Fatalf("%+v", e)
		}
		want(check(t, e))
	}
	// Without a check of who answers, as docker has it with DOCKER_TLS, and in a context that says so.
	home := isolate(t)
	for file, text := range map[string][]byte{"ca.pem": wrong.pem(), "cert.pem": cert, "key.pem": key} {
		if err := os.WriteFile(filepath.Join(home, file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("DOCKER_CERT_PATH", home)
	t.Setenv("DOCKER_TLS", "1")
	t.Setenv("DOCKER_HOST", address)
	wantAnswer(t, check(t, endpoint.Find()[0]), model.ThisComputer)
	t.Setenv("DOCKER_TLS_VERIFY", "1")
	wantProblem(t, check(t, endpoint.Find()[0]), model.ProblemTLS)
	t.Setenv("DOCKER_HOST", "")
	t.Setenv("DOCKER_TLS", "")
	t.Setenv("DOCKER_TLS_VERIFY", "")
	t.Setenv("DOCKER_CONTEXT", "loose")
	s := store.New(filepath.Join(home, ".docker", "contexts"), store.NewConfig(func() any { return &map[string]any{} },
		store.EndpointTypeGetter(ctxdocker.DockerEndpoint, func() any { return &ctxdocker.EndpointMeta{} })))
	err := s.CreateOrUpdate(store.Metadata{Name: "loose", Metadata: map[string]any{}, Endpoints: map[string]any{
		ctxdocker.DockerEndpoint: ctxdocker.EndpointMeta{Host: "tcp://" + address, SkipTLSVerify: true},
	}})
	if err == nil {
		err = s.ResetEndpointTLSMaterial("loose", ctxdocker.DockerEndpoint,
			&store.EndpointTLSData{Files: map[string][]byte{"cert.pem": cert, "key.pem": key}})
	}
	if err != nil {
		t.Fatal(err)
	}
	wantAnswer(t, check(t, endpoint.Find()[0]), model.ThisComputer)
	// Material that is no file names its place.
	pem, _ := filepath.Glob(filepath.Join(home, ".docker", "contexts", "tls", "*", "docker", "key.pem"))
	if len(pem) != 1 || os.Remove(pem[0]) != nil || os.Symlink(pem[0], pem[0]) != nil {
		t.Fatalf("%q", pem)
	}
	a := check(t, endpoint.Find()[0])
	wantProblem(t, a, model.ProblemTLS)
	if !strings.Contains(words.Of(a.Problem.Why).String(), pem[0]) {
		t.Errorf("%+v", a.Problem)
	}
	// Nothing but TLS there, and nothing at all.
	isolate(t)
	wantProblem(t, check(t, endpoint.Endpoint{Name: "plain", Source: endpoint.FromContext, Host: "tcp://" + address}),
		model.ProblemTLS)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	wantProblem(t, check(t, endpoint.Endpoint{
		Name: "none", Source: endpoint.FromContext,
		Host: "tcp://" + l.Addr().String(),
	}), model.ProblemUnreachable)
}

// TestFixedVersion names the variable where the version that it fixes is why nothing can be asked.
func TestFixedVersion(t *testing.T) {
	private := enginetest.Shared(t)
	isolate(t)
	t.Setenv("DOCKER_API_VERSION", "1.41")
	if a := check(t, socketAt(private.Socket())); a.Problem != nil || a.Info.APIVersion != "1.41" {
		t.Errorf("%+v, %v", a.Info, a.Problem)
	}
	for _, version := range []string{"1.99", "1.24", "1.1", "new"} {
		t.Setenv("DOCKER_API_VERSION", version)
		a := check(t, socketAt(private.Socket()))
		wantProblem(t, a, model.ProblemTooOld)
		if a.Problem != nil &&
			(!strings.Contains(words.Of(a.Problem.What).String(), "DOCKER_API_VERSION "+version) || a.Problem.Command == nil) {
			t.Errorf("%s: %+v", version, a.Problem)
		}
	}
}

// TestCheckSSH has a program called ssh that goes nowhere but to the private engine.
func TestCheckSSH(t *testing.T) {
	private := enginetest.Shared(t)
	isolate(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	ssh := func(script string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(bin, "ssh"), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	e := endpoint.Endpoint{Name: "far", Source: endpoint.FromContext, Host: "ssh://me@far.example.com:22"}

	record := filepath.Join(bin, "asked")
	ssh(fmt.Sprintf("echo \"$@\" >> '%s'\n%s=dial-stdio %s='%s' exec '%s'", record, roleVariable, socketVariable,
		private.Socket(), self))
	wantAnswer(t, check(t, e), model.Elsewhere)
	if asked, err := os.ReadFile(record); err != nil || !strings.Contains(string(asked), "far.example.com") ||
		!strings.Contains(string(asked), "docker system dial-stdio") ||
		!strings.Contains(string(asked), "ServerAliveInterval") {
		t.Errorf("%s, %v", asked, err)
	}

	ssh("echo 'me@far.example.com: Permission denied (publickey).' >&2; exit 255")
	a := check(t, e)
	wantProblem(t, a, model.ProblemUnreachable)
	if a.Problem != nil && (!strings.Contains(a.Problem.Raw(), "Permission denied (publickey)") ||
		a.Problem.Command.String() != "ssh -p 22 -- me@far.example.com docker version") {
		t.Errorf("%s; %s", a.Problem.Command, a.Problem.Raw())
	}

	ssh("exec sleep 1000") // asks for something, for ever
	began := time.Now()
	wantProblem(t, endpoint.Check(t.Context(), e, 300*time.Millisecond), model.ProblemTimeout)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}
