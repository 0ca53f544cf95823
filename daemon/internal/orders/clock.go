package orders

import "time"

// clock combines two clocks. The spending limits and irreversible decisions must not depend
// on the computer's wall clock alone: anybody can set it, even while the program is not
// running. The second clock is the time in the provider's last answer, advanced by this
// process's monotonic clock. Before the first answer, it starts from the latest time in the
// journal.
type clock struct {
	wallTime     func() time.Time
	providerTime func() (now time.Time, answered bool) // nil: the provider's time is never known
	opened       time.Time                             // when the journal was opened, with the monotonic reading
	journalTime  time.Time                             // the latest time in the journal when it was opened
}

// now returns the wall clock's time. It may jump, and it runs on while the computer sleeps.
func (c *clock) now() time.Time { return c.wallTime().UTC().Round(0) }

// providerNow returns the second clock's time. It is never ahead of the provider's, and it
// stands still while the computer sleeps. answered reports whether it is based on an answer
// of the provider since the program started.
func (c *clock) providerNow() (now time.Time, answered bool) {
	if c.providerTime != nil {
		if now, answered := c.providerTime(); answered {
			return now.UTC().Round(0), true
		}
	}
	return c.journalTime.Add(time.Since(c.opened)), false
}

// earliestNow returns the earlier of both times: a wait that has ended by it has certainly
// ended.
func (c *clock) earliestNow() time.Time {
	second, _ := c.providerNow()
	return earlierOf(c.now(), second)
}

// latestNow returns the later of both times, to stamp what must not expire too soon. A wall
// clock that is far ahead adds limitWindow at most.
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
