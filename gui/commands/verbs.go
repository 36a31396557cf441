package commands

import "slipway/engine/words"

func startCount(n int) words.Text {
	return words.Say("commands.start-count", words.Args{"Count": words.Count(n)})
}

func stopCount(n int) words.Text {
	return words.Say("commands.stop-count", words.Args{"Count": words.Count(n)})
}

func pauseCount(n int) words.Text {
	return words.Say("commands.pause-count", words.Args{"Count": words.Count(n)})
}

func resumeCount(n int) words.Text {
	return words.Say("commands.resume-count", words.Args{"Count": words.Count(n)})
}

// asking is a command's label with the dots of one that asks before it does something.
func asking(label words.Text) words.Text {
	return words.Say("commands.asking", words.Args{"Label": label})
}
