// Package scrollback keeps what a program printed, line by line, in bounded memory: the newest part in memory, what is
// older in a temporary file that has no name and that nobody else may read. It is pure but for that file.
package scrollback

import (
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
	"time"
)

// Line is one line, without its end.
type Line struct {
	// Time is when it was printed, zero where that is not known.
	Time   time.Time
	Stderr bool
	// Source tells which of several programs printed it, in a book of the output of more than one; it is not negative.
	Source int
	// Text is what was printed, and once it is in a book, what a terminal shows of it: see [Seen].
	Text string
	// Open says that its end has not come: the next line of the same output goes on with it.
	Open bool
}

// stream is one output of one program, in which at most one line is open.
type stream struct {
	source int
	stderr bool
}

func (l Line) stream() stream { return stream{l.Source, l.Stderr} }

// blockSize is how many bytes of lines are kept, written and read together.
const blockSize = 256 << 10

// readBack is how many blocks that were read from the file stay in memory.
const readBack = 16

// Place tells where a book may put what does not fit into memory: a folder, and how many more bytes may go there now.
// It is asked before there is a file, and now and then while that grows.
type Place func() (dir string, bytes int64)

// Book is a scrollback. Lines are numbered from 0 in the order in which they came. Any goroutine may add and read.
type Book struct {
	memory, disk int64 // how much may be held in memory and in the file, in bytes
	where        Place // nil for the folder of temporary files

	adding  sync.Mutex // held while lines are added, also while they are written to the disk
	mu      sync.Mutex // guards what follows; nothing waits for the disk with it, as the window looks at what is in memory
	blocks  []*block   // oldest first; the last one is still filled
	end     int        // the number of the next line
	held    int64      // bytes of full blocks that are in memory because they were not written yet
	file    *os.File
	written int64    // bytes of the file that are in use or were
	asked   int64    // what written was when it was asked how much room there is
	recent  []*block // of the file, that are in memory; the one used last at the end
	failed  error    // why the file cannot be used; then old lines are dropped
	closed  bool

	screens map[stream]*screen // of the lines that have not ended, which only who holds adding looks at
	going   []Line             // those lines, which come behind all others
}

// block is lines that are kept together.
type block struct {
	first, count int
	data         []byte // nil when it is in the file only
	size         int    // of data, in bytes
	at           int64  // where it is in the file; -1 when it is not
}

// New makes an empty book that holds at most memory bytes of lines in memory, and at most disk more in a file. What is
// older is dropped.
func New(memory, disk int64) *Book { return &Book{memory: memory, disk: disk} }

// NewIn is [New] with its file in a place that may have less room.
func NewIn(place Place, memory, disk int64) *Book {
	return &Book{memory: memory, disk: disk, where: place}
}

// Close frees the file. The book must not be added to any more; reading tells [os.ErrClosed] of what was in the file.
func (b *Book) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if b.file != nil {
		b.file.Close()
	}
}

// First is the number of the oldest line that is kept.
func (b *Book) First() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.first()
}

func (b *Book) first() int {
	if len(b.blocks) == 0 {
		return b.end
	}
	return b.blocks[0].first
}

// End is one more than the number of the newest line.
func (b *Book) End() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.end + len(b.going)
}

// Settled is the number of the first line that may still change, or may get another number; [Book.End] where there is
// none. They are those whose end has not come, and stay behind all others.
func (b *Book) Settled() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.end
}

// Add adds lines, as a terminal shows them. It writes to the disk when there is no room in memory; others can read
// meanwhile.
func (b *Book) Add(lines ...Line) {
	b.adding.Lock()
	defer b.adding.Unlock()
	for _, l := range lines {
		b.take(l)
	}
}

// take adds a line, or goes on with one that is open. The caller holds adding.
func (b *Book) take(l Line) {
	at := slices.IndexFunc(b.going, func(o Line) bool { return o.stream() == l.stream() })
	if at < 0 && !l.Open {
		l.Text = Seen(l.Text)
		b.settle(l, b.going)
		return
	}
	others := slices.Clone(b.going)
	if at >= 0 {
		l.Time = b.going[at].Time
		others = slices.Delete(others, at, at+1)
	}
	s := b.screens[l.stream()]
	if s == nil {
		s = &screen{}
		if b.screens == nil {
			b.screens = map[stream]*screen{}
		}
		b.screens[l.stream()] = s
	}
	s.write(l.Text, func(row string) {
		b.settle(Line{Time: l.Time, Stderr: l.Stderr, Source: l.Source, Text: row}, b.going)
	})
	l.Text = s.String()
	if !l.Open {
		delete(b.screens, l.stream())
		b.settle(l, others)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.going = append(others, l)
}

// settle adds a line that does not change any more, before those that are open from now on.
func (b *Book) settle(l Line, going []Line) {
	if b.append(l, going) {
		b.makeRoom()
	}
}

// EndOpen ends the lines that are open: what comes next belongs to none of them.
func (b *Book) EndOpen() {
	b.adding.Lock()
	defer b.adding.Unlock()
	for _, l := range slices.Clone(b.going) {
		b.take(Line{Stderr: l.Stderr, Source: l.Source})
	}
}

// DropOpen forgets the open lines of a source, which come again from their beginning, or do not belong here any more.
func (b *Book) DropOpen(source int) {
	b.adding.Lock()
	defer b.adding.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	var others []Line
	for _, l := range b.going {
		if l.Source != source {
			others = append(others, l)
		} else {
			delete(b.screens, l.stream())
		}
	}
	b.going = others
}

// Open tells whether a line has not ended yet.
func (b *Book) Open() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.going) > 0
}

// Continues tells whether a line is one more piece of one that has not ended: engines give all of them the time of the
// first.
func (b *Book) Continues(l Line) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.ContainsFunc(b.going, func(o Line) bool { return o.stream() == l.stream() && o.Time.Equal(l.Time) })
}

// GoOn makes the lines of other books that are open those of this one, which has to have all others before them. Nobody
// may add to the other ones any more, and no two of them have an open line of the same output.
func (b *Book) GoOn(others ...*Book) {
	b.adding.Lock()
	defer b.adding.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.screens, b.going = map[stream]*screen{}, nil
	for _, other := range others {
		maps.Copy(b.screens, other.screens)
		b.going = append(b.going, other.going...)
	}
}

// append adds a line before those that are open from now on, and tells whether the block is full by it.
func (b *Book) append(l Line, going []Line) (full bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	last := b.open()
	last.data = appendLine(last.data, l)
	last.count++
	b.end++
	b.going = going
	if len(last.data) < blockSize {
		return false
	}
	last.size = len(last.data)
	b.held += int64(last.size)
	return true
}

// open is the block that is filled.
func (b *Book) open() *block {
	if n := len(b.blocks); n > 0 && b.blocks[n-1].size == 0 {
		return b.blocks[n-1]
	}
	made := &block{first: b.end, at: -1, data: make([]byte, 0, blockSize+blockSize/8)}
	b.blocks = append(b.blocks, made)
	return made
}

// makeRoom moves the oldest blocks to the file when too many are in memory, and drops what is too much for
// both. The caller holds adding.
func (b *Book) makeRoom() {
	for old := b.oldest(); old != nil; old = b.oldest() {
		if err := b.write(old); err != nil {
			b.fail(old, err)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.kept() > b.memory+b.disk && len(b.blocks) > 1 {
		b.drop()
	}
}

// oldest is the block that has to leave the memory next, nil when there is room.
func (b *Book) oldest() *block {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held <= b.memory {
		return nil
	}
	for _, k := range b.blocks[:len(b.blocks)-1] { // the newest one stays
		if k.data != nil && k.at < 0 {
			return k
		}
	}
	return nil
}

// kept is how many bytes of full blocks there are in memory and in the file.
func (b *Book) kept() int64 {
	n := b.held
	for _, k := range b.blocks {
		if k.at >= 0 {
			n += int64(k.size)
		}
	}
	return n
}

// write puts a block into the file, at the end or, when the file is as large as it may be, where dropped ones were. It
// stays in memory until it is there.
func (b *Book) write(old *block) error {
	if err := b.create(); err != nil {
		return err
	}
	b.mu.Lock()
	b.askRoom()
	at := b.place(old.size)
	b.mu.Unlock()
	if _, err := b.file.WriteAt(old.data, at); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held -= int64(old.size)
	old.at, old.data = at, nil
	return nil
}

// fail drops what could not be written: with a full disk, rather lose old lines than fill the memory.
func (b *Book) fail(old *block, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failed = err
	for len(b.blocks) > 0 && b.blocks[0].first <= old.first {
		b.drop()
	}
}

// askEvery is how many bytes are written before it is asked again how much room there is.
const askEvery = 64 * blockSize

// askRoom lets the file grow no more when others have filled the disk. The caller holds mu.
func (b *Book) askRoom() {
	if b.where == nil || b.written < b.asked+askEvery || b.written > b.limit() {
		return // once the file is as large as it may be, it is written over
	}
	b.asked = b.written
	if _, room := b.where(); room < leastRoom {
		b.disk = max(leastRoom, b.written-spare)
	}
}

// spare is how much larger than what is kept the file may be.
const spare = 2 * blockSize

// limit is how large the file may be.
func (b *Book) limit() int64 { return b.disk + spare }

// place is where the next block of that size goes in the file. The file is a ring: once it is as large as may be, it
// begins anew where the oldest blocks are, which are dropped. The caller holds mu.
func (b *Book) place(size int) int64 {
	limit := b.limit()
	if b.written%limit+int64(size) > limit {
		b.written += limit - b.written%limit // a block is in one piece
	}
	at := b.written % limit
	b.written += int64(size)
	for len(b.blocks) > 0 {
		o := b.blocks[0]
		if o.at < 0 || o.at+int64(o.size) <= at || o.at >= at+int64(size) || b.written <= limit {
			break
		}
		b.drop()
	}
	return at
}

// create opens the file and takes its name away, so that it is gone with the process, whatever happens to it.
func (b *Book) create() error {
	if b.file != nil || b.failed != nil {
		return b.failed
	}
	dir, room := "", b.disk
	if b.where != nil {
		if dir, room = b.where(); room < leastRoom {
			return errNoRoom
		}
	}
	f, err := os.CreateTemp(dir, "slipway-output-*") // made with mode 0600
	if err != nil {
		return err
	}
	if err := os.Remove(f.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
		f.Close()
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		f.Close()
		return os.ErrClosed
	}
	b.file, b.disk = f, min(b.disk, room)
	return nil
}

// leastRoom is how much room there must be for a file at all, in bytes.
const leastRoom = 8 * blockSize

// errNoRoom is that the disk is too full for a file.
var errNoRoom = errors.New("there is not enough room on the disk")

// drop forgets the oldest block.
func (b *Book) drop() {
	old := b.blocks[0]
	b.blocks = b.blocks[1:]
	if old.at < 0 && old.size > 0 && old.data != nil {
		b.held -= int64(old.size)
	}
	b.forget(old)
}

func (b *Book) forget(old *block) {
	for i, r := range b.recent {
		if r == old {
			b.recent = append(b.recent[:i:i], b.recent[i+1:]...)
			return
		}
	}
}

// Cached gives at most n lines from a number on, if all of them are in memory. It never touches the disk.
func (b *Book) Cached(from, n int) (lines []Line, ok bool) {
	lines, _, err := b.lines(from, n, func(*block) ([]byte, error) { return nil, errOnDisk })
	return lines, err == nil
}

// Read gives at most n lines from a number on; lines that were dropped meanwhile are left out. It may read from the
// disk.
func (b *Book) Read(from, n int) ([]Line, error) {
	lines, _, err := b.lines(from, n, b.load)
	return lines, err
}

// errOnDisk is that a block is not in memory; errDropped that it is not in the book any more.
var errOnDisk, errDropped = errors.New("it is on the disk"), errors.New("it was dropped")

// lines gives lines and the number of the first of them. load gets what is not in memory.
func (b *Book) lines(from, n int, load func(*block) ([]byte, error)) (lines []Line, first int, err error) {
	for to := from + n; from < to; {
		k, data, count := b.blockOf(from)
		if k == nil {
			open, begin, ok := b.openFrom(from, to)
			if !ok {
				continue // some have ended meanwhile
			}
			if len(lines) == 0 {
				first = begin
			}
			return append(lines, open...), first, nil
		}
		if k.first > from || len(lines) == 0 { // what is before was dropped
			lines, from = nil, max(from, k.first)
			first = from
		}
		if from >= to {
			break
		}
		if data == nil {
			data, err = load(k)
		}
		if errors.Is(err, errDropped) {
			err = nil
			continue
		}
		if err != nil {
			return lines, first, err
		}
		lines = appendLines(lines, data, from-k.first, to-from)
		from = k.first + count
	}
	return lines, first, nil
}

// openFrom gives the lines that are open from one number up to, but without, another. It is not ok when that is of
// one that has settled by now.
func (b *Book) openFrom(from, to int) (lines []Line, first int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.find(from) < len(b.blocks) {
		return nil, 0, false
	}
	from = max(from, b.end)
	end := b.end + len(b.going)
	return b.going[min(from, end)-b.end : min(to, end)-b.end], from, true
}

// appendLines adds at most n lines of a block, without the first ones.
func appendLines(lines []Line, data []byte, skip, n int) []Line {
	eachLine(data, func(l Line) bool {
		if skip--; skip >= 0 {
			return true
		}
		lines = append(lines, l)
		n--
		return n > 0
	}, func() bool { return skip <= 0 })
	return lines
}

// blockOf is the block that holds a line or, when that was dropped, the next one; nil behind the end. With it come its
// data, nil when they are in the file only, and how many lines they are: both do not change, whatever is added.
func (b *Book) blockOf(line int) (k *block, data []byte, count int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := b.find(line)
	if i == len(b.blocks) {
		return nil, nil, 0
	}
	k = b.blocks[i]
	if k.data != nil && k.at >= 0 {
		b.used(k)
	}
	return k, k.data, k.count
}

// find is the index of the block that holds a line.
func (b *Book) find(line int) int {
	low, high := 0, len(b.blocks)
	for low < high {
		if mid := (low + high) / 2; b.blocks[mid].first+b.blocks[mid].count <= line {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// load reads a block from the file, and keeps it for a while.
func (b *Book) load(k *block) ([]byte, error) {
	b.mu.Lock()
	file, at := b.file, k.at
	b.mu.Unlock()
	data := make([]byte, k.size)
	_, err := file.ReadAt(data, at)
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case k.first < b.first():
		return nil, errDropped // and what was read may be of one that took its place
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case k.data != nil:
		return data, nil // another goroutine was as fast
	}
	k.data = data
	b.recent = append(b.recent, k)
	if len(b.recent) > readBack {
		b.recent[0].data = nil
		b.recent = b.recent[1:]
	}
	return data, nil
}

// used keeps a block of the file in memory longer than others.
func (b *Book) used(k *block) {
	if n := len(b.recent); n > 0 && b.recent[n-1] == k {
		return
	}
	b.forget(k)
	b.recent = append(b.recent, k)
}

// Each calls fn with each line from one number up to, but without, another, until fn says no. The book can be added to
// meanwhile. It may read from the disk.
func (b *Book) Each(from, to int, fn func(n int, l Line) bool) error {
	const atOnce = 2000
	for from < to {
		lines, first, err := b.lines(from, min(atOnce, to-from), b.load)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			if first = b.First(); first <= from {
				return nil // there is nothing behind
			}
		}
		for i, l := range lines {
			if !fn(first+i, l) {
				return nil
			}
		}
		from = first + len(lines)
	}
	return nil
}

// appendLine writes a line behind others: its length and stream, its source, its time, and its text.
func appendLine(data []byte, l Line) []byte {
	head := uint64(len(l.Text)) << 1
	if l.Stderr {
		head |= 1
	}
	data = binary.AppendUvarint(data, head)
	data = binary.AppendUvarint(data, uint64(l.Source))
	nano := int64(0)
	if !l.Time.IsZero() {
		nano = l.Time.UnixNano()
	}
	data = binary.LittleEndian.AppendUint64(data, uint64(nano))
	return append(data, l.Text...)
}

// eachLine reads the lines of a block until fn says no. The text of a line is made only when wanted says so.
func eachLine(data []byte, fn func(Line) bool, wanted func() bool) {
	for len(data) > 0 {
		head, n := binary.Uvarint(data)
		size := int(head >> 1)
		source, m := binary.Uvarint(data[max(n, 0):])
		if n += m; n <= 0 || m <= 0 || len(data) < n+8+size {
			return
		}
		l := Line{Stderr: head&1 != 0, Source: int(source)}
		if wanted() {
			if nano := int64(binary.LittleEndian.Uint64(data[n:])); nano != 0 {
				l.Time = time.Unix(0, nano)
			}
			l.Text = string(data[n+8 : n+8+size])
		}
		if !fn(l) {
			return
		}
		data = data[n+8+size:]
	}
}
