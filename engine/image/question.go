package image

import (
	"cmp"

	"slipway/engine/model"
)

// Name is an image under one of its names; Tag is "" for a dangling one.
type Name struct {
	Image model.Image
	Tag   string
}

// Name is the tag, or the short ID of a dangling image.
func (n Name) Name() string { return cmp.Or(n.Tag, n.Image.ShortID()) }

// InspectCommand is the command that tells everything about several images.
func InspectCommand(list []Name) model.Command {
	words := []string{"image", "inspect"}
	for _, n := range list {
		words = append(words, n.Name())
	}
	return model.Docker(words...)
}

// Removal is the question before an image, or one of its names, is removed.
type Removal struct {
	Image model.Image
	// Tag is the name that was chosen; "" for a dangling image.
	Tag string
	// Others are the image's further names, which stay when only Tag is removed.
	Others []string
	// UsedBy are the containers made from it. While there are any, its last name cannot be removed.
	UsedBy []model.Container
	// Frees is what becomes free without the image, in bytes; -1 where the engine does not tell.
	Frees int64
}

// CanUntag tells whether the chosen name alone can be removed, and the image stays under another.
func (r Removal) CanUntag() bool { return r.Tag != "" && len(r.Others) > 0 }

// CanDelete tells whether the image can be deleted with all its names.
func (r Removal) CanDelete() bool { return len(r.UsedBy) == 0 }

// UntagCommand removes the chosen name.
func (r Removal) UntagCommand() model.Command { return model.Docker("rmi", r.Tag) }

// DeleteCommand removes every name of the image, and so the image.
func (r Removal) DeleteCommand() model.Command {
	if r.Tag == "" {
		return model.Docker("rmi", r.Image.ShortID())
	}
	return model.Docker(append([]string{"rmi", r.Tag}, r.Others...)...)
}

// Choice is the answer to a [Removal].
type Choice string

// The answers.
const (
	Keep   Choice = ""
	Untag  Choice = "untag"
	Delete Choice = "delete"
)

// Removals is the question before several images, or names of images, are removed.
type Removals struct {
	// Removals are one for each image, Tags the names of it that were chosen.
	Removals []Removal
	Tags     [][]string
}

// Possible tells whether the engine can do what was chosen for the image at i: its last name stays while a container
// uses it.
func (q Removals) Possible(i int) bool {
	return q.Removals[i].CanUntag() || q.Removals[i].CanDelete()
}

// refs are what is removed of the image at i.
func (q Removals) refs(i int) []string {
	if len(q.Tags[i]) == 0 {
		return []string{q.Removals[i].Image.ID}
	}
	return q.Tags[i]
}

// Command is the command that the whole removal equals; empty when nothing of it is possible.
func (q Removals) Command() model.Command {
	words := []string{"rmi"}
	for i, r := range q.Removals {
		switch {
		case !q.Possible(i):
		case len(q.Tags[i]) == 0:
			words = append(words, r.Image.ShortID())
		default:
			words = append(words, q.Tags[i]...)
		}
	}
	if len(words) == 1 {
		return nil
	}
	return model.Docker(words...)
}
