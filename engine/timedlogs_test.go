package engine

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

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

// joined puts the pieces of lines together.
func joined(lines []LogLine) []LogLine {
	var out []LogLine
	open := map[bool]int{}
	for _, l := range lines {
		if at, ok := open[l.Stderr]; ok {
			out[at].Text, out[at].Cut = out[at].Text+l.Text, l.Cut
		} else {
			out = append(out, l)
			open[l.Stderr] = len(out) - 1
		}
		if !l.Cut {
			delete(open, l.Stderr)
		}
	}
	return out
}

// TestReadTimedPieces has a line that never ends: each message of the engine is handed out at once, with its time.
func TestReadTimedPieces(t *testing.T) {
	begin := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	bar := strings.Repeat("\r50%|█████     | 1/2", 2000)
	for _, tty := range []bool{false, true} {
		data := stamped(tty, []LogLine{{Text: bar, Time: begin}})
		var got []LogLine
		r, w := io.Pipe()
		came := make(chan LogLine)
		done := make(chan error)
		go func() { done <- readTimed(r, tty, true, func(l LogLine) { came <- l }) }()
		first := bytes.IndexByte(data, ' ') + 1 + messageSize
		for _, part := range [][]byte{data[:first], data[first:]} {
			go func() { _, _ = w.Write(part) }()
			got = append(got, <-came) // while the rest was not written
		}
		go func() {
			for l := range came {
				got = append(got, l)
			}
			close(done)
		}()
		w.Close()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		close(came)
		<-done
		if len(got[0].Text) < messageSize-3 || !got[0].Cut || !utf8.ValidString(got[0].Text) || !got[0].Time.Equal(begin) ||
			!got[1].Time.Equal(begin.Add(time.Millisecond)) {
			t.Errorf("tty %v: %.100v", tty, got)
		}
		if all := joined(got); len(all) != 1 || all[0].Text != bar {
			t.Errorf("tty %v: %d lines of %d bytes", tty, len(all), len(all[0].Text))
		}
	}
}

// TestReadTimedReturns keeps what a program printed: only a terminal makes a carriage return of its own before the end
// of a line.
func TestReadTimedReturns(t *testing.T) {
	for tty, want := range map[bool]string{false: "50%\r", true: "50%"} {
		text := "50%\r"
		if tty {
			text = "50%" // the terminal's own is put behind it
		}
		var got []LogLine
		if err := readTimed(bytes.NewReader(stamped(tty, []LogLine{{Text: text, Time: time.Unix(1, 0)}})), tty, true,
			func(l LogLine) { got = append(got, l) }); err != nil || len(got) != 1 || got[0].Text != want {
			t.Errorf("tty %v: %+v, %v", tty, got, err)
		}
	}
}

// TestReadTimed reads what an engine prints, whole and byte by byte.
func TestReadTimed(t *testing.T) {
	begin := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	lines := []LogLine{
		{Text: "one"},
		{Text: ""},
		{Text: "two", Stderr: true},
		{Text: "2026-01-02T03:04:05.000000006Z not the time"},
		{Text: strings.Repeat("é", 9000)},
		{Text: "after"},
	}
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
		if err := readTimed(bytes.NewReader(data), tty, true, func(l LogLine) { got = append(got, l) }); err != nil {
			t.Fatal(err)
		}
		if err := readTimed(iotest.OneByteReader(bytes.NewReader(data)), tty, true,
			func(l LogLine) { slow = append(slow, l) }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, joined(got)); diff != "" {
			t.Errorf("tty %v: %s", tty, diff)
		}
		if diff := cmp.Diff(got, slow); diff != "" {
			t.Errorf("byte by byte, tty %v: %s", tty, diff)
		}
	}
	err := readTimed(bytes.NewReader(append([]byte{3, 0, 0, 0, 0, 0, 0, 4}, "oops"...)), false, true, func(LogLine) {})
	if err == nil || !strings.Contains(err.Error(), "oops") {
		t.Errorf("the engine's own error: %v", err)
	}
}

func FuzzReadTimed(f *testing.F) {
	f.Add(stamped(true, []LogLine{{Text: "x", Time: time.Unix(1, 0)}}), true)
	f.Add(stamped(false, []LogLine{{Text: "x", Time: time.Unix(1, 0)}}), false)
	f.Fuzz(func(t *testing.T, data []byte, tty bool) {
		n := 0
		_ = readTimed(bytes.NewReader(data), tty, true, func(l LogLine) {
			if n += len(l.Text); len(l.Text) > maxLogLine || strings.Contains(l.Text, "\n") {
				t.Fatal(fmt.Sprint(len(l.Text)))
			}
		})
		if n > len(data) {
			t.Fatal("more than there was")
		}
	})
}
