package fields

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCodeFormat checks that a field gets the code in the format that it asks for.
func TestCodeFormat(t *testing.T) {
	for name, c := range map[string]struct {
		code, want string
		change     func(*Field)
	}{
		"digits alone":             {"G-573920", "573920", func(f *Field) { f.InputMode = "numeric" }},
		"nothing else said":        {"G-573920", "573920", func(f *Field) { f.MaxLength = 0 }},
		"the example has it":       {"G-573920", "G-573920", func(f *Field) { f.MaxLength, f.Placeholder = 8, "G-000000" }},
		"a described example":      {"G-573920", "G-573920", func(f *Field) { f.MaxLength, f.Description = 0, "It looks like G-123456." }},
		"another's example":        {"G-573920", "573920", func(f *Field) { f.MaxLength, f.Placeholder = 8, "F-000000" }},
		"shown outside":            {"G-573920", "573920", func(f *Field) { f.MaxLength, f.Placeholder, f.Before = 8, "G-000000", []string{"Code", "G -"} }},
		"groups, and no room":      {"123-456", "123456", func(*Field) {}},
		"groups that fit":          {"123-456", "123-456", func(f *Field) { f.MaxLength = 7 }},
		"groups, a number field":   {"123-456", "123456", func(f *Field) { f.MaxLength, f.Type = 7, "tel" }},
		"a space in the example":   {"123 456", "123 456", func(f *Field) { f.MaxLength, f.Placeholder = 0, "XXX XXX" }},
		"no such example":          {"123 456", "123456", func(f *Field) { f.MaxLength, f.Placeholder = 0, "one-use" }},
		"letters in groups":        {"A7K-2Q9", "A7K-2Q9", func(f *Field) { f.MaxLength = 0 }},
		"letters, and no room":     {"A7K-2Q9", "A7K2Q9", func(*Field) {}},
		"letters, by the example":  {"A7K-2Q9", "A7K-2Q9", func(f *Field) { f.MaxLength, f.Placeholder = 10, "XXX-XXX" }},
		"a sender's name":          {"KITE-12345", "12345", func(f *Field) { f.MaxLength, f.InputMode = 5, "numeric" }},
		"a sender's name, outside": {"KITE-12345", "12345", func(f *Field) { f.MaxLength, f.Before = 0, []string{"KITE-"} }},
		"letters into digits":      {"A7K2Q9", "", func(f *Field) { f.InputMode = "numeric" }},
	} {
		t.Run(name, func(t *testing.T) {
			p := PlanCode([]Page{{Fields: []Field{field(c.change)}}}, c.code)
			if c.want == "" {
				assert.Empty(t, p.Steps)
				return
			}
			require.Len(t, p.Steps, 1, p.Why)
			assert.Equal(t, c.want, p.Steps[0].Value)
		})
	}
	// The content script tries the other formats against the pattern.
	p := PlanCode([]Page{{Fields: []Field{field(func(f *Field) { f.MaxLength, f.Pattern = 8, `G-\d{6}` })}}}, "G-573920")
	require.Len(t, p.Steps, 1, p.Why)
	assert.Equal(t, "573920", p.Steps[0].Value)
	assert.Contains(t, p.Steps[0].Else, "G-573920")

	for code, n := range map[string]int{"G-573920": 6, "123 456": 6, "A7K-2Q9": 6, "12-34-56-78": 8} {
		var row []Field
		for i := range n {
			row = append(row, field(func(f *Field) { f.Ref, f.X, f.W, f.MaxLength = i+1, i*50, 40, 1 }))
		}
		p := PlanCode([]Page{{Fields: row}}, code)
		require.Len(t, p.Steps, n, "%s: %s", code, p.Why)
		assert.Len(t, p.Whole, n)
	}
}
