package notebook

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"slipway/engine/model"
)

// Kernel is a program that runs the cells of a notebook.
type Kernel struct {
	// Notebook is the path of the notebook or console that it belongs to, "" when nobody says.
	Notebook string
	// Busy tells that it computes right now.
	Busy bool
	// LastActivity is when it last did something.
	LastActivity time.Time
}

// maxKernels is how much of an answer is read, in bytes, and mostKernels how many kernels in it are told.
const (
	maxKernels  = 4 << 20
	mostKernels = 1000
)

// Kernels lists the kernels of a Jupyter server whose token is known. Asking does not count as use of the notebook. The
// error is that of the connection, of the answer's form, or ctx's.
func Kernels(ctx context.Context, s Server) ([]Kernel, error) {
	type kernel struct {
		ID    string    `json:"id"`
		State string    `json:"execution_state"`
		Last  time.Time `json:"last_activity"`
	}
	var kernels []kernel
	if err := getJSON(ctx, s, "api/kernels", &kernels); err != nil {
		return nil, err
	}
	var sessions []struct {
		Path   string `json:"path"`
		Kernel kernel `json:"kernel"`
	}
	if err := getJSON(ctx, s, "api/sessions", &sessions); err != nil {
		sessions = nil // the kernels are known, only not whose they are
	}
	paths := make(map[string]string, len(sessions))
	for _, session := range sessions {
		paths[session.Kernel.ID] = session.Path
	}
	kernels = kernels[:min(len(kernels), mostKernels)]
	list := make([]Kernel, len(kernels))
	for i, k := range kernels {
		list[i] = Kernel{Notebook: paths[k.ID], Busy: k.State == "busy", LastActivity: k.Last}
	}
	return list, nil
}

// Activity is what a Jupyter server does.
type Activity struct {
	// Busy are the notebooks that compute right now, by path; a kernel that belongs to none counts as "a console".
	Busy []string
	// Kernels is how many programs are open, Last when a person or a program last did something.
	Kernels int
	Last    time.Time
}

// Activity asks a Jupyter server whose token is known what it does. Asking does not count as use of the notebook.
func (s Server) Activity(ctx context.Context) (Activity, error) {
	kernels, err := Kernels(ctx, s)
	if err != nil {
		return Activity{}, err
	}
	var status struct {
		Last time.Time `json:"last_activity"`
	}
	if err := getJSON(ctx, s, "api/status", &status); err != nil {
		status.Last = time.Time{} // what the kernels say is left
	}
	a := Activity{Kernels: len(kernels), Last: status.Last}
	for _, k := range kernels {
		if k.LastActivity.After(a.Last) {
			a.Last = k.LastActivity
		}
		switch {
		case k.Busy && k.Notebook != "":
			a.Busy = append(a.Busy, k.Notebook)
		case k.Busy:
			a.Busy = append(a.Busy, "a console")
		}
	}
	return a, nil
}

// errNotAsked is the error of a server that is not asked with its token: a network is between, or somebody else
// answers.
var errNotAsked = errors.New("the server is not asked with its token")

func getJSON(ctx context.Context, s Server, path string, into any) error {
	if !s.Reached() || !s.Local() || s.strange() {
		return errNotAsked
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.root()+path+"?no_track_activity=1", nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "token "+s.Token)
	response, err := web.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return model.Guard(model.Say("notebook.the-notebook-s-answer-cannot"), func() error {
		return json.NewDecoder(io.LimitReader(response.Body, maxKernels)).Decode(into)
	})
}
