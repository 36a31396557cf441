package present

import "slipway/engine/model"

// VolumeTitle is what a volume is called: its name, or for one that nobody named the beginning of it.
func VolumeTitle(v model.Volume) string {
	if v.Anonymous {
		return model.ShortID(v.Name) + "…"
	}
	return v.Name
}
