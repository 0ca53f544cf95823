package core

import (
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/site"
	"github.com/logspanel/companion/wasm/internal/view"
)

// absent is how long a popup may be closed and still go on where it was: long enough to
// fetch something from another window, which closes it.
const absent = 2 * time.Minute

// open begins a visit: over which tab, and what matters now.
func (c *Core) open(a view.Action) {
	c.connect()
	if a.Tab == nil {
		return
	}
	same := a.Tab.ID == c.state.Tab.ID && a.Tab.Origin == c.state.Tab.Origin
	if same && (a.Text == again || c.state.Now.Sub(c.visit) < absent && c.unfinished()) {
		if c.state.Offers == nil {
			c.findProposed()
		}
		c.askAgain()
		return
	}
	c.visit, c.asking = c.state.Now, nil
	c.state.Tab = *a.Tab
	c.state.Tab.Service = ""
	if c.state.Link != view.LinkUnpaired { // where it says why pairing failed
		c.state.Problem = nil
	}
	c.state.Section, c.state.Product, c.state.Query, c.state.Sought, c.state.Filter = view.SectionNumber, view.ProductNumbers, "", "", view.FilterAll
	c.state.First, c.state.Offers, c.state.Fresher, c.state.Quote, c.state.Second = 0, nil, nil, nil, false
	c.listings++
	c.state.Orders, c.state.LogCategories, c.state.LogOrders, c.state.BoostServices, c.state.BoostOrders = nil, nil, nil, nil, nil
	c.state.OrderID = c.urgent()
	c.findProposed()
}

// again is what a page says that was open already when the worker started.
const again = "again"

// unfinished reports that the person was about to do something, and nothing has become
// more urgent.
func (c *Core) unfinished() bool {
	quoted := c.state.Quote != nil && c.state.Now.Before(c.state.Quote.Intent.ExpiresAt)
	return quoted || c.urgent() == "" && c.state.Query != ""
}

// findProposed looks up what the open site belongs to.
func (c *Core) findProposed() {
	var names []string
	if c.state.Tab.Origin != "" {
		names = site.Services(c.state.Tab.Host)
	}
	c.propose(names...)
	if c.state.Tab.Service == "" && c.state.Tab.Origin != "" {
		c.request(request{kind: Name, tab: c.state.Tab.ID, site: c.state.Tab.Origin})
	}
}

// urgent is the order to show first: of this browser, waiting for its code or with
// one that has just come.
func (c *Core) urgent() string {
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
		c.refreshList(c.state.Section, c.state.Product)
		return
	}
	c.find()
}

func (c *Core) boostChanged(o protocol.BoostOrder) {
	if c.state.BoostOrders == nil {
		return
	}
	page := protocol.BoostOrderPage{Orders: append([]protocol.BoostOrder(nil), c.state.BoostOrders.Orders...), Next: c.state.BoostOrders.Next}
	for i := range page.Orders {
		if page.Orders[i].ID == o.ID {
			page.Orders[i] = o
		}
	}
	c.state.BoostOrders = &page
}

// back leaves what is in front: a problem, a purchase not yet confirmed, an order.
func (c *Core) back() {
	if c.state.Quote != nil {
		c.state.Quote, c.state.Areas, c.state.AreaCode = nil, nil, ""
		return
	}
	c.state.OrderID, c.state.Second = "", false
	if c.listsOffers() {
		c.find()
	}
}
