package core

import (
	"maps"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// applySnapshot replaces the whole snapshot, and handles the codes that arrived in the meantime.
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

// applyChange applies one change to the snapshot. If changes are missing in between, it requests a
// new snapshot.
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

// dropOldOrders drops the remembered data of orders that are neither in the snapshot nor open in
// the popup.
func (c *Core) dropOldOrders() {
	old := func(id string) bool {
		_, inSnapshot := orderByID(c.state.Snapshot, id)
		return id != c.state.OrderID && c.filler.bindings[id] == nil && !inSnapshot
	}
	maps.DeleteFunc(c.state.Fills, func(id string, _ view.Fill) bool { return old(id) })
	maps.DeleteFunc(c.state.Codes, func(id string, _ protocol.ReceivedCode) bool { return old(id) })
}

// dropErasedCode drops a handed-over code once the daemon has erased it.
func (c *Core) dropErasedCode(o protocol.Order) {
	if o.Erased {
		delete(c.state.Codes, o.ID)
	}
}

// intentChanged handles the outcome of the purchase that this browser confirmed, if i is it.
func (c *Core) intentChanged(i protocol.Intent) {
	if c.confirmed == nil || c.confirmed.IntentID != i.ID || !i.Finished() {
		return
	}
	c.purchaseFinished(i)
}
