package notebook

import (
	"strings"
	"testing"

	"slipway/engine/words"
)

func TestMaintained(t *testing.T) {
	for image, want := range map[string]string{
		"jupyter/scipy-notebook:python-3.8":       "quay.io/jupyter/scipy-notebook:latest",
		"docker.io/jupyter/all-spark-notebook":    "quay.io/jupyter/all-spark-notebook:latest",
		"quay.io/jupyter/scipy-notebook":          "",
		"127.0.0.1:5000/jupyter/scipy-notebook:x": "",
		"jupyter/repo2docker":                     "",
		"me/scipy-notebook":                       "",
		"":                                        "",
		"not a name":                              "",
	} {
		got, why, ok := Maintained(image)
		if got != want || ok != (want != "") || ok && !strings.Contains(words.Of(why).String(), "October 2023") {
			t.Errorf("%s: %q %q %v", image, got, why, ok)
		}
		if python := strings.Contains(image, "3.8"); python != strings.Contains(words.Of(why).String(), "Python 3.8") {
			t.Errorf("%s: %s", image, why)
		}
	}
}
