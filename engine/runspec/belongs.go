package runspec

import "strings"

// BelongsTo says to whom a label makes a container belong: a copy that had it would be taken for their own, and removed
// or replaced by them. It is "" for every other label.
func BelongsTo(label, value string) string {
	switch {
	case label == "com.docker.compose.project":
		return "the Compose project “" + Shorten(value) + "”"
	case strings.HasPrefix(label, "com.docker.compose."), strings.HasPrefix(label, "io.podman.compose."):
		return "Compose"
	case label == "com.docker.stack.namespace":
		return "the stack “" + Shorten(value) + "”"
	case strings.HasPrefix(label, "com.docker.stack."):
		return "a stack"
	case strings.HasPrefix(label, "com.docker.swarm."):
		return "a swarm"
	case strings.HasPrefix(label, "desktop.docker.io/"), strings.HasPrefix(label, "com.docker.desktop."):
		return "Docker Desktop"
	}
	return ""
}
