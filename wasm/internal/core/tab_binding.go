package core

import (
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/fields"
)

// tabBinding says where an order's code goes by itself: into the tab that the person
// filled the number into, while that shows the same site.
type tabBinding struct {
	Tab         int       `json:"tab"`
	Origin      string    `json:"origin"`          // of the top page
	Frame       string    `json:"frame,omitempty"` // the origin of a frame of another site in it, which the person named
	Done        bool      `json:"done"`            // filled, or tried: never again by itself
	SearchUntil time.Time `json:"until,omitzero"`  // when looking for the code's field ends
}

// fieldTimeout is how long after its code has come a page is watched for its field.
const fieldTimeout = 10 * time.Minute

// bind makes the page that a number was filled into the place of its code.
func (c *Core) bind(r request) {
	c.bindings[r.orderID] = &tabBinding{Tab: r.tab, Origin: r.site, Frame: r.frame}
	c.setBound(r.orderID, true)
}

func (c *Core) setBound(orderID string, bound bool) {
	if fill, known := c.state.Fills[orderID]; known || bound {
		fill.Bound = bound
		c.state.Fills[orderID] = fill
	}
}

// orderChanged fills a code that has come into the tab that it is bound to, and
// unbinds orders that get none any more.
func (c *Core) orderChanged(o protocol.Order) {
	b := c.bindings[o.ID]
	if b == nil || b.Done {
		return
	}
	switch {
	case o.CodeReady && c.state.Preferences.ManualFill: // it waits for a click
	case o.CodeReady:
		c.fillBound(o.ID)
	case !o.Open():
		c.unbind(o.ID)
	}
}

// fillBound fills a code where it is bound to, or looks for its field once more.
func (c *Core) fillBound(orderID string) {
	b := c.bindings[orderID]
	code, sure := c.codeOf(orderID)
	if b == nil || b.Done || !sure {
		return
	}
	if b.SearchUntil.IsZero() {
		b.SearchUntil = c.state.Now.Add(fieldTimeout)
	}
	for id, r := range c.requests {
		if r.orderID == orderID && !r.manual {
			r.pageChanged = true
			c.requests[id] = r
			return
		}
	}
	c.describe(request{tab: b.Tab, site: b.Origin, orderID: orderID, code: code, frame: b.Frame})
}

// finishBinding ends a binding that has done its work.
func (c *Core) finishBinding(orderID string) {
	if b := c.bindings[orderID]; b != nil && !b.Done {
		b.Done = true
		c.setBound(orderID, false)
		c.do(Effect{Do: WatchTab, Tab: b.Tab})
	}
}

func (c *Core) unbind(orderID string) {
	c.finishBinding(orderID)
	delete(c.bindings, orderID)
}

// expireBindings ends the bindings whose field did not come: nothing runs in a page for longer
// than a person waits.
func (c *Core) expireBindings() {
	for id, b := range c.bindings {
		if !b.Done && !b.SearchUntil.IsZero() && c.state.Now.After(b.SearchUntil) {
			c.unbind(id)
		}
	}
}

// tabChanged tries again where a code waits for its field. A page that is gone answers
// nothing any more. A click ends with the site that it was made on.
func (c *Core) tabChanged(tab int, origin string) {
	if p := c.pendingClick; p != nil && p.tab == tab && !fields.SameSite(origin, p.site) {
		c.pendingClick = nil
	}
	for id, r := range c.requests {
		if r.tab == tab && r.kind == Describe && !r.manual {
			delete(c.requests, id)
		}
	}
	for id, b := range c.bindings {
		if b.Tab == tab && !b.Done && !c.state.Preferences.ManualFill {
			c.fillBound(id)
		}
	}
}

func (c *Core) tabClosed(tab int) {
	if c.pendingClick != nil && c.pendingClick.tab == tab {
		c.pendingClick = nil
	}
	for id, b := range c.bindings {
		if b.Tab == tab {
			c.unbind(id)
		}
	}
}
