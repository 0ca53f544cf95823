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
	maxBoxWidth    = 110 // of a box, in CSS pixels like the rest
	maxSingleWidth = 260 // of a box with maxlength 1
	narrowWidth    = 72  // of a box with a higher maxlength
	alignTolerance = 14  // by which the edges and sizes of boxes in a row may differ
	minCharWidth   = 7   // least width of a typed character
	maxLineHeight  = 70  // of an editable element that takes a line, rather than prose
)

// boxes returns the rows of exactly n boxes: small fields in a line that take one character
// each. may says whether the field at an index can be a box.
func boxes(fields []Field, n int, may func(i int) bool) [][]Field {
	if n < minBoxes || n > maxBoxes {
		return nil
	}
	var rows [][]Field
	var row []Field
	boxRowLengths := boxRowLengths(fields, may)
	end := func() {
		if len(row) == n && alike(row[1:]) && boxRowLengths[row[0].Ref] <= n && (!row[0].isWideBox() || identical(row)) {
			rows = append(rows, row)
		}
		row = nil
	}
	for i, f := range fields {
		if !may(i) || !isBox(f, len(row) == 0, n) {
			if f.Visibility == Hidden || f.Kind == Select {
				continue // people do not see it within the row
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

// groups returns the rows of fields that take a code of n characters in equal groups, as in
// "[482] - [913]".
func groups(fields []Field, n int, may func(i int) bool) [][]Field {
	var rows [][]Field
	var row []Field
	end := func() {
		if len(row) > 1 && len(row)*row[0].MaxLength == n {
			rows = append(rows, row)
		}
		row = nil
	}
	for i, f := range fields {
		switch {
		case f.Visibility == Hidden:
		case !may(i) || !f.usable() || f.Kind != Input || !hasBoxType(f) || f.MaxLength < 2 || f.MaxLength > maxBoxes/2:
			end()
		default:
			if len(row) > 0 && (f.MaxLength != row[0].MaxLength || !onSameLine(row[len(row)-1], f)) {
				end()
			}
			row = append(row, f)
		}
	}
	end()
	return rows
}

// boxRowLengths returns, by Ref, the length of the row of boxes that a field is in. Rows may
// have any length, and their boxes may be disabled. No field in a row takes a whole code.
func boxRowLengths(fields []Field, may func(i int) bool) map[int]int {
	lengths := map[int]int{}
	var row []Field
	end := func() {
		isNarrow := len(row) > 0 && row[0].W <= narrowWidth
		if len(row) >= minBoxes && alike(row[1:]) && (!row[0].isWideBox() || identical(row)) || len(row) > 1 && isNarrow && identical(row) {
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

// identical reports whether fields are alike but for digits in their names. Narrow ones may be
// the boxes that are left after a page replaced the filled ones by text.
func identical(row []Field) bool {
	return !slices.ContainsFunc(row, func(f Field) bool {
		first := row[0]
		return !aligned(f.W, first.W) || f.H != first.H || f.MaxLength != first.MaxLength || withoutDigits(f.Hints) != withoutDigits(first.Hints) || f.Type != first.Type ||
			withoutDigits(f.Label+f.Placeholder) != withoutDigits(first.Label+first.Placeholder) || withoutDigits(f.Name) != withoutDigits(first.Name)
	})
}

// withoutDigits returns name without digits of any script.
func withoutDigits(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, name)
}

// isSmall reports whether a field has the size of a box.
func isSmall(f Field) bool {
	if f.Kind == Input && !hasBoxType(f) || f.W < 2 || f.MaxLength > maxBoxes {
		return false
	}
	return f.W <= maxBoxWidth || f.MaxLength == 1 && f.W <= maxSingleWidth || f.isWideBox()
}

// isWideBox reports whether a field without a maxlength may be one of the boxes that share the
// width of a page: it takes digits, and its row has to be identical.
func (f Field) isWideBox() bool {
	return f.MaxLength == 0 && f.W > maxBoxWidth && f.W <= maxSingleWidth && f.Kind == Input && hasBoxType(f) && (f.takesDigits() || f.Autocomplete == "one-time-code")
}

// hasBoxType reports whether an input has one of the types that pages use for boxes.
func hasBoxType(f Field) bool {
	return slices.Contains([]string{"", "text", "tel", "number", "password"}, f.Type)
}

// alike reports whether all boxes of a row take the same number of characters. Callers leave
// out the first box, which may take the whole code.
func alike(row []Field) bool {
	return !slices.ContainsFunc(row, func(f Field) bool { return max(f.MaxLength, 2) != max(row[0].MaxLength, 2) })
}

// isBox reports whether f may be one of n boxes. The first one may take the whole code, so
// that it can be pasted. None contains more than one character.
func isBox(f Field, first bool, n int) bool {
	opens := f.Disabled && !first && f.Value == "" // enabled once the box before it is filled
	if !f.usable() && !(opens && f.Visibility != Hidden && !f.ReadOnly) || f.Kind == Select || f.W < 2 || utf8.RuneCountInString(f.Value) > 1 {
		return false
	}
	if f.Kind == Input && !hasBoxType(f) {
		return false
	}
	switch {
	case f.MaxLength <= 1 && f.Autocomplete == "one-time-code":
		return true
	case f.MaxLength == 1 || first && f.MaxLength >= n && f.MaxLength <= maxBoxes:
		return f.W <= maxSingleWidth
	case f.MaxLength == 0:
		return f.W <= maxBoxWidth || f.isWideBox()
	}
	return f.W <= narrowWidth && (f.MaxLength == 2 || f.MaxLength == n)
}

// follows reports whether f is the next box of a row.
func follows(row []Field, f Field) bool {
	last := row[len(row)-1]
	return onSameLine(last, f) || onNextLine(row[0], f) || isNumbered(last, f)
}

// onSameLine reports whether a and b are boxes of one size on one line.
func onSameLine(a, b Field) bool {
	return aligned(a.Y+a.H/2, b.Y+b.H/2) && aligned(a.H, b.H) && aligned(a.W, b.W) && abs(b.X-a.X) < 2*maxSingleWidth
}

// isNumbered reports whether a and b are boxes of one code wherever they are on the page:
// both are marked as one-time-code and have the same size and attributes.
func isNumbered(a, b Field) bool {
	return a.Autocomplete == "one-time-code" && b.Autocomplete == a.Autocomplete && a.W == b.W && a.H == b.H && a.Hints == b.Hints && a.MaxLength == b.MaxLength
}

// onNextLine reports whether b begins a second line of boxes under a.
func onNextLine(a, b Field) bool {
	return aligned(a.X, b.X) && aligned(a.H, b.H) && aligned(a.W, b.W) && b.Y > a.Y && b.Y-a.Y < 3*a.H
}

// aligned reports whether two coordinates or sizes are equal but for alignTolerance.
func aligned(a, b int) bool { return abs(a-b) <= alignTolerance }

func abs(n int) int { return max(n, -n) }

// merge returns a row of boxes as one field with the texts about all of them.
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
