package paste

import (
	"strconv"
	"strings"

	"slipway/engine/model"
	"slipway/engine/runspec"
)

// verbs say what a command does.
var verbs = map[string]model.Fact{
	"run":            model.Say("paste.verb-run"),
	"create":         model.Say("paste.verb-create"),
	"pull":           model.Say("paste.verb-pull"),
	"start":          model.Say("paste.verb-start"),
	"stop":           model.Say("paste.verb-stop"),
	"restart":        model.Say("paste.verb-restart"),
	"kill":           model.Say("paste.verb-kill"),
	"pause":          model.Say("paste.verb-pause"),
	"unpause":        model.Say("paste.verb-unpause"),
	"rm":             model.Say("paste.verb-rm"),
	"rmi":            model.Say("paste.verb-rmi"),
	"logs":           model.Say("paste.verb-logs"),
	"exec":           model.Say("paste.verb-exec"),
	"ps":             model.Say("paste.verb-ps"),
	"images":         model.Say("paste.verb-images"),
	"volume create":  model.Say("paste.verb-volume-create"),
	"volume ls":      model.Say("paste.verb-volume-ls"),
	"network create": model.Say("paste.verb-network-create"),
	"build":          model.Say("paste.verb-build"),
	"push":           model.Say("paste.verb-push"),
	"tag":            model.Say("paste.verb-tag"),
	"login":          model.Say("paste.verb-login"),
	"inspect":        model.Say("paste.verb-inspect"),
	"compose":        model.Say("paste.verb-compose"),
}

func saysVerb(verb string) model.Fact {
	group, _, _ := strings.Cut(verb, " ")
	return verbs[verb].Or(verbs[group]).Or(model.Say("paste.verb-unknown"))
}

// saysName says what a name behind a command is.
func saysName(verb string) model.Fact {
	switch verb {
	case "pull", "rmi", "push", "tag":
		return model.Say("paste.the-image")
	case "start", "stop", "restart", "kill", "pause", "unpause", "rm", "logs", "exec":
		return model.Say("paste.the-container")
	case "volume create":
		return model.Say("paste.the-volume")
	}
	return model.Fact{}
}

// options say what the options of docker run do.
var options = map[string]model.Fact{
	"detach":         model.Say("paste.option-detach"),
	"interactive":    model.Say("paste.option-interactive"),
	"tty":            model.Say("paste.option-tty"),
	"name":           model.Say("paste.option-name"),
	"publish-all":    model.Say("paste.option-publish-all"),
	"mount":          model.Say("paste.option-mount"),
	"env":            model.Say("paste.option-env"),
	"env-file":       model.Say("paste.option-env-file"),
	"user":           model.Say("paste.option-user"),
	"group-add":      model.Say("paste.option-group-add"),
	"workdir":        model.Say("paste.option-workdir"),
	"shm-size":       model.Say("paste.option-shm-size"),
	"memory":         model.Say("paste.option-memory"),
	"cpus":           model.Say("paste.option-cpus"),
	"gpus":           model.Say("paste.option-gpus"),
	"init":           model.Say("paste.option-init"),
	"privileged":     model.Say("paste.option-privileged"),
	"hostname":       model.Say("paste.option-hostname"),
	"network":        model.Say("paste.option-network"),
	"network-alias":  model.Say("paste.option-network-alias"),
	"platform":       model.Say("paste.option-platform"),
	"add-host":       model.Say("paste.option-add-host"),
	"cap-add":        model.Say("paste.option-cap-add"),
	"cap-drop":       model.Say("paste.option-cap-drop"),
	"device":         model.Say("paste.option-device"),
	"security-opt":   model.Say("paste.option-security-opt"),
	"restart":        model.Say("paste.option-restart"),
	"rm":             model.Say("paste.option-rm"),
	"label":          model.Say("paste.option-label"),
	"entrypoint":     model.Say("paste.option-entrypoint"),
	"pull":           model.Say("paste.option-pull"),
	"ipc":            model.Say("paste.option-ipc"),
	"pid":            model.Say("paste.option-pid"),
	"expose":         model.Say("paste.option-expose"),
	"dns":            model.Say("paste.option-dns"),
	"link":           model.Say("paste.option-link"),
	"volumes-from":   model.Say("paste.option-volumes-from"),
	"read-only":      model.Say("paste.option-read-only"),
	"tmpfs":          model.Say("paste.option-tmpfs"),
	"ulimit":         model.Say("paste.option-ulimit"),
	"stop-timeout":   model.Say("paste.option-stop-timeout"),
	"stop-signal":    model.Say("paste.option-stop-signal"),
	"log-driver":     model.Say("paste.option-log-driver"),
	"log-opt":        model.Say("paste.option-log-driver"),
	"health-cmd":     model.Say("paste.option-health-cmd"),
	"no-healthcheck": model.Say("paste.option-no-healthcheck"),
	"runtime":        model.Say("paste.option-runtime"),
	"userns":         model.Say("paste.option-userns"),
}

// saysParts say what the parts do that lie within some words.
func saysParts(parts []runspec.Part, from, to int) (says model.Fact) {
	for _, p := range parts {
		if p.From < from || p.To > to {
			continue
		}
		switch p.Kind {
		case runspec.PartImage:
			says = says.And(model.Say("paste.the-image-to-run"))
		case runspec.PartCommand:
			return model.Say("paste.for-the-program")
		case runspec.PartOption:
			says = says.And(saysOption(p))
		}
	}
	return says
}

func saysOption(p runspec.Part) model.Fact {
	one, _, _ := runspec.ParseRun([]string{"--" + p.Option + "=" + p.Value, "image"})
	switch {
	case p.Option == "publish" && len(one.Ports) == 1:
		return saysPort(one.Ports[0])
	case p.Option == "volume" && len(one.Mounts) == 1:
		m := one.Mounts[0]
		args := model.Args{"Source": model.Name(m.Source), "Target": model.Name(m.Target)}
		switch {
		case m.Source == Here:
			return model.Say("paste.this-folder-at", args)
		case m.Kind == runspec.Volume && !strings.HasPrefix(m.Source, "$"):
			return model.Say("paste.a-volume-at", args)
		case m.ReadOnly:
			return model.Say("paste.a-folder-to-read-at", args)
		}
		return model.Say("paste.a-folder-at", args)
	case p.Option == "volume":
		return model.Say("paste.an-unnamed-volume-at", model.Args{"Target": model.Name(p.Value)})
	}
	if says, ok := options[p.Option]; ok {
		return says
	}
	return model.Say("paste.an-option-without-a-field")
}

func saysPort(p runspec.Port) model.Fact {
	if p.HostPort == 0 {
		return model.Say("paste.a-free-port-leads-to", model.Args{"Port": model.Name(p.ContainerText())})
	}
	args := model.Args{"Host": model.Name(p.HostText()), "Port": model.Name(p.ContainerText())}
	if p.IsTCP() && p.Container == 8888 && p.Count() == 1 {
		args["Address"] = model.Name("http://localhost:" + strconv.Itoa(int(p.HostPort)))
		return model.Say("paste.port-leads-to-a-notebook", args)
	}
	return model.Say("paste.port-leads-to", args)
}
