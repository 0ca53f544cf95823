package core

import (
	"strconv"
	"strings"
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/site"
	"github.com/logspanel/companion/wasm/internal/view"
)

// act does what a person asked for. It is the only way to anything that costs money.
func (c *Core) act(a view.Action) {
	if toDaemon[a.Do] && c.phase != ready && c.phase != down {
		c.held = &heldAction{a, c.state.Now}
		return
	}
	switch a.Do {
	case view.DoOpen:
		c.open(a)
		return
	case view.DoPair:
		c.pair(a.Text)
		return
	case view.DoPort:
		c.movePort(a.Text)
		return
	case view.DoName:
		c.rename(a.Text)
		return
	case view.DoForget:
		c.forget()
		return
	case view.DoUnlearn:
		c.unlearn()
		return
	case view.DoWindow:
		c.look(a.First)
		return
	case view.DoFavour:
		c.favour(protocol.Place{CountryID: a.CountryID, ServiceID: a.ServiceID})
		return
	case view.DoAutoFill:
		c.state.Habits.ByHand = !c.state.Habits.ByHand
		c.keepHabits()
		return
	case view.DoNotify:
		c.state.Habits.Quiet = c.state.Notify && !c.state.Habits.Quiet
		c.keepHabits()
		return
	}
	c.state.Problem, c.visit = nil, c.state.Now
	switch a.Do {
	case view.DoBack:
		c.back()
	case view.DoSection:
		c.state.Section, c.state.Product, c.state.Sought, c.state.Filter, c.state.First = a.Section, view.ProductNumbers, "", view.FilterAll, 0
		c.state.OrderID, c.state.Quote = "", nil
		c.refreshShown()
	case view.DoProduct:
		c.state.Product, c.state.Sought, c.state.First = a.Product, "", 0
		c.refreshShown()
	case view.DoOrder:
		c.state.Product, c.state.OrderID, c.state.Quote, c.state.Second = a.Product, a.OrderID, nil, false
	case view.DoAskKey:
		ask(c, protocol.KeyAsk, protocol.Nothing{}, func(protocol.Nothing) {})
	case view.DoSecond:
		c.state.Second = true
	case view.DoSearch:
		c.state.First = 0
		if c.listsOffers() {
			c.state.Query = strings.TrimSpace(a.Text)
			c.find()
		} else {
			c.state.Sought = strings.TrimSpace(a.Text)
		}
	case view.DoFilter:
		c.state.Filter, c.state.First = view.Filter(a.Text), 0
	case view.DoSort:
		c.state.Sort, c.state.First = protocol.Sort(a.Text), 0
		c.find()
	case view.DoFresher:
		c.state.First = 0
		c.find()
	case view.DoCompare:
		c.back()
		c.state.Section, c.state.Query, c.state.Offers, c.state.First = view.SectionNumber, a.Text, nil, 0
		c.find()
	case view.DoQuote:
		c.quote(a)
	case view.DoBuy:
		c.buy()
	case view.DoFillNumber:
		c.fillNumber(a)
	case view.DoFillCode:
		c.fillCode(a)
	case view.DoFillThis:
		c.fillThis(a)
	case view.DoFill:
		c.fillFitting(a.Tab)
	case view.DoCancel:
		ask(c, protocol.OrderCancel, protocol.OrderRef{OrderID: a.OrderID}, func(protocol.Order) {})
	case view.DoDecide:
		c.decide(a)
	case view.DoReveal:
		c.reveal(a.OrderID)
	case view.DoRefresh:
		ask(c, protocol.WalletRefresh, protocol.Nothing{}, func(protocol.Wallet) {})
		c.refreshShown()
	case view.DoBoostCheck:
		ask(c, protocol.BoostCheck, protocol.OrderRef{OrderID: a.OrderID}, c.boostChanged)
	case view.DoBoostCancel:
		ask(c, protocol.BoostCancel, protocol.OrderRef{OrderID: a.OrderID}, c.boostChanged)
	}
}

// toDaemon is what can't be done before the daemon is there.
var toDaemon = map[view.Do]bool{
	view.DoQuote: true, view.DoBuy: true, view.DoCancel: true, view.DoDecide: true, view.DoReveal: true,
	view.DoRefresh: true, view.DoAskKey: true, view.DoBoostCheck: true, view.DoBoostCancel: true,
}

// heldAction is what was asked for while the connection was being made, as when a worker has
// just ended.
type heldAction struct {
	action view.Action
	at     time.Time
}

// stillMeant is how long what was asked for waits for a connection. Later a person has
// other things in mind.
const stillMeant = 3 * time.Second

// release does what was held.
func (c *Core) release() {
	h := c.held
	c.held = nil
	if h != nil && c.state.Now.Sub(h.at) < stillMeant {
		c.act(h.action)
	}
}

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
		c.request(request{kind: Name, tab: c.state.Tab.ID})
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
	switch c.state.Section {
	case view.SectionOrders:
		switch c.state.Product {
		case view.ProductLogs:
			ask(c, protocol.LogOrders, protocol.Nothing{}, func(p protocol.LogOrderPage) { c.state.LogOrders = &p })
		case view.ProductBoosts:
			ask(c, protocol.BoostOrders, protocol.Nothing{}, func(p protocol.BoostOrderPage) { c.state.BoostOrders = &p })
		default:
			ask(c, protocol.OrderList, protocol.Nothing{}, func(p protocol.OrderPage) { c.state.Orders = &p })
		}
	case view.SectionCatalogue:
		if c.state.Product == view.ProductBoosts {
			ask(c, protocol.BoostServices, protocol.Nothing{}, func(p protocol.BoostServicePage) { c.state.BoostServices = &p })
		} else {
			ask(c, protocol.LogCategories, protocol.Nothing{}, func(p protocol.LogCategoryPage) { c.state.LogCategories = &p })
		}
	default:
		c.find()
	}
}

func (c *Core) boostChanged(o protocol.BoostOrder) {
	if c.state.BoostOrders == nil {
		return
	}
	page := protocol.BoostOrderPage{Orders: append([]protocol.BoostOrder(nil), c.state.BoostOrders.Orders...)}
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

// quote asks what a number costs now, and which area codes there are to choose from.
func (c *Core) quote(a view.Action) { c.quoteBecause(a, nil) }

// quoteBecause says beside the new price why it is asked again.
func (c *Core) quoteBecause(a view.Action, because *protocol.Error) {
	if c.state.Quoting != nil {
		return
	}
	req := protocol.QuoteRequest{CountryID: a.CountryID, ServiceID: a.ServiceID, Replaces: a.OrderID}
	if a.AreaCode != "" {
		req.AreaCodes = []string{a.AreaCode}
	}
	c.asking = &a
	c.state.Quoting = &protocol.Place{CountryID: a.CountryID, ServiceID: a.ServiceID}
	c.call(protocol.OrderQuote, req, func(m protocol.Message) {
		c.state.Quoting, c.asking = nil, nil
		var q protocol.Quote
		if c.failed(m, &q) {
			return
		}
		c.state.Quote, c.state.AreaCode, c.state.OrderID = &q, a.AreaCode, ""
		c.state.Problem = because
		if len(req.AreaCodes) == 0 {
			c.state.Areas = nil
			place := protocol.Place{CountryID: a.CountryID, ServiceID: a.ServiceID}
			c.call(protocol.AreaList, place, func(m protocol.Message) {
				var areas protocol.Areas
				if m.Error == nil && protocol.Bind(m.Result, &areas) == nil {
					c.state.Areas = areas.Codes // without them there is no choice, and that is no problem
				}
			})
		}
	})
}

// buy confirms the quote that is shown, once.
func (c *Core) buy() {
	if c.state.Quote == nil || c.state.Buying || c.buying != nil || !c.state.Live {
		return
	}
	i := c.state.Quote.Intent
	c.buying = &protocol.BuyRequest{IntentID: i.ID, Journal: i.Journal, Price: i.Price}
	c.confirm()
}

// confirm sends the confirmation. It is kept until there is an outcome, and sent
// again under the same intent when the answer is lost.
func (c *Core) confirm() {
	c.state.Buying = true
	c.call(protocol.OrderBuy, *c.buying, func(m protocol.Message) {
		c.state.Buying = false
		if c.buying == nil {
			return // a change told of the outcome first
		}
		if m.Error != nil && m.Error.Code == protocol.CodeUnreachable && c.phase != ready {
			return // resume confirms again
		}
		var i protocol.Intent
		if c.failed(m, &i) {
			c.notBought()
			return
		}
		c.bought(i)
	})
}

// notBought leaves a confirmation that was refused. After another price it is asked
// again, with both.
func (c *Core) notBought() {
	quoted, area := c.state.Quote, c.state.AreaCode
	c.buying, c.state.Quote = nil, nil
	if problem := c.state.Problem; quoted != nil && problem.Code == protocol.CodePriceChanged {
		i := quoted.Intent
		c.quoteBecause(view.Action{CountryID: i.CountryID, ServiceID: i.ServiceID, AreaCode: area, OrderID: i.Replaces}, problem)
	}
}

// decide gives the daemon the person's word on a purchase without an outcome.
func (c *Core) decide(a view.Action) {
	if c.state.Snapshot == nil {
		return
	}
	req := protocol.DecideRequest{IntentID: a.IntentID, Journal: c.state.Snapshot.Journal, OrderID: a.OrderID}
	ask(c, protocol.OrderDecide, req, func(i protocol.Intent) {
		if i.State == protocol.IntentBought {
			c.state.OrderID = i.OrderID
		}
	})
}

// bought leaves the confirmation for what came of it.
func (c *Core) bought(i protocol.Intent) {
	c.state.Buying, c.state.Quote, c.buying = false, nil, nil
	switch i.State {
	case protocol.IntentBought:
		c.state.Product, c.state.OrderID, c.state.Second = view.ProductNumbers, i.OrderID, false
		c.used(i)
	case protocol.IntentRefused:
		c.state.Problem = i.Problem
	}
}

// reveal asks for the code of a number that another browser bought. The person says
// yes or no on the daemon's side; after a yes the order comes with its code.
func (c *Core) reveal(orderID string) {
	c.call(protocol.OrderCode, protocol.OrderRef{OrderID: orderID}, func(m protocol.Message) {
		var r protocol.ReceivedCode
		if m.Error != nil && m.Error.Code == protocol.CodeHandOver {
			return // the order says that it was asked for
		}
		if !c.failed(m, &r) {
			c.state.Codes[r.OrderID] = r
		}
	})
}

// movePort looks for the daemon at another port.
func (c *Core) movePort(text string) {
	port, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || port < 1 || port > 65535 {
		c.state.Problem = &protocol.Error{
			Code: view.CodePort, Message: "that is not a port",
		}
		return
	}
	c.state.Port, c.state.Problem = port, nil
	if c.stored == nil {
		return
	}
	c.keep(*c.stored)
	c.connectAnew()
}

// rename gives this browser the name under which the daemon lists it.
func (c *Core) rename(name string) {
	c.state.Name = strings.TrimSpace(name)
	if c.stored == nil {
		return
	}
	c.keep(*c.stored)
	c.connectAnew()
}

func (c *Core) connectAnew() {
	c.hangUp()
	c.state.Link, c.state.Problem, c.failures = view.LinkConnecting, nil, 0
	c.connect()
}
