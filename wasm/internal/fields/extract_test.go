package fields

import (
	"cmp"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMessages reads whole messages in many languages.
func TestMessages(t *testing.T) {
	raw, err := os.ReadFile("testdata/messages.tsv")
	require.NoError(t, err)
	languages := map[string]int{}
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		require.Len(t, cells, 4, line)
		message, err := strconv.Unquote(`"` + cells[3] + `"`)
		require.NoError(t, err, line)
		want, found := cells[1], cells[1] != "-"
		if !found {
			want = ""
		}
		languages[cells[0]]++
		for name, got := range map[string]func() (Received, bool){
			"as message": func() (Received, bool) { return Extract("", message) },
			"as code":    func() (Received, bool) { return Extract(message, "Code Received") },
		} {
			got, ok := got()
			if assert.Equal(t, found, ok, "%s: %s: got %q", name, line, got.Code) && ok {
				assert.Equal(t, want, got.Code, "%s: %s", name, line)
				assert.Equal(t, cells[2], got.Site, "%s: %s", name, line)
			}
		}
	}
	for language := range strings.FieldsSeq("en fr de es pt it nl pl ru uk tr ar fa hi id vi th zh ja ko sw ha yo ig") {
		assert.GreaterOrEqual(t, languages[language], 5, language)
	}
}

func TestExtract(t *testing.T) {
	for _, c := range []struct{ code, message, want, written string }{
		{"481902", "", "481902", "481902"},
		{" 481 902 ", "", "481902", "481 902"},
		{"481–902", "", "481902", "481-902"},
		{"48 19 02", "", "481902", "48 19 02"},
		{"4 8 1 9", "", "4819", "4 8 1 9"},
		{"48-213", "", "48213", "48-213"},
		{"A7K2Q9", "", "A7K2Q9", "A7K2Q9"},
		{"a7k2q9", "", "a7k2q9", "a7k2q9"},
		{"A7K-2Q9", "", "A7K2Q9", "A7K-2Q9"},
		{"BXKQTR", "", "BXKQTR", "BXKQTR"},
		{"FB-12345", "", "12345", "FB-12345"},
		{"KITE-12345", "", "KITE12345", "KITE-12345"},
		{"٤٨١٩٠٢", "", "481902", "481902"},
		{"\u200f481\u00a0902\u200f", "", "481902", "481 902"},
		{"４８１９０２", "", "481902", "481902"},
		{"৪৮১৯০২", "", "481902", "481902"},
		{"2024", "Code Received", "2024", "2024"},
		{"573920", "G-573920 is your Google verification code.", "573920", "G-573920"},
		{"573920", "Your code is 111222", "573920", "573920"},
		{"Your code is 481902. It ends at 14:30.", "Code Received", "481902", "481902"},
		{"G-573920", "Code Received", "573920", "G-573920"},
		{"", "<#> Your code: 481902 FA+9qCX9VSu", "481902", "481902"},
		{"", "Your code: 481902\n@bank.example #QW-12", "QW12", "QW-12"},
		{"111222", "Your code: 111222\n@bank.example #481902", "481902", "481902"},
		{"PENDING", "Still waiting...", "", ""},
		{"+1 800 555 0199", "", "", ""},
		{"800-555-0199", "", "", ""},
		{"555-0199", "", "", ""},
		{"2024-05-12", "", "", ""},
		{"14:30", "", "", ""},
		{"1234567890123", "", "", ""},
		{"--", "", "", ""},
		{"", "Code Received", "", ""},
		{"", "", "", ""},
	} {
		got, ok := Extract(c.code, c.message)
		assert.Equal(t, c.want != "", ok, "%q %q: %q", c.code, c.message, got.Code)
		if ok {
			assert.Equal(t, c.want, got.Code, "%q %q", c.code, c.message)
			assert.Equal(t, c.written, got.Written, "%q %q", c.code, c.message)
		}
	}
}

func TestBoundToASite(t *testing.T) {
	for message, want := range map[string]Received{
		"Your code is 747723.\n\n@example.com #747723":                   {"747723", "747723", "example.com", ""},
		"Your code is 747723.\r\n@Example.COM #747723\r\n":               {"747723", "747723", "example.com", ""},
		"@shop.example #747723 %pay.example":                             {"747723", "747723", "shop.example", "pay.example"},
		"@shop.example #747723 @pay.example":                             {"747723", "747723", "shop.example", "pay.example"},
		"<#> Your code is 747723.\n@example.com #747723\nFA+9qCX9VSu":    {"747723", "747723", "example.com", ""},
		"<#> Your code is 747723.\nFA+9qCX9VSu\n\n@example.com #747723":  {"747723", "747723", "example.com", ""},
		"@bücher.example #abcdef":                                        {"abcdef", "abcdef", "bücher.example", ""},
		"Your code is 747723. @example.com #747723":                      {"747723", "747723", "example.com", ""},
		"@example.com #747723\nYour code is 747723, not the one before.": {"747723", "747723", "", ""},
		"Your code is 747723. Follow @example.com #2024":                 {"747723", "747723", "", ""},
		"Your code is 747723.\n@com #747723":                             {"747723", "747723", "", ""},
		"Your code is 747723.\n@example.com#747723":                      {"747723", "747723", "", ""},
		"Your code is 747723.\n@example.com/x #747723":                   {"747723", "747723", "", ""},
	} {
		got, ok := Extract("", message)
		assert.True(t, ok, message)
		assert.Equal(t, want, got, message)
	}
}

func TestBelongs(t *testing.T) {
	for _, c := range []struct {
		site, frame string
		top, in     string
		want        bool
	}{
		{"", "", "anything.example", "other.example", true},
		{"example.com", "", "example.com", "example.com", true},
		{"example.com", "", "Login.Example.com:8443", "login.example.com:8443", true},
		{"example.com", "", "example.com", "pay.example", false},
		{"example.com", "", "notexample.com", "notexample.com", false},
		{"example.com", "", "example.com.evil.example", "example.com.evil.example", false},
		{"login.example.com", "", "example.com", "example.com", false},
		{"shop.example", "pay.example", "shop.example", "secure.pay.example", true},
		{"shop.example", "pay.example", "shop.example", "shop.example", false},
		{"shop.example", "pay.example", "evil.example", "pay.example", false},
		{"example.com", "", "", "", false},
	} {
		r := Received{Site: c.site, Frame: c.frame}
		assert.Equal(t, c.want, r.Belongs(c.top, c.in), "%+v", c)
	}
}

// The field decides in which form it gets a code.
func TestFormOfACode(t *testing.T) {
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
		"a pattern":                {"G-573920", "G-573920", func(f *Field) { f.MaxLength, f.Pattern = 8, `G-\d{6}` }},
		"a pattern of digits":      {"123-456", "123456", func(f *Field) { f.MaxLength, f.Pattern = 0, "[0-9]*" }},
		"no pattern at all":        {"123-456", "123456", func(f *Field) { f.Pattern = "([" }},
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
			p := Code([]Page{{Fields: []Field{field(c.change)}}}, c.code)
			if c.want == "" {
				assert.Empty(t, p.Steps)
				return
			}
			require.Len(t, p.Steps, 1, p.Why)
			assert.Equal(t, c.want, p.Steps[0].Value)
		})
	}
	for code, n := range map[string]int{"G-573920": 6, "123 456": 6, "A7K-2Q9": 6, "12-34-56-78": 8} {
		var row []Field
		for i := range n {
			row = append(row, field(func(f *Field) { f.Ref, f.X, f.W, f.MaxLength = i+1, i*50, 40, 1 }))
		}
		p := Code([]Page{{Fields: row}}, code)
		require.Len(t, p.Steps, n, "%s: %s", code, p.Why)
		assert.Len(t, p.Whole, n)
	}
}

func FuzzExtract(f *testing.F) {
	raw, err := os.ReadFile("testdata/messages.tsv")
	require.NoError(f, err)
	for line := range strings.Lines(string(raw)) {
		f.Add("", line[strings.LastIndexByte(line, '\t')+1:])
	}
	f.Add("481902", "Your code is 481902")
	f.Add("", "१२३४ ＡＢＣ")
	f.Add("12 34", "<#> x\n@a.example #A1B2 %b.example\nFA+9qCX9VSu")
	f.Fuzz(func(t *testing.T, code, message string) {
		got, ok := Extract(code, message)
		if !ok {
			return
		}
		require.True(t, utf8.ValidString(got.Written))
		require.Regexp(t, `^[0-9A-Za-z]{3,12}$`, got.Code)
		text := clean(code) + "\n" + clean(message)
		require.Contains(t, text, got.Written, "the code is in what was received")
		require.Contains(t, forms(got.Written), got.Code)
		if got.Site != "" {
			require.True(t, got.Belongs(got.Site, cmp.Or(got.Frame, got.Site)))
			require.False(t, got.Belongs("x"+got.Site, got.Frame))
		}
		again, ok := Extract(got.Written, "")
		if got.Site == "" {
			require.True(t, ok)
			require.Equal(t, got.Code, again.Code, "a code is its own message")
		}
	})
}

func BenchmarkExtract(b *testing.B) {
	for b.Loop() {
		Extract("", "Kite: transfer of $1,250.00 to card ending in 4417. Confirm with code 905117, or call +1 800 555 0199.")
	}
}
