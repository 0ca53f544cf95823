package main

import (
	"image"
	"image/color"
	"math"
)

// shape is a signed distance: how far a point of the unit square lies outside,
// negative inside.
type shape func(x, y float64) float64

func box(cx, cy, halfWidth, halfHeight, radius float64) shape {
	return func(x, y float64) float64 {
		dx := math.Abs(x-cx) - halfWidth + radius
		dy := math.Abs(y-cy) - halfHeight + radius
		return math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - radius
	}
}

func disc(cx, cy, radius float64) shape {
	return func(x, y float64) float64 { return math.Hypot(x-cx, y-cy) - radius }
}

// stroke is a line with round ends.
func stroke(x0, y0, x1, y1, width float64) shape {
	dx, dy := x1-x0, y1-y0
	return func(x, y float64) float64 {
		along := ((x-x0)*dx + (y-y0)*dy) / (dx*dx + dy*dy)
		along = min(max(along, 0), 1)
		return math.Hypot(x-x0-along*dx, y-y0-along*dy) - width/2
	}
}

type point struct{ x, y float64 }

// polygon is convex; its corners go clockwise on the screen, and are rounded.
func polygon(radius float64, corners ...point) shape {
	return func(x, y float64) float64 {
		inside, nearest := math.Inf(-1), math.Inf(1)
		for i, a := range corners {
			b := corners[(i+1)%len(corners)]
			edge := math.Hypot(b.x-a.x, b.y-a.y)
			inside = max(inside, ((x-a.x)*(b.y-a.y)-(y-a.y)*(b.x-a.x))/edge)
			nearest = min(nearest, stroke(a.x, a.y, b.x, b.y, 0)(x, y))
		}
		if inside > 0 {
			return nearest - radius
		}
		return -nearest - radius
	}
}

func union(shapes ...shape) shape {
	return func(x, y float64) float64 {
		d := math.Inf(1)
		for _, s := range shapes {
			d = min(d, s(x, y))
		}
		return d
	}
}

func grow(s shape, by float64) shape {
	return func(x, y float64) float64 { return s(x, y) - by }
}

// paint is a colour from top to bottom; without alpha it rubs out.
type paint struct{ top, bottom color.NRGBA }

func flat(c color.NRGBA) paint { return paint{c, c} }

func (p paint) at(y float64) (r, g, b, a float64) {
	mix := func(top, bottom uint8) float64 { return float64(top) + (float64(bottom)-float64(top))*y }
	return mix(p.top.R, p.bottom.R), mix(p.top.G, p.bottom.G), mix(p.top.B, p.bottom.B), mix(p.top.A, p.bottom.A) / 255
}

type layer struct {
	shape shape
	paint paint
}

// draw puts the layers over each other, with smooth edges.
func draw(size int, layers []layer) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for py := range size {
		for px := range size {
			x, y := (float64(px)+0.5)/float64(size), (float64(py)+0.5)/float64(size)
			var r, g, b, a float64 // premultiplied by a
			for _, l := range layers {
				covered := min(max(0.5-l.shape(x, y)*float64(size), 0), 1)
				lr, lg, lb, la := l.paint.at(y)
				r, g, b = r*(1-covered)+lr*la*covered, g*(1-covered)+lg*la*covered, b*(1-covered)+lb*la*covered
				a = a*(1-covered) + la*covered
			}
			if a > 0 {
				img.SetNRGBA(px, py, color.NRGBA{level(r / a), level(g / a), level(b / a), level(a * 255)})
			}
		}
	}
	return img
}

func level(v float64) uint8 { return uint8(min(max(math.Round(v), 0), 255)) }
