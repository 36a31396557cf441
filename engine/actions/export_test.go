package actions

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"time"
)

// HoldRemovals has removals wait as [Options.Undo] does, from now on.
func (a *Actions) HoldRemovals(d time.Duration, paused func() bool) {
	a.undo, a.paused = func() time.Duration { return d }, paused
}

// Pack packs a file or a folder of this computer as [Actions.UploadFiles] does, and tells what was left out.
func Pack(ctx context.Context, to io.Writer, local string) (left []string, err error) {
	p := &packer{user: 1000, group: 100, progress: func(int64) {}}
	out := tar.NewWriter(to)
	err = errors.Join(p.pack(ctx, out, local), out.Close())
	return p.left, err
}
