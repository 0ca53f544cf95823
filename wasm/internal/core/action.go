package core

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/site"
	"github.com/logspanel/companion/wasm/internal/view"
)

const shownOffers = 100

// act does what a person asked for. It is the only way to anything that costs money.
func (c *Core) act(a view.Action) {
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
	}
	c.state.Problem = nil
	switch a.Do {
	case view.DoBack:
		c.back()
	case view.DoSection:
		c.state.Section, c.state.OrderID, c.state.Quote = a.Section, "", nil
		c.refreshShown()
	case view.DoProduct:
		c.state.Product = a.Product
		c.refreshShown()
	case view.DoOrder:
		c.state.OrderID, c.state.Quote = a.OrderID, nil
	case view.DoSearch:
		c.state.Query = strings.TrimSpace(a.Text)
		c.find()
	case view.DoSort:
		c.state.Sort = protocol.Sort(a.Text)
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

// open begins a visit: over which tab, and what matters now.
func (c *Core) open(a view.Action) {
	c.connect()
	if a.Tab == nil {
		return
	}
	c.state.Tab, c.state.Problem = *a.Tab, nil
	c.state.Tab.Service = ""
	c.state.Section, c.state.Query, c.state.Offers, c.state.Quote = view.SectionNumber, "", nil, nil
	c.state.Orders, c.state.LogCategories, c.state.LogOrders, c.state.BoostServices, c.state.BoostOrders = nil, nil, nil, nil, nil
	c.state.OrderID = c.urgent()
	if a.Tab.Origin == "" {
		return
	}
	c.propose(site.Services(a.Tab.Host)...)
	if c.state.Tab.Service == "" {
		c.request(request{kind: Name, tab: a.Tab.ID})
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

// propose shows offers for the service that the open site belongs to, by the first of
// its names that the provider uses; failing all, it may have it under a longer one.
func (c *Core) propose(names ...string) {
	c.proposals = nil
	for _, name := range names {
		c.proposals = append(c.proposals, protocol.Search{Service: name})
	}
	for _, name := range names {
		if utf8.RuneCountInString(name) >= shortestWord {
			c.proposals = append(c.proposals, protocol.Search{Query: name})
		}
	}
	c.proposeNext()
}

// shortestWord is the shortest name that can be found among others' words.
const shortestWord = 3

func (c *Core) proposeNext() {
	c.state.Tab.Service, c.state.Offers = "", nil
	if len(c.proposals) == 0 {
		return
	}
	c.state.Tab.Service = c.proposals[0].Service + c.proposals[0].Query
	c.find()
}

// find searches for what is typed, or for the proposed service. The latest search
// wins.
func (c *Core) find() {
	query, proposing := protocol.Search{Query: c.state.Query}, c.state.Query == ""
	if proposing {
		if len(c.proposals) == 0 {
			c.state.Offers, c.state.Searching = nil, false
			return
		}
		query = c.proposals[0]
	}
	query.Sort, query.Limit = c.state.Sort, shownOffers
	if c.phase != ready {
		return // resume searches
	}
	c.search++
	turn := c.search
	c.state.Searching = true
	c.call(protocol.OfferSearch, query, func(m protocol.Message) {
		if turn != c.search {
			return
		}
		c.state.Searching = false
		var found protocol.Offers
		if m.Error != nil || protocol.Bind(m.Result, &found) != nil {
			c.state.Problem = m.Error
			return
		}
		c.state.Offers = &found
		if proposing && found.Total == 0 && !found.Loading && len(c.proposals) > 0 {
			c.proposals = c.proposals[1:]
			c.proposeNext()
		}
	})
}

// refreshShown asks for what the open section shows.
func (c *Core) refreshShown() {
	switch c.state.Section {
	case view.SectionOrders:
		ask(c, protocol.OrderList, protocol.Nothing{}, func(p protocol.OrderPage) { c.state.Orders = &p })
	case view.SectionCatalogue:
		if c.state.Product == view.ProductBoosts {
			ask(c, protocol.BoostServices, protocol.Nothing{}, func(p protocol.BoostServicePage) { c.state.BoostServices = &p })
			ask(c, protocol.BoostOrders, protocol.Nothing{}, func(p protocol.BoostOrderPage) { c.state.BoostOrders = &p })
		} else {
			ask(c, protocol.LogCategories, protocol.Nothing{}, func(p protocol.LogCategoryPage) { c.state.LogCategories = &p })
			ask(c, protocol.LogOrders, protocol.Nothing{}, func(p protocol.LogOrderPage) { c.state.LogOrders = &p })
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
	c.state.OrderID = ""
	c.find()
}

// quote asks what a number costs now, and which area codes there are to choose from.
func (c *Core) quote(a view.Action) { c.quoteBecause(a, nil) }

// quoteBecause says beside the new price why it is asked again.
func (c *Core) quoteBecause(a view.Action, because *protocol.Error) {
	req := protocol.QuoteRequest{CountryID: a.CountryID, ServiceID: a.ServiceID, Replaces: a.OrderID}
	if a.AreaCode != "" {
		req.AreaCodes = []string{a.AreaCode}
	}
	c.state.Quoting = true
	c.call(protocol.OrderQuote, req, func(m protocol.Message) {
		c.state.Quoting = false
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
		c.state.OrderID = i.OrderID
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
			Code: protocol.CodeBadRequest, Message: "that is not a port", Next: "give a number from 1 to 65535",
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
