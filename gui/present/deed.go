package present

import (
	"slipway/engine/model"
)

// Deed says in a few words what a job that removes things is to do, such as "remove web" or "stop 3 containers".
func Deed(d model.Deed) string { return string(d.Verb) + " " + object(d) }

// Doing says of such a job what it is about to do, such as "removing web".
func Doing(d model.Deed) string {
	doing, ok := map[model.Verb]string{
		model.VerbRemove: "removing", model.VerbStop: "stopping", model.VerbKill: "killing", model.VerbRestart: "restarting",
	}[d.Verb]
	if !ok {
		return Deed(d)
	}
	return doing + " " + object(d)
}

func object(d model.Deed) string {
	n := len(d.IDs)
	if n == 0 {
		n = len(d.Names)
	}
	switch {
	case d.Kind == model.KindCache:
		return Count(n, "record") + " of the build cache"
	case n != 1 || len(d.Names) == 0:
		return Count(n, string(d.Kind))
	case d.Kind == model.KindVolume:
		return "the volume " + d.Names[0]
	}
	return d.Names[0]
}
