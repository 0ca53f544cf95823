package sms

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/otp"
	"github.com/logspanel/companion/shared/textnorm"
)

// shape is what a candidate is made of.
type shape int

const (
	shapeDigits  shape = iota
	shapeMixed         // capitals and digits
	shapeSmall         // letters of which some are small, and digits
	shapeName          // a word or two with digits at an end, such as "Studio54"
	shapeLetters       // capitals alone
	shapeWord          // small letters alone
	shapeMasked        // with hidden digits; it is never given
)

// candidate is a part of a message that may be the code.
type candidate struct {
	from, to      int // bytes in the text without noise
	at            int // byte of its mark in the folded text
	bare, written string
	shape         shape
	ignored       bool // whether cues may reach past it
	named         bool // whether the word for a code, or a request to use it, stands right before
	evidence
}

// token matches letters and digits that may be a code or one of its groups.
var token = pattern(`[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*`)

// candidates returns everything in a text that is written like a code, in order.
func candidates(text string) []candidate {
	var list []candidate
	spans := token().FindAllStringIndex(text, -1)
	for i, at := range spans {
		spans[i] = withoutTouching(text, at[0], at[1])
	}
	spans = slices.DeleteFunc(spans, func(at []int) bool { return at[0] == at[1] })
	for i := 0; i < len(spans); {
		n := grouped(text, spans[i:])
		from, to := spans[i][0], spans[i+n-1][1]
		i += n
		if c, ok := newCandidate(text, from, to); ok {
			list = append(list, c)
		}
	}
	mark := strings.TrimSpace(maskedMark)
	for at := 0; ; at += len(mark) {
		next := strings.Index(text[at:], mark)
		if next < 0 {
			break
		}
		at += next
		list = append(list, candidate{from: at, to: at + len(mark), shape: shapeMasked})
	}
	slices.SortFunc(list, func(a, b candidate) int { return a.from - b.from })
	return list
}

// grouped returns how many of the tokens at the beginning of a list form one code: groups of
// digits with a space in between, or single letters and digits.
func grouped(text string, spans [][]int) int {
	digits, singles := 1, 1
	adjacent := func(n int) bool {
		return n < len(spans) && text[spans[n-1][1]:spans[n][0]] == " "
	}
	isDigits := func(n int) bool {
		digits := text[spans[n][0]:spans[n][1]]
		if n == 0 {
			digits = strings.TrimPrefix(digits, prefix().FindString(digits))
		}
		return textnorm.AllDigits(digits) && !isPartOfWord(text, spans[n][0], spans[n][1])
	}
	isSingle := func(n int) bool { return spans[n][1]-spans[n][0] == 1 }
	for isDigits(0) && adjacent(digits) && isDigits(digits) {
		digits++
	}
	for isSingle(0) && adjacent(singles) && isSingle(singles) {
		singles++
	}
	if singles > digits && singles >= 4 && strings.ContainsAny(text[spans[0][0]:spans[singles-1][1]], "0123456789") {
		return singles
	}
	for n := digits; n > 1; n-- {
		written := text[spans[0][0]:spans[n-1][1]]
		last := text[spans[n-1][0]:spans[n-1][1]]
		if _, ok := otp.Parse(written); ok && !isYear(last) || n == digits && isPhone(written) {
			return n
		}
	}
	return 1
}

// newCandidate returns the candidate between two bytes of a text, or false if codes are not
// written like this.
func newCandidate(text string, from, to int) (candidate, bool) {
	if isPartOfWord(text, from, to) {
		return candidate{}, false
	}
	written := text[from:to]
	c := candidate{from: from, to: to, written: written}
	var ok bool
	if c.bare, ok = otp.Parse(written); !ok || measure().MatchString(written) {
		return candidate{}, false
	}
	c.shape = shapeOf(c)
	switch {
	case withoutLeet(fold(written)) != fold(written):
		return candidate{}, false // "C0DE"
	case c.shape == shapeDigits:
		return c, len(c.bare) <= maxDigits
	}
	return c, len(c.bare) >= minMixed
}

// measure matches a size, an amount with its unit, or a number of programmers.
var measure = pattern(`(?i)^(?:0x[0-9a-f]+|\d+x\d+|\d+(?:[kmgt]b?|k[gmw]|m?hz|m?ah|ml|cm|mm|th|st|nd|rd))$`)

const (
	maxDigits = 10 // most digits of a code without letters
	minMixed  = 4  // fewest characters of a code with letters; "2FA" and "N26" are names
)

// prefix matches the sender's letters before a code.
var prefix = pattern(`^[A-Z]{1,4}-`)

// withoutTouching returns the span of a token without words that touch the code, as in
// "OTP518307" and "730915is". It is empty if that cannot be told.
func withoutTouching(text string, from, to int) []int {
	written := text[from:to]
	letters := len(written) - len(strings.TrimLeftFunc(written, textnorm.IsASCIILetter))
	if letters > 1 && words().exact[written[:letters]]&(kindIs|namesCode) == kindIs {
		return []int{from, from} // "is550917", or a code that begins so
	}
	for n := letters; n >= minCue; n-- {
		rest := strings.TrimPrefix(written[n:], "-")
		if isWordForCode(written[:n], n == letters) && strings.ContainsAny(rest, "0123456789") {
			from = to - len(rest)
			written = rest
			break
		}
	}
	if smallPrefix().MatchString(written) {
		from = from + strings.IndexByte(written, '-') + 1
		written = text[from:to]
	}
	code := strings.TrimRightFunc(written, textnorm.IsASCIILetter)
	word := written[len(code):]
	if cut, dashed := strings.CutSuffix(code, "-"); dashed && len(word) >= minCue && textnorm.AllDigits(cut) {
		return []int{from, from + len(cut)}
	}
	if strings.ToUpper(word) == word && strings.ContainsFunc(text, unicode.IsLower) {
		if len(word) >= minCue && textnorm.AllDigits(code) && words().exact[fold(word)]&(names|kindIs) != 0 {
			return []int{from, from + len(code)} // "550917REF: KX7Q"
		}
		return []int{from, to} // capitals belong to the code
	}
	if strings.ToUpper(code) != code || code == "" || len(word) < 2 {
		return []int{from, to}
	}
	plain := fold(word)
	switch {
	case len(word) >= minCue && words().known(plain), words().exact[plain]&kindIs != 0:
		return []int{from, from + len(code)}
	case len(code) > otp.MinLength && textnorm.AllDigits(code) && strings.ContainsAny(plain, "aeiou"):
		return []int{from, from}
	}
	return []int{from, to}
}

// isWordForCode reports whether letters that touch a code are a word for it. Inflected and
// compound words are known only if they are written in small letters up to the code.
func isWordForCode(word string, whole bool) bool {
	plain := fold(word)
	return words().exact[plain]&namesCode != 0 || whole && strings.ToUpper(word) != word && words().namesCode(plain)
}

// smallPrefix matches a sender's prefix in small letters before the digits.
var smallPrefix = pattern(`^[a-z]{1,2}-\d{4,}$`)

// minCue is the length of the shortest word that is cut from a code that it touches.
const minCue = 3

// isPartOfWord reports whether the characters around a token make it part of a longer word or
// path. Letters of scripts without spaces may touch a code, and so may the word for it.
func isPartOfWord(text string, from, to int) bool {
	b, _ := utf8.DecodeLastRuneInString(text[:from])
	a, _ := utf8.DecodeRuneInString(text[to:])
	if strings.HasPrefix(text[to:], ".") && startsWithDigit(text[to+1:]) || strings.HasSuffix(text[:from], ".") && endsInDigit(text[:from-1]) {
		return true
	}
	if strings.ContainsRune(`+/\_&`, b) || strings.ContainsRune(`+/\_&`, a) || isAlphabetic(a) && !textnorm.IsASCIILetter(a) {
		return true
	}
	if !isAlphabetic(b) || textnorm.IsASCIILetter(b) {
		return false // ASCII letters are part of the token, or were cut from it
	}
	word := text[len(strings.TrimRightFunc(text[:from], unicode.IsLetter)):from]
	return !textnorm.AllDigits(text[from:to]) || words().exact[fold(word)]&namesCode == 0
}

func startsWithDigit(text string) bool { return text != "" && textnorm.IsDigit(rune(text[0])) }

func endsInDigit(text string) bool { return text != "" && textnorm.IsDigit(rune(text[len(text)-1])) }

func isAlphabetic(r rune) bool { return unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek) }

// shapeOf returns the shape of a candidate with digits.
func shapeOf(c candidate) shape {
	switch {
	case textnorm.AllDigits(c.bare):
		return shapeDigits
	case isName(c.written):
		return shapeName
	case strings.ContainsFunc(c.bare, unicode.IsLower):
		return shapeSmall
	}
	return shapeMixed
}

// isName reports whether a token is a word and a number: "Studio54", "77taxi", "SAVE20". Codes
// are rarely written so.
func isName(written string) bool {
	word := strings.Trim(written, "0123456789")
	digits := len(written) - len(word)
	if strings.ContainsFunc(word, func(r rune) bool { return !textnorm.IsASCIILetter(r) }) || !strings.ContainsAny(word, "AEIOUYaeiouy") {
		return false
	}
	small := strings.ContainsFunc(word, unicode.IsLower)
	mixed := strings.ContainsFunc(word[min(1, len(word)):], unicode.IsUpper) && small
	if mixed {
		return digits <= 2 // "PayU24"
	}
	return len(word) >= 3 && digits <= 3 && small || len(word) >= 4
}

// letterCode matches capitals that may be a code.
var letterCode = pattern(`[A-Z]{4,10}`)

// lastSmallWord matches small letters at the end of a text that may be a code.
var lastSmallWord = pattern(`: ?([a-z]{5,8})\.?\s*$`)

// letterCandidates returns the words of a text that may be a code without digits, in order.
func letterCandidates(text string) []candidate {
	var list []candidate
	add := func(at []int, s shape) {
		written := text[at[0]:at[1]]
		b, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		a, _ := utf8.DecodeRuneInString(text[at[1]:])
		joined := func(r rune) bool { return isAlphabetic(r) || textnorm.IsDigit(r) || strings.ContainsRune(`+/\_&-`, r) }
		if !joined(b) && !joined(a) && !words().known(fold(written)) {
			list = append(list, candidate{from: at[0], to: at[1], bare: written, written: written, shape: s})
		}
	}
	for _, at := range letterCode().FindAllStringIndex(text, -1) {
		add(at, shapeLetters)
	}
	if at := lastSmallWord().FindStringSubmatchIndex(text); at != nil {
		add(at[2:4], shapeWord)
	}
	return list
}

func isYear(s string) bool {
	return len(s) == 4 && textnorm.AllDigits(s) && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20"))
}

// isPhone reports whether groups of digits form one telephone number rather than several
// numbers.
func isPhone(written string) bool {
	groups := strings.Split(written, " ")
	for _, g := range groups {
		if len(g) > 4 {
			return false
		}
	}
	return len(groups) >= 3 && len(written)-len(groups)+1 >= 8
}
