package sms

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/textnorm"
)

//go:embed words.txt
var wordList string

// phrases is a set of phrases, found in folded text.
type phrases []phrase

type phrase struct {
	text string
	open bool // the last word may go on
	tail bool // the first word may begin earlier
}

// words are the phrases by section, read with the first message.
var words = sync.OnceValue(func() map[string]phrases { return readWords(wordList) })

func readWords(list string) map[string]phrases {
	sections := map[string]phrases{}
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		name, rest, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for one := range strings.SplitSeq(rest, ",") {
			text, open := strings.CutSuffix(strings.TrimSpace(one), "*")
			text, tail := strings.CutPrefix(text, "*")
			if text = fold(text); text != "" {
				sections[name] = append(sections[name], phrase{text, open, tail})
			}
		}
	}
	return sections
}

// in reports whether folded text has one of the phrases, and which.
func (p phrases) in(text string) (string, bool) {
	if text == "" {
		return "", false
	}
	for _, one := range p {
		if at := one.find(text); at >= 0 {
			return one.text, true
		}
	}
	return "", false
}

// beginning reports whether folded text begins with one of the phrases.
func (p phrases) beginning(text string) bool {
	for _, one := range p {
		if one.find(text) == 0 {
			return true
		}
	}
	return false
}

// ending is the phrase that folded text ends with.
func (p phrases) ending(text string) (string, bool) {
	for _, one := range p {
		rest, ok := strings.CutSuffix(text, one.text)
		before, _ := utf8.DecodeLastRuneInString(rest)
		first, _ := utf8.DecodeRuneInString(one.text)
		if ok && (rest == "" || !textnorm.Joined(before, first)) {
			return one.text, true
		}
	}
	return "", false
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
		if (p.tail || at == 0 || !textnorm.Joined(before, first)) && (p.open || at+len(p.text) == len(text) || !textnorm.Joined(last, after)) {
			return at
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		from = at + size
	}
	return -1
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
			put('0' + textnorm.Digit(r))
		case unicode.IsLetter(r):
			for _, f := range textnorm.Plain(unicode.ToLower(r)) {
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
