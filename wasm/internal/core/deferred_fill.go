package core

import "time"

// deferredFill is a fill that waits for the popup to close: with that open the page has no
// keyboard, and takes some of what is typed for nothing.
type deferredFill struct {
	fill Effect
	due  time.Time
}

// popupCloseTimeout is how long a popup may take to close.
const popupCloseTimeout = 300 * time.Millisecond

// startFill fills, once the popup it was asked for in is out of the way. One in which the
// browser asks the person has to stay.
func (c *Core) startFill(r request, fill Effect) {
	if r.popup == 0 || c.pages[r.popup] != "popup" || r.frame != "" || r.forNumber() && c.state.NeedsSitePermission {
		c.do(fill)
		return
	}
	r.noPopup = true
	c.requests[fill.Request] = r
	c.deferredFills[r.popup] = deferredFill{fill, c.state.Now.Add(popupCloseTimeout)}
	c.do(Effect{Do: ClosePopup, Page: r.popup})
	c.wake(popupCloseTimeout)
}

// runDeferredFill does what has waited for a popup.
func (c *Core) runDeferredFill(page int) {
	if deferred, waits := c.deferredFills[page]; waits {
		delete(c.deferredFills, page)
		c.do(deferred.fill)
	}
}

// runOverdueFills does what has waited for a popup that does not close.
func (c *Core) runOverdueFills() {
	for page, deferred := range c.deferredFills {
		if !c.state.Now.Add(timerSlack).Before(deferred.due) {
			c.runDeferredFill(page)
		}
	}
}
