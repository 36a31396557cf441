package paste

import (
	"regexp"
	"slices"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"
)

// relative begins a path that counts from the folder that a terminal is in.
var relative = regexp.MustCompile(`^\.\.?(?:[/\\]|$)`)

// Here tells whether the command speaks of the folder that a terminal is in.
func (c Command) Here() bool {
	return slices.ContainsFunc(c.Spec.Mounts, func(m runspec.Mount) bool {
		return strings.HasPrefix(m.Source, Here) || relative.MatchString(m.Source)
	})
}

// At is the spec of the command for a terminal in the folder here, of a person whose own folder is home: mounts have
// whole paths then, as a shell and docker would make of them.
func (c Command) At(here, home string) runspec.Spec {
	s := c.Spec
	s.Mounts = slices.Clone(s.Mounts)
	for i, m := range s.Mounts {
		switch {
		case strings.HasPrefix(m.Source, Here):
			m.Source = here + strings.TrimPrefix(m.Source, Here)
		case relative.MatchString(m.Source):
			m.Source = strings.TrimSuffix(here+"/"+strings.TrimPrefix(strings.TrimPrefix(m.Source, "."), "/"), "/")
		case m.Source == "~", strings.HasPrefix(m.Source, "~/"):
			m.Source = home + m.Source[1:]
		case strings.HasPrefix(m.Source, "$HOME"):
			m.Source = home + strings.TrimPrefix(m.Source, "$HOME")
		case strings.HasPrefix(m.Source, "${HOME}"):
			m.Source = home + strings.TrimPrefix(m.Source, "${HOME}")
		default:
			continue
		}
		m.Kind = runspec.Bind
		s.Mounts[i] = m
	}
	return s
}

// tagged ends what is the name of an image with a tag.
var tagged = regexp.MustCompile(`^(/.*?)/((?:[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]+)?/)?[a-z0-9._-]+/[a-z0-9._-]+:[\w.-]+)$`)

// Mended is the command as it was probably meant, and why; "" where it seems to be as it is meant.
func (c Command) Mended() (line string, why model.Fact) {
	if words := c.unglued(); words != nil {
		return runspec.HideSecrets(words).WithSecrets(), model.Say("paste.a-blank-is-missing")
	}
	if words := c.optionsFirst(); words != nil {
		return runspec.HideSecrets(words).WithSecrets(), model.Say("paste.options-stand-behind-the-image")
	}
	return "", model.Fact{}
}

// unglued are the words behind "docker" where a missing blank has made the image a part of a mount:
//
//	-v /data:/home/jupyter/scipy-notebook:python-3.8
func (c Command) unglued() []string {
	if c.Wrong == nil || c.Wrong.Why.Code != model.Say("runspec.the-image-is-missing").Code || len(c.Words) < 3 {
		return nil
	}
	last := c.Words[len(c.Words)-1]
	source, target, ok := strings.Cut(last, ":")
	m := tagged.FindStringSubmatch(target)
	if !ok || m == nil || !isReference(m[2]) {
		return nil
	}
	return append(slices.Clone(c.Words[1:len(c.Words)-1]), source+":"+m[1], m[2])
}

// optionsFirst are the words behind "docker" where all that stands behind the image could be options of docker:
//
//	docker run nginx -p 8080:80 -d
func (c Command) optionsFirst() []string {
	s := c.Spec
	if c.Wrong != nil || len(s.Command) == 0 || !strings.HasPrefix(s.Command[0], "-") {
		return nil
	}
	if again, _, err := runspec.ParseRun(append(slices.Clone(s.Command), s.Image)); err != nil || again.Image != s.Image ||
		len(again.Command) > 0 {
		return nil
	}
	before := c.Words[1 : len(c.Words)-len(s.Command)-1]
	return slices.Concat(before, s.Command, []string{s.Image})
}
