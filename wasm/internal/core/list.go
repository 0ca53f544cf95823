package core

import (
	"encoding/json"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// refreshList asks for the list that the open section shows, of a product.
func (c *Core) refreshList(section view.Section, product view.Product) {
	s := &c.state
	switch {
	case section == view.SectionOrders && product == view.ProductLogs:
		loadList(c, protocol.LogOrders, &s.LogOrders, func(p *protocol.LogOrderPage) (*[]protocol.LogOrder, *string) { return &p.Orders, &p.Next })
	case section == view.SectionOrders && product == view.ProductBoosts:
		loadList(c, protocol.BoostOrders, &s.BoostOrders, func(p *protocol.BoostOrderPage) (*[]protocol.BoostOrder, *string) { return &p.Orders, &p.Next })
	case section == view.SectionOrders:
		loadList(c, protocol.OrderList, &s.Orders, func(p *protocol.OrderPage) (*[]protocol.Order, *string) { return &p.Orders, &p.Next })
	case product == view.ProductBoosts:
		loadList(c, protocol.BoostServices, &s.BoostServices, func(p *protocol.BoostServicePage) (*[]protocol.BoostService, *string) { return &p.Services, &p.Next })
	default:
		loadList(c, protocol.LogCategories, &s.LogCategories, func(p *protocol.LogCategoryPage) (*[]protocol.LogCategory, *string) { return &p.Categories, &p.Next })
	}
}

// loadList reads all parts of a list, so that what a person looks for is found wherever it
// stands. The first part is shown at once, unless a whole list stands there already.
func loadList[P, T any](c *Core, method string, shown **P, of func(*P) (rows *[]T, next *string)) {
	var all []T
	c.readParts(method, "", c.nextListSeq(), func(raw json.RawMessage, first bool) (cursor string, err error) {
		page := new(P)
		if err := protocol.Bind(raw, page); err != nil {
			return "", err
		}
		rows, next := of(page)
		all = append(all, *rows...)
		*rows = all
		if *next == "" || first && !isComplete(*shown, of) {
			*shown = page
		}
		return *next, nil
	})
}

// nextListSeq begins the reading of a list, which ends the one before.
func (c *Core) nextListSeq() (seq int) {
	c.listSeq++
	return c.listSeq
}

// readParts asks for the part of a list that a cursor begins, and for those after it.
// Take takes a part and names the next.
func (c *Core) readParts(method, cursor string, seq int, take func(raw json.RawMessage, first bool) (next string, err error)) {
	c.daemon.call(method, protocol.ListRequest{Cursor: cursor}, func(m protocol.Message) {
		if seq != c.listSeq {
			return
		}
		if m.Error != nil || cursor == "" {
			c.state.Problem = m.Error // that of a later part is not this list's to clear
		}
		if m.Error != nil {
			return
		}
		next, err := take(m.Result, cursor == "")
		switch {
		case err != nil:
			c.state.Problem = protocol.AsError(err)
		case next != "":
			c.readParts(method, next, seq, take)
		}
	})
}

// isComplete reports that a list is there, with its last part.
func isComplete[P, T any](page *P, of func(*P) (*[]T, *string)) bool {
	if page == nil {
		return false
	}
	_, next := of(page)
	return *next == ""
}

// updateListedOrder takes an order's new state into the list of all orders, where the daemon's
// state does not hold it.
func (c *Core) updateListedOrder(o protocol.Order) {
	if c.state.Orders == nil {
		return
	}
	page := protocol.OrderPage{Orders: append([]protocol.Order(nil), c.state.Orders.Orders...), Next: c.state.Orders.Next}
	for i := range page.Orders {
		if page.Orders[i].ID == o.ID {
			page.Orders[i] = o
			c.state.Orders = &page
			return
		}
	}
}
