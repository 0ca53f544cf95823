package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
)

const (
	gap    = 24
	border = 1
)

// montage puts pictures side by side, for the README.
func montage(to string, from ...string) error {
	var pictures []image.Image
	size := image.Pt(gap, 0)
	for _, name := range from {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		picture, err := png.Decode(f)
		_ = f.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		pictures = append(pictures, picture)
		size.X += picture.Bounds().Dx() + gap
		size.Y = max(size.Y, picture.Bounds().Dy()+2*gap)
	}
	all := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(all, all.Bounds(), image.NewUniform(color.Gray{0xec}), image.Point{}, draw.Src)
	x := gap
	for _, picture := range pictures {
		at := picture.Bounds().Sub(picture.Bounds().Min).Add(image.Pt(x, gap))
		draw.Draw(all, at.Inset(-border), image.NewUniform(color.Gray{0xd4}), image.Point{}, draw.Src)
		draw.Draw(all, at, picture, picture.Bounds().Min, draw.Src)
		x = at.Max.X + gap
	}
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	if err := png.Encode(f, all); err != nil {
		return err
	}
	return f.Close()
}
