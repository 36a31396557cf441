package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// stamped prints messages as an engine does: with their times, in frames unless there is a terminal.
func stamped(tty bool, lines []LogLine) []byte {
	var out bytes.Buffer
	for _, l := range lines {
		text := l.Text + "\n"
		if tty {
			text = l.Text + "\r\n"
		}
		for at := l.Time; text != ""; at = at.Add(time.Millisecond) {
			part := text[:min(len(text), messageSize)]
			text = text[len(part):]
			message := at.UTC().Format("2006-01-02T15:04:05.000000000Z07:00") + " " + part
			if !tty {
				header := [8]byte{1}
				if l.Stderr {
					header[0] = 2
				}
				binary.BigEndian.PutUint32(header[4:], uint32(len(message)))
				out.Write(header[:])
			}
			out.WriteString(message)
		}
	}
	return out.Bytes()
}

// TestReadTimed reads what an engine prints, whole and byte by byte.
func TestReadTimed(t *testing.T) {
	begin := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	lines := []LogLine{{Text: "one"}, {Text: ""}, {Text: "two", Stderr: true}, {Text: "2026-01-02T03:04:05.000000006Z not the time"}, {Text: strings.Repeat("é", 9000)}, {Text: "after"}}
	for i := range lines {
		lines[i].Time = begin.Add(time.Duration(i) * time.Second)
	}
	for _, tty := range []bool{false, true} {
		want := lines
		if tty {
			want = append([]LogLine(nil), lines...)
			want[2].Stderr = false
		}
		data := stamped(tty, lines)
		var got, slow []LogLine
		if err := readTimed(bytes.NewReader(data), tty, func(l LogLine) { got = append(got, l) }); err != nil {
			t.Fatal(err)
		}
		if err := readTimed(iotest.OneByteReader(bytes.NewReader(data)), tty, func(l LogLine) { slow = append(slow, l) }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("tty %v: %s", tty, diff)
		}
		if diff := cmp.Diff(got, slow); diff != "" {
			t.Errorf("byte by byte, tty %v: %s", tty, diff)
		}
	}
	err := readTimed(bytes.NewReader(append([]byte{3, 0, 0, 0, 0, 0, 0, 4}, "oops"...)), false, func(LogLine) {})
	if err == nil || !strings.Contains(err.Error(), "oops") {
		t.Errorf("the engine's own error: %v", err)
	}
}

func FuzzReadTimed(f *testing.F) {
	f.Add(stamped(true, []LogLine{{Text: "x", Time: time.Unix(1, 0)}}), true)
	f.Add(stamped(false, []LogLine{{Text: "x", Time: time.Unix(1, 0)}}), false)
	f.Fuzz(func(t *testing.T, data []byte, tty bool) {
		n := 0
		_ = readTimed(bytes.NewReader(data), tty, func(l LogLine) {
			if n += len(l.Text); len(l.Text) > maxLogLine || strings.Contains(l.Text, "\n") {
				t.Fatal(fmt.Sprint(len(l.Text)))
			}
		})
		if n > len(data) {
			t.Fatal("more than there was")
		}
	})
}
