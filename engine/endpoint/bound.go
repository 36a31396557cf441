package endpoint

import (
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"

	"slipway/engine/model"

	"github.com/docker/docker/client"
)

// mostAnswer is how much of an answer is read into memory, in bytes; mostValue how much of one value in a stream of
// them, each of which ends with a line.
const (
	mostAnswer = 256 << 20
	mostValue  = 16 << 20
)

// What is read of an answer in JSON: a few bytes of it, such as {}, become hundreds in memory, so that its parts are
// counted as well. The lists of an engine may be long: five thousand containers have some fifty thousand objects.
var (
	ofLists  = jsonBound{bytes: mostAnswer, objects: 500_000, parts: 6_000_000}
	ofOthers = jsonBound{bytes: 16 << 20, objects: 100_000, parts: 1_000_000}
)

// jsonBound is how many bytes, how many objects and lists, and how many parts of them an answer in JSON may have.
type jsonBound struct{ bytes, objects, parts int64 }

// The calls by their paths, behind the version of the API: rawPaths are those whose answers are read bit by bit,
// archives and output; valuePaths answer with one value after another; listPaths with everything that there is.
var (
	rawPaths   = regexp.MustCompile(`^(/v[0-9.]+)?/(containers/[^/]+/(archive|export|logs|attach)|images/get|images/.+/get)$`)
	valuePaths = regexp.MustCompile(`^(/v[0-9.]+)?/(events|containers/[^/]+/stats|build|images/create|images/load|images/.+/push)$`)
	listPaths  = regexp.MustCompile(`^(/v[0-9.]+)?/(containers/json|images/json|volumes|networks|system/df)$`)
)

// errTooMuch is an answer that never ends.
func errTooMuch() error {
	return &model.Problem{
		Kind: model.ProblemTooMuch,
		What: model.Say("endpoint.the-answer-is-too-long"),
		Why:  model.Say("endpoint.it-says-more-than-slipway"),
		Fix:  model.Say("endpoint.ask-for-less-or-use"),
	}
}

// bounded keeps what an engine answers from filling the memory: the client reads an answer to its end whatever it is.
type bounded struct {
	http.RoundTripper
	headers       map[string]string // see [customHeaders]
	answer, value int64
}

// RoundTrip implements [http.RoundTripper].
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	r = plain(r)
	for name, value := range b.headers {
		// what does not come from the client's own calls
		if r.Header.Get(name) == "" && !strings.EqualFold(name, "User-Agent") {
			r.Header.Set(name, value)
		}
	}
	response, err := b.RoundTripper.RoundTrip(r)
	if err != nil || response.StatusCode == http.StatusSwitchingProtocols {
		return response, err
	}
	by, ok := r.Context().Value(readerKey{}).(reader)
	if ok && by.path.MatchString(r.URL.Path) && response.StatusCode == http.StatusOK {
		whole := &boundedBody{ReadCloser: response.Body, left: b.answer}
		response.Body = &readBy{Closer: response.Body, from: whole, read: by.read}
		return response, nil
	}
	switch p := r.URL.Path; {
	case rawPaths.MatchString(p):
	case valuePaths.MatchString(p):
		response.Body = &boundedBody{ReadCloser: response.Body, left: b.value, most: b.value, values: true}
	default:
		most := ofOthers
		if listPaths.MatchString(p) {
			most = ofLists
		}
		most.bytes = min(most.bytes, b.answer)
		response.Body = boundJSON(response.Body, most)
	}
	return response, nil
}

// plain is a request whose answer must not be packed: three kilobytes unpack to megabytes.
func plain(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	r.Header.Set("Accept-Encoding", "identity")
	return r
}

func boundJSON(body io.ReadCloser, most jsonBound) io.ReadCloser {
	return &boundedBody{ReadCloser: body, left: most.bytes, counts: &jsonCount{left: most}}
}

// jsonCount counts the parts of an answer in JSON while it is read.
type jsonCount struct {
	left          jsonBound
	text, escaped bool
}

// over reports whether there is more than may be.
func (c *jsonCount) over(p []byte) bool {
	for _, b := range p {
		switch {
		case c.escaped:
			c.escaped = false
		case c.text && b == '\\':
			c.escaped = true
		case b == '"':
			c.text = !c.text
		case c.text:
		case b == '{', b == '[':
			c.left.objects--
			c.left.parts--
		case b == ',':
			c.left.parts--
		}
	}
	return c.left.objects < 0 || c.left.parts < 0
}

// BoundTransport keeps answers in JSON that come through a transport from filling the memory: one that has more than
// most bytes or parts fails with a problem when that much was read.
func BoundTransport(t http.RoundTripper, most, parts int64) http.RoundTripper {
	return limited{t, jsonBound{bytes: most, objects: parts, parts: parts}}
}

type limited struct {
	http.RoundTripper
	most jsonBound
}

// RoundTrip implements [http.RoundTripper].
func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := l.RoundTripper.RoundTrip(plain(r))
	if err == nil {
		response.Body = boundJSON(response.Body, l.most)
	}
	return response, err
}

// boundedBody fails when there is more than may be. With values, that is more without the end of a line.
type boundedBody struct {
	io.ReadCloser
	left, most int64
	values     bool
	counts     *jsonCount // nil where nothing is counted
}

// Read implements [io.Reader].
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooMuch()
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if b.values {
		for i := n - 1; i >= 0; i-- {
			if p[i] == '\n' {
				b.left = b.most - int64(n-1-i)
				break
			}
		}
	}
	if b.left < 0 || b.counts != nil && b.counts.over(p[:n]) {
		b.left = -1
		return n, errTooMuch()
	}
	return n, err
}

type readerKey struct{}

// reader reads the answers of one call.
type reader struct {
	path *regexp.Regexp
	read func(io.Reader) error
}

// ReadAnswer gives a context for a call of which read gets the good answer, in place of the client, which sees an empty
// list: the client would read all of it into memory. path is what the URL of the call ends with.
func ReadAnswer(ctx context.Context, path string, read func(io.Reader) error) context.Context {
	return context.WithValue(ctx, readerKey{}, reader{regexp.MustCompile(regexp.QuoteMeta(path) + "$"), read})
}

// readBy is an answer that was read already when the client asks for it.
type readBy struct {
	io.Closer
	from io.Reader
	read func(io.Reader) error
	rest []byte
	done bool
}

// Read implements [io.Reader].
func (b *readBy) Read(p []byte) (int, error) {
	if !b.done {
		b.done = true
		if err := b.read(b.from); err != nil {
			return 0, err
		}
		b.rest = []byte("[]")
	}
	if len(b.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// boundedClient makes a client that reads no more than fits in memory. The client has to find its own kind of transport
// while it is made, and puts another around it at the end: ours comes around both.
func boundedClient(opts []client.Opt, headers map[string]string, answer, value int64) (*client.Client, error) {
	var own *http.Client
	cli, err := client.NewClientWithOpts(append(opts, func(c *client.Client) error {
		own = c.HTTPClient()
		return client.WithHTTPClient(own)(c)
	})...)
	if err != nil {
		return nil, err
	}
	if own == nil || own.Transport == nil {
		cli.Close()
		return nil, errors.New("the client has no transport")
	}
	own.Transport = bounded{own.Transport, headers, answer, value}
	return cli, nil
}
