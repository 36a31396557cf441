package containers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"slipway/engine/model"
	"slipway/engine/settings"
	"slipway/engine/words"
	"slipway/gui/kit"
	"slipway/gui/kit/table"
	"slipway/gui/style"

	"fyne.io/fyne/v2"
)

// The two optional columns say what containers use. The engine is asked only about the running ones that are seen, and
// only while the columns are shown.

// ToggleUsage shows the columns or hides them, and remembers that.
func (p *Page) ToggleUsage() {
	on := p.used == nil
	p.showUsage(on)
	p.commands.Remember(func(v *settings.Values) { v.Usage = on })
	p.changed()
}

// showUsage shows or hides the columns.
func (p *Page) showUsage(on bool) {
	if p.used = nil; on {
		p.used = map[string]model.Usage{}
	}
	p.Table.ShowColumn("cpu", on)
	p.Table.ShowColumn("memory", on)
	p.watch()
}

// columnMenu offers the columns where a person looks for that.
func (p *Page) columnMenu(at fyne.Position) {
	icon := ""
	if p.used != nil {
		icon = "check"
	}
	kit.ShowMenu(fyne.CurrentApp().Driver().CanvasForObject(p.Table), at,
		[]kit.MenuItem{{ID: "columns.usage", Label: words.Say("containers.cpu-and-memory"), Icon: icon, Run: p.ToggleUsage}})
}

// watch follows the running containers that are seen.
func (p *Page) watch() {
	var ids []string
	if p.used != nil && p.IsShown() && !p.commands.Away() {
		for _, c := range p.Listed() {
			if c.State == model.StateRunning && slices.Contains(p.visible, c.ID) {
				ids = append(ids, c.ID)
			}
		}
	}
	p.usage.Follow(ids)
}

// told takes what a container uses now.
func (p *Page) told(id string, u model.Usage) {
	if p.used == nil {
		return
	}
	p.used[id] = u
	if p.painting {
		return
	}
	p.painting = true
	p.commands.Work.Go(func(ctx context.Context) {
		select {
		case <-time.After(together):
			p.repaint.Do(p.paintUsage)
		case <-ctx.Done():
		}
	})
}

func (p *Page) paintUsage() {
	p.painting = false
	p.Table.Repaint()
}

// together is for how long others are waited for before all are painted at once: an engine counts all containers in one
// go, and each painting costs as much as following dozens of them.
const together = 400 * time.Millisecond

func (p *Page) cpuCell(c model.Container) table.Cell {
	u, ok := p.used[c.ID]
	if !ok || u.CPU < 0 || c.State != model.StateRunning {
		return table.Cell{}
	}
	return table.Cell{Text: cpuWords(u.CPU), Style: kit.Body.In(style.Muted)}
}

func (p *Page) memoryCell(c model.Container) table.Cell {
	u, ok := p.used[c.ID]
	if !ok || c.State != model.StateRunning {
		return table.Cell{}
	}
	cell := table.Cell{Text: memoryWords(u.Memory), Style: kit.Body.In(style.Muted)}
	if c.Memory > 0 {
		cell.Hint = words.Say("containers.of-its-limit-of",
			words.Args{"Used": words.MemoryBytes(u.Memory), "Limit": words.MemoryBytes(c.Memory)})
	}
	return cell
}

// cpuWords and memoryWords are coarse, so that what hardly changes does not flicker.
func cpuWords(percent float64) words.Text {
	digits := 0
	if percent < 10 {
		digits = 1
	}
	return words.Show(words.Decimal(fmt.Sprintf("%.*f%%", digits, percent)))
}

func memoryWords(bytes int64) words.Text {
	const mib = 1 << 20
	switch {
	case bytes < mib:
		return words.Say("containers.under", words.Args{"Size": words.MemoryBytes(mib)})
	case bytes < 1000*mib:
		return words.Show(words.MemoryBytes(bytes / mib * mib))
	}
	return words.Show(words.Decimal(fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))))
}
