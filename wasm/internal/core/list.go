package core

import (
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// refreshList asks for the list that the open section shows, of a product.
func (c *Core) refreshList(section view.Section, product view.Product) {
	s := &c.state
	switch {
	case section == view.SectionOrders && product == view.ProductLogs:
		list(c, protocol.LogOrders, &s.LogOrders, func(p *protocol.LogOrderPage) (*[]protocol.LogOrder, *string) { return &p.Orders, &p.Next })
	case section == view.SectionOrders && product == view.ProductBoosts:
		list(c, protocol.BoostOrders, &s.BoostOrders, func(p *protocol.BoostOrderPage) (*[]protocol.BoostOrder, *string) { return &p.Orders, &p.Next })
	case section == view.SectionOrders:
		list(c, protocol.OrderList, &s.Orders, func(p *protocol.OrderPage) (*[]protocol.Order, *string) { return &p.Orders, &p.Next })
	case product == view.ProductBoosts:
		list(c, protocol.BoostServices, &s.BoostServices, func(p *protocol.BoostServicePage) (*[]protocol.BoostService, *string) { return &p.Services, &p.Next })
	default:
		list(c, protocol.LogCategories, &s.LogCategories, func(p *protocol.LogCategoryPage) (*[]protocol.LogCategory, *string) { return &p.Categories, &p.Next })
	}
}

// list reads all parts of a list, so that what a person looks for is found wherever it
// stands. The first part is shown at once, unless a whole list stands there already. A
// list that is asked for later takes the place of one that is being read.
func list[P, T any](c *Core, method string, shown **P, of func(*P) (rows *[]T, next *string)) {
	c.listings++
	turn := c.listings
	var all []T
	var read func(cursor string)
	read = func(cursor string) {
		c.call(method, protocol.ListRequest{Cursor: cursor}, func(m protocol.Message) {
			if turn != c.listings {
				return
			}
			problem := c.state.Problem
			var page P
			if c.failed(m, &page) {
				return
			}
			if cursor != "" {
				c.state.Problem = problem // it is of something else
			}
			rows, next := of(&page)
			all = append(all, *rows...)
			*rows = all
			if *next == "" || cursor == "" && !isWhole(*shown, of) {
				*shown = &page
			}
			if *next != "" {
				read(*next)
			}
		})
	}
	read("")
}

// isWhole reports that a list is there, with its last part.
func isWhole[P, T any](page *P, of func(*P) (*[]T, *string)) bool {
	if page == nil {
		return false
	}
	_, next := of(page)
	return *next == ""
}

// listedAgain takes an order's new state into the list of all orders, where the daemon's
// state does not hold it.
func (c *Core) listedAgain(o protocol.Order) {
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
