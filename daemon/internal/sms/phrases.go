package sms

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/logspanel/companion/shared/textnorm"
)

//go:embed words.txt
var wordList string

// kinds is a set of meanings of a phrase.
type kinds uint64

// The kinds, one for each section of words.txt, whose comments give examples.
const (
	kindCode    kinds = 1 << iota // a one-time code and nothing else
	kindSaid                      // a code, perhaps of another kind
	kindAsk                       // asks to use a code
	kindGoal                      // what the code is used for, and where
	kindOther                     // something else that has a number
	kindSubject                   // something else that has a number, which may be called its code
	kindThing                     // a telephone, card or account
	kindTail                      // the end of a number
	kindAction                    // a change that a code confirms
	kindEvent                     // tells of a sign-in or a change
	kindOffer                     // an offer, or a code that is none for signing in
	kindPrize                     // a prize
	kindBill                      // a bill
	kindMoney                     // a currency
	kindUnit                      // a unit
	kindTime                      // a unit of time
	kindIs                        // links a cue to its number
	kindNumber                    // an abbreviation of "number"
	kindOf                        // joins the word for a code and what it belongs to
	kindFor                       // says what the code is for
	kindAt                        // says where, when or to whom
	kindAnd                       // joins two numbers
	kindNot                       // negates
	kindShare                     // warns against passing the code on
	kindValid                     // says how long the code is valid
	kindVoid                      // says that the code is not valid
	kindAgo                       // says that a time has passed
	kindState                     // a word in place of a code
	kindEnglish                   // a word of English
	kindOld                       // an earlier code
	kindSent                      // says that a code was sent or changed, or is shown elsewhere
	kindConfirm                   // names a code, or the number of something booked
	kindBooked                    // something booked or ordered
	kindDone                      // tells of a payment that was made
	kindShow                      // asks to show a code to somebody, or to tell it
)

var sections = map[string]kinds{
	"code": kindCode, "said": kindSaid, "ask": kindAsk, "goal": kindGoal, "other": kindOther, "subject": kindSubject, "thing": kindThing,
	"tail": kindTail, "action": kindAction, "event": kindEvent, "offer": kindOffer, "prize": kindPrize, "bill": kindBill, "money": kindMoney,
	"unit": kindUnit, "time": kindTime, "is": kindIs, "number": kindNumber, "of": kindOf, "for": kindFor, "at": kindAt, "and": kindAnd,
	"not": kindNot, "share": kindShare, "valid": kindValid, "void": kindVoid, "ago": kindAgo, "state": kindState, "english": kindEnglish, "old": kindOld, "sent": kindSent, "confirm": kindSaid | kindConfirm,
	"booked": kindBooked, "done": kindDone, "show": kindShow,
}

const (
	namesCode  = kindCode | kindSaid
	namesOther = kindOther | kindSubject | kindThing | kindTail
	names      = namesCode | namesOther
)

// phrase is one entry of words.txt.
type phrase struct {
	text   string // folded
	open   bool   // whether the last word may go on: "code*" in words.txt
	suffix bool   // whether the first word may begin earlier: "*code"
	kinds  kinds
}

// lexicon has the phrases of words.txt.
type lexicon struct {
	byStart  map[string][]*phrase // by their first keyLetters letters, or all if they have fewer
	suffixes []*phrase            // those that may begin within a word
	exact    map[string]kinds     // the kinds of those that are neither open nor suffixes
	parts    map[string]bool      // the words of those that are no suffixes
}

// keyLetters is the number of letters in a key of byStart.
const keyLetters = 3

// words returns the phrases of words.txt. They are parsed when the first message is read.
var words = sync.OnceValue(func() *lexicon { return readWords(wordList) })

func readWords(list string) *lexicon {
	lex := &lexicon{byStart: map[string][]*phrase{}, exact: map[string]kinds{}, parts: map[string]bool{}}
	known := map[phrase]*phrase{}
	for line := range strings.Lines(list) {
		name, rest, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		for one := range strings.SplitSeq(rest, ",") {
			text, open := strings.CutSuffix(strings.TrimSpace(one), "*")
			text, suffix := strings.CutPrefix(text, "*")
			key := phrase{text: fold(text), open: open, suffix: suffix}
			if key.text == "" {
				continue
			}
			p := known[key]
			if p == nil {
				p = &key
				known[*p] = p
				lex.add(p)
			}
			p.kinds |= sections[name]
			if !open && !suffix {
				lex.exact[p.text] |= sections[name]
			}
		}
	}
	return lex
}

func (l *lexicon) add(p *phrase) {
	if p.suffix {
		l.suffixes = append(l.suffixes, p)
		return
	}
	for word := range strings.FieldsSeq(p.text) {
		l.parts[word] = true
	}
	start := firstLetters(p.text, keyLetters)
	l.byStart[start] = append(l.byStart[start], p)
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

// cue is one occurrence of a phrase in a folded text.
type cue struct {
	from, to int
	kinds    kinds
	letters  int // of the phrase, in bytes; an open phrase may be shorter than its word
}

// cues finds all phrases of a folded text, in the order of their beginnings.
func (l *lexicon) cues(text string) []cue {
	var found []cue
	before := ' '
	word := 0 // the beginning of the word
	for i, r := range text {
		if textnorm.IsBoundary(before, r) {
			if i > word {
				found = l.appendSuffixes(found, text, word, i)
			}
			word = i
			found = l.appendAt(found, text, i)
		}
		before = r
	}
	return l.appendSuffixes(found, text, word, len(text))
}

// appendAt appends the phrases that begin at a byte.
func (l *lexicon) appendAt(found []cue, text string, at int) []cue {
	for n := 1; n <= keyLetters; n++ {
		start := firstLetters(text[at:], n)
		for _, p := range l.byStart[start] {
			if !strings.HasPrefix(text[at:], p.text) {
				continue
			}
			to := at + len(p.text)
			if !endsWord(text, to) {
				if !p.open {
					continue
				}
				for to < len(text) && !endsWord(text, to) {
					_, size := utf8.DecodeRuneInString(text[to:])
					to += size
				}
			}
			found = append(found, cue{at, to, p.kinds, len(p.text)})
		}
		if len(start) == len(text)-at {
			break
		}
	}
	return found
}

// appendSuffixes appends the phrases that end the word from one byte to another, or stand within it.
func (l *lexicon) appendSuffixes(found []cue, text string, from, to int) []cue {
	word := text[from:to]
	for _, p := range l.suffixes {
		if strings.HasSuffix(word, p.text) || p.open && strings.Contains(word, p.text) {
			found = append(found, cue{from, to, p.kinds, len(p.text)})
		}
	}
	return found
}

// endsWord reports whether a word may end before a byte.
func endsWord(text string, at int) bool {
	if at == len(text) {
		return true
	}
	a, _ := utf8.DecodeLastRuneInString(text[:at])
	b, _ := utf8.DecodeRuneInString(text[at:])
	return textnorm.IsBoundary(a, b)
}

// fold folds prose. It does not divide names such as PayPal. Ligatures and half-width letters are
// written as the plain ones.
func fold(text string) string { return folder.Fold(norm.NFKC.String(text)) }

var folder = textnorm.Folder{Keep: "'/#"}

// namesCode reports whether a folded word ends with a word for a code.
func (l *lexicon) namesCode(word string) bool {
	return slices.ContainsFunc(l.cues(word), func(c cue) bool { return c.to == len(word) && c.kinds&namesCode != 0 })
}

// known reports whether a folded word is a phrase or the word of a longer one.
func (l *lexicon) known(word string) bool { return l.parts[word] || len(l.cues(word)) > 0 }
