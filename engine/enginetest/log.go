//go:build linux

package enginetest

import (
	"fmt"
	"io"
	"os"
	"testing"
)

// tailBytes is how much of a log is shown when a test fails.
const tailBytes = 8 << 10

func (e *Engine) logTailOnFailure(t testing.TB, from int64) {
	t.Helper()
	if t.Failed() {
		t.Logf("%v", e.logTail(from))
	}
}

// logTail returns the end of dockerd's log as an error, to be joined to
// another or printed.
func (e *Engine) logTail(from int64) error {
	text, err := tail(e.Log(), from)
	if err != nil {
		return err
	}
	return fmt.Errorf("end of %s:\n%s", e.Log(), text)
}

func (e *Engine) logSize() int64 {
	info, err := os.Stat(e.Log())
	if err != nil {
		return 0
	}
	return info.Size()
}

// tail returns at most the last tailBytes bytes of a file that are after from.
func tail(path string, from int64) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	from = max(from, info.Size()-tailBytes)
	text, err := io.ReadAll(io.NewSectionReader(file, from, tailBytes))
	return string(text), err
}
