package textnorm_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/textnorm"
)

func TestBare(t *testing.T) {
	for written, want := range map[string]string{
		"481902":        "481902",
		"481 902":       "481902",
		"481-902":       "481902",
		"48 19 02":      "481902",
		"4812 9031":     "48129031",
		"4-8-1-9":       "4819",
		"48-213":        "48213",
		"213 48":        "21348",
		"A7K2Q9":        "A7K2Q9",
		"A7K-2Q9":       "A7K2Q9",
		"123":           "123",
		"123456789012":  "123456789012",
		"G-573920":      "573920",
		"FB-12345":      "12345",
		"KITE-12345":    "KITE12345",
		"":              "",
		"-":             "",
		"12":            "", // too short
		"1234567890123": "", // too long
		"CODE":          "", // no digit
		"481902-":       "", // what divides stands between
		"-481902":       "",
		"481  902":      "",
		"481_902":       "", // nothing of this divides
		"481902é":       "",
		"٤٨١٩٠٢":        "", // Clean comes first
		"800 555 0199":  "", // a telephone number has more digits in groups
		"555-0199":      "", // groups of other lengths
		"1-2-3":         "", // too few of one digit each
		"12345 67890":   "", // groups too long
		"G-12":          "", // what is led is too short
	} {
		bare, ok := textnorm.Bare(written)
		assert.Equal(t, want != "", ok, "%q: %q", written, bare)
		if ok {
			assert.Equal(t, want, bare, "%q", written)
		}
	}
}

func TestForms(t *testing.T) {
	for code, want := range map[string][]string{
		"481902":     {"481902"},
		" 481 902 ":  {"481902", "481 902"},
		"G-573920":   {"573920", "G-573920", "G573920"},
		"KITE-12345": {"KITE-12345", "KITE12345", "12345"},
		"A7K-2Q9":    {"A7K-2Q9", "A7K2Q9"},
		"A7K2Q9":     {"A7K2Q9"},
		"":           {""},
	} {
		assert.Equal(t, want, textnorm.Forms(code), "%q", code)
	}
}

func TestLeads(t *testing.T) {
	for written, want := range map[string]bool{
		"G-573920": true, "KITE-12345": true, "G 573920": true,
		"KITES-12345": false, // too long
		"g-573920":    false, // small
		"G-123":       false, // too short for a code that is led
		"G-57392A":    false,
		"G-573-920":   false, // three groups
		"573920":      false,
		"":            false,
	} {
		assert.Equal(t, want, textnorm.Leads(strings.FieldsFunc(written, textnorm.Divides)), "%q", written)
	}
}

func TestAllDigits(t *testing.T) {
	for text, want := range map[string]bool{"0": true, "0123456789": true, "": false, "12a": false, " 1": false, "٤": false, "１": false} {
		assert.Equal(t, want, textnorm.AllDigits(text), "%q", text)
	}
	for r := rune(0); r < 0x100; r++ {
		assert.Equal(t, strings.ContainsRune("0123456789", r), textnorm.IsDigit(r), "%q", r)
		assert.Equal(t, strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", r), textnorm.IsLatin(r), "%q", r)
	}
}

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		"481902":                       "481902",
		"٤٨١٩٠٢ ۴۸۱ ४८१":               "481902 481 481",
		"ＡＢＣ－４８１９":                     "ABC-4819",
		"481\u00a0902\u2009x\ty":       "481 902 x y",
		"481–902—x−1‐2":                "481-902-x-1-2",
		"\u200f481\u200b902\ufeff":     "481902", // what directs and joins
		"4\ufe0f8":                     "48",     // how to draw it
		"می\u200cخواهم":                "می\u200cخواهم",
		"12٫5 ٬ a، b、c，d":              "12.5 , a,  b, c, d",
		"a\r\nb\rc\u2028d\u2029e\nf":   "a\nb\nc\nd\ne\nf",
		"bad\xffbyte":                  "badbyte",
		"Côte d'Ivoire, İstanbul — 日本": "Côte d'Ivoire, İstanbul - 日本",
	} {
		assert.Equal(t, want, textnorm.Clean(text), "%q", text)
	}
}

func TestPlain(t *testing.T) {
	for r, want := range map[rune]string{'a': "a", 'é': "e", 'ß': "ss", 'ø': "o", 'ё': "е", 'ή': "η", 'ς': "σ", 'أ': "ا", '日': "日", '4': "4"} {
		assert.Equal(t, want, textnorm.Plain(r), "%q", r)
	}
}

// FuzzClean holds that a cleaned text is clean, and that no digit of it is lost or another.
func FuzzClean(f *testing.F) {
	for _, text := range []string{"𝟰𝟴𝟮𝟵𝟭𝟯", "\u200f４８１\u00a0٩٠٢", "a\r\nb،c\xff", "᪀᪙"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cleaned := textnorm.Clean(text)
		require.True(t, utf8.ValidString(cleaned))
		require.Equal(t, cleaned, textnorm.Clean(cleaned))
	})
}

// FuzzBare holds that what is typed of a code stands in it as it was written.
func FuzzBare(f *testing.F) {
	for _, written := range []string{"481 902", "G-573920", "KITE-12345", "A7K-2Q9", "4-8-1-9", "800-555-0199"} {
		f.Add(written)
	}
	f.Fuzz(func(t *testing.T, written string) {
		bare, ok := textnorm.Bare(written)
		if !ok {
			return
		}
		require.Regexp(t, `^[0-9A-Za-z]{3,12}$`, bare)
		require.True(t, strings.HasSuffix(strings.NewReplacer(" ", "", "-", "").Replace(written), bare))
		require.Contains(t, textnorm.Forms(written), bare)
		again, ok := textnorm.Bare(bare)
		require.True(t, ok)
		require.Equal(t, bare, again)
	})
}
