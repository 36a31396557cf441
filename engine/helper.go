package engine

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"slipway/engine/model"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/mount"
)

// VolumeRoot is where a helper has its volume, see [Engine.Helper]. No image has anything there.
const VolumeRoot = "/slipway-volume"

// mostTried is how many images are looked at to find one for a helper.
const mostTried = 20

// mostHelperTries is how often a helper is tried whose image is taken away by somebody at the same time.
const mostHelperTries = 5

// helperImage is the name of the empty image that helpers are made from where no other fits. It is removed with them.
const helperImage = "slipway-helper:empty"

// Helper makes a container that is never started, through which the engine reads and writes what is in a volume. It is
// made from an image that is here, and carries [model.LabelHelper], so that it is not listed. Whoever asks for it calls
// [Engine.RemoveHelper]. While it is there the engine does not remove the volume. run is the run of Slipway, and jobID
// the job that copies through it, "" for somebody who looks.
func (e *Engine) Helper(ctx context.Context, v model.Volume, readOnly bool, run,
	jobID string,
) (model.Container, error) {
	return e.helper(ctx, v.Name, nil, readOnly, run, jobID)
}

// NewVolume makes a volume with labels, through the helper that writes into it, in one request where the engine can:
// whatever happens, there is no volume without its helper then. A volume of that name is [model.ProblemNameTaken].
func (e *Engine) NewVolume(ctx context.Context, name string, labels map[string]string, run,
	jobID string,
) (model.Container, error) {
	s := subject{what: model.Say("engine.cannot-make-the-volume", model.Args{"Name": model.Name(name)})}
	if e.dialect.labelsAlone {
		v, err := e.CreateVolume(ctx, name, labels)
		if err != nil {
			return model.Container{}, err
		}
		return e.Helper(ctx, v, false, run, jobID)
	}
	if err := e.noVolume(ctx, name, s); err != nil {
		return model.Container{}, err
	}
	labels = maps.Clone(labels)
	e.key.SignVolume(e.info.ID, name, labels)
	c, err := e.helper(ctx, name, labels, false, run, jobID)
	if err != nil {
		return c, err
	}
	v, err := e.Volume(ctx, name)
	if err == nil && !maps.Equal(v.Labels, labels) { // somebody else made it meanwhile
		err = volumeThere(s)
	}
	if err != nil {
		return model.Container{}, errors.Join(err, e.RemoveHelper(context.WithoutCancel(ctx), c))
	}
	return c, nil
}

func (e *Engine) helper(ctx context.Context, volume string, volumeLabels map[string]string, readOnly bool, run,
	jobID string,
) (model.Container, error) {
	s := subject{what: model.Say("engine.cannot-look-into-the-volume", model.Args{"Volume": model.Name(volume)})}
	labels := map[string]string{model.LabelHelper: volume, model.LabelRun: run}
	if jobID != "" {
		labels[model.LabelJob] = jobID
	}
	var random [4]byte
	if _, err := rand.Read(random[:]); err != nil {
		return model.Container{}, explain(err, s)
	}
	host := &container.HostConfig{
		NetworkMode: "none",
		// What the image has in that place must not be copied into an empty volume.
		Mounts: []mount.Mount{{
			Type: mount.TypeVolume, Source: volume, Target: VolumeRoot, ReadOnly: readOnly,
			VolumeOptions: &mount.VolumeOptions{NoCopy: true, Labels: volumeLabels},
		}},
	}
	var r container.CreateResponse
	for try := 1; ; try++ {
		img, err := e.imageForHelper(ctx)
		if err != nil {
			return model.Container{}, explain(err, s)
		}
		cfg := &container.Config{Image: img, Cmd: []string{"none"}, Entrypoint: []string{"none"}, Labels: maps.Clone(labels)}
		e.sign(ctx, cfg)
		r, err = e.cli.ContainerCreate(ctx, cfg, host, nil, nil, model.HelperPrefix+hex.EncodeToString(random[:]))
		if errdefs.IsNotFound(err) && try < mostHelperTries { // the image went in between, the empty one with another helper
			continue
		}
		if err != nil {
			return model.Container{}, explain(err, s)
		}
		break
	}
	c, err := e.Container(ctx, r.ID)
	if err != nil {
		err = errors.Join(err, e.RemoveHelper(context.WithoutCancel(ctx), model.Container{ID: r.ID}))
		return model.Container{}, explain(err, s)
	}
	return c, nil
}

// doneSuffix is behind the name of a helper that has filled its volume.
const doneSuffix = "-done"

// MarkDone marks a helper as one whose volume is whole, so that it does not pass for one that was cut off, see [Done].
func (e *Engine) MarkDone(ctx context.Context, c model.Container) error {
	return e.Rename(ctx, c, c.Name+doneSuffix)
}

// Done tells of a helper whether it was marked by [Engine.MarkDone].
func Done(helper model.Container) bool { return strings.HasSuffix(helper.Name, doneSuffix) }

// RemoveHelper removes a helper, and the empty image if it was made from that. One that is gone is no error.
func (e *Engine) RemoveHelper(ctx context.Context, c model.Container) error {
	err := e.cli.ContainerRemove(ctx, c.ID, container.RemoveOptions{})
	if p := explain(err, subject{what: model.Say("engine.cannot-clear-a-helper-away"), container: c.ID}); p != nil &&
		!model.IsKind(p, model.ProblemNotFound) {
		return p
	}
	if strings.HasSuffix(c.Image, helperImage) {
		_, _ = e.cli.ImageRemove(ctx, helperImage, image.RemoveOptions{}) // another helper may have it
	}
	return nil
}

// Helpers lists all helpers.
func (e *Engine) Helpers(ctx context.Context) ([]model.Container, error) {
	list, err := e.listLabelled(ctx, model.LabelHelper)
	return slices.DeleteFunc(list, func(c model.Container) bool { return !c.Helper() || c.State != model.StateCreated }),
		err
}

// DropHelpers removes the helpers of a volume that nobody copies through, see [model.LabelJob], so that it can be
// removed.
func (e *Engine) DropHelpers(ctx context.Context, v model.Volume) error {
	list, err := e.listLabelled(ctx, model.LabelHelper+"="+v.Name)
	for _, c := range list {
		if c.Helper() && c.State == model.StateCreated && c.Mark(model.LabelHelper) == v.Name &&
			c.Mark(model.LabelJob) == "" {
			err = errors.Join(err, e.RemoveHelper(ctx, c))
		}
	}
	return err
}

// imageForHelper gives an image without volumes of its own, which would be made for each helper and stay: the smallest
// that is here, else an empty one that is made now.
func (e *Engine) imageForHelper(ctx context.Context) (string, error) {
	list, err := e.cli.ImageList(ctx, image.ListOptions{})
	if err != nil {
		return "", err
	}
	slices.SortFunc(list, func(a, b image.Summary) int { return cmp.Compare(a.Size, b.Size) })
	for _, i := range list[:min(len(list), mostTried)] {
		if d, err := e.cli.ImageInspect(ctx, i.ID); err == nil && d.Config != nil && len(d.Config.Volumes) == 0 {
			return i.ID, nil
		}
	}
	var empty bytes.Buffer
	if err := tar.NewWriter(&empty).Close(); err != nil {
		return "", err
	}
	r, err := e.cli.ImageImport(ctx, image.ImportSource{Source: &empty, SourceName: "-"}, helperImage,
		image.ImportOptions{})
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, r)
	return helperImage, errors.Join(err, r.Close())
}

// ArchivePath opens a file or a folder of a container, running or not, as a tar archive with names relative to the
// folder that it is in. Who opens it closes it.
func (e *Engine) ArchivePath(ctx context.Context, id, path string) (io.ReadCloser, error) {
	r, _, err := e.cli.CopyFromContainer(ctx, id, path)
	return r,
		explain(err, subject{what: model.Say("engine.cannot-read", model.Args{"Path": model.Name(path)}), container: id})
}

// ArchiveOut opens a folder of a container, running or not, as a tar archive of everything in it, with names relative
// to the folder. Who opens it closes it.
func (e *Engine) ArchiveOut(ctx context.Context, id, dir string) (io.ReadCloser, error) {
	r, _, err := e.cli.CopyFromContainer(ctx, id, path.Clean(dir)+"/.")
	return r,
		explain(err, subject{what: model.Say("engine.cannot-read", model.Args{"Path": model.Name(dir)}), container: id})
}
