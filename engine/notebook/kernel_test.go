package notebook

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestKernels(t *testing.T) {
	mux := http.NewServeMux()
	answer := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "token t" || r.URL.Query().Get("no_track_activity") != "1" {
				w.WriteHeader(http.StatusForbidden)
			}
			_, _ = w.Write([]byte(text))
		}
	}
	mux.HandleFunc("/api/kernels",
		answer(`[{"id": "a", "name": "python3", "last_activity": "2026-11-24T10:00:00.5Z", "execution_state": "busy", "connections": 1},
		{"id": "b", "last_activity": "2026-11-24T09:00:00Z", "execution_state": "idle"}]`))
	mux.HandleFunc("/api/sessions",
		answer(`[{"id": "s", "path": "survey.ipynb", "type": "notebook", "kernel": {"id": "a"}}]`))
	server := httptest.NewServer(mux)
	defer server.Close()
	u, _ := url.Parse(server.URL)
	port, _ := strconv.ParseUint(u.Port(), 10, 16)
	s := serverAt(uint16(port))
	s.Token = "t"
	got, err := Kernels(t.Context(), s)
	want := []Kernel{
		{Notebook: "survey.ipynb", Busy: true, LastActivity: time.Date(2026, 11, 24, 10, 0, 0, 5e8, time.UTC)},
		{LastActivity: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	activity, err := s.Activity(t.Context())
	if want := (Activity{Busy: []string{"survey.ipynb"}, Kernels: 2, Last: want[0].LastActivity}); err != nil ||
		cmp.Diff(want, activity) != "" {
		t.Errorf("%v\n%s", err, cmp.Diff(want, activity))
	}
	mux.HandleFunc("/api/status", answer(`{"last_activity": "2026-11-24T12:00:00Z", "kernels": 2}`))
	if activity, err := s.Activity(t.Context()); err != nil || activity.Last.Hour() != 12 {
		t.Errorf("%+v %v", activity, err)
	}
	server.Close()
	if _, err := Kernels(t.Context(), s); err == nil {
		t.Error("nobody answers, and that is no error")
	}
}

// TestTooManyKernels has a server that says of as many kernels and notebooks as fit: each is not held against each.
func TestTooManyKernels(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/api/kernels", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("[" + strings.Repeat(`{"id":"kernel"},`, 200_000) + `{"id":"last"}]`))
	})
	mux.HandleFunc("/api/sessions", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("[" + strings.Repeat(`{"kernel":{"id":"none"}},`, 150_000) +
			`{"path":"a.ipynb","kernel":{"id":"kernel"}}]`))
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	u, _ := url.Parse(server.URL)
	port, _ := strconv.ParseUint(u.Port(), 10, 16)
	list, err := Kernels(t.Context(), serverAt(uint16(port)))
	if err != nil || len(list) != mostKernels || list[0].Notebook != "a.ipynb" {
		t.Errorf("%d kernels, %v", len(list), err)
	}
}
