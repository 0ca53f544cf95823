package fields

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/spelling"
)

//go:embed words.txt
var wordList string

// phrases is a set of phrases, found in folded text.
type phrases struct{ list []phrase }

type phrase struct {
	text string
	open bool // the last word may go on
}

var words = readWords(wordList)

func readWords(list string) map[string]*phrases {
	sections := map[string]*phrases{}
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		name, rest, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		p := sections[name]
		if p == nil {
			p = &phrases{}
			sections[name] = p
		}
		for one := range strings.SplitSeq(rest, ",") {
			text, open := strings.CutSuffix(strings.TrimSpace(one), "*")
			if text = fold(text); text != "" {
				p.list = append(p.list, phrase{text, open})
			}
		}
	}
	return sections
}

// in reports whether folded text has one of the phrases, and which.
func (p *phrases) in(text string) (string, bool) {
	if text == "" {
		return "", false
	}
	for _, one := range p.list {
		if at := one.find(text); at >= 0 {
			return one.text, true
		}
	}
	return "", false
}

// without takes the phrases out of folded text.
func (p *phrases) without(text string) string {
	for _, one := range p.list {
		for at := one.find(text); at >= 0; at = one.find(text) {
			text = text[:at] + " | " + text[at+len(one.text):]
		}
	}
	return text
}

// find is where the phrase stands as a word of its own, or -1.
func (p phrase) find(text string) int {
	for from := 0; from < len(text); {
		at := strings.Index(text[from:], p.text)
		if at < 0 {
			return -1
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(p.text):])
		first, _ := utf8.DecodeRuneInString(p.text)
		last, _ := utf8.DecodeLastRuneInString(p.text)
		if (at == 0 || !joined(before, first)) && (p.open || at+len(p.text) == len(text) || !joined(last, after)) {
			return at
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		from = at + size
	}
	return -1
}

// joined reports whether two letters side by side belong to one word. Scripts that
// write no spaces, or glue words together, have no such bound.
func joined(a, b rune) bool {
	return spaced(a) && spaced(b)
}

func spaced(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) &&
		!unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Hebrew)
}

// fold makes text comparable: lower case, no accents, ASCII digits, single spaces,
// camelCase and snake_case as words.
func fold(text string) string {
	var b strings.Builder
	space, before := true, rune(0)
	put := func(r rune) {
		b.WriteRune(r)
		space = false
	}
	for _, r := range text {
		camel := unicode.IsUpper(r) && unicode.IsLower(before)
		before = r
		if camel && !space {
			b.WriteByte(' ')
		}
		switch {
		case unicode.Is(unicode.Mn, r), r == 'ـ', r == '’', r == '\u200c':
			if r == '\u200c' && !space {
				b.WriteByte(' ')
				space = true
			}
		case r >= 0xFF01 && r <= 0xFF5E: // full width
			put(unicode.ToLower(r - 0xFEE0))
		case unicode.IsDigit(r):
			put('0' + spelling.Digit(r))
		case unicode.IsLetter(r):
			for _, f := range plain(unicode.ToLower(r)) {
				put(f)
			}
		case r == '\'' || r == '/':
			put(r)
		default:
			if !space {
				b.WriteByte(' ')
				space = true
			}
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// bare are letters by what is left of them without their marks, for what browsers
// and people write with and without.
var bare = func() map[rune]string {
	m := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ı': "i", 'ħ': "h", 'ё': "е", 'ð': "d", 'þ': "th", 'أ': "ا", 'إ': "ا", 'آ': "ا", 'ى': "ي", 'ة': "ه", 'ی': "ي", 'ک': "ك", 'ئ': "ي", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k", 'ƴ': "y", 'ς': "σ"}
	for base, marked := range map[string]string{
		"a": "àáâãäåāăąǎạảấầẩẫậắằẳẵặ", "c": "çćĉċč", "d": "ďḍ", "e": "èéêëēĕėęěẹẻẽếềểễệ", "g": "ĝğġģ", "h": "ĥḥ",
		"i": "ìíîïĩīĭįǐịỉ", "j": "ĵ", "k": "ķ", "l": "ĺļľ", "n": "ñńņňṅ", "o": "òóôõöōŏőǒơọỏốồổỗộớờởỡợ", "r": "ŕŗř",
		"s": "śŝşšșṣ", "t": "ţťțṭ", "u": "ùúûüũūŭůűųǔưụủứừửữự", "w": "ŵ", "y": "ýÿŷỳỵỷỹ", "z": "źżž",
		"α": "ά", "ε": "έ", "η": "ή", "ι": "ίϊΐ", "ο": "ό", "υ": "ύϋΰ", "ω": "ώ",
	} {
		for _, r := range marked {
			m[r] = base
		}
	}
	return m
}()

func plain(r rune) string {
	if s, ok := bare[r]; ok {
		return s
	}
	return string(r)
}
