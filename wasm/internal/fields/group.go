package fields

import "slices"

const (
	minBoxes = 4
	maxBoxes = 8
	maxWidth = 110 // of a box, in CSS pixels
	slack    = 14  // how far from a line boxes may stand
)

// boxes finds rows of small fields that take one character each.
func boxes(fields []Field, n int) [][]Field {
	if n < minBoxes || n > maxBoxes {
		return nil
	}
	var rows [][]Field
	var row []Field
	end := func() {
		if len(row) == n {
			rows = append(rows, row)
		}
		row = nil
	}
	for _, f := range fields {
		if !isBox(f, len(row) == 0) {
			if f.Visibility == Hidden || f.Kind == Select {
				continue // what nobody sees stands in no row
			}
			end()
			continue
		}
		if len(row) > 0 && !beside(row[len(row)-1], f) {
			end()
		}
		row = append(row, f)
	}
	end()
	return rows
}

// isBox reports whether f may be a box of a row. The first one may take the whole
// code, so that it can be pasted.
func isBox(f Field, first bool) bool {
	if !f.usable() || f.Kind == Select || f.W > maxWidth || f.W < 2 {
		return false
	}
	if f.Kind == Input && !slices.Contains([]string{"", "text", "tel", "number", "password"}, f.Type) {
		return false
	}
	return f.MaxLength <= 1 || first && f.MaxLength <= maxBoxes || f.W <= 72
}

func beside(a, b Field) bool {
	return near(a.Y+a.H/2, b.Y+b.H/2) && near(a.H, b.H) && near(a.W, b.W) && abs(b.X-a.X) < 4*maxWidth
}

func near(a, b int) bool { return abs(a-b) <= slack }

func abs(n int) int { return max(n, -n) }

// merge is a row of boxes as one field with all that is said about any of them.
func merge(row []Field) Field {
	m := row[0]
	m.MaxLength, m.Value = 0, ""
	m.After = row[len(row)-1].After
	for _, f := range row[1:] {
		if f.Autocomplete == "one-time-code" {
			m.Autocomplete = f.Autocomplete
		}
		m.Focused = m.Focused || f.Focused
	}
	return m
}
