//go:build linux

package gui_test

import (
	"image/png"
	"os"
)

// picture draws the window as it is now into a PNG file.
func (d *inProcess) picture(path string) {
	d.layout()
	f, err := os.Create(path)
	if err != nil {
		d.t.Log(err)
		return
	}
	defer f.Close()
	if err := png.Encode(f, d.shell.Window().Canvas().Capture()); err != nil {
		d.t.Log(err)
	}
	d.t.Log("the window:", path)
}
