package main

import (
	"image"
	"image/color"
	"image/png"
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

func TestRoundedPolygonIsNegativeInside(t *testing.T) {
	triangle := polygon(0.02, point{0.2, 0.7}, point{0.5, 0.8}, point{0.2, 0.95})
	assert.Negative(t, triangle(0.28, 0.81))
	assert.Positive(t, triangle(0.6, 0.8))
	assert.Positive(t, triangle(0.1, 0.8))
}
