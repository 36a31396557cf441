package endpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"slipway/engine/model"
	"slipway/engine/platform"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
	"github.com/docker/cli/cli/config/types"
)

// without is what Slipway, like docker, does about a config.json that it cannot use.
const without = "Slipway goes on without it, as docker does: sign-ins that are kept there are not sent."

// unreadable says why config.json cannot even be read, and what mends that.
func unreadable(path string, err error) *model.Problem {
	p := model.NewProblem(model.ProblemBadInput, err, "Docker's settings cannot be read", "", "")
	sayUnread(p, path, err)
	p.Why += " " + without
	return p
}

// sayUnread says why a file of Docker's cannot be read, and what mends that where it is known.
func sayUnread(p *model.Problem, path string, err error) {
	var kind platform.NotRegular
	switch {
	case errors.Is(err, fs.ErrPermission):
		sayOwner(p, path)
	case errors.As(err, &kind) && kind.Mode.IsDir():
		p.Why = path + " is a folder, where docker wants a file."
		p.Fix, p.Command = "Move the folder away.", model.Run("mv", "-n", whole(path), whole(path)+".folder")
	case errors.As(err, &kind):
		p.Why = "At " + path + ", " + kind.Error() + "."
	default:
		p.Why = path + " cannot be read."
	}
}

// sayOwner says whose a file is that may not be read, or else the first folder on the way to it that may not be
// entered.
func sayOwner(p *model.Problem, path string) {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrPermission) || dir == filepath.Dir(dir) {
			break
		}
		path = dir
	}
	owner, me := platform.FileOwner(path), os.Getuid()
	p.Why = path + " is closed to you."
	switch {
	case owner < 0:
	case owner == me:
		p.Why, p.Fix = path+" is yours, but its permissions do not let you read it.", "Allow yourself to read it."
		p.Command = model.Run("chmod", "u+rwX", whole(path))
	default:
		p.Why = path + " belongs to " + userName(owner) +
			", and you may not read it. That happens when docker login ran with sudo."
		p.Fix, p.Command = "Make it yours again.", model.Run("sudo", "chown", userName(me), whole(path))
	}
}

// userName is the name of a user, or the number where the system has no name for it: chown takes either.
func userName(id int) string {
	if u, err := user.LookupId(strconv.Itoa(id)); err == nil {
		return u.Username
	}
	return strconv.Itoa(id)
}

// whole is a path that means the same in every folder, and is no option.
func whole(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// damaged says what is wrong inside of config.json, and makes what was read of it what docker would use: after a
// damaged part docker keeps the others, but no sign-in that it had not decoded yet. Which of several it had is chance
// with docker; here the good ones are all kept.
func damaged(path string, data []byte, cfg *configfile.ConfigFile, err error) *model.Problem {
	p := model.NewProblem(model.ProblemBadInput, err, "Docker's settings are damaged", "",
		"Correct the file, or remove it and sign in again with docker login.")
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		p.Why = lineOf(path, data, syntax.Offset-1) + ": " + syntaxFault(data, syntax.Offset-1) + ". " + without
	case errors.Is(err, io.ErrUnexpectedEOF):
		p.Why = lineOf(path, data, int64(len(data))) + ": the file ends in the middle. " + without
	case errors.As(err, &shape):
		p.Why = lineOf(path, data, shape.Offset-1) + ": " + shapeFault(shape) +
			". Slipway uses the rest, as docker does, but no sign-in that is kept there."
	default:
		bad := goodSignIns(cfg)
		p.Why = lineOf(path, data, int64(bytes.Index(data, []byte(strconv.Quote(bad))))) + ": the sign-in for " + bad +
			" is not what docker writes. Slipway does without that one."
		p.Fix, p.Command = "Sign in there again.", model.Run("docker", "login", bad)
		if strings.HasPrefix(bad, "-") {
			p.Command = nil
		}
	}
	for host, auth := range cfg.AuthConfigs {
		auth.Auth = "" // as it stands in the file: no engine reads that
		cfg.AuthConfigs[host] = auth
	}
	return p
}

// goodSignIns decodes the sign-ins one by one, and gives the first of those that cannot be.
func goodSignIns(cfg *configfile.ConfigFile) (bad string) {
	for _, host := range slices.Backward(slices.Sorted(maps.Keys(cfg.AuthConfigs))) {
		auth := cfg.AuthConfigs[host]
		if auth.Auth == "" {
			continue
		}
		one, err := json.Marshal(configfile.ConfigFile{AuthConfigs: map[string]types.AuthConfig{host: auth}})
		if err != nil {
			continue
		}
		if read, err := config.LoadFromReader(bytes.NewReader(one)); err != nil {
			bad = host
		} else {
			cfg.AuthConfigs[host] = read.AuthConfigs[host]
		}
	}
	return bad
}

// lineOf names the line of a place in a file, given in bytes from its beginning.
func lineOf(path string, data []byte, at int64) string {
	at = max(0, min(at, int64(len(data))))
	return fmt.Sprintf("Line %d of %s", 1+bytes.Count(data[:at], []byte("\n")), path)
}

// syntaxFault says what is at the place where JSON cannot go on.
func syntaxFault(data []byte, at int64) string {
	at = max(0, min(at, int64(len(data))-1))
	before := bytes.TrimRight(data[:at], " \t\r\n")
	switch c := data[at]; {
	case c == 0:
		return "the file holds zero bytes, as after a crash or a full disk"
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return "the file begins with a byte order mark, as Notepad writes it, and docker does not take that"
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return "the file is written in UTF-16, and docker wants UTF-8"
	case c == '/' || c == '#':
		return "a comment stands there, and JSON has none"
	case (c == '}' || c == ']') && bytes.HasSuffix(before, []byte(",")):
		return "a comma stands before the closing bracket"
	case c == '"' && len(before) > 0:
		return "a comma or a colon is missing before a quotation mark"
	case c == '\n' || c == '\r':
		return "a text is not closed at the end of the line"
	case c > ' ' && c < 0x7f:
		return "“" + string(rune(c)) + "” cannot stand there"
	default:
		return "a character stands there that JSON does not take"
	}
}

// shapeFault says which setting has another shape than docker wants.
func shapeFault(err *json.UnmarshalTypeError) string {
	name, _, _ := strings.Cut(err.Field, ".")
	switch {
	case name == "":
		return "the file does not hold an object in braces"
	case name == "proxies":
		return "“proxies” must name the engine first, as in {\"proxies\": {\"default\": {\"httpProxy\": \"…\"}}}"
	default:
		return "“" + model.Visible(name) + "” has another form than docker wants"
	}
}
