// Icons draws the icons of the extension and of the tray. Run it from the root of the
// project after a change: go run ./scripts/icons
package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
)

var (
	white  = flat(color.NRGBA{255, 255, 255, 255})
	green  = paint{color.NRGBA{22, 163, 128, 255}, color.NRGBA{11, 107, 87, 255}}
	rubber = flat(color.NRGBA{})

	// The tray's own: between what stands out from a light panel and from a dark one.
	leaf  = paint{color.NRGBA{24, 152, 120, 255}, color.NRGBA{20, 140, 110, 255}}
	slate = paint{color.NRGBA{128, 137, 152, 255}, color.NRGBA{114, 123, 139, 255}}
	amber = paint{color.NRGBA{214, 116, 12, 255}, color.NRGBA{202, 98, 4, 255}}
	red   = flat(color.NRGBA{232, 58, 48, 255})
)

// bubble is the speech bubble that every icon is.
var bubble = union(
	box(0.5, 0.445, 0.47, 0.415, 0.21),
	polygon(0.02, point{0.20, 0.70}, point{0.52, 0.84}, point{0.215, 0.955}),
)

// hash is the sign of a number; small icons want a bolder one.
func hash(width float64) shape {
	return union(
		stroke(0.265, 0.345, 0.755, 0.345, width),
		stroke(0.245, 0.545, 0.735, 0.545, width),
		stroke(0.435, 0.195, 0.365, 0.695, width),
		stroke(0.635, 0.195, 0.565, 0.695, width),
	)
}

var (
	dots   = union(disc(0.26, 0.445, 0.082), disc(0.5, 0.445, 0.082), disc(0.74, 0.445, 0.082))
	bang   = union(stroke(0.5, 0.215, 0.5, 0.475, 0.125), disc(0.5, 0.665, 0.074))
	badge  = disc(0.815, 0.185, 0.175)
	around = grow(badge, 0.055)
)

const trayPixels = 48

// icons are the files to draw, by path.
func icons() map[string]*image.NRGBA {
	files := map[string]*image.NRGBA{}
	for size, width := range map[int]float64{16: 0.115, 32: 0.095, 48: 0.09, 128: 0.085} {
		path := filepath.Join("extension", "icons", strconv.Itoa(size)+".png")
		files[path] = draw(size, []layer{{bubble, green}, {hash(width), white}})
	}
	for name, layers := range map[string][]layer{
		"idle":      {{bubble, slate}, {hash(0.1), white}},
		"waiting":   {{bubble, leaf}, {dots, white}},
		"code":      {{bubble, leaf}, {hash(0.1), white}, {around, rubber}, {badge, red}},
		"attention": {{bubble, amber}, {bang, white}},
	} {
		path := filepath.Join("daemon", "internal", "tray", "icons", name+".png")
		files[path] = draw(trayPixels, layers)
	}
	return files
}

func main() {
	for path, img := range icons() {
		if err := write(path, img); err != nil {
			fmt.Fprintln(os.Stderr, "icons:", err)
			os.Exit(1)
		}
	}
}

func write(path string, img image.Image) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(f, img); err != nil {
		return err
	}
	return f.Close()
}
