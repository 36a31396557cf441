//go:build linux

package actions_test

import (
	"context"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
)

func removeForced(cli *client.Client, id string) {
	_ = cli.ContainerRemove(context.Background(), id, container.RemoveOptions{Force: true}) // mostly gone already
}
