package image

import (
	"context"
	"time"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/platform"

	"github.com/distribution/reference"
)

// registryTime is how long a registry may take to tell about an image.
const registryTime = 10 * time.Second

// Download asks the registry how large an image is and what it means now. An answer is kept until Slipway ends, since
// registries count what they are asked. Call it off the UI thread.
func (a *Actions) Download(ctx context.Context, ref string) (engine.Download, error) {
	a.downloads.mu.Lock()
	d, ok := a.downloads.known[ref]
	a.downloads.mu.Unlock()
	if ok {
		return d, nil
	}
	e, err := a.do.Session().Engine()
	if err != nil {
		return engine.Download{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, registryTime)
	defer cancel()
	d, err = e.Download(ctx, ref)
	if err != nil {
		return engine.Download{}, err
	}
	a.downloads.mu.Lock()
	defer a.downloads.mu.Unlock()
	a.downloads.known[ref] = d
	return d, nil
}

// ForgetDownload has the registry asked anew about an image.
func (a *Actions) ForgetDownload(ref string) {
	a.downloads.mu.Lock()
	defer a.downloads.mu.Unlock()
	delete(a.downloads.known, ref)
}

// ForgetDownloads has registries asked anew about every image.
func (a *Actions) ForgetDownloads() {
	a.downloads.mu.Lock()
	defer a.downloads.mu.Unlock()
	clear(a.downloads.known)
}

// FreeSpace is how many bytes are free where the engine keeps its images; ok is false where nobody can tell,
// as inside a virtual machine.
func FreeSpace(info model.EngineInfo, where model.Locality) (free int64, ok bool) {
	if where != model.ThisComputer || info.DataRoot == "" {
		return 0, false
	}
	return platform.FreeSpace(info.DataRoot)
}

// Unpacked is how many bytes of disk a download of this size usually takes: the layers as they came and, larger, as
// they are unpacked. With less than two thirds of that it certainly does not fit.
func Unpacked(download int64) int64 { return 3 * download }

// HasSome tells whether the engine has another version of an image, and so may have most of its layers.
func (a *Actions) HasSome(ref string) bool {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return false
	}
	for _, i := range a.do.Session().Live.Snapshot().Images {
		for _, tag := range i.Tags {
			if other, err := reference.ParseNormalizedNamed(tag); err == nil && other.Name() == named.Name() {
				return true
			}
		}
	}
	return false
}

// CheckRoom refuses a download that cannot fit on the engine's disk. What nobody can tell is no obstacle.
func (a *Actions) CheckRoom(ctx context.Context, e *engine.Engine, ref string) error {
	free, ok := FreeSpace(e.Info(), e.Locality())
	if !ok || a.HasSome(ref) {
		return nil
	}
	d, err := a.Download(ctx, ref)
	if err != nil {
		return ctx.Err() // the pull will tell what is wrong
	}
	if free >= Unpacked(d.Bytes)*2/3 {
		return nil
	}
	return &model.Problem{
		Kind: model.ProblemDiskFull,
		What: model.Say("actions.there-is-no-room-for", model.Args{"Ref": model.Name(ref)}),
		Why: model.Say("actions.it-is-a-download-of",
			model.Args{"Bytes": model.Bytes(d.Bytes), "Free": model.Bytes(free), "DataRoot": model.Name(e.Info().DataRoot)}),
		Fix: model.Say("actions.remove-images-and-containers-that"),
	}
}
