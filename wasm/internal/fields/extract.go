package fields

import (
	"slices"
	"strings"
	"unicode"
)

const (
	minCode    = 3
	maxCode    = 12
	maxGrouped = 9    // digits of a code that is written in groups; longer is a telephone number
	maxMessage = 4000 // bytes; ten joined messages have less
)

// Received is a code out of what the provider received.
type Received struct {
	Code    string // letters and digits alone, ASCII: "573920"
	Written string // as the message writes it, with what leads or groups it: "G-573920", "573 920"; for Code, the plan
	Site    string // the one domain that the message binds the code to; none: it binds it to no site
	Frame   string // the domain of the frame in a page of Site that the code is for, where the message names one
}

// Extract finds the code in what the provider received: the code itself, or, where
// that holds more, or nothing, the code in the message. A message that binds its code
// to a site is taken at that word. Nothing is found where no code is sure.
func Extract(code, message string) (Received, bool) {
	code, message = clean(code), clean(message)
	for _, text := range []string{message, code} {
		if r, ok := bound(text); ok {
			return r, true
		}
	}
	r, ok := alone(code)
	if !ok {
		r, ok = inMessage(code)
	}
	if said, found := inMessage(message); found && (!ok || said.Code == r.Code) {
		return said, true
	}
	return r, ok
}

// alone takes a text that is a code and nothing else.
func alone(text string) (Received, bool) {
	text = strings.TrimSpace(text)
	if lettersAlone(text) {
		if _, state := words["state"].in(spoken(text)); state {
			return Received{}, false // "PENDING"
		}
		return Received{Code: text, Written: text}, true
	}
	bare, ok := shaped(text)
	return Received{Code: bare, Written: text}, ok
}

// shaped reads a code as it is written, and gives its letters and digits alone,
// without one or two letters that lead it ("G-573920"). False: no code is written so.
func shaped(written string) (string, bool) {
	groups := strings.FieldsFunc(written, divides)
	bare := strings.Join(groups, "")
	if !isCode(bare) {
		return "", false
	}
	if len(groups) == 1 {
		return bare, len(written) == len(bare)
	}
	if len(written) != len(bare)+len(groups)-1 {
		return "", false
	}
	if leads(groups) {
		if len(groups[0]) <= 2 {
			bare = groups[1]
		}
		return bare, isCode(bare)
	}
	if allDigits(bare) && len(bare) > maxGrouped {
		return "", false
	}
	even := !slices.ContainsFunc(groups, func(g string) bool { return len(g) != len(groups[0]) })
	switch n := len(groups[0]); {
	case even && n == 1:
		return bare, len(groups) >= minBoxes
	case even:
		return bare, n <= 4
	}
	return bare, len(bare) == 5 && len(groups) == 2 && min(len(groups[0]), len(groups[1])) == 2
}

func divides(r rune) bool { return r == ' ' || r == '-' }

// leads reports whether the first of two groups says whose code the second is.
func leads(groups []string) bool {
	return len(groups) == 2 && len(groups[0]) <= 4 && allDigits(groups[1]) && len(groups[1]) > minCode &&
		!strings.ContainsFunc(groups[0], func(r rune) bool { return !unicode.IsUpper(r) })
}

// isCode reports whether s is ASCII letters and digits, as many as a code has.
func isCode(s string) bool {
	return len(s) >= minCode && len(s) <= maxCode && strings.ContainsAny(s, "0123456789") && !strings.ContainsFunc(s, func(r rune) bool {
		return !isDigit(r) && !isLatin(r)
	})
}

// lettersAlone reports whether s could be a code without any digit.
func lettersAlone(s string) bool {
	return len(s) >= 4 && len(s) <= 10 && !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' })
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isLatin(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

func allDigits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !isDigit(r) })
}

// clean writes a text with ASCII digits, narrow letters and plain dashes and spaces,
// without what only directs or joins what is shown.
func clean(text string) string {
	if len(text) > maxMessage {
		return "" // no message
	}
	var b strings.Builder
	for _, r := range strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n") {
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			b.WriteByte('\n')
		case r == '\u200c':
			b.WriteRune(r) // divides words in Persian
		case unicode.In(r, unicode.Cf), unicode.Is(unicode.Variation_Selector, r):
		case r == '，' || r == '、' || r == '،':
			b.WriteString(", ") // never a decimal comma
		case unicode.IsDigit(r):
			b.WriteRune('0' + digit(r))
		case r >= 0xFF01 && r <= 0xFF5E: // full width
			b.WriteRune(r - 0xFEE0)
		case unicode.Is(unicode.Pd, r), r == '−':
			b.WriteByte('-')
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r == '٫':
			b.WriteByte('.')
		case r == '٬':
			b.WriteByte(',')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
