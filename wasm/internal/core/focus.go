package core

import "time"

// covered is a fill that waits for the popup to close: with that open the page has no
// keyboard, and takes some of what is typed for nothing.
type covered struct {
	fill Effect
	due  time.Time
}

// closing is how long a popup may take to close.
const closing = 300 * time.Millisecond

// fill fills, once the popup it was asked for in is out of the way. One in which the
// browser asks the person has to stay.
func (c *Core) fill(r request, fill Effect) {
	if r.page == 0 || c.pages[r.page] != "popup" || r.frame != "" || r.number() && c.state.Forgetful {
		c.do(fill)
		return
	}
	r.key = true
	c.requests[fill.Request] = r
	c.fills[r.page] = covered{fill, c.state.Now.Add(closing)}
	c.do(Effect{Do: Dismiss, Page: r.page})
	c.wake(closing)
}

// uncover does what has waited for a popup.
func (c *Core) uncover(page int) {
	if h, waits := c.fills[page]; waits {
		delete(c.fills, page)
		c.do(h.fill)
	}
}

// uncoverLate does what has waited for a popup that does not close.
func (c *Core) uncoverLate() {
	for page, h := range c.fills {
		if !c.state.Now.Add(early).Before(h.due) {
			c.uncover(page)
		}
	}
}
