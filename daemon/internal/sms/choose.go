package sms

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

// candidates returns the mentions of one kind that may be the code. It drops amounts, expired
// codes and those whose cue names something else. strong keeps codes that look like words.
func (m *messageText) candidates(kind int, strong bool) []mention {
	list := slices.DeleteFunc(slices.Clone(m.mentions), func(c mention) bool {
		return c.kind != kind || m.isVoid(c) || m.isAmount(c) || !c.digits() && looksLikeWord(c.written) && !strong
	})
	for {
		left := slices.DeleteFunc(slices.Clone(list), func(c mention) bool {
			q, ok := m.cueFor(c, list)
			return ok && q.kind == namesOther
		})
		if len(left) == len(list) {
			return left
		}
		list = left
	}
}

// isVoid reports whether the sentence says that its code is no longer valid.
func (m *messageText) isVoid(c mention) bool {
	_, found := words()["void"].in(fold(m.sentences[c.sentence]))
	return found
}

// isAmount reports whether a number counts money or another unit, as in "4500 naira".
func (m *messageText) isAmount(c mention) bool {
	text := m.sentences[c.sentence]
	before, after := fold(text[:c.from]), fold(text[c.to:])
	if p, priced := words()["money"].ending(before); priced && !endsInDigit(strings.TrimSuffix(before, p)) {
		return true // "KSh 2500", but not "¦0¦ EUR 482913", where EUR belongs to the number before
	}
	return words()["money"].beginning(after) || words()["unit"].beginning(after)
}

func endsInDigit(text string) bool {
	text = strings.TrimRight(text, " ")
	return text != "" && textnorm.IsDigit(rune(text[len(text)-1]))
}

// looksLikeWord reports whether a code is a word followed by digits, such as "SAVE20".
func looksLikeWord(written string) bool {
	letters := strings.TrimRight(written, "0123456789")
	return len(letters) >= 4 && len(letters) < len(written) && !strings.ContainsAny(letters, "0123456789-")
}

// choose returns the mention that the best cues call the code. It returns false if two
// different mentions qualify, or if another candidate looks too much like the chosen one.
func (m *messageText) choose(list []mention, whole string) (protocol.OneTimeCode, bool) {
	cueOf := make([]cue, len(list))
	best := namesOther
	for i, c := range list {
		q, ok := m.cueFor(c, list)
		if !ok || !m.fits(c, q) {
			q.kind = namesOther
		}
		cueOf[i] = q
	}
	for i, q := range cueOf {
		// A cue between two numbers describes only the closer one.
		for j, r := range cueOf {
			if i != j && list[i].sentence == list[j].sentence && q.between == r.between && q.from == r.from && r.nearer(q) {
				cueOf[i].kind = namesOther
			}
		}
		best = min(best, cueOf[i].kind)
	}
	if best == namesOther {
		return m.onlyNumber(list, whole)
	}
	chosen := -1
	for i, c := range list {
		switch {
		case cueOf[i].kind != best:
		case chosen < 0:
			chosen = i
		case list[chosen].bare != c.bare:
			return protocol.OneTimeCode{}, false
		}
	}
	code := list[chosen]
	for _, c := range list {
		alike := c.sentence == code.sentence && c.digits() == code.digits() && len(c.bare) == len(code.bare)
		if c.bare != code.bare && (alike || code.kind != plausible) {
			return protocol.OneTimeCode{}, false
		}
	}
	return protocol.OneTimeCode{Code: code.bare, Written: code.written}, true
}

// fits reports whether a cue is strong enough for the kind of the mention. The less a mention
// looks like a code, the more direct the cue must be.
func (m *messageText) fits(c mention, q cue) bool {
	if q.kind == namesOther || !q.inReach() || q.kind == asksForCode && !m.requestsCode && !m.leadsMessage(c) {
		return false
	}
	switch {
	case c.kind == lettersOnly:
		text := m.sentences[c.sentence]
		if _, state := words()["state"].in(fold(c.written)); state || m.capitals && q.link != linkColon {
			return false
		}
		if !q.before {
			return q.isDirect() && strings.Trim(text[:c.from], quotes) == ""
		}
		rest := strings.TrimLeft(text[c.to:], quotes)
		return q.isDirect() && q.link != unlinked && (rest == "" || strings.ContainsAny(rest[:1], ",-:"))
	case c.kind == unusual:
		return q.isDirect()
	case c.digits():
		return true
	case strings.ContainsFunc(c.bare, unicode.IsLower):
		return q.isDirect() && q.before && q.link != unlinked
	}
	return q.isDirect()
}

// requestsCode reports whether a message asks the reader to use a code ("use … to log in") or
// names one. A single verb is not enough: "use" or "enter" alone is in many messages.
func requestsCode(whole string) bool {
	asked := map[string]bool{}
	for _, q := range cues(whole) {
		if q.kind == namesCode {
			return true
		}
		if q.kind == asksForCode {
			asked[whole[q.from:q.to]] = true
		}
	}
	return len(asked) > 1
}

// leadsMessage reports whether the message begins with c and a punctuation mark, as in
// "650917 - your login".
func (m *messageText) leadsMessage(c mention) bool {
	text := m.sentences[c.sentence]
	after := strings.TrimLeft(text[c.to:], quotes)
	return c.sentence == 0 && strings.Trim(text[:c.from], quotes) == "" && after != "" && strings.ContainsAny(after[:1], ":-,=")
}

// onlyNumber returns the code of a message without usable cues: the only number, alone in its
// sentence, if the message names a code somewhere or has hardly any other words.
func (m *messageText) onlyNumber(list []mention, whole string) (protocol.OneTimeCode, bool) {
	c := list[0]
	for _, d := range list {
		if d.bare != c.bare {
			return protocol.OneTimeCode{}, false
		}
	}
	text := m.sentences[c.sentence]
	if c.kind != plausible || !c.digits() || strings.ContainsAny(text, "#№") && !strings.Contains(text, "<#>") || countWords(text[:c.from]+" "+text[c.to:]) > 1 {
		return protocol.OneTimeCode{}, false
	}
	allCues := cues(whole)
	named := slices.ContainsFunc(allCues, func(q cue) bool { return q.kind == namesCode })
	against := slices.ContainsFunc(allCues, func(q cue) bool { return q.kind == namesOther })
	if !named && (against || len(c.bare) < 5 || countWords(strings.Replace(strings.Join(m.sentences, " "), c.written, " ", 1)) > 3) {
		return protocol.OneTimeCode{}, false
	}
	return protocol.OneTimeCode{Code: c.bare, Written: c.written}, true
}

// countWords estimates the number of words in a text. A removed number counts as one, and four
// letters count as one in scripts without spaces.
func countWords(text string) int {
	n := 0
	for word := range strings.FieldsSeq(fold(text)) {
		n++
		if r, _ := utf8.DecodeRuneInString(word); !textnorm.IsSpacedScript(r) {
			n += utf8.RuneCountInString(word) / 4
		}
	}
	return n
}
