package fields

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// row returns a page with a name and then fields side by side.
func row(fields ...Field) Page {
	p := Page{Fields: []Field{{Ref: 1, Kind: Input, Label: "Name", Visibility: Shown, W: 200, H: 30}}}
	for i, f := range fields {
		f.Ref, f.Visibility, f.X, f.Y, f.H = i+2, Shown, 100*i, 100, 30
		if f.Kind == "" {
			f.Kind = Input
		}
		if f.W == 0 {
			f.W = 60
		}
		p.Fields = append(p.Fields, f)
	}
	return p
}

// values returns what a plan types or chooses on a page, in its order.
func values(p Page, number PhoneNumber) (list []string) {
	for _, s := range PlanNumber([]Page{p}, number).Steps {
		list = append(list, s.Value)
	}
	return list
}

func TestNumberInParts(t *testing.T) {
	part := func(maxLength int, change ...func(*Field)) Field {
		f := Field{MaxLength: maxLength}
		for _, c := range change {
			c(&f)
		}
		return f
	}
	label := func(text ...string) func(*Field) { return func(f *Field) { f.Before = text } }
	named := func(name string) func(*Field) { return func(f *Field) { f.Name = name } }
	size := func(n int) func(*Field) { return func(f *Field) { f.Size = n } }
	dash := label("-")
	prefixes := func(texts ...string) Field {
		f := Field{Kind: Select}
		for i, text := range texts {
			f.Options = append(f.Options, Option{Value: "v" + text, Text: text, Selected: i == 0})
		}
		return f
	}
	before := func(f Field, text ...string) Field { f.Before = text; return f }
	var boxes []Field
	for range 10 {
		boxes = append(boxes, part(1))
	}
	boxes[0].Before = []string{"Mobile number"}
	for name, c := range map[string]struct {
		page   Page
		number PhoneNumber
		want   []string
	}{
		"three, limited":             {row(part(3, label("Phone number")), part(3), part(4)), numberUS, []string{"202", "555", "0123"}},
		"with the trunk prefix":      {row(part(3, label("電話番号")), part(4, dash), part(4, dash)), numberJP, []string{"090", "1234", "5678"}},
		"with more room":             {row(part(5, label("電話番号")), part(4, dash), part(4, dash)), numberJP, []string{"090", "1234", "5678"}},
		"of another country":         {row(part(3, label("휴대폰 번호")), part(4, dash), part(4, dash)), numberUS, nil},
		"too short":                  {row(part(3, label("Phone number")), part(3), part(3)), numberUS, nil},
		"five of two digits":         {row(part(2, label("Téléphone"), named("t1")), part(2, named("t2")), part(2, named("t3")), part(2, named("t4")), part(2, named("t5"))), numberFR, []string{"06", "12", "34", "56", "78"}},
		"Argentina":                  {row(part(4, label("Celular (sin 0 ni 15)")), part(8)), numberAR, []string{"11", "23456789"}},
		"an area code":               {row(part(0, label("DDD"), named("ddd")), part(10, label("Celular"))), numberBR, []string{"11", "961234567"}},
		"a calling code, not area":   {row(part(0, label("Vorwahl"), func(f *Field) { f.Placeholder = "+49" }), part(0, label("Telefonnummer"), func(f *Field) { f.W = 200 })), numberDE, []string{"+49", "15123456789"}},
		"an extension after":         {row(part(3, label("Phone number")), part(3), part(4), part(5, label("Ext."))), numberUS, []string{"202", "555", "0123"}},
		"by their names":             {row(part(0, label("携帯電話番号"), named("tel_1")), part(0, dash, named("tel_2")), part(0, dash, named("tel_3"))), numberJP, []string{"090", "1234", "5678"}},
		"by their sizes":             {row(part(0, label("電話番号"), size(3), named("phone[]")), part(0, dash, size(4), named("phone[]")), part(0, dash, size(4), named("phone[]"))), numberJP, []string{"090", "1234", "5678"}},
		"two, unlimited":             {row(part(0, label("Telefon"), size(5), named("tel1")), part(0, label("/"), size(9), named("tel2"))), numberDE, []string{"01512", "3456789"}},
		"after a calling code":       {row(part(2, label("Celular", "+55")), part(9)), numberBR, []string{"11", "961234567"}},
		"after a code, JP":           {row(part(0, label("電話番号", "+81"), size(4), named("t1")), part(0, dash, size(4), named("t2")), part(0, dash, size(4), named("t3"))), numberJP, []string{"90", "1234", "5678"}},
		"after another country's":    {row(part(3, label("Phone number", "+44")), part(3), part(4)), numberUS, nil},
		"after digits":               {row(part(4, label("휴대전화", "010 -")), part(4, dash)), numberKR, []string{"2345", "6789"}},
		"after other digits":         {row(part(4, label("휴대전화", "011 -")), part(4, dash)), numberKR, nil},
		"one after digits":           {row(part(8, label("휴대전화", "010"))), numberKR, []string{"23456789"}},
		"one after a select":         {row(before(prefixes("010", "011"), "휴대폰 번호"), part(8)), numberKR, []string{"v010", "23456789"}},
		"two after a select":         {row(before(prefixes("011", "010"), "휴대폰 번호"), part(4, dash), part(4, dash)), numberKR, []string{"v010", "2345", "6789"}},
		"a select of other digits":   {row(before(prefixes("011", "016"), "휴대폰 번호"), part(4, dash), part(4, dash)), numberKR, nil},
		"code, select, rest":         {row(before(prefixes("20", "30", "70"), "Mobiltelefonszám", "+36"), part(7, func(f *Field) { f.Label = "Mobiltelefonszám" })), numberHU, []string{"v20", "1234567"}},
		"a trunk prefix alone":       {row(part(0, label("Telefonszám"), named("tel_1")), part(0, dash, named("tel_2")), part(0, dash, named("tel_3"))), numberHU, []string{"20", "123", "4567"}},
		"a select after":             {row(part(8, label("휴대폰 번호")), before(prefixes("010", "011"), "-")), numberKR, []string{"v010", "23456789"}},
		"boxes of one digit":         {row(boxes...), numberUS, []string{"2", "0", "2", "5", "5", "5", "0", "1", "2", "3"}},
		"too few boxes of one digit": {row(boxes[:9]...), numberUS, nil},
		"two numbers":                {row(part(0, named("phone1"), label("Phone")), part(0, named("phone2"))), numberUS, []string{"+12025550123"}},
		"a number and another":       {row(part(0, named("phone1"), label("Phone")), part(0, named("phone2"), label("Office"))), numberUS, []string{"+12025550123"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, values(c.page, c.number), PlanNumber([]Page{c.page}, c.number).Why)
		})
	}
}

func TestNumberGroups(t *testing.T) {
	assert.Equal(t, []string{"6", "12", "34", "56", "78"}, numberFR.groups())
	assert.Equal(t, []string{"06", "12", "34", "56", "78"}, numberFR.nationalGroups())
	assert.Equal(t, []string{"20", "123", "4567"}, numberHU.groups())
	assert.Empty(t, numberHU.nationalGroups(), "06 stands alone")
	assert.Equal(t, []string{"06", "1234", "5678"}, numberIT.groups())
	assert.Equal(t, []string{"345", "6789"}, after([]string{"012", "345", "6789"}, 3))
	assert.Equal(t, []string{"45", "6789"}, after([]string{"012", "345", "6789"}, 4))
	assert.Empty(t, after([]string{"012"}, 3))
}
