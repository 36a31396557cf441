// Package assets holds Slipway's embedded files.
package assets

import "embed"

// Icons are the icons, icons/NAME.svg, one stroked set of 18 px with currentColor.
//
//go:embed icons/*.svg
var Icons embed.FS

// AppIcon is the application's icon as a PNG of 256 px.
//
//go:embed icon.png
var AppIcon []byte

// Recipes are the notebooks that Slipway launches, recipes/ID.yaml.
//
//go:embed recipes/*.yaml
var Recipes embed.FS

// Words are the sentences that Slipway says, words/LANGUAGE.yaml, by their codes.
//
//go:embed words
var Words embed.FS

// Licences are those of all that the program is built from, as .ci/licences writes them: names after "=== ", each on a
// line, then the text that they share.
//
//go:embed licences.txt
var Licences string
