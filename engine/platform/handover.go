package platform

import (
	"crypto/rand"
	"encoding/hex"
	"time"
)

// handOverTime is how long a browser may take to ask for what it was opened for. One that is started first, on a busy
// computer, takes a while.
const handOverTime = 2 * time.Minute

// handedOver is an address on its way to the browser.
type handedOver struct {
	// open starts the browser, and end withdraws the address.
	open func() error
	end  func()
}

// runner runs what an address on its way needs. With wait, Slipway does not end before the browser has the address.
type runner func(wait bool, fn func())

// handOverPath is where the page is that leads on, before a random part that nobody can guess.
const handOverPath = "/slipway-open/"

func nonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return hex.EncodeToString(b[:])
}
