package platform

import (
	"io"
	"net/url"

	"slipway/engine/model"

	"github.com/pkg/browser"
)

func init() {
	// The package prints what xdg-open says, which would mix with what Slipway prints.
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
}

// OpenURL opens a web page in the user's browser. Only http and https are opened.
func OpenURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return model.NewProblem(model.ProblemBadInput, err, "This is not a web page", "", "")
	}
	if err := browser.OpenURL(address); err != nil {
		shown := *u
		shown.RawQuery = ""
		return model.NewProblem(model.ProblemUnsupported, err, "Cannot open the browser", "This system did not start one.", "Open "+shown.String()+" yourself.")
	}
	return nil
}
