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
	"slipway/engine/words"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// Size prints bytes as docker does, for example "1.23GB".
func Size(n int64) words.Text { return words.Show(words.Bytes(n)) }

// Memory is a number of bytes of memory as docker prints it, for example "70 MiB".
func Memory(n int64) words.Text { return words.Show(words.MemoryBytes(n)) }

// Ago says how long ago t was, in short words; nothing for no time.
func Ago(t, now time.Time) words.Text {
	switch {
	case t.IsZero():
		return words.Text{}
	case justNow(t, now):
		return words.Say("present.just-now")
	}
	return words.Say("present.ago", words.Args{"Span": words.Span(now.Sub(t))})
}

// Span is the time between t and now in one unit, for example "3 h"; "now" below a minute.
func Span(t, now time.Time) words.Text {
	switch {
	case t.IsZero():
		return words.Text{}
	case justNow(t, now):
		return words.Say("present.now")
	}
	return words.Show(words.Span(now.Sub(t)))
}

func justNow(t, now time.Time) bool { return now.Sub(t) < time.Minute }

// State is a container's state as a word with a colour.
type State struct {
	Word  words.Text
	Color fyne.ThemeColorName
	// Why explains the state in a sentence.
	Why words.Text
	// Plain tells that Why says no more than Word.
	Plain bool
}

// Sentence is the state as a sentence, and why it is so.
func (s State) Sentence() words.Text {
	if s.Plain {
		return words.Say("words.sentence", words.Args{"Text": s.Word})
	}
	return words.Say("words.sentence", words.Args{"Text": s.Word}).And(s.Why)
}

// StateName is the word for a container's state, without how long it is in it, for filters.
func StateName(c model.Container) words.Text {
	switch c.State {
	case model.StateRunning:
		switch c.Health {
		case "starting":
			return words.Say("present.starting")
		case "unhealthy":
			return words.Say("present.unhealthy")
		}
		return words.Say("common.running")
	case model.StatePaused:
		return words.Say("present.paused")
	case model.StateRestarting:
		return words.Say("present.restarting")
	case model.StateRemoving:
		return words.Say("present.being-removed")
	case model.StateDead:
		return words.Say("present.dead")
	case model.StateCreated:
		return words.Say("present.never-started")
	}
	return words.Of(model.ExplainExit(c).Word)
}

// StateOf words a container's state.
func StateOf(c model.Container, now time.Time) State {
	if c.Loops(now) {
		why := model.Say("present.it-ends-soon-after-each", words.Args{"RestartCount": words.Count(c.RestartCount)})
		if c.State == model.StateRestarting {
			why = why.And(model.ExplainExit(c).Why)
		}
		return State{
			Word:  words.Say("present.crash-loop-restarts", words.Args{"RestartCount": words.Count(c.RestartCount)}),
			Color: style.Bad, Why: words.Of(why),
		}
	}
	switch c.State {
	case model.StateRunning:
		return stateOfRunning(c, now)
	case model.StatePaused:
		return State{
			Word: words.Say("present.paused"), Color: style.Warn,
			Why: words.Say("present.its-program-is-frozen-resume"),
		}
	case model.StateRestarting:
		return State{
			Word: words.Say("present.restarting"), Color: style.Warn,
			Why: words.Of(model.Say("present.it-ended-and-is-started").And(model.ExplainExit(c).Why)),
		}
	case model.StateRemoving:
		return State{
			Word: words.Say("present.being-removed"), Color: style.Idle,
			Why: words.Say("present.the-engine-is-deleting-it"),
		}
	case model.StateDead:
		return State{Word: words.Say("present.dead"), Color: style.Bad, Why: words.Say("present.the-engine-could-not-remove")}
	case model.StateCreated:
		if c.Error != "" {
			return State{
				Word: words.Say("present.could-not-start"), Color: style.Bad,
				Why: words.Of(model.ExplainStart(c.Error)),
			}
		}
		return State{
			Word: words.Say("present.never-started"), Color: style.Idle,
			Why: words.Say("present.it-was-made-and-has"),
		}
	}
	return stateOfEnded(c, now)
}

// stateOfRunning words how the health check of a container goes that runs, if it has one.
func stateOfRunning(c model.Container, now time.Time) State {
	switch c.Health {
	case "starting":
		return State{
			Word: runs(words.Say("present.starting"), c, now), Color: style.Warn,
			Why: words.Say("present.it-runs-and-its-health"),
		}
	case "unhealthy":
		return State{
			Word: runs(words.Say("present.unhealthy"), c, now), Color: style.Bad,
			Why: words.Say("present.it-runs-but-its-own"),
		}
	case "healthy":
		return State{
			Word: runs(words.Say("common.running"), c, now), Color: style.OK,
			Why: words.Say("present.it-runs-and-its-health-check"),
		}
	}
	return State{
		Word: runs(words.Say("common.running"), c, now), Color: style.OK,
		Why: words.Say("present.running-normally"), Plain: true,
	}
}

// stateOfEnded words how a container ended.
func stateOfEnded(c model.Container, now time.Time) State {
	e := model.ExplainExit(c)
	s := State{Word: words.Of(e.Word), Color: style.Idle, Why: words.Of(e.Why)}
	if e.Bad {
		s.Color = style.Bad
	}
	if ago := Ago(c.FinishedAt, now); !ago.None() && c.Error == "" { // else that is when it ran last
		s.Word = words.Say("present.since", words.Args{"State": s.Word, "Ago": ago})
	}
	return s
}

// runs is the word for a container that runs, with how long it does and how often it was started again.
func runs(word words.Text, c model.Container, now time.Time) words.Text {
	args := words.Args{"State": word, "Span": words.Span(now.Sub(c.StartedAt)), "N": words.Count(c.RestartCount)}
	lately := c.StartedAt.IsZero() || justNow(c.StartedAt, now)
	switch {
	case lately && c.RestartCount == 0:
		return word
	case lately:
		return words.Say("present.restarted", args)
	case c.RestartCount == 0:
		return words.Say("present.for", args)
	}
	return words.Say("present.for-and-restarted", args)
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
func (r Range) Words() words.Text {
	if r.First.HostPort == 0 {
		return words.Say("present.not-published", words.Args{"Inside": words.Name(r.Inside())})
	}
	return words.Name(net.JoinHostPort(r.First.HostIP, span(r.First.HostPort, r.Count)) + "->" + r.Inside())
}

// Inside is the port inside, with its protocol: "80/tcp".
func (r Range) Inside() string {
	return span(r.First.Container, r.Count) + "/" + cmp.Or(r.First.Protocol, "tcp")
}

// PortHint explains a published port.
func PortHint(p model.PublishedPort) words.Text {
	at := p.HostIP
	if at == "" {
		at = "0.0.0.0"
	}
	return words.Say("present.port-inside-is-reached-at", words.Args{
		"Port":    words.Count(p.Container),
		"Address": words.Name(net.JoinHostPort(at, strconv.Itoa(int(p.HostPort)))),
	})
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
func Matches(filter string, texts ...words.Text) bool {
	for word := range strings.FieldsSeq(strings.ToLower(filter)) {
		has := func(t words.Text) bool { return strings.Contains(strings.ToLower(t.String()), word) }
		if !slices.ContainsFunc(texts, has) {
			return false
		}
	}
	return true
}

// Engine words the connection for the chip: a label, a colour, and a sentence for the hint.
func Engine(s session.State) (label words.Text, color fyne.ThemeColorName, hint words.Text) {
	switch s.Phase {
	case session.Connected:
		label = words.Say("present.product-and-place", words.Args{
			"Product": words.Name(s.Info.Product), "Version": words.Name(shortVersion(s.Info.Version)), "Place": where(s),
		})
		if s.Hangs {
			return words.Say("present.does-not-answer", words.Args{"Product": words.Name(s.Info.Product)}), style.Warn,
				words.Say("present.the-engine-takes-questions-and")
		}
		hint = words.Say("present.on-reached-through-api", words.Args{
			"Product": words.Name(s.Info.Product),
			"Version": words.Name(s.Info.Version), "Locality": s.Locality.Fact(), "Name": words.Name(s.Endpoint.Name),
			"Host": words.Name(s.Endpoint.Host), "APIVersion": words.Name(s.Info.APIVersion),
		})
		return label, style.OK, hint
	case session.Lost:
		return words.Say("present.connecting-again", words.Args{"Product": words.Name(s.Info.Product)}), style.Warn,
			words.Say("present.the-engine-stopped-answering-slipway")
	case session.None:
		return words.Say("present.no-engine"), style.Warn, words.Say("present.no-engine-answers-click-to")
	default:
		return words.Say("common.looking-for-docker"), style.Idle, words.Text{}
	}
}

// where is the context's name and the place in short.
func where(s session.State) words.Text {
	place := map[model.Locality]words.Text{
		model.ThisComputer: words.Say("present.local"), model.VirtualMachine: words.Say("present.virtual-machine"),
		model.Elsewhere: words.Say("present.elsewhere"),
	}[s.Locality]
	switch s.Endpoint.Name {
	case "Docker Engine", "default", "DOCKER_HOST":
		return place
	}
	if s.Locality == model.ThisComputer {
		return words.Name(s.Endpoint.Name)
	}
	return words.Say("present.name-and-place", words.Args{"Name": words.Name(s.Endpoint.Name), "Place": place})
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
func Progress(v job.View) (text words.Text, part float64) {
	p := v.Progress
	switch {
	case v.Cancelling:
		return words.Say("present.cancelling"), 0
	case v.State == job.Done:
		return words.Say("present.done"), 1
	case v.State == job.Failed:
		return words.Say("present.failed"), 0
	case v.State == job.Cancelled:
		return words.Say("present.cancelled"), 0
	case p.Known && p.Total > 0:
		part = float64(p.Done) / float64(p.Total)
		args := words.Args{"Done": words.Bytes(p.Done), "Total": words.Bytes(p.Total)}
		if p.Left > 0 {
			args["Left"] = Left(p.Left)
			return words.Say("present.of-and-left", args), part
		}
		return words.Say("present.of", args), part
	case p.Total > 0:
		return words.Say("present.of-at-least", words.Args{
			"Phase": p.Phase, "Done": words.Bytes(p.Done), "Total": words.Bytes(p.Total),
		}), 0
	default:
		return words.Of(p.Phase), 0
	}
}

// Left words a time that remains.
func Left(d time.Duration) words.Text {
	switch {
	case d < 90*time.Second:
		return words.Say("span.seconds", words.Args{"N": words.Count(max(1, int(d.Round(time.Second)/time.Second)))})
	case d < 90*time.Minute:
		return words.Say("span.minutes", words.Args{"N": words.Count(d.Round(time.Minute) / time.Minute)})
	}
	return words.Say("present.parts-of-hours",
		words.Args{"Hours": words.Decimal(strconv.FormatFloat(d.Hours(), 'f', 1, 64))})
}
