package fields

import (
	"cmp"
	"slices"
	"strings"
)

// Frame is an embedded frame, as the page around it sees it.
type Frame struct {
	Origin string `json:"origin"`
	Name   string `json:"name,omitempty"` // its title, name and address, with a limit on their length
	W      int    `json:"w"`
	H      int    `json:"h"`
}

const (
	maxFrames = 3   // origins to ask permission for
	minFrameW = 100 // CSS pixels; no field fits into less
	minFrameH = 28
)

// UndescribedOrigins returns the origins of web frames that are missing from pages, at most
// three. Those likeliest to have a field for a code or a number come first.
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
		return cmp.Or(cmp.Compare(b.relevance(), a.relevance()), cmp.Compare(b.W*b.H, a.W*a.H))
	})
	var origins []string
	for _, f := range frames {
		if !slices.Contains(origins, f.Origin) {
			origins = append(origins, f.Origin)
		}
	}
	return origins[:min(len(origins), maxFrames)]
}

// relevance counts the subjects in a frame's name: one-time codes, codes, messages, telephones.
func (f Frame) relevance() (n int) {
	kinds := read(fold(f.Name)).kinds
	for _, subject := range []cueKind{cueCode | cueLikely, cueGeneric, cueSent, cuePhone} {
		if kinds&subject != 0 {
			n++
		}
	}
	return n
}
