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

// section is a kind of thing that a phrase can say.
type section uint32

// The sections of words.txt.
const (
	aCode section = 1 << iota
	aDoubt
	aWeak
	anAgainst
	anOther
	aChoose
	aCard
	aPlace
	aPicture
	aTrap
	aSent
	aResend
	aSend
	aPromise
	anAsking
	asksForIt
	aVerify
	anEmail
	anApp
	aPhone
	aMobile
	aNotPhone
	aFixed
	aCountry
	anArea
	anAbroad
	aHome
)

var sections = map[string]section{
	"code": aCode, "doubt": aDoubt, "weak": aWeak, "against": anAgainst, "other": anOther, "choose": aChoose, "card": aCard,
	"place": aPlace, "picture": aPicture, "trap": aTrap, "sent": aSent, "resend": aResend, "send": aSend, "promise": aPromise, "ask": anAsking, "it": asksForIt, "verify": aVerify, "email": anEmail, "app": anApp,
	"phone": aPhone, "mobile": aMobile, "notphone": aNotPhone, "fixed": aFixed, "country": aCountry, "area": anArea, "abroad": anAbroad, "home": aHome,
}

// families are phrases that say nothing where they lie within a longer one: a
// "country code" is no "code", and the number of a telephone no number to type.
var families = []struct{ of, within section }{
	{aCode | aDoubt | aWeak | anAgainst | anOther | aChoose, aCode | aDoubt | aWeak | anAgainst | anOther | aChoose | aPhone | aCountry},
	{aPhone | aMobile | aNotPhone | aCountry, aPhone | aMobile | aNotPhone | aCountry},
}

type phrase struct {
	text string // as fold writes it
	open bool   // the last word may go on
	says section
}

// index finds phrases by their first letters.
type index map[string][]*phrase

// keyLetters is how many letters of a phrase are looked up.
const keyLetters = 3

// phraseIndex is read when a page is first looked at: a worker that wakes has more
// urgent things to do.
var phraseIndex = sync.OnceValue(func() index { return readWords(wordList) })

func readWords(list string) index {
	byText := map[phrase]*phrase{}
	all := index{}
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		names, rest, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		var says section
		for _, name := range strings.Fields(names) {
			says |= sections[name]
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

// said is what one text says.
type said struct {
	text string // folded
	says section
	hits []hit
}

type hit struct {
	from, to int
	*phrase
}

// phrase is the first that says so, or "".
func (s said) phrase(what section) string {
	for _, h := range s.hits {
		if h.says&what != 0 {
			return h.text
		}
	}
	return ""
}

// read finds all phrases in folded text.
func read(text string) said {
	s := said{text: text}
	phrases, before := phraseIndex(), rune(0)
	for at, r := range text {
		if r != ' ' && r != '|' {
			for n := 1; n <= keyLetters; n++ {
				for _, p := range phrases[firstLetters(text[at:], n)] {
					if strings.HasPrefix(text[at:], p.text) && textnorm.IsBoundary(before, r) && p.ends(text[at+len(p.text):]) {
						s.hits = append(s.hits, hit{at, at + len(p.text), p})
					}
				}
				if len(firstLetters(text[at:], n)) == len(text)-at {
					break
				}
			}
		}
		before = r
	}
	kept := s.hits[:0:0]
	for _, h := range s.hits {
		for _, family := range families {
			if h.says&family.of != 0 && within(h, s.hits, family.within) {
				h.phrase = &phrase{h.text, h.open, h.says &^ family.of}
			}
		}
		if h.says != 0 {
			kept = append(kept, h)
			s.says |= h.says
		}
	}
	s.hits = kept
	return s
}

func within(h hit, all []hit, family section) bool {
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
