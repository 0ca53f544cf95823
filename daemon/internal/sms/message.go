package sms

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/otp"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

// noise matches text with digits that is not a code: addresses, prices, percentages, telephone
// numbers, dates, times, amounts and masked card numbers. Prices with the sign in front come
// before those with the sign behind, so that "482913 €50" loses only the price.
var noise = []func() *regexp.Regexp{
	pattern(`(?i)\bhttps?://[!-~]+|\bwww\.[!-~]+|[!-~]*@[!-~]+|\b[a-z0-9.-]+\.[a-z]{2,}/[!-~]*|\b\d+\.(?:com|net|org|cn|ru)\b`),
	pattern(`\b[a-z0-9-]*[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,}\b`),
	pattern(`(?:\b[A-Z]{1,2})?\p{Sc} ?\d[\d.,']*(?: \d{3}\b)*`),
	pattern(`\d[\d.,']*(?: \d{3})* ?(?:\p{Sc}|%)|% ?\d+`),
	pattern(`\+\d[\d ().-]{6,}\d|\(\d{2,4}\)[ -]?\d[\d -]{4,}\d|\b0\d{2,4}[ /-]\d{5,8}\b`),
	pattern(`\b(?:\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}-\d{1,2}-(?:19|20)\d\d|(?:1[34]|19|20)\d\d[./-]\d{1,2}[./-]\d{1,2})\b|\d{4} ?[年년]|\d{1,2}:\d\d(?::\d\d)?`),
	pattern(`\b\d{1,3}(?:[.,']\d{3})+(?:[.,]\d+)?\b|\b\d{1,3}[.,]\d{1,2}\b|\b\d+\.\d\d\b`),
	pattern(`(?:[*•…xX#]{2,}|\.{2,}|[•…])[ -]?\d{3,5}\b|\*\d{3,5}(?:[^*\d]|$)`),
}

// noiseMark replaces noise. Its zero still counts as a number for the text around it.
const noiseMark = " ¦0¦ "

// token matches letters and digits that may be a code, in one or several groups.
var token = pattern(`\d+(?: \d+)+|[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*`)

// maxMentions is the highest number of numbers in a message that is read for a code.
const maxMentions = 16

// The kinds of mention, the likeliest first. A kind is considered only if there is no
// candidate of the kinds before it.
const (
	plausible   = iota // four to eight digits, or letters and digits
	unusual            // a year, very short or very long
	lettersOnly        // no digit at all
)

// mention is one token of a message that may be the code.
type mention struct {
	sentence      int
	from, to      int // bytes in the sentence
	bare, written string
	kind          int
}

// digits reports whether the code has digits alone.
func (m mention) digits() bool { return textnorm.AllDigits(m.bare) }

// messageText is a message without noise, divided into sentences.
type messageText struct {
	sentences    []string
	mentions     []mention
	numbers      int  // mentions with a digit
	capitals     bool // whether the message has no lower-case letter
	requestsCode bool // see requestsCode
}

// inMessage finds the code in a cleaned message, whatever site it is bound to.
func inMessage(text string) (protocol.OneTimeCode, bool) {
	percent := strings.Contains(text, "%")
	for _, n := range noise {
		text = n().ReplaceAllString(text, noiseMark)
	}
	m := messageText{sentences: sentences(text)}
	for i := range m.sentences {
		m.read(i)
	}
	if m.numbers > maxMentions {
		return protocol.OneTimeCode{}, false
	}
	whole := fold(text)
	m.capitals = !strings.ContainsFunc(text, unicode.IsLower)
	m.requestsCode = requestsCode(whole)
	_, strong := words()["code"].in(whole)
	_, offer := words()["offer"].in(whole)
	if (offer || percent) && !strong {
		return protocol.OneTimeCode{}, false // a discount code
	}
	for kind := plausible; kind <= lettersOnly; kind++ {
		list := m.candidates(kind, strong)
		if len(list) == 0 {
			continue
		}
		return m.choose(list, whole)
	}
	return protocol.OneTimeCode{}, false
}

// sentences divides a text at punctuation and line ends. A full stop before a digit
// ("no. 4821") or a lower-case letter ends no sentence.
func sentences(text string) []string {
	var list []string
	start := 0
	runes := []rune(text)
	for i, r := range runes {
		ends := strings.ContainsRune("\n。！？!?؟।;", r)
		if r == '.' {
			next := strings.TrimLeft(string(runes[i+1:min(i+4, len(runes))]), " ")
			first, _ := utf8.DecodeRuneInString(next)
			spaced := i+1 == len(runes) || runes[i+1] == ' ' || runes[i+1] == '\n'
			if i > 0 && textnorm.IsDigit(runes[i-1]) {
				ends = spaced || unicode.IsUpper(first)
			} else {
				ends = spaced && !textnorm.IsDigit(first) && !unicode.IsLower(first)
			}
		}
		if ends {
			list = append(list, string(runes[start:i]))
			start = i + 1
		}
	}
	return append(list, string(runes[start:]))
}

// read adds the mentions of one sentence.
func (m *messageText) read(sentence int) {
	text := m.sentences[sentence]
	for _, at := range token().FindAllStringIndex(text, -1) {
		if isPartOfWord(text[:at[0]], text[at[1]:]) {
			continue
		}
		written := text[at[0]:at[1]]
		if _, ok := otp.Parse(written); ok && !isYear(written[strings.LastIndexByte(written, ' ')+1:]) || !strings.Contains(written, " ") {
			m.add(sentence, at[0], written)
			continue
		}
		if isPhone(written) {
			continue
		}
		from := at[0]
		for group := range strings.SplitSeq(written, " ") {
			m.add(sentence, from, group)
			from += len(group) + 1
		}
	}
}

// add adds a token as a mention if it is written like a code.
func (m *messageText) add(sentence, from int, written string) {
	c := mention{sentence: sentence, from: from, to: from + len(written), written: written}
	var ok bool
	if c.bare, ok = otp.Parse(written); !ok {
		if c.bare, c.kind = written, lettersOnly; !isLetterCode(written) {
			return
		}
	}
	if n := len(c.bare); c.kind == plausible && textnorm.AllDigits(c.bare) {
		if n < 4 || n > 8 || isYear(c.bare) {
			c.kind = unusual
		}
		if n > 10 {
			return
		}
	}
	if c.kind != lettersOnly {
		m.numbers++
	}
	m.mentions = append(m.mentions, c)
}

func isYear(s string) bool {
	return len(s) == 4 && textnorm.AllDigits(s) && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20"))
}

// isPartOfWord reports whether the characters around a token make it part of a longer word or
// path. Letters of scripts without spaces may touch a code.
func isPartOfWord(before, after string) bool {
	b, _ := utf8.DecodeLastRuneInString(before)
	a, _ := utf8.DecodeRuneInString(after)
	return strings.ContainsRune(`+/\_&`, b) || strings.ContainsRune(`+/\_&`, a) ||
		unicode.In(b, unicode.Latin, unicode.Cyrillic, unicode.Greek) || unicode.In(a, unicode.Latin, unicode.Cyrillic, unicode.Greek)
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
