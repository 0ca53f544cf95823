package sms

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

// candidates are the mentions of one kind that nothing speaks against.
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

// isVoid reports whether the sentence says that its code is none any more.
func (m *messageText) isVoid(c mention) bool {
	_, found := words()["void"].in(fold(m.sentences[c.sentence]))
	return found
}

// isAmount reports whether a number is an amount of something: "4500 naira".
func (m *messageText) isAmount(c mention) bool {
	text := m.sentences[c.sentence]
	before, after := fold(text[:c.from]), fold(text[c.to:])
	if p, priced := words()["money"].ending(before); priced && !endsInDigit(strings.TrimSuffix(before, p)) {
		return true // "KSh 2500", and not "¦0¦ EUR 482913"
	}
	return words()["money"].beginning(after) || words()["unit"].beginning(after)
}

func endsInDigit(text string) bool {
	text = strings.TrimRight(text, " ")
	return text != "" && textnorm.IsDigit(rune(text[len(text)-1]))
}

// looksLikeWord reports whether letters and digits read like a word: "SAVE20".
func looksLikeWord(written string) bool {
	letters := strings.TrimRight(written, "0123456789")
	return len(letters) >= 4 && len(letters) < len(written) && !strings.ContainsAny(letters, "0123456789-")
}

// choose takes the one mention that is said to be the code.
func (m *messageText) choose(list []mention, whole string) (protocol.OneTimeCode, bool) {
	said := make([]cue, len(list))
	best := namesOther
	for i, c := range list {
		q, ok := m.cueFor(c, list)
		if !ok || !m.fits(c, q) {
			q.kind = namesOther
		}
		said[i] = q
	}
	for i, q := range said {
		// What stands between two numbers speaks of one of them.
		for j, r := range said {
			if i != j && list[i].sentence == list[j].sentence && q.between == r.between && q.from == r.from && r.nearer(q) {
				said[i].kind = namesOther
			}
		}
		best = min(best, said[i].kind)
	}
	if best == namesOther {
		return m.onlyNumber(list, whole)
	}
	chosen := -1
	for i, c := range list {
		switch {
		case said[i].kind != best:
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

// fits reports whether a cue is enough for a mention.
func (m *messageText) fits(c mention, q cue) bool {
	if q.kind == namesOther || !q.near() || q.kind == asksForCode && !m.asks && !m.leadsMessage(c) {
		return false
	}
	switch {
	case c.kind == lettersOnly:
		text := m.sentences[c.sentence]
		if _, state := words()["state"].in(fold(c.written)); state || m.capitals && q.link != linkColon {
			return false
		}
		if !q.before {
			return q.sure() && strings.Trim(text[:c.from], quotes) == ""
		}
		rest := strings.TrimLeft(text[c.to:], quotes)
		return q.sure() && q.link != unlinked && (rest == "" || strings.ContainsAny(rest[:1], ",-:"))
	case c.kind == unusual:
		return q.sure()
	case c.digits():
		return true
	case strings.ContainsFunc(c.bare, unicode.IsLower):
		return q.sure() && q.before && q.link != unlinked
	}
	return q.sure()
}

// asks reports whether a message asks for a code to be used: "use … to log in".
// One such word alone is in many messages.
func asks(whole string) bool {
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

// leadsMessage reports whether a message begins with the number and a mark: "650917 - your login".
func (m *messageText) leadsMessage(c mention) bool {
	text := m.sentences[c.sentence]
	after := strings.TrimLeft(text[c.to:], quotes)
	return c.sentence == 0 && strings.Trim(text[:c.from], quotes) == "" && after != "" && strings.ContainsAny(after[:1], ":-,=")
}

// onlyNumber takes a number that stands by itself, in a message that speaks of a code or
// says next to nothing.
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
	speaks := cues(whole)
	named := slices.ContainsFunc(speaks, func(q cue) bool { return q.kind == namesCode })
	against := slices.ContainsFunc(speaks, func(q cue) bool { return q.kind == namesOther })
	if !named && (against || len(c.bare) < 5 || countWords(strings.Replace(strings.Join(m.sentences, " "), c.written, " ", 1)) > 3) {
		return protocol.OneTimeCode{}, false
	}
	return protocol.OneTimeCode{Code: c.bare, Written: c.written}, true
}

// countWords is roughly how many words a text has, a number that was noise among them.
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
