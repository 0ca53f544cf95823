package fields

import (
	"regexp"
	"strings"
	"unicode"
)

const (
	minCode = 3
	maxCode = 12
)

// Extract finds the code in what the provider received: the code itself, or, where
// that holds the whole message, the code in it.
func Extract(code, message string) (string, bool) {
	if c := tidy(code); isCode(c) {
		return c, true
	}
	for _, text := range []string{code, message} {
		if c, ok := inMessage(text); ok {
			return c, true
		}
	}
	return "", false
}

// tidy takes out what only groups a code: "123 456", "123-456".
func tidy(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '-', r == '–':
			return -1
		case unicode.IsDigit(r):
			return '0' + digit(r)
		}
		return r
	}, strings.TrimSpace(code))
}

func isCode(s string) bool {
	digits := 0
	for _, r := range s {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return len(s) >= minCode && len(s) <= maxCode && digits > 0
}

// notCodes are international numbers, and the letters that some senders put before
// a code: "G-573920".
var notCodes = regexp.MustCompile(`\+\d[\d\s().-]{6,}\d|\b[A-Z]{1,2}-`)

// inMessage takes the word of a message that looks most like a code: digits rather
// than letters, four to eight of them, and no year.
func inMessage(text string) (best string, found bool) {
	score := -1
	said := fold(text)
	_, speaks := words["code"].in(said)
	if _, weak := words["weak"].in(said); weak {
		speaks = true
	}
	text = notCodes.ReplaceAllString(text, " ")
	tokens := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-'
	})
	for i, token := range tokens {
		c := tidy(token)
		if i+1 < len(tokens) && len(c) == 3 && allDigits(c) && len(tokens[i+1]) == 3 && allDigits(tidy(tokens[i+1])) {
			c += tidy(tokens[i+1]) // "123 456"
		}
		if !isCode(c) {
			continue
		}
		s := 0
		if allDigits(c) {
			s += 4
		}
		if len(c) >= 4 && len(c) <= 8 {
			s += 2
		}
		if len(c) == 4 && (strings.HasPrefix(c, "19") || strings.HasPrefix(c, "20")) {
			s-- // maybe a year
		}
		if s > score {
			best, score = c, s
		}
	}
	return best, score >= 2 && (speaks || score >= 6)
}

func allDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}
