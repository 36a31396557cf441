// Package present turns values of the engine into rows, words and names of colours. Its functions are pure, but for
// [Now]: no widget, no engine.
package present

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/engine/job"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/session"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// Size prints bytes as docker does, for example "1.23GB".
func Size(n int64) string { return model.Size(n) }

// Count is a number with its word, in the plural where there is not exactly one: "3 files".
func Count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Ago says how long ago t was, in short words; "" for no time.
func Ago(t, now time.Time) string {
	if s := Span(t, now); s != "" {
		if s == "now" {
			return "just now"
		}
		return s + " ago"
	}
	return ""
}

// Span is the time between t and now in one unit, for example "3 h"; "now" below a minute.
func Span(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	d := now.Sub(t)
	switch {
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d < 60*24*time.Hour:
		return fmt.Sprintf("%d d", int(d.Hours()/24))
	case d < 730*24*time.Hour:
		return fmt.Sprintf("%d months", int(d.Hours()/24/30))
	default:
		return fmt.Sprintf("%d years", int(d.Hours()/24/365))
	}
}

// Exact is a time in full, in the user's zone.
func Exact(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("Monday, 2 January 2006, 15:04:05")
}

// State is a container's state as a word with a colour.
type State struct {
	Word  string
	Color fyne.ThemeColorName
	// Why explains the state in a sentence.
	Why string
}

// StateOf words a container's state.
func StateOf(c model.Container, now time.Time) State {
	since := Span(c.StartedAt, now)
	if since != "" && since != "now" {
		since = " " + since
	} else {
		since = ""
	}
	if c.Loops(now) {
		why := fmt.Sprintf("It ends soon after each start, and its restart policy has started it %d times. ", c.RestartCount)
		if c.State == model.StateRestarting {
			why += model.ExplainExit(c).Why
		}
		return State{fmt.Sprintf("Crash loop, %d restarts", c.RestartCount), style.Bad, strings.TrimSpace(why)}
	}
	switch c.State {
	case model.StateRunning:
		if c.RestartCount > 0 {
			since += fmt.Sprintf(", %s", Count(c.RestartCount, "restart"))
		}
		switch c.Health {
		case "starting":
			return State{"Starting" + since, style.Warn, "It runs, and its health check has not passed yet."}
		case "unhealthy":
			return State{"Unhealthy" + since, style.Bad, "It runs, but its own health check fails."}
		case "healthy":
			return State{"Running" + since, style.OK, "It runs, and its health check passes."}
		}
		return State{"Running" + since, style.OK, "Running normally."}
	case model.StatePaused:
		return State{"Paused", style.Warn, "Its program is frozen. Resume lets it go on."}
	case model.StateRestarting:
		return State{
			"Restarting", style.Warn,
			"It ended and is started again by its restart policy. " + model.ExplainExit(c).Why,
		}
	case model.StateRemoving:
		return State{"Being removed", style.Idle, "The engine is deleting it."}
	case model.StateDead:
		return State{"Dead", style.Bad, "The engine could not remove it completely. Remove it again."}
	case model.StateCreated:
		if c.Error != "" {
			return State{"Could not start", style.Bad, model.ExplainStart(c.Error)}
		}
		return State{"Never started", style.Idle, "It was made and has not run yet."}
	default:
		e := model.ExplainExit(c)
		s := State{e.Word, style.Idle, e.Why}
		if e.Bad {
			s.Color = style.Bad
		}
		if ago := Ago(c.FinishedAt, now); ago != "" && c.Error == "" { // else that is when it ran last
			s.Word += ", " + ago
		}
		return s
	}
}

// Port is a published port as a link, or several that follow one another.
type Port struct {
	// Label is where it is reached: the port, with its address where that is neither the usual one nor all.
	Label string
	// Wide tells that others on the network reach it too.
	Wide bool
	// Port is the first of them, Count how many there are.
	Port  model.PublishedPort
	Count int
}

// Ports are a running container's published ports, each once: the engine lists IPv4 and IPv6 by themselves. Those that
// follow one another are one: a container may have ten thousand.
func Ports(c model.Container) []Port {
	if !c.Running() { // engines that crashed may still list the ports of what ended
		return nil
	}
	published := slices.DeleteFunc(slices.Clone(c.Ports), func(p model.PublishedPort) bool { return p.HostPort == 0 })
	var list []Port
	at, everywhere := map[string]int{}, map[string]bool{}
	for _, r := range Ranges(published) {
		label, inside := hostLabel(r), fmt.Sprint(r.First.Container, r.First.Protocol, r.Count)
		if i, ok := at[label]; ok {
			list[i].Wide = list[i].Wide || !r.First.Loopback()
			continue
		}
		switch r.First.HostIP {
		case "", "0.0.0.0":
			everywhere[inside] = true
		case "::":
			// the engine chose both: all computers reach the one by IPv4
			if everywhere[inside] && r.First.HostPort >= ephemeral {
				continue
			}
		}
		at[label] = len(list)
		list = append(list, Port{Label: label, Wide: !r.First.Loopback(), Port: r.First, Count: r.Count})
	}
	slices.SortStableFunc(list, func(a, b Port) int {
		return cmp.Or(cmp.Compare(noPage(a), noPage(b)), cmp.Compare(a.Port.Container, b.Port.Container))
	})
	return list
}

// ephemeral is the first port that systems give where none is asked for (Linux, ip_local_port_range).
const ephemeral = 32768

// noPage is 1 of ports that a browser cannot open.
func noPage(p Port) int {
	if p.Port.Protocol == "tcp" || p.Port.Protocol == "" {
		return 0
	}
	return 1
}

// Range is one port, or several that follow one another inside and outside.
type Range struct {
	First model.PublishedPort
	Count int
}

// Ranges joins ports that follow one another.
func Ranges(ports []model.PublishedPort) []Range {
	sorted := slices.Clone(ports)
	slices.SortFunc(sorted, func(a, b model.PublishedPort) int {
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.HostIP, b.HostIP),
			cmp.Compare(a.Container, b.Container), cmp.Compare(a.HostPort, b.HostPort))
	})
	list := make([]runspec.Port, len(sorted))
	for i, p := range sorted {
		list[i] = runspec.Port{HostIP: p.HostIP, HostPort: p.HostPort, Container: p.Container, Protocol: p.Protocol}
	}
	var out []Range
	for _, p := range runspec.FoldPorts(list) {
		out = append(out, Range{model.PublishedPort{
			HostIP: p.HostIP, HostPort: p.HostPort, Container: p.Container,
			Protocol: p.Protocol,
		}, p.Count()})
	}
	return out
}

// span is a port, or the first and the last of several.
func span(first uint16, count int) string {
	if count == 1 {
		return strconv.Itoa(int(first))
	}
	return fmt.Sprintf("%d–%d", first, int(first)+count-1)
}

// hostLabel is where a port is reached, in as few words as tell it from others.
func hostLabel(r Range) string {
	label := span(r.First.HostPort, r.Count)
	if at := r.First.HostIP; at != "" && at != "0.0.0.0" && at != "::" && at != "127.0.0.1" && at != "::1" {
		label = net.JoinHostPort(at, label)
	}
	if p := r.First.Protocol; p != "tcp" && p != "" {
		label += "/" + p
	}
	return label
}

// Words says in full where ports are reached, as "docker ps" does: "127.0.0.1:8080->80/tcp".
func (r Range) Words() string {
	inside := span(r.First.Container, r.Count) + "/" + cmp.Or(r.First.Protocol, "tcp")
	if r.First.HostPort == 0 {
		return inside + ", not published"
	}
	return net.JoinHostPort(r.First.HostIP, span(r.First.HostPort, r.Count)) + "->" + inside
}

// PortHint explains a published port.
func PortHint(p model.PublishedPort) string {
	at := p.HostIP
	if at == "" {
		at = "0.0.0.0"
	}
	return fmt.Sprintf("Port %d inside is reached at %s here.", p.Container,
		net.JoinHostPort(at, strconv.Itoa(int(p.HostPort))))
}

// ShortImage is an image's name without its registry, and an ID cut to 12 digits.
func ShortImage(ref string) string {
	if strings.HasPrefix(ref, "sha256:") {
		return model.ShortID(ref)
	}
	name, digest, _ := strings.Cut(ref, "@")
	if strings.LastIndexByte(name, ':') > strings.LastIndexByte(name, '/') || digest == "" {
		return name
	}
	return name + "@" + cutDigest(digest)
}

// cutDigest is a digest as far as people compare it.
func cutDigest(digest string) string {
	const most = len("sha256:") + 12
	if len(digest) <= most {
		return digest
	}
	return digest[:most] + "…"
}

// LastPart is an image's name without registry and folders, for where there is little room: the tag is what differs.
func LastPart(ref string) string {
	name := ShortImage(ref)
	return name[strings.LastIndexByte(name, '/')+1:]
}

// Matches tells whether every word of the filter is in one of the texts, whatever the case.
func Matches(filter string, texts ...string) bool {
	words := strings.Fields(strings.ToLower(filter))
	if len(words) == 0 {
		return true
	}
	all := strings.ToLower(strings.Join(texts, "\x00"))
	for _, word := range words {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}

// Engine words the connection for the chip: a label, a colour, and a sentence for the hint.
func Engine(s session.State) (label string, color fyne.ThemeColorName, hint string) {
	switch s.Phase {
	case session.Connected:
		label = s.Info.Product + " " + shortVersion(s.Info.Version) + " · " + where(s)
		if s.Hangs {
			return s.Info.Product + " · does not answer", style.Warn,
				"The engine takes questions and does not answer them. It may be busy, or stand still; what you see is how it was before."
		}
		hint = fmt.Sprintf("%s %s on %s, reached through %s (%s). API %s.", s.Info.Product, s.Info.Version, s.Locality,
			s.Endpoint.Name, s.Endpoint.Host, s.Info.APIVersion)
		return label, style.OK, hint
	case session.Lost:
		return s.Info.Product + " · connecting again", style.Warn,
			"The engine stopped answering. Slipway connects again by itself."
	case session.None:
		return "No engine", style.Warn, "No engine answers. Click to see where Slipway looked."
	default:
		return "Looking for Docker", style.Idle, ""
	}
}

// where is the context's name and the place in short.
func where(s session.State) string {
	place := map[model.Locality]string{
		model.ThisComputer: "local", model.VirtualMachine: "virtual machine",
		model.Elsewhere: "elsewhere",
	}[s.Locality]
	switch s.Endpoint.Name {
	case "Docker Engine", "default", "DOCKER_HOST":
		return place
	}
	if s.Locality == model.ThisComputer {
		return s.Endpoint.Name
	}
	return s.Endpoint.Name + ", " + place
}

// shortVersion is the first two numbers of a version.
func shortVersion(v string) string {
	parts := strings.SplitN(v, ".", 3)
	if len(parts) < 2 {
		return v
	}
	return parts[0] + "." + parts[1]
}

// Progress words how far a job is: "61 %, 1 min left", or what is known of it.
func Progress(v job.View) (text string, part float64) {
	p := v.Progress
	switch {
	case v.Cancelling:
		return "Cancelling…", 0
	case v.State == job.Done:
		return "done", 1
	case v.State == job.Failed:
		return "failed", 0
	case v.State == job.Cancelled:
		return "cancelled", 0
	case p.Known && p.Total > 0:
		part = float64(p.Done) / float64(p.Total)
		text = fmt.Sprintf("%s of %s", Size(p.Done), Size(p.Total))
		if p.Left > 0 {
			text += ", " + Left(p.Left) + " left"
		}
		return text, part
	case p.Total > 0:
		return fmt.Sprintf("%s %s of at least %s", p.Phase, Size(p.Done), Size(p.Total)), 0
	default:
		return p.Phase, 0
	}
}

// Left words a time that remains.
func Left(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return fmt.Sprintf("%d s", max(1, int(d.Round(time.Second)/time.Second)))
	case d < 90*time.Minute:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute)/time.Minute))
	default:
		return fmt.Sprintf("%.1f h", d.Hours())
	}
}

// Capital makes the beginning of a sentence of a text, which begins with a letter of English.
func Capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
