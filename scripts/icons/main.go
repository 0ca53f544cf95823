// Icons renders the PNG icons of the extension and of the tray from the SVG files in its
// folder. It takes about a second, and prints nothing. Run it from the project's top folder
// after a change to an SVG:
//
//	go run ./scripts/icons
package main

import (
	"bytes"
	"embed"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strconv"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/draw"
)

//go:embed *.svg
var drawings embed.FS

const trayPixels = 48

// icon is one PNG file: the drawing it is rendered from, and its width and height in
// pixels.
type icon struct {
	drawing string
	pixels  int
}

// icons returns all files to render, by their path from the project's top folder.
func icons() map[string]icon {
	files := map[string]icon{}
	for _, pixels := range []int{16, 32, 48, 128} {
		drawing := "icon"
		if pixels == 16 {
			drawing = "icon-small"
		}
		files[filepath.Join("extension", "icons", strconv.Itoa(pixels)+".png")] = icon{drawing, pixels}
	}
	for _, state := range []string{"idle", "waiting", "code", "attention"} {
		files[filepath.Join("daemon", "internal", "tray", "icons", state+".png")] = icon{"tray-" + state, trayPixels}
	}
	return files
}

// render draws the icon's SVG at its size.
func (i icon) render() (*image.RGBA, error) {
	raw, err := drawings.ReadFile(i.drawing + ".svg")
	if err != nil {
		return nil, err
	}
	svg, err := oksvg.ReadIconStream(bytes.NewReader(raw), oksvg.StrictErrorMode)
	if err != nil {
		return nil, fmt.Errorf("%s.svg: %w", i.drawing, err)
	}
	// oksvg leaves the width of strokes as it is when it scales a drawing, so the drawing is
	// rendered at its own size first.
	drawn := image.NewRGBA(image.Rect(0, 0, int(svg.ViewBox.W), int(svg.ViewBox.H)))
	svg.Draw(rasterx.NewDasher(drawn.Rect.Dx(), drawn.Rect.Dy(), rasterx.NewScannerGV(drawn.Rect.Dx(), drawn.Rect.Dy(), drawn, drawn.Rect)), 1)
	scaled := image.NewRGBA(image.Rect(0, 0, i.pixels, i.pixels))
	draw.CatmullRom.Scale(scaled, scaled.Rect, drawn, drawn.Rect, draw.Src, nil)
	return scaled, nil
}

func main() {
	for path, icon := range icons() {
		if err := write(path, icon); err != nil {
			fmt.Fprintln(os.Stderr, "icons:", err)
			os.Exit(1)
		}
	}
}

func write(path string, i icon) error {
	img, err := i.render()
	if err != nil {
		return err
	}
	var file bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&file, img); err != nil {
		return err
	}
	return os.WriteFile(path, file.Bytes(), 0o644)
}
