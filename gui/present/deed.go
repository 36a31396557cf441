package present

import (
	"slipway/engine/model"
	"slipway/engine/words"
)

// Deed says in a few words what a job that removes things is to do, such as "remove web" or "stop 3 containers".
func Deed(d model.Deed) words.Text {
	what := words.Args{"What": object(d)}
	switch d.Verb {
	case model.VerbStop:
		return words.Say("deed.stop", what)
	case model.VerbKill:
		return words.Say("deed.kill", what)
	case model.VerbRestart:
		return words.Say("deed.restart", what)
	}
	return words.Say("deed.remove", what)
}

// Doing says of such a job what it is about to do, such as "removing web".
func Doing(d model.Deed) words.Text {
	what := words.Args{"What": object(d)}
	switch d.Verb {
	case model.VerbStop:
		return words.Say("deed.stopping", what)
	case model.VerbKill:
		return words.Say("deed.killing", what)
	case model.VerbRestart:
		return words.Say("deed.restarting", what)
	}
	return words.Say("deed.removing", what)
}

func object(d model.Deed) words.Text {
	n := len(d.IDs)
	if n == 0 {
		n = len(d.Names)
	}
	count := words.Args{"N": words.Count(n)}
	switch {
	case d.Kind == model.KindCache:
		return words.Say("deed.records", count)
	case n == 1 && len(d.Names) > 0 && d.Kind == model.KindVolume:
		return words.Say("deed.volume", words.Args{"Name": words.Name(d.Names[0])})
	case n == 1 && len(d.Names) > 0:
		return words.Name(d.Names[0])
	case d.Kind == model.KindVolume:
		return words.Say("count.volumes", count)
	case d.Kind == model.KindImage:
		return words.Say("count.images", count)
	}
	return words.Say("count.containers", count)
}
