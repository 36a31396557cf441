package engine

import (
	"encoding/binary"
	"errors"
	"io"

	"slipway/engine/model"
)

// mostSaid is how much of an engine's own error in the middle of an output is read, in bytes.
const mostSaid = 64 << 10

// copyFrames takes an output apart into its two streams: eight bytes that tell the stream and the length, and then a
// message. Docker's own stdcopy holds a whole message in memory, whatever length it says.
func copyFrames(out, errs io.Writer, r io.Reader) error {
	return model.Guard(model.Say("engine.the-output-cannot-be-read"), func() error {
		var header [8]byte
		buf := make([]byte, 32<<10)
		for {
			if _, err := io.ReadFull(r, header[:]); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				return nil // a program that is killed ends anywhere
			} else if err != nil {
				return err
			}
			size := int64(binary.BigEndian.Uint32(header[4:]))
			to := out
			switch header[0] {
			case 0, 1:
			case 2:
				to = errs
			case 3:
				return saidByEngine(r, size)
			default:
				return errors.New("it is no output of a container")
			}
			if _, err := io.CopyBuffer(plainWriter{to}, io.LimitReader(r, size), buf); err != nil {
				return err
			}
		}
	})
}

// plainWriter hides what else a writer can, so that the buffer of a copy is used.
type plainWriter struct{ io.Writer }

// saidByEngine is the engine's own error in the middle of an output.
func saidByEngine(r io.Reader, size int64) error {
	text, err := io.ReadAll(io.LimitReader(r, min(size, mostSaid)))
	return errors.Join(errors.New("error from daemon in stream: "+string(text)), err)
}
