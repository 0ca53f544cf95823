package textnorm

import "sync"

// unmarked maps a lower-case letter to the one or two letters that people type for it.
var unmarked = sync.OnceValue(func() map[rune]string {
	m := map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ı': "i", 'ħ': "h", 'ё': "е", 'ð': "d", 'þ': "th", 'أ': "ا", 'إ': "ا", 'آ': "ا", 'ى': "ي", 'ة': "ه", 'ی': "ي", 'ک': "ك", 'ئ': "ي", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k", 'ƴ': "y", 'ς': "σ", 'ə': "e", 'ŋ': "n", 'ŉ': "n", 'ŀ': "l", 'ŧ': "t"}
	for base, marked := range map[string]string{
		"a": "àáâãäåāăąǎạảấầẩẫậắằẳẵặ", "c": "çćĉċč", "d": "ďḍ", "e": "èéêëēĕėęěẹẻẽếềểễệ", "g": "ĝğġģ", "h": "ĥḥ",
		"i": "ìíîïĩīĭįǐịỉ", "j": "ĵ", "k": "ķ", "l": "ĺļľ", "n": "ñńņňṅǹ", "o": "òóôõöōŏőǒơọỏốồổỗộớờởỡợ", "r": "ŕŗř",
		"s": "śŝşšșṣ", "t": "ţťțṭ", "u": "ùúûüũūŭůűųǔưụủứừửữự", "w": "ŵ", "y": "ýÿŷỳỵỷỹ", "z": "źżž",
		"α": "ά", "ε": "έ", "η": "ή", "ι": "ίϊΐ", "ο": "ό", "υ": "ύϋΰ", "ω": "ώ",
	} {
		for _, r := range marked {
			m[r] = base
		}
	}
	return m
})

// Unaccent returns a lower-case letter without its marks, because people often leave them out.
// Some letters become two: "ß" is "ss".
func Unaccent(r rune) string {
	if s, ok := unmarked()[r]; ok {
		return s
	}
	return string(r)
}
