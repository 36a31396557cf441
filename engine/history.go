package engine

import (
	"context"
	"regexp"
	"strings"
	"time"

	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/docker/docker/api/types/registry"
)

// History lists the steps that an image was built in, the last first, as docker history does.
func (e *Engine) History(ctx context.Context, ref string) ([]model.Layer, error) {
	list, err := e.cli.ImageHistory(ctx, ref)
	if err != nil {
		return nil, explain(err, subject{what: model.Say("engine.cannot-read-the-layers-of",
			model.Args{"ShortRef": model.Name(shortRef(ref))})})
	}
	out := make([]model.Layer, len(list))
	for i, l := range list {
		out[i] = model.Layer{Instruction: runspec.HideInstruction(instruction(l.CreatedBy)), Size: l.Size}
		if l.Created > 0 {
			out[i].Created = time.Unix(l.Created, 0)
		}
	}
	return out, nil
}

// ran matches what builders write down of a step: the command that they ran, and in front of it what ARG lines gave.
var ran = regexp.MustCompile(`(?s)^(?:RUN )?(?:\|\d+ (.*?) )?/bin/sh -c (.*)$`)

// instruction is a step as it stands in a Dockerfile.
func instruction(createdBy string) string {
	text := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(createdBy), "# buildkit"))
	m := ran.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	if line, ok := strings.CutPrefix(m[2], "#(nop)"); ok {
		return strings.TrimSpace(line)
	}
	text = "RUN " + strings.TrimSpace(m[2])
	if m[1] != "" {
		text += "   (" + m[1] + ")"
	}
	return text
}

// Search asks Docker Hub, through the engine, for images whose names have the term in them, the best known first.
func (e *Engine) Search(ctx context.Context, term string, limit int) ([]model.Found, error) {
	list, err := e.cli.ImageSearch(ctx, term, registry.SearchOptions{Limit: limit})
	if err != nil {
		return nil, explain(err, subject{what: model.Say("engine.cannot-search-for", model.Args{"Term": model.Name(term)})})
	}
	out := make([]model.Found, len(list))
	for i, r := range list {
		out[i] = model.Found{
			Name: r.Name, Description: strings.TrimSpace(r.Description), Stars: r.StarCount,
			Official: r.IsOfficial,
		}
	}
	return out, nil
}
