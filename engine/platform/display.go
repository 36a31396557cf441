package platform

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"slipway/engine/model"
)

// ErrNoDisplay says that no window can be opened here.
var ErrNoDisplay = &model.Problem{Kind: model.ProblemUnsupported, What: model.Say("platform.there-is-no-display")}

// CheckDisplay tells whether a window could be opened. Only X11 and Wayland can be without a display.
func CheckDisplay() error {
	if runtime.GOOS != "linux" && !strings.HasSuffix(runtime.GOOS, "bsd") {
		return nil
	}
	if w := os.Getenv("WAYLAND_DISPLAY"); w != "" {
		if !filepath.IsAbs(w) {
			w = filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), w)
		}
		if dials("unix", w) {
			return nil
		}
	}
	host, number, ok := strings.Cut(os.Getenv("DISPLAY"), ":")
	if !ok {
		return ErrNoDisplay
	}
	number, _, _ = strings.Cut(number, ".")
	n, err := strconv.Atoi(number)
	if err != nil {
		return ErrNoDisplay
	}
	// X(7): a display without a host is a local socket, also in Linux's abstract name space; others are TCP from 6000 on.
	if host == "" || host == "unix" {
		path := "/tmp/.X11-unix/X" + number
		if dials("unix", path) || dials("unix", "@"+path) {
			return nil
		}
		return ErrNoDisplay
	}
	if dials("tcp", net.JoinHostPort(host, strconv.Itoa(6000+n))) {
		return nil
	}
	return ErrNoDisplay
}

func dials(network, address string) bool {
	c, err := net.DialTimeout(network, address, 3*time.Second) // #nosec G704 -- where the user's DISPLAY says
	if err != nil {
		return false
	}
	c.Close()
	return true
}
