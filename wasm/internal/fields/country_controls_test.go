package fields

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestIndexOfCountry(t *testing.T) {
	texts := func(texts ...string) (list []Option) {
		for i, text := range texts {
			list = append(list, Option{Value: string(rune('a' + i)), Text: text})
		}
		return list
	}
	regions := func(options []Option, regions ...string) []Option {
		for i, region := range regions {
			options[i].Region = region
		}
		return options
	}
	offshore := numberGB // bought as a number of the United Kingdom
	offshore.Region = "GG"
	for name, c := range map[string]struct {
		options []Option
		number  PhoneNumber
		want    int
	}{
		"by its name":               {texts("Nepal (+977)", "Nigeria (+234)"), numberNG, 1},
		"by part of a longer name":  {texts("Nigeria Express"), numberNG, -1},
		"by its code":               {texts("NE", "NG"), numberNG, 1},
		"by its region":             {regions(texts("Deutschland", "Nigerien"), "DE", "NG"), numberNG, 1},
		"by its name with accents":  {texts("Allemagne +49", "Nigéria +234"), numberNG, 1},
		"by the calling code":       {texts("Deutschland +49", "Frankreich +33"), numberFR, 1},
		"of a shared code, by name": {texts("Canada (+1)", "United States (+1)"), numberUS, 1},
		"of a shared code, no name": {texts("Kanada (+1)", "Vereinigte Staaten (+1)"), numberUS, -1},
		"the only one of its code":  {texts("Kanada (+1)", "Mexiko (+52)"), numberUS, -1},
		"a code alone":              {texts("+1", "+52"), numberUS, 0},
		"a code alone, twice":       {texts("+1", "+1", "+52"), numberUS, -1},
		"a code with a flag":        {texts("🇨🇦 +1", "🇲🇽 +52"), numberUS, -1},
		"Russia and Kazakhstan":     {regions(texts("Россия +7", "Казахстан +7"), "RU", "KZ"), numberKZ, 1},
		"by its flag":               {texts("🇳🇪 +227", "🇳🇬 +234"), numberNG, 1},
		"of a shared code, by flag": {texts("🇨🇦 +1", "🇺🇸 +1"), numberUS, 1},
		"by its code in a value":    {[]Option{{Value: "ca_1", Text: "+1"}, {Value: "us_1", Text: "+1"}}, numberUS, 1},
		"by its area code":          {texts("Jamaika (+1-876)", "Toronto (+1-416)"), numberCA, 1},
		"another area code":         {texts("Jamaika (+1-876)", "Bahamas (+1-242)"), numberCA, -1},
		"where it was bought":       {regions(texts("Finland", "United Kingdom"), "FI", "GB"), offshore, 1},
		"its own before":            {regions(texts("United Kingdom", "Guernsey"), "GB", "GG"), offshore, 1},
	} {
		assert.Equal(t, c.want, indexOfCountry(c.options, c.number), name)
	}
}

func TestCountryPicker(t *testing.T) {
	pickIn := func(text string, number PhoneNumber) []Step {
		f := Field{Type: "tel", Name: "phone", Picker: &Picker{Ref: 9, Text: text}}
		return PlanNumber([]Page{row(f)}, number).Steps
	}
	steps := pickIn("🇺🇸 +1", numberCA)
	if assert.Len(t, steps, 2, "another country of the same calling code") {
		assert.Equal(t, []string{"CA", "Canada"}, steps[0].Pick)
		assert.Equal(t, numberCA.E164, steps[1].Alone)
	}
	for _, text := range []string{"🇨🇦 +1", "CA +1", "Canada (+1)", "+1 ▾"} {
		steps := pickIn(text, numberCA)
		if assert.Len(t, steps, 1, text) {
			assert.Equal(t, numberCA.Digits, steps[0].Value)
		}
	}
	shared := Field{Type: "tel", Name: "phone", Before: []string{"+1"}, Picker: &Picker{Ref: 9, Text: "+1", Region: "US"}}
	assert.Len(t, PlanNumber([]Page{row(shared)}, numberCA).Steps, 2, "another country's flag beside the same calling code")
	shared.Picker = &Picker{Ref: 9, Text: "+1", Region: "CA"}
	assert.Equal(t, []string{numberCA.Digits}, values(row(shared), numberCA))
	steps = pickIn("🇺🇸 +1", numberNG)
	if assert.Len(t, steps, 2) {
		assert.Equal(t, []string{"NG", "Nigeria", "+234"}, steps[0].Pick)
	}
	flag := Field{Type: "tel", Name: "phone", Picker: &Picker{Ref: 9, Region: "NE"}}
	steps = PlanNumber([]Page{row(flag)}, numberNG).Steps
	if assert.Len(t, steps, 2, "another country's flag") {
		assert.Equal(t, 9, steps[0].Ref)
	}
	flag.Picker.Region = "NG"
	assert.Equal(t, []string{numberNG.Digits}, values(row(flag), numberNG), "its own flag")
}

func TestOtherButtonsAreNoPickers(t *testing.T) {
	for reason, button := range map[string]Picker{
		"код is also what a calling code is called": {Ref: 9, Text: "Получить код", Hints: "Получить код"},
		"two capitals that no country has":          {Ref: 9, Text: "OK"},
	} {
		p := row(Field{Type: "tel", Label: "Телефон", Picker: &button})
		assert.Equal(t, []string{numberRU.E164}, values(p, numberRU), reason)
	}
}

func TestSelectAfterTheNumber(t *testing.T) {
	codes := Field{Kind: Select, Options: []Option{{Value: "a", Text: "+65"}, {Value: "b", Text: "+234"}}}
	p := row(Field{Type: "tel", Name: "phone"}, codes)
	assert.Equal(t, []string{"b", numberNG.Digits}, values(p, numberNG))
	p.Fields[2].Y += 100
	assert.Equal(t, []string{numberNG.E164}, values(p, numberNG), "on another line")
}

func TestCallingCodesAsDialled(t *testing.T) {
	codes := Field{Kind: Select, Options: []Option{{Value: "0065", Text: "0065"}, {Value: "00234", Text: "00234"}}}
	assert.Equal(t, []string{"00234", numberNG.Digits}, values(row(codes, Field{Type: "tel", Name: "phone"}), numberNG))
}

// A script may hide a select and draw another in its place.
func TestSelectThatIsDrawnOver(t *testing.T) {
	p := row(Field{Kind: Select, Options: []Option{{Value: "SG", Text: "Singapura +65"}, {Value: "NG", Text: "Nigeria +234"}}}, Field{Type: "tel", Name: "phone"})
	p.Fields[1].Visibility, p.Fields[1].W, p.Fields[1].Unfocusable = Hidden, 1, true
	assert.Equal(t, []string{"NG", numberNG.Digits}, values(p, numberNG))
	p.Fields[1].W = 0
	assert.Equal(t, []string{numberNG.E164}, values(p, numberNG), "not on the page at all")
}

func TestInputThatPicksTheCountry(t *testing.T) {
	p := row(Field{Label: "Country", Value: "United States (+1)"}, Field{Type: "tel", Name: "phone"})
	steps := PlanNumber([]Page{p}, numberNG).Steps
	if assert.Len(t, steps, 2) {
		assert.Equal(t, Step{Ref: 2, Value: "+234", Option: -1, Pick: []string{"NG", "Nigeria", "+234"}}, steps[0])
		assert.Equal(t, numberNG.Digits, steps[1].Value)
		assert.Equal(t, numberNG.E164, steps[1].Alone)
	}
	assert.Equal(t, []string{numberUS.Digits}, values(p, numberUS))
}

func TestCallingCodeField(t *testing.T) {
	for name, c := range map[string]struct {
		field Field
		want  string
	}{
		"nothing said":      {Field{}, "+234"},
		"a plus before it":  {Field{Before: []string{"Mobile", "+"}}, "234"},
		"digits in it":      {Field{Value: "1"}, "234"},
		"a plus in it":      {Field{Value: "+1"}, "+234"},
		"zeros for example": {Field{Placeholder: "0044"}, "00234"},
		"no room":           {Field{MaxLength: 3}, "234"},
		"a number":          {Field{Type: "number"}, "234"},
	} {
		assert.Equal(t, c.want, c.field.writeCallingCode("234"), name)
	}
	assert.True(t, isCallingCodeOf("+44 (0)", "44"))
	assert.True(t, isCallingCode("+44 (0)"))
}
