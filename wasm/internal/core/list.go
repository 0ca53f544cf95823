package core

import (
	"encoding/json"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

// lists loads what the popup shows beside the offers: the orders of every product, and the
// catalogue. It owns the reading of the open list, which comes in parts; only the latest
// reading counts.
type lists struct {
	*shared
	daemon *connection
	seq    int // of the latest reading
}

// clear forgets all lists, and ends the reading of one.
func (l *lists) clear() {
	l.seq++
	l.state.Orders, l.state.LogCategories, l.state.LogOrders, l.state.BoostServices, l.state.BoostOrders = nil, nil, nil, nil, nil
}

// refresh asks for the list that the open section shows, of a product.
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

// loadList reads all parts of a list, so that what a person looks for is found wherever it
// stands. The first part is shown at once, unless a whole list stands there already.
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

// nextSeq begins the reading of a list, which ends the one before.
func (l *lists) nextSeq() (seq int) {
	l.seq++
	return l.seq
}

// readParts asks for the part of a list that a cursor begins, and for those after it.
// Take takes a part and names the next.
func (l *lists) readParts(method, cursor string, seq int, take func(raw json.RawMessage, first bool) (next string, err error)) {
	l.daemon.call(method, protocol.ListRequest{Cursor: cursor}, func(m protocol.Message) {
		if seq != l.seq {
			return
		}
		if m.Error != nil || cursor == "" {
			l.state.Problem = m.Error // that of a later part is not this list's to clear
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

// isComplete reports that a list is there, with its last part.
func isComplete[P, T any](page *P, of func(*P) (*[]T, *string)) bool {
	if page == nil {
		return false
	}
	_, next := of(page)
	return *next == ""
}

// updateOrder takes an order's new state into the list of all orders, where the daemon's
// state does not hold it.
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

// updateBoost takes a boost order's new state into the list of them.
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
