//go:build linux

package contract

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"slipway/engine"
	"slipway/engine/model"
)

// terminal types in a shell, resizes it, and ends it.
func (s *suite) terminal(t *testing.T) {
	e := s.connect(t)
	c := s.start(t, e, s.sh(t, idle))
	ctx := bounded(t)
	if list, err := e.Shells(ctx, c.ID); err != nil || !slices.Contains(list, "/bin/sh") {
		t.Errorf("%q, %v", list, err)
	}
	if _, err := e.Users(ctx, c.ID); err != nil {
		t.Error(err)
	}
	term, err := e.OpenTerminal(ctx, c.ID, "", []string{"sh"}, 91, 17)
	if err != nil {
		t.Fatal(err)
	}
	defer term.Close()
	if err := term.Resize(ctx, 91, 17); err != nil {
		t.Error(err)
	}
	say(t, term, "stty size; echo do''ne; tty\n", "17 91", "done", "/dev/pts/")
	if err := term.Resize(ctx, 60, 20); err != nil {
		t.Error(err)
	}
	say(t, term, "stty size\n", "20 60")
	if _, known := term.ExitCode(ctx); known {
		t.Error("it runs, and yet has ended")
	}
	if _, err := term.Write([]byte("exit 7\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, term); err != nil {
		t.Errorf("its end: %v", err)
	}
	for { // the engine may be a moment behind
		if code, known := term.ExitCode(ctx); known {
			if code != 7 {
				t.Errorf("exit %d", code)
			}
			break
		}
		if ctx.Err() != nil {
			t.Fatal("it never ended")
		}
	}
	_, err = e.OpenTerminal(ctx, "no-such-container", "", []string{"sh"}, 80, 24)
	wantKind(t, err, model.ProblemNotFound)
}

// say types a line and reads until all that is awaited was printed.
func say(t *testing.T, term *engine.Terminal, line string, await ...string) {
	t.Helper()
	if _, err := term.Write([]byte(line)); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	buf := make([]byte, 4096)
	for {
		missing := slices.ContainsFunc(await, func(w string) bool { return !strings.Contains(got.String(), w) })
		if !missing {
			return
		}
		n, err := term.Read(buf)
		got.Write(buf[:n])
		if err != nil && !errors.Is(err, io.EOF) || n == 0 {
			t.Fatalf("%q, %v", got.String(), err)
		}
	}
}
