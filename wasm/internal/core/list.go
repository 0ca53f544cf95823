package core

import (
	"encoding/json"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// lists loads what the popup shows besides the offers: the orders of every product, and the
// catalogue. A list arrives in parts. Only the latest load counts.
type lists struct {
	*shared
	daemon *connection
	seq    int // number of the latest load
}

// clear drops all lists and cancels the current load.
func (l *lists) clear() {
	l.seq++
	l.state.Orders, l.state.LogCategories, l.state.LogOrders, l.state.BoostServices, l.state.BoostOrders = nil, nil, nil, nil, nil
}

// refresh loads the list that the section shows for the product.
func (l *lists) refresh(section view.Section, product view.Product) {
	s := &l.state
	switch {
	case section == view.SectionOrders && product == view.ProductLogs:
		loadList(l, protocol.LogOrders, &s.LogOrders, func(p *protocol.LogOrderPage) (*[]protocol.LogOrder, *string) { return &p.Orders, &p.Next })
	case section == view.SectionOrders && product == view.ProductBoosts:
		loadList(l, protocol.BoostOrders, &s.BoostOrders, func(p *protocol.BoostOrderPage) (*[]protocol.BoostOrder, *string) { return &p.Orders, &p.Next })
	case section == view.SectionOrders:
		loadList(l, protocol.OrderList, &s.Orders, func(p *protocol.OrderPage) (*[]protocol.Order, *string) { return &p.Orders, &p.Next })
	case product == view.ProductBoosts:
		loadList(l, protocol.BoostServices, &s.BoostServices, func(p *protocol.BoostServicePage) (*[]protocol.BoostService, *string) { return &p.Services, &p.Next })
	default:
		loadList(l, protocol.LogCategories, &s.LogCategories, func(p *protocol.LogCategoryPage) (*[]protocol.LogCategory, *string) { return &p.Categories, &p.Next })
	}
}

// loadList loads all parts of a list, so that the filter covers the whole list. It shows the first
// part at once, unless a complete list is shown already.
func loadList[P, T any](l *lists, method string, shown **P, of func(*P) (rows *[]T, next *string)) {
	var all []T
	l.readParts(method, "", l.nextSeq(), func(raw json.RawMessage, first bool) (cursor string, err error) {
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

// nextSeq begins a load, which cancels the previous one.
func (l *lists) nextSeq() (seq int) {
	l.seq++
	return l.seq
}

// readParts requests the part of a list at cursor, and then those after it. take handles a part and
// returns the cursor of the next, or "" after the last.
func (l *lists) readParts(method, cursor string, seq int, take func(raw json.RawMessage, first bool) (next string, err error)) {
	l.daemon.call(method, protocol.ListRequest{Cursor: cursor}, func(m protocol.Message) {
		if seq != l.seq {
			return
		}
		if m.Error != nil || cursor == "" {
			l.state.Problem = m.Error // a later part that succeeds must not clear another problem
		}
		if m.Error != nil {
			return
		}
		next, err := take(m.Result, cursor == "")
		switch {
		case err != nil:
			l.state.Problem = protocol.AsError(err)
		case next != "":
			l.readParts(method, next, seq, take)
		}
	})
}

// isComplete reports whether the list is loaded up to its last part.
func isComplete[P, T any](page *P, of func(*P) (*[]T, *string)) bool {
	if page == nil {
		return false
	}
	_, next := of(page)
	return *next == ""
}

// updateOrder updates an order in the loaded list of all orders. An order that is not in the list
// is ignored.
func (l *lists) updateOrder(o protocol.Order) {
	if l.state.Orders == nil {
		return
	}
	page := protocol.OrderPage{Orders: append([]protocol.Order(nil), l.state.Orders.Orders...), Next: l.state.Orders.Next}
	for i := range page.Orders {
		if page.Orders[i].ID == o.ID {
			page.Orders[i] = o
			l.state.Orders = &page
			return
		}
	}
}

// updateBoost updates an order in the loaded list of boost orders.
func (l *lists) updateBoost(o protocol.BoostOrder) {
	if l.state.BoostOrders == nil {
		return
	}
	page := protocol.BoostOrderPage{Orders: append([]protocol.BoostOrder(nil), l.state.BoostOrders.Orders...), Next: l.state.BoostOrders.Next}
	for i := range page.Orders {
		if page.Orders[i].ID == o.ID {
			page.Orders[i] = o
		}
	}
	l.state.BoostOrders = &page
}
