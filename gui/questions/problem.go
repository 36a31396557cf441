package questions

import (
	"fyne.io/fyne/v2"

	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/logview"
)

// Offer is a button of a notice, which takes the notice away. One with nothing to run is left out.
type Offer struct {
	// ID is that of its button, behind "notice."; Icon is "" for none.
	ID    string
	Label words.Text
	Icon  string
	Run   func()
}

// Retry offers to try again; nothing where run is nil.
func Retry(run func()) Offer {
	return Offer{ID: "retry", Label: words.Say("common.try-again-button"), Icon: "refresh", Run: run}
}

// ShowOffers is [Questions.ShowProblem] with any offers.
func (s *Questions) ShowOffers(p *model.Problem, offers ...Offer) {
	if p == nil {
		return
	}
	var dismiss func()
	var buttons []fyne.CanvasObject
	for _, o := range offers {
		if o.Run != nil {
			buttons = append(buttons,
				kit.NewButton("notice."+o.ID, o.Label, o.Icon, kit.Normal, func() { dismiss(); o.Run() }).Small())
		}
	}
	if p.Command != nil {
		buttons = append(buttons, kit.CopyButton("notice.copy", words.Say("commands.copy-the-command"), p.Command.String))
	}
	if p.Raw() != "" {
		buttons = append(buttons,
			kit.NewButton("notice.details", words.Say("common.details"), "", kit.Normal, func() { s.ShowDetails(p) }).Small())
	}
	text := words.Details(p)
	if p.Command != nil {
		text = words.Join("\n", text, words.Raw(p.Command.String()))
	}
	dismiss = s.Notices.Show(kit.Notice{Title: words.Of(p.What), Text: text, Bad: true, Buttons: buttons})
}

// ShowProblem shows a problem in the corner, with what can be done. retry may be nil.
func (s *Questions) ShowProblem(p *model.Problem, retry func()) {
	s.ShowOffers(p, Retry(retry))
}

// ShowDetails shows a problem's raw text, to be copied.
func (s *Questions) ShowDetails(p *model.Problem) {
	logview.ShowDetails(s.canvas(), words.Of(p.What), words.Details(p), words.Raw(p.Raw()))
}
