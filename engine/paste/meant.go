package paste

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"slipway/engine/runspec"

	"github.com/distribution/reference"
)

// MeantImage is the image that somebody meant who wrote or pasted something else where a name belongs: a whole command,
// a line of a Dockerfile, the address of a page about it, or a name with capitals, typographic characters or letters of
// another script. It is "" where that cannot be told.
func MeantImage(text string) string {
	text = strings.TrimSpace(strings.Trim(strings.TrimSpace(runspec.Plain(text)), "`"))
	for _, read := range []func(string) string{imageOfPage, imageOfLine, strings.TrimSpace} {
		name := latin(read(text))
		if name == "" {
			continue
		}
		if _, err := reference.ParseDockerRef(name); err == nil {
			return name
		}
		if name = smallLetters(name); isReference(name) {
			return name
		}
	}
	return ""
}

// runCommand is docker run or create with more than one word behind it.
var runCommand = regexp.MustCompile(`(?:^|\s)(?:run|create)\s+\S+\s+\S`)

// MeantMore tells of what [MeantImage] understands that it is a command which says more than the image's name.
func MeantMore(text string) bool {
	text = continuations.ReplaceAllString(runspec.Plain(text), " ")
	return imageOfLine(strings.TrimSpace(strings.Trim(strings.TrimSpace(text), "`"))) != "" && runCommand.MatchString(text)
}

// LacksImage tells of a docker run or create that it names no image: its last word belongs to an option.
func LacksImage(text string) bool {
	words := dockerWords(text)
	if len(words) < 2 || words[0] != "run" && words[0] != "create" {
		return false
	}
	s, _, _ := runspec.ParseRun(words[1:])
	return s.Image == ""
}

// IsCommand tells of a text that it is a command of docker.
func IsCommand(text string) bool { return len(dockerWords(text)) > 0 }

func isReference(name string) bool {
	_, err := reference.ParseDockerRef(name)
	return err == nil
}

// smallLetters writes a name as names are written; the tag may have capitals.
func smallLetters(name string) string {
	path, rest := name, ""
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		path, rest = name[:i], name[i:]
	}
	return strings.ToLower(path) + rest
}

// twins are letters of other scripts that look like Latin ones.
var twins = strings.NewReplacer(
	"а", "a", "с", "c", "ԁ", "d", "е", "e", "һ", "h", "і", "i", "ј", "j", "к", "k", "ӏ", "l", "м", "m", "о", "o", "р", "p",
	"ѕ", "s", "т", "t", "ѵ", "v", "х", "x", "у", "y",
	"α", "a", "ο", "o", "ν", "v", "ρ", "p", "ι", "i", "κ", "k", "τ", "t", "υ", "u")

func latin(name string) string { return twins.Replace(name) }

// pages are where registries show an image; the groups are what its name is made of.
var pages = []struct {
	form *regexp.Regexp
	name string
}{
	{regexp.MustCompile(`^hub\.docker\.com/_/([^/]+)`), "$1"},
	{regexp.MustCompile(`^hub\.docker\.com/(?:r|repository/docker)/([^/]+/[^/]+)`), "$1"},
	{regexp.MustCompile(`^(?:registry\.)?hub\.docker\.com/(?:layers|v2/repositories)/([^/]+/[^/]+)`), "$1"},
	{regexp.MustCompile(`^quay\.io/repository/([^/]+/[^/]+)`), "quay.io/$1"},
	{regexp.MustCompile(`^github\.com/(?:users/|orgs/)?([^/]+)/(?:[^/]+/)?(?:pkgs|packages)/container/(?:package/)?([^/]+)`), "ghcr.io/$1/$2"},
	{regexp.MustCompile(`^gallery\.ecr\.aws/([^/]+/.+?)/?$`), "public.ecr.aws/$1"},
	{regexp.MustCompile(`^mcr\.microsoft\.com/(?:[a-z]{2}-[a-z]{2}/)?(?:product|artifact/mar)/(.+?)(?:/(?:about|tags))?/?$`), "mcr.microsoft.com/$1"},
	{regexp.MustCompile(`^catalog\.ngc\.nvidia\.com/orgs/([^/]+)/containers/([^/]+)`), "nvcr.io/$1/$2"},
	{regexp.MustCompile(`^catalog\.ngc\.nvidia\.com/orgs/([^/]+)/teams/([^/]+)/containers/([^/]+)`), "nvcr.io/$1/$2/$3"},
}

// IsPage tells of what could be the name of an image that it is the address of a page about one.
func IsPage(text string) bool { return !strings.Contains(text, "://") && imageOfPage(text) != "" }

// imageOfPage reads the address of a page, or an image's name with a scheme before it.
func imageOfPage(text string) string {
	whole := strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")
	if !whole {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return ""
	}
	place := strings.TrimPrefix(u.Host, "www.") + u.Path
	for _, p := range pages {
		if m := p.form.FindStringSubmatchIndex(place); m != nil {
			return string(p.form.ExpandString(nil, p.name, place, m))
		}
	}
	if !whole {
		return ""
	}
	return strings.TrimSuffix(place, "/")
}

var (
	prompt        = regexp.MustCompile(`^(?:\$|#|>|%|PS [^>]*>|(?:\([\w.-]+\) )?\[?[\w.-]+@[\w.-]+[: ~][^$#%]*[$#%])\s+|^!\s*`)
	continuations = regexp.MustCompile("[\\\\`^]\\s*\\n\\s*")
	setBefore     = regexp.MustCompile(`^[A-Za-z_]\w*=`)
	composeLine   = regexp.MustCompile(`^(?:-\s*)?image:\s*["']?([^\s"'#]+)`)
)

// globalOptions are those of docker itself that have a value behind them.
var globalOptions = []string{
	"-H", "--host", "-c", "--context", "--config", "-l", "--log-level", "--tlscacert",
	"--tlscert", "--tlskey",
}

// imageOfLine reads a command, or a line of a Dockerfile or of a Compose file.
func imageOfLine(text string) string {
	if m := composeLine.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	if words := lineWords(text); len(words) > 1 && strings.EqualFold(words[0], "from") {
		return firstWord(words[1:], nil)
	}
	words := dockerWords(text)
	if len(words) < 2 {
		return ""
	}
	switch words[0] {
	case "pull", "inspect", "history", "rmi", "push":
		return firstWord(words[1:], []string{"--platform"})
	case "run", "create":
		s, _, _ := runspec.ParseRun(words[1:])
		return s.Image
	}
	return ""
}

// lineWords are the words of a line, or of one that is continued, without what only a terminal or a shell has before
// them.
func lineWords(text string) []string {
	text = continuations.ReplaceAllString(prompt.ReplaceAllString(text, ""), " ")
	line, _, _ := strings.Cut(text, "\n")
	words := strings.Fields(line)
	if split, err := runspec.SplitWords(line); err == nil {
		words = split
	}
	for len(words) > 0 && (words[0] == "sudo" || words[0] == "env" || words[0] == "time" ||
		setBefore.MatchString(words[0]) ||
		strings.HasPrefix(words[0], "-") && len(words) > 1 && !strings.HasPrefix(words[0], "--")) {
		words = words[1:]
	}
	return words
}

// dockerWords are the words of a docker command behind its name and its own options; "image" and "container" are left
// out. They are none for any other text.
func dockerWords(text string) []string {
	words := lineWords(strings.TrimSpace(strings.Trim(strings.TrimSpace(runspec.Plain(text)), "`")))
	if _, _, words = splitDocker(words); len(words) > 0 && (words[0] == "image" || words[0] == "container") {
		words = words[1:]
	}
	return words
}

// firstWord is the first word that is neither an option nor the value of one.
func firstWord(words []string, withValue []string) string {
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case !strings.HasPrefix(w, "-"):
			return w
		case slices.Contains(withValue, w):
			i++
		case !strings.HasPrefix(w, "--") && len(w) > 2 && slices.Contains(withValue, "-"+w[len(w)-1:]) &&
			!slices.Contains(withValue, w[:2]):
			i++ // as -itp 80:80
		}
	}
	return ""
}
