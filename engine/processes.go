package engine

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"slipway/engine/model"

	"github.com/docker/docker/api/types/container"
)

// watchScript prints the processes of the container it runs in for each line that it reads, and ends with its input. It
// runs in a shell of the image and needs nothing else; without tr the words of a command are those of its name. Lines
// begin with N for a user's number and name, S for a process as proc(5) has it in stat, U for user, memory and threads,
// C for the command, and E for the end of a list.
const watchScript = `while IFS=: read -r n x u r; do printf 'N %s %s\n' "$u" "$n"; done </etc/passwd 2>/dev/null
while read -r x; do for d in /proc/[0-9]*; do [ "$d" = "/proc/$$" ] && continue
s=; { read -r s <"$d/stat"; } 2>/dev/null; [ -n "$s" ] || continue
u=0 m= t=; { while read -r k v r; do case $k in Uid:) u=$v;; VmRSS:) m=$v;; Threads:) t=$v;; esac
done <"$d/status"; } 2>/dev/null
printf 'S %s\nU %s %s %s\nC ' "$s" "$u" "${m:-0}" "${t:-1}"; tr '\000\n' '  ' <"$d/cmdline" 2>/dev/null; printf '\n'; done; printf 'E\n'; done`

// clockTicks is in what parts of a second the kernel tells times of processes: 100 in every Linux that
// containers run on (see USER_HZ).
const clockTicks = 100

// Processes tells what runs in a running container, at once and then every so often, until ctx ends or the container
// does, which is no error. fn is called from the calling goroutine. Where the image has a shell it is asked, once, and
// knows the numbers that processes have inside; else, and where it sees processes of others, the engine tells what it
// sees from outside, and they cannot be signalled.
func (e *Engine) Processes(ctx context.Context, c model.Container, every time.Duration,
	fn func([]model.Process),
) error {
	err := errNoShell
	if !c.SharedProcesses { // it would list, and signal, those of others
		err = e.processesByShell(ctx, c, every, fn)
	}
	if errors.Is(err, errNoShell) {
		err = e.processesFromOutside(ctx, c, every, fn)
	}
	if err != nil && ctx.Err() == nil {
		if now, gone := e.Container(ctx, c.ID); model.IsKind(gone, model.ProblemNotFound) || gone == nil && !now.Running() {
			return nil
		}
	}
	return err
}

// errNoShell says that the image has no shell.
var errNoShell = errors.New("no shell")

func (e *Engine) processesByShell(ctx context.Context, c model.Container, every time.Duration,
	fn func([]model.Process),
) error {
	s := subject{
		what:      model.Say("engine.cannot-list-the-processes-of", model.Args{"Name": model.Name(c.Name)}),
		container: c.ID,
	}
	made, err := e.cli.ContainerExecCreate(ctx, c.ID, container.ExecOptions{
		Cmd:  []string{"sh", "-c", watchScript},
		User: "0", AttachStdin: true, AttachStdout: true, AttachStderr: true,
	})
	if err != nil {
		return explain(err, s)
	}
	conn, err := e.cli.ContainerExecAttach(ctx, made.ID, container.ExecAttachOptions{})
	if err != nil {
		return explain(err, s)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, conn.Close)()
	lines, out := io.Pipe()
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		err := copyFrames(out, io.Discard, conn.Reader)
		out.CloseWithError(cmp.Or(err, io.EOF))
	}()
	watching, unwatch := context.WithCancel(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		e.closeAtEnd(watching, made.ID, conn.Close)
	}()
	defer func() {
		unwatch()
		conn.Close()
		lines.Close()
		<-copied
		<-watched
	}()
	return askShell(ctx, conn.Conn, bufio.NewReader(lines), every, s.what, c.Name, fn)
}

// askShell asks the script in a container again and again which processes there are, and tells them, until the
// container ends.
func askShell(
	ctx context.Context, to io.Writer, in *bufio.Reader, every time.Duration, what model.Fact, name string,
	fn func([]model.Process),
) error {
	w := processWatch{users: map[int]string{}, before: map[int]sample{}}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for told := false; ; {
		_, err := to.Write([]byte("\n"))
		if err == nil {
			var list []model.Process
			err = model.Guard(what, func() (err error) { list, err = w.read(in, time.Now()); return err })
			if err == nil {
				told = true
				fn(list)
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, errTooMany) {
			return tooManyProcesses(name)
		}
		if model.IsKind(err, model.ProblemFault) {
			return err
		}
		if err != nil && !told {
			return errNoShell // it could not be begun
		}
		if err != nil {
			return nil // the container has ended
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// endEvery is how often it is asked whether what was begun in a container has ended.
const endEvery = 500 * time.Millisecond

// closeAtEnd closes the connection of what was begun in a container when it has ended, or could not be begun: engines
// leave one open that could still be written to.
func (e *Engine) closeAtEnd(ctx context.Context, exec string, closeIt func()) {
	tick := time.NewTicker(endEvery)
	defer tick.Stop()
	for ended := 0; ended < 2; { // it may be looked at before it has begun
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if state, err := e.cli.ContainerExecInspect(ctx, exec); err != nil || !state.Running {
			ended++
		} else {
			ended = 0
		}
	}
	closeIt()
}

// processWatch reads what the script prints.
type processWatch struct {
	users  map[int]string
	before map[int]sample // by number
}

// sample is how much a process had used at a moment.
type sample struct {
	at           time.Time
	ticks, start uint64
}

// longestLine is how much of a line of the script is kept; a command may be long.
const longestLine = 64 << 10

// A shell of the image prints the list, and may print anything: mostListed is how much of one list is read, in
// bytes, mostProcesses how many processes there are in it, and mostNames how many names of users are remembered,
// of at most longestUser bytes.
const (
	mostListed    = 8 << 20
	mostProcesses = 20_000
	mostNames     = 10_000
	longestUser   = 256
)

// tooManyProcesses says that a list never ends, or is too long to be shown.
func tooManyProcesses(c string) *model.Problem {
	return &model.Problem{
		Kind: model.ProblemTooMuch,
		What: model.Say("engine.cannot-list-the-processes-of", model.Args{"Name": model.Name(c)}),
		Why: model.Say("engine.there-are-more-than-or-their",
			model.Args{"MaxProcesses": model.Count(mostProcesses), "MaxMegabytes": model.Count(mostListed >> 20)}),
		Fix: model.Say("engine.look-with-docker-top"),
	}
}

// errTooMany is that a list has more than is read.
var errTooMany = errors.New("too many processes")

// read reads one list.
func (w *processWatch) read(in *bufio.Reader, now time.Time) ([]model.Process, error) {
	var list []model.Process
	after := map[int]sample{}
	for left := mostListed; ; {
		line, err := readLine(in, &left)
		if err != nil {
			return nil, err
		}
		kind, rest, _ := strings.Cut(line, " ")
		last := len(list) - 1
		switch kind {
		case "N":
			w.learnUser(rest)
		case "S":
			p, taken, ok := w.measured(rest, now)
			if !ok {
				continue
			}
			if len(list) == mostProcesses {
				return nil, errTooMany
			}
			after[p.PID] = taken
			list = append(list, p)
		case "U":
			if last >= 0 {
				w.describe(&list[last], rest)
			}
		case "C":
			if command := strings.TrimSpace(rest); last >= 0 && command != "" {
				list[last].Command = command
			}
		case "E":
			w.before = after
			slices.SortFunc(list, func(a, b model.Process) int { return a.PID - b.PID })
			return list, nil
		}
	}
}

// learnUser reads a number and the name of the user that has it.
func (w *processWatch) learnUser(text string) {
	number, name, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(number)
	if _, known := w.users[n]; err == nil && len(name) <= longestUser && (known || len(w.users) < mostNames) {
		w.users[n] = name
	}
}

// measured is a process as /proc/PID/stat tells of it, with what it took of a processor since the last look.
func (w *processWatch) measured(stat string, at time.Time) (p model.Process, now sample, ok bool) {
	p, ticks, ok := parseStat(stat)
	p.CPU = -1
	if b, known := w.before[p.PID]; known && b.start == p.Start && at.After(b.at) && ticks >= b.ticks {
		p.CPU = float64(ticks-b.ticks) / clockTicks / at.Sub(b.at).Seconds() * 100
	}
	return p, sample{at, ticks, p.Start}, ok
}

// describe reads a process's user, memory in kB and number of threads.
func (w *processWatch) describe(p *model.Process, text string) {
	f := strings.Fields(text)
	if len(f) != 3 {
		return
	}
	user, _ := strconv.Atoi(f[0])
	memory, _ := strconv.ParseInt(f[1], 10, 64)
	p.Threads, _ = strconv.Atoi(f[2])
	p.User, p.Memory = cmp.Or(w.users[user], f[0]), memory*1024
}

// readLine reads a line and keeps its beginning. left is how much may still be read.
func readLine(in *bufio.Reader, left *int) (string, error) {
	var b strings.Builder
	for {
		part, more, err := in.ReadLine()
		if err != nil {
			return "", err
		}
		if *left -= len(part) + 1; *left < 0 {
			return "", errTooMany
		}
		if room := longestLine - b.Len(); room > 0 {
			b.Write(part[:min(len(part), room)])
		}
		if !more {
			return b.String(), nil
		}
	}
}

// parseStat reads a line of /proc/PID/stat, proc(5). The name in it may have blanks and brackets.
func parseStat(line string) (p model.Process, ticks uint64, ok bool) {
	open, end := strings.IndexByte(line, '('), strings.LastIndexByte(line, ')')
	if open < 0 || end < open {
		return p, 0, false
	}
	f := strings.Fields(line[end+1:]) // from the third field on
	if len(f) < 20 {
		return p, 0, false
	}
	number := func(text string) uint64 { n, _ := strconv.ParseUint(text, 10, 64); return n }
	p.PID = int(number(strings.TrimSpace(line[:open])))
	p.Command, p.State, p.Parent, p.Start, p.Inside = line[open+1:end], f[0], int(number(f[1])), number(f[19]), true
	return p, number(f[11]) + number(f[12]), p.PID > 0
}

// processesFromOutside asks the engine, which runs ps on its own machine.
func (e *Engine) processesFromOutside(ctx context.Context, c model.Container, every time.Duration,
	fn func([]model.Process),
) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		top, err := e.cli.ContainerTop(ctx, c.ID, e.dialect.psWords)
		if err != nil { // another ps
			top, err = e.cli.ContainerTop(ctx, c.ID, nil)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return explain(err, subject{what: model.Say("engine.cannot-list-the-processes-of",
				model.Args{"Name": model.Name(c.Name)}), container: c.ID})
		}
		if len(top.Processes) > mostProcesses {
			return tooManyProcesses(c.Name)
		}
		fn(fromTop(top))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// fromTop reads the engine's table by its titles.
func fromTop(top container.TopResponse) []model.Process {
	list := make([]model.Process, 0, len(top.Processes))
	for _, row := range top.Processes {
		p := model.Process{CPU: -1, Memory: -1}
		for i, title := range top.Titles {
			if i >= len(row) {
				break
			}
			switch n, _ := strconv.ParseFloat(row[i], 64); title {
			case "PID":
				p.PID = int(n)
			case "PPID":
				p.Parent = int(n)
			case "USER", "UID":
				p.User = row[i]
			case "%CPU":
				p.CPU = n
			case "RSS":
				p.Memory = int64(n) * 1024
			case "NLWP":
				p.Threads = int(n)
			case "CMD", "COMMAND":
				p.Command = row[i]
			}
		}
		list = append(list, p)
	}
	return list
}

// signalScript sends a signal to a process if it is still the one that began then. All three are arguments.
const signalScript = `read -r s <"/proc/$1/stat" || exit 3; s=${s##*) }; set -- "$1" "$2" "$3" $s; [ "${23}" = "$2" ] || exit 3; kill -s "$3" "$1"`

// goneCode is what the script ends with when the process is not there any more.
const goneCode = 3

// SignalProcess sends a signal such as "TERM" to a process inside a container that [Engine.Processes] told, as root of
// the container. It is not for its main process, see [Engine.Signal].
func (e *Engine) SignalProcess(ctx context.Context, c model.Container, p model.Process, signal string) error {
	s := subject{what: model.Say("common.cannot-signal-in",
		model.Args{"PID": model.Count(p.PID), "Name": model.Name(c.Name)}), container: c.ID}
	out, code, err := e.execAs(ctx, c.ID, "0", "sh", "-c", signalScript, "sh", strconv.Itoa(p.PID),
		strconv.FormatUint(p.Start, 10), signal)
	switch {
	case err != nil:
		return explain(err, s)
	case code == goneCode:
		return problem(model.ProblemNotFound, nil, s, model.Say("engine.it-has-ended-already"), model.Fact{})
	case code != 0:
		return problem(model.ProblemUnknown, errors.New(out), s, model.Verbatim(strings.TrimSpace(out)), model.Fact{})
	}
	return nil
}

// Signal sends a signal such as "HUP" to the main process of a container.
func (e *Engine) Signal(ctx context.Context, c model.Container, signal string) error {
	return e.do(e.cli.ContainerKill(ctx, c.ID, signal), model.VerbSignal, c)
}
