package questions

import "slipway/engine/words"

// removalQuestion asks about one container, by what is done that removes it: removed, stopped, killed or restarted.
func removalQuestion(verb, name string) words.Text {
	args := words.Args{"Name": words.Name(name)}
	switch verb {
	case "stop":
		return words.Say("commands.question-stop", args)
	case "kill":
		return words.Say("commands.question-kill", args)
	case "restart":
		return words.Say("commands.question-restart", args)
	}
	return words.Say("commands.question-remove", args)
}

// removalLabel is what the button under [removalQuestion] says; anyway where something is lost.
func removalLabel(verb string, anyway bool) words.Text {
	switch {
	case verb == "stop" && anyway:
		return words.Say("commands.stop-and-remove-anyway")
	case verb == "stop":
		return words.Say("commands.stop-and-remove")
	case verb == "kill" && anyway:
		return words.Say("commands.kill-and-remove-anyway")
	case verb == "kill":
		return words.Say("commands.kill-and-remove")
	case verb == "restart" && anyway:
		return words.Say("commands.restart-anyway")
	case verb == "restart":
		return words.Say("commands.restart")
	case anyway:
		return words.Say("commands.remove-anyway")
	}
	return words.Say("commands.remove")
}

// removalsQuestion asks about n containers, as [removalQuestion]. Several cannot be killed at once.
func removalsQuestion(verb string, n int) words.Text {
	args := words.Args{"N": words.Count(n)}
	switch verb {
	case "stop":
		return words.Say("commands.question-stop-containers", args)
	case "restart":
		return words.Say("commands.question-restart-containers", args)
	}
	return words.Say("commands.question-remove-containers", args)
}

// removalsLabel is what the button under [removalsQuestion] says: n containers go, and others are only stopped.
func removalsLabel(verb string, n, others int, anyway bool) words.Text {
	args := words.Args{"Count": words.Count(n)}
	all := words.Args{"ToStop": words.Count(n + others), "ToRemove": words.Count(n)}
	switch {
	case verb == "stop" && others > 0 && anyway:
		return words.Say("commands.stop-some-remove-others-anyway", all)
	case verb == "stop" && others > 0:
		return words.Say("commands.stop-some-remove-others", all)
	case verb == "stop" && anyway:
		return words.Say("commands.stop-and-remove-count-anyway", args)
	case verb == "stop":
		return words.Say("commands.stop-and-remove-count", args)
	case verb == "restart" && anyway:
		return words.Say("commands.restart-count-anyway", args)
	case verb == "restart":
		return RestartCount(n)
	case anyway:
		return words.Say("commands.remove-count-anyway", args)
	}
	return RemoveCount(n)
}

// RemoveCount is the label of what removes n things.
func RemoveCount(n int) words.Text {
	return words.Say("commands.remove-count", words.Args{"Count": words.Count(n)})
}

// RestartCount is the label of what restarts n containers.
func RestartCount(n int) words.Text {
	return words.Say("commands.restart-count", words.Args{"Count": words.Count(n)})
}
