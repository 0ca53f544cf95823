package fields

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/protocol"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"verificationCode":      "verification code",
		"otp_code-2":            "otp code 2",
		"Código de verificação": "codigo de verificacao",
		"ＣＯＤＥ　１２":               "code 12",
		"Bestätigungscode":      "bestatigungscode",
		"رمز التحقّق":           "رمز تحقق",
		"OTPCode6":              "otp code 6",
		"सत्यापन कोड":           "सत्यापन कोड",
		"l'accès":               "l acces",
		"Mã xác nhận":           "ma xac nhan",
		"  ":                    "",
	} {
		assert.Equal(t, want, fold(in), in)
	}
}

// TestPhrasesAreFolded checks that words.txt is folded already. It leaves out Arabic articles: of
// two, one may be part of the word.
func TestPhrasesAreFolded(t *testing.T) {
	for _, list := range phrasesByStart() {
		for _, p := range list {
			assert.NotEmpty(t, p.text)
			assert.Equal(t, folder.Fold(p.text), p.text)
		}
	}
}

// TestPhrasesAreListedOnce checks that words.txt names known kinds, and lists no phrase twice for one
// of them. "code*" lists "code" as well.
func TestPhrasesAreListedOnce(t *testing.T) {
	seen := map[string]bool{}
	for line := range strings.Lines(wordList) {
		kinds, phrases, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for kind := range strings.FieldsSeq(kinds) {
			assert.NotZero(t, cueKinds[kind], kind)
			for phrase := range strings.SplitSeq(phrases, ",") {
				key := kind + ": " + strings.TrimSuffix(strings.TrimSpace(phrase), "*")
				assert.False(t, seen[key], key)
				seen[key] = true
			}
		}
	}
}

func TestPhrasesAreWords(t *testing.T) {
	for text, want := range map[string]bool{
		"enter the promo code": true, "promocode": true, "compromise": false,
		"postal code": true, "zipper": false, "your zip": true, "请输入邮编": true,
	} {
		assert.Equal(t, want, read(fold(text)).kinds&otherCodes != 0, text)
	}
}

// field returns a field for a code of six characters, adjusted by change.
func field(change func(*Field)) Field {
	f := Field{Ref: 1, Kind: Input, Type: "text", Label: "Verification code", Visibility: Shown, W: 200, H: 30, MaxLength: 6}
	change(&f)
	return f
}

func TestCodeGoesIntoNoOtherField(t *testing.T) {
	for name, change := range map[string]func(*Field){
		"disabled":        func(f *Field) { f.Disabled = true },
		"read only":       func(f *Field) { f.ReadOnly = true },
		"hidden":          func(f *Field) { f.Visibility = Hidden },
		"too short":       func(f *Field) { f.MaxLength = 4 },
		"an email":        func(f *Field) { f.Type = "email" },
		"a select":        func(f *Field) { f.Kind = Select },
		"a postal code":   func(f *Field) { f.Label = "Postal code" },
		"a card's code":   func(f *Field) { f.Label = "Security code (CVV)" },
		"card, by hint":   func(f *Field) { f.Autocomplete, f.Label = "cc-csc", "Security code" },
		"a promo code":    func(f *Field) { f.Label = "Промокод" },
		"a username":      func(f *Field) { f.Label, f.Autocomplete = "Login", "username" },
		"nothing said":    func(f *Field) { f.Label = "" },
		"a search":        func(f *Field) { f.Name = "search" },
		"too many digits": func(f *Field) { f.Label, f.MaxLength = "Verification code, 16 digits", 0 },
		"decoy, not sure": func(f *Field) { f.Visibility, f.Label = Faint, "Code" },
	} {
		t.Run(name, func(t *testing.T) {
			p := PlanCode([]Page{{Fields: []Field{field(change)}}}, "481902")
			assert.Empty(t, p.Steps, p.Why)
		})
	}
	p := PlanCode([]Page{{Fields: []Field{field(func(*Field) {})}}}, "481902")
	require.Len(t, p.Steps, 1, p.Why)
}

func TestOneFrameWins(t *testing.T) {
	weak := field(func(f *Field) { f.Label = "Code" })
	p := PlanCode([]Page{{Frame: 0, Fields: []Field{weak}}, {Frame: 3, Fields: []Field{field(func(*Field) {})}}}, "481902")
	assert.Equal(t, 3, p.Frame)
}

func TestNumberFormats(t *testing.T) {
	tel := Field{Ref: 9, Kind: Input, Type: "tel", Label: "Phone number", Visibility: Shown, W: 200, H: 30}
	with := func(change func(*Field)) Field {
		f := tel
		change(&f)
		return f
	}
	countries := Field{Ref: 2, Kind: Select, Visibility: Shown, W: 100, H: 30, Options: []Option{{Value: "1", Text: "USA (+1)"}, {Value: "234", Text: "Nigeria (+234)"}}}
	for name, c := range map[string]struct {
		fields []Field
		want   []string
	}{
		"alone":                {[]Field{tel}, []string{"+2348031234567"}},
		"country chosen first": {[]Field{countries, tel}, []string{"234", "8031234567"}},
		"fixed prefix":         {[]Field{with(func(f *Field) { f.Before = []string{"Phone number", "+234"} })}, []string{"8031234567"}},
		"another's prefix":     {[]Field{with(func(f *Field) { f.Before = []string{"🇺🇸 +1 ▾"} })}, []string{"+2348031234567"}},
		"trunk prefix":         {[]Field{with(func(f *Field) { f.Placeholder = "0803 000 0000" })}, []string{"08031234567"}},
		"short":                {[]Field{with(func(f *Field) { f.MaxLength = 10 })}, []string{"8031234567"}},
		"national":             {[]Field{with(func(f *Field) { f.Autocomplete = "tel-national" })}, []string{"8031234567"}},
		"a fax":                {[]Field{with(func(f *Field) { f.Label = "Fax"; f.Type = "text" })}, nil},
		"an extension":         {[]Field{with(func(f *Field) { f.Autocomplete = "tel-extension" })}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := PlanNumber([]Page{{Fields: c.fields}}, numberNG)
			var got []string
			for _, s := range p.Steps {
				got = append(got, s.Value)
			}
			assert.Equal(t, c.want, got, p.Why)
		})
	}
}

// FuzzPlans checks that a plan only names fields of the page that can be typed into, whatever
// the page describes.
func FuzzPlans(f *testing.F) {
	seed, err := json.Marshal([]Page{{Fields: []Field{field(func(*Field) {}), {Ref: 2, Kind: Select, Options: []Option{{Value: "NG"}}}, {Ref: 3, Type: "tel", Kind: Input, Visibility: Shown, Label: "Phone"}}}})
	require.NoError(f, err)
	f.Add(seed, "481902", "+2348031234567", "234")
	f.Add([]byte(`[{"fields":[{"kind":"input","name":"tel_1","visibility":"shown","before":["Phone"]},{"kind":"input","name":"tel_2","visibility":"shown","before":["-"]},{"kind":"input","name":"tel_3","visibility":"shown","before":["-"]}]}]`), "481902", "+36201234567", "36")
	f.Add([]byte(`[{"fields":[{"kind":"input","max_length":-1,"w":-5}]}]`), "é", "+", "")
	f.Fuzz(func(t *testing.T, raw []byte, code, number, calling string) {
		var pages []Page
		if json.Unmarshal(raw, &pages) != nil {
			return
		}
		for _, p := range []Plan{PlanCode(pages, code), PlanNumber(pages, PhoneNumber{protocol.PlainNumber(number, calling), "NG", "Nigeria"}), PlanNumber(pages, numberHU)} {
			for i, s := range p.Steps {
				opens := p.Whole != "" && i > 0 // a box may be enabled once the one before it is filled
				require.True(t, slices.ContainsFunc(pages, func(page Page) bool {
					return page.Frame == p.Frame && slices.ContainsFunc(page.Fields, func(f Field) bool {
						return f.Ref == s.Ref && (!f.Disabled || opens) && !f.ReadOnly || len(s.Pick) > 0 && f.Picker != nil && f.Picker.Ref == s.Ref
					})
				}))
			}
		}
	})
}

func BenchmarkCode(b *testing.B) {
	page := Page{Text: "Create your account. We sent a code to your phone."}
	for i := range 2000 {
		page.Fields = append(page.Fields, Field{Ref: i, Kind: Input, Type: "text", Label: "Field", Name: "item", Visibility: Shown, W: 200, H: 30})
	}
	for b.Loop() {
		PlanCode([]Page{page}, "481902")
	}
}
