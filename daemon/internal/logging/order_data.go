package logging

import (
	"slices"
	"strings"
)

const (
	minNumberDigits    = 7    // a shorter number could be any count
	minCodeLength      = 4    // letters and digits, like minSecret
	maxCodeLength      = 12   // a longer text is a message
	unmistakableDigits = 6    // a code with so many digits can't be a date or a port, so context is ignored
	maxOrders          = 5000 // orders whose codes are hidden; beyond that the oldest is forgotten
	maxNumberGap       = 32   // bytes between two digits of a number that is split over two attributes
	maxCodeGap         = 3    // bytes between two groups of a code
)

// orderData holds the phone numbers and codes of orders, folded, so that they are found however
// a line writes them.
type orderData struct {
	numbers map[string]bool
	codes   map[string]int      // code to the number of orders that have it
	lengths map[int]bool        // lengths of numbers, in digits
	codesOf map[string][]string // order ID to its codes
	ids     []string            // order IDs, oldest first
}

// set replaces the codes of an order. An earlier number of the order stays hidden.
func (d *orderData) set(id, number, callingCode string, texts []string) {
	if d.numbers == nil {
		*d = orderData{numbers: map[string]bool{}, codes: map[string]int{}, lengths: map[int]bool{}, codesOf: map[string][]string{}}
	}
	whole := digitsOf(strings.TrimPrefix(number, "+"))
	for _, form := range []string{whole, strings.TrimPrefix(whole, digitsOf(callingCode))} {
		if len(form) >= minNumberDigits {
			d.numbers[form], d.lengths[len(form)] = true, true
		}
	}
	var codes []string
	for _, text := range texts {
		for _, code := range codesIn(text) {
			if !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	d.remove(id)
	if len(codes) == 0 {
		return
	}
	d.codesOf[id], d.ids = codes, append(d.ids, id)
	for _, code := range codes {
		d.codes[code]++
	}
	for len(d.ids) > maxOrders {
		d.remove(d.ids[0])
	}
}

func (d *orderData) remove(id string) {
	if _, there := d.codesOf[id]; !there {
		return
	}
	for _, code := range d.codesOf[id] {
		if d.codes[code]--; d.codes[code] == 0 {
			delete(d.codes, code)
		}
	}
	delete(d.codesOf, id)
	if d.ids[0] == id {
		d.ids = d.ids[1:]
		return
	}
	d.ids = slices.DeleteFunc(d.ids, func(other string) bool { return other == id })
}

func digitsOf(text string) string {
	folded := fold(text)
	if !strings.ContainsFunc(folded, func(r rune) bool { return r > '9' }) {
		return folded
	}
	return strings.Map(func(r rune) rune {
		if r > '9' {
			return -1
		}
		return r
	}, folded)
}

// codesIn returns what may be a code: a short text as a whole, or each group of digits in a message.
func codesIn(text string) (found []string) {
	if whole := fold(text); len(whole) <= maxCodeLength {
		if len(whole) >= minCodeLength {
			found = append(found, whole)
		}
		return found
	}
	all := onlyDigits(parseChars(text))
	for start := 0; start < len(all); {
		end := start + 1
		for end < len(all) && joinsGroups(text[all[end-1].end:all[end].start]) {
			end++
		}
		if n := end - start; n >= minCodeLength && n <= maxCodeLength {
			found = append(found, asciiOf(all[start:end]))
		}
		start = end
	}
	return found
}

func asciiOf(chars []char) string {
	var b strings.Builder
	for _, c := range chars {
		b.WriteByte(c.ascii)
	}
	return b.String()
}

// joinsGroups reports whether the text between two digits is a separator within one code.
func joinsGroups(between string) bool {
	return len(between) <= maxCodeGap && strings.Trim(between, " -._\u00a0\u2009\u202f") == ""
}

// redact replaces the known numbers and codes in a text.
func (d *orderData) redact(text string) string {
	if len(d.numbers) == 0 && len(d.codes) == 0 {
		return text
	}
	all := parseChars(text)
	isSecret := make([]bool, len(text))
	markRange := func(part []char) {
		for i, c := range part {
			from := c.start
			if i > 0 && joinsGroups(text[part[i-1].end:c.start]) {
				from = part[i-1].end
			}
			for at := from; at < c.end; at++ {
				isSecret[at] = true
			}
		}
	}
	d.markNumbers(text, onlyDigits(all), markRange)
	d.markCodes(text, all, markRange)
	d.markCodes(text, onlyDigits(all), markRange)
	var b strings.Builder
	for at := 0; at < len(text); at++ {
		switch {
		case !isSecret[at]:
			b.WriteByte(text[at])
		case at == 0 || !isSecret[at-1]:
			b.WriteString(placeholder)
		}
	}
	return b.String()
}

func (d *orderData) markNumbers(text string, all []char, markRange func([]char)) {
	for start := range all {
		for end := start + 1; end <= len(all) && end-start <= maxNumberDigits && isNear(all, start, end); end++ {
			if d.lengths[end-start] && d.numbers[asciiOf(all[start:end])] {
				markRange(all[start:end])
			}
		}
	}
}

// maxNumberDigits exceeds the longest phone number of E.164, which has 15 digits.
const maxNumberDigits = 20

func isNear(all []char, start, end int) bool {
	return end-start < 2 || all[end-1].start-all[end-2].end <= maxNumberGap
}

// markCodes marks the codes that begin and end where a group of digits, or of letters and
// digits, does.
func (d *orderData) markCodes(text string, all []char, markRange func([]char)) {
	for start := range all {
		if start > 0 && all[start-1].end == all[start].start && sameKind(all[start-1], all[start]) {
			continue
		}
		for end := start + 1; end <= len(all) && end-start <= maxCodeLength; end++ {
			if n := end - start; n >= 2 && !joinsGroups(text[all[end-2].end:all[end-1].start]) && !d.isSplit(all[start:end]) {
				break
			}
			if end < len(all) && all[end-1].end == all[end].start && sameKind(all[end-1], all[end]) || end-start < minCodeLength {
				continue
			}
			if d.codes[asciiOf(all[start:end])] > 0 && (end-start >= unmistakableDigits || !isPartOfMore(text, all[start], all[end-1])) {
				markRange(all[start:end])
			}
		}
	}
}

// isSplit reports whether a code of digits may continue across the gap before the last
// char, as from one attribute of a log line to the next.
func (d *orderData) isSplit(part []char) bool {
	return isNear(part, 0, len(part)) && !slices.ContainsFunc(part, func(c char) bool { return !c.isDigit() })
}

func sameKind(a, b char) bool { return a.isDigit() == b.isDigit() }

// isPartOfMore reports whether the text from first to last is part of an ID, a date, a
// time, an address or a fraction.
func isPartOfMore(text string, first, last char) bool {
	before, after := text[:first.start], text[last.end:]
	joins := func(c byte) bool { return strings.IndexByte("-.:/", c) >= 0 }
	isDigit := func(c byte) bool { return c >= '0' && c <= '9' }
	isLetter := func(c byte) bool { return toASCII(rune(c)) >= 'a' }
	n := len(before)
	return n > 0 && isLetter(before[n-1]) && (n == 1 || before[n-2] != '\\') ||
		n > 1 && joins(before[n-1]) && isDigit(before[n-2]) ||
		len(after) > 0 && isLetter(after[0]) ||
		len(after) > 1 && joins(after[0]) && isDigit(after[1])
}
