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

func TestIconsAreAsDrawn(t *testing.T) {
	for path, want := range icons() {
		f, err := os.Open(filepath.Join("..", "..", path))
		require.NoError(t, err, "go run ./scripts/icons draws it")
		got, err := png.Decode(f)
		require.NoError(t, err, path)
		require.NoError(t, f.Close())
		require.Equal(t, want.Bounds(), got.Bounds(), path)
		assert.LessOrEqual(t, difference(want, got), 2, "%s is stale: go run ./scripts/icons draws it again", path)
	}
}

// difference is the greatest of any pixel's channel, in levels of 256: processors
// round differently.
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

// Each state is told from the panel behind it, whether that is light or dark, by the
// contrast that signs want: 3 to 1.
func TestTrayIconsStandOut(t *testing.T) {
	panels := map[string]color.NRGBA{"light": {246, 245, 244, 255}, "dark": {48, 48, 48, 255}}
	for path, img := range icons() {
		if filepath.Dir(path) == filepath.Join("extension", "icons") {
			continue
		}
		for name, panel := range panels {
			stands, area := 0, 0
			for y := range img.Bounds().Dy() {
				for x := range img.Bounds().Dx() {
					if c := img.NRGBAAt(x, y); c.A == 255 && c != (color.NRGBA{255, 255, 255, 255}) {
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

func contrast(a, b color.NRGBA) float64 {
	light, dark := luminance(a), luminance(b)
	return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)
}

// luminance is the relative one of WCAG.
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

func TestRoundedPolygonIsNegativeInside(t *testing.T) {
	triangle := polygon(0.02, point{0.2, 0.7}, point{0.5, 0.8}, point{0.2, 0.95})
	assert.Negative(t, triangle(0.28, 0.81))
	assert.Positive(t, triangle(0.6, 0.8))
	assert.Positive(t, triangle(0.1, 0.8))
}
