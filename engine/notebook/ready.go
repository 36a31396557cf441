package notebook

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/engine/platform"
)

// Answer is what a server says when it is asked.
type Answer string

// The answers: nothing yet; this very server, which takes this very token; a server that refuses the token; a server
// that is not what was started.
const (
	NotYet  Answer = "not yet"
	Up      Answer = "up"
	Refused Answer = "refused"
	Other   Answer = "other"
)

// askTime is how long one question may take.
const askTime = 5 * time.Second

// web asks servers on this computer: without a proxy, without keeping connections, and without looking at certificates,
// which are the server's own making there.
var web = &http.Client{
	Timeout: askTime,
	// #nosec G402 -- tokens go only to this computer, see Server.Local
	Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	},
}

// Ask asks a server once whether it is up and takes its token. Asking does not count as use of the notebook. The token
// is sent only on this computer, and only to what has answered as a Jupyter does and is no other user's program.
func Ask(ctx context.Context, s Server) Answer {
	if !s.Reached() {
		return NotYet
	}
	code, body := get(ctx, s.root()+s.ready, "")
	switch {
	case code == 0 || code >= 500:
		return NotYet
	case s.strange():
		return Other
	case s.anyAnswer:
		return Up
	case code >= 400 || s.Jupyter() && !tellsVersion(body) && !s.tellsVersion(ctx):
		return Other
	case s.status == "" || !s.SignIn.InURL() || !s.Local():
		return Up
	case s.Token == "" && !s.Known && s.Jupyter():
		return s.asksForToken(ctx)
	}
	return s.takesToken(ctx)
}

// takesToken tells whether a server takes its token.
func (s Server) takesToken(ctx context.Context) Answer {
	switch code, _ := get(ctx, s.root()+s.status+"?no_track_activity=1", s.Token); {
	case code == http.StatusOK:
		return Up
	case code == http.StatusForbidden || code == http.StatusUnauthorized:
		return Refused
	case code == 0 || code >= 500:
		return NotYet
	}
	return Other
}

// asksForToken tells whether a server whose token nobody knows has one: its page to sign in leads on at once where it
// has none. Every other question without a token is a warning in its log, which worries people.
func (s Server) asksForToken(ctx context.Context) Answer {
	switch code, _ := get(ctx, s.root()+"login", ""); {
	case code == http.StatusOK:
		return Refused
	case code == 0 || code >= 500:
		return NotYet
	case code >= 300 && code < 400: // also where it leads to somebody else's page to sign in
		if code, _ := get(ctx, s.root()+s.status+"?no_track_activity=1", ""); code != http.StatusOK {
			return Refused
		}
		return Up
	}
	return Other
}

// strange reports whether another user of this computer answers at the server's port, as can be when the container has
// just ended.
func (s Server) strange() bool {
	host, local := s.at.reach(s.Port)
	return local && platform.StrangerListens(host, s.Port.HostPort, s.users()...)
}

// users are those as whom a server on this computer's own network may listen.
func (s Server) users() []int {
	if !s.Container.HostNetwork {
		return nil
	}
	list := s.runsAs
	user, _, _ := strings.Cut(s.Container.User, ":")
	// Jupyter's images go on as that user
	if slices.Contains([]string{"", "root", "0", envOf(s.Container, "NB_USER")}, user) {
		user = envOf(s.Container, "NB_UID")
	}
	if n, err := strconv.Atoi(user); err == nil {
		list = append(list, n)
	}
	return list
}

// tellsVersion reports whether an answer is that of a Jupyter's api, which says its version to everybody
// (jupyter-server.readthedocs.io, "The REST API").
func tellsVersion(body []byte) bool {
	var answer struct {
		Version string `json:"version"`
	}
	return json.Unmarshal(body, &answer) == nil && answer.Version != ""
}

// tellsVersion asks a Jupyter that is ready by another page's word.
func (s Server) tellsVersion(ctx context.Context) bool {
	_, body := get(ctx, s.root()+jupyter.Ready, "")
	return tellsVersion(body)
}

// mostAnswer is how much of an answer is read, in bytes.
const mostAnswer = 64 << 10

// get is the answer at an address, and its code; 0 when there is none.
func get(ctx context.Context, address, token string) (code int, body []byte) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, nil
	}
	if token != "" {
		request.Header.Set("Authorization", "token "+token)
	}
	response, err := web.Do(request)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	body, _ = io.ReadAll(io.LimitReader(response.Body, mostAnswer)) // what is cut off is no answer of a Jupyter's
	return response.StatusCode, body
}

// pollEvery is how often a server is asked while it starts.
const pollEvery = 100 * time.Millisecond

// ErrNotUp says that a server did not come up in time.
var ErrNotUp = errors.New("the server did not answer in time")

// Wait asks until the server is up, or says for a second that it is another one; a server that starts may answer so for
// a moment. It returns [ErrNotUp] after the limit, and ctx's error when that ends first.
func Wait(ctx context.Context, s Server, limit time.Duration) (Answer, error) {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	wrong := 0
	for {
		answer := Ask(ctx, s)
		if answer == Refused || answer == Other {
			wrong++
		} else {
			wrong = 0
		}
		if answer == Up || wrong > int(time.Second/pollEvery) {
			return answer, nil
		}
		select {
		case <-ctx.Done():
			return answer, ctx.Err()
		case <-deadline.C:
			return answer, ErrNotUp
		case <-poll.C:
		}
	}
}

// WithPage is a Jupyter that answers, on a page that it has: JupyterLab's need not be installed. A server that Slipway
// launched has the page of its recipe.
func WithPage(ctx context.Context, s Server) Server {
	if s.Recipe.ID != "" || !s.Jupyter() || !s.Local() || s.page == "" {
		return s
	}
	for _, page := range []string{s.page, "tree"} {
		if code, _ := get(ctx, s.root()+page, s.Token); code != http.StatusNotFound && code != 0 {
			s.page = page
			return s
		}
	}
	s.page = ""
	return s
}
