package fields

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/textnorm"
)

//go:embed words.txt
var wordList string

// cueKind is what a cue is about. Kinds are bits, and a cue may have several.
type cueKind uint64

// The kinds of cue, one for each section of words.txt, whose comments give examples.
const (
	cueCode          cueKind = 1 << iota // a code that was sent, and nothing else
	cueLikely                            // a sent code, unless a card, captcha or address is near
	cueGeneric                           // a code of some kind
	cueOtherCode                         // a code or number of another kind, such as a promo code
	cueOtherField                        // a field for something other than a code
	cueNewPIN                            // a number that the person makes up
	cuePIN                               // a PIN or passcode that the person has
	cueRecovery                          // a recovery or backup code
	cueLastDigits                        // the last digits of a number or a card
	cuePersonal                          // a number that a state or bank gave the person
	cueSearch                            // a search of the page or site
	cueTopic                             // a thing that has a code of its own, such as a class or a document
	cueCard                              // a payment card
	cueAddress                           // a postal address
	cueCaptcha                           // a picture whose letters are to be copied
	cueHoneypot                          // a field to leave empty
	cueSent                              // something was sent to a telephone
	cueResend                            // an offer to send it again
	cueSend                              // an offer to send it for the first time
	cueAnnounce                          // a code is announced, but not sent yet
	cueEnter                             // a request to enter a code
	cueEnterIt                           // a request to enter the code just announced
	cueVerify                            // a check of who somebody is
	cueEmail                             // an email
	cueApp                               // an authenticator app
	cuePhone                             // a telephone number
	cueMobile                            // a mobile telephone
	cueOtherPhone                        // somebody else's telephone, or a fax
	cueLandline                          // a landline
	cueCountry                           // a country or its calling code
	cueArea                              // the area code of a number
	cueInternational                     // a number with its country's calling code
	cueNational                          // a number without it
	cueTrunk                             // a number with the zero that is dialled within its country
	cueNoTrunk                           // a number without that zero
)

// cueKinds maps the sections of words.txt to kinds.
var cueKinds = map[string]cueKind{
	"code": cueCode, "likely": cueLikely, "generic": cueGeneric, "othercode": cueOtherCode, "otherfield": cueOtherField, "newpin": cueNewPIN, "card": cueCard,
	"pin": cuePIN, "recovery": cueRecovery, "lastdigits": cueLastDigits, "personal": cuePersonal, "topic": cueTopic, "search": cueSearch,
	"address": cueAddress, "captcha": cueCaptcha, "honeypot": cueHoneypot, "sent": cueSent, "resend": cueResend, "send": cueSend, "announce": cueAnnounce, "enter": cueEnter, "enterit": cueEnterIt, "verify": cueVerify, "email": cueEmail, "app": cueApp,
	"phone": cuePhone, "mobile": cueMobile, "otherphone": cueOtherPhone, "landline": cueLandline, "country": cueCountry, "area": cueArea, "international": cueInternational, "national": cueNational, "trunk": cueTrunk, "notrunk": cueNoTrunk,
}

// otherCodes has the kinds that name a code or number that no text message brings.
const otherCodes = cueOtherCode | cueNewPIN | cuePIN | cueRecovery | cueLastDigits | cuePersonal

// masks lists the kinds that a phrase loses within a longer phrase of other kinds: the "code"
// in "country code" is no code.
var masks = []struct{ of, within cueKind }{
	{anyCode | otherCodes | cueOtherField, anyCode | otherCodes | cueOtherField | cuePhone | cueCountry},
	{cuePhone | cueMobile | cueOtherPhone | cueCountry, cuePhone | cueMobile | cueOtherPhone | cueCountry},
}

// phrase is one entry of words.txt.
type phrase struct {
	text  string // folded
	open  bool   // whether the last word may go on: "code*" in words.txt
	kinds cueKind
}

// index lists phrases by their first keyLetters letters, or all if they have fewer.
type index map[string][]*phrase

// keyLetters is the number of letters in a key of index.
const keyLetters = 3

// phrasesByStart returns the phrases of words.txt. They are parsed with the first page, not
// when the worker starts, which delays every event that wakes it.
var phrasesByStart = sync.OnceValue(func() index { return readWords(wordList) })

func readWords(list string) index {
	byText := map[phrase]*phrase{}
	all := index{}
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		names, rest, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		var kinds cueKind
		for _, name := range strings.Fields(names) {
			kinds |= cueKinds[name]
		}
		for one := range strings.SplitSeq(rest, ",") {
			text, open := strings.CutSuffix(strings.TrimSpace(one), "*")
			key := phrase{text: text, open: open}
			p := byText[key]
			if p == nil {
				p = &phrase{text: text, open: open}
				byText[key] = p
				start := firstLetters(text, keyLetters)
				all[start] = append(all[start], p)
			}
			p.kinds |= kinds
		}
	}
	return all
}

// firstLetters returns the first n letters of text, or all if it has fewer.
func firstLetters(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// reading is a text and the cues in it.
type reading struct {
	text  string  // folded
	kinds cueKind // the kinds of all cues
	cues  []cue   // in the order of their first letters
}

// cue is one occurrence of a phrase.
type cue struct {
	from, to int // bytes in the folded text
	*phrase
}

// phrase returns the text of the first cue of these kinds, or "".
func (s reading) phrase(kinds cueKind) string {
	for _, h := range s.cues {
		if h.kinds&kinds != 0 {
			return h.text
		}
	}
	return ""
}

// without returns a reading without the cues of these kinds.
func (s reading) without(kinds cueKind) reading {
	left := reading{text: s.text}
	for _, h := range s.cues {
		if h.kinds&kinds == 0 {
			left.cues = append(left.cues, h)
			left.kinds |= h.kinds
		}
	}
	return left
}

// read finds all cues in folded text.
func read(text string) reading {
	s := reading{text: text}
	phrases, before := phrasesByStart(), rune(0)
	for at, r := range text {
		if r != ' ' && r != '|' {
			for n := 1; n <= keyLetters; n++ {
				for _, p := range phrases[firstLetters(text[at:], n)] {
					if strings.HasPrefix(text[at:], p.text) && textnorm.IsBoundary(before, r) && p.ends(text[at+len(p.text):]) {
						s.cues = append(s.cues, cue{at, at + len(p.text), p})
					}
				}
				if len(firstLetters(text[at:], n)) == len(text)-at {
					break
				}
			}
		}
		before = r
	}
	kept := s.cues[:0:0]
	for _, h := range s.cues {
		for _, family := range masks {
			if h.kinds&family.of != 0 && within(h, s.cues, family.within) {
				h.phrase = &phrase{h.text, h.open, h.kinds &^ family.of}
			}
		}
		if h.kinds != 0 {
			kept = append(kept, h)
			s.kinds |= h.kinds
		}
	}
	s.cues = kept
	return s
}

// within reports whether h lies within a longer cue of these kinds.
func within(h cue, all []cue, family cueKind) bool {
	for _, o := range all {
		if o.kinds&family != 0 && o.from <= h.from && h.to <= o.to && o.to-o.from > h.to-h.from {
			return true
		}
	}
	return false
}

// ends reports whether the phrase may end before rest.
func (p *phrase) ends(rest string) bool {
	last, _ := utf8.DecodeLastRuneInString(p.text)
	next, _ := utf8.DecodeRuneInString(rest)
	return p.open || rest == "" || textnorm.IsBoundary(last, next)
}

// fold folds a text of a page or the name of a field, without Arabic articles.
func fold(text string) string {
	folded := folder.Fold(text)
	if strings.Contains(folded, "ال") || strings.Contains(folded, "لل") {
		return withoutArticles(folded)
	}
	return folded
}

var folder = textnorm.Folder{Identifiers: true}

// withoutArticles removes the articles that Arabic attaches to the front of words.
func withoutArticles(text string) string {
	words := strings.Split(text, " ")
	for i, w := range words {
		for _, article := range []string{"وال", "بال", "فال", "كال", "ال", "لل"} {
			if rest, ok := strings.CutPrefix(w, article); ok && utf8.RuneCountInString(rest) > 1 {
				words[i] = rest
				break
			}
		}
	}
	return strings.Join(words, " ")
}
