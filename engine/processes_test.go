package engine

import (
	"bufio"
	"strings"
	"testing"
	"time"
)

// TestReadProcesses holds what is made of what the script prints, of odd names too.
func TestReadProcesses(t *testing.T) {
	stat := func(pid, name string, ticks, start string) string {
		return "S " + pid + " (" + name + ") S 1 " + strings.Repeat("0 ", 9) + ticks + " 5 0 0 20 0 1 0 " + start +
			" 100 200\n"
	}
	w := processWatch{users: map[int]string{}, before: map[int]sample{}}
	at := time.Now()
	read := func(text string, at time.Time) []string {
		list, err := w.read(bufio.NewReader(strings.NewReader(text)), at)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, p := range list {
			out = append(out, strings.TrimSpace(strings.Join([]string{p.User, p.Command}, " ")))
			if p.Start == 0 || p.Parent != 1 {
				t.Errorf("%+v", p)
			}
		}
		return out
	}
	first := "N 0 root\nN 1000 me\n" + stat("7", "a) (b", "10", "50") + "U 1000 12 3\nC python  -c  x\n" +
		stat("3", "kthread", "1", "9") + "U 0 0 1\nC \nE\n"
	if got := strings.Join(read(first, at), "|"); got != "root kthread|me python  -c  x" {
		t.Error(got)
	}
	list, err := w.read(bufio.NewReader(strings.NewReader(stat("7", "x", "60", "50")+"U 1000 12 3\nC y\n"+
		stat("3", "new", "99", "10")+"E\n")), at.Add(time.Second))
	if err != nil || len(list) != 2 || list[1].CPU != 50 || list[0].CPU != -1 || list[1].Memory != 12*1024 ||
		list[1].Threads != 3 {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := w.read(bufio.NewReader(strings.NewReader(first[:40])), at); err == nil {
		t.Error("half a list is none")
	}
}

// FuzzReadProcesses holds that no container makes it panic.
func FuzzReadProcesses(f *testing.F) {
	f.Add("N 0 root\nS 1 (x) S 1 2\nU 0 0 1\nC a\nE\n")
	f.Add("U\nC\nS (\nS )(\nE\n")
	f.Fuzz(func(t *testing.T, text string) {
		w := processWatch{users: map[int]string{}, before: map[int]sample{}}
		in := bufio.NewReader(strings.NewReader(text))
		for range 3 {
			_, _ = w.read(in, time.Now())
		}
	})
}
