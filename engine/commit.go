package engine

import (
	"context"

	"slipway/engine/model"

	"github.com/docker/docker/api/types/container"
)

// Commit keeps what a container holds as an image of that name, with lines of a Dockerfile (LABEL, ENV) on top. A
// running container stands still meanwhile. Mounted folders and volumes are not part of it. It returns the image's ID.
// What it notes in the image is English, since images are shared.
func (e *Engine) Commit(ctx context.Context, c model.Container, ref string, changes ...string) (string, error) {
	r, err := e.cli.ContainerCommit(ctx, c.ID, container.CommitOptions{
		Reference: ref, Changes: changes, Pause: true,
		Config: e.commitConfig(), Comment: "kept by Slipway from " + c.Name,
	})
	if err != nil {
		return "", explain(err, subject{what: model.Say("engine.cannot-keep-as-an-image",
			model.Args{"Name": model.Name(c.Name)}), container: c.ID})
	}
	return r.ID, nil
}
