package orders

import "time"

// clock tells the time by two clocks. What the spending limits count, and what is given
// up for good, must not rest on the computer's wall clock alone: anybody can set it, even
// while the program is not running. The second clock is the provider's time at its last
// answer, carried on by this process's monotonic clock. Before the first answer, it starts
// from the latest time in the journal.
type clock struct {
	wallTime     func() time.Time
	providerTime func() (now time.Time, answered bool) // nil: the provider never says
	opened       time.Time                             // with the monotonic reading
	journalTime  time.Time                             // the latest time in the journal when it was opened
}

// now is the wall clock's time. It may jump, and it runs on while the computer sleeps.
func (c *clock) now() time.Time { return c.wallTime().UTC().Round(0) }

// providerNow is the second clock's time. It never runs ahead of the provider's, and it
// stands still while the computer sleeps. answered reports whether the provider has told
// the time since the program started.
func (c *clock) providerNow() (now time.Time, answered bool) {
	if c.providerTime != nil {
		if now, answered := c.providerTime(); answered {
			return now.UTC().Round(0), true
		}
	}
	return c.journalTime.Add(time.Since(c.opened)), false
}

// earliestNow is the earlier of both clocks: a wait that has ended by it has ended for
// certain.
func (c *clock) earliestNow() time.Time {
	second, _ := c.providerNow()
	return earlierOf(c.now(), second)
}

// latestNow is the later of both clocks, to stamp what happens now and must not be
// forgotten too soon. A wall clock that is far ahead adds a day at most.
func (c *clock) latestNow() time.Time {
	second, _ := c.providerNow()
	return laterOf(second, earlierOf(c.now(), second.Add(limitWindow)))
}

func earlierOf(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
