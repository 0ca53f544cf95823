package core

import (
	"encoding/json"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// memory is what outlives the worker, though not the browser. A browser stops a
// worker whenever it likes.
type memory struct {
	Snapshot *protocol.Snapshot   `json:"snapshot,omitempty"`
	Bindings map[string]*binding  `json:"bindings,omitempty"`
	Fills    map[string]view.Fill `json:"fills,omitempty"`
	Buying   *protocol.BuyRequest `json:"buying,omitempty"`
	OrderID  string               `json:"order_id,omitempty"`
}

func (c *Core) memory() memory {
	return memory{Snapshot: c.state.Snapshot, Bindings: c.bindings, Fills: c.state.Fills, Buying: c.buying, OrderID: c.state.OrderID}
}

// recall takes up what an earlier worker remembered; what can't be read is forgotten.
func (c *Core) recall(raw json.RawMessage) {
	var m memory
	if len(raw) == 0 || json.Unmarshal(raw, &m) != nil {
		return
	}
	c.session = string(raw)
	c.state.Snapshot, c.buying, c.state.OrderID = m.Snapshot, m.Buying, m.OrderID
	for id, b := range m.Bindings {
		if b != nil {
			c.bindings[id] = b
		}
	}
	for id, f := range m.Fills {
		c.state.Fills[id] = f
	}
}

// replace takes a whole new state, and looks for codes that came in the meantime.
func (c *Core) replace(s protocol.Snapshot) {
	c.state.Snapshot = &s
	for _, o := range s.Orders {
		c.orderChanged(o)
	}
}

// changed takes the state one step on. After a gap it asks for all of it.
func (c *Core) changed(m protocol.Message) {
	var change protocol.Change
	if protocol.Bind(m.Params, &change) != nil || c.state.Snapshot == nil {
		return
	}
	next := *c.state.Snapshot
	if !next.Apply(change) {
		ask(c, protocol.StateGet, protocol.Nothing{}, func(s protocol.Snapshot) { c.replace(s) })
		return
	}
	c.state.Snapshot = &next
	if change.Order != nil {
		c.orderChanged(*change.Order)
	}
	if change.Intent != nil {
		c.intentChanged(*change.Intent)
	}
	if change.Catalog && c.state.Section != view.SectionOrders && len(c.pages) > 0 {
		c.find()
	}
}

// intentChanged follows the purchase that this browser confirmed to its outcome.
func (c *Core) intentChanged(i protocol.Intent) {
	if c.buying == nil || c.buying.IntentID != i.ID || !i.Finished() {
		return
	}
	c.bought(i)
}

// resume goes on with what a lost connection or worker left undone. Confirming the
// same intent again gives its first outcome.
func (c *Core) resume() {
	if c.buying != nil {
		c.confirm()
	}
	if len(c.pages) > 0 {
		c.refreshShown()
	}
}
