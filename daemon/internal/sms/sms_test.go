package sms

import (
	"cmp"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/otp"
	"github.com/logspanel/companion/shared/protocol"
)

// TestMessages reads the messages of testdata/messages.tsv in many languages.
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
		for name, got := range map[string]func() (protocol.OneTimeCode, bool){
			"as message": func() (protocol.OneTimeCode, bool) { return Read("", message) },
			"as code":    func() (protocol.OneTimeCode, bool) { return Read(message, "Code Received") },
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
	for language := range strings.FieldsSeq("am az bg bn cs da el et fi gu he hr hu hy ka kk km kn lo lt lv ml mn mr ms my no pa ro si sk sl sq sv ta te tl ur uz") {
		assert.NotZero(t, languages[language], language)
	}
}

// A mistyped phrase would never be found.
func TestEveryPhraseIsValid(t *testing.T) {
	seen := map[string]bool{}
	for line := range strings.Lines(wordList) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		section, phrases, ok := strings.Cut(line, ":")
		require.True(t, ok && sections[section] != 0, line)
		for phrase := range strings.SplitSeq(phrases, ",") {
			phrase = strings.TrimSpace(phrase)
			text := strings.Trim(phrase, "*")
			folded := fold(text)
			assert.NotEmpty(t, folded, "%s: %q", section, phrase)
			key := section + ":" + strings.Replace(phrase, text, folded, 1)
			assert.False(t, seen[key], "%s: %q is listed twice", section, phrase)
			seen[key] = true
			assert.LessOrEqual(t, len(foreignScripts(folded)), 1, "%s: %q mixes scripts", section, phrase)
		}
	}
}

// foreignScripts returns the scripts of a text other than Latin. Those of Japanese count as one.
func foreignScripts(text string) map[string]bool {
	found := map[string]bool{}
	for _, r := range text {
		for name, script := range unicode.Scripts {
			switch {
			case name == "Latin" || name == "Common" || name == "Inherited" || !unicode.Is(script, r):
			case name == "Hiragana" || name == "Katakana":
				found["Han"] = true
			default:
				found[name] = true
			}
		}
	}
	return found
}

func TestRead(t *testing.T) {
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
		{"", "C’est 481902", "481902", "481902"},
		{"", "你好：481902", "481902", "481902"},
		{"", "<#> Your code: 481902 FA+9qCX9VSu", "481902", "481902"},
		{"", "Your code: 481902\n@bank.example #QW-12", "QW12", "QW-12"},
		{"111222", "Your code: 111222\n@bank.example #481902", "481902", "481902"},
		{"PENDING", "Still waiting...", "", ""},
		{"", "Waiting: 48213", "", ""},
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
		got, ok := Read(c.code, c.message)
		assert.Equal(t, c.want != "", ok, "%q %q: %q", c.code, c.message, got.Code)
		if ok {
			assert.Equal(t, c.want, got.Code, "%q %q", c.code, c.message)
			assert.Equal(t, c.written, got.Written, "%q %q", c.code, c.message)
		}
	}
}

func TestOriginBound(t *testing.T) {
	for message, want := range map[string]protocol.OneTimeCode{
		"Your code is 747723.\n\n@example.com #747723":                  {Code: "747723", Written: "747723", Site: "example.com"},
		"Your code is 747723.\r\n@Example.COM #747723\r\n":              {Code: "747723", Written: "747723", Site: "example.com"},
		"@shop.example #747723 %pay.example":                            {Code: "747723", Written: "747723", Site: "shop.example", Frame: "pay.example"},
		"@shop.example #747723 @pay.example":                            {Code: "747723", Written: "747723", Site: "shop.example", Frame: "pay.example"},
		"@SHOP.Example. #747723 %PAY.example":                           {Code: "747723", Written: "747723", Site: "shop.example", Frame: "pay.example"},
		"<#> Your code is 747723.\n@example.com #747723\nFA+9qCX9VSu":   {Code: "747723", Written: "747723", Site: "example.com"},
		"<#> Your code is 747723.\nFA+9qCX9VSu\n\n@example.com #747723": {Code: "747723", Written: "747723", Site: "example.com"},
		"Your code is 747723. @example.com #747723":                     {Code: "747723", Written: "747723", Site: "example.com"},
		"Your code is 747723. Follow @example.com #2024":                {Code: "747723", Written: "747723"},
		"Your code is 747723.\n@com #747723":                            {Code: "747723", Written: "747723"},
		"Your code is 747723.\n@example.com#747723":                     {Code: "747723", Written: "747723"},
		"Your code is 747723.\n@example.com/x #747723":                  {Code: "747723", Written: "747723"},

		// Anything after the code or the frame is ignored.
		"Your code is 747723.\n@example.com #747723 note":                     {Code: "747723", Written: "747723", Site: "example.com"},
		"@shop.example #747723 @pay.example note":                             {Code: "747723", Written: "747723", Site: "shop.example", Frame: "pay.example"},
		"@shop.example #747723 %pay.example @third.example #111222":           {Code: "747723", Written: "747723", Site: "shop.example", Frame: "pay.example"},
		"@shop.example #747723 note @pay.example":                             {Code: "747723", Written: "747723", Site: "shop.example"},
		"@shop.example #747723 %50 off":                                       {Code: "747723", Written: "747723", Site: "shop.example"},
		"@shop.example  #747723\u00a0v=2":                                     {Code: "747723", Written: "747723", Site: "shop.example"},
		"@shop.example #G-747723.":                                            {Code: "747723", Written: "G-747723", Site: "shop.example"},
		"Your code is 747723. @shop.example #747723 @pay.example note":        {Code: "747723", Written: "747723", Site: "shop.example", Frame: "pay.example"},
		"<#> Your code is 747723. @shop.example #747723 FA+9qCX9VSu":          {Code: "747723", Written: "747723", Site: "shop.example"},
		"Your code is 747723.\n@shop.example #747723 extra\nFA+9qCX9VSu":      {Code: "747723", Written: "747723", Site: "shop.example"},
		"Your code is 747723.\n@shop.example #see-you-there-soon":             {Code: "747723", Written: "747723", Site: "shop.example"},
		"Your code is 747723. @shop.example #747723 \nReply STOP to opt out":  {Code: "747723", Written: "747723", Site: "shop.example"},
		"@example.com #747723\nYour code is 747723, not the one before.":      {Code: "747723", Written: "747723", Site: "example.com"},
		"@example.com #2024 was a great year\nYour code is 747723.":           {Code: "747723", Written: "747723"},
		"Your code is 747723.\n@example.com #747723\n\nSent by Text Gateway.": {Code: "747723", Written: "747723", Site: "example.com"},

		// The site has the form that browsers use in an origin.
		"@bücher.example #abcdef":                       {Code: "abcdef", Written: "abcdef", Site: "xn--bcher-kva.example"},
		"@BÜCHER.Example #abcdef %Faß.Example and more": {Code: "abcdef", Written: "abcdef", Site: "xn--bcher-kva.example", Frame: "xn--fa-hia.example"},
		"@xn--bcher-kva.example #abcdef":                {Code: "abcdef", Written: "abcdef", Site: "xn--bcher-kva.example"},
	} {
		got, ok := Read("", message)
		assert.True(t, ok, message)
		assert.NotEmpty(t, got.Why, message)
		want.Text, want.Why = message, got.Why
		assert.Equal(t, want, got, message)
	}
}

// A message stays bound when the provider also passes its code alone.
func TestOriginBoundWithProvidersCode(t *testing.T) {
	got, ok := Read("747723", "@example.com #747723\nYour code is 747723, not the one before.")
	require.True(t, ok)
	assert.Equal(t, "example.com", got.Site)
	got, ok = Read("747723", "Your code is 747723.\n@Example.com #747723 @pay.example note")
	require.True(t, ok)
	assert.Equal(t, "example.com", got.Site)
	assert.Equal(t, "pay.example", got.Frame)
}

// What the debug view shows tells why, and repeats nothing of the message.
func TestWhy(t *testing.T) {
	for message, want := range map[string]string{
		"Zebra: your verification code is 918273.":      "66: 6 six digits, 60 the word for a code right before",
		"Zebra order 918273 was sent.":                  "-44: 6 six digits, -50 something else with a number",
		"Your codes are 918273 and 827364":              "61: 6 six digits, 55 the word for a code right before; 61: 6 six digits, 12 the word for a code, which belongs to another, 43 joined to the number before",
		"Zebra: nothing to see.":                        "",
		"@zebra.example #918273":                        "bound to a site",
		strings.Repeat("918273 918274 ", maxCandidates): "too many numbers or words",
	} {
		got, _ := Read("", message)
		assert.Equal(t, want, got.Why, message)
		assert.NotContains(t, got.Why, "918273", message)
		assert.NotContains(t, strings.ToLower(got.Why), "zebra", message)
	}
	got, _ := Read("918273", "")
	assert.Equal(t, "nothing but a code", got.Why)
}

// Weighing compares each candidate with each cue, so a message of nothing else must not be weighed.
func TestMessagesOfNothingButCuesAreRefused(t *testing.T) {
	for _, part := range []string{"code is ", "otp 4821 ", "is no. ", "code order ", "验证码", "4821 is your order ", "enter code. "} {
		message := strings.Repeat(part, maxMessage/len(part)-2) + " 918273"
		code, ok := Read("", message)
		assert.False(t, ok, part)
		assert.Equal(t, "too many numbers or words", code.Why, part)
	}
}

func FuzzRead(f *testing.F) {
	raw, err := os.ReadFile("testdata/messages.tsv")
	require.NoError(f, err)
	for line := range strings.Lines(string(raw)) {
		f.Add("", line[strings.LastIndexByte(line, '\t')+1:])
	}
	f.Add("481902", "Your code is 481902")
	f.Add("", "१२३४ ＡＢＣ")
	f.Add("12 34", "<#> x\n@a.example #A1B2 %b.example\nFA+9qCX9VSu")
	f.Fuzz(func(t *testing.T, code, message string) {
		got, ok := Read(code, message)
		if !ok {
			return
		}
		require.True(t, utf8.ValidString(got.Written))
		require.Regexp(t, `^[0-9A-Za-z]{3,12}$`, got.Code)
		text := clean(code) + "\n" + clean(message)
		require.Contains(t, text, got.Written, "the code is in what was received")
		require.Contains(t, otp.Formats(got.Written), got.Code)
		if got.Site != "" {
			require.True(t, got.AllowedInFrame(got.Site, cmp.Or(got.Frame, got.Site)))
			require.False(t, got.AllowedInFrame("x"+got.Site, got.Frame))
		}
		again, ok := Read(got.Written, "")
		if got.Site == "" {
			require.True(t, ok)
			require.Equal(t, got.Code, again.Code, "a code is its own message")
		}
	})
}

func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		Read("", "Kite: transfer of $1,250.00 to card ending in 4417. Confirm with code 905117, or call +1 800 555 0199.")
	}
}
