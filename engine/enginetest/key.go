//go:build linux

package enginetest

import "slipway/engine/model"

// Key signs what tests make, as a user's own key would.
var Key = model.Key("the key of Slipway's tests, 32 b.")
