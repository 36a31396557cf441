//go:build linux

package engine_test

import (
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"slipway/engine/enginetest"
	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestSpecByTheRealCommand has docker make containers with every option that a spec can say, and again by the line that
// Slipway prints for them: the engine must have the same.
func TestSpecByTheRealCommand(t *testing.T) {
	private := enginetest.Shared(t)
	tiny := enginetest.TinyImage(t, private)
	docker := enginetest.Program(t, "docker")
	e, cli := connect(t, private), private.Client(t)
	run := func(line string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
		cmd.Env = append(os.Environ(), "DOCKER_HOST="+private.Host())
		var warnings strings.Builder // of a system that does not forward, for one
		cmd.Stderr = &warnings
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v: %s", line, err, warnings.String())
		}
		id := strings.TrimSpace(string(out))
		t.Cleanup(func() { private.RemoveForced(t, id) })
		return id
	}
	run(docker + " volume create spec-volume >/dev/null; true")
	t.Cleanup(func() { _ = cli.VolumeRemove(t.Context(), "spec-volume", true) })
	run(docker + " network create spec-network >/dev/null; true")
	t.Cleanup(func() { _ = cli.NetworkRemove(t.Context(), "spec-network") })
	folder := t.TempDir()
	lines := map[string]string{
		"nothing": tiny,
		"ports":   "-p 127.0.0.1:28080:8080 -p 53535:53/udp -p 8081 " + tiny,
		"mounts": "-v " + folder + ":/a:ro -v spec-volume:/b --mount type=bind,source=" + folder +
			",target=/c --mount type=volume,source=spec-volume,target=/d,readonly " + tiny,
		"words": `-e A=1 -e "B=two words" -e PASSWORD=secret -e TINY=no -l a=b -l "c=d e" ` + tiny +
			` sh -c 'echo "it works" $HOME'`,
		"entrypoint": "--entrypoint /bin/sh " + tiny + " -c true",
		"who":        "-u 1000:100 --group-add 7 -w /tmp --hostname deep --userns host " + tiny,
		"limits":     "-m 64m --cpus 0.5 --shm-size 128m --restart on-failure:3 " + tiny,
		"always":     "--restart unless-stopped " + tiny,
		"gone":       "--rm -i -t --init " + tiny,
		"rights":     "--cap-add NET_ADMIN --cap-drop MKNOD --security-opt no-new-privileges --add-host db:10.0.0.1 " + tiny,
		"privileged": "--privileged " + tiny,
		"alone":      "--network none " + tiny,
		"host":       "--network host " + tiny,
		"aliases":    "--network spec-network --network-alias db --network-alias cache " + tiny,
		"platform":   "--platform linux/" + runtime.GOARCH + " " + tiny,
		"relabelled": "-v " + folder + ":/a:ro,z " + tiny,
		"gpus":       "--gpus all " + tiny,
		"devices":    "--device /dev/null --device /dev/zero:/dev/nil:r " + tiny,
	}
	if enginetest.Podman() { // docker itself does not take --device to Podman: "unknown server OS"
		delete(lines, "devices")
	}
	for name, options := range lines {
		t.Run(name, func(t *testing.T) {
			first := run(docker + " create --name spec-first " + options)
			s, left, err := e.Spec(t.Context(), first)
			if err != nil || len(left) > 0 || s.Name != "spec-first" {
				t.Fatalf("%+v, left %q, %v", s, left, err)
			}
			s.Name = "spec-second"
			line := s.RunCommand().WithSecrets()
			second := run(docker + strings.Replace(strings.TrimPrefix(line, "docker"), " run -d ", " create ", 1))
			a, errA := cli.ContainerInspect(t.Context(), first)
			b, errB := cli.ContainerInspect(t.Context(), second)
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			for _, c := range []*container.InspectResponse{&a, &b} {
				if c.Config.Hostname == c.ID[:12] {
					c.Config.Hostname = "" // the engine's choice
				}
			}
			same := cmp.Options{cmpopts.EquateEmpty(), cmpopts.SortSlices(func(x, y string) bool { return x < y })}
			if diff := cmp.Diff(a.Config, b.Config, same,
				cmpopts.IgnoreFields(container.Config{}, "AttachStdin", "AttachStdout", "AttachStderr", "StdinOnce")); diff != "" {
				t.Errorf("%s\n%s", line, diff)
			}
			// -v and --mount say the same of a folder that is there.
			mounted := cmp.Options{same, cmpopts.SortSlices(func(x, y container.MountPoint) bool {
				return x.Destination < y.Destination
			})}
			if diff := cmp.Diff(withoutAnonymous(a.Mounts), withoutAnonymous(b.Mounts), mounted); diff != "" {
				t.Errorf("%s\n%s", line, diff)
			}
			for name, network := range a.NetworkSettings.Networks {
				other := b.NetworkSettings.Networks[name]
				if other == nil {
					t.Fatalf("%s: not on %s", line, name)
				}
				if diff := cmp.Diff(withoutID(network.Aliases, a.ID), withoutID(other.Aliases, b.ID), same); diff != "" {
					t.Errorf("%s\n%s", line, diff)
				}
			}
			if diff := cmp.Diff(a.HostConfig, b.HostConfig, same,
				cmpopts.IgnoreFields(container.HostConfig{}, "Binds", "Mounts")); diff != "" {
				t.Errorf("%s\n%s", line, diff)
			}
			private.RemoveForced(t, first)
			private.RemoveForced(t, second)
			// And as Slipway itself makes it.
			s.Name = "spec-third"
			third, _, err := e.Create(t.Context(), s, map[string]string{model.LabelVersion: "test"})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { private.RemoveForced(t, third) })
			again, _, err := e.Spec(t.Context(), third)
			if diff := cmp.Diff(s, again, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(runspec.Mount{}, "Long")); diff != "" ||
				err != nil {
				t.Errorf("made by Slipway: %v\n%s", err, diff)
			}
		})
	}
}

// withoutID drops the short ID that some engines list among the names.
func withoutID(aliases []string, id string) []string {
	return slices.DeleteFunc(aliases, func(a string) bool { return a == id[:12] })
}

// withoutAnonymous drops what is another volume each time, and how -v or --mount wrote it.
func withoutAnonymous(list []container.MountPoint) []container.MountPoint {
	var rest []container.MountPoint
	for _, m := range list {
		if len(m.Name) == 64 || m.Type == mount.TypeImage { // which is mounted for each container
			m.Name, m.Source = "", ""
		}
		m.Mode = ""
		rest = append(rest, m)
	}
	return rest
}
