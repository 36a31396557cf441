package words

import (
	"time"

	"slipway/engine/model"
)

// Exact is a time in full, in the user's zone; nothing for no time.
func Exact(t time.Time) Text {
	if t.IsZero() {
		return Text{}
	}
	t = t.Local()
	return Say("time.exact", Args{
		"Weekday": weekdays[t.Weekday()], "Day": Count(t.Day()), "Month": months[t.Month()-1], "Year": Count(t.Year()),
		"Time": model.Name(t.Format(time.TimeOnly)),
	})
}

// weekdays begin with Sunday, as those of package time do.
var weekdays = [...]model.Fact{
	model.Say("time.sunday"), model.Say("time.monday"), model.Say("time.tuesday"), model.Say("time.wednesday"),
	model.Say("time.thursday"), model.Say("time.friday"), model.Say("time.saturday"),
}

var months = [...]model.Fact{
	model.Say("time.january"), model.Say("time.february"), model.Say("time.march"), model.Say("time.april"),
	model.Say("time.may"), model.Say("time.june"), model.Say("time.july"), model.Say("time.august"),
	model.Say("time.september"), model.Say("time.october"), model.Say("time.november"), model.Say("time.december"),
}

// span is a time in its largest unit.
func span(d time.Duration) model.Fact {
	switch {
	case d < time.Minute:
		return model.Say("span.seconds", Args{"N": Count(d.Seconds())})
	case d < time.Hour:
		return model.Say("span.minutes", Args{"N": Count(d.Minutes())})
	case d < 48*time.Hour:
		return model.Say("span.hours", Args{"N": Count(d.Hours())})
	case d < 60*24*time.Hour:
		return model.Say("span.days", Args{"N": Count(d.Hours() / 24)})
	case d < 730*24*time.Hour:
		return model.Say("span.months", Args{"N": Count(d.Hours() / 24 / 30)})
	}
	return model.Say("span.years", Args{"N": Count(d.Hours() / 24 / 365)})
}
