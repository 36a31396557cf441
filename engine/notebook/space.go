package notebook

import (
	"strconv"
	"strings"
)

// Space is how full a file system is, in bytes.
type Space struct {
	Size, Used, Free int64
	// At is where it is mounted.
	At string
}

// littleSpace is how much of a large disk must be free.
const littleSpace = 200 << 20

// Full tells that next to nothing can be written any more.
func (s Space) Full() bool { return s.Size > 0 && s.Free < min(s.Size/50, littleSpace) }

// ParseSpace reads what "df -P -k" prints (POSIX: a heading, then name, 1024-byte blocks, used, available, capacity and
// mount point).
func ParseSpace(text string) []Space {
	var list []Space
	for _, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		if len(f) < 6 {
			continue
		}
		var n [3]int64
		ok := true
		for i := range n {
			v, err := strconv.ParseInt(f[i+1], 10, 64)
			ok = ok && err == nil && v >= 0 && v < 1<<50
			n[i] = v << 10
		}
		if ok {
			list = append(list, Space{Size: n[0], Used: n[1], Free: n[2], At: strings.Join(f[5:], " ")})
		}
	}
	return list
}
