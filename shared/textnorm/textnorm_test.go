package textnorm_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/textnorm"
)

func TestAllDigits(t *testing.T) {
	for text, want := range map[string]bool{"0": true, "0123456789": true, "": false, "12a": false, " 1": false, "٤": false, "１": false} {
		assert.Equal(t, want, textnorm.AllDigits(text), "%q", text)
	}
	for r := rune(0); r < 0x100; r++ {
		assert.Equal(t, strings.ContainsRune("0123456789", r), textnorm.IsDigit(r), "%q", r)
		assert.Equal(t, strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", r), textnorm.IsASCIILetter(r), "%q", r)
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
		"\u200f481\u200b902\ufeff":     "481902", // directions and zero-width characters
		"4\ufe0f8":                     "48",     // a variation selector
		"می\u200cخواهم":                "می\u200cخواهم",
		"12٫5 ٬ a، b、c，d":              "12.5 , a,  b, c, d",
		"a\r\nb\rc\u2028d\u2029e\nf":   "a\nb\nc\nd\ne\nf",
		"bad\xffbyte":                  "badbyte",
		"Côte d'Ivoire, İstanbul — 日本": "Côte d'Ivoire, İstanbul - 日本",
	} {
		assert.Equal(t, want, textnorm.Clean(text), "%q", text)
	}
}

func TestUnaccent(t *testing.T) {
	for r, want := range map[rune]string{'a': "a", 'é': "e", 'ß': "ss", 'ø': "o", 'ё': "е", 'ή': "η", 'ς': "σ", 'أ': "ا", '日': "日", '4': "4"} {
		assert.Equal(t, want, textnorm.Unaccent(r), "%q", r)
	}
}

// FuzzClean checks that the result is valid UTF-8 and that cleaning twice changes nothing.
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
