package model

import (
	"regexp"
	"strings"
)

// A startText is what an engine or its runtime says of a start that failed, and what that means; why is
// given the groups that matched.
type startText struct {
	re  *regexp.Regexp
	why func(groups []string) Fact
}

// always is a meaning that names nothing.
func always(f Fact) func([]string) Fact { return func([]string) Fact { return f } }

// startTexts are tried in order. Neither engines nor runc have classes for them. Seen on Docker 20.10, 28
// and 29, with runc 1.1 and 1.5.
var startTexts = []startText{
	{
		regexp.MustCompile(`exec: "([^"]*)": executable file not found`),
		func(m []string) Fact { return Say("model.no-program-of-this-name", Args{"Program": Name(m[0])}) },
	},
	{
		regexp.MustCompile(`exec: "([^"]*)": permission denied|exec (/\S+): permission denied`),
		func(m []string) Fact { return Say("model.may-not-be-run", Args{"Program": Name(m[0])}) },
	},
	{
		regexp.MustCompile(`exec: "([^"]*)": is a directory`),
		func(m []string) Fact { return Say("model.is-a-folder-not-a-program", Args{"Program": Name(m[0])}) },
	},
	{regexp.MustCompile(`exec: "([^"]*)": (?:stat [^:]*: )?no such file or directory|exec (/\S+): no such file or directory`), func(m []string) Fact { return Say("model.no-program-or-no-first-line", Args{"Program": Name(m[0])}) }},
	{
		regexp.MustCompile(`exec (?:"([^"]*)"|(/\S+)): exec format error|exec: "([^"]*)": exec format error`),
		func(m []string) Fact { return Say("model.cannot-be-run-here", Args{"Program": Name(m[0])}) },
	},
	{
		regexp.MustCompile(`exec format error`),
		always(Say("model.its-program-cannot-be-run")),
	},
	{regexp.MustCompile(`mount(?:ing)? (?:src=)?"?([^",\s]+)"?(?:, dst=| to rootfs at )"?([^",\s]+)"?[^:]*:.*(?:not a directory|Are you trying to mount a directory)`), func(m []string) Fact {
		return Say("model.a-folder-over-a-file", Args{"Source": Name(m[0]), "Target": Name(m[1])})
	}},
	{
		regexp.MustCompile(`not a directory.*Are you trying to mount a directory`),
		always(Say("model.a-folder-is-mounted-over")),
	},
	{
		regexp.MustCompile(`bind source path does not exist: (.+?)(?:: unknown)?$`),
		func(m []string) Fact { return Say("model.what-is-mounted-is-gone", Args{"Path": Name(m[0])}) },
	},
	{
		regexp.MustCompile(`(?:error while )?mounting volume '([^']*)': failed to mount local volume: mount ([^:]*):`),
		func(m []string) Fact {
			return Say("model.the-volume-stands-for-what", Args{"Path": Name(m[0]), "Device": Name(m[1])})
		},
	},
	{regexp.MustCompile(`Bind for (?:\S*?):?(\d+) failed: port is already allocated|listen (?:tcp|udp)\d? \S*?:(\d+): bind: address already in use|failed to bind host port (?:for )?\S*?:(\d+)\b.*address already in use`), func(m []string) Fact { return Say("model.port-in-use", Args{"Port": Name(m[0])}) }},
	{
		regexp.MustCompile(`cannot assign requested address|listen tcp\S* (\S+): bind: cannot`),
		always(Say("model.it-wants-a-port-at")),
	},
	{
		regexp.MustCompile(`could not select device driver "" with capabilities: \[\[gpu\]\]|failed to discover GPU vendor`),
		always(Say("model.it-wants-a-gpu-and")),
	},
	{
		regexp.MustCompile(`error gathering device information while adding custom device "([^"]*)": no such file`),
		func(m []string) Fact { return Say("model.no-such-device", Args{"Device": Name(m[0])}) },
	},
	{
		regexp.MustCompile(`network (\S+) not found`),
		func(m []string) Fact { return Say("model.its-network-is-gone", Args{"Network": Name(m[0])}) },
	},
	{
		regexp.MustCompile(`cannot join network (?:namespace )?of a non running container:? ?(\S*)|No such container: (\S+)`),
		func(m []string) Fact {
			if len(m) == 0 {
				return Say("model.the-other-does-not-run")
			}
			return Say("model.that-other-does-not-run", Args{"Container": Name(m[0])})
		},
	},
	{
		regexp.MustCompile(`unable to find user (\S+): no matching entries`),
		func(m []string) Fact { return Say("model.no-such-user", Args{"User": Name(m[0])}) },
	},
	{
		regexp.MustCompile(`(?:chdir to cwd|OCI runtime create failed.*cwd) \("([^"]*)"\).*permission denied`),
		func(m []string) Fact { return Say("model.may-not-enter-its-folder", Args{"Path": Name(m[0])}) },
	},
	{regexp.MustCompile(`no space left on device`), always(Say("common.the-disk-of-the-engine"))},
	{regexp.MustCompile(`cannot allocate memory`), always(Say("model.there-is-not-enough-memory"))},
	{
		regexp.MustCompile(`unknown or invalid runtime name: (\S+)|unknown runtime specified (\S+)`),
		func(m []string) Fact { return Say("model.no-such-runtime", Args{"Runtime": Name(m[0])}) },
	},
	{
		regexp.MustCompile(`failed to initialize logging driver: (.*)`),
		func(m []string) Fact { return Say("model.its-log-driver-does-not-answer", Args{"Why": Name(m[0])}) },
	},
}

// wrappers are what runtimes put before what they have to say.
var wrappers = regexp.MustCompile(`^(?:(?:Error response from daemon|failed to create task for container|failed to create shim task|failed to start shim|failed to create shim|OCI runtime (?:create|start) failed|runc create failed|unable to start container process|container_linux\.go:\d+|starting container process caused|error during container init|process_linux\.go:\d+|rootfs_linux\.go:\d+|container init caused|starting container process caused "process_linux\.go:\d+|driver failed programming external connectivity on endpoint \S+ \([0-9a-f]+\)):? ?)+`)

// wholeID is a container's ID, of which nobody reads more than docker shows.
var wholeID = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

// StartWhy is what an engine's text of a failed start means; nothing where that is not known.
func StartWhy(text string) Fact {
	for _, t := range startTexts {
		if groups := matched(t.re, text); groups != nil {
			return t.why(groups)
		}
	}
	return Fact{}
}

// matched are the groups of re that matched something in text, made visible; nil where re does not match.
func matched(re *regexp.Regexp, text string) []string {
	m := re.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	groups := []string{}
	for _, g := range m[1:] {
		if g != "" {
			short := wholeID.ReplaceAllStringFunc(g, func(id string) string { return id[:12] })
			groups = append(groups, Visible(short))
		}
	}
	return groups
}

// ExplainStart says why a start failed: in our words where they are known, else in the engine's, with what it has to
// say first.
func ExplainStart(text string) Fact {
	if why := StartWhy(text); !why.None() {
		return why
	}
	text = strings.TrimSuffix(strings.TrimSpace(wrappers.ReplaceAllString(text, "")), ": unknown")
	if text == "" {
		return Say("model.the-engine-does-not-say")
	}
	return Say("model.its-last-start-failed", Args{"Text": Raw(text)})
}
