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

// cueKind is what a cue says. Kinds are bits, and a cue may have several.
type cueKind uint32

// The kinds of cue, one for each section of words.txt, whose comments give examples.
const (
	cueCode          cueKind = 1 << iota // a code that was sent, and nothing else
	cueLikely                            // a sent code, unless a card, captcha or address is near
	cueGeneric                           // a code of some kind
	cueOtherCode                         // a code or number of another kind, such as a promo code
	cueOtherField                        // a field for something else than a code
	cueNewPIN                            // a number that the person makes up
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
)

var cueKinds = map[string]cueKind{
	"code": cueCode, "likely": cueLikely, "generic": cueGeneric, "othercode": cueOtherCode, "otherfield": cueOtherField, "newpin": cueNewPIN, "card": cueCard,
	"address": cueAddress, "captcha": cueCaptcha, "honeypot": cueHoneypot, "sent": cueSent, "resend": cueResend, "send": cueSend, "announce": cueAnnounce, "enter": cueEnter, "enterit": cueEnterIt, "verify": cueVerify, "email": cueEmail, "app": cueApp,
	"phone": cuePhone, "mobile": cueMobile, "otherphone": cueOtherPhone, "landline": cueLandline, "country": cueCountry, "area": cueArea, "international": cueInternational, "national": cueNational,
}

// masks are phrases that say nothing where they lie within a longer one: a
// "country code" is no "code", and the number of a telephone no number to type.
var masks = []struct{ of, within cueKind }{
	{cueCode | cueLikely | cueGeneric | cueOtherCode | cueOtherField | cueNewPIN, cueCode | cueLikely | cueGeneric | cueOtherCode | cueOtherField | cueNewPIN | cuePhone | cueCountry},
	{cuePhone | cueMobile | cueOtherPhone | cueCountry, cuePhone | cueMobile | cueOtherPhone | cueCountry},
}

type phrase struct {
	text string // as fold writes it
	open bool   // the last word may go on
	says cueKind
}

// index finds phrases by their first letters.
type index map[string][]*phrase

// keyLetters is how many letters of a phrase are looked up.
const keyLetters = 3

// phrasesByStart is read when a page is first looked at: a worker that wakes has more
// urgent things to do.
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
		var says cueKind
		for _, name := range strings.Fields(names) {
			says |= cueKinds[name]
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
			p.says |= says
		}
	}
	return all
}

func firstLetters(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// reading is what one text says.
type reading struct {
	text string // folded
	says cueKind
	cues []cue
}

type cue struct {
	from, to int
	*phrase
}

// phrase is the first that says so, or "".
func (s reading) phrase(what cueKind) string {
	for _, h := range s.cues {
		if h.says&what != 0 {
			return h.text
		}
	}
	return ""
}

// read finds all phrases in folded text.
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
			if h.says&family.of != 0 && within(h, s.cues, family.within) {
				h.phrase = &phrase{h.text, h.open, h.says &^ family.of}
			}
		}
		if h.says != 0 {
			kept = append(kept, h)
			s.says |= h.says
		}
	}
	s.cues = kept
	return s
}

func within(h cue, all []cue, family cueKind) bool {
	for _, o := range all {
		if o.says&family != 0 && o.from <= h.from && h.to <= o.to && o.to-o.from > h.to-h.from {
			return true
		}
	}
	return false
}

// ends reports whether the phrase may end where rest follows.
func (p *phrase) ends(rest string) bool {
	last, _ := utf8.DecodeLastRuneInString(p.text)
	next, _ := utf8.DecodeRuneInString(rest)
	return p.open || rest == "" || textnorm.IsBoundary(last, next)
}

// fold folds a page's text or the name of a field, and takes off what Arabic glues on.
func fold(text string) string {
	folded := folder.Fold(text)
	if strings.Contains(folded, "ال") || strings.Contains(folded, "لل") {
		return withoutArticles(folded)
	}
	return folded
}

var folder = textnorm.Folder{Identifiers: true}

// withoutArticles takes off what Arabic glues to the front of a word.
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
