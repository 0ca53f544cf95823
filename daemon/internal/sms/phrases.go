package sms

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/textnorm"
)

//go:embed words.txt
var wordList string

// phrases is a set of phrases, found in folded text.
type phrases []phrase

// phrase is one entry of words.txt.
type phrase struct {
	text string // folded
	open bool   // whether the last word may go on: "code*" in words.txt
	tail bool   // whether the first word may begin earlier: "*code"
}

// words returns the phrases of each section of words.txt. They are parsed when the first
// message is read.
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

// in reports whether folded text contains one of the phrases, and returns its text.
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

// ending returns the phrase that folded text ends with.
func (p phrases) ending(text string) (string, bool) {
	for _, one := range p {
		rest, ok := strings.CutSuffix(text, one.text)
		before, _ := utf8.DecodeLastRuneInString(rest)
		first, _ := utf8.DecodeRuneInString(one.text)
		if ok && (rest == "" || textnorm.IsBoundary(before, first)) {
			return one.text, true
		}
	}
	return "", false
}

// find returns the first byte at which the phrase stands between word boundaries, or -1.
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
		if (p.tail || at == 0 || textnorm.IsBoundary(before, first)) && (p.open || at+len(p.text) == len(text) || textnorm.IsBoundary(last, after)) {
			return at
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		from = at + size
	}
	return -1
}

// fold folds prose. It does not divide names such as PayPal, and it drops typographic
// apostrophes, so that "it’s" stays one word.
func fold(text string) string { return folder.Fold(strings.ReplaceAll(text, "’", "")) }

var folder = textnorm.Folder{Keep: "'/"}
