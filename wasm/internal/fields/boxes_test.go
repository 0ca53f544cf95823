package fields

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// boxRow returns a page with a row of n boxes under a heading that asks for a code. change, if
// it is not nil, adjusts each box.
func boxRow(n int, change func(i int, f *Field)) Page {
	p := Page{Text: "We sent a code to your phone"}
	for i := range n {
		f := Field{
			Ref: i + 1, Kind: Input, Type: "text", Label: "Digit", Heading: "Enter the code we sent you",
			Visibility: Shown, X: 20 + 50*i, Y: 100, W: 40, H: 44,
		}
		if i == n-1 {
			f.After = []string{"Resend code"}
		}
		if change != nil {
			change(i, &f)
		}
		p.Fields = append(p.Fields, f)
	}
	return p
}

// TestNoBoxTakesWholeCode checks that a row of boxes takes one character each or nothing. If the
// row cannot be filled, no single box takes the whole code instead.
func TestNoBoxTakesWholeCode(t *testing.T) {
	for name, c := range map[string]struct {
		n      int
		code   string
		change func(i int, f *Field)
		fills  bool
	}{
		"empty":                  {6, "493027", nil, true},
		"of one character":       {6, "493027", func(_ int, f *Field) { f.MaxLength = 1 }, true},
		"the first filled":       {6, "493027", func(i int, f *Field) { f.Value = map[int]string{0: "7"}[i] }, true},
		"some filled":            {6, "493027", func(i int, f *Field) { f.Value = map[int]string{0: "7", 1: "2", 4: "1"}[i] }, true},
		"hidden as typed":        {6, "493027", func(i int, f *Field) { f.Type, f.Value = "password", map[int]string{0: "•"}[i] }, true},
		"one opens the next":     {6, "493027", func(i int, f *Field) { f.Disabled = i > 0 }, true},
		"all may be pasted into": {6, "493027", func(_ int, f *Field) { f.MaxLength = 6 }, true},
		"the first may":          {6, "493027", func(i int, f *Field) { f.MaxLength = map[bool]int{true: 6, false: 1}[i == 0] }, true},
		"the first filled, read only": {6, "493027", func(i int, f *Field) {
			if i == 0 {
				f.Value, f.ReadOnly = "7", true
			}
		}, false},
		"the first filled, disabled": {6, "493027", func(i int, f *Field) {
			if i == 0 {
				f.Value, f.Disabled = "7", true
			}
		}, false},
		"the first filled, the others closed": {6, "493027", func(i int, f *Field) {
			if f.Disabled = i != 1; i == 0 {
				f.Value = "7"
			}
		}, false},
		"only the last is open":     {6, "493027", func(i int, f *Field) { f.ReadOnly = i < 5 }, false},
		"the last holds the whole":  {6, "493027", func(i int, f *Field) { f.Value = map[int]string{5: "493027"}[i] }, false},
		"one too many":              {6, "49302", nil, false},
		"one too few":               {5, "493027", nil, false},
		"as many but for a locked":  {6, "49302", func(i int, f *Field) { f.ReadOnly = i == 0 }, false},
		"three are left":            {3, "493027", func(i int, f *Field) { f.W = 48 }, false},
		"two are left":              {2, "493027", func(i int, f *Field) { f.W, f.Label = 48, fmt.Sprintf("Digit %d", i+5) }, false},
		"one is left":               {1, "493027", nil, false},
		"two too few":               {4, "493027", nil, false},
		"parts of unequal length":   {4, "4930", func(i int, f *Field) { f.MaxLength = []int{3, 4, 4, 4}[i] }, false},
		"parts of a number, filled": {4, "4930", func(i int, f *Field) { f.Value, f.MaxLength = []string{"010", "2345", "6789", ""}[i], 4 }, false},
	} {
		t.Run(name, func(t *testing.T) {
			page := boxRow(c.n, c.change)
			plan := PlanCode([]Page{page}, c.code)
			if c.fills {
				require.Len(t, plan.Steps, c.n, plan.Why)
				assert.Equal(t, c.code, plan.Whole)
			} else {
				assert.Empty(t, plan.Steps, plan.Why)
			}
			filled := false
			for _, f := range page.Fields {
				filled = filled || f.Value != ""
			}
			assert.Equal(t, c.fills && filled, plan.Overwrites, "only a click may overwrite what a person typed")

			for i, f := range page.Fields {
				if !f.usable() || c.n == 1 { // a single field takes what the person chooses
					continue
				}
				page.Fields[i].Focused = true
				at, found := FocusedTarget([]Page{page}, 0)
				require.True(t, found)
				into := PlanCodeAt(at, c.code)
				for _, s := range into.Steps {
					assert.Len(t, s.Value, 1, "into box %d", i+1)
				}
				assert.Equal(t, len(into.Steps) > 0 && filled, into.Overwrites)
				page.Fields[i].Focused = false
			}
		})
	}
}

// TestNumberPartsAreNoBoxes checks that a code goes into its own field next to a number in parts.
func TestNumberPartsAreNoBoxes(t *testing.T) {
	part := func(ref, x, y, most int, change func(*Field)) Field {
		f := Field{Ref: ref, Kind: Input, Type: "text", Visibility: Shown, X: x, Y: y, W: 64, H: 30, MaxLength: most, Heading: "Phone verification"}
		if change != nil {
			change(&f)
		}
		return f
	}
	first := func(before ...string) func(*Field) { return func(f *Field) { f.Before = before } }
	for name, fields := range map[string][]Field{
		"of Korea":             {part(1, 20, 100, 3, first("휴대폰 인증")), part(2, 90, 100, 4, nil), part(3, 160, 100, 4, nil), part(9, 20, 140, 4, first("인증번호"))},
		"of America":           {part(1, 20, 100, 3, first("Phone number")), part(2, 90, 100, 3, nil), part(3, 160, 100, 4, nil), part(9, 20, 140, 4, first("Code we sent"))},
		"under a heading":      {part(1, 20, 100, 3, first("Phone verification")), part(2, 90, 100, 4, nil), part(3, 160, 100, 4, nil), part(9, 20, 140, 4, first("Verification code"))},
		"by their names":       {part(1, 20, 100, 4, func(f *Field) { f.Name = "phone1" }), part(2, 90, 100, 4, nil), part(3, 160, 100, 4, nil), part(9, 20, 140, 4, first("SMS code"))},
		"filled already":       {part(1, 20, 100, 3, func(f *Field) { f.Name, f.Value = "mobile1", "010" }), part(2, 90, 100, 4, func(f *Field) { f.Value = "2345" }), part(3, 160, 100, 4, func(f *Field) { f.Value = "6789" }), part(9, 20, 140, 4, first("SMS code"))},
		"the code on the line": {part(1, 20, 100, 3, first("Mobile number")), part(2, 90, 100, 3, nil), part(3, 160, 100, 4, nil), part(9, 230, 100, 4, func(f *Field) { f.Label = "OTP" })},
	} {
		t.Run(name, func(t *testing.T) {
			plan := PlanCode([]Page{{Fields: fields}}, "4930")
			require.Len(t, plan.Steps, 1, plan.Why)
			assert.Equal(t, 9, plan.Steps[0].Ref)
		})
	}
}

// TestNarrowFieldTakesWholeCode checks that a narrow field with room for the code takes it. Some
// pages put such a field over boxes that are only drawn.
func TestNarrowFieldTakesWholeCode(t *testing.T) {
	narrow := Field{Ref: 1, Kind: Input, Type: "text", Label: "Verification code", Visibility: Shown, W: 36, H: 44, MaxLength: 6}
	assert.Len(t, PlanCode([]Page{{Fields: []Field{narrow}}}, "493027").Steps, 1)
}

func TestCodeInGroups(t *testing.T) {
	group := func(ref, x, length int) Field {
		return Field{Ref: ref, Kind: Input, Type: "text", Visibility: Shown, MaxLength: length, X: x, Y: 100, W: 84, H: 30}
	}
	first := group(1, 100, 3)
	first.Before = []string{"We texted you a code"}
	page := func(fields ...Field) []Page { return []Page{{Fields: append([]Field{first}, fields...)}} }
	plan := PlanCode(page(group(2, 200, 3)), "482913")
	if assert.Len(t, plan.Steps, 2) {
		assert.Equal(t, "482", plan.Steps[0].Value)
		assert.Equal(t, "913", plan.Steps[1].Value)
	}
	assert.Empty(t, PlanCode(page(group(2, 200, 3), group(3, 300, 4)), "4829137").Steps, "groups of unequal length are another number's")
	assert.Empty(t, PlanCode(page(group(2, 200, 3), group(3, 300, 3)), "482913").Steps, "three groups are too many")
	below := group(2, 100, 3)
	below.Y = 400
	assert.Empty(t, PlanCode(page(below), "482913").Steps, "groups stand on one line")
}
