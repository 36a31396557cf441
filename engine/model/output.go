package model

import "regexp"

// outputTexts are what programs print before they end, and what to do about it.
var outputTexts = []struct {
	re  *regexp.Regexp
	fix string
}{
	{
		regexp.MustCompile(`exec format error`),
		"The program is for another kind of processor: choose an image for this one, or a tag with its name (amd64, arm64).",
	},
	{regexp.MustCompile(`\^M: bad interpreter|\\r['’]?: No such file|env: ['‘]?[\w.]+\\r|: not found\r|\$'\\r': command not found`), "A script was saved with Windows line ends (CRLF). Save it with Unix line ends, then build or run again."},
	{regexp.MustCompile(`(?i)Permission denied: '?"?(/home/[^'":]+)|mkdir: cannot create directory ['‘]?(/home/[^'’:]+)['’]?: Permission denied|KeyError: 'runtime_dir'`), "Its user may not write into its home folder. With a volume over the home set CHOWN_HOME=yes (and NB_USER, --user root), or mount the folder below the home, as /home/jovyan/work."},
	{
		regexp.MustCompile(`(?i)Permission denied`),
		"Its user may not write or read something: look at who owns the folder that is mounted, or run it as another user.",
	},
	{
		regexp.MustCompile(`ModuleNotFoundError: No module named '([\w.]+)'`),
		"The image lacks the Python package $1: install it in an image of your own, or choose an image that has it.",
	},
	{
		regexp.MustCompile(`lib[\w.+-]+\.so[\w.]*: cannot open shared object file`),
		"The image lacks a library that its program needs.",
	},
	{
		regexp.MustCompile(`(?i)address already in use`),
		"Something in the container, or on the host's network, has its port already.",
	},
	{
		regexp.MustCompile(`MemoryError|std::bad_alloc|Cannot allocate memory`),
		"It ran out of memory: raise its limit, or load less data.",
	},
	{
		regexp.MustCompile(`No space left on device`),
		"A disk that it writes to is full: /dev/shm, its own, or the engine's.",
	},
	{
		regexp.MustCompile(`Running as root is not recommended|allow-root`),
		"Jupyter does not run as root unless it is told to: add --allow-root, or choose a user.",
	},
	{
		regexp.MustCompile(`standard_init_linux\.go.*no such file or directory|exec .*: no such file or directory`),
		"Its command is not in the image, or is a script whose first line names what is not there; one with Windows line ends (CRLF) fails so, too.",
	},
}

// OutputHint says what to do about what a program printed before it ended; "" where that is not known.
func OutputHint(output string) string {
	for _, t := range outputTexts {
		if m := t.re.FindStringSubmatchIndex(output); m != nil {
			return string(t.re.ExpandString(nil, t.fix, output, m))
		}
	}
	return ""
}
