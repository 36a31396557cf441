package model

import "slices"

// Verb is what a job does to things, in docker's word where docker has one.
type Verb string

// The verbs of jobs.
const (
	VerbLaunch  Verb = "launch"
	VerbRun     Verb = "run"
	VerbStart   Verb = "start"
	VerbStop    Verb = "stop"
	VerbKill    Verb = "kill"
	VerbSignal  Verb = "signal"
	VerbRestart Verb = "restart"
	VerbPause   Verb = "pause"
	VerbUnpause Verb = "unpause"
	VerbRename  Verb = "rename"
	// VerbUpdate changes settings in place, VerbLimit the limit of memory alone, VerbEndRestarts the restart policy.
	VerbUpdate      Verb = "update"
	VerbLimit       Verb = "limit"
	VerbEndRestarts Verb = "end restarts"
	// VerbRecreate makes a new container in another one's place, VerbRevert gives that its place back.
	VerbRecreate Verb = "recreate"
	VerbRevert   Verb = "revert"
	VerbRemove   Verb = "remove"
	VerbPull     Verb = "pull"
	VerbCreate   Verb = "create"
	VerbCommit   Verb = "commit"
	VerbBackUp   Verb = "back up"
	VerbRestore  Verb = "restore"
	// VerbSave copies out of a container into a folder of this computer, VerbUpload the other way.
	VerbSave   Verb = "save"
	VerbUpload Verb = "upload"
)

// Kind is what something in an engine is.
type Kind string

// The kinds of things that jobs are about.
const (
	KindContainer Kind = "container"
	KindImage     Kind = "image"
	KindVolume    Kind = "volume"
	KindCache     Kind = "cache"
)

// Deed is what a job does, as values, so that nobody has to read its title or its command to learn it.
type Deed struct {
	Verb Verb
	Kind Kind
	// IDs are those of the things in the engine, as far as they are known, and Names what they are called. A launch is
	// named after its folder.
	IDs, Names []string
}

// DeedOn is a deed on containers.
func DeedOn(verb Verb, list ...Container) Deed {
	d := Deed{Verb: verb, Kind: KindContainer}
	for _, c := range list {
		d.IDs, d.Names = append(d.IDs, c.ID), append(d.Names, c.Name)
	}
	return d
}

// On tells whether the deed is done to the container with this ID.
func (d Deed) On(id string) bool { return d.Kind == KindContainer && slices.Contains(d.IDs, id) }

// Pulled is the image that is pulled, alone, for the first time or again; "" for any other deed.
func (d Deed) Pulled() string {
	if d.Verb != VerbPull || len(d.Names) != 1 {
		return ""
	}
	return d.Names[0]
}

// Cannot says that something could not be done to a container: start, stop, kill, signal, restart, pause, unpause,
// rename, remove it or change its settings.
func Cannot(verb Verb, name string) Fact {
	of := Args{"Name": Name(name)}
	switch verb {
	case VerbStart:
		return Say("cannot.start", of)
	case VerbStop:
		return Say("cannot.stop", of)
	case VerbKill:
		return Say("cannot.kill", of)
	case VerbSignal:
		return Say("cannot.signal", of)
	case VerbRestart:
		return Say("cannot.restart", of)
	case VerbPause:
		return Say("cannot.pause", of)
	case VerbUnpause:
		return Say("cannot.resume", of)
	case VerbRename:
		return Say("cannot.rename", of)
	case VerbRemove:
		return Say("cannot.remove", of)
	}
	return Say("cannot.change", of)
}
