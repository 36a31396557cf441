package model

import (
	"context"
	"errors"
	"strings"
)

// ProblemKind is the class of a [Problem], for code that acts on it (offer a retry, ask for a password).
// It says nothing to the user; the texts of the problem do.
type ProblemKind string

// The classes of problems that Slipway tells apart.
const (
	ProblemUnknown        ProblemKind = "unknown"
	ProblemNotInstalled   ProblemKind = "not-installed"
	ProblemNotRunning     ProblemKind = "not-running"
	ProblemPermission     ProblemKind = "permission"
	ProblemUnreachable    ProblemKind = "unreachable"
	ProblemTLS            ProblemKind = "tls"
	ProblemTooOld         ProblemKind = "too-old"
	ProblemConnectionLost ProblemKind = "connection-lost"
	ProblemTimeout        ProblemKind = "timeout"
	ProblemNotFound       ProblemKind = "not-found"
	ProblemNoSuchTag      ProblemKind = "no-such-tag"
	ProblemNameTaken      ProblemKind = "name-taken"
	ProblemPortTaken      ProblemKind = "port-taken"
	ProblemInUse          ProblemKind = "in-use"
	ProblemConflict       ProblemKind = "conflict"
	ProblemBadInput       ProblemKind = "bad-input"
	ProblemSignIn         ProblemKind = "sign-in"
	ProblemRateLimit      ProblemKind = "rate-limit"
	ProblemProxy          ProblemKind = "proxy"
	ProblemDiskFull       ProblemKind = "disk-full"
	ProblemExited         ProblemKind = "exited"
	ProblemBadCommand     ProblemKind = "bad-command"
	ProblemUnsupported    ProblemKind = "unsupported"
	// ProblemTooMuch is more than Slipway reads.
	ProblemTooMuch ProblemKind = "too-much"
	// ProblemFault is a fault of Slipway itself that was held up, see [Guard].
	ProblemFault ProblemKind = "fault"
)

// Problem is an error as a user reads it: what happened, why, and what to do about it, each as a [Fact] that the
// package words has sentences for. Every error that reaches the window is one.
type Problem struct {
	Kind ProblemKind
	// What happened, one short sentence without a full stop that names the thing it happened to.
	What Fact
	// Why it happened; nothing where nobody knows.
	Why Fact
	// Fix is the next step.
	Fix Fact
	// Command is an exact command line for this system that carries out the fix; nil where there is none. It is words, so
	// that nothing from outside can become a command.
	Command Shell
	// NextLogin tells that the fix counts only once the person has logged in again.
	NextLogin bool
	// Cause is the error that it explains, for errors.Is and errors.As; nil where there is none.
	Cause error
}

// Raw is the engine's own text, for the person who wants to search for it; "" where there is none.
func (p *Problem) Raw() string {
	return rawOf(p.Cause)
}

// rawOf is what others said of err. Problems in it have only codes for themselves, so theirs is what they explain.
func rawOf(err error) string {
	var inner *Problem
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var lines []string
		for _, e := range several.Unwrap() {
			if raw := rawOf(e); raw != "" {
				lines = append(lines, raw)
			}
		}
		return strings.Join(lines, "\n")
	}
	switch e := err.(type) { //nolint:errorlint // what is wrapped comes after
	case nil:
		return ""
	case *printed:
		return e.text
	case *Problem:
		return e.Raw()
	}
	if errors.As(err, &inner) {
		return inner.Raw()
	}
	return err.Error()
}

// Sentence is what happened and why, or what the engine said of it, as sentences that can follow others.
func (p *Problem) Sentence() Fact {
	why := p.Why.Or(Verbatim(p.Raw()))
	if p.What.None() {
		return why
	}
	return Say("words.sentence", Args{"Text": p.What}).And(why)
}

// Unsaid is [Problem.Raw], or "" where Why tells the same already, word by word.
func (p *Problem) Unsaid() string {
	raw := strings.TrimSpace(p.Raw())
	for _, f := range p.Why.Each() {
		said, _ := f.Args["Text"].(Raw)
		if strings.EqualFold(string(said), raw) || strings.EqualFold(string(said), raw+".") {
			return ""
		}
	}
	return raw
}

// Printed is a cause of a problem whose text is what a program printed. cause, which may be nil, is what it wraps.
func Printed(text string, cause error) error { return &printed{text, cause} }

type printed struct {
	text  string
	cause error
}

func (p *printed) Error() string { return p.text }
func (p *printed) Unwrap() error { return p.cause }

// Error is the problem for programmers: the codes of what and why, and the error that it explains. What a person reads
// is made by the package words.
func (p *Problem) Error() string {
	line := string(p.Kind)
	for _, f := range append(p.What.Each(), p.Why.Each()...) {
		line += ": " + f.Code
	}
	if p.Cause != nil {
		line += ": " + p.Cause.Error()
	}
	return line
}

// Unwrap returns the error that the problem explains, or nil.
func (p *Problem) Unwrap() error { return p.Cause }

// AsProblem returns err as a [Problem]: itself when it is one already, a problem of kind unknown that says what
// otherwise. It returns nil for nil and for a cancelled context, because a user who cancelled has no problem.
func AsProblem(err error, what Fact) *Problem {
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return &Problem{
		Kind: ProblemUnknown, Cause: err, What: what, Fix: Say("model.copy-the-details-and-search"),
	}
}

// IsKind tells whether err is or wraps a [Problem] of this kind.
func IsKind(err error, kind ProblemKind) bool {
	var p *Problem
	return errors.As(err, &p) && p.Kind == kind
}
