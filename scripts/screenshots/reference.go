package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"

	"github.com/logspanel/companion/scripts/browser"
)

const referenceDir = "testdata"

// referenceStates are the most important states, which have a reference picture.
var referenceStates = []string{
	"popup-unpaired", "popup-silent", "popup-proposed", "popup-search", "popup-confirm", "popup-waiting", "popup-code",
	"popup-outcome-unknown", "popup-orders", "welcome-unpaired",
}

// cellSize is the width and height, in pixels, of the squares that become one pixel of a
// reference. At this size other fonts make little difference, and a moved element makes
// much.
const cellSize = 20

// downscale returns the lightness of a PNG, with one pixel for each square of cellSize.
func downscale(raw []byte) (*image.Gray, error) {
	full, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	b := full.Bounds()
	small := image.NewGray(image.Rect(0, 0, b.Dx()/cellSize, b.Dy()/cellSize))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			sum := 0
			for dy := range cellSize {
				for dx := range cellSize {
					sum += int(color.GrayModel.Convert(full.At(x*cellSize+dx, y*cellSize+dy)).(color.Gray).Y)
				}
			}
			small.SetGray(x, y, color.Gray{Y: uint8(sum / (cellSize * cellSize))})
		}
	}
	return small, nil
}

// distance returns how different two pictures are: the mean difference in lightness between
// each pixel and the most similar one next to it, so that text which a wider font moved by
// a word costs little. It returns 255 if the sizes differ.
func distance(a, b *image.Gray) float64 {
	if a.Rect != b.Rect {
		return 255
	}
	one := func(a, b *image.Gray) (sum float64) {
		for y := range a.Rect.Dy() {
			for x := range a.Rect.Dx() {
				least := 255
				for ny := max(0, y-1); ny <= min(y+1, a.Rect.Dy()-1); ny++ {
					for nx := max(0, x-1); nx <= min(x+1, a.Rect.Dx()-1); nx++ {
						d := int(a.GrayAt(x, y).Y) - int(b.GrayAt(nx, ny).Y)
						least = min(least, max(d, -d))
					}
				}
				sum += float64(least)
			}
		}
		return sum
	}
	return (one(a, b) + one(b, a)) / float64(2*len(a.Pix))
}

// thumbnail returns the downscaled picture of a state, in English and light.
func (g *renderer) thumbnail(s pageState) (*image.Gray, error) {
	p, err := g.render(s, variant{"en", "light"})
	if err != nil {
		return nil, err
	}
	// The caret blinks.
	if _, err := browser.Eval[bool](p, "(document.activeElement?.blur(), true)"); err != nil {
		return nil, err
	}
	if err := waitPainted(p); err != nil {
		return nil, err
	}
	raw, err := p.Screenshot()
	if err != nil {
		return nil, err
	}
	return downscale(raw)
}

// writeReferences writes the reference pictures.
func (g *renderer) writeReferences(all []pageState, dir string) error {
	for _, name := range referenceStates {
		for _, s := range all {
			if s.name() != name {
				continue
			}
			small, err := g.thumbnail(s)
			if err != nil {
				return err
			}
			var b bytes.Buffer
			if err := png.Encode(&b, small); err != nil {
				return err
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(dir, name+".png"), b.Bytes(), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
