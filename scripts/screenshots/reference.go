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

// compared are the pictures that matter most.
var referenceStates = []string{
	"popup-unpaired", "popup-silent", "popup-proposed", "popup-search", "popup-confirm", "popup-waiting", "popup-code",
	"popup-outcome-unknown", "popup-orders", "welcome-unpaired",
}

// coarse is how many dots of a picture are one of its reference, each way. So much is
// lost that another font makes little difference, and another place for something much.
const cellSize = 20

// downscale is what a reference keeps of a picture: its lightness, from far away.
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

// distance is how far two pictures are from each other: the mean difference of lightness
// between each dot and the likest one near it, so that a line that a wider font pushed
// on by a word costs little; 255 where they are not even of one size.
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

// sketch is the essence of a state, in the light and from left to right.
func (g *renderer) thumbnail(s pageState) (*image.Gray, error) {
	p, err := g.render(s, variant{"en", "light"})
	if err != nil {
		return nil, err
	}
	// The caret comes and goes.
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

// refer writes the references.
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
