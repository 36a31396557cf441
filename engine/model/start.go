package model

import (
	"regexp"
	"strings"
)

// A startText is what an engine or its runtime says of a start that failed, and what that means; $1 and $2 are what it
// names.
type startText struct {
	re  *regexp.Regexp
	why string
}

// startTexts are tried in order. Neither engines nor runc have classes for them. Seen on Docker 20.10, 28
// and 29, with runc 1.1 and 1.5.
var startTexts = []startText{
	{regexp.MustCompile(`exec: "([^"]*)": executable file not found`), "There is no program named $1 in this image."},
	{
		regexp.MustCompile(`exec: "([^"]*)": permission denied|exec (/\S+): permission denied`),
		"$1$2 in this image may not be run: it is no program, or nobody made it executable (chmod +x).",
	},
	{regexp.MustCompile(`exec: "([^"]*)": is a directory`), "$1 in this image is a folder, not a program."},
	{regexp.MustCompile(`exec: "([^"]*)": (?:stat [^:]*: )?no such file or directory|exec (/\S+): no such file or directory`), "There is no $1$2 in this image, or it is a script whose first line names a program that is not there. One that was saved with Windows line ends (CRLF) fails so, too."},
	{
		regexp.MustCompile(`exec (?:"([^"]*)"|(/\S+)): exec format error|exec: "([^"]*)": exec format error`),
		"$1$2$3 cannot be run on this computer: it is for another kind of processor, or a script without a first line that says what runs it.",
	},
	{
		regexp.MustCompile(`exec format error`),
		"Its program cannot be run on this computer: it is for another kind of processor, or a script without a first line that says what runs it.",
	},
	{regexp.MustCompile(`mount(?:ing)? (?:src=)?"?([^",\s]+)"?(?:, dst=| to rootfs at )"?([^",\s]+)"?[^:]*:.*(?:not a directory|Are you trying to mount a directory)`), "One of $1 and $2 is a folder and the other is a file: a folder goes over a folder, and a file over a file. What is at $2 is the image's."},
	{
		regexp.MustCompile(`not a directory.*Are you trying to mount a directory`),
		"A folder is mounted over a file of the image, or a file over a folder.",
	},
	{
		regexp.MustCompile(`bind source path does not exist: (.+?)(?:: unknown)?$`),
		"There is no $1 any more, which is mounted into it.",
	},
	{
		regexp.MustCompile(`(?:error while )?mounting volume '([^']*)': failed to mount local volume: mount ([^:]*):`),
		"The volume at $1 stands for $2, which the engine cannot mount: it is not there, or does not answer.",
	},
	{regexp.MustCompile(`Bind for (?:\S*?):?(\d+) failed: port is already allocated|listen (?:tcp|udp)\d? \S*?:(\d+): bind: address already in use|failed to bind host port (?:for )?\S*?:(\d+)\b.*address already in use`), "Port $1$2$3 is already in use."},
	{
		regexp.MustCompile(`cannot assign requested address|listen tcp\S* (\S+): bind: cannot`),
		"It wants a port at an address that the engine's machine does not have.",
	},
	{
		regexp.MustCompile(`could not select device driver "" with capabilities: \[\[gpu\]\]|failed to discover GPU vendor`),
		"It wants a GPU, and this engine has none to give: NVIDIA's container toolkit is missing, or the card.",
	},
	{
		regexp.MustCompile(`error gathering device information while adding custom device "([^"]*)": no such file`),
		"The device $1 is not there: it may be unplugged.",
	},
	{regexp.MustCompile(`network (\S+) not found`), "Its network $1 does not exist any more."},
	{
		regexp.MustCompile(`cannot join network (?:namespace )?of a non running container:? ?(\S*)|No such container: (\S+)`),
		"It uses the network of another container, which does not run: $1$2.",
	},
	{regexp.MustCompile(`unable to find user (\S+): no matching entries`), "The image has no user named $1."},
	{
		regexp.MustCompile(`(?:chdir to cwd|OCI runtime create failed.*cwd) \("([^"]*)"\).*permission denied`),
		"Its user may not enter $1, where its program is to start.",
	},
	{regexp.MustCompile(`no space left on device`), "The disk of the engine is full."},
	{regexp.MustCompile(`cannot allocate memory`), "There is not enough memory to start it."},
	{
		regexp.MustCompile(`unknown or invalid runtime name: (\S+)|unknown runtime specified (\S+)`),
		"The engine has no runtime named $1$2.",
	},
	{regexp.MustCompile(`failed to initialize logging driver: (.*)`), "Where its output is to go does not answer: $1"},
}

// wrappers are what runtimes put before what they have to say.
var wrappers = regexp.MustCompile(`^(?:(?:Error response from daemon|failed to create task for container|failed to create shim task|failed to start shim|failed to create shim|OCI runtime (?:create|start) failed|runc create failed|unable to start container process|container_linux\.go:\d+|starting container process caused|error during container init|process_linux\.go:\d+|rootfs_linux\.go:\d+|container init caused|starting container process caused "process_linux\.go:\d+|driver failed programming external connectivity on endpoint \S+ \([0-9a-f]+\)):? ?)+`)

// wholeID is a container's ID, of which nobody reads more than docker shows.
var wholeID = regexp.MustCompile(`\b[0-9a-f]{64}\b`)

// StartWhy says in a sentence what an engine's text of a failed start means; "" where that is not known.
func StartWhy(text string) string {
	for _, t := range startTexts {
		if m := t.re.FindStringSubmatchIndex(text); m != nil {
			why := string(t.re.ExpandString(nil, t.why, text, m))
			return Visible(wholeID.ReplaceAllStringFunc(why, func(id string) string { return id[:12] }))
		}
	}
	return ""
}

// ExplainStart says why a start failed: in our words where they are known, else in the engine's, with what it has to
// say first.
func ExplainStart(text string) string {
	if why := StartWhy(text); why != "" {
		return why
	}
	text = strings.TrimSuffix(strings.TrimSpace(wrappers.ReplaceAllString(text, "")), ": unknown")
	if text == "" {
		return "The engine does not say why."
	}
	return "Its last start failed: " + text
}
