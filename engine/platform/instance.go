package platform

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"time"

	"slipway/engine/model"
)

// Request is what one Slipway asks of the one whose window is open already.
type Request struct {
	// Do is one of the Do… constants.
	Do string `json:"do"`
	// Recipe is the kind of notebook by its ID, Folder the folder to launch: an absolute path.
	Recipe string `json:"recipe,omitempty"`
	Folder string `json:"folder,omitempty"`
	// File is the notebook to open, in Folder: an absolute path.
	File string `json:"file,omitempty"`
}

// What can be asked: to bring the window forward, and besides that to launch a folder or to open a notebook.
const (
	DoShow   = "show"
	DoLaunch = "launch"
	DoOpen   = "open"
)

// ErrBusy says that another Slipway has the place of the one with the window, and does not answer.
var ErrBusy = &model.Problem{
	Kind: model.ProblemUnreachable,
	What: model.Say("platform.another-slipway-does-not-answer"),
}

// ErrNoInstance says that this system, or the folders that there are, have no place to agree on one Slipway.
var ErrNoInstance = errors.New("there is no place to agree on one Slipway")

// reply is the answer to a request: whether it is obeyed, and why not.
type reply struct {
	OK  bool   `json:"ok"`
	Why string `json:"why,omitempty"`
}

// Limits of one exchange between two Slipways. Obeying takes no time, but a window that is just opening answers late.
const (
	exchangeTime = 5 * time.Second
	longestLine  = 64 << 10
)

// errUnanswered says that the connection was there and the other side left without an answer.
var errUnanswered = errors.New("no answer")

// ask sends a request over a connection and waits for its answer. It returns [errUnanswered] when the other side went
// away, and the reason when it refuses.
func ask(c net.Conn, r Request) error {
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(exchangeTime)); err != nil {
		return err
	}
	if err := json.NewEncoder(c).Encode(r); err != nil {
		return errUnanswered
	}
	var answer reply
	line, err := bufio.NewReader(io.LimitReader(c, longestLine)).ReadBytes('\n')
	if err != nil || json.Unmarshal(line, &answer) != nil {
		return errUnanswered
	}
	if !answer.OK {
		return errors.New(answer.Why)
	}
	return nil
}

// answer reads one request from a connection and says how obey took it. It ends early when ctx does.
func answer(ctx context.Context, c net.Conn, obey func(context.Context, Request) error) {
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	if c.SetDeadline(time.Now().Add(exchangeTime)) != nil {
		return
	}
	line, err := bufio.NewReader(io.LimitReader(c, longestLine)).ReadBytes('\n')
	if err != nil {
		return
	}
	var r Request
	if err = json.Unmarshal(line, &r); err != nil {
		err = errors.New("this is not a request that Slipway knows")
	} else {
		err = obey(ctx, r)
	}
	if ctx.Err() != nil {
		return // it goes away: who asked looks again
	}
	result := reply{OK: err == nil}
	if err != nil {
		result.Why = err.Error()
	}
	_ = json.NewEncoder(c).Encode(result) // who asked may have gone
}
