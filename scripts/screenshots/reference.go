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

const references = "testdata"

// compared are the pictures that matter most.
var compared = []string{
	"popup-unpaired", "popup-silent", "popup-proposed", "popup-search", "popup-confirm", "popup-waiting", "popup-code",
	"popup-outcome-unknown", "popup-orders", "welcome-unpaired",
}

// coarse is how many dots of a picture are one of its reference, each way. So much is
// lost that another font makes little difference, and another place for something much.
const coarse = 20

// essence is what a reference keeps of a picture: its lightness, from far away.
func essence(raw []byte) (*image.Gray, error) {
	full, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	b := full.Bounds()
	small := image.NewGray(image.Rect(0, 0, b.Dx()/coarse, b.Dy()/coarse))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			sum := 0
			for dy := range coarse {
				for dx := range coarse {
					sum += int(color.GrayModel.Convert(full.At(x*coarse+dx, y*coarse+dy)).(color.Gray).Y)
				}
			}
			small.SetGray(x, y, color.Gray{Y: uint8(sum / (coarse * coarse))})
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
func (g *gallery) sketch(s shown) (*image.Gray, error) {
	p, err := g.show(s, look{"en", "light"})
	if err != nil {
		return nil, err
	}
	// The caret comes and goes.
	if _, err := browser.Eval[bool](p, "(document.activeElement?.blur(), true)"); err != nil {
		return nil, err
	}
	if err := painted(p); err != nil {
		return nil, err
	}
	raw, err := p.Shot()
	if err != nil {
		return nil, err
	}
	return essence(raw)
}

// refer writes the references.
func (g *gallery) refer(all []shown, dir string) error {
	for _, name := range compared {
		for _, s := range all {
			if s.name() != name {
				continue
			}
			small, err := g.sketch(s)
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
