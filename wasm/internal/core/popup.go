package core

import (
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/site"
	"github.com/logspanel/companion/wasm/internal/view"
)

// resumeWithin is how long a popup may be closed and still go on where it was: long enough to
// fetch something from another window, which closes it.
const resumeWithin = 2 * time.Minute

// openPopup begins a visit: over which tab, and what matters now.
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
	if c.state.Connection != view.ConnectionUnpaired { // where it says why pairing failed
		c.state.Problem = nil
	}
	c.state.Section, c.state.Product, c.state.Query, c.state.ListQuery, c.state.Filter = view.SectionNumber, view.ProductNumbers, "", "", view.FilterAll
	c.state.First, c.state.Offers, c.state.NewerOffers, c.state.Quote, c.state.WantsSecondCode = 0, nil, nil, nil, false
	c.lists.clear()
	c.state.OrderID = c.urgentOrder()
	c.findProposed()
}

// alreadyOpen is what a page says that was open already when the worker started.
const alreadyOpen = "again"

// isUnfinished reports that the person was about to do something, and nothing has become
// more urgent.
func (c *Core) isUnfinished() bool {
	quoted := c.state.Quote != nil && c.state.Now.Before(c.state.Quote.Intent.ExpiresAt)
	return quoted || c.urgentOrder() == "" && c.state.Query != ""
}

// findProposed looks up what the open site belongs to.
func (c *Core) findProposed() {
	var names []string
	if c.state.Tab.Origin != "" {
		names = site.ServiceNames(c.state.Tab.Host)
	}
	c.offers.propose(names...)
	if c.state.Tab.Service == "" && c.state.Tab.Origin != "" {
		c.filler.sendRequest(request{kind: ReadSiteNames, tab: c.state.Tab.ID, site: c.state.Tab.Origin})
	}
}

// siteNamesRead proposes the service that the page itself names, where its address names none.
func (c *Core) siteNamesRead(e Event) {
	r := c.filler.takeRequest(e)
	if r.kind == ReadSiteNames && r.tab == c.state.Tab.ID && c.state.Tab.Service == "" {
		if name := site.NameFromPage(e.SiteNames); name != "" {
			c.offers.propose(name)
		}
	}
}

// urgentOrder is the order to show first: of this browser, waiting for its code or with
// one that has just come.
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

// refreshShown asks for what the open section shows.
func (c *Core) refreshShown() {
	if c.state.Section == view.SectionOrders || c.state.Section == view.SectionCatalogue {
		c.lists.refresh(c.state.Section, c.state.Product)
		return
	}
	c.offers.find()
}

// back leaves what is in front: a problem, a purchase not yet confirmed, an order.
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
