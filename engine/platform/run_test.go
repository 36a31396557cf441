package platform

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestRunEnded(t *testing.T) {
	mine := ThisRun()
	as := func(pid int) string {
		parts := strings.Split(mine, "-")
		return fmt.Sprintf("%s-%s-%d-7", parts[0], parts[1], pid)
	}
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Skip("no program to run: " + err.Error())
	}
	other := exec.Command("sleep", "1000")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = other.Process.Kill()
		_ = other.Wait()
	}()
	for label, tc := range map[string]struct {
		name         string
		ended, known bool
	}{
		"this one":             {mine, false, true},
		"a job of it":          {as(os.Getpid()), false, true},
		"its number is mine":   {"1" + mine, true, true},
		"ended":                {as(dead.Process.Pid), true, true},
		"its number was given": {as(other.Process.Pid), true, true},
		"another computer":     {"6b085a13-00000000-22285-2", false, false},
		"an older one":         {"6b085a13-22285-2", false, false},
		"nothing":              {"", false, false},
		"no number":            {strings.Replace(mine, fmt.Sprint("-", os.Getpid()), "-x", 1), false, false},
	} {
		if ended, known := RunEnded(tc.name); ended != tc.ended || known != tc.known {
			t.Errorf("%s, %q: %v %v", label, tc.name, ended, known)
		}
	}
}
