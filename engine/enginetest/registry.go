//go:build linux

package enginetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// StartRegistry runs a private registry on a free port of 127.0.0.1, where
// engines need no TLS, and waits until it listens. It is stopped and removed
// when the test ends. If the test failed, the end of its log is printed.
func StartRegistry(t testing.TB, opts ...RegistryOption) *Registry {
	t.Helper()
	notShort(t)
	r, err := startRegistry(opts)
	if err != nil {
		giveUp(t, err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%v", r.logTail())
		}
		if err := r.destroy(); err != nil {
			t.Errorf("enginetest: clearing the registry away: %v", err)
		}
	})
	return r
}

// Registry is a running registry.
type Registry struct {
	slot   *slot
	config registryConfig
	cmd    *exec.Cmd
	addr   string
}

// RegistryOption changes how [StartRegistry] starts a registry.
type RegistryOption func(*registryConfig)

type registryConfig struct {
	storage        string
	readOnly       bool
	user, password string
}

// WithStorage keeps the registry's images in dir, which is not removed.
func WithStorage(dir string) RegistryOption {
	return func(c *registryConfig) { c.storage = dir }
}

// WithPassword makes the registry ask for a user and password.
func WithPassword(user, password string) RegistryOption {
	return func(c *registryConfig) { c.user, c.password = user, password }
}

// withReadOnly refuses pushes, for a storage that several registries share.
func withReadOnly() RegistryOption {
	return func(c *registryConfig) { c.readOnly = true }
}

// Addr returns the registry's "127.0.0.1:PORT", the first part of the names of
// its images.
func (r *Registry) Addr() string { return r.addr }

// Auth returns the credentials as the engine's API wants them (RegistryAuth of
// a pull or push), "" if the registry asks for none.
func (r *Registry) Auth() string {
	if r.config.user == "" {
		return ""
	}
	return encodeAuth(r.config.user, r.config.password)
}

func startRegistry(opts []RegistryOption) (*Registry, error) {
	s, err := takeSlot(registrySlots)
	if err != nil {
		return nil, err
	}
	r := &Registry{slot: s, config: registryConfig{storage: filepath.Join(s.dir, "storage")}}
	for _, opt := range opts {
		opt(&r.config)
	}
	if err := r.run(); err != nil {
		return nil, errors.Join(err, r.destroy())
	}
	return r, nil
}

func (r *Registry) run() error {
	bin, err := findBinaries("docker-registry")
	if err != nil {
		return err
	}
	if err := r.configure(); err != nil {
		return err
	}
	log, err := os.Create(r.log())
	if err != nil {
		return err
	}
	defer log.Close()
	r.cmd = exec.Command(bin.path("docker-registry"), "serve", r.path("config.yml"))
	r.cmd.Env = []string{"PATH=" + bin.searchPath(), "OTEL_TRACES_EXPORTER=none"}
	r.cmd.Stdout, r.cmd.Stderr = log, log
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := r.cmd.Start(); err != nil {
		r.cmd = nil
		return err
	}
	return r.awaitAddr()
}

// configure writes the registry's configuration. JSON is YAML too.
func (r *Registry) configure() error {
	type m = map[string]any
	storage := m{
		"filesystem":  m{"rootdirectory": r.config.storage},
		"delete":      m{"enabled": !r.config.readOnly},
		"maintenance": m{"uploadpurging": m{"enabled": false}, "readonly": m{"enabled": r.config.readOnly}},
	}
	config := m{
		"version": "0.1",
		"log":     m{"level": "info"},
		"storage": storage,
		// Port 0: the kernel finds a free one, and nobody can take it between
		// look and use. The log tells which.
		"http": m{"addr": "127.0.0.1:0", "secret": "not a secret"},
	}
	if r.config.user != "" {
		if err := r.writePassword(); err != nil {
			return err
		}
		config["auth"] = m{"htpasswd": m{"realm": "slipway-test", "path": r.path("htpasswd")}}
	}
	text, err := json.Marshal(config)
	if err != nil {
		return err
	}
	return os.WriteFile(r.path("config.yml"), text, 0o600)
}

func (r *Registry) writePassword() error {
	// The registry accepts only bcrypt.
	hash, err := bcrypt.GenerateFromPassword([]byte(r.config.password), bcrypt.MinCost)
	if err != nil {
		return err
	}
	return os.WriteFile(r.path("htpasswd"), []byte(r.config.user+":"+string(hash)+"\n"), 0o600)
}

var listening = regexp.MustCompile(`listening on (127\.0\.0\.1:\d+)`)

// awaitAddr returns when the registry's log says where it listens.
func (r *Registry) awaitAddr() error {
	return poll(startLimit, func() (bool, error) {
		if exited(r.cmd) {
			return false, errors.Join(errors.New("docker-registry ended before it listened"), r.logTail())
		}
		text, err := os.ReadFile(r.log())
		if err != nil {
			return false, err
		}
		found := listening.FindSubmatch(text)
		if found == nil {
			return false, nil
		}
		r.addr = string(found[1])
		return true, nil
	})
}

// registryStopLimit is how long the registry may take to end; it has nothing
// to save.
const registryStopLimit = 5 * time.Second

func (r *Registry) destroy() error {
	if r.cmd != nil {
		_ = r.cmd.Process.Signal(syscall.SIGTERM)
		if err := poll(registryStopLimit, func() (bool, error) { return exited(r.cmd), nil }); err != nil {
			_ = r.cmd.Process.Kill()
		}
		_ = r.cmd.Wait() // its exit code is the signal's
	}
	return errors.Join(r.slot.clear(), r.slot.release())
}

func (r *Registry) logTail() error {
	text, err := tail(r.log(), 0)
	if err != nil {
		return err
	}
	return fmt.Errorf("end of %s:\n%s", r.log(), text)
}

func (r *Registry) log() string { return r.path("registry.log") }

func (r *Registry) path(name string) string { return filepath.Join(r.slot.dir, name) }
