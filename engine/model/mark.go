package model

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Labels are anybody's to write: an image gives its own to every container that is made from it, and so does a
// colleague's Compose file. What Slipway itself wrote is told from that in one place, here.

// describing are the labels that only say what a container is: whoever wrote them on it may. All others lead to
// something being done with it, and so count only with a signature.
var describing = []string{LabelRecipe, LabelFolder, LabelDigest, LabelVersion}

// Key signs what one user's Slipway writes on containers and volumes; it is kept in the settings folder. With an empty
// one nothing is signed, and no signature is right.
type Key []byte

// SignContainer adds a signature to the labels that a container is made with. imageLabels are those of its image, of
// which the container must inherit nothing that looks like Slipway's: they are written over. engine is the ID of its
// engine, since labels can be read and copied: on another one they count for nothing.
func (k Key) SignContainer(engine string, labels, imageLabels map[string]string) {
	for name := range imageLabels {
		if _, own := labels[name]; strings.HasPrefix(name, LabelPrefix) && !own {
			labels[name] = ""
		}
	}
	k.sign("container on "+engine, labels)
}

// SignVolume adds a signature to the labels that a volume of this name is made with, on an engine with this ID.
func (k Key) SignVolume(engine, name string, labels map[string]string) {
	k.sign("volume "+name+" on "+engine, labels)
}

func (k Key) sign(subject string, labels map[string]string) {
	delete(labels, LabelSignature)
	if len(k) > 0 {
		labels[LabelSignature] = k.signature(subject, labels)
	}
}

// signature is the HMAC-SHA256 over the labels of Slipway that say something, in hex.
func (k Key) signature(subject string, labels map[string]string) string {
	mac := hmac.New(sha256.New, k)
	fmt.Fprintf(mac, "%q", subject)
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if strings.HasPrefix(name, LabelPrefix) && name != LabelSignature && labels[name] != "" {
			fmt.Fprintf(mac, "%q=%q", name, labels[name])
		}
	}
	return hex.EncodeToString(mac.Sum(nil))
}

func (k Key) signed(subject string, labels map[string]string) bool {
	return len(k) > 0 && hmac.Equal([]byte(labels[LabelSignature]), []byte(k.signature(subject, labels)))
}

// ContainerMarks are the labels of a container of an engine with this ID that are believed to be Slipway's. imageLabels
// are those of its image: what is the same there is inherited, a signature as well. imageKnown is false where the image
// cannot be asked any more; then a signature counts only for what describes the container.
func (k Key) ContainerMarks(engine string, labels, imageLabels map[string]string, imageKnown bool) map[string]string {
	inherited := labels[LabelSignature] == imageLabels[LabelSignature]
	signedAnyhow := k.signed("container on "+engine, labels)
	signed := imageKnown && !inherited && signedAnyhow
	marks := map[string]string{}
	for name, value := range labels {
		own := signed || (imageKnown || signedAnyhow) && slices.Contains(describing, name) && imageLabels[name] != value
		if strings.HasPrefix(name, LabelPrefix) && value != "" && own {
			marks[name] = value
		}
	}
	return marks
}

// VolumeMarks are the labels of a volume of an engine with this ID that are believed to be Slipway's.
func (k Key) VolumeMarks(engine, name string, labels map[string]string) map[string]string {
	marks := map[string]string{}
	if !k.signed("volume "+name+" on "+engine, labels) {
		return marks
	}
	for label, value := range labels {
		if strings.HasPrefix(label, LabelPrefix) {
			marks[label] = value
		}
	}
	return marks
}

// Reserved reports whether a label is one that only Slipway itself may write, as part of what it does: a spec that
// comes from a container, a file or a form never hands it on.
func Reserved(label string) bool {
	return strings.HasPrefix(label, LabelPrefix) && !slices.Contains(describing, label)
}

// Mark is what Slipway wrote on the container under one of its labels; "" where it did not, or is not believed to have.
func (c Container) Mark(label string) string { return c.Marks[label] }

// Made reports whether this user's Slipway made the container.
func (c Container) Made() bool { return c.Mark(LabelJob) != "" || c.Mark(LabelHelper) != "" }

// Mark is as [Container.Mark].
func (v Volume) Mark(label string) string { return v.Marks[label] }

// HelperPrefix is how the names of helpers begin, see [Container.Helper].
const HelperPrefix = "slipway-volume-"

// Helper reports whether this user's Slipway made the container to look into a volume, so that it is nothing of a
// person's. A helper never runs: it is there, or being removed.
func (c Container) Helper() bool {
	idle := c.State == StateCreated || c.State == StateRemoving || c.State == StateDead
	return idle && c.Mark(LabelHelper) != "" && strings.HasPrefix(c.Name, HelperPrefix)
}

// fullID matches the ID of a container as engines write it.
var fullID = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Replaces is the full ID of the container whose place this one was made for, "" for none. It is never a name, which
// another container may have by now.
func (c Container) Replaces() string {
	id := c.Mark(LabelReplaces)
	if !fullID.MatchString(id) {
		return ""
	}
	return id
}
