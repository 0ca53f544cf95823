package sms

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/spelling"
)

// noise is what holds digits and is no code, first what begins with its sign, so
// that "482913 €50" loses no more than the price.
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

// noised stands for a number that was noise.
const noised = " ¦0¦ "

// token is what may be a code: letters and digits, in groups or not.
var token = pattern(`\d+(?: \d+)+|[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*`)

// maxMentions is how many numbers a message has at most, if it is one that brings a code.
const maxMentions = 16

// The kinds of candidate, the likeliest first: one is looked for only where none of
// those before it was found.
const (
	plainly  = iota // four to eight digits, or letters and digits
	oddly           // a year, very short or very long
	lettered        // no digit at all
)

// mention is one token of a message that may be the code.
type mention struct {
	sentence      int
	from, to      int // in the sentence
	bare, written string
	kind          int
}

func (m mention) digits() bool { return spelling.AllDigits(m.bare) }

// messageText is a text with the noise out, by its sentences.
type messageText struct {
	sentences []string
	mentions  []mention
	numbers   int  // how many of the mentions have a digit
	capitals  bool // it has no small letter
	asks      bool // it asks for more than one thing that one does with a code, or names one
}

// inMessage finds the code in a cleaned message.
func inMessage(text string) (protocol.Received, bool) {
	percent := strings.Contains(text, "%")
	for _, n := range noise {
		text = n().ReplaceAllString(text, noised)
	}
	m := messageText{sentences: sentences(text)}
	for i := range m.sentences {
		m.read(i)
	}
	if m.numbers > maxMentions {
		return protocol.Received{}, false
	}
	whole := spoken(text)
	m.capitals = !strings.ContainsFunc(text, unicode.IsLower)
	m.asks = asks(whole)
	_, strong := words()["code"].in(whole)
	_, offer := words()["offer"].in(whole)
	if (offer || percent) && !strong {
		return protocol.Received{}, false // the code is one for a discount
	}
	for kind := plainly; kind <= lettered; kind++ {
		list := m.candidates(kind, strong)
		if len(list) == 0 {
			continue
		}
		return m.choose(list, whole)
	}
	return protocol.Received{}, false
}

// sentences ends one where its punctuation or its line does. A point ends none before
// a digit ("no. 4821") or a small letter.
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
			if i > 0 && spelling.IsDigit(runes[i-1]) {
				ends = spaced || unicode.IsUpper(first)
			} else {
				ends = spaced && !spelling.IsDigit(first) && !unicode.IsLower(first)
			}
		}
		if ends {
			list = append(list, string(runes[start:i]))
			start = i + 1
		}
	}
	return append(list, string(runes[start:]))
}

// read finds the tokens of a sentence that are written as codes are.
func (m *messageText) read(sentence int) {
	text := m.sentences[sentence]
	for _, at := range token().FindAllStringIndex(text, -1) {
		if partOfWord(text[:at[0]], text[at[1]:]) {
			continue
		}
		written := text[at[0]:at[1]]
		if _, ok := spelling.Bare(written); ok && !isYear(written[strings.LastIndexByte(written, ' ')+1:]) || !strings.Contains(written, " ") {
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

func (m *messageText) add(sentence, from int, written string) {
	c := mention{sentence: sentence, from: from, to: from + len(written), written: written}
	var ok bool
	if c.bare, ok = spelling.Bare(written); !ok {
		if c.bare, c.kind = written, lettered; !lettersAlone(written) {
			return
		}
	}
	if n := len(c.bare); c.kind == plainly && spelling.AllDigits(c.bare) {
		if n < 4 || n > 8 || isYear(c.bare) {
			c.kind = oddly
		}
		if n > 10 {
			return
		}
	}
	if c.kind != lettered {
		m.numbers++
	}
	m.mentions = append(m.mentions, c)
}

func isYear(s string) bool {
	return len(s) == 4 && spelling.AllDigits(s) && (strings.HasPrefix(s, "19") || strings.HasPrefix(s, "20"))
}

// partOfWord reports whether what stands around a token makes it part of something
// longer. Scripts that write no spaces may touch a code.
func partOfWord(before, after string) bool {
	b, _ := utf8.DecodeLastRuneInString(before)
	a, _ := utf8.DecodeRuneInString(after)
	return strings.ContainsRune(`+/\_&`, b) || strings.ContainsRune(`+/\_&`, a) ||
		unicode.In(b, unicode.Latin, unicode.Cyrillic, unicode.Greek) || unicode.In(a, unicode.Latin, unicode.Cyrillic, unicode.Greek)
}

// isPhone reports whether groups of digits are a telephone number rather than several numbers.
func isPhone(written string) bool {
	groups := strings.Split(written, " ")
	for _, g := range groups {
		if len(g) > 4 {
			return false
		}
	}
	return len(groups) >= 3 && len(written)-len(groups)+1 >= 8
}

// candidates are the mentions of one kind that nothing speaks against.
func (m *messageText) candidates(kind int, strong bool) []mention {
	list := slices.DeleteFunc(slices.Clone(m.mentions), func(c mention) bool {
		return c.kind != kind || m.void(c) || m.counted(c) || !c.digits() && wordy(c.written) && !strong
	})
	for {
		left := slices.DeleteFunc(slices.Clone(list), func(c mention) bool {
			q, ok := m.governing(c, list)
			return ok && q.kind == other
		})
		if len(left) == len(list) {
			return left
		}
		list = left
	}
}

// void reports whether the sentence says that its code is none any more.
func (m *messageText) void(c mention) bool {
	_, void := words()["void"].in(spoken(m.sentences[c.sentence]))
	return void
}

// counted reports whether a number is an amount of something: "4500 naira".
func (m *messageText) counted(c mention) bool {
	text := m.sentences[c.sentence]
	before, after := spoken(text[:c.from]), spoken(text[c.to:])
	if p, priced := words()["money"].ending(before); priced && !endsInDigit(strings.TrimSuffix(before, p)) {
		return true // "KSh 2500", and not "¦0¦ EUR 482913"
	}
	return words()["money"].beginning(after) || words()["unit"].beginning(after)
}

func endsInDigit(text string) bool {
	text = strings.TrimRight(text, " ")
	return text != "" && spelling.IsDigit(rune(text[len(text)-1]))
}

// wordy reports whether letters and digits read like a word: "SAVE20".
func wordy(written string) bool {
	letters := strings.TrimRight(written, "0123456789")
	return len(letters) >= 4 && len(letters) < len(written) && !strings.ContainsAny(letters, "0123456789-")
}

// choose takes the one mention that is said to be the code.
func (m *messageText) choose(list []mention, whole string) (protocol.Received, bool) {
	said := make([]cue, len(list))
	best := other
	for i, c := range list {
		q, ok := m.governing(c, list)
		if !ok || !m.fits(c, q) {
			q.kind = other
		}
		said[i] = q
	}
	for i, q := range said {
		// What stands between two numbers speaks of one of them.
		for j, r := range said {
			if i != j && list[i].sentence == list[j].sentence && q.between == r.between && q.from == r.from && r.nearer(q) {
				said[i].kind = other
			}
		}
		best = min(best, said[i].kind)
	}
	if best == other {
		return m.loner(list, whole)
	}
	chosen := -1
	for i, c := range list {
		switch {
		case said[i].kind != best:
		case chosen < 0:
			chosen = i
		case list[chosen].bare != c.bare:
			return protocol.Received{}, false
		}
	}
	code := list[chosen]
	for _, c := range list {
		alike := c.sentence == code.sentence && c.digits() == code.digits() && len(c.bare) == len(code.bare)
		if c.bare != code.bare && (alike || code.kind != plainly) {
			return protocol.Received{}, false
		}
	}
	return protocol.Received{Code: code.bare, Written: code.written}, true
}

// nearer reports whether c rather than d speaks of its number.
func (c cue) nearer(d cue) bool {
	if (c.link != apart) != (d.link != apart) {
		return c.link != apart
	}
	return c.gap < d.gap || c.gap == d.gap && c.before && !d.before
}

// fits reports whether a cue is enough for a mention.
func (m *messageText) fits(c mention, q cue) bool {
	if q.kind == other || !q.near() || q.kind == asking && !m.asks && !m.heads(c) {
		return false
	}
	switch {
	case c.kind == lettered:
		text := m.sentences[c.sentence]
		if _, state := words()["state"].in(spoken(c.written)); state || m.capitals && q.link != colon {
			return false
		}
		if !q.before {
			return q.sure() && strings.Trim(text[:c.from], quotes) == ""
		}
		rest := strings.TrimLeft(text[c.to:], quotes)
		return q.sure() && q.link != apart && (rest == "" || strings.ContainsAny(rest[:1], ",-:"))
	case c.kind == oddly:
		return q.sure()
	case c.digits():
		return true
	case strings.ContainsFunc(c.bare, unicode.IsLower):
		return q.sure() && q.before && q.link != apart
	}
	return q.sure()
}

// asks reports whether a message asks for a code to be used: "use … to log in".
// One such word alone is in many messages.
func asks(whole string) bool {
	asked := map[string]bool{}
	for _, q := range cues(whole) {
		if q.kind == naming {
			return true
		}
		if q.kind == asking {
			asked[whole[q.from:q.to]] = true
		}
	}
	return len(asked) > 1
}

// heads reports whether a message begins with the number and a mark: "650917 - your login".
func (m *messageText) heads(c mention) bool {
	text := m.sentences[c.sentence]
	after := strings.TrimLeft(text[c.to:], quotes)
	return c.sentence == 0 && strings.Trim(text[:c.from], quotes) == "" && after != "" && strings.ContainsAny(after[:1], ":-,=")
}

// loner takes a number that stands by itself, in a message that speaks of a code or
// says next to nothing.
func (m *messageText) loner(list []mention, whole string) (protocol.Received, bool) {
	c := list[0]
	for _, d := range list {
		if d.bare != c.bare {
			return protocol.Received{}, false
		}
	}
	text := m.sentences[c.sentence]
	if c.kind != plainly || !c.digits() || strings.ContainsAny(text, "#№") && !strings.Contains(text, "<#>") || count(text[:c.from]+" "+text[c.to:]) > 1 {
		return protocol.Received{}, false
	}
	speaks := cues(whole)
	named := slices.ContainsFunc(speaks, func(q cue) bool { return q.kind == naming })
	against := slices.ContainsFunc(speaks, func(q cue) bool { return q.kind == other })
	if !named && (against || len(c.bare) < 5 || count(strings.Replace(strings.Join(m.sentences, " "), c.written, " ", 1)) > 3) {
		return protocol.Received{}, false
	}
	return protocol.Received{Code: c.bare, Written: c.written}, true
}

// count is roughly how many words a text has, a number that was noise among them.
func count(text string) int {
	n := 0
	for word := range strings.FieldsSeq(spoken(text)) {
		n++
		if r, _ := utf8.DecodeRuneInString(word); !spelling.Spaced(r) {
			n += utf8.RuneCountInString(word) / 4
		}
	}
	return n
}
