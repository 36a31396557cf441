package model

// Podman is the [EngineInfo.Product] of Podman.
const Podman = "Podman"

// Ability is something that not every engine can do.
type Ability string

// What some engines cannot do.
const (
	// ChangeLimit is giving another memory limit to a container that exists.
	ChangeLimit Ability = "change a memory limit"
	// TellMemoryEnd is telling that a program was ended for want of memory.
	TellMemoryEnd Ability = "tell that memory ran out"
	// RestartAutoRemoved is restarting a container that was started with --rm, without removing it.
	RestartAutoRemoved Ability = "restart what is removed when it stops"
	// KeepStartError is keeping the exit code and the reason of a container that could not be started.
	KeepStartError Ability = "keep why a start failed"
	// TellOwners is telling to whom files belong that are copied out of a container or a volume.
	TellOwners Ability = "tell to whom files belong"
)

// lacks says who cannot do what, measured on Podman 4.3.
var lacks = []struct {
	product string
	what    Ability
	why     Fact
}{
	{
		Podman, ChangeLimit,
		Say("model.podman-cannot-change-the-memory"),
	},
	{
		Podman, TellMemoryEnd,
		Say("model.podman-does-not-tell-when"),
	},
	{Podman, RestartAutoRemoved, Say("model.it-was-started-with-rm")},
	{
		Podman, TellOwners,
		Say("model.podman-does-not-tell-to"),
	},
	{
		Podman, KeepStartError,
		Say("model.podman-does-not-keep-why"),
	},
}

// Lacks is why the engine cannot do something; nothing when it can.
func (i EngineInfo) Lacks(what Ability) Fact {
	for _, l := range lacks {
		if l.product == i.Product && l.what == what {
			return l.why
		}
	}
	return Fact{}
}

// ExactTimes tells whether the engine says exactly when a line of output was printed, so that a reading can go on where
// another one ended. Podman says it in whole seconds.
func (i EngineInfo) ExactTimes() bool { return i.Product != Podman }
