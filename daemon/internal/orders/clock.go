package orders

import "time"

// What the limits count, and what is given up for good, must not hang on the wall clock
// alone, which anybody can set, also while the program is not running. A second clock
// stands beside it: the provider's time at its last answer, run on by this process's
// own clock; before any answer, the latest time that the journal knows of.

// providerNow reads that clock. It never runs ahead of the provider's, and stands still
// while the computer sleeps.
func (s *Service) providerNow() (now time.Time, answered bool) {
	if s.opts.ProviderTime != nil {
		if now, answered := s.opts.ProviderTime(); answered {
			return now.UTC().Round(0), true
		}
	}
	return s.latest.Add(time.Since(s.opened)), false
}

// earlierNow is the time that has come by both clocks.
func (s *Service) earlierNow() time.Time {
	second, _ := s.providerNow()
	return earlier(s.now(), second)
}

// laterNow is the time of something that is happening, for what counts from then on: by
// the later clock, since a time too early would be forgotten too soon. A wall clock that
// is far ahead adds a day and no more.
func (s *Service) laterNow() time.Time {
	second, _ := s.providerNow()
	return later(second, earlier(s.now(), second.Add(limitWindow)))
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
