package fields

import (
	"strings"
	"unicode"
)

// codeCues is what a promise takes back.
const codeCues = cueCode | cueLikely | cueGeneric | cueSent | cueSend

// readUnannounced reads texts. What a sentence promises is not there yet: "we will text you a code"
// says nothing of a code that could be typed now. Of such a sentence the rest counts.
// Where the text goes on to ask for it, the code is on its way.
func readUnannounced(texts ...string) reading {
	s := read(foldParts(texts...))
	if s.says&cueAnnounce == 0 || s.says&cueEnterIt != 0 {
		return s
	}
	for _, sentence := range sentences(texts) {
		if s.announces(sentence) {
			s.strike(sentence, codeCues)
		}
	}
	return s
}

// span is a part of a folded text.
type span struct{ from, to int }

func (s span) has(h cue) bool { return s.from <= h.from && h.to <= s.to }

// sentences are where the sentences of the texts stand in foldParts of them. Folding takes
// away what ends a sentence, so each is folded by itself.
func sentences(texts []string) []span {
	var spans []span
	at := 0
	for _, text := range texts {
		if fold(text) == "" {
			continue
		}
		if at > 0 {
			at += len(" | ") - len(" ")
		}
		for sentence := range strings.FieldsFuncSeq(text, endsSentence()) {
			if n := len(fold(sentence)); n > 0 {
				spans = append(spans, span{at, at + n})
				at += n + len(" ")
			}
		}
	}
	return spans
}

// endsSentence reports where a sentence ends. A full stop after a few letters belongs to a
// short form, such as "no." or "tel.".
func endsSentence() func(rune) bool {
	letters := 0
	return func(r rune) bool {
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r):
			letters++
			return false
		case r == '.':
			return letters > 3
		}
		letters = 0
		return strings.ContainsRune("!?;。！？；؟।۔…\n", r)
	}
}

// promises reports whether a sentence only promises a code: it asks for none, and none
// was sent before.
func (s reading) announces(sentence span) bool {
	promised := false
	for _, h := range s.cues {
		if !sentence.has(h) {
			continue
		}
		switch {
		case h.says&(cueEnter|cueResend) != 0:
			return false
		case h.says&cueAnnounce != 0 && !s.within(h, cueSent):
			promised = true
		case h.says&cueSent != 0 && h.says&cueMobile == 0 && !s.overlaps(h, cueAnnounce|cueVerify|cueMobile):
			return false
		}
	}
	return promised
}

// overlaps reports whether a hit shares letters with another one that says so.
func (s reading) overlaps(h cue, what cueKind) bool {
	for _, o := range s.cues {
		if o.says&what != 0 && o.from < h.to && h.from < o.to {
			return true
		}
	}
	return false
}

// strike takes back what a part of the text says of some things.
func (s *reading) strike(part span, what cueKind) {
	kept := s.cues[:0:0]
	s.says = 0
	for _, h := range s.cues {
		if part.has(h) && h.says&what != 0 {
			h.phrase = &phrase{h.text, h.open, h.says &^ what}
		}
		if h.says != 0 {
			kept = append(kept, h)
			s.says |= h.says
		}
	}
	s.cues = kept
}
