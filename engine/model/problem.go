package model

import (
	"context"
	"errors"
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

// Problem is an error as a user reads it: what happened, why, and what to do about it.
// Every error that reaches the window is one.
type Problem struct {
	Kind ProblemKind
	// What happened, one short sentence that names the thing it happened to.
	What string
	// Why it happened, in plain words; may be empty when nobody knows.
	Why string
	// Fix is the next step, as a sentence.
	Fix string
	// Command is an exact command line for this system that carries out the fix; nil where there is none. It is words, so
	// that nothing from outside can become a command.
	Command Shell
	// NextLogin tells that the fix counts only once the person has logged in again.
	NextLogin bool
	// Raw is the engine's own text, for the person who wants to search for it.
	Raw string

	// cause keeps the chain for errors.Is and errors.As.
	cause error
}

// NewProblem returns a problem of this kind that wraps cause. Raw is taken from cause, which may be nil.
func NewProblem(kind ProblemKind, cause error, what, why, fix string) *Problem {
	p := &Problem{Kind: kind, What: what, Why: why, Fix: fix, cause: cause}
	if cause != nil {
		p.Raw = cause.Error()
	}
	return p
}

// Error is the problem in one line: what, why and the raw text when there is nothing better.
func (p *Problem) Error() string {
	switch {
	case p.Why != "":
		return p.What + ": " + p.Why
	case p.Raw != "" && p.Raw != p.What:
		return p.What + ": " + p.Raw
	default:
		return p.What
	}
}

// Unwrap returns the error that the problem explains, or nil.
func (p *Problem) Unwrap() error { return p.cause }

// AsProblem returns err as a [Problem]: itself when it is one already, a problem of kind unknown that says what
// otherwise. It returns nil for nil and for a cancelled context, because a user who cancelled has no problem.
func AsProblem(err error, what string) *Problem {
	if err == nil || errors.Is(err, context.Canceled) {
		return nil
	}
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return NewProblem(ProblemUnknown, err, what, "", "Copy the details and search for them, or try again.")
}

// IsKind tells whether err is or wraps a [Problem] of this kind.
func IsKind(err error, kind ProblemKind) bool {
	var p *Problem
	return errors.As(err, &p) && p.Kind == kind
}
