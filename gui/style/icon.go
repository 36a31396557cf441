package style

import (
	"bytes"
	"fmt"
	"image/color"
	"sync"

	"slipway/assets"

	"fyne.io/fyne/v2"
)

var (
	iconMu sync.Mutex
	icons  = map[string]fyne.Resource{}
)

// Icon is an icon of Slipway's set in one of its colours, as the current theme has it. Ask again after the theme
// changed. A name that does not exist is a mistake in the program and panics; a test draws every one that is used.
func Icon(name string, in fyne.ThemeColorName) fyne.Resource {
	r, g, b, _ := color.NRGBAModel.Convert(Color(in)).RGBA()
	hex := fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
	key := name + hex
	iconMu.Lock()
	defer iconMu.Unlock()
	if res, ok := icons[key]; ok {
		return res
	}
	svg, err := assets.Icons.ReadFile("icons/" + name + ".svg")
	if err != nil {
		panic("style: no icon " + name)
	}
	res := fyne.NewStaticResource(name+"-"+hex[1:]+".svg", bytes.ReplaceAll(svg, []byte("currentColor"), []byte(hex)))
	icons[key] = res
	return res
}

// AppIcon is the application's icon.
func AppIcon() fyne.Resource { return fyne.NewStaticResource("slipway.png", assets.AppIcon) }
