package runspec

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"

	"slipway/engine/model"

	"github.com/docker/go-connections/nat"
)

// Part is an option of a line with its value, or another word of it.
type Part struct {
	// From and To are the words that it is, as indices [From, To) of those that were parsed.
	From, To int
	Kind     PartKind
	// Option is the name of an option, without dashes and as docker has it today: "network" for --net.
	Option string
	// Value is what the option is given, "true" or "false" for a switch; else the word itself.
	Value string
}

// PartKind tells what a [Part] is.
type PartKind string

// The kinds of parts.
const (
	PartOption PartKind = "option"
	// PartImage is the name of the image.
	PartImage PartKind = "image"
	// PartCommand is a word that goes to the program in the container.
	PartCommand PartKind = "command"
)

// Wrong is why docker would not take a line.
type Wrong struct {
	// Part is what is wrong; the zero value where something is missing.
	Part Part
	Why  model.Fact
}

// Error implements error with the code of why.
func (w *Wrong) Error() string { return w.Why.Code }

// ParseRun reads the words behind "docker run" or "docker create" as docker does. parts are in the order of the line,
// also where it returns a [Wrong]. What only says how the command itself behaves, as -d, is among them but not in the
// spec; a variable without a value is in the spec with none.
func ParseRun(words []string) (s Spec, parts []Part, err error) {
	parts, rest, err := parseOptions(words)
	for i, p := range parts {
		if why := s.take(p); !why.None() {
			return s, parts[:i+1], &Wrong{p, why}
		}
	}
	if err != nil {
		return s, parts, err
	}
	if rest == len(words) {
		return s, parts, &Wrong{Why: model.Say("runspec.the-image-is-missing")}
	}
	s.Image = words[rest]
	parts = append(parts, Part{From: rest, To: rest + 1, Kind: PartImage, Value: words[rest]})
	for i, w := range words[rest+1:] {
		parts = append(parts, Part{From: rest + 1 + i, To: rest + 2 + i, Kind: PartCommand, Value: w})
		s.Command = append(s.Command, w)
	}
	return s, parts, nil
}

// parseOptions takes the options that words begin with apart, as the library of docker's own command does. rest is
// where the other words begin.
func parseOptions(words []string) (parts []Part, rest int, err error) {
	for rest < len(words) {
		w := words[rest]
		switch {
		case w == "--":
			return parts, rest + 1, nil
		case len(w) < 2 || w[0] != '-':
			return parts, rest, nil
		}
		var more []Part
		if strings.HasPrefix(w, "--") {
			more, err = longOption(words, rest)
		} else {
			more, err = shortOptions(words, rest)
		}
		parts = append(parts, more...)
		if err != nil {
			return parts, rest, err
		}
		rest = more[len(more)-1].To
	}
	return parts, rest, nil
}

// oldNames are further names that docker takes.
var oldNames = map[string]string{"net": "network", "net-alias": "network-alias", "dns-opt": "dns-option"}

func longOption(words []string, at int) ([]Part, error) {
	name, value, given := strings.Cut(words[at][2:], "=")
	p := Part{From: at, To: at + 1, Kind: PartOption, Option: name, Value: value}
	if today, ok := oldNames[name]; ok {
		p.Option = today
	}
	o, ok := optionNamed(p.Option)
	switch {
	case !ok:
		return nil, &Wrong{p, unknownOption("--" + name)}
	case given:
	case o.Switch:
		p.Value = "true"
	case at+1 == len(words):
		return nil, &Wrong{p, model.Say("runspec.the-option-needs-a-value", model.Args{"Option": model.Name("--" + name)})}
	default:
		p.Value, p.To = words[at+1], at+2
	}
	return []Part{p}, nil
}

// otherShorts are letters that docker takes for options which a line of Slipway writes out.
var otherShorts = map[string]string{"h": "hostname", "c": "cpu-shares"}

// shortOptions are those of one word: -it, -p80:80, -itp 80:80.
func shortOptions(words []string, at int) (parts []Part, err error) {
	letters := words[at][1:]
	for i, r := range letters {
		p := Part{From: at, To: at + 1, Kind: PartOption, Option: string(r), Value: "true"}
		o, ok := optionOf(string(r))
		if !ok {
			return parts, &Wrong{p, unknownOption("-" + string(r))}
		}
		p.Option = o.Name
		rest := letters[i+len(string(r)):]
		if value, given := strings.CutPrefix(rest, "="); given {
			p.Value = value
			return append(parts, p), nil
		}
		if o.Switch {
			parts = append(parts, p)
			continue
		}
		switch {
		case rest != "":
			p.Value = rest
		case at+1 < len(words):
			p.Value, p.To = words[at+1], at+2
		default:
			return parts, &Wrong{p, model.Say("runspec.the-option-needs-a-value",
				model.Args{"Option": model.Name("-" + string(r))})}
		}
		return append(parts, p), nil
	}
	return parts, nil
}

func optionNamed(name string) (runOption, bool) {
	i := slices.IndexFunc(table, func(o runOption) bool { return o.Name == name })
	if i < 0 {
		return runOption{}, false
	}
	return table[i], true
}

func optionOf(letter string) (runOption, bool) {
	if name, ok := otherShorts[letter]; ok {
		return optionNamed(name)
	}
	i := slices.IndexFunc(table, func(o runOption) bool { return o.Short == letter })
	if i < 0 {
		return runOption{}, false
	}
	return table[i], true
}

// unknownOption says so, and which one was meant if one is close.
func unknownOption(option string) model.Fact {
	name := strings.ToLower(strings.TrimLeft(option, "-"))
	if today := strings.ReplaceAll(name, "_", "-"); len(name) > 1 {
		for _, o := range table {
			if o.Name == today || oneApart(o.Name, today) {
				return model.Say("runspec.docker-has-no-option-but", model.Args{
					"Option": model.Name(option), "Close": model.Name("--" + o.Name),
				})
			}
		}
	}
	return model.Say("runspec.docker-has-no-option", model.Args{"Option": model.Name(option)})
}

// oneApart tells of two different names that one letter more, less or other makes them the same.
func oneApart(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a)-len(b) > 1 || len(b) < 3 {
		return false
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i < len(a) && a[i+1:] == b[i+1:]
	}
	return a[i+1:] == b[i:]
}

// take puts the value of an option into the spec. It returns why docker would not take it.
func (s *Spec) take(p Part) model.Fact {
	o, ok := optionNamed(p.Option)
	if !ok {
		return model.Fact{} // it is not in the table because it is wrong, which is told
	}
	var err error
	if value := p.Value; o.Switch {
		var on bool
		if on, err = strconv.ParseBool(value); err == nil {
			p.Value = strconv.FormatBool(on)
		}
	}
	switch {
	case err != nil || o.Inspect == "": // that is how the command behaves
	case o.field.take != nil:
		err = o.field.take(s, p.Value)
	case several[o.Name]:
		s.add(o.Name, p.Value)
	default:
		s.set(o.Name, p.Value)
	}
	if err != nil {
		return model.Say("runspec.the-option-does-not-take", model.Args{
			"Option": model.Name("--" + p.Option), "Value": model.Name(HideValue(p.Option, p.Value)),
		})
	}
	return model.Fact{}
}

// several are the options without a field that may be given more than once; of the others the last one counts.
var several = map[string]bool{
	"annotation": true, "blkio-weight-device": true, "device-cgroup-rule": true, "device-read-bps": true,
	"device-read-iops": true, "device-write-bps": true, "device-write-iops": true, "dns": true, "dns-option": true,
	"dns-search": true, "expose": true, "link": true, "link-local-ip": true, "log-opt": true, "storage-opt": true,
	"sysctl": true, "tmpfs": true, "ulimit": true, "volumes-from": true,
}

// add gives an option without a field one more value, and set gives it this one alone.
func (s *Spec) add(name, value string) { s.values(name, append(slices.Clone(s.More[name]), value)) }

func (s *Spec) set(name, value string) { s.values(name, []string{value}) }

func (s *Spec) values(name string, list []string) {
	if s.More == nil {
		s.More = Options{}
	}
	s.More[name] = list
}

// addPorts adds what -p takes.
func (s *Spec) addPorts(text string) error {
	list, err := nat.ParsePortSpec(text)
	if err != nil {
		return err
	}
	var ports []Port
	for _, m := range list {
		p := Port{HostIP: m.Binding.HostIP, Container: uint16(m.Port.Int()), Protocol: m.Port.Proto()}
		if p.IsTCP() {
			p.Protocol = ""
		}
		if m.Binding.HostPort != "" {
			first, last, err := nat.ParsePortRangeToInt(m.Binding.HostPort)
			if err != nil {
				return err
			}
			if p.HostPort = uint16(first); last > first {
				p.HostEnd = uint16(last)
			}
		}
		ports = append(ports, p)
	}
	s.Ports = append(s.Ports, FoldPorts(ports)...)
	return nil
}

// addVolume adds what -v takes. A volume that nobody names has no field.
func (s *Spec) addVolume(text string) error {
	m := ParseBind(text)
	if m.Source == "" {
		s.add("volume", text)
	} else {
		s.Mounts = append(s.Mounts, m)
	}
	return nil
}

// addMount adds what --mount takes: a folder or a named volume with nothing special about it has a field.
func (s *Spec) addMount(text string) error {
	fields, err := csv.NewReader(strings.NewReader(text)).Read()
	if err != nil {
		return err
	}
	m, plain := Mount{Kind: Volume, Long: true}, true
	for _, f := range fields {
		key, value, given := strings.Cut(f, "=")
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "type":
			m.Kind = MountKind(value)
		case "source", "src":
			m.Source = value
		case "target", "dst", "destination":
			m.Target = value
		case "readonly", "ro":
			m.ReadOnly = true
			if given {
				if m.ReadOnly, err = strconv.ParseBool(value); err != nil {
					return err
				}
			}
		default:
			plain = false
		}
	}
	if !plain || m.Source == "" || m.Target == "" || m.Kind != Bind && m.Kind != Volume {
		s.add("mount", text)
		return nil
	}
	s.Mounts = append(s.Mounts, m)
	return nil
}
