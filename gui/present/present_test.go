package present

import (
	"strings"
	"testing"
	"time"

	"slipway/engine/endpoint"
	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/session"
	"slipway/engine/words"
	"slipway/gui/style"
)

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		30 * time.Second: "now", 90 * time.Second: "1 min", 3 * time.Hour: "3 h", 47 * time.Hour: "47 h",
		72 * time.Hour:      "3 d",
		70 * 24 * time.Hour: "2 months", 800 * 24 * time.Hour: "2 years", -5 * time.Second: "now", // a clock that jumped
	} {
		if got := Span(now.Add(-d), now); got.String() != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
	if !Ago(time.Time{}, now).None() || Ago(now, now).String() != "just now" || Ago(now.Add(-time.Hour), now).
		String() != "1 h ago" {
		t.Error("Ago")
	}
}

func TestStateOf(t *testing.T) {
	ago := now.Add(-3 * time.Hour)
	for _, tc := range []struct {
		c     model.Container
		word  string
		color string
	}{
		{model.Container{State: model.StateRunning, StartedAt: ago}, "Running 3 h", string(style.OK)},
		{model.Container{State: model.StateRunning, StartedAt: ago, Health: "unhealthy"}, "Unhealthy 3 h", string(style.Bad)},
		{model.Container{State: model.StateRunning, Health: "starting"}, "Starting", string(style.Warn)},
		{model.Container{State: model.StatePaused}, "Paused", string(style.Warn)},
		{model.Container{State: model.StateCreated}, "Never started", string(style.Idle)},
		{
			model.Container{State: model.StateCreated, Error: "port is already allocated"},
			"Could not start",
			string(style.Bad),
		},
		{model.Container{State: model.StateExited, FinishedAt: ago}, "Finished, 3 h ago", string(style.Idle)},
		{
			model.Container{State: model.StateExited, ExitCode: 137, OOMKilled: true, FinishedAt: ago},
			"Out of memory, 3 h ago",
			string(style.Bad),
		},
		{model.Container{State: model.StateExited, ExitCode: 137}, "Killed", string(style.Idle)},
		{model.Container{State: model.StateExited, ExitCode: 143}, "Stopped", string(style.Idle)},
		{model.Container{State: model.StateExited, ExitCode: 126}, "Command cannot run", string(style.Bad)},
		{model.Container{State: model.StateExited, ExitCode: 127}, "Command not found", string(style.Bad)},
		{model.Container{State: model.StateExited, ExitCode: 3}, "Failed", string(style.Bad)},
		{model.Container{State: model.StateDead}, "Dead", string(style.Bad)},
	} {
		got := StateOf(tc.c, now)
		if got.Word.String() != tc.word || string(got.Color) != tc.color || got.Why.None() {
			t.Errorf("%+v: %+v, want %s in %s", tc.c.State, got, tc.word, tc.color)
		}
	}
}

func TestPortsAreListedOnce(t *testing.T) {
	got := Ports(model.Container{State: model.StateRunning, Ports: []model.PublishedPort{
		{HostIP: "127.0.0.1", HostPort: 8888, Container: 8888, Protocol: "tcp"},
		{HostIP: "0.0.0.0", HostPort: 8000, Container: 80, Protocol: "tcp"},
		{HostIP: "::", HostPort: 8000, Container: 80, Protocol: "tcp"},
		{HostIP: "127.0.0.1", HostPort: 53, Container: 53, Protocol: "udp"},
		{Container: 9000, Protocol: "tcp"},
	}})
	if len(got) != 3 || got[0].Label != "8000" || !got[0].Wide || got[1].Label != "8888" || got[1].Wide ||
		got[2].Label != "53/udp" {
		t.Errorf("%+v", got)
	}
	// where one was taken, engines choose two
	got = Ports(model.Container{State: model.StateRunning, Ports: []model.PublishedPort{
		{HostIP: "::", HostPort: 32771, Container: 8888, Protocol: "tcp"},
		{HostIP: "0.0.0.0", HostPort: 32772, Container: 8888, Protocol: "tcp"},
		{HostIP: "::", HostPort: 9, Container: 9, Protocol: "tcp"},
	}})
	if len(got) != 2 || got[1].Label != "32772" || got[1].Port.Here() != "127.0.0.1" || got[0].Label != "9" ||
		got[0].Port.Here() != "::1" {
		t.Errorf("%+v", got)
	}
	if got := Ports(model.Container{
		State: model.StateExited,
		Ports: []model.PublishedPort{{HostPort: 1, Container: 1, Protocol: "tcp"}},
	}); len(got) > 0 {
		t.Errorf("ports of what does not run: %+v", got)
	}
}

func TestProgress(t *testing.T) {
	for want, v := range map[string]job.View{
		"5 B of 10 B, 30 s left": {
			State: job.Running,
			Progress: job.Progress{
				Done: 5, Total: 10, Known: true, Phase: model.Verbatim("Downloading"),
				Left: 30 * time.Second,
			},
		},
		"Downloading 5 MB of at least 10 MB": {
			State:    job.Running,
			Progress: job.Progress{Done: 5e6, Total: 1e7, Phase: model.Verbatim("Downloading")},
		},
		"Starting":    {State: job.Running, Progress: job.Progress{Phase: model.Verbatim("Starting")}},
		"done":        {State: job.Done},
		"Cancelling…": {State: job.Running, Cancelling: true, Progress: job.Progress{Phase: model.Verbatim("Starting")}},
		"1 B of 10 B, 3 min left": {
			State: job.Running,
			Progress: job.Progress{
				Done: 1, Total: 10, Known: true, Phase: model.Verbatim("Downloading"),
				Left: 190 * time.Second,
			},
		},
		"1 B of 10 B, 2.0 h left": {
			State:    job.Running,
			Progress: job.Progress{Done: 1, Total: 10, Known: true, Phase: model.Verbatim("Downloading"), Left: 2 * time.Hour},
		},
	} {
		if got, part := Progress(v); got.String() != want || part < 0 || part > 1 {
			t.Errorf("got %q (%v), want %q", got, part, want)
		}
	}
}

// TestClockJumps has times that lie ahead, of a clock that was set back or of an engine's that is fast.
func TestClockJumps(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	ahead := now.Add(3 * time.Hour)
	if got := Ago(ahead, now); got.String() != "just now" {
		t.Errorf("%q", got)
	}
	if st := StateOf(model.Container{State: model.StateRunning, Inspected: true, StartedAt: ahead},
		now); st.Word.String() != "Running" {
		t.Errorf("%q", st.Word)
	}
	if st := StateOf(model.Container{
		State: model.StateExited, Inspected: true, StartedAt: ahead,
		FinishedAt: ahead.Add(time.Hour),
	}, now); !strings.Contains(st.Word.String(), "just now") {
		t.Errorf("%q", st.Word)
	}
	if got := Left(-time.Minute); got.String() != "1 s" {
		t.Errorf("%q", got)
	}
}

func TestMatches(t *testing.T) {
	for filter, want := range map[string]bool{"": true, "the": true, "SCIPY thes": true, "thesis x": false, "  ": true} {
		if got := Matches(filter, words.Name(words.Name("thesis").String()),
			words.Name(words.Name("jupyter/scipy").String())); got != want {
			t.Errorf("%q: %v", filter, got)
		}
	}
}

func TestEngine(t *testing.T) {
	local := session.State{
		Phase: session.Connected, Info: model.EngineInfo{Product: "Docker", Version: "28.5.2"},
		Locality: model.ThisComputer, Endpoint: endpoint.Endpoint{Name: "Docker Engine"},
	}
	vm := local
	vm.Locality, vm.Endpoint.Name = model.VirtualMachine, "Colima"
	for want, st := range map[string]session.State{
		"Docker 28.5 · local": local, "Docker 28.5 · Colima, virtual machine": vm, "No engine": {Phase: session.None},
	} {
		if got, _, hint := Engine(st); got.String() != want || hint.None() {
			t.Errorf("got %q (%q), want %q", got, hint, want)
		}
	}
}
