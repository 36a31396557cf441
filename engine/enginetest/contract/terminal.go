//go:build linux

package contract

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"slipway/engine"
	"slipway/engine/model"
	"slipway/engine/runspec"

	"github.com/docker/docker/api/types/container"
)

// screen gathers what a terminal prints.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
	end  chan struct{}
}

func watch(r io.Reader) *screen {
	s := &screen{end: make(chan struct{})}
	go func() {
		defer close(s.end)
		buf := make([]byte, 4096)
		for {
			n, err := r.Read(buf)
			s.mu.Lock()
			s.text.Write(buf[:n])
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return s
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// has waits until the terminal has printed a text.
func (s *screen) has(t *testing.T, text string) {
	t.Helper()
	until(t, "printed: "+text, func() bool { return strings.Contains(s.String(), text) })
}

func typeIn(t *testing.T, to io.Writer, line string) {
	t.Helper()
	if _, err := io.WriteString(to, line+"\r"); err != nil {
		t.Fatal(err)
	}
}

// terminal types into a shell with a terminal: it knows its size and its user, is resized, and ends with its own code.
func (s *suite) terminal(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	c := s.start(t, e,
		s.sh(t, "echo 'root:x:0:0::/:/bin/sh' > /etc/passwd; echo 'other:x:1077:77::/:/bin/sh' >> /etc/passwd; echo ready; "+
			idle))
	until(t, "the users", func() bool {
		users, err := e.Users(bounded(t), c.ID)
		return err == nil && slices.Equal(users, []string{"root", "other"})
	})
	shells, err := e.Shells(bounded(t), c)
	if err != nil || !slices.Contains(shells, "/bin/sh") {
		t.Fatalf("%v %v", shells, err)
	}
	term, err := e.OpenTerminal(bounded(t), c.ID,
		engine.TerminalOptions{Command: []string{"/bin/sh"}, User: "other", WorkingDir: "/etc", Cols: 97, Rows: 31})
	if err != nil {
		t.Fatal(err)
	}
	out := watch(term)
	typeIn(t, term, `echo "$(stty size) $(id -u) $PWD $TERM."`)
	out.has(t, "31 97 1077 /etc xterm-256color.")
	if err := term.Resize(bounded(t), 120, 40); err != nil {
		t.Error(err)
	}
	typeIn(t, term, "stty size")
	out.has(t, "40 120")
	typeIn(t, term, "exit 7")
	<-out.end
	if code, ok := term.ExitCode(bounded(t)); code != 7 || !ok {
		t.Errorf("it ended with %d %v", code, ok)
	}
	if err := term.Close(bounded(t)); err != nil {
		t.Error(err)
	}
	_, err = e.OpenTerminal(bounded(t), "nosuchcontainer", engine.TerminalOptions{Command: []string{"sh"}})
	wantKind(t, err, model.ProblemNotFound)
}

// terminalKeys presses each key with Ctrl, alone and before others: a program gets it at once, and none ends the
// terminal.
func (s *suite) terminalKeys(t *testing.T) {
	t.Helper()
	e, cli := s.connect(t), s.env.Client(t)
	r, err := cli.ContainerCreate(bounded(t),
		&container.Config{Image: s.env.Image, Tty: true, OpenStdin: true, Cmd: []string{"sh"}}, nil, nil, nil, name(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { clear(t, e, r.ID) })
	if err := e.Start(bounded(t), look(t, e, r.ID)); err != nil {
		t.Fatal(err)
	}
	opened, err := e.OpenTerminal(bounded(t), r.ID, engine.TerminalOptions{Command: []string{"sh"}, Cols: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	attached, err := e.AttachTerminal(bounded(t), r.ID, 80, 24)
	if err != nil {
		t.Fatal(err)
	}
	for what, term := range map[string]*engine.Terminal{"opened": opened, "attached": attached} {
		out := watch(term)
		typeIn(t, term,
			`read() { stty raw -echo; echo "go$((n=n+1))."; dd bs=1 count=$1 2>/dev/null | od -An -b; stty sane; echo "got$n."; }`)
		round := 0
		press := func(keys string) string {
			round++
			typeIn(t, term, fmt.Sprintf("read %d", len(keys)))
			out.has(t, fmt.Sprintf("go%d.", round))
			for i := range len(keys) {
				if _, err := term.Write([]byte{keys[i]}); err != nil {
					t.Fatalf("%s: %q: %v", what, keys, err)
				}
			}
			out.has(t, fmt.Sprintf("got%d.", round))
			_, rest, _ := strings.Cut(out.String(), fmt.Sprintf("go%d.", round))
			got, _, _ := strings.Cut(rest, "got")
			return strings.Join(strings.Fields(got), " ")
		}
		for _, keys := range []string{
			"\x10", "\x10\x11", "\x00", "\x00\x00\x00", "\x01", "\x11", "\x1c", "\x1d", "\x1f",
			"\x7f", "\x1b", "\x1ex", "\x1e\x1e", "é",
		} {
			want := ""
			for i := range len(keys) {
				want += fmt.Sprintf(" %03o", keys[i])
			}
			if got := press(keys); got != strings.TrimSpace(want) {
				t.Errorf("%s: %q came as %s", what, keys, got)
			}
		}
		if err := term.Close(bounded(t)); err != nil {
			t.Error(err)
		}
		<-out.end
	}
}

// terminalHangUp closes a terminal in which a program runs: the program and its shell end, and nothing else does.
func (s *suite) terminalHangUp(t *testing.T) {
	t.Helper()
	e := s.connect(t)
	c := s.start(t, e, s.sh(t, idle))
	term, err := e.OpenTerminal(bounded(t), c.ID, engine.TerminalOptions{Command: []string{"sh"}, Cols: 80, Rows: 24})
	if err != nil {
		t.Fatal(err)
	}
	out := watch(term)
	typeIn(t, term, "setsid sleep 87654 </dev/null >/dev/null 2>&1 & echo begins; sleep 98765")
	count := func(pattern string) string {
		text, _, err := e.Exec(bounded(t), c.ID, "sh", "-c", "grep -l '"+pattern+"' /proc/[0-9]*/cmdline 2>/dev/null | wc -l")
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(text)
	}
	until(t, "the program runs", func() bool {
		return strings.Contains(out.String(), "begins\r\n") && count("9876[5]") == "1" && count("8765[4]") == "1"
	})
	if err := term.Close(bounded(t)); err != nil {
		t.Error(err)
	}
	<-out.end
	until(t, "the program ended", func() bool { return count("9876[5]") == "0" })
	if count("8765[4]") != "1" {
		t.Error("what was started to go on without the terminal ended, too")
	}
	if now := look(t, e, c.ID); !now.Running() {
		t.Error("the container ended, too")
	}
}

// terminalAttach attaches to the main process of a container that has a terminal, and leaves it again.
func (s *suite) terminalAttach(t *testing.T) {
	t.Helper()
	e, cli := s.connect(t), s.env.Client(t)
	r, err := cli.ContainerCreate(bounded(t),
		&container.Config{Image: s.env.Image, Tty: true, OpenStdin: true, Cmd: []string{"sh"}}, nil, nil, nil, name(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { clear(t, e, r.ID) })
	_, err = e.AttachTerminal(bounded(t), r.ID, 80, 24)
	wantKind(t, err, model.ProblemConflict)
	if err := e.Start(bounded(t), look(t, e, r.ID)); err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		term, err := e.AttachTerminal(bounded(t), r.ID, 90+round, 20)
		if err != nil {
			t.Fatal(err)
		}
		out := watch(term)
		typeIn(t, term, "echo $((40+2)) $(stty size)")
		out.has(t, fmt.Sprintf("42 20 %d", 90+round))
		if round == 1 {
			typeIn(t, term, "exit 5")
			<-out.end
			if code, ok := term.ExitCode(bounded(t)); code != 5 || !ok {
				t.Errorf("it ended with %d %v", code, ok)
			}
		}
		if err := term.Close(context.Background()); err != nil {
			t.Error(err)
		}
		<-out.end
	}
	c := s.start(t, e, runspec.Spec{Name: name(t), Image: s.env.Image, Command: []string{"sleep", "100000"}})
	_, err = e.AttachTerminal(bounded(t), c.ID, 80, 24)
	wantKind(t, err, model.ProblemUnsupported)
}
