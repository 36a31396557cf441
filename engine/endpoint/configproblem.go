package endpoint

import (
	"bytes"
	"encoding/json"
	"errors"
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
var without = model.Say("endpoint.slipway-goes-on-without-it")

// unreadable says why config.json cannot even be read, and what mends that.
func unreadable(path string, err error) *model.Problem {
	p := &model.Problem{
		Kind: model.ProblemBadInput, Cause: err,
		What: model.Say("endpoint.docker-s-settings-cannot-be"),
	}
	sayUnread(p, path, err)
	p.Why = p.Why.And(without)
	return p
}

// sayUnread says why a file of Docker's cannot be read, and what mends that where it is known.
func sayUnread(p *model.Problem, path string, err error) {
	var kind platform.NotRegular
	switch {
	case errors.Is(err, fs.ErrPermission):
		sayOwner(p, path)
	case errors.As(err, &kind) && kind.Mode.IsDir():
		p.Why = model.Say("endpoint.is-a-folder-where-docker", model.Args{"Path": model.Name(path)})
		p.Fix, p.Command = model.Say("endpoint.move-the-folder-away"),
			model.Run("mv", "-n", whole(path), whole(path)+".folder")
	case errors.As(err, &kind):
		p.Why = model.Say("endpoint.at", model.Args{"Path": model.Name(path), "Kind": kind.Fact()})
	default:
		p.Why = model.Say("endpoint.cannot-be-read", model.Args{"Path": model.Name(path)})
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
	p.Why = model.Say("endpoint.is-closed-to-you", model.Args{"Path": model.Name(path)})
	switch {
	case owner < 0:
	case owner == me:
		p.Why, p.Fix = model.Say("endpoint.is-yours-but-its-permissions", model.Args{"Path": model.Name(path)}),
			model.Say("endpoint.allow-yourself-to-read-it")
		p.Command = model.Run("chmod", "u+rwX", whole(path))
	default:
		p.Why = model.Say("endpoint.belongs-to-and-you-may",
			model.Args{"Path": model.Name(path), "UserName": model.Name(userName(owner))})
		p.Fix, p.Command = model.Say("endpoint.make-it-yours-again"), model.Run("sudo", "chown", userName(me), whole(path))
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
	p := &model.Problem{
		Kind: model.ProblemBadInput, Cause: err,
		What: model.Say("endpoint.docker-s-settings-are-damaged"),
		Fix:  model.Say("endpoint.correct-the-file-or-remove"),
	}
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		p.Why = model.Say("endpoint.line-and-fault", model.Args{
			"LineOf": lineOf(path, data, syntax.Offset-1), "Fault": syntaxFault(data, syntax.Offset-1),
		}).And(without)
	case errors.Is(err, io.ErrUnexpectedEOF):
		p.Why = model.Say("endpoint.the-file-ends-in-the-middle", model.Args{"LineOf": lineOf(path, data, int64(len(data)))}).
			And(without)
	case errors.As(err, &shape):
		p.Why = model.Say("endpoint.slipway-uses-the-rest-as",
			model.Args{"LineOf": lineOf(path, data, shape.Offset-1), "ShapeFault": shapeFault(shape)})
	default:
		bad := goodSignIns(cfg)
		p.Why = model.Say("endpoint.the-sign-in-for-is", model.Args{"LineOf": lineOf(path, data,
			int64(bytes.Index(data, []byte(strconv.Quote(bad))))), "Bad": model.Name(bad)})
		p.Fix, p.Command = model.Say("endpoint.sign-in-there-again"), model.Run("docker", "login", bad)
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
func lineOf(path string, data []byte, at int64) model.Fact {
	at = max(0, min(at, int64(len(data))))
	return model.Say("endpoint.line-of",
		model.Args{"Line": model.Count(1 + bytes.Count(data[:at], []byte("\n"))), "Path": model.Name(path)})
}

// syntaxFault says what is at the place where JSON cannot go on.
func syntaxFault(data []byte, at int64) model.Fact {
	at = max(0, min(at, int64(len(data))-1))
	before := bytes.TrimRight(data[:at], " \t\r\n")
	switch c := data[at]; {
	case c == 0:
		return model.Say("endpoint.the-file-holds-zero-bytes")
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return model.Say("endpoint.the-file-begins-with-a")
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return model.Say("endpoint.the-file-is-written-in")
	case c == '/' || c == '#':
		return model.Say("endpoint.a-comment-stands-there-and")
	case (c == '}' || c == ']') && bytes.HasSuffix(before, []byte(",")):
		return model.Say("endpoint.a-comma-stands-before-the")
	case c == '"' && len(before) > 0:
		return model.Say("endpoint.a-comma-or-a-colon")
	case c == '\n' || c == '\r':
		return model.Say("endpoint.a-text-is-not-closed")
	case c > ' ' && c < 0x7f:
		return model.Say("endpoint.cannot-stand-there", model.Args{"Character": model.Name(string(rune(c)))})
	default:
		return model.Say("endpoint.a-character-stands-there-that")
	}
}

// shapeFault says which setting has another shape than docker wants.
func shapeFault(err *json.UnmarshalTypeError) model.Fact {
	name, _, _ := strings.Cut(err.Field, ".")
	switch {
	case name == "":
		return model.Say("endpoint.the-file-does-not-hold")
	case name == "proxies":
		return model.Say("endpoint.proxies-must-name-the-engine")
	default:
		return model.Say("endpoint.has-another-form-than-docker", model.Args{"Name": model.Name(model.Visible(name))})
	}
}
