package sms

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/textnorm"
)

// Marks in folded text, in place of numbers and punctuation. A space stands on both sides.
const (
	markCandidate = '\x01'
	markNumber    = '\x02' // noise
	markSentence  = '.'
	markLine      = '\n'
	markClause    = ','
	markColon     = ':' // also a dash or an equals sign
	markOpen      = '('
	markClose     = ')'
)

// message is a text in the form in which candidates are weighed.
type message struct {
	folded     string // words and marks
	candidates []candidate
	cues       []cue
	has        kinds        // of all cues
	capitals   bool         // whether there is no small letter
	wordCount  int          // in folded, estimated
	taken      map[int]bool // by the byte at which a word for a code begins, whether a candidate follows it at once
}

// The highest numbers of candidates and cues in a message that is read for a code.
const (
	maxCandidates = 24
	maxCues       = 200
)

// newMessage reads a cleaned text.
func newMessage(text string) *message {
	percent := strings.Contains(text, "%")
	text = withoutNoise(strings.ReplaceAll(text, "’", "'"))
	m := &message{capitals: !strings.ContainsFunc(text, unicode.IsLower)}
	list := candidates(text)
	if !slices.ContainsFunc(list, func(c candidate) bool { return c.shape != shapeMasked }) {
		list = append(list, letterCandidates(text)...)
		slices.SortFunc(list, func(a, b candidate) int { return a.from - b.from })
	}
	var b strings.Builder
	at := 0
	for _, c := range list {
		appendFolded(&b, text, at, c.from)
		b.WriteByte(' ')
		c.at = b.Len()
		b.WriteByte(markCandidate)
		m.candidates = append(m.candidates, c)
		at = c.to
	}
	appendFolded(&b, text, at, len(text))
	m.folded = b.String()
	m.cues = meanings(m.folded, words().cues(m.folded))
	for _, c := range m.cues {
		m.has |= c.kinds
	}
	if percent {
		m.has |= kindOffer
	}
	m.wordCount = countWords(m.folded)
	return m
}

// appendFolded folds the part of a text from one byte to another, with marks in place of its
// punctuation.
func appendFolded(b *strings.Builder, text string, from, to int) {
	word := from
	mark := func(from, to int, mark rune) {
		for piece := range strings.FieldsSeq(fold(oneScript(text[word:from]))) {
			b.WriteByte(' ')
			b.WriteString(withoutLeet(piece))
		}
		word = to
		if mark != ' ' {
			b.WriteByte(' ')
			b.WriteRune(mark)
		}
	}
	for i, r := range text[:to] {
		if i < word {
			continue
		}
		size := utf8.RuneLen(r)
		next := text[i+size:]
		switch {
		case strings.HasPrefix(text[i:], strings.TrimSpace(noiseMark)):
			mark(i, i+len(strings.TrimSpace(noiseMark)), markNumber)
		case r == '\n':
			mark(i, i+size, markLine)
		case strings.ContainsRune("?!", r) && startsWithLetter(next):
			mark(i, i+size, ' ') // a letter that was lost
		case strings.ContainsRune("。！？!?؟।;።။។", r), r == '.' && endsSentence(text[:i], next):
			mark(i, i+size, markSentence)
		case strings.ContainsRune(",،؛", r):
			mark(i, i+size, markClause)
		case strings.ContainsRune(":=→➜：", r):
			mark(i, i+size, markColon)
		case r == '-' && isDash(text[:i], next):
			mark(i, i+size, markColon)
		case strings.ContainsRune("([【{", r):
			mark(i, i+size, markOpen)
		case strings.ContainsRune(")]】}", r):
			mark(i, i+size, markClose)
		case r == '№':
			mark(i, i+size, ' ')
			b.WriteString(" #")
		}
	}
	mark(to, to, ' ')
}

func startsWithLetter(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLower(r)
}

// endsSentence reports whether a full stop between two texts ends a sentence. Before a digit it
// follows an abbreviation ("no. 4821") or a whole word.
func endsSentence(before, after string) bool {
	next := strings.TrimLeft(after, " ")
	first, _ := utf8.DecodeRuneInString(next)
	spaced := after == "" || after[0] == ' ' || after[0] == '\n'
	last, _ := utf8.DecodeLastRuneInString(before)
	switch {
	case before == "" || textnorm.IsDigit(last):
		return spaced || unicode.IsUpper(first)
	case !spaced || unicode.IsLower(first):
		return false
	case textnorm.IsDigit(first):
		word := before[strings.LastIndexAny(before, " \n")+1:]
		return utf8.RuneCountInString(word) > maxAbbreviation && words().exact[fold(word)]&(kindNumber|kindOther) == 0
	}
	return true
}

// maxAbbreviation is the length of the longest abbreviation that a full stop follows.
const maxAbbreviation = 3

// isDash reports whether a hyphen between two texts is a dash rather than a part of a word.
func isDash(before, after string) bool {
	return before == "" || after == "" || before[len(before)-1] == ' ' || after[0] == ' ' || after[0] == '\n'
}

// leet maps digits to the letters that they stand for in "0TP".
var leet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "5", "s")

// withoutLeet returns the word for a code that a folded word is written for with digits, or else
// the word itself.
func withoutLeet(word string) string {
	if !strings.ContainsAny(word, "0135") || !strings.ContainsFunc(word, unicode.IsLetter) {
		return word
	}
	if plain := leet.Replace(word); words().exact[plain]&namesCode != 0 {
		return plain
	}
	return word
}

// countWords estimates the number of words in a folded text. Four letters count as one in
// scripts without spaces.
func countWords(folded string) int {
	n := 0
	for word := range strings.FieldsSeq(folded) {
		r, _ := utf8.DecodeRuneInString(word)
		switch {
		case r == markNumber:
			n++
		case r < '0' && r != '#' || r == markColon:
		case textnorm.IsSpacedScript(r):
			n++
		default:
			n += 1 + utf8.RuneCountInString(word)/4
		}
	}
	return n
}
