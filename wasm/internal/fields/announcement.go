package fields

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// codeCues are the cues that do not count in an announcement.
const codeCues = cueCode | cueLikely | cueGeneric | cueSent | cueSend

// readUnannounced reads texts without the codes that they only announce: after "we will text
// you a code" there is no code to type yet. Other cues of such a sentence count. If the text
// goes on to ask for the code, all cues count, because the code is on its way.
func readUnannounced(texts ...string) reading {
	s := read(foldParts(texts...))
	if s.kinds&cueAnnounce == 0 || s.kinds&cueEnterIt != 0 {
		return s
	}
	for _, sentence := range sentences(texts) {
		if s.announces(sentence) {
			s.strike(sentence, codeCues)
		}
	}
	return s
}

// span is a part of a folded text, in bytes.
type span struct{ from, to int }

func (s span) has(h cue) bool { return s.from <= h.from && h.to <= s.to }

// sentences returns the spans of the sentences of texts within foldParts(texts...). Folding
// removes the punctuation that ends a sentence, so each one is folded by itself to measure it.
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
		for _, sentence := range splitSentences(text) {
			if n := len(fold(sentence)); n > 0 {
				spans = append(spans, span{at, at + n})
				at += n + len(" ")
			}
		}
	}
	return spans
}

// splitSentences returns the sentences of a text, without the marks that end them. A full stop
// after three letters or fewer belongs to an abbreviation, such as "no." or "tel.".
func splitSentences(text string) (list []string) {
	from, letters := 0, 0
	for at, r := range text {
		ends := false
		switch {
		case unicode.IsLetter(r) || unicode.IsMark(r):
			letters++
		case r == '.':
			ends = letters > 3
		default:
			letters = 0
			ends = strings.ContainsRune("!?;。！？；؟।۔…\n", r)
		}
		if ends {
			list = append(list, text[from:at])
			from = at + utf8.RuneLen(r)
		}
	}
	return append(list, text[from:])
}

// announces reports whether a sentence only announces a code: it does not ask for one, and
// does not say that one was sent.
func (s reading) announces(sentence span) bool {
	announced := false
	for _, h := range s.cues {
		if !sentence.has(h) {
			continue
		}
		switch {
		case h.kinds&(cueEnter|cueResend) != 0:
			return false
		case h.kinds&cueAnnounce != 0 && !s.within(h, cueSent):
			announced = true
		case h.kinds&cueSent != 0 && h.kinds&cueMobile == 0 && !s.overlaps(h, cueAnnounce|cueVerify|cueMobile):
			return false
		}
	}
	return announced
}

// overlaps reports whether a cue of these kinds shares letters with h.
func (s reading) overlaps(h cue, kinds cueKind) bool {
	for _, o := range s.cues {
		if o.kinds&kinds != 0 && o.from < h.to && h.from < o.to {
			return true
		}
	}
	return false
}

// strike removes some kinds from the cues within part.
func (s *reading) strike(part span, kinds cueKind) {
	kept := s.cues[:0:0]
	s.kinds = 0
	for _, h := range s.cues {
		if part.has(h) && h.kinds&kinds != 0 {
			h.phrase = &phrase{h.text, h.open, h.kinds &^ kinds}
		}
		if h.kinds != 0 {
			kept = append(kept, h)
			s.kinds |= h.kinds
		}
	}
	s.cues = kept
}
