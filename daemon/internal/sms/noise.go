package sms

import (
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/logspanel/companion/shared/textnorm"
)

// Marks stand for numbers that are no candidates. Their digit still counts as a number for the
// text around it.
const (
	noiseMark  = " ¦0¦ " // an address, price, date, time, telephone number and so on
	maskedMark = " ¦1¦ " // a number with hidden digits
)

// duration matches a comma that is no decimal one, as in "482913,5分钟", bold a number in bold type,
// and dialled a command to a telephone network.
var (
	duration = pattern(`(\d),(\d{1,2} ?(?:分|秒|小时|小時|분|초|min|мин|хв|dak|phút|phut|นาที|دق))`)
	bold     = pattern(`(^|[\s(:])\*([0-9A-Za-z][0-9A-Za-z -]{2,11}[0-9A-Za-z])\*`)
	dialled  = pattern(`[*#]\d+(?:[*#]\d+)*#`)
)

// masked matches a number of which digits are hidden: a card's, or a code that is in another
// message. "7XX418" is a code.
var masked = pattern(`[*•●]{2,}[ -]?\d{2,5}\b|\d+[*•●…]{2,}\d*|\d{4,}\*\d{3,}|\*\d{3,5}\b|\b(?:[xX]{3,}|xx|Xx|XX[ -])[ -]?\d{2,5}\b|\b\d+[xX]{2,}\b|\b\d{4,}[xX]{2,}\d{2,}|(?:\.{2,}|…|#{2,})[ -]?\d{3,5}\b`)

// noise matches text with digits that is not a code: addresses, prices, percentages, telephone
// numbers, dates, times and amounts. Prices with the sign in front come before those with the sign
// behind, so that "482913 €50" loses only the price.
var noise = []func() *regexp.Regexp{
	pattern(`(?i)\bhttps?://[!-~]+|\bwww\.[!-~]+|[!-~]*@[!-~]*[a-z0-9/_-]|\b[a-z0-9.-]+\.[a-z]{2,}/[!-~]*|\b\d+\.(?:com|net|org|cn|ru)\b`),
	pattern(`\b[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*\.[a-z]{2,}\b`),
	pattern(`(?:\b[A-Z]{1,2})?\p{Sc} ?\d[\d.,']*(?: \d{3}\b)*`),
	pattern(`\d[\d.,']*(?: \d{3})* ?(?:\p{Sc}|%)|% ?\d+`),
	pattern(`\+\d[\d ().-]{6,}\d|\(\d{2,4}\)[ -]?\d[\d -]{4,}\d|\b0\d{2,4}[ /-]\d{5,8}\b|(?:^|[^\d-])0\d{1,4}[ /-]\d{2,4}(?: \d{2,4})+\b|\b1[5-8]\d\d-\d{4}\b`),
	pattern(`\b(?:\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}-\d{1,2}-(?:19|20)\d\d|(?:1[34]|19|20)\d\d[./-]\d{1,2}[./-]\d{1,2})\b|\d{4} ?[年년]|\d{1,2}:\d\d(?::\d\d)?|\b\d{1,2}[hH]\d\d\b`),
	pattern(`\b(?:[A-Za-z]{1,4})?\d{1,3}(?:[.,']\d{3})+(?:[.,]\d+)?|\b\d{1,3}[.,]\d{1,2}\b|\b\d+\.\d\d\b`),
}

// lastWord matches a last word as long as the hash of an app, with which messages for Android's SMS
// Retriever end.
var lastWord = pattern(`\s([A-Za-z0-9+/]{11})\s*$`)

// withoutNoise replaces everything with digits that is known not to be a code.
func withoutNoise(text string) string {
	text = withoutAppHash(text)
	text = bold().ReplaceAllString(text, "$1 $2 ")
	text = duration().ReplaceAllString(text, "$1, $2")
	text = dialled().ReplaceAllString(text, noiseMark)
	text = masked().ReplaceAllString(text, maskedMark)
	for _, n := range noise {
		text = n().ReplaceAllString(text, noiseMark)
	}
	return text
}

// withoutAppHash drops the hash of an app from the end. Senders announce it with "<#>" at the
// beginning, which some leave out; then it is known by its capitals within.
func withoutAppHash(text string) string {
	plain := strings.TrimPrefix(strings.TrimPrefix(text, "<#>"), "[#]")
	announced := plain != text
	text = plain
	at := lastWord().FindStringSubmatchIndex(text)
	if at == nil {
		return text
	}
	word := text[at[2]:at[3]]
	if !announced && !looksLikeHash(word) {
		return text
	}
	return text[:at[2]]
}

// looksLikeHash reports whether capitals, small letters and digits are mixed as in no word.
func looksLikeHash(word string) bool {
	changes := 0
	for i := 1; i < len(word); i++ {
		if unicode.IsLower(rune(word[i-1])) && unicode.IsUpper(rune(word[i])) {
			changes++
		}
	}
	return changes >= 2 || changes == 1 && strings.ContainsAny(word, "0123456789+/")
}

// alike maps letters to those of another script that look the same.
var alike = map[rune]rune{
	'к': 'k', 'м': 'm', 'т': 't', 'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'у': 'y', 'х': 'x', 'і': 'i', 'ѕ': 's', 'ј': 'j',
	'А': 'A', 'В': 'B', 'Е': 'E', 'К': 'K', 'М': 'M', 'Н': 'H', 'О': 'O', 'Р': 'P', 'С': 'C', 'Т': 'T', 'У': 'Y', 'Х': 'X', 'І': 'I',
	'Α': 'A', 'Β': 'B', 'Ε': 'E', 'Ι': 'I', 'Κ': 'K', 'Ν': 'N', 'Ο': 'O', 'Ρ': 'P', 'Τ': 'T', 'ο': 'o', 'ν': 'v',
}

// cyrillic maps Latin letters to those that look the same.
var cyrillic = sync.OnceValue(func() map[rune]rune {
	m := map[rune]rune{}
	for from, to := range alike {
		if unicode.Is(unicode.Cyrillic, from) {
			m[to] = from
		}
	}
	return m
})

// oneScript writes words that mix letters of two scripts in one of them: "Kод" is код. Senders
// mix them to pass filters.
func oneScript(text string) string {
	latin := strings.ContainsFunc(text, textnorm.IsASCIILetter)
	if !latin || !strings.ContainsFunc(text, isCyrillicOrGreek) {
		return text
	}
	words := strings.Split(text, " ")
	for i, w := range words {
		if strings.ContainsFunc(w, textnorm.IsASCIILetter) && strings.ContainsFunc(w, isCyrillicOrGreek) {
			words[i] = wordInOneScript(w)
		}
	}
	return strings.Join(words, " ")
}

func isCyrillicOrGreek(r rune) bool { return unicode.In(r, unicode.Cyrillic, unicode.Greek) }

// wordInOneScript writes a word in Latin letters if all its other letters look like them,
// and otherwise in the other script.
func wordInOneScript(word string) string {
	foreign := strings.ContainsFunc(word, func(r rune) bool { return isCyrillicOrGreek(r) && alike[r] == 0 })
	return strings.Map(func(r rune) rune {
		if !foreign && alike[r] != 0 {
			return alike[r]
		}
		if foreign {
			if c, ok := cyrillic()[r]; ok {
				return c
			}
		}
		return r
	}, word)
}
