package main

import (
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIconsMatchTheirDrawings(t *testing.T) {
	for path, icon := range icons() {
		want, err := icon.render()
		require.NoError(t, err)
		f, err := os.Open(filepath.Join("..", "..", path))
		require.NoError(t, err, "go run ./scripts/icons draws it")
		got, err := png.Decode(f)
		require.NoError(t, err, path)
		require.NoError(t, f.Close())
		require.Equal(t, want.Bounds(), got.Bounds(), path)
		assert.LessOrEqual(t, difference(want, got), 2, "%s is stale: go run ./scripts/icons draws it again", path)
	}
}

// difference returns the greatest difference of any channel of any pixel, in levels of 256.
// It is not always zero, since processors round differently.
func difference(a, b image.Image) int {
	greatest := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p, q := color.NRGBAModel.Convert(a.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(b.At(x, y)).(color.NRGBA)
			for _, d := range []int{int(p.R) - int(q.R), int(p.G) - int(q.G), int(p.B) - int(q.B), int(p.A) - int(q.A)} {
				greatest = max(greatest, d, -d)
			}
		}
	}
	return greatest
}

// Each tray icon has a contrast of 3 to 1 with a light and with a dark panel, which WCAG
// 2.2 requires of graphics (success criterion 1.4.11).
func TestTrayIconsStandOut(t *testing.T) {
	panels := map[string]color.NRGBA{"light": {246, 245, 244, 255}, "dark": {48, 48, 48, 255}}
	for path, icon := range icons() {
		img, err := icon.render()
		require.NoError(t, err)
		if filepath.Dir(path) == filepath.Join("extension", "icons") {
			continue
		}
		for name, panel := range panels {
			stands, area := 0, 0
			for y := range img.Bounds().Dy() {
				for x := range img.Bounds().Dx() {
					if c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA); c.A == 255 && c != (color.NRGBA{255, 255, 255, 255}) {
						area++
						if contrast(c, panel) >= 3 {
							stands++
						}
					}
				}
			}
			assert.Greater(t, float64(stands)/float64(area), 0.75, "%s on a %s panel", path, name)
		}
	}
}

// contrast is the contrast ratio of WCAG, from 1 to 21.
func contrast(a, b color.NRGBA) float64 {
	light, dark := luminance(a), luminance(b)
	return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)
}

// luminance is the relative luminance of WCAG, from 0 to 1.
func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}
