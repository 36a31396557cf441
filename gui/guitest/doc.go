// Package guitest drives Slipway's window in tests as a person does: it sees what is visible, clicks and types. It is
// for tests only, and empty except on Linux.
//
//	func TestMain(m *testing.M) { os.Exit(guitest.Main(m)) }
//
//	w, engine := guitest.Practice(t, practice.Options{})
//	w.Press("nav.containers")
//	w.See("row:web")
//
// The [Window] is in the test's own process, on the engine in memory ([Practice]) or on any other ([Open]). It has a
// watchdog: if something holds the UI thread for two seconds, the test fails with the stacks of all goroutines.
//
// # The real program
//
// The tests of package gui do the main job twice: with the window in process, and with the real program in a real
// window under Xvfb, where xdotool moves the pointer. They ask the program where to click: its hidden flag --automation
// SOCKET opens a unix socket that answers the line "dump" with JSON of what is visible ([gui.Dump]). It is read-only.
//
// # Pictures
//
// TestPictures (package gui) draws every page on the engine in memory, in name spaces of its own, where the clock
// stands still. They are the same bytes on every run, so it compares them with those in assets/screenshots, which "make
// screenshots" draws again.
//
// # Windows
//
// "make test-windows" builds slipway.exe with mingw and runs it with wine, beside the program for this computer on the
// same engine. Both are clicked at the same places, and every page must look the same in both.
package guitest
