package inside

import (
	"fmt"
	"math"
	"slices"
	"time"

	"slipway/engine/model"
	"slipway/engine/words"
	"slipway/gui/commands"
	"slipway/gui/kit"
	"slipway/gui/present"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// history is how many points are kept, one a second: ten minutes.
const history = 600

// stats is the view of what a container uses. It is followed while it is looked at; what went on meanwhile is a gap.
type stats struct {
	p       *Panel
	content *fyne.Container
	empty   *fyne.Container
	plots   *fyne.Container
	note    *kit.Text
	whole   *kit.Button
	watch   *commands.UsageWatch

	cpu, memory, net, disk *kit.Plot

	of     string // the container and its start
	points []point
	ofAll  bool // the processor is counted in parts of all cores
}

// point is what was used at a moment.
type point struct {
	at    time.Time // zero for a gap
	usage model.Usage
	// rates are what came in and went out of the network, and was read from and written to disks, in bytes a second; NaN
	// where that is not known.
	netIn, netOut, read, written float64
}

func newStats(p *Panel) *stats {
	s := &stats{p: p}
	s.cpu = kit.NewPlot("stats.cpu", words.Say("inside.processor"), history)
	s.memory = kit.NewPlot("stats.memory", words.Say("common.memory"), history)
	s.net = kit.NewPlot("stats.net", words.Say("inside.network-in-out"), history)
	s.disk = kit.NewPlot("stats.disk", words.Say("inside.disk-read-written"), history)
	s.note = kit.NewText(words.Text{}, kit.Second).ID("stats.note")
	s.whole = kit.NewToggle("stats.whole", words.Say("inside.of-all-processors"), false, func(on bool) {
		s.ofAll = on
		s.draw()
	}).
		Hint(words.Say("inside.off-100-is-one-processor"))
	s.plots = container.NewGridWithColumns(2, kit.Pad(s.cpu, 0, 6, 4, 0), kit.Pad(s.memory, 0, 0, 4, 6),
		kit.Pad(s.net, 0, 6, 0, 0), kit.Pad(s.disk, 0, 0, 0, 6))
	s.empty = container.NewStack()
	s.watch = p.commands.WatchUsage(s.told, func(string) {})
	body := container.NewStack(s.plots, s.empty)
	s.content = kit.Pad(kit.Down(6, kit.Across(8, kit.Grow(s.note), s.whole), kit.Grow(body)), 8, 16, 10, 16)
	return s
}

// rest stops following.
func (s *stats) rest() {
	s.watch.Follow(nil)
	if n := len(s.points); n > 0 && !s.points[n-1].at.IsZero() {
		s.points = append(s.points, point{})
	}
}

// update follows the container that is shown, while it runs.
func (s *stats) update() {
	c := s.p.shown
	if key := fmt.Sprint(c.ID, c.StartedAt.UnixNano()); key != s.of {
		s.of, s.points = key, nil
	}
	running := c.State == model.StateRunning && !s.p.commands.Away()
	s.empty.RemoveAll()
	if running {
		s.watch.Follow([]string{c.ID})
		s.plots.Show()
	} else {
		s.watch.Follow(nil)
		s.plots.Hide()
		title, text := words.Say("inside.it-does-not-run"), words.Say("inside.what-a-container-uses-is")
		if s.p.commands.Away() {
			title, text = words.Say("inside.the-engine-is-away"), words.Say("inside.the-plots-go-on")
		}
		s.empty.Add(kit.EmptyState("output", title, text))
	}
	s.draw()
}

// told takes what is used now.
func (s *stats) told(id string, u model.Usage) {
	if id != s.p.shown.ID {
		return
	}
	now := point{at: u.At, usage: u, netIn: math.NaN(), netOut: math.NaN(), read: math.NaN(), written: math.NaN()}
	if n := len(s.points); n > 0 && !s.points[n-1].at.IsZero() {
		before := s.points[n-1]
		passed := now.at.Sub(before.at).Seconds()
		if passed < 0.5 {
			return // a point a second
		}
		rate := func(a, b int64) float64 {
			if a < b || b < 0 {
				return math.NaN() // it is counted anew, or not at all
			}
			return float64(a-b) / passed
		}
		now.netIn, now.netOut = rate(u.NetIn, before.usage.NetIn), rate(u.NetOut, before.usage.NetOut)
		now.read, now.written = rate(u.DiskRead, before.usage.DiskRead), rate(u.DiskWrite, before.usage.DiskWrite)
	}
	s.points = append(s.points, now)
	if len(s.points) > history {
		s.points = slices.Clone(s.points[len(s.points)-history:])
	}
	s.draw()
}

// series is one number of each point.
func (s *stats) series(of func(point) float64) (list []float64, highest float64) {
	list = make([]float64, len(s.points))
	for i, p := range s.points {
		if list[i] = of(p); p.at.IsZero() {
			list[i] = math.NaN()
		}
		if !math.IsNaN(list[i]) {
			highest = max(highest, list[i])
		}
	}
	return list, highest
}

// draw brings the plots up to date.
func (s *stats) draw() {
	var last point
	if n := len(s.points); n > 0 {
		last = s.points[n-1]
	}
	s.drawCPU(last)
	limit := s.p.shown.Memory
	list, highest := s.series(func(p point) float64 { return float64(p.usage.Memory) })
	top := niceBytes(highest)
	if limit > 0 {
		top = max(top, float64(limit)*1.05)
	}
	text := words.Text{}
	if !last.at.IsZero() {
		text = present.Memory(last.usage.Memory)
		if limit > 0 {
			text = words.Say("common.of", words.Args{"Used": text, "Limit": words.MemoryBytes(limit)})
		}
	}
	s.memory.Set(list, nil, top, float64(limit), text, present.Memory(int64(top)))
	s.drawRates(s.net, func(p point) float64 { return p.netIn }, func(p point) float64 { return p.netOut }, last)
	s.drawRates(s.disk, func(p point) float64 { return p.read }, func(p point) float64 { return p.written }, last)
	note := words.Text{}
	if !last.at.IsZero() {
		note = words.Say("count.processes", words.Args{"N": words.Count(last.usage.Processes)})
		if most := s.p.shown.Processes; most > 0 {
			note = words.Say("common.of", words.Args{"Used": note, "Limit": words.Count(most)})
		}
		note = words.Join(" · ", note, words.Say("inside.since-its-start-in-out", words.Args{
			"In": bytesWords(last.usage.NetIn), "Out": bytesWords(last.usage.NetOut),
			"Read": bytesWords(last.usage.DiskRead), "Written": bytesWords(last.usage.DiskWrite),
		}))
	}
	s.note.Set(note)
}

func bytesWords(n int64) words.Text {
	if n < 0 {
		return words.Say("inside.unknown")
	}
	return present.Size(n)
}

func (s *stats) drawCPU(last point) {
	per := 1.0
	if s.ofAll && last.usage.Cores > 0 {
		per = float64(last.usage.Cores)
	}
	list, highest := s.series(func(p point) float64 {
		if p.usage.CPU < 0 {
			return math.NaN()
		}
		return p.usage.CPU / per
	})
	limit := 100 * s.p.shown.CPUs / per
	top := 100.0
	for top < max(highest, limit) {
		top += 100
	}
	text := words.Text{}
	if !last.at.IsZero() && last.usage.CPU >= 0 {
		text = words.Show(words.Decimal(fmt.Sprintf("%.1f%%", last.usage.CPU/per)))
		if limit > 0 {
			text = words.Say("common.of",
				words.Args{"Used": text, "Limit": words.Show(words.Decimal(fmt.Sprintf("%.0f%%", limit)))})
		}
	}
	s.cpu.Set(list, nil, top, limit, text, words.Show(words.Decimal(fmt.Sprintf("%.0f%%", top))))
}

func (s *stats) drawRates(plot *kit.Plot, in, out func(point) float64, last point) {
	a, highA := s.series(in)
	b, highB := s.series(out)
	top := niceBytes(max(highA, highB, 1000))
	text := words.Text{}
	if !last.at.IsZero() && !math.IsNaN(in(last)) && !math.IsNaN(out(last)) {
		text = words.Say("inside.s-s", words.Args{"In": words.Bytes(int64(in(last))), "Out": words.Bytes(int64(out(last)))})
	}
	plot.Set(a, b, top, 0, text, words.Say("inside.a-second", words.Args{"Size": words.Bytes(top)}))
}

// niceBytes is a round number not under n, so that the scale changes seldom.
func niceBytes(n float64) float64 {
	top := 1024.0
	for top < n {
		top *= 2
	}
	return top
}
