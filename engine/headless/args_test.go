package headless

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/engine/model"
	"slipway/engine/notebook"
	"slipway/engine/settings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		args string
		want Command
	}{
		{"launch", Command{Do: "launch"}},
		{"launch scipy", Command{Do: "launch", first: "scipy"}},
		{"launch scipy /tmp", Command{Do: "launch", Recipe: "scipy", Folder: "/tmp"}},
		{
			"launch --no-window scipy --json /tmp --no-browser",
			Command{Do: "launch", Recipe: "scipy", Folder: "/tmp", NoWindow: true, NoBrowser: true, JSON: true},
		},
		{"launch -no-window", Command{Do: "launch", NoWindow: true}},
		{"launch --no-window=true -- --strange", Command{Do: "launch", first: "--strange", NoWindow: true}},
		{"launch scipy -- -x", Command{Do: "launch", Recipe: "scipy", Folder: "-x"}},
		{"launch --last", Command{Do: "launch", Last: true}},
		{"launch --last r", Command{Do: "launch", Recipe: "r", Last: true}},
		{"open a.ipynb", Command{Do: "open", File: "a.ipynb"}},
		{"open --recipe r in/A.IPYNB --no-window", Command{Do: "open", File: "in/A.IPYNB", Recipe: "r", NoWindow: true}},
		{"open -- -a.ipynb", Command{Do: "open", File: "-a.ipynb"}},
	} {
		got, err := Parse(strings.Fields(tc.args))
		if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(Command{})); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", tc.args, err, diff)
		}
	}
}

func TestParseWrong(t *testing.T) {
	for _, tc := range []struct{ args, want string }{
		{"nonsense", `unknown command “nonsense”`},
		{"launch --nonsense", "not defined: -nonsense"},
		{"launch --no-window=maybe", "invalid boolean value"},
		{"launch --recipe r", "not defined: -recipe"},
		{"launch a b c", "not 3 arguments"},
		{"launch --last a b", "not both"},
		{"open --last a.ipynb", "not defined: -last"},
		{"launch --json", "only with --no-window"},
		{"launch --no-browser", "only with --no-window"},
		{"open", "takes one notebook file"},
		{"open a.ipynb b.ipynb", "takes one notebook file"},
		{"open a.py", "a.py is not a notebook"},
		{"open --recipe", "needs an argument"},
	} {
		_, err := Parse(strings.Fields(tc.args))
		var usage *UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") ||
			exitCode(err) != ExitUsage {
			t.Errorf("%s: %v", tc.args, err)
		}
	}
	if _, err := Parse([]string{"launch", ""}); exitCode(err) != ExitUsage {
		t.Errorf("an empty word: %v", err)
	}
	for _, args := range []string{"launch --help", "launch -h", "open x.ipynb --help", "launch --no-window --help"} {
		c, err := Parse(strings.Fields(args))
		if !errors.Is(err, flag.ErrHelp) || !strings.Contains(c.Help().String(), "Usage: slipway "+c.Do) ||
			!strings.Contains(c.Help().String(), "130 cancelled") {
			t.Errorf("%s: %v", args, err)
		}
	}
}

// FuzzParse: whatever is typed, it is understood or refused in one line.
func FuzzParse(f *testing.F) {
	f.Add("launch\x00--no-window\x00scipy\x00--\x00-x")
	f.Add("open\x00--recipe\x00r\x00a.ipynb")
	f.Fuzz(func(t *testing.T, line string) {
		c, err := Parse(strings.Split(line, "\x00"))
		var usage *UsageError
		switch {
		case err == nil && c.Do != "launch" && c.Do != "open", err == nil && c.Do == "open" && c.File == "":
			t.Errorf("%q is %+v", line, c)
		case err != nil && !errors.Is(err, flag.ErrHelp) && !errors.As(err, &usage):
			t.Errorf("%q: %v", line, err)
		}
	})
}

func TestWish(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, sub := range []string{"thesis", "scipy", "with space", "known"} {
		if err := os.Mkdir(sub, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink("thesis", "link"), os.WriteFile("thesis/a.ipynb", nil, 0o600),
		os.Symlink("thesis/a.ipynb", "b.ipynb")); err != nil {
		t.Fatal(err)
	}
	recipes := []notebook.Recipe{{ID: "scipy"}, {ID: "r"}, {ID: "rstudio"}}
	projects := []settings.Project{
		{Folder: filepath.Join(dir, "known"), Recipe: "r", Port: 9000},
		{Folder: dir, Recipe: "gone"},
	}
	at := func(names ...string) string { return filepath.Join(append([]string{dir}, names...)...) }
	for _, tc := range []struct {
		args, recipe, folder, file string
		port                       uint16
	}{
		{"launch", "scipy", dir, "", 0}, // its recipe is gone
		{"launch thesis", "scipy", at("thesis"), "", 0},
		{"launch ./thesis/", "scipy", at("thesis"), "", 0},
		{"launch link", "scipy", at("thesis"), "", 0},
		{"launch scipy", "scipy", dir, "", 0}, // a folder is called so, too
		{"launch ./scipy", "scipy", at("scipy"), "", 0},
		{"launch r thesis", "r", at("thesis"), "", 0},
		{"launch known", "r", at("known"), "", 9000},
		{"launch scipy known", "scipy", at("known"), "", 9000},
		{"launch file://" + dir + "/with%20space", "scipy", at("with space"), "", 0},
		{"launch --last", "r", at("known"), "", 9000},
		{"launch scipy --last", "scipy", at("known"), "", 9000},
		{"open thesis/a.ipynb", "scipy", at("thesis"), at("thesis", "a.ipynb"), 0},
		{"open b.ipynb", "scipy", at("thesis"), at("thesis", "a.ipynb"), 0},
		{"open --recipe rstudio b.ipynb", "rstudio", at("thesis"), at("thesis", "a.ipynb"), 0},
	} {
		c, err := Parse(strings.Fields(tc.args))
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.wish(recipes, projects)
		want := wish{recipe: notebook.Recipe{ID: tc.recipe}, folder: tc.folder, file: tc.file, port: tc.port}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(wish{}), cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", tc.args, err, diff)
		}
	}
	if _, err := (Command{Do: "launch", Last: true}).wish(recipes, nil); exitCode(err) != ExitUsage {
		t.Errorf("there is no last one: %v", err)
	}
	for _, tc := range []struct {
		args string
		code int
		kind model.ProblemKind
	}{
		{"launch nothing", ExitUsage, ""},
		{"launch nothing thesis", ExitUsage, ""},
		{"launch ./nothing", ExitFailed, model.ProblemNotFound},
		{"launch scipy nothing", ExitFailed, model.ProblemNotFound},
		{"open nothing.ipynb", ExitFailed, model.ProblemNotFound},
		{"open --recipe nothing b.ipynb", ExitUsage, ""},
	} {
		c, err := Parse(strings.Fields(tc.args))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = c.wish(recipes, projects); exitCode(err) != tc.code || tc.kind != "" && !model.IsKind(err, tc.kind) {
			t.Errorf("%s: %d %v", tc.args, exitCode(err), err)
		}
	}
}
