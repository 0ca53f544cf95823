package core

import (
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/site"
	"github.com/logspanel/companion/wasm/internal/view"
)

// resumeWithin is how long a popup may be closed and still reopen where it was. Going to another
// window closes the popup, so this is long enough to look something up there.
const resumeWithin = 2 * time.Minute

// openPopup prepares the popup for the tab that it opens over. It resumes where the person was, or
// shows what matters most now.
func (c *Core) openPopup(a view.Action) {
	c.daemon.connect()
	if a.Tab == nil {
		return
	}
	same := a.Tab.ID == c.state.Tab.ID && a.Tab.Origin == c.state.Tab.Origin
	if same && (a.Text == alreadyOpen || c.state.Now.Sub(c.lastActionAt) < resumeWithin && c.isUnfinished()) {
		if c.state.Offers == nil {
			c.findProposed()
		}
		c.retryQuote()
		return
	}
	c.lastActionAt, c.quoteAction = c.state.Now, nil
	c.state.Tab = *a.Tab
	c.state.Tab.Service = ""
	if c.state.Connection != view.ConnectionUnpaired { // when unpaired, the problem says why pairing failed
		c.state.Problem = nil
	}
	c.state.Section, c.state.Product, c.state.Query, c.state.ListQuery, c.state.Filter = view.SectionNumber, view.ProductNumbers, "", "", view.FilterAll
	c.state.First, c.state.Offers, c.state.NewerOffers, c.state.Quote, c.state.WantsSecondCode = 0, nil, nil, nil, false
	c.lists.clear()
	c.state.OrderID = c.urgentOrder()
	c.findProposed()
}

// alreadyOpen is the text of an open action from a page that was open before the worker started.
const alreadyOpen = "again"

// isUnfinished reports whether the person was in the middle of something that nothing more urgent
// displaces.
func (c *Core) isUnfinished() bool {
	quoted := c.state.Quote != nil && c.state.Now.Before(c.state.Quote.Intent.ExpiresAt)
	return quoted || c.urgentOrder() == "" && c.state.Query != ""
}

// findProposed proposes offers for the open site. If its address names no service, it asks the page
// for its names.
func (c *Core) findProposed() {
	var names []string
	if c.state.Tab.Origin != "" {
		names = site.ServiceNames(c.state.Tab.Host)
	}
	c.offers.propose(names)
	if c.state.Tab.Service == "" && c.state.Tab.Origin != "" {
		c.filler.sendRequest(request{kind: ReadSiteNames, tab: c.state.Tab.ID, site: c.state.Tab.Origin})
	}
}

// siteNamesRead proposes the service that the page itself names, if its address names none. That is
// a guess: a page can call itself anything.
func (c *Core) siteNamesRead(e Event) {
	r := c.filler.takeRequest(e)
	if r.kind == ReadSiteNames && r.tab == c.state.Tab.ID && c.state.Tab.Service == "" {
		c.offers.guess(site.GuessNames(c.state.Tab.Host, e.SiteNames))
	}
}

// urgentOrder returns the id of the order to show first, or "": one of this browser that waits for
// its code or has just received it.
func (c *Core) urgentOrder() string {
	if c.state.Snapshot == nil {
		return ""
	}
	for _, o := range c.state.Snapshot.Orders {
		fresh := o.State == protocol.OrderReceived && c.state.Now.Before(o.Deadline)
		if o.State == protocol.OrderWaiting || fresh {
			return o.ID
		}
	}
	return ""
}

// refreshShown reloads what the open section shows.
func (c *Core) refreshShown() {
	if c.state.Section == view.SectionOrders || c.state.Section == view.SectionCatalogue {
		c.lists.refresh(c.state.Section, c.state.Product)
		return
	}
	c.offers.find()
}

// back leaves the topmost screen: an unconfirmed purchase, or else an order.
func (c *Core) back() {
	if c.state.Quote != nil {
		c.state.Quote, c.state.Areas, c.state.AreaCode = nil, nil, ""
		return
	}
	c.state.OrderID, c.state.WantsSecondCode = "", false
	if c.offers.shown() {
		c.offers.find()
	}
}
