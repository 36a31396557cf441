package platform

import (
	"context"
	"runtime"
	"strings"

	"github.com/godbus/dbus/v5"
)

// trayWatcher is who shows tray icons on a free desktop
// (freedesktop.org/wiki/Specifications/StatusNotifierItem).
const trayWatcher = "org.kde.StatusNotifierWatcher"

// HasTray tells whether the desktop shows tray icons. Plain GNOME, for example, does not. It asks the session bus where
// the system has one, and never starts one.
func HasTray(ctx context.Context) bool {
	if runtime.GOOS != "linux" && !strings.HasSuffix(runtime.GOOS, "bsd") {
		return true
	}
	bus, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return false
	}
	defer bus.Close()
	if bus.Auth(nil) != nil || bus.Hello() != nil {
		return false
	}
	var owned bool
	err = bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, trayWatcher).Store(&owned)
	return err == nil && owned
}
