// Package runform is the dialog that runs an image: a plain form value with [Form.Validate] and [Form.Spec], a view of
// it, and the code that shows it.
package runform

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/runspec"
	"slipway/engine/words"

	units "github.com/docker/go-units"
)

// Form is what a person filled in, as text where it is typed.
type Form struct {
	Image, Name string
	Ports       []PortRow
	Mounts      []MountRow
	Env         []EnvRow
	// Command and Entrypoint are words as a shell splits them.
	Command, Entrypoint string
	User, WorkingDir    string
	// Memory and Shm are sizes such as "512m", CPUs a number.
	Memory, Shm, CPUs string
	// GPU gives it all GPUs of the engine.
	GPU bool
	// Restart is "no", "unless-stopped", "always" or "on-failure"; Retries how often the last of them tries, "" for no
	// end.
	Restart, Retries string
	AutoRemove       bool
	// Platform is "" for the engine's own, or for example "linux/arm64".
	Platform string
	// Network is "" for the engine's default; Aliases are words.
	Network, Aliases, Hostname string
	TTY, Interactive, Init     bool
	Privileged                 bool
	// Lists are what can be given several times, by their kind.
	Lists map[ListKind][]string
	// More is what the form has no field for and lists: options of docker run by their names, as [runspec.Options].
	More runspec.Options
	// Rest are values of the container that it was filled in from which are too long to be typed.
	Rest runspec.Spec
}

// ListKind is an option of docker run that can be given several times.
type ListKind string

// The options that are lists of words, by the word of their field.
const (
	Labels   ListKind = "label"
	Hosts    ListKind = "host"
	Devices  ListKind = "device"
	CapAdd   ListKind = "capadd"
	CapDrop  ListKind = "capdrop"
	Security ListKind = "security"
)

// MountRow is one folder or volume.
type MountRow struct {
	Kind           runspec.MountKind
	Source, Target string
	ReadOnly       bool
	// Relabel, Options and Long are kept from the container that the form was filled in from, see [runspec.Mount].
	Relabel bool
	Options []string
	Long    bool
	// Offered tells that nobody added it: it counts once a folder is chosen.
	Offered bool
}

// blank tells of a row that is not filled in.
func (m MountRow) blank() bool { return m.Source == "" && (m.Target == "" || m.Offered) }

// mount is the row as a spec has it.
func (m MountRow) mount() runspec.Mount {
	return runspec.Mount{
		Kind: m.Kind, Source: m.Source, Target: path.Clean(m.Target), ReadOnly: m.ReadOnly,
		Relabel: m.Relabel, Options: m.Options, Long: m.Long,
	}
}

func (m MountRow) equal(o MountRow) bool {
	return m.Kind == o.Kind && m.Source == o.Source && m.Target == o.Target && m.ReadOnly == o.ReadOnly
}

// EnvRow is one environment variable.
type EnvRow struct{ Name, Value string }

// Facts are what the form is checked against besides itself. All of it is found out elsewhere.
type Facts struct {
	// Names of the containers that exist.
	Names map[string]bool
	// PortOwners tells who holds a port, by its row; NextFree which one is free instead.
	PortOwners map[int]words.Text
	NextFree   map[int]uint16
	// Sources are the folders and files of this computer that are mounted, by their rows.
	Sources map[int]Source
	// Image is what is known of the image, and Notebook tells that Launch knows it.
	Image    model.ImageDetail
	Notebook bool
	user     identity // who the container's programs are
	// Volumes are those that exist; nil where that is not known.
	Volumes map[string]bool
	// Elsewhere tells that the engine is not on this computer: folders here mean nothing to it.
	Elsewhere bool
	// CPUs is how many processors the engine has, 0 when that is not known.
	CPUs int
	// Had is the form as it was filled in from a container, nil for a new one: what was there before and is as it was is
	// never in the way of something else.
	Had *Form
	// Changing tells that the container itself is changed, and not another one made like it: what it has, it goes on
	// having.
	Changing bool
}

// Loopback is the address that only this computer reaches.
const Loopback = "127.0.0.1"

// containerName is what docker accepts (moby's RestrictedNameChars).
var containerName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`)

// Validate tells what is wrong, by the ID of the field it is wrong in ("name", "port.0.host", "mount.1.source"). Rows
// that are wholly empty are left out and right.
func (f Form) Validate(facts Facts) map[string]words.Text {
	wrong := map[string]words.Text{}
	if strings.TrimSpace(f.Image) == "" {
		wrong["image"] = words.Say("runform.choose-an-image")
	} else if _, err := ParseImage(f.Image); err != nil {
		wrong["image"] = words.Of(model.AsProblem(err, model.Fact{}).Why)
	}
	switch {
	case f.Name == "":
	case len(f.Name) == 1:
		wrong["name"] = words.Say("runform.a-name-has-at-least")
	case !containerName.MatchString(f.Name):
		wrong["name"] = words.Say("runform.use-letters-digits-and-beginning")
	case facts.Names[f.Name]:
		wrong["name"] = words.Say("runform.a-container-with-this-name")
	}
	f.validatePorts(facts, wrong)
	f.validateMounts(facts, wrong)
	f.validateEnv(wrong)
	f.validateMore(facts, wrong)
	return wrong
}

func (f Form) validatePorts(facts Facts, wrong map[string]words.Text) {
	var before []runspec.Port
	for i, row := range f.Ports {
		id := fmt.Sprintf("port.%d", i)
		if row.Container == "" && row.HostPort == "" {
			continue
		}
		p, inside, host := row.port()
		kept := facts.Had != nil && slices.Contains(facts.Had.Ports, row)
		switch {
		case kept && (!inside.None() || !host.None()):
		case !inside.None():
			wrong[id+".container"] = inside
		case !host.None():
			wrong[id+".host"] = host
		case slices.ContainsFunc(before, func(o runspec.Port) bool { return collide(o, p) }):
			wrong[id+".host"] = words.Say("runform.used-twice-in-this-form")
		case !facts.PortOwners[i].None():
			wrong[id+".host"] = words.Say("runform.used-by", words.Args{"Owner": facts.PortOwners[i]})
		}
		before = append(before, p)
	}
}

func (f Form) validateMounts(facts Facts, wrong map[string]words.Text) {
	seen := map[string]bool{}
	for i, m := range f.Mounts {
		if m.blank() {
			continue
		}
		at := path.Clean(m.Target)
		kept := facts.Had != nil && slices.ContainsFunc(facts.Had.Mounts, m.equal)
		missing := facts.Sources[i].Missing
		if !kept || missing && !facts.Changing {
			setWrong(wrong, fmt.Sprintf("mount.%d.source", i), m.sourceFault(missing))
		}
		if !kept || seen[at] {
			setWrong(wrong, fmt.Sprintf("mount.%d.target", i), m.targetFault(seen[at]))
		}
		seen[at] = true
	}
}

// setWrong notes what is wrong with a field, "" for nothing.
func setWrong(wrong map[string]words.Text, id string, why words.Text) {
	if !why.None() {
		wrong[id] = why
	}
}

// sourceFault is what is wrong with what is to be mounted, "" for nothing.
func (m MountRow) sourceFault(missing bool) words.Text {
	switch {
	case m.Source == "" && m.Kind == runspec.Bind:
		return words.Say("runform.choose-a-folder")
	case m.Source == "":
		return words.Say("runform.choose-or-name-a-volume")
	case m.Kind == runspec.Bind && !filepath.IsAbs(m.Source) && !path.IsAbs(m.Source):
		return words.Say("common.write-the-whole-path-from")
	case m.Kind == runspec.Volume && !containerName.MatchString(m.Source):
		return words.Say("runform.use-letters-digits-and-at")
	case missing:
		return words.Say("runform.this-folder-does-not-exist")
	}
	return words.Text{}
}

// targetFault is what is wrong with the place where something is to be mounted, "" for nothing.
func (m MountRow) targetFault(twice bool) words.Text {
	switch {
	case m.Target == "":
		return words.Say("runform.say-where-the-container-shall")
	case !path.IsAbs(m.Target):
		return words.Say("runform.write-the-whole-path-beginning")
	case path.Clean(m.Target) == "/":
		return words.Say("runform.the-root-of-the-container")
	case twice:
		return words.Say("runform.used-twice-in-this-form")
	}
	return words.Text{}
}

func (f Form) validateEnv(wrong map[string]words.Text) {
	for i, e := range f.Env {
		id := fmt.Sprintf("env.%d.name", i)
		switch {
		case e.Name == "" && e.Value != "":
			wrong[id] = words.Say("runform.a-name-is-missing")
		case strings.ContainsAny(e.Name, "=\x00"):
			wrong[id] = words.Say("runform.a-name-has-no-in")
		}
	}
}

// leastMemory is below what no engine starts a container (6 MiB, moby).
const leastMemory = 6 << 20

// leastCPUs is below what no engine starts a container (moby's verifyPlatformContainerResources).
const leastCPUs = 0.01

func (f Form) validateMore(facts Facts, wrong map[string]words.Text) {
	f.validateWords(wrong)
	f.validateLimits(facts, wrong)
	for kind, list := range f.Lists {
		for i, text := range list {
			if text != "" && !listed[kind].form.MatchString(text) &&
				(facts.Had == nil || !slices.Contains(facts.Had.Lists[kind], text)) {
				wrong[listID(kind, i)] = words.Of(listed[kind].wrong)
			}
		}
	}
	if facts.Had != nil { // whatever it is, the engine took it
		for id, of := range single {
			if of(f) == of(*facts.Had) {
				delete(wrong, id)
			}
		}
	}
	f.validateTogether(wrong)
}

// single are the fields that are right or wrong by themselves.
var single = map[string]func(Form) string{
	"command":    func(f Form) string { return f.Command },
	"entrypoint": func(f Form) string { return f.Entrypoint },
	"workdir":    func(f Form) string { return f.WorkingDir },
	"hostname":   func(f Form) string { return f.Hostname },
	"platform":   func(f Form) string { return f.Platform },
	"memory":     func(f Form) string { return f.Memory },
	"cpus":       func(f Form) string { return f.CPUs },
	"shm":        func(f Form) string { return f.Shm },
}

func (f Form) validateWords(wrong map[string]words.Text) {
	if _, err := runspec.SplitWords(f.Command); err != nil {
		wrong["command"] = words.Say("runform.a-quote-or-a-shell")
	}
	if _, err := runspec.SplitWords(f.Entrypoint); err != nil {
		wrong["entrypoint"] = words.Say("runform.a-quote-is-not-closed")
	}
	if f.WorkingDir != "" && !path.IsAbs(f.WorkingDir) {
		wrong["workdir"] = words.Say("runform.write-the-whole-path-beginning")
	}
	if len(f.Hostname) > 64 || strings.ContainsFunc(f.Hostname, unicode.IsSpace) {
		wrong["hostname"] = words.Say("runform.use-at-most-64-characters")
	}
	if f.Platform != "" && !platformName.MatchString(f.Platform) {
		wrong["platform"] = words.Say("runform.write-it-as-linux-amd64")
	}
}

func (f Form) validateLimits(facts Facts, wrong map[string]words.Text) {
	if f.Memory != "" {
		if n, err := units.RAMInBytes(f.Memory); err != nil {
			wrong["memory"] = words.Say("runform.write-an-amount-such-as")
		} else if n < leastMemory {
			wrong["memory"] = words.Say("runform.at-least-6m")
		}
	}
	if f.CPUs != "" {
		n, err := strconv.ParseFloat(f.CPUs, 64)
		switch {
		case err != nil || !(n > 0 && n <= 1024):
			wrong["cpus"] = words.Say("runform.write-a-number-such-as")
		case n < leastCPUs:
			wrong["cpus"] = words.Say("runform.at-least-0-01")
		case facts.CPUs > 0 && n > float64(facts.CPUs):
			wrong["cpus"] = words.Say("runform.the-engine-has", words.Args{"CPUs": words.Count(facts.CPUs)})
		}
	}
	if n, err := units.RAMInBytes(f.Shm); f.Shm != "" && (err != nil || n <= 0) {
		wrong["shm"] = words.Say("runform.write-an-amount-such-as")
	}
	if n, err := strconv.ParseUint(f.Retries, 10, 16); f.Restart == "on-failure" && f.Retries != "" &&
		(err != nil || n == 0) {
		wrong["retries"] = words.Say("runform.write-a-number-or-nothing")
	}
}

// validateTogether looks at fields that do not go with one another.
func (f Form) validateTogether(wrong map[string]words.Text) {
	if f.AutoRemove && f.Restart != "" && f.Restart != "no" {
		wrong["restart"] = words.Say("runform.a-container-that-removes-itself")
	}
	shared := strings.HasPrefix(f.Network, "container:")
	own := f.Network != "" && !model.Network{Name: f.Network}.BuiltIn() && !shared
	if strings.TrimSpace(f.Aliases) != "" && !own {
		wrong["aliases"] = words.Say("runform.only-a-network-that-somebody")
	}
	if shared && f.publishes() {
		wrong["network"] = words.Say("runform.the-network-is-another-container")
	}
	if shared && f.Hostname != "" {
		wrong["hostname"] = words.Say("runform.with-another-container-s-network")
	}
	memory, err := units.RAMInBytes(f.Memory)
	if swap, swapErr := units.RAMInBytes(strings.Join(f.More["memory-swap"], "")); err == nil && swapErr == nil &&
		swap > 0 && memory > swap {
		wrong["memory"] = words.Say("runform.more-than-memory-swap-the",
			words.Args{"Swap": words.Name(f.More["memory-swap"][0])})
	}
}

// listID is the ID of a field of a list.
func listID(kind ListKind, i int) string { return fmt.Sprintf("%s.%d", kind, i) }

var platformName = regexp.MustCompile(`^[a-z0-9]+/[a-z0-9_]+(/[a-z0-9]+)?$`)

// listed is what the words of each list look like, and what is said of others.
var listed = map[ListKind]struct {
	form  *regexp.Regexp
	wrong model.Fact
}{
	Labels: {regexp.MustCompile(`^[^=\s][^=]*(=|$)`), model.Say("runform.write-it-as-name-value")},
	Hosts: {
		regexp.MustCompile(`^[^:=\s]+[:=](host-gateway|\[?[0-9a-fA-F.:]+\]?)$`),
		model.Say("runform.write-it-as-name-address"),
	},
	Devices: {
		regexp.MustCompile(`^(/[^:]+(:/[^:]+)?(:[rwm]{1,3})?|[^/\s]+/[^=\s]+=\S+)$`),
		model.Say("runform.write-it-as-dev-name"),
	},
	CapAdd:   {regexp.MustCompile(`^[A-Za-z_]+$`), model.Say("runform.write-its-name-net-admin")},
	CapDrop:  {regexp.MustCompile(`^[A-Za-z_]+$`), model.Say("runform.write-its-name-mknod")},
	Security: {regexp.MustCompile(`^(no-new-privileges([=:](true|false))?|(apparmor|label)[=:].+|seccomp[=:](unconfined|builtin|\{.*)|systempaths=unconfined|writable-cgroups(=(true|false))?)$`), model.Say("runform.slipway-knows-options")},
}

// Spec is the form as a container to be made. It is meaningful when [Form.Validate] finds nothing; what cannot be read
// is left out of it.
func (f Form) Spec() runspec.Spec {
	s := f.Rest
	s.Env, s.Labels = nil, maps.Clone(f.Rest.Labels)
	s.Ports, s.Mounts = slices.Clip(f.Rest.Ports), slices.Clip(f.Rest.Mounts)
	s.Name, s.Image, s.User, s.WorkingDir = f.Name, strings.TrimSpace(f.Image), f.User, f.WorkingDir
	if ref, err := ParseImage(f.Image); err == nil {
		s.Image = ref
	}
	for _, row := range f.Ports {
		if p, wrong, wrongHost := row.port(); wrong.None() && wrongHost.None() {
			s.Ports = append(s.Ports, p)
		}
	}
	for _, m := range f.Mounts {
		if m.Source != "" && m.Target != "" {
			s.Mounts = append(s.Mounts, m.mount())
		}
	}
	for _, e := range f.Env {
		if e.Name != "" {
			s.Env = append(s.Env, runspec.Env{Name: e.Name, Value: e.Value, Secret: runspec.SecretEnv(e.Name, e.Value)})
		}
	}
	s.Env = append(s.Env, f.Rest.Env...)
	if f.Command != "" {
		s.Command, _ = runspec.SplitWords(f.Command)
	}
	if f.Entrypoint != "" {
		s.Entrypoint, _ = runspec.SplitWords(f.Entrypoint)
	}
	s.Memory, s.ShmSize = amount(f.Memory), amount(f.Shm)
	s.CPUs, _ = strconv.ParseFloat(f.CPUs, 64)
	if s.Restart, s.AutoRemove = f.Restart, f.AutoRemove; s.Restart == "no" {
		s.Restart = ""
	} else if s.Restart == "on-failure" && f.Retries != "" {
		s.Restart += ":" + f.Retries
	}
	f.rare(&s)
	return s
}

// rare are the fields that few containers need.
func (f Form) rare(s *runspec.Spec) {
	s.GPUs, s.TTY, s.Interactive, s.Init, s.Privileged = f.GPU, f.TTY, f.Interactive, f.Init, f.Privileged
	s.Platform, s.Network, s.Hostname = f.Platform, f.Network, f.Hostname
	s.Aliases = append([]string(nil), strings.Fields(f.Aliases)...)
	list := func(kind ListKind) []string {
		return slices.DeleteFunc(slices.Clone(f.Lists[kind]), func(text string) bool { return text == "" })
	}
	for _, h := range list(Hosts) {
		s.ExtraHosts = append(s.ExtraHosts, engineHost(h))
	}
	s.Devices, s.CapAdd, s.CapDrop, s.SecurityOpts = list(Devices), list(CapAdd), list(CapDrop), list(Security)
	f.setMore(s)
	for _, l := range list(Labels) {
		if s.Labels == nil {
			s.Labels = map[string]string{}
		}
		name, value, _ := strings.Cut(l, "=")
		s.Labels[name] = value
	}
}

// engineHost writes name=[address] as engines take it: docker's command line translates that itself.
func engineHost(text string) string {
	i := strings.IndexAny(text, ":=")
	if i < 0 {
		return text
	}
	return text[:i] + ":" + strings.Trim(text[i+1:], "[]")
}

// amount is a size in bytes, 0 for one that is not given or cannot be read.
func amount(text string) int64 {
	if text == "" {
		return 0
	}
	n, err := units.RAMInBytes(text)
	if err != nil {
		return 0
	}
	return n
}

// mostRows is how many variables, ports, mounts and labels of a container are rows: twenty thousand could neither be
// laid out nor be looked through. The others are kept as they are.
const mostRows = 60

// longest is how many bytes of a value the form shows: a field of megabytes could not be typed in. Longer ones are kept
// as they are.
const longest = 4096

// Unshown says what the form keeps and does not show, "" for nothing.
func (f Form) Unshown() words.Text {
	n := len(f.Rest.Env) + len(f.Rest.Labels) + len(f.Rest.Ports) + len(f.Rest.Mounts)
	for _, list := range [][]string{f.Rest.Command, f.Rest.Entrypoint} {
		if len(list) > 0 {
			n++
		}
	}
	if n == 0 {
		return words.Text{}
	}
	return words.Say("runform.more-values-that-the-form", words.Args{"N": words.Count(n)})
}

// Preview is [Form.Spec] to be looked at: values that are too long to be shown are cut, since quoting megabytes at
// every key would hold the window up.
func (f Form) Preview() runspec.Spec {
	cut := func(text string) string {
		if len(text) <= longest {
			return text
		}
		return strings.ToValidUTF8(text[:40], "") + "…"
	}
	f.Rest.Env, f.Rest.Labels = slices.Clone(f.Rest.Env[:min(len(f.Rest.Env), mostRows)]), maps.Clone(f.Rest.Labels)
	for i := range f.Rest.Env {
		f.Rest.Env[i].Name, f.Rest.Env[i].Value = cut(f.Rest.Env[i].Name), cut(f.Rest.Env[i].Value)
	}
	for k, v := range f.Rest.Labels {
		f.Rest.Labels[k] = cut(v)
	}
	for _, sentence := range []*[]string{&f.Rest.Command, &f.Rest.Entrypoint} {
		*sentence = slices.Clone(*sentence)
		for i, w := range *sentence {
			(*sentence)[i] = cut(w)
		}
	}
	return f.Spec()
}

// FromSpec is the form as a container was made, under a free name.
func FromSpec(s runspec.Spec, taken map[string]bool) Form {
	f := Form{
		Image: s.Image, Name: SuggestName(s.Name, taken), User: s.User, WorkingDir: s.WorkingDir, AutoRemove: s.AutoRemove,
		Command: shown(s.Command), Entrypoint: shown(s.Entrypoint), Memory: bytesText(s.Memory), Shm: bytesText(s.ShmSize),
		GPU: s.GPUs, TTY: s.TTY, Interactive: s.Interactive, Init: s.Init, Privileged: s.Privileged,
		Platform: s.Platform, Network: s.Network, Aliases: strings.Join(s.Aliases, " "), Hostname: s.Hostname,
		Lists: map[ListKind][]string{
			Hosts: s.ExtraHosts, Devices: s.Devices, CapAdd: s.CapAdd, CapDrop: s.CapDrop,
			Security: s.SecurityOpts,
		},
	}
	f.Restart, f.Retries, _ = strings.Cut(cmp.Or(s.Restart, "no"), ":")
	for i, p := range s.Ports {
		if i == mostRows {
			f.Rest.Ports = s.Ports[i:]
			break
		}
		f.Ports = append(f.Ports, portRow(p))
	}
	for i, m := range s.Mounts {
		if i == mostRows {
			f.Rest.Mounts = s.Mounts[i:]
			break
		}
		f.Mounts = append(f.Mounts, MountRow{
			Kind: m.Kind, Source: m.Source, Target: m.Target, ReadOnly: m.ReadOnly,
			Relabel: m.Relabel, Options: m.Options, Long: m.Long,
		})
	}
	f.More = moreOf(s)
	f.addEnv(s.Env)
	if f.Command == "" {
		f.Rest.Command = s.Command
	}
	if f.Entrypoint == "" {
		f.Rest.Entrypoint = s.Entrypoint
	}
	if s.CPUs > 0 {
		f.CPUs = strconv.FormatFloat(s.CPUs, 'f', -1, 64)
	}
	for _, k := range slices.Sorted(maps.Keys(s.Labels)) {
		// What made it Slipway's own notebook or its failed try would be taken for this one's.
		switch label := k + "=" + s.Labels[k]; {
		case strings.HasPrefix(k, "app.slipway."):
		case len(label) > longest || len(f.Lists[Labels]) >= mostRows:
			if f.Rest.Labels == nil {
				f.Rest.Labels = map[string]string{}
			}
			f.Rest.Labels[k] = s.Labels[k]
		default:
			f.Lists[Labels] = append(f.Lists[Labels], label)
		}
	}
	return f
}

// addEnv adds variables; one that is there by the same name gets the new value.
func (f *Form) addEnv(list []runspec.Env) {
	f.Env = slices.DeleteFunc(f.Env, func(e EnvRow) bool { return e == EnvRow{} })
	again := map[string]bool{} // names that there are, of those that no row has
	for _, e := range f.Rest.Env {
		again[e.Name] = true
	}
	for _, e := range list {
		if again[e.Name] {
			f.Rest.Env = slices.DeleteFunc(slices.Clone(f.Rest.Env), func(r runspec.Env) bool { return r.Name == e.Name })
		}
		again[e.Name] = true
		i := slices.IndexFunc(f.Env, func(r EnvRow) bool { return r.Name == e.Name })
		switch {
		case len(e.Name)+len(e.Value) > longest || i < 0 && len(f.Env) >= mostRows:
			if f.Rest.Env = append(f.Rest.Env, e); i >= 0 {
				f.Env = slices.Delete(f.Env, i, i+1)
			}
		case i < 0:
			f.Env = append(f.Env, EnvRow{e.Name, e.Value})
		default:
			f.Env[i].Value = e.Value
		}
	}
}

// shown is words as they are typed, "" for those that are too long.
func shown(list []string) string {
	if text := model.Words(list); len(text) <= longest {
		return text
	}
	return ""
}

// bytesText is a size as it is typed, "" for none.
func bytesText(n int64) string {
	if n <= 0 {
		return ""
	}
	return runspec.FormatBytes(n)
}

// ParseImage reads an image's name; the ID of a dangling image is taken as it is.
func ParseImage(text string) (string, error) {
	if text = strings.TrimSpace(text); strings.HasPrefix(text, "sha256:") {
		return text, nil
	}
	return engine.ParseImage(text)
}

// numbered matches the number that made a name another one.
var numbered = regexp.MustCompile(`-[0-9]+$`)

// SuggestName makes a free name for a container of an image: the last part of the image's name, with a number when
// taken.
func SuggestName(image string, taken map[string]bool) string {
	name := image
	if ref, err := engine.ParseImage(image); err == nil {
		name = ref
	}
	name, _, _ = strings.Cut(name, "@")
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		name = name[i+1:]
	}
	name, _, _ = strings.Cut(name, ":")
	if !containerName.MatchString(name) || strings.HasPrefix(image, "sha256:") {
		name = "container"
	}
	base := numbered.ReplaceAllString(name, "")
	for i := 2; ; i++ {
		if !taken[name] {
			return name
		}
		name = fmt.Sprintf("%s-%d", base, i)
	}
}

// needsMore and needsRare tell whether a folded part has something in it, which is shown then.
func (f Form) needsMore() bool {
	return f.Command+f.Entrypoint+f.User+f.WorkingDir+f.Memory+f.CPUs+f.Shm+f.Platform+f.Network+f.Aliases != "" ||
		f.GPU || len(f.Lists[Labels]) > 0
}

func (f Form) needsRare() bool {
	return f.TTY || f.Interactive || f.Init || f.Privileged || f.Hostname != "" ||
		len(f.Lists[Hosts])+len(f.Lists[Devices])+len(f.Lists[CapAdd])+len(f.Lists[CapDrop])+len(f.Lists[Security]) > 0
}

// moreOf are the options of a spec that the form has no field for.
func moreOf(s runspec.Spec) runspec.Options {
	more := maps.Clone(s.More)
	if more == nil {
		more = runspec.Options{}
	}
	if len(s.GroupAdd) > 0 {
		more["group-add"] = s.GroupAdd
	}
	if s.UserNS != "" {
		more["userns"] = []string{s.UserNS}
	}
	return more
}

// setMore puts them back. A number of processors takes the place of the same limit in other words, beside which engines
// refuse it.
func (f Form) setMore(s *runspec.Spec) {
	more := maps.Clone(f.More)
	s.GroupAdd, s.UserNS = more["group-add"], strings.Join(more["userns"], "")
	delete(more, "group-add")
	delete(more, "userns")
	if f.Init {
		delete(more, "init")
	}
	if f.CPUs != "" {
		delete(more, "cpu-quota")
		delete(more, "cpu-period")
	}
	if f.Memory == "" { // which limits memory and swap together
		delete(more, "memory-swap")
	}
	if s.More = more; len(more) == 0 {
		s.More = nil
	}
}

func (f Form) copied() Form {
	f.Ports = append([]PortRow(nil), f.Ports...)
	f.Mounts = append([]MountRow(nil), f.Mounts...)
	f.Env = append([]EnvRow(nil), f.Env...)
	lists := make(map[ListKind][]string, len(f.Lists))
	for kind, list := range f.Lists {
		lists[kind] = slices.Clone(list)
	}
	f.Lists = lists
	return f
}
