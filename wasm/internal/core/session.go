package core

import (
	"encoding/json"
	"time"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// sessionState is what survives a restart of the worker, but not of the browser. The browser may
// stop the worker at any time.
type sessionState struct {
	Snapshot *protocol.Snapshot     `json:"snapshot,omitempty"`
	Bindings map[string]*tabBinding `json:"bindings,omitempty"`
	Fills    map[string]view.Fill   `json:"fills,omitempty"`
	Buying   *protocol.BuyRequest   `json:"buying,omitempty"`
	Popup    *popupState            `json:"visit,omitempty"`
}

// popupState is where the person was in the popup.
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
	Asking   *view.Action    `json:"asking,omitempty"` // the unanswered request for a price
}

func (c *Core) sessionState() sessionState {
	s := c.state
	return sessionState{Snapshot: s.Snapshot, Bindings: c.filler.bindings, Fills: s.Fills, Buying: c.confirmed, Popup: &popupState{
		At: c.lastActionAt, Tab: s.Tab, Section: s.Section, Product: s.Product, Query: s.Query, Sought: s.ListQuery, Filter: s.Filter,
		Sort: s.Sort, First: s.First, Quote: s.Quote, Areas: s.Areas, AreaCode: s.AreaCode, OrderID: s.OrderID, Asking: c.quoteAction,
	}}
}

// restoreSession restores the state that an earlier worker stored. It ignores a state that it
// can't decode.
func (c *Core) restoreSession(raw string) {
	var m sessionState
	if raw == "" || json.Unmarshal([]byte(raw), &m) != nil {
		return
	}
	c.display.storedSession = raw
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

// welcomed handles the snapshot in the daemon's welcome, and resumes what was interrupted.
func (c *Core) welcomed(s protocol.Snapshot) {
	c.applySnapshot(s)
	c.resume()
}

// resume continues what a lost connection or a stopped worker interrupted. Confirming the same
// intent again is safe: the daemon answers with the first outcome.
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

// retryQuote repeats a request for a price whose answer never came.
func (c *Core) retryQuote() {
	if a := c.quoteAction; a != nil && c.state.Quoting == nil && c.daemon.ready() {
		c.quote(*a)
	}
}
