package engine

import "slipway/engine/model"

// dialect is where an engine's API differs from Docker's, see [dialectOf]. It is chosen once, when Slipway connects, so
// that no call has to know which engine it talks to.
type dialect struct {
	// longNames: images of Docker Hub are called by their whole names, see [Engine.hubName].
	longNames bool
	// ownStates: containers are in states that Docker does not know, see [Engine.asDocker].
	ownStates bool
	// noGrace: a container that was made without a grace time is killed at once, see [Engine.graceOf].
	noGrace bool
	// takesAll: folders that are missing and limits that are too low are taken, see [Engine.refuse].
	takesAll bool
	// cutsAtCommas: a mount with a comma in its path is cut there, see [commasAsBinds].
	cutsAtCommas bool
	// statForURLs: what it tells of a file is written with the letters of base64 for URLs, see [Engine.podmanStat].
	statForURLs bool
	// commitsBody: a commit without a body fails.
	commitsBody bool
	// writesUsers: it enters the user of a container in files of it, see [podmanWrites].
	writesUsers bool
	// tellsDefaults: what nobody asked for is told as if somebody had, see [Engine.asAsked] and [Engine.uncarried].
	tellsDefaults bool
	// joinsLines: the last lines of an output are joined where they have no end, see [podmanLogs].
	joinsLines bool
	// timesInLines: the output of a terminal gets its times in the middle of lines.
	timesInLines bool
	// longPast: what has happened is in a file that may be long, so it is not asked for.
	longPast bool
	// noShared: it does not tell what images share.
	noShared bool
	// labelsAlone: a volume that is made with a container gets no labels.
	labelsAlone bool
	// psWords are what a list of processes is asked for by.
	psWords []string
}

// podman is the dialect of Podman. All of it was measured on 4.3.1.
var podman = dialect{
	longNames: true, ownStates: true, noGrace: true, takesAll: true, cutsAtCommas: true, statForURLs: true,
	commitsBody: true, writesUsers: true, tellsDefaults: true, joinsLines: true, timesInLines: true, longPast: true,
	noShared: true, labelsAlone: true,
	// which it knows by itself; for any other it runs a ps inside
	psWords: []string{"pid,ppid,user,pcpu,args"},
}

// dialectOf is the dialect of the engine that said this of itself.
func dialectOf(info model.EngineInfo) dialect {
	if info.Product == model.Podman {
		return podman
	}
	return dialect{psWords: []string{"-eo", "pid,ppid,user,pcpu,rss,nlwp,args"}}
}
