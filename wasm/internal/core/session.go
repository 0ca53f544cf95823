package core

import (
	"encoding/json"
	"maps"
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// sessionState is what outlives the worker, though not the browser. A browser stops a
// worker whenever it likes.
type sessionState struct {
	Snapshot *protocol.Snapshot     `json:"snapshot,omitempty"`
	Bindings map[string]*tabBinding `json:"bindings,omitempty"`
	Fills    map[string]view.Fill   `json:"fills,omitempty"`
	Buying   *protocol.BuyRequest   `json:"buying,omitempty"`
	Popup    *popupState            `json:"visit,omitempty"`
}

// popupState is where the person was.
type popupState struct {
	At       time.Time       `json:"at"`
	Tab      view.Tab        `json:"tab"`
	Section  view.Section    `json:"section,omitempty"`
	Product  view.Product    `json:"product,omitempty"`
	Query    string          `json:"query,omitempty"`
	Sought   string          `json:"sought,omitempty"`
	Filter   view.Filter     `json:"filter,omitempty"`
	Sort     protocol.Sort   `json:"sort,omitempty"`
	First    int             `json:"first,omitempty"`
	Quote    *protocol.Quote `json:"quote,omitempty"`
	Areas    []string        `json:"areas,omitempty"`
	AreaCode string          `json:"area_code,omitempty"`
	OrderID  string          `json:"order_id,omitempty"`
	Asking   *view.Action    `json:"asking,omitempty"` // for a price
}

func (c *Core) sessionState() sessionState {
	s := c.state
	return sessionState{Snapshot: s.Snapshot, Bindings: c.filler.bindings, Fills: s.Fills, Buying: c.confirmed, Popup: &popupState{
		At: c.lastActionAt, Tab: s.Tab, Section: s.Section, Product: s.Product, Query: s.Query, Sought: s.ListQuery, Filter: s.Filter,
		Sort: s.Sort, First: s.First, Quote: s.Quote, Areas: s.Areas, AreaCode: s.AreaCode, OrderID: s.OrderID, Asking: c.quoteAction,
	}}
}

// unpairedState is what a browser starts with that knows no daemon.
func unpairedState() view.State {
	return view.State{Connection: view.ConnectionUnpaired, Port: protocol.DefaultPort, Fills: map[string]view.Fill{}, Codes: map[string]protocol.ReceivedCode{}}
}

// forgetPairing drops the pairing, and all that came from the daemon.
func (c *Core) forgetPairing() {
	c.daemon.forget()
	c.filler.bindings, c.confirmed = map[string]*tabBinding{}, nil
	old := c.state
	c.state = unpairedState()
	c.state.Now, c.state.Version, c.state.Browser, c.state.Tab = old.Now, old.Version, old.Browser, old.Tab
	c.state.Preferences, c.state.NotificationsAllowed, c.state.NeedsSitePermission = old.Preferences, old.NotificationsAllowed, old.NeedsSitePermission
	c.do(Effect{Do: ErasePairing})
	c.cachedView = view.CachedView{}
	c.do(Effect{Do: CacheView})
}

// restoreSession takes up what an earlier worker remembered; what can't be read is forgotten.
func (c *Core) restoreSession(raw string) {
	var m sessionState
	if raw == "" || json.Unmarshal([]byte(raw), &m) != nil {
		return
	}
	c.storedSession = raw
	c.state.Snapshot, c.confirmed = m.Snapshot, m.Buying
	if v := m.Popup; v != nil {
		s := &c.state
		c.quoteAction, c.lastActionAt, s.Tab, s.Section, s.Product, s.Query, s.ListQuery, s.Filter = v.Asking, v.At, v.Tab, v.Section, v.Product, v.Query, v.Sought, v.Filter
		s.Sort, s.First, s.Quote, s.Areas, s.AreaCode, s.OrderID = v.Sort, v.First, v.Quote, v.Areas, v.AreaCode, v.OrderID
	}
	for id, b := range m.Bindings {
		if b != nil {
			c.filler.bindings[id] = b
		}
	}
	for id, f := range m.Fills {
		c.state.Fills[id] = f
	}
}

// applySnapshot takes a whole new state, and looks for codes that came in the meantime.
func (c *Core) applySnapshot(s protocol.Snapshot) {
	before := map[string]protocol.Order{}
	if c.state.Snapshot != nil {
		for _, o := range c.state.Snapshot.Orders {
			before[o.ID] = o
		}
	}
	c.state.Snapshot = &s
	c.dropOldOrders()
	for _, o := range s.Orders {
		c.dropErasedCode(o)
	}
	for _, o := range s.Orders {
		c.filler.orderChanged(o)
		if known, wasKnown := before[o.ID]; wasKnown && !known.CodeReady {
			c.notifyCode(o)
		}
	}
}

// applyChange takes the state one step on. After a gap it asks for all of it.
func (c *Core) applyChange(m protocol.Message) {
	var change protocol.Change
	if protocol.Bind(m.Params, &change) != nil || c.state.Snapshot == nil {
		return
	}
	var before protocol.Order
	if change.Order != nil {
		before, _ = orderByID(c.state.Snapshot, change.Order.ID)
	}
	next := *c.state.Snapshot
	if !next.Apply(change) {
		callFor(c.daemon, protocol.StateGet, protocol.Empty{}, func(s protocol.Snapshot) { c.applySnapshot(s) })
		return
	}
	c.state.Snapshot = &next
	if change.Order != nil {
		c.lists.updateOrder(*change.Order)
		c.dropErasedCode(*change.Order)
		c.filler.orderChanged(*change.Order)
		if now, _ := orderByID(&next, change.Order.ID); now.CodeReady && !before.CodeReady {
			c.notifyCode(now)
		}
	}
	if change.Intent != nil {
		c.intentChanged(*change.Intent)
	}
	if change.Catalog && c.offers.shown() && len(c.pages) > 0 {
		c.offers.refresh()
	}
}

// orderByID finds an order in a snapshot, which may be nil.
func orderByID(s *protocol.Snapshot, id string) (o protocol.Order, found bool) {
	if s != nil {
		for _, o := range s.Orders {
			if o.ID == id {
				return o, true
			}
		}
	}
	return protocol.Order{}, false
}

// dropOldOrders drops what is remembered of orders that are neither in the state nor open
// before the person.
func (c *Core) dropOldOrders() {
	old := func(id string) bool {
		_, inSnapshot := orderByID(c.state.Snapshot, id)
		return id != c.state.OrderID && c.filler.bindings[id] == nil && !inSnapshot
	}
	maps.DeleteFunc(c.state.Fills, func(id string, _ view.Fill) bool { return old(id) })
	maps.DeleteFunc(c.state.Codes, func(id string, _ protocol.ReceivedCode) bool { return old(id) })
}

// dropErasedCode drops a code that was handed over, once the daemon has erased it.
func (c *Core) dropErasedCode(o protocol.Order) {
	if o.Erased {
		delete(c.state.Codes, o.ID)
	}
}

// intentChanged follows the purchase that this browser confirmed to its outcome.
func (c *Core) intentChanged(i protocol.Intent) {
	if c.confirmed == nil || c.confirmed.IntentID != i.ID || !i.Finished() {
		return
	}
	c.purchaseFinished(i)
}

// welcomed takes up what the daemon said when the connection was ready.
func (c *Core) welcomed(s protocol.Snapshot) {
	c.applySnapshot(s)
	c.resume()
}

// resume goes on with what a lost connection or worker left undone. Confirming the
// same intent again gives its first outcome.
func (c *Core) resume() {
	if c.confirmed != nil {
		c.confirm()
	}
	if len(c.pages) > 0 {
		c.refreshShown()
		c.retryQuote()
	}
	c.runQueued()
}

// retryQuote asks once more for a price that an earlier worker got no answer about.
func (c *Core) retryQuote() {
	if a := c.quoteAction; a != nil && c.state.Quoting == nil && c.daemon.ready() {
		c.quote(*a)
	}
}
