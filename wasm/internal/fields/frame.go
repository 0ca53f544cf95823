package fields

import (
	"cmp"
	"slices"
	"strings"
)

// Frame is a frame in a page, as the page around it sees it.
type Frame struct {
	Origin string `json:"origin"`
	Name   string `json:"name,omitempty"` // its title, name and address, bounded
	W      int    `json:"w"`
	H      int    `json:"h"`
}

const (
	maxFrames = 3
	minFrameW = 100 // a field fits into no smaller one
	minFrameH = 28
)

// UndescribedOrigins is the origins of the web frames that none of the pages is of, likeliest to
// have a code's or a number's field first.
func UndescribedOrigins(pages []Page) []string {
	var frames []Frame
	for _, p := range pages {
		for _, f := range p.Frames {
			seen := slices.ContainsFunc(pages, func(p Page) bool { return p.Origin == f.Origin })
			if !seen && f.W >= minFrameW && f.H >= minFrameH && strings.HasPrefix(f.Origin, "http") {
				frames = append(frames, f)
			}
		}
	}
	slices.SortStableFunc(frames, func(a, b Frame) int {
		return cmp.Or(cmp.Compare(b.speaks(), a.speaks()), cmp.Compare(b.W*b.H, a.W*a.H))
	})
	var origins []string
	for _, f := range frames {
		if !slices.Contains(origins, f.Origin) {
			origins = append(origins, f.Origin)
		}
	}
	return origins[:min(len(origins), maxFrames)]
}

// speaks counts how many of the things that matter a frame is named after.
func (f Frame) speaks() (n int) {
	says := read(fold(f.Name)).says
	for _, matter := range []cueKind{cueCode | cueLikely, cueGeneric, cueSent, cuePhone} {
		if says&matter != 0 {
			n++
		}
	}
	return n
}
