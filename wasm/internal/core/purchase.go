package core

import (
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// quote requests the current price of a number, and the area codes to choose from.
func (c *Core) quote(a view.Action) { c.quoteWithProblem(a, nil) }

// quoteWithProblem is like quote, but shows because next to the new price: the reason why the
// person has to decide again.
func (c *Core) quoteWithProblem(a view.Action, because *protocol.Error) {
	if c.state.Quoting != nil {
		return
	}
	req := protocol.QuoteRequest{CountryID: a.CountryID, ServiceID: a.ServiceID, Replaces: a.OrderID}
	if a.AreaCode != "" {
		req.AreaCodes = []string{a.AreaCode}
	}
	c.quoteAction = &a
	c.state.Quoting = &protocol.Place{CountryID: a.CountryID, ServiceID: a.ServiceID}
	c.daemon.call(protocol.OrderQuote, req, func(m protocol.Message) {
		c.state.Quoting, c.quoteAction = nil, nil
		var q protocol.Quote
		if c.daemon.failed(m, &q) {
			return
		}
		c.state.Quote, c.state.AreaCode, c.state.OrderID = &q, a.AreaCode, ""
		c.state.Problem = because
		if len(req.AreaCodes) == 0 {
			c.state.Areas = nil
			place := protocol.Place{CountryID: a.CountryID, ServiceID: a.ServiceID}
			c.daemon.call(protocol.AreaList, place, func(m protocol.Message) {
				var areas protocol.Areas
				if m.Error == nil && protocol.Bind(m.Result, &areas) == nil {
					c.state.Areas = areas.Codes // an error is not shown: buying works without a choice of areas
				}
			})
		}
	})
}

// buy confirms the shown quote. It does nothing while another confirmation is pending.
func (c *Core) buy() {
	if c.state.Quote == nil || c.state.Buying || c.confirmed != nil || !c.state.UpToDate {
		return
	}
	i := c.state.Quote.Intent
	c.confirmed = &protocol.BuyRequest{IntentID: i.ID, Journal: i.Journal, Price: i.Price}
	c.confirm()
}

// confirm sends the confirmation. Core keeps it until the outcome is known. If the answer is lost,
// resume sends it again with the same intent, so nothing is bought twice.
func (c *Core) confirm() {
	c.state.Buying = true
	c.daemon.call(protocol.OrderBuy, *c.confirmed, func(m protocol.Message) {
		c.state.Buying = false
		if c.confirmed == nil {
			return // a state change brought the outcome first
		}
		if m.Error != nil && m.Error.Code == protocol.CodeUnreachable && !c.daemon.ready() {
			return // resume sends it again
		}
		var i protocol.Intent
		if c.daemon.failed(m, &i) {
			c.purchaseRefused()
			return
		}
		c.purchaseFinished(i)
	})
}

// purchaseRefused drops a refused confirmation. If the price changed, it requests a new quote and
// shows the refusal with it.
func (c *Core) purchaseRefused() {
	quoted, area := c.state.Quote, c.state.AreaCode
	c.confirmed, c.state.Quote = nil, nil
	if problem := c.state.Problem; quoted != nil && problem.Code == protocol.CodePriceChanged {
		i := quoted.Intent
		c.quoteWithProblem(view.Action{CountryID: i.CountryID, ServiceID: i.ServiceID, AreaCode: area, OrderID: i.Replaces}, problem)
	}
}

// decide sends the daemon the person's decision about a purchase whose outcome is unknown.
func (c *Core) decide(a view.Action) {
	if c.state.Snapshot == nil {
		return
	}
	req := protocol.DecideRequest{IntentID: a.IntentID, Journal: c.state.Snapshot.Journal, OrderID: a.OrderID}
	callFor(c.daemon, protocol.OrderDecide, req, func(i protocol.Intent) {
		if i.State == protocol.IntentBought {
			c.state.OrderID = i.OrderID
		}
	})
}

// purchaseFinished drops the confirmation and shows the outcome: the new order, or why the purchase
// was refused.
func (c *Core) purchaseFinished(i protocol.Intent) {
	c.state.Buying, c.state.Quote, c.confirmed = false, nil, nil
	switch i.State {
	case protocol.IntentBought:
		c.state.Product, c.state.OrderID, c.state.WantsSecondCode = view.ProductNumbers, i.OrderID, false
		if i.CountryID != "" {
			addRecent(&c.state.Preferences, protocol.Place{CountryID: i.CountryID, ServiceID: i.ServiceID})
			c.storePreferences()
		}
	case protocol.IntentRefused:
		c.state.Problem = i.Problem
	}
}

// reveal requests the code of a number that another browser bought. The daemon asks the person
// first. If they agree, a state change brings the order with its code.
func (c *Core) reveal(orderID string) {
	c.daemon.call(protocol.OrderCode, protocol.OrderRef{OrderID: orderID}, func(m protocol.Message) {
		var r protocol.ReceivedCode
		if m.Error != nil && m.Error.Code == protocol.CodeHandOver {
			return // the order itself shows that the person is being asked
		}
		if !c.daemon.failed(m, &r) {
			c.state.Codes[r.OrderID] = r
		}
	})
}
