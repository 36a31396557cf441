//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package platform

import "context"

// Instance is the place of the one Slipway of a user that has a window. This system has none: every Slipway opens a
// window of its own. A port on loopback, which the other systems' socket could be exchanged for, would be open to every
// user of this computer.
type Instance struct{}

// Claim returns [ErrNoInstance].
func Claim(context.Context, Request) (i *Instance, handed bool, err error) {
	return nil, false, ErrNoInstance
}

// Serve does nothing.
func (i *Instance) Serve(context.Context, func(context.Context, Request) error) {}

// Close does nothing.
func (i *Instance) Close() error { return nil }
