package endpoint

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"slipway/engine/model"
	"slipway/engine/platform"

	ctxdocker "github.com/docker/cli/cli/context/docker"
	"github.com/docker/cli/cli/context/store"
)

// mostContext is how much of a context's file is read, in bytes.
const mostContext = 1 << 20

// contexts lists the endpoints of Docker's context store, of which one that is damaged hides no other. A current one
// that is missing there is listed with its problem.
func contexts(current string, explicit bool) []Endpoint {
	var list []Endpoint
	seen := current == "" || current == defaultContext
	for _, file := range contextFiles() {
		e := contextAt(file, current)
		e.Explicit = e.Current && explicit
		seen = seen || e.Current
		if e.Current && e.Host == "" && e.Problem.Command == nil {
			sayUnusable(e.Problem, explicit)
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b Endpoint) int { return cmp.Compare(a.Name, b.Name) })
	if !seen {
		p := &model.Problem{
			Kind: model.ProblemNotFound,
			What: model.Say("endpoint.the-docker-context-does-not", model.Args{"Current": model.Name(current)}),
			Why:  model.Say("endpoint.docker-is-set-to-use"),
		}
		sayUnusable(p, explicit)
		list = append(list, Endpoint{Name: current, Source: FromContext, Current: true, Explicit: explicit, Problem: p})
	}
	return list
}

// sayUnusable says what else there is than the current context.
func sayUnusable(p *model.Problem, explicit bool) {
	p.Fix, p.Command = model.Say("endpoint.choose-the-default-context"), model.Run("docker", "context", "use", "default")
	if explicit {
		p.Fix, p.Command = model.Say("endpoint.unset-docker-context-or-set"),
			model.Run("unset", "DOCKER_CONTEXT")
	}
}

// contextFiles are the files of Docker's contexts, in no order. Each is in a folder that is named by a checksum of its
// name.
func contextFiles() []string {
	dir := filepath.Join(ConfigDir(), "contexts", "meta")
	entries, _ := os.ReadDir(dir)
	var files []string
	for _, entry := range entries {
		file := filepath.Join(dir, entry.Name(), "meta.json")
		if _, err := os.Lstat(file); err == nil || errors.Is(err, fs.ErrPermission) {
			files = append(files, file)
		}
	}
	return files
}

// contextAt is the endpoint of the context in a file.
func contextAt(file, current string) Endpoint {
	folder := filepath.Base(filepath.Dir(file))
	e := Endpoint{Name: file, Source: FromContext}
	if current != "" && folder == contextFolder(current) { // its name is in the file alone
		e.Name, e.Current = current, true
	}
	data, err := platform.ReadRegular(file, mostContext)
	if err != nil {
		e.Problem = &model.Problem{
			Kind: model.ProblemBadInput, Cause: err,
			What: model.Say("endpoint.the-file-of-a-docker"),
			Fix:  model.Say("endpoint.mend-the-file-or-remove"),
		}
		sayUnread(e.Problem, file, err)
		return e
	}
	var named struct{ Name string }
	err = json.Unmarshal(data, &named)
	if err == nil && contextFolder(named.Name) != folder {
		err = errors.New("the file does not hold the context of its folder")
	}
	var meta store.Metadata
	if err == nil {
		e.Name, e.context = named.Name, named.Name
		meta, err = contextStore().GetMetadata(named.Name)
	}
	if err != nil {
		e.Problem = &model.Problem{
			Kind: model.ProblemBadInput, Cause: err,
			What: model.Say("endpoint.the-file-of-a-docker-context", model.Args{"File": model.Name(file)}),
			Why:  faultOf(file, data, err),
			Fix:  model.Say("endpoint.mend-the-file-or-remove"),
		}
		return e
	}
	ep, err := ctxdocker.EndpointFromContext(meta)
	if err != nil {
		e.Problem = &model.Problem{
			Kind: model.ProblemBadInput, Cause: err,
			What: model.Say("endpoint.the-docker-context-has-no", model.Args{"Name": model.Name(model.Visible(e.Name))}),
			Why:  model.Say("endpoint.it-may-be-one-of"),
			Fix:  model.Say("endpoint.choose-another-context"),
		}
		return e
	}
	e.Host, e.Problem = contextHost(e.Name, ep.Host)
	e.Virtual = isVirtualHost(e.Host)
	return e
}

// contextFolder is the name of the folder of a context.
func contextFolder(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// faultOf says what is wrong in a file of JSON.
func faultOf(file string, data []byte, err error) model.Fact {
	var syntax *json.SyntaxError
	switch {
	case len(data) == 0:
		return model.Say("endpoint.it-is-empty-as-after")
	case errors.As(err, &syntax):
		at := syntax.Offset - 1
		if syntax.Offset > int64(len(data))-1 && data[len(data)-1] != 0 {
			return model.Say("endpoint.the-file-ends-in-the-middle", model.Args{"LineOf": lineOf(file, data, at)})
		}
		return model.Say("endpoint.line-and-fault",
			model.Args{"LineOf": lineOf(file, data, at), "Fault": syntaxFault(data, at)})
	}
	return model.Say("endpoint.it-does-not-hold-what")
}
