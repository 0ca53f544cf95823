// Package phone splits a telephone number into its country's calling code and the national
// part, as E.164 defines them, and formats it for machines (E164) and people (Grouped). It
// knows the lengths of calling codes, but no country's numbering plan.
package phone

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNumber is wrapped by every error of Parse. The wrapping error says what is wrong.
var ErrNumber = errors.New("this is not a telephone number")

const (
	minDigits = 7  // with the calling code; Niue's numbers are this short
	maxDigits = 15 // with the calling code, by E.164
)

// Number is a telephone number. Both parts consist of ASCII digits.
type Number struct {
	CallingCode string // such as "234"
	National    string // such as "8031234567"
}

// Parse reads an international number such as "+234 803 123 4567" and splits it after the
// calling code, such as "234". If the number does not begin with callingCode, or callingCode
// is empty, the first digits decide. A number without "+" or "00" must begin with callingCode.
// Every error wraps ErrNumber.
func Parse(number, callingCode string) (Number, error) {
	bad := func(why string) (Number, error) {
		return Number{}, fmt.Errorf("%w: %q %s", ErrNumber, number, why)
	}
	text, international := strings.CutPrefix(strings.TrimSpace(number), "+")
	digits, ok := onlyDigits(text)
	if !ok {
		return bad("has characters that no number has")
	}
	if !international {
		digits, international = strings.CutPrefix(digits, "00")
	}
	code, ok := onlyDigits(strings.TrimPrefix(strings.TrimSpace(callingCode), "+"))
	if !ok || code == "" || !strings.HasPrefix(digits, code) {
		if !international {
			return bad("does not say which country it belongs to")
		}
		code = leadingCode(digits)
	}
	switch national := strings.TrimPrefix(digits, code); {
	case code == "" || code[0] == '0':
		return bad("begins with no calling code")
	case len(digits) < minDigits || national == "":
		return bad("is too short")
	case len(digits) > maxDigits:
		return bad("is too long")
	default:
		return Number{CallingCode: code, National: national}, nil
	}
}

// onlyDigits removes the punctuation that people put between digits. It returns false if text
// contains anything else.
func onlyDigits(text string) (string, bool) {
	ok := true
	digits := strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9':
			return r
		case !strings.ContainsRune(" \u00a0\u2011-./()", r):
			ok = false
		}
		return -1
	}, text)
	return digits, ok
}

// twoDigits lists the calling codes with two digits. 1 and 7 have one digit, all others three.
const twoDigits = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 " +
	"60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98"

// leadingCode returns the calling code that digits begin with, by its length alone, or "" if there
// are fewer than three digits.
func leadingCode(digits string) string {
	switch {
	case len(digits) < 3:
		return ""
	case digits[0] == '1' || digits[0] == '7':
		return digits[:1]
	case strings.Contains(twoDigits, digits[:2]):
		return digits[:2]
	}
	return digits[:3]
}

// E164 returns the number for machines: "+2348031234567".
func (n Number) E164() string { return "+" + n.CallingCode + n.National }

// Grouped returns the number for people: "+234 803 123 4567". Groups have three digits, and the
// last one has up to four. It follows no country's own grouping.
func (n Number) Grouped() string {
	text := "+" + n.CallingCode
	for rest := n.National; rest != ""; {
		size := min(3, len(rest))
		if len(rest) == 4 {
			size = 4
		}
		text += " " + rest[:size]
		rest = rest[size:]
	}
	return text
}
