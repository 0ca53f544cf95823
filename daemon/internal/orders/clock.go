package orders

import "time"

// What the limits count, and what is given up for good, must not hang on the wall clock
// alone, which anybody can set, also while the program is not running. A second clock
// stands beside it: the provider's time at its last answer, run on by this process's
// own clock; before any answer, the latest time that the journal knows of.

// second reads that clock. It never runs ahead of the provider's, and stands still
// while the computer sleeps.
func (b *Book) second() (now time.Time, told bool) {
	if b.opts.ProviderTime != nil {
		if now, told := b.opts.ProviderTime(); told {
			return now.UTC().Round(0), true
		}
	}
	return b.latest.Add(time.Since(b.opened)), false
}

// sure is the time that has come by both clocks.
func (b *Book) sure() time.Time {
	second, _ := b.second()
	return earlier(b.now(), second)
}

// stamp is the time of something that is happening, for what counts from then on: by
// the later clock, since a time too early would be forgotten too soon. A wall clock that
// is far ahead adds a day and no more.
func (b *Book) stamp() time.Time {
	second, _ := b.second()
	return later(second, earlier(b.now(), second.Add(limitWindow)))
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
