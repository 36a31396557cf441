package model

import (
	"regexp"
)

// outputTexts are what programs print before they end, and what to do about it.
var outputTexts = []struct {
	re  *regexp.Regexp
	fix func(groups []string) Fact
}{
	{
		regexp.MustCompile(`exec format error`),
		always(Say("model.the-program-is-for-another")),
	},
	{regexp.MustCompile(`\^M: bad interpreter|\\r['’]?: No such file|env: ['‘]?[\w.]+\\r|: not found\r|\$'\\r': command not found`), always(Say("model.a-script-was-saved-with"))},
	{regexp.MustCompile(`(?i)Permission denied: '?"?(/home/[^'":]+)|mkdir: cannot create directory ['‘]?(/home/[^'’:]+)['’]?: Permission denied|KeyError: 'runtime_dir'`), always(Say("model.its-user-may-not-write"))},
	{
		regexp.MustCompile(`(?i)Permission denied`),
		always(Say("model.its-user-may-not-write-or")),
	},
	{
		regexp.MustCompile(`ModuleNotFoundError: No module named '([\w.]+)'`),
		func(m []string) Fact { return Say("model.the-image-lacks-the-package", Args{"Package": Name(m[0])}) },
	},
	{
		regexp.MustCompile(`lib[\w.+-]+\.so[\w.]*: cannot open shared object file`),
		always(Say("model.the-image-lacks-a-library")),
	},
	{
		regexp.MustCompile(`(?i)address already in use`),
		always(Say("model.something-in-the-container-or")),
	},
	{
		regexp.MustCompile(`MemoryError|std::bad_alloc|Cannot allocate memory`),
		always(Say("model.it-ran-out-of-memory")),
	},
	{
		regexp.MustCompile(`No space left on device`),
		always(Say("model.a-disk-that-it-writes")),
	},
	{
		regexp.MustCompile(`Running as root is not recommended|allow-root`),
		always(Say("model.jupyter-does-not-run-as")),
	},
	{
		regexp.MustCompile(`standard_init_linux\.go.*no such file or directory|exec .*: no such file or directory`),
		always(Say("model.its-command-is-not-in")),
	},
}

// OutputHint is what to do about what a program printed before it ended; nothing where that is not known.
func OutputHint(output string) Fact {
	for _, t := range outputTexts {
		if groups := matched(t.re, output); groups != nil {
			return t.fix(groups)
		}
	}
	return Fact{}
}
