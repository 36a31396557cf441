//go:build linux

package gui_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"slipway/engine/practice"
	"slipway/gui"
	"slipway/gui/guitest"
)

// TestHelp reads the documentation, the licences, and what a report of a fault contains, without a network.
func TestHelp(t *testing.T) {
	w, _ := guitest.Practice(t, practice.Options{})
	w.See("nav.containers")
	w.Bar("Help", "Documentation")
	w.Read("manual.0", "Slipway")
	if path := os.Getenv("SLIPWAY_PICTURE"); path != "" {
		w.Picture(path + "-manual.png")
	}
	for i := range 20 { // each is there, and none holds the window
		if id := fmt.Sprint("manual.", i); guitest.Shows(id)(w.Dump()) {
			w.Press(id)
		}
	}
	w.Press("manual.close")
	w.Bar("Help", "Licenses")
	w.Press(w.Named("row:fyne.io/fyne/", ""))
	w.Read("licences.text", "Fyne.io developers")
	if path := os.Getenv("SLIPWAY_PICTURE"); path != "" {
		w.Picture(path + "-licences.png")
	}
	w.Press("licences.close")
	w.Bar("Help", "Report a problem")
	w.Read("details.raw", "Slipway: test")
	w.Read("details.raw", "Engine: Docker 28.5")
	if path := os.Getenv("SLIPWAY_PICTURE"); path != "" {
		w.Picture(path + "-report.png")
	}
	home, _ := os.UserHomeDir()
	host, _ := os.Hostname()
	for _, own := range []string{"nginx", "survey-2025", "db-data", "/home", home, "@", host, w.Engine().Endpoint().Host} {
		if own != "" && strings.Contains(w.Text("details.raw"), own) {
			t.Errorf("%q is in the report", own)
		}
	}
	w.Press("details.copy")
	w.Copied("Slipway: test")
	w.Press("details.close")
	w.Until("no dialog", func(d gui.Dump) bool { return !guitest.Shows("details")(d) })
}

// TestLicences holds that the licences in the program are those of what it is built from.
func TestLicences(t *testing.T) {
	cmd := exec.Command("go", "run", "./.ci/licences")
	cmd.Dir = ".."
	want, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("../assets/licences.txt"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("they are others: go run ./.ci/licences > assets/licences.txt (%v)", err)
	}
}
