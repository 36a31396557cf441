package runspec

import (
	"regexp"
	"slices"
	"strings"
)

// MountKind tells a folder of the engine's machine from a named volume.
type MountKind string

// The kinds of mounts.
const (
	Bind   MountKind = "bind"
	Volume MountKind = "volume"
)

// Mount puts a folder or a volume into the container.
type Mount struct {
	Kind MountKind
	// Source is an absolute path of a folder, a file, a socket or a device, or the name of a volume.
	Source string
	// Target is an absolute path in the container.
	Target   string
	ReadOnly bool
	// Relabel lets containers use the folder where SELinux would not; it changes the folder's own label.
	Relabel bool
	// Options are further ones, as -v or --mount takes them: "Z", "rslave", "nocopy"; "bind-propagation=rshared",
	// "volume-driver=nfs".
	Options []string
	// Long tells that it is said with --mount, whose options are others.
	Long bool
}

// long tells whether --mount says it: what -v cannot say, since a colon in a path would be read as its separator.
func (m Mount) long() bool {
	return m.Long || !m.Relabel && len(m.Options) == 0 && (strings.Contains(windowsDrive.ReplaceAllString(m.Source, ""),
		":") || strings.Contains(m.Target, ":"))
}

// Bind is the mount as -v takes it.
func (m Mount) Bind() string {
	var options []string
	if m.ReadOnly {
		options = append(options, "ro")
	}
	if m.Relabel {
		options = append(options, "z")
	}
	v := m.Source + ":" + m.Target
	if options = append(options, m.Options...); len(options) > 0 {
		v += ":" + strings.Join(options, ",")
	}
	return v
}

// Fields is the mount as --mount takes it.
func (m Mount) Fields() string {
	fields := []string{"type=" + string(m.Kind), "source=" + m.Source, "target=" + m.Target}
	if m.ReadOnly {
		fields = append(fields, "readonly")
	}
	return MountFields(append(fields, m.Options...))
}

// MountFields joins fields into what --mount takes, which docker reads as CSV.
func MountFields(fields []string) string {
	quoted := make([]string, len(fields))
	for i, f := range fields {
		if quoted[i] = f; strings.ContainsAny(f, "\",\n\r") || strings.HasPrefix(f, " ") {
			quoted[i] = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
		}
	}
	return strings.Join(quoted, ",")
}

// windowsDrive begins a path of Windows, whose colon separates nothing.
var windowsDrive = regexp.MustCompile(`^[a-zA-Z]:[\\/]`)

// ParseBind reads what -v takes, as engines do: a source, a place in the container, and options. A source that is no
// path is the name of a volume; "" is an anonymous one.
func ParseBind(text string) Mount {
	drive := windowsDrive.FindString(text)
	if !strings.Contains(text[len(drive):], ":") { // else there is no place in the container
		drive = ""
	}
	parts := strings.Split(text[len(drive):], ":")
	parts[0] = drive + parts[0]
	for i := 1; i < len(parts)-1; i++ { // a drive of a container of Windows
		if len(parts[i]) == 1 && strings.ContainsAny(parts[i+1][:min(1, len(parts[i+1]))], `\/`) &&
			windowsDrive.MatchString(parts[i]+":"+parts[i+1]) {
			parts = slices.Replace(parts, i, i+2, parts[i]+":"+parts[i+1])
		}
	}
	if len(parts) == 1 {
		return Mount{Kind: Volume, Target: parts[0]}
	}
	m := Mount{Kind: Volume, Source: parts[0], Target: parts[1]}
	if strings.HasPrefix(m.Source, "/") || strings.HasPrefix(m.Source, `\\`) || strings.HasPrefix(m.Source, ".") ||
		strings.HasPrefix(m.Source, "~") || drive != "" {
		m.Kind = Bind
	}
	if len(parts) < 3 {
		return m
	}
	for _, o := range strings.Split(strings.Join(parts[2:], ":"), ",") {
		switch o {
		case "ro":
			m.ReadOnly = true
		case "z":
			m.Relabel = true
		case "":
		default:
			m.Options = append(m.Options, o)
		}
	}
	return m
}

// mountWords are the mounts that --mount says, or those that -v does.
func mountWords(list []Mount, long bool) []string {
	var words []string
	for _, m := range list {
		switch {
		case m.long() != long:
		case long:
			words = append(words, m.Fields())
		default:
			words = append(words, m.Bind())
		}
	}
	return words
}
