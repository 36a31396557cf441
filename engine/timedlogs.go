package engine

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"time"
)

// Engines write the time before each message and a space behind it. A message is at most messageSize long; of a longer
// line each part is one, with a time of its own in the middle of the line (github.com/moby/moby, daemon/logger).
const (
	messageSize = 16 << 10
	shortStamp  = len("2006-01-02T15:04:05.000000000Z ")
	longStamp   = len("2006-01-02T15:04:05.000000000+00:00 ")
)

// readTimed is readLines of an output with times.
func readTimed(r io.Reader, tty, pieces bool, fn func(LogLine)) error {
	in := bufio.NewReaderSize(r, 64<<10)
	if tty {
		return readTimedRaw(in, pieces, fn)
	}
	return readTimedFrames(in, pieces, fn)
}

// readTimedFrames reads frames: eight bytes that tell the stream and the length, and then a message.
func readTimedFrames(in *bufio.Reader, pieces bool, fn func(LogLine)) error {
	out, errs := &lineWriter{fn: fn, pieces: pieces, returns: true},
		&lineWriter{fn: fn, stderr: true, pieces: pieces, returns: true}
	defer errs.flush()
	defer out.flush()
	var header [8]byte
	buf := make([]byte, 32<<10)
	for {
		if _, err := io.ReadFull(in, header[:]); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		w := out
		switch header[0] {
		case 2:
			w = errs
		case 3: // the engine's own error
			return saidByEngine(in, int64(binary.BigEndian.Uint32(header[4:])))
		}
		begins := true
		for left := int(binary.BigEndian.Uint32(header[4:])); left > 0; {
			n, err := io.ReadFull(in, buf[:min(left, len(buf))])
			left -= n
			part := buf[:n]
			if begins {
				part = w.stamp(part)
				begins = false
			}
			w.take(part)
			if err != nil {
				return err
			}
		}
		w.piece()
	}
}

// readTimedRaw reads the output of a terminal, which has no frames: a time stands at the beginning of each line,
// and behind each full message.
func readTimedRaw(in *bufio.Reader, pieces bool, fn func(LogLine)) error {
	w := &lineWriter{fn: fn, pieces: pieces}
	defer w.flush()
	for {
		if err := readStamp(in, w); err != nil {
			return noEOF(err)
		}
		for left := messageSize; left > 0; {
			if _, err := in.Peek(1); err != nil {
				return noEOF(err)
			}
			part, _ := in.Peek(min(left, in.Buffered()))
			ended := false
			if i := bytes.IndexByte(part, '\n'); i >= 0 {
				part, ended = part[:i+1], true
			}
			w.take(part)
			left -= len(part)
			_, _ = in.Discard(len(part)) // it is in the buffer
			if ended {
				break
			}
		}
		w.piece()
	}
}

// readStamp takes the time off what comes next.
func readStamp(in *bufio.Reader, w *lineWriter) error {
	head, err := in.Peek(shortStamp)
	if len(head) == 0 {
		return err
	}
	if len(head) == shortStamp && head[shortStamp-1] != ' ' {
		head, _ = in.Peek(longStamp)
	}
	rest := w.stamp(head)
	_, _ = in.Discard(len(head) - len(rest))
	return nil
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// stamp takes the time off the beginning of a message, which is that of the line or the piece that begins with it.
func (w *lineWriter) stamp(message []byte) []byte {
	head := message[:min(len(message), longStamp)]
	i := bytes.IndexByte(head, ' ')
	if i < 0 {
		return message
	}
	at, err := time.Parse(time.RFC3339Nano, string(head[:i]))
	if err != nil {
		return message
	}
	if len(w.rest) == 0 || w.begun {
		w.at, w.begun = at, false
	}
	return message[i+1:]
}
