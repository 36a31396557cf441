package engine

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"slipway/engine/model"

	"github.com/docker/docker/pkg/jsonmessage"
)

// endless repeats a text and never ends; it fails the test when far more is read of it than may be.
type endless struct {
	t    *testing.T
	text string
	at   int
	read int
	most int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.read += len(p); e.read > e.most {
		e.t.Fatalf("%d bytes were read of what never ends", e.read)
	}
	for i := range p {
		p[i] = e.text[e.at%len(e.text)]
		e.at++
	}
	return len(p), nil
}

// TestEndlessProcesses has a shell of the image print a list that never ends.
func TestEndlessProcesses(t *testing.T) {
	stat := "S 7 (x) S 1 " + strings.Repeat("0 ", 9) + "1 5 0 0 20 0 1 0 9 100 200\n"
	for name, text := range map[string]string{
		"one process":     stat + "U 0 1 1\nC " + strings.Repeat("A", 60<<10) + "\n",
		"short processes": stat,
		"users":           "N 1 " + strings.Repeat("u", 300) + "\nN 2 x\n",
		"one line":        strings.Repeat("A", 1000),
		"empty lines":     "\n",
		"nothing known":   "X\n",
	} {
		w := processWatch{users: map[int]string{}, before: map[int]sample{}}
		list, err := w.read(bufio.NewReader(&endless{t: t, text: text, most: 2 * mostListed}), time.Now())
		if !errors.Is(err, errTooMany) || len(list) > 0 {
			t.Errorf("%s: %d processes, %v", name, len(list), err)
		}
	}
	w := processWatch{users: map[int]string{}, before: map[int]sample{}}
	var many strings.Builder
	for i := range 3 * mostNames {
		fmt.Fprintf(&many, "N %d user%d\n", i, i)
	}
	many.WriteString("N 1 again\nE\n")
	if _, err := w.read(bufio.NewReader(strings.NewReader(many.String())), time.Now()); err != nil ||
		len(w.users) != mostNames || w.users[1] != "again" {
		t.Errorf("%d users, %v", len(w.users), err)
	}
}

// TestEndlessChanges reads a list of files that has no end, and one that is as long as may be.
func TestEndlessChanges(t *testing.T) {
	for name, text := range map[string]string{
		"short paths": `{"Path":"/a","Kind":1},`,
		"long paths":  `{"Path":"/` + strings.Repeat("a", 4000) + `","Kind":0},`,
	} {
		n := 0
		err := readChanges(io.MultiReader(strings.NewReader("["), &endless{t: t, text: text, most: 300 << 20}), func(Change) {
			n++
		})
		if !model.IsKind(err, model.ProblemTooMuch) || n > mostChanges {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
	for text, want := range map[string]string{
		"null": "[]", "[]": "[]",
		`[{"Path":"/a","Kind":0},{"Path":"/b","Kind":1},{"Path":"/c","Kind":2}]`: "[{/a changed} {/b added} {/c deleted}]",
		`[{"Path":"/a"`: "unexpected EOF", `{"message":"no"}`: "it is no list", "": "EOF",
	} {
		list := []Change{}
		err := readChanges(strings.NewReader(text), func(c Change) { list = append(list, c) })
		if got := fmt.Sprint(list); got != want && (err == nil || err.Error() != want) {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
}

// TestLongFrames reads an output whose messages say that they are as long as can be.
func TestLongFrames(t *testing.T) {
	header := make([]byte, 8)
	binary.BigEndian.PutUint32(header[4:], 1<<32-1)
	header[0] = 1
	limited := &capped{w: io.Discard, left: maxExecOutput}
	before := allocated()
	if err := copyFrames(limited, limited, io.MultiReader(strings.NewReader(string(header)),
		io.LimitReader(&endless{t: t, text: "x", most: 1 << 30}, 50<<20))); err != nil {
		t.Error(err)
	}
	header[0] = 3
	for name, read := range map[string]func(io.Reader) error{
		"frames": func(r io.Reader) error { return copyFrames(io.Discard, io.Discard, r) },
		"timed":  func(r io.Reader) error { return readTimedFrames(bufio.NewReader(r), true, func(LogLine) {}) },
	} {
		err := read(io.MultiReader(strings.NewReader(string(header)), &endless{t: t, text: "no ", most: 1 << 20}))
		if err == nil || len(err.Error()) > 2*mostSaid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if used := allocated() - before; used > 16<<20 {
		t.Errorf("%d bytes of memory were taken", used)
	}
	header[0] = 9
	if err := copyFrames(io.Discard, io.Discard, strings.NewReader(string(header))); err == nil {
		t.Error("what is no output is taken for one")
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// TestManyLayers has an engine tell of more layers than there can be.
func TestManyLayers(t *testing.T) {
	ls := newLayers()
	for i := range 5 * mostLayers {
		ls.add(jsonmessage.JSONMessage{ID: fmt.Sprintf("%012x", i), Status: "Downloading"})
	}
	if len(ls.order) != mostLayers || len(ls.byID) != mostLayers {
		t.Errorf("%d layers", len(ls.order))
	}
}
