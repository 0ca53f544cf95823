package core

import (
	"strings"
	"time"

	"github.com/logspanel/companion/shared/protocol"
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
	case view.DoGiveBack:
		c.surrender(a.Text)
		return
	case view.DoNotify:
		c.state.Habits.Quiet = c.state.Notify && !c.state.Habits.Quiet
		c.keepHabits()
		return
	}
	c.state.Problem, c.state.Interrupted, c.visit = nil, false, c.state.Now
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
		ask(c, protocol.KeyAsk, protocol.Empty{}, func(protocol.Empty) {})
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
		ask(c, protocol.WalletRefresh, protocol.Empty{}, func(protocol.Wallet) {})
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
