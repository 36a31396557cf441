package runspec

import (
	"strings"

	"slipway/engine/model"
)

// BelongsTo says to whom a label makes a container belong: a copy that had it would be taken for their own, and removed
// or replaced by them. It is "" for every other label.
func BelongsTo(label, value string) model.Fact {
	switch {
	case label == "com.docker.compose.project":
		return model.Say("runspec.the-compose-project", model.Args{"Name": model.Name(Shorten(value))})
	case strings.HasPrefix(label, "com.docker.compose."), strings.HasPrefix(label, "io.podman.compose."):
		return model.Say("runspec.compose")
	case label == "com.docker.stack.namespace":
		return model.Say("runspec.the-stack", model.Args{"Name": model.Name(Shorten(value))})
	case strings.HasPrefix(label, "com.docker.stack."):
		return model.Say("runspec.a-stack")
	case strings.HasPrefix(label, "com.docker.swarm."):
		return model.Say("runspec.a-swarm")
	case strings.HasPrefix(label, "desktop.docker.io/"), strings.HasPrefix(label, "com.docker.desktop."):
		return model.Say("runspec.docker-desktop")
	}
	return model.Fact{}
}
