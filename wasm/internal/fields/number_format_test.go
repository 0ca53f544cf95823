package fields

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNumberFormatThatAPageAsksFor(t *testing.T) {
	placeholder := func(text string) Field { return Field{Placeholder: text} }
	for name, c := range map[string]struct {
		field  Field
		number PhoneNumber
		want   string
	}{
		"nothing said":               {Field{}, numberFR, "+33612345678"},
		"an example":                 {placeholder("06 12 34 56 78"), numberFR, "0612345678"},
		"an example in words":        {placeholder("Ex : 06 12 34 56 78"), numberFR, "0612345678"},
		"a mask of nines":            {placeholder("99 99 99 99 99"), numberFR, "0612345678"},
		"a mask, national":           {placeholder("(___) ___-____"), numberUS, "2025550123"},
		"a mask of x":                {placeholder("XX XX XX XX XX"), numberNG, "8031234567"},
		"a mask of x with a zero":    {placeholder("0XX XX XX XX XX"), numberNG, "08031234567"},
		"a mask of zeros":            {placeholder("(00) 00000-0000"), numberBR, "11961234567"},
		"a mask with a prefix":       {placeholder("090-xxxx-xxxx"), numberJP, "09012345678"},
		"a mask that begins with 5":  {placeholder("5X XX XX XX XX"), numberDE, "15123456789"},
		"a mask with a plus":         {placeholder("+38 (0__) ___-__-__"), numberNG, "+2348031234567"},
		"Cyrillic":                   {placeholder("8 (9ХХ) ХХХ-ХХ-ХХ"), numberRU, "89123456789"},
		"a calling code, no plus":    {placeholder("234 803 000 0000"), numberNG, "2348031234567"},
		"dialled from abroad":        {placeholder("0033 6 12 34 56 78"), numberFR, "0033612345678"},
		"an example below":           {Field{After: []string{"Format: 05XX XXX XX XX"}}, numberKR, "01023456789"},
		"a help line below":          {Field{After: []string{"Help: 0800 123 456"}}, numberFR, "+33612345678"},
		"how many digits":            {Field{Label: "Mobile number, 10 digits"}, numberNG, "8031234567"},
		"how many digits, with zero": {Field{Label: "Téléphone (10 chiffres)"}, numberFR, "0612345678"},
		"how many at least":          {Field{MinLength: 11}, numberNG, "08031234567"},
		"room for the zero":          {Field{MaxLength: 11}, numberNG, "08031234567"},
		"no room for the zero":       {Field{MaxLength: 10}, numberNG, "8031234567"},
		"without the zero":           {Field{After: []string{"without the leading 0"}}, numberNG, "8031234567"},
		"without the zero, tr":       {Field{Description: "Başında 0 olmadan yazınız."}, numberDE, "15123456789"},
		"with the zero":              {Field{Description: "Starting with 0"}, numberNG, "08031234567"},
		"nothing is dialled before":  {placeholder("131 2345 6789"), numberCN, "13123456789"},
		"its zero belongs to it":     {placeholder("06 1234 5678"), numberIT, "0612345678"},
		"Argentina, alone":           {Field{}, numberAR, "+5491123456789"},
		"Argentina, ten digits":      {Field{MaxLength: 10}, numberAR, "1123456789"},
		"Argentina, an example":      {placeholder("11 2345-6789"), numberAR, "1123456789"},
		"Argentina, dialled":         {placeholder("011 15-5555-5555"), numberAR, "0111523456789"},
		"another's, from abroad":     {placeholder("0044 7400 123456"), numberFR, "0033612345678"},
		"another's, with a zero":     {placeholder("0803 000 0000"), numberFR, "0612345678"},
		"another's, all left open":   {placeholder("___ ___ ____ ____"), numberFR, "+33612345678"},
		"a keyboard of digits":       {Field{InputMode: "numeric"}, numberNG, "8031234567"},
		"the prefix is two digits":   {placeholder("06 20 123 4567"), numberHU, "06201234567"},
	} {
		t.Run(name, func(t *testing.T) {
			f := c.field
			f.Type, f.Name = "tel", "mobile"
			p := PlanNumber([]Page{row(f)}, c.number)
			if assert.Len(t, p.Steps, 1, p.Why) {
				assert.Equal(t, c.want, p.Steps[0].Value)
			}
		})
	}
}

func TestReadExample(t *testing.T) {
	for text, want := range map[string]example{
		"":                        {},
		"Phone number":            {},
		"Ex. 0612":                {slots: "0612", shape: "____"},
		"+234 803 000":            {slots: "234803000", plus: true, shape: "___ ___ ___"},
		"05xx xxx":                {slots: "05_____", shape: "____ ___"},
		"000-0000":                {slots: "_______", shape: "___-____"},
		"0__ ___":                 {slots: "0_____", shape: "___ ___"},
		"call 12 or 0803 123 456": {slots: "0803123456", shape: "____ ___ ___"},
		"٠٥٥ ١٢٣":                 {slots: "055123", shape: "___ ___"},
	} {
		assert.Equal(t, want, readExample(text), text)
	}
}

func TestPunctuationOfAnExample(t *testing.T) {
	for name, c := range map[string]struct {
		field Field
		want  []string // after the first
	}{
		"an example":   {Field{Placeholder: "(555) 555-5555"}, []string{"(202) 555-0123", "+12025550123"}},
		"in brackets":  {Field{Description: "Like this (555-555-5555)"}, []string{"202-555-0123", "+12025550123"}},
		"no example":   {Field{}, []string{"2025550123", "12025550123"}},
		"a pattern":    {Field{Pattern: `\d{3}-\d{3}-\d{4}`}, []string{"2025550123", "12025550123", "(202) 555-0123", "+1 202-555-0123", "202-555-0123"}},
		"another size": {Field{Placeholder: "06 12 34 56 78 9"}, []string{"+12025550123"}},
	} {
		f := c.field
		f.Type, f.Name = "tel", "mobile"
		steps := PlanNumber([]Page{row(f)}, numberUS).Steps
		if assert.Len(t, steps, 1, name) {
			assert.Equal(t, c.want, steps[0].Else, name)
		}
	}
}
