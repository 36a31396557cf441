//go:build linux

package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"slipway/engine"
	"slipway/engine/enginetest"
	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/mount"
	"github.com/docker/docker/client"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestRandomSpecs has docker make containers with random settings of all that docker create takes. The line that
// Slipway shows for each must make the same once more, and so must Slipway itself; and without its secrets the line
// differs in nothing else. "make proofs" takes many; SLIPWAY_SEED repeats a run.
func TestRandomSpecs(t *testing.T) {
	if enginetest.Podman() {
		t.Skip("Podman tells what it adds by itself like what was asked for: see Engine.Spec")
	}
	number, seed := 25, uint64(time.Now().UnixNano())
	if n := os.Getenv("SLIPWAY_PROOFS"); n != "" {
		number, _ = strconv.Atoi(n)
		number = number * 3 / 2 // they take a quarter of a second each
	}
	if s := os.Getenv("SLIPWAY_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("| %d random containers made again by their lines, with SLIPWAY_SEED=%d", number, seed)
	p := newSpecProof(t)
	for i := range number {
		t.Run(fmt.Sprint(i), func(t *testing.T) { p.one(t, rand.New(rand.NewPCG(seed, uint64(i))), i) })
	}
}

// specProof is what the random containers are made with.
type specProof struct {
	docker, host, folder, socket string
	images                       []string
	e                            *engine.Engine
	cli                          *client.Client
	private                      *enginetest.Engine
	newer                        bool
}

func newSpecProof(t *testing.T) *specProof {
	t.Helper()
	private := enginetest.Shared(t)
	p := &specProof{
		docker: enginetest.NewDocker(t), host: private.Host(), folder: t.TempDir(), private: private,
		cli: private.Client(t),
	}
	p.e, p.newer = connect(t, private), enginetest.Modern()
	tiny := enginetest.TinyImage(t, private)
	p.images = []string{tiny, p.imageWith(t, tiny)}
	p.socket = filepath.Join(p.folder, "a.sock")
	if err := os.WriteFile(p.socket, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(p.folder, `smb-share:server=a.b,share=x "q" $y`), 0o755); err != nil {
		t.Fatal(err)
	}
	p.run(t, "network", "create", "--subnet", "10.213.7.0/24", "random-network")
	p.run(t, "network", "create", "random-other")
	p.run(t, "volume", "create", "random-volume")
	p.run(t, "create", "--name", "random-friend", tiny)
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		_ = p.cli.ContainerRemove(ctx, "random-friend", container.RemoveOptions{Force: true, RemoveVolumes: true})
		_ = p.cli.NetworkRemove(ctx, "random-network")
		_ = p.cli.NetworkRemove(ctx, "random-other")
		_ = p.cli.VolumeRemove(ctx, "random-volume", true)
	})
	return p
}

// imageWith is an image that says all that an image can say about its containers.
func (p *specProof) imageWith(t *testing.T, base string) string {
	t.Helper()
	r, err := p.cli.ContainerCreate(t.Context(), &container.Config{Image: base, StopSignal: "SIGINT"}, nil, nil, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	defer p.private.RemoveForced(t, r.ID)
	const name = "random-image:1"
	_, err = p.cli.ContainerCommit(t.Context(), r.ID, container.CommitOptions{Reference: name, Changes: []string{
		"ENV A=image PASSWORD=hush-hush-1", "EXPOSE 80 90-92/udp", "VOLUME /kept", "WORKDIR /srv", "USER 7:8",
		"LABEL of=image also=two",
		`HEALTHCHECK --interval=3m --retries=7 CMD true`, `ENTRYPOINT ["sh","-c"]`, `CMD ["true"]`,
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = p.cli.ImageRemove(context.WithoutCancel(t.Context()), name, image.RemoveOptions{Force: true})
	})
	return name
}

func (p *specProof) run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := p.command(t, p.docker, args...)
	if err != nil {
		t.Fatalf("docker %q: %v", args, err)
	}
	return out
}

// command runs a program with docker's settings of nobody and returns what it prints.
func (p *specProof) command(t *testing.T, program string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Env = []string{
		"PATH=" + filepath.Dir(p.docker) + ":/usr/bin:/bin", "DOCKER_HOST=" + p.host,
		"DOCKER_CONFIG=" + p.folder, "HOME=" + p.folder,
	}
	var wrong strings.Builder
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, wrong.String())
	}
	return strings.TrimSpace(string(out)), err
}

func (p *specProof) one(t *testing.T, r *rand.Rand, i int) {
	t.Helper()
	name := fmt.Sprintf("random-%d", i)
	args := append([]string{"create", "--name", name}, p.options(r)...)
	first, err := p.command(t, p.docker, args...)
	if err != nil {
		t.Fatalf("docker %q: %v", args, err) // a generator that makes what docker refuses proves nothing
	}
	t.Cleanup(func() { p.private.RemoveForced(t, first) })
	s, left, err := p.e.Spec(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Errorf("docker %q: left out %q", args, left)
	}
	s.Name = name + "-again"
	line := s.CreateCommand()
	second, err := p.command(t, "/bin/sh", "-c", line.WithSecrets())
	if err != nil {
		t.Fatalf("docker %q:\n%s\n%v", args, line.WithSecrets(), err)
	}
	t.Cleanup(func() { p.private.RemoveForced(t, second) })
	if diff := p.differ(t, first, second); diff != "" {
		t.Errorf("docker %q\n%s\n%s", args, line.WithSecrets(), diff)
	}
	s.Name = name + "-own"
	third, _, err := p.e.Create(t.Context(), s, nil)
	if err != nil {
		t.Fatalf("docker %q: made by Slipway: %v", args, err)
	}
	t.Cleanup(func() { p.private.RemoveForced(t, third) })
	for i := range s.Mounts { // Slipway makes no folder that is not there, which only --mount can say
		s.Mounts[i].Long = s.Mounts[i].Long || len(s.Mounts[i].Options) == 0 && !s.Mounts[i].Relabel
	}
	s.Name = name + "-long"
	fourth, err := p.command(t, "/bin/sh", "-c", s.CreateCommand().WithSecrets())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.private.RemoveForced(t, fourth) })
	if diff := p.differ(t, fourth, third); diff != "" {
		t.Errorf("docker %q\nmade by Slipway:\n%s", args, diff)
	}
	p.plain(t, line)
	p.changed(t, r, first, name)
	p.parsed(t, args, first, name)
}

// parsed holds that the words that docker read are read here, too: Slipway makes the same container of them, and so
// does docker of the line that they are printed as, which is read as the same once more.
func (p *specProof) parsed(t *testing.T, args []string, first, name string) {
	t.Helper()
	s, parts, err := runspec.ParseRun(args[1:])
	if err != nil {
		t.Fatalf("docker %q: %v", args, err)
	}
	at := 0
	for _, part := range parts {
		if part.From < at || part.To <= part.From {
			t.Errorf("docker %q: words %d to %d come after %d", args, part.From, part.To, at)
		}
		at = part.From
	}
	s.Name = name + "-parsed"
	line := s.CreateCommand()
	printed, err := p.command(t, "/bin/sh", "-c", line.WithSecrets())
	if err != nil {
		t.Fatalf("docker %q, parsed:\n%s\n%v", args, line.WithSecrets(), err)
	}
	t.Cleanup(func() { p.private.RemoveForced(t, printed) })
	if diff := p.differ(t, first, printed); diff != "" {
		t.Errorf("docker %q, parsed:\n%s\n%s", args, line.WithSecrets(), diff)
	}
	again, err := runspec.SplitWords(line.WithSecrets())
	if err != nil {
		t.Fatal(err)
	}
	if once, _, err := runspec.ParseRun(again[2:]); err != nil || !reflect.DeepEqual(once, s) {
		t.Errorf("%s\nread again: %v\n%s", line.WithSecrets(), err, cmp.Diff(s, once))
	}
	for i := range s.Mounts { // see one
		s.Mounts[i].Long = s.Mounts[i].Long || len(s.Mounts[i].Options) == 0 && !s.Mounts[i].Relabel
	}
	s.Name += "-long"
	long, err := p.command(t, "/bin/sh", "-c", s.CreateCommand().WithSecrets())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.private.RemoveForced(t, long) })
	s.Name = name + "-parsed-own"
	own, _, err := p.e.Create(t.Context(), s, nil)
	if err != nil {
		t.Fatalf("docker %q, parsed, made by Slipway: %v", args, err)
	}
	t.Cleanup(func() { p.private.RemoveForced(t, own) })
	if diff := p.differ(t, long, own); diff != "" {
		t.Errorf("docker %q, parsed, made by Slipway:\n%s", args, diff)
	}
}

// changed holds that a change of one field leaves the rest as it was: a container made like another one, but for one
// thing, is read as what was wanted, and is what docker makes of the line for that.
func (p *specProof) changed(t *testing.T, r *rand.Rand, first, name string) {
	t.Helper()
	had, _, err := p.e.Spec(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	want := had
	want.More = maps.Clone(had.More)
	what := p.change(r, &want)
	id, _, err := p.e.CreateLike(t.Context(), first, had, want, name+"-changed", nil)
	if err != nil {
		t.Fatalf("%s\nchanged, %s: %v", had.RunCommand().WithSecrets(), what, err)
	}
	t.Cleanup(func() { p.private.RemoveForced(t, id) })
	got, _, err := p.e.Spec(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ordered(want), ordered(got), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s\nchanged, %s:\n%s", had.RunCommand().WithSecrets(), what, diff)
	}
	want.Name = name + "-wanted"
	for i := range want.Mounts { // which are written anew where one is added, as in one
		want.Mounts[i].Long = want.Mounts[i].Long ||
			what == "a folder" && len(want.Mounts[i].Options) == 0 && !want.Mounts[i].Relabel
	}
	byDocker, err := p.command(t, "/bin/sh", "-c", want.CreateCommand().WithSecrets())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.private.RemoveForced(t, byDocker) })
	if diff := p.differ(t, byDocker, id); diff != "" {
		t.Errorf("%s\nchanged, %s:\n%s", had.RunCommand().WithSecrets(), what, diff)
	}
}

// change wants one thing else, and says what.
func (p *specProof) change(r *rand.Rand, want *runspec.Spec) string {
	switch r.IntN(6) {
	case 0:
		want.Mounts = append(slices.Clone(want.Mounts), runspec.Mount{Kind: runspec.Bind, Source: p.folder, Target: "/added"})
		return "a folder"
	case 1:
		want.Devices = append(slices.Clone(want.Devices), "/dev/null:/dev/added")
		return "a device"
	case 2:
		if want.Network == "random-network" {
			want.Network, want.Aliases = "", nil
			for _, name := range []string{"network", "link", "ip", "ip6", "link-local-ip", "mac-address"} {
				delete(want.More, name)
			}
			return "another network"
		}
	case 3:
		for _, name := range slices.Sorted(maps.Keys(want.More)) {
			if !slices.Contains([]string{"mount", "volume", "network", "memory-swap", "log-driver", "log-opt"}, name) {
				delete(want.More, name)
				return "without --" + name
			}
		}
	case 4:
		want.CapAdd = append(slices.Clone(want.CapAdd), "CAP_AUDIT_READ")
		return "a capability"
	}
	want.Env = append(slices.Clone(want.Env), runspec.Env{Name: "ONE_MORE", Value: "1"})
	return "a variable"
}

// ordered is a spec without what a change gives another form: its name, the order of lists that engines sort, and
// anonymous volumes, which stay by the names that they have.
func ordered(s runspec.Spec) runspec.Spec {
	s.Name, s.Mounts, s.More = "", slices.Clone(s.Mounts), maps.Clone(s.More)
	for i := range s.Mounts {
		s.Mounts[i].Long = s.Mounts[i].Long || len(s.Mounts[i].Options) == 0 && !s.Mounts[i].Relabel
	}
	s.CapAdd = slices.Sorted(slices.Values(s.CapAdd))
	slices.SortFunc(s.Mounts, func(a, b runspec.Mount) int { return strings.Compare(a.Target, b.Target) })
	s.More["mount"] = slices.DeleteFunc(slices.Clone(s.More["mount"]), func(m string) bool {
		return m == "type=volume,target=/unnamed"
	})
	if delete(s.More, "volume"); len(s.More["mount"]) == 0 {
		delete(s.More, "mount")
	}
	return s
}

// plain holds that the line without secrets is the same but for them: each of its words is the one of the whole
// line, or hides a secret of it.
func (p *specProof) plain(t *testing.T, line model.Command) {
	t.Helper()
	for _, a := range line {
		if !a.Secret && strings.Contains(a.Text, "hush-hush") {
			t.Errorf("%q is shown", a.Text)
		}
		if a.Secret && !strings.Contains(a.Text, "hush-hush") {
			t.Errorf("%q is hidden", a.Text)
		}
	}
}

// differ says what two containers have that is not the same, as docker inspect has it: without what is another one's by
// nature, and what the command that waited for it wanted.
func (p *specProof) differ(t *testing.T, a, b string) string {
	t.Helper()
	return cmp.Diff(p.inspected(t, a), p.inspected(t, b))
}

// inspected is a container as docker inspect prints it.
func (p *specProof) inspected(t *testing.T, id string) any {
	t.Helper()
	c, err := p.cli.ContainerInspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	c.HostConfig.Mounts = slices.DeleteFunc(c.HostConfig.Mounts, func(m mount.Mount) bool {
		return engine.IsAnonymous(m.Source) || m.Source == "" && m.Type == mount.TypeVolume // which Mounts has
	})
	cfg := c.Config
	if cfg.Hostname == c.ID[:12] {
		cfg.Hostname = ""
	}
	cfg.AttachStdin, cfg.AttachStdout, cfg.AttachStderr, cfg.StdinOnce = false, false, false, false
	for label := range cfg.Labels {
		if strings.HasPrefix(label, model.LabelPrefix) {
			delete(cfg.Labels, label)
		}
	}
	c.HostConfig.ContainerIDFile, c.HostConfig.ConsoleSize = "", [2]uint{}
	for i, l := range c.HostConfig.Links { // which has the container's own name
		c.HostConfig.Links[i] = l[:strings.IndexByte(l, ':')] + l[strings.LastIndexByte(l, '/'):]
	}
	for i, b := range c.HostConfig.Binds {
		c.HostConfig.Binds[i] = fmt.Sprintf("%+v", runspec.ParseBind(b))
	}
	if o := c.HostConfig.OomKillDisable; o != nil && !*o {
		c.HostConfig.OomKillDisable = nil
	}
	if n := c.HostConfig.PidsLimit; n != nil && *n == 0 {
		c.HostConfig.PidsLimit = nil
	}
	if n := c.HostConfig.MemorySwappiness; n != nil && *n == -1 {
		c.HostConfig.MemorySwappiness = nil
	}
	type place struct {
		Aliases, Links, LinkLocal []string
		V4, V6                    string
		Driver                    map[string]string
	}
	networks := map[string]place{}
	for name, n := range c.NetworkSettings.Networks {
		at := place{Aliases: withoutID(n.Aliases, c.ID), Links: n.Links, Driver: n.DriverOpts}
		if a := n.IPAMConfig; a != nil {
			at.V4, at.V6, at.LinkLocal = a.IPv4Address, a.IPv6Address, a.LinkLocalIPs
		}
		networks[name] = at
	}
	// Sets as lists: [sorted] takes what is empty for nothing.
	ports, volumes := slices.Collect(maps.Keys(cfg.ExposedPorts)), slices.Collect(maps.Keys(cfg.Volumes))
	// Through JSON, as docker inspect prints it.
	text, err := json.Marshal(map[string]any{
		"Config": cfg, "HostConfig": c.HostConfig, "Networks": networks, "Mounts": withoutAnonymous(c.Mounts),
		"ExposedPorts": ports, "Volumes": volumes,
	})
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return sorted(out)
}

// sorted orders lists whose order says nothing, in place.
func sorted(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = sorted(v[k])
			list, ok := v[k].([]any)
			if ok && k != "Cmd" && k != "Entrypoint" && k != "Test" {
				slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
			}
			if v[k] == nil || ok && len(list) == 0 {
				delete(v, k)
			}
			if m, ok := v[k].(map[string]any); ok && len(m) == 0 {
				delete(v, k)
			}
		}
	case []any:
		for i := range v {
			v[i] = sorted(v[i])
		}
	}
	return v
}

// options are random ones that the engine takes together.
func (p *specProof) options(r *rand.Rand) []string {
	var out []string
	maybe := func(share float64, words ...string) {
		if r.Float64() < share {
			out = append(out, words...)
		}
	}
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	value := func() string {
		return pick("x", "two words", `q"uo'te`, "$HOME `id` \\", "line\nbreak", "ü", "", "=", "a,b", "#x", "~", "!",
			"%PATH%", strings.Repeat("long ", 60))
	}
	some := func(most int, add func()) {
		for range r.IntN(most + 1) {
			add()
		}
	}
	p.network(r, &out, maybe, pick)
	seen := map[string]bool{}
	some(4, func() {
		n := pick("A", "B_1", "Logging:LogLevel:Default", "xpack[0].url", "1ST", "my var", "BASH_FUNC_f%%", "é", "a.b-c/d")
		if !seen[n] {
			out = append(out, "-e", n+"="+value())
		}
		seen[n] = true
	})
	maybe(0.3, "-e", "PASSWORD=hush-hush-"+pick("a b", "2"))
	some(2, func() {
		if n := pick("l1", "l/2", "l_3"); !seen[n] {
			seen[n] = true
			out = append(out, "-l", n+"="+value())
		}
	})
	p.mounts(r, &out, maybe, pick)
	p.limits(r, &out, maybe, pick)
	p.rest(r, &out, maybe, pick)
	share := 0.4
	if slices.Contains(out, "") { // no entrypoint: engines want a command then
		share = 1
	}
	out = append(out, pick(p.images...))
	maybe(share, "sh", "-c", value()+" ${PORT:-8888} ~/a {b,c}")
	return out
}

type chance func(share float64, words ...string)

func (p *specProof) network(r *rand.Rand, out *[]string, maybe chance, pick func(...string) string) {
	switch r.IntN(8) {
	case 0:
		maybe(1, "--network", "host")
		return
	case 1:
		maybe(1, "--network", "none")
		maybe(0.5, "--hostname", "deep")
		return
	case 2:
		maybe(1, "--network", "container:random-friend")
		return
	case 3, 4:
		maybe(1, "--network", "random-network")
		maybe(0.5, "--network-alias", "db", "--network-alias", "cache")
		maybe(0.4, "--ip", fmt.Sprintf("10.213.7.%d", 10+r.IntN(200)))
		maybe(0.2, "--link", "random-friend:other")
		maybe(0.1, "--link-local-ip", "169.254.3.4")
		if p.newer {
			maybe(0.4, "--network", pick("random-other", "name=random-other,alias=far", "name=random-other,gw-priority=2",
				"name=random-other,driver-opt=com.docker.network.endpoint.ifname=eth7"))
		}
	case 5:
		maybe(0.5, "--link", "random-friend:db")
	}
	if p.newer { // docker gives an older engine none
		maybe(0.3, "--mac-address", fmt.Sprintf("02:42:ac:11:%02x:99", r.IntN(256)))
	}
	maybe(0.2, "--hostname", pick("deep", "a.b.c"))
	maybe(0.1, "--domainname", "example.org")
	for range r.IntN(4) {
		n := 20000 + r.IntN(20000)
		*out = append(*out, "-p", pick("8888", "127.0.0.1::9999/udp", "8000-8010:80", fmt.Sprintf("%d:81", n),
			fmt.Sprintf("127.0.0.1:%d-%d:90-95", n, n+5),
			fmt.Sprintf("[::1]:%d:82", n), fmt.Sprintf("0.0.0.0:%d:83", n), "5000/sctp", "7000-7004"))
	}
	maybe(0.1, "-P")
	maybe(0.2, "--expose", pick("99", "3000-3010", "53/udp"))
	maybe(0.2, "--add-host", pick("db:10.0.0.1", "host.docker.internal:host-gateway", "six:2001:db8::1"))
	maybe(0.2, "--dns", "10.0.0.2", "--dns-search", "corp.example", "--dns-option", "ndots:1")
}

func (p *specProof) mounts(_ *rand.Rand, out *[]string, maybe chance, pick func(...string) string) {
	odd := filepath.Join(p.folder, `smb-share:server=a.b,share=x "q" $y`)
	maybe(0.3, "-v", p.folder+":/a"+pick("", ":ro", ":Z", ":rslave,ro", ":z,ro", ":rw", ":rshared"))
	maybe(0.3, "-v", "random-volume:/b"+pick("", ":ro", ":nocopy", ":nocopy,ro"))
	maybe(0.2, "-v", "/anonymous")
	maybe(0.2, "-v", p.socket+":/var/run/docker.sock")
	maybe(0.2, "-v", "/dev/null:/x")
	maybe(0.2, "--mount", "type=bind,source="+p.folder+",target=/d"+pick("", ",readonly", ",bind-propagation=rshared",
		",bind-propagation=rslave,readonly", ",consistency=cached"))
	maybe(0.2, "--mount", `type=bind,"source=`+strings.ReplaceAll(odd, `"`, `""`)+`",target=/o:dd`)
	maybe(0.3, "--mount", "type=volume,source=random-volume,target=/config/e:"+pick("", ",volume-nocopy", ",readonly"))
	maybe(0.1, "--mount", "type=volume,target=/unnamed")
	maybe(0.1, "--mount",
		"type=volume,source=random-labelled,target=/lab,volume-label=a=b,volume-driver=local,volume-opt=type=tmpfs,volume-opt=device=tmpfs")
	maybe(0.2, "--mount", "type=tmpfs,target=/scratch"+pick("", ",tmpfs-size=16m", ",tmpfs-size=1m,tmpfs-mode=1770"))
	maybe(0.2, "--tmpfs", "/fast"+pick("", ":size=1m", ":size=64k,mode=1777"))
	maybe(0.1, "--volumes-from", "random-friend"+pick("", ":ro"))
	maybe(0.05, "--volume-driver", "local")
	maybe(0.1, "--mount", "type=bind,source="+p.folder+",target=/plain,readonly"+pick("", ",bind-nonrecursive"))
	if p.newer {
		maybe(0.1, "--mount", "type=bind,source="+p.folder+",target=/deep,readonly,bind-propagation=rprivate,bind-recursive="+
			pick("writable", "readonly", "disabled", "enabled"))
		maybe(0.1, "--mount", "type=volume,source=random-volume,target=/sub,volume-subpath="+pick(".", "a b"))
		maybe(0.1, "--mount", "type=image,source="+p.images[0]+",target=/img"+pick("", ",image-subpath=etc"))
	}
	_ = out
}

func (p *specProof) limits(_ *rand.Rand, _ *[]string, maybe chance, pick func(...string) string) {
	maybe(0.4, pick("-m=64m", "-m=1g", "-m=123456789"),
		pick("--memory-swappiness=-1", "--memory-swap=-1", "--memory-swap=2g", "--memory-reservation=32m"))
	maybe(0.3, pick("--cpus=0.5", "--cpu-quota=50000", "--cpu-period=100000", "--cpu-shares=512", "--cpuset-cpus=0",
		"--cpuset-mems=0"))
	maybe(0.2, "--shm-size", pick("128m", "1g", "65m"))
	maybe(0.2, "--pids-limit", pick("100", "-1"))
	maybe(0.2, "--ulimit", pick("nofile=1024:2048", "core=0", "nproc=-1:-1"))
	maybe(0.2, "--oom-score-adj", pick("100", "-100"))
	maybe(0.1, "--blkio-weight", "300")
	maybe(0.1, "--device-read-bps", "/dev/null:1mb", "--device-write-iops", "/dev/null:10")
	maybe(0.1, "--device-write-bps", "/dev/null:2kb", "--device-read-iops", "/dev/zero:7", "--blkio-weight-device",
		"/dev/null:300")
}

func (p *specProof) rest(_ *rand.Rand, out *[]string, maybe chance, pick func(...string) string) {
	privileged := slices.Contains(*out, "--privileged")
	maybe(0.3, "-u", pick("1000:100", "root", "12"))
	maybe(0.2, "--group-add", pick("7", "staff"))
	maybe(0.2, "-w", pick("/tmp", "/with blank"))
	maybe(0.2, "-i")
	maybe(0.2, "-t")
	maybe(0.2, pick("--init", "--init=false"))
	maybe(0.1, "--read-only")
	maybe(0.2, "--entrypoint", pick("/bin/sh", "", "env"))
	maybe(0.3, pick("--restart=always", "--restart=on-failure:3", "--restart=unless-stopped", "--rm", "--restart=no"))
	maybe(0.2, "--stop-signal", pick("INT", "SIGTERM", "9"), "--stop-timeout", pick("0", "60"))
	maybe(0.2, pick("--ipc=host", "--ipc=shareable", "--ipc=none", "--ipc=private"))
	maybe(0.1, "--pid", pick("host", "container:random-friend"))
	if !slices.Contains(*out, "--hostname") && !slices.Contains(*out, "--domainname") {
		maybe(0.1, "--uts", "host")
	}
	maybe(0.1, "--userns", "host")
	maybe(0.1, "--cgroupns", pick("host", "private"))
	maybe(0.1, "--cgroup-parent", "/x")
	maybe(0.1, "--runtime", "runc")
	if !privileged {
		maybe(0.2, "--cap-add", pick("NET_ADMIN", "SYS_PTRACE", "ALL"), "--cap-drop", "MKNOD")
		maybe(0.2, "--security-opt", pick("no-new-privileges", "seccomp=unconfined", "label=disable",
			"systempaths=unconfined", "apparmor=unconfined", "label=type:x_t"))
		maybe(0.1, "--device", pick("/dev/null", "/dev/zero:/dev/nil:r"))
		maybe(0.1, "--device-cgroup-rule", "c 1:* r")
	}
	maybe(0.05, "--privileged")
	maybe(0.1, "--gpus", pick("all", "2", "device=0", `"device=0,1","capabilities=compute,utility"`))
	maybe(0.2, pick("--no-healthcheck", "--health-cmd=true && echo 'a b'", "--health-interval=90s", "--health-retries=9",
		"--health-timeout=1500ms", "--health-start-period=1m"))
	maybe(0.1, "--sysctl", "net.ipv4.ip_forward=1")
	if p.newer {
		maybe(0.1, "--annotation", "a=b c")
		if !slices.Contains(*out, "--no-healthcheck") {
			maybe(0.1, "--health-start-interval", "2s")
		}
	}
	switch pick("", "", "local", "json", "none", "opts", "syslog") {
	case "local":
		maybe(1, "--log-driver", "local", "--log-opt", "max-size=1m")
	case "json":
		maybe(1, "--log-driver", "json-file", "--log-opt", "max-size=10m", "--log-opt", "max-file=3")
	case "none":
		maybe(1, "--log-driver", "none")
	case "opts":
		maybe(1, "--log-opt", "labels=a,b", "--log-opt", "env=PASSWORD")
	case "syslog":
		maybe(1, "--log-driver", "syslog", "--log-opt", "syslog-address=udp://127.0.0.1:514", "--log-opt", "tag={{.Name}}")
	}
}
