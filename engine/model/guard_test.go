package model

import (
	"errors"
	"os"
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	var heard []*Problem
	defer OnPanic(func(p *Problem) { heard = append(heard, p) })()
	if err := Guard(Verbatim("x"), func() error { return os.ErrClosed }); !errors.Is(err, os.ErrClosed) {
		t.Errorf("its own error became %v", err)
	}
	if err := Guard(Verbatim("x"), func() error { return nil }); err != nil || len(heard) > 0 {
		t.Errorf("%v, heard %d", err, len(heard))
	}
	err := Guard(Verbatim("Cannot read the list"), func() error {
		var none []int
		_ = none[len(heard)+3]
		return nil
	})
	var p *Problem
	if !errors.As(err, &p) || p.Kind != ProblemFault || p.What.Args["Text"] != Raw("Cannot read the list") ||
		p.Fix.None() {
		t.Fatalf("%#v", err)
	}
	if !strings.Contains(p.Raw(), "index out of range") || !strings.Contains(p.Raw(), "guard_test.go") {
		t.Errorf("it does not say where: %s", p.Raw())
	}
	if len(heard) != 1 || heard[0] != p {
		t.Errorf("%d were heard of", len(heard))
	}
	if err := Guard(Verbatim("x"), func() error { panic("a word") }); !errors.As(err, &p) ||
		!strings.Contains(p.Raw(), "a word") {
		t.Errorf("%v", err)
	}
}
