package present

import "slipway/engine/words"

// Idle says after how many idle hours a notebook is stopped, one of settings.Idles.
func Idle(hours int) words.Text {
	switch hours {
	case 0:
		return words.Say("launch.never")
	case 1:
		return words.Say("launch.after-1-hour")
	case 2:
		return words.Say("launch.after-2-hours")
	case 4:
		return words.Say("launch.after-4-hours")
	case 8:
		return words.Say("launch.after-8-hours")
	}
	return words.Say("launch.after-a-day")
}
