package core

import (
	"strings"
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// act performs an action of the person. Nothing that costs money starts anywhere else.
func (c *Core) act(a view.Action) {
	if needsDaemon[a.Do] && c.daemon.opening() {
		c.queued = &queuedAction{a, c.state.Now}
		return
	}
	switch a.Do {
	case view.DoOpen:
		c.openPopup(a)
		return
	case view.DoPair:
		c.daemon.pair(a.Text)
		return
	case view.DoSetPort:
		c.daemon.setPort(a.Text)
		return
	case view.DoSetName:
		c.daemon.setName(a.Text)
		return
	case view.DoForget:
		c.forgetPairing()
		return
	case view.DoClearOverrides:
		c.filler.clearOverrides()
		return
	case view.DoWindow:
		c.offers.scrollTo(a.First)
		return
	case view.DoToggleFavourite:
		toggleFavourite(&c.state.Preferences, protocol.Place{CountryID: a.CountryID, ServiceID: a.ServiceID})
		c.storePreferences()
		return
	case view.DoAutoFill:
		c.state.Preferences.ManualFill = !c.state.Preferences.ManualFill
		c.storePreferences()
		return
	case view.DoRevokeSite:
		c.filler.revokeSites(a.Text)
		return
	case view.DoNotify:
		c.state.Preferences.NotificationsOff = c.state.NotificationsAllowed && !c.state.Preferences.NotificationsOff
		c.storePreferences()
		return
	}
	c.state.Problem, c.state.Interrupted, c.lastActionAt = nil, false, c.state.Now
	switch a.Do {
	case view.DoBack:
		c.back()
	case view.DoSection:
		c.state.Section, c.state.Product, c.state.ListQuery, c.state.Filter, c.state.First = a.Section, view.ProductNumbers, "", view.FilterAll, 0
		c.state.OrderID, c.state.Quote = "", nil
		c.refreshShown()
	case view.DoProduct:
		c.state.Product, c.state.ListQuery, c.state.First = a.Product, "", 0
		c.refreshShown()
	case view.DoOrder:
		c.state.Product, c.state.OrderID, c.state.Quote, c.state.WantsSecondCode = a.Product, a.OrderID, nil, false
	case view.DoAskKey:
		callFor(c.daemon, protocol.KeyAsk, protocol.Empty{}, func(protocol.Empty) {})
	case view.DoSecondCode:
		c.state.WantsSecondCode = true
	case view.DoSearch:
		c.state.First = 0
		if c.offers.shown() {
			c.state.Query = strings.TrimSpace(a.Text)
			c.offers.find()
		} else {
			c.state.ListQuery = strings.TrimSpace(a.Text)
		}
	case view.DoFilter:
		c.state.Filter, c.state.First = view.Filter(a.Text), 0
	case view.DoSort:
		c.state.Sort, c.state.First = protocol.Sort(a.Text), 0
		c.offers.find()
	case view.DoShowNewer:
		c.state.First = 0
		c.offers.find()
	case view.DoCompare:
		c.back()
		c.state.Section, c.state.Query, c.state.Offers, c.state.First = view.SectionNumber, a.Text, nil, 0
		c.offers.find()
	case view.DoQuote:
		c.quote(a)
	case view.DoBuy:
		c.buy()
	case view.DoFillNumber:
		c.filler.fillNumber(a, c.actingPage)
	case view.DoFillCode:
		c.filler.fillCode(a, c.actingPage)
	case view.DoFillField:
		c.filler.fillField(a)
	case view.DoFillTab:
		c.filler.fillTab(a.Tab)
	case view.DoCancel:
		callFor(c.daemon, protocol.OrderCancel, protocol.OrderRef{OrderID: a.OrderID}, func(protocol.Order) {})
	case view.DoDecide:
		c.decide(a)
	case view.DoReveal:
		c.reveal(a.OrderID)
	case view.DoRefresh:
		callFor(c.daemon, protocol.WalletRefresh, protocol.Empty{}, func(protocol.Wallet) {})
		c.refreshShown()
	case view.DoBoostCheck:
		callFor(c.daemon, protocol.BoostCheck, protocol.OrderRef{OrderID: a.OrderID}, c.lists.updateBoost)
	case view.DoBoostCancel:
		callFor(c.daemon, protocol.BoostCancel, protocol.OrderRef{OrderID: a.OrderID}, c.lists.updateBoost)
	}
}

// needsDaemon holds the actions that need a ready connection.
var needsDaemon = map[view.Do]bool{
	view.DoQuote: true, view.DoBuy: true, view.DoCancel: true, view.DoDecide: true, view.DoReveal: true,
	view.DoRefresh: true, view.DoAskKey: true, view.DoBoostCheck: true, view.DoBoostCancel: true,
}

// queuedAction is an action that arrived while the connection was being set up, for example right
// after the worker was restarted.
type queuedAction struct {
	action view.Action
	at     time.Time
}

// queueTimeout is how long a queued action waits for the connection. Later the person no longer
// expects it.
const queueTimeout = 3 * time.Second

// runQueued performs the queued action, unless it has waited too long.
func (c *Core) runQueued() {
	queued := c.queued
	c.queued = nil
	if queued != nil && c.state.Now.Sub(queued.at) < queueTimeout {
		c.act(queued.action)
	}
}
