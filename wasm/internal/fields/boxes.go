package fields

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	minBoxes       = 4
	maxBoxes       = 8
	maxBoxWidth    = 110 // of a box, in CSS pixels
	maxSingleWidth = 260 // of a box that takes one character and no more
	narrowWidth    = 72  // of a box that would take more
	alignTolerance = 14  // how far from a line boxes may stand
	minCharWidth   = 7   // how wide a character is at least
)

// boxes finds rows of n small fields that take one character each, among those that may
// be boxes. A part of a longer row is none.
func boxes(fields []Field, n int, may func(i int) bool) [][]Field {
	if n < minBoxes || n > maxBoxes {
		return nil
	}
	var rows [][]Field
	var row []Field
	boxRowLengths := boxRowLengths(fields, may)
	end := func() {
		if len(row) == n && alike(row[1:]) && boxRowLengths[row[0].Ref] <= n {
			rows = append(rows, row)
		}
		row = nil
	}
	for i, f := range fields {
		if !may(i) || !isBox(f, len(row) == 0, n) {
			if f.Visibility == Hidden || f.Kind == Select {
				continue // what nobody sees stands in no row
			}
			end()
			continue
		}
		if len(row) > 0 && !follows(row, f) {
			end()
		}
		row = append(row, f)
	}
	end()
	return rows
}

// boxRowLengths are the fields that stand in a row of boxes of any length, whether or not they
// can be typed into now, with that length: none of them takes a whole code.
func boxRowLengths(fields []Field, may func(i int) bool) map[int]int {
	lengths := map[int]int{}
	var row []Field
	end := func() {
		if len(row) >= minBoxes && alike(row[1:]) || len(row) > 1 && identical(row) {
			for _, f := range row {
				lengths[f.Ref] = len(row)
			}
		}
		row = nil
	}
	for i, f := range fields {
		if f.Visibility == Hidden || f.Kind == Select {
			continue
		}
		if !may(i) || !isSmall(f) {
			end()
			continue
		}
		if len(row) > 0 && !follows(row, f) {
			end()
		}
		row = append(row, f)
	}
	end()
	return lengths
}

// identical reports that nothing tells a few narrow fields apart, such as the boxes that are
// left once a page has drawn the filled ones as text.
func identical(row []Field) bool {
	return !slices.ContainsFunc(row, func(f Field) bool {
		first := row[0]
		return f.W > narrowWidth || f.W != first.W || f.H != first.H || f.MaxLength != first.MaxLength || f.Hints != first.Hints || f.Type != first.Type ||
			withoutFigures(f.Label+f.Placeholder) != withoutFigures(first.Label+first.Placeholder) || withoutFigures(f.Name) != withoutFigures(first.Name)
	})
}

func withoutFigures(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, name)
}

// isSmall reports whether a field has a box's size.
func isSmall(f Field) bool {
	if f.Kind == Input && !boxType(f) || f.W < 2 || f.MaxLength > maxBoxes {
		return false
	}
	return f.W <= maxBoxWidth || f.MaxLength == 1 && f.W <= maxSingleWidth
}

func boxType(f Field) bool {
	return slices.Contains([]string{"", "text", "tel", "number", "password"}, f.Type)
}

// alike reports whether the boxes after the first take as much each: what takes three
// characters and then four is no code.
func alike(row []Field) bool {
	return !slices.ContainsFunc(row, func(f Field) bool { return max(f.MaxLength, 2) != max(row[0].MaxLength, 2) })
}

// isBox reports whether f may be one of n boxes of a row. One may take the whole
// code, so that it can be pasted; none holds more than the one character that belongs there.
func isBox(f Field, first bool, n int) bool {
	opens := f.Disabled && !first && f.Value == "" // once the one before it is filled
	if !f.usable() && !(opens && f.Visibility != Hidden && !f.ReadOnly) || f.Kind == Select || f.W < 2 || utf8.RuneCountInString(f.Value) > 1 {
		return false
	}
	if f.Kind == Input && !boxType(f) {
		return false
	}
	switch {
	case f.MaxLength <= 1 && f.Autocomplete == "one-time-code":
		return true
	case f.MaxLength == 1 || first && f.MaxLength >= n && f.MaxLength <= maxBoxes:
		return f.W <= maxSingleWidth
	case f.MaxLength == 0:
		return f.W <= maxBoxWidth
	}
	return f.W <= narrowWidth && (f.MaxLength == 2 || f.MaxLength == n)
}

// follows reports whether a box goes on with a row.
func follows(row []Field, f Field) bool {
	last := row[len(row)-1]
	return beside(last, f) || below(row[0], f) || counted(last, f)
}

func beside(a, b Field) bool {
	return near(a.Y+a.H/2, b.Y+b.H/2) && near(a.H, b.H) && near(a.W, b.W) && abs(b.X-a.X) < 2*maxSingleWidth
}

// counted reports that two boxes are one after the other wherever they stand: both say
// so, and nothing but their number tells them apart.
func counted(a, b Field) bool {
	return a.Autocomplete == "one-time-code" && b.Autocomplete == a.Autocomplete && a.W == b.W && a.H == b.H && a.Hints == b.Hints && a.MaxLength == b.MaxLength
}

// below reports that b begins a second line of boxes under a.
func below(a, b Field) bool {
	return near(a.X, b.X) && near(a.H, b.H) && near(a.W, b.W) && b.Y > a.Y && b.Y-a.Y < 3*a.H
}

func near(a, b int) bool { return abs(a-b) <= alignTolerance }

func abs(n int) int { return max(n, -n) }

// merge is a row of boxes as one field with all that is said about any of them.
func merge(row []Field) Field {
	m := row[0]
	m.MaxLength, m.Image = 0, ""
	m.After = row[len(row)-1].After
	for _, f := range row[1:] {
		if f.Autocomplete == "one-time-code" {
			m.Autocomplete = f.Autocomplete
		}
		if m.Label != f.Label {
			m.Label += " " + f.Label
		}
		if m.Value == "" {
			m.Value = f.Value
		}
		m.Focused = m.Focused || f.Focused
	}
	return m
}
