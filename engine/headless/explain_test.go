package headless

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// TestExplain says what a command does, for people and for programs, and shows no secret.
func TestExplain(t *testing.T) {
	var out, errs bytes.Buffer
	line := "sudo docker run -it --rm -p 8888:8888 -e PASSWORD=hush-hush-1 jupyter/scipy-notebook"
	if code := Explain([]string{line}, nil, &out, &errs); code != 0 || !strings.Contains(out.String(), "Port 8888") ||
		strings.Contains(out.String(), "hush") {
		t.Errorf("%d %s %s", code, out.String(), errs.String())
	}
	out.Reset()
	args := append([]string{"--json"}, "docker", "run", "-v", "/a:/home/jupyter/scipy-notebook:python-3.8")
	if code := Explain(args, nil, &out, &errs); code != 0 {
		t.Errorf("%d %s", code, errs.String())
	}
	var list []explained
	if err := json.Unmarshal(out.Bytes(), &list); err != nil || len(list) != 1 || list[0].Problem == "" ||
		list[0].Meant != "docker run -v /a:/home jupyter/scipy-notebook:python-3.8" {
		t.Errorf("%s %v", out.String(), err)
	}
	out.Reset()
	block := strings.NewReader("docker pull redis\ndocker run redis\n")
	if code := Explain([]string{"-"}, block, &out, &errs); code != 0 ||
		strings.Count(out.String(), "docker ") != 2 {
		t.Errorf("%d %q", code, out.String())
	}
	for text, want := range map[string]int{"hello": ExitFailed, "": ExitFailed} {
		if code := Explain([]string{text}, nil, &out, &errs); code != want {
			t.Errorf("%q: %d", text, code)
		}
	}
	if code := Explain(nil, nil, &out, &errs); code != ExitUsage {
		t.Errorf("without a command: %d", code)
	}
}
