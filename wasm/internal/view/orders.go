package view

import (
	"strings"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

// orders lists what the account has had, of each line.
func orders(s State) screen {
	product := func(p Product, key string) Node {
		return toggle("product-"+string(p), say(key), s.Product == p, Action{Do: DoProduct, Product: p})
	}
	sc := screen{key: "title", title: say("tab_orders")}
	top := keyed("top", box("top", searchIn(s, "search_orders"),
		choices("products", "product_label", product(ProductNumbers, "product_numbers"), product(ProductLogs, "product_logs"), product(ProductBoosts, "product_boosts"))))
	switch s.Product {
	case ProductLogs:
		sc.nodes, sc.foot = []Node{top, logOrders(s)}, loadingMore(s.LogOrders != nil && s.LogOrders.Next != "" && s.Live)
	case ProductBoosts:
		sc.nodes, sc.foot = []Node{top, boostOrders(s)}, loadingMore(s.BoostOrders != nil && s.BoostOrders.Next != "" && s.Live)
	default:
		top.Children = append(top.Children, filters(s))
		sc.nodes = []Node{top, numberOrders(s)}
		if loadsOrders(s) {
			sc.foot = []Node{busy("listing", say("loading_orders"))}
		}
	}
	return sc
}

// loadsOrders reports that more of the number orders is on its way.
func loadsOrders(s State) bool { return s.Live && (s.Orders == nil || s.Orders.Next != "") }

// loadingMore says below a list that there is more of it.
func loadingMore(is bool) []Node {
	if !is {
		return nil
	}
	return []Node{busy("listing-more", say("loading"))}
}

func searchIn(s State, label string) Node {
	return Node{Key: "search", Kind: KindInput, Class: "search", Label: say(label), Value: s.Sought, Focus: true, Action: &Action{Do: DoSearch}}
}

func filters(s State) Node {
	filter := func(f Filter, key string) Node {
		return toggle("filter-"+string(f), say(key), s.Filter == f, Action{Do: DoFilter, Text: string(f)})
	}
	return choices("filters", "filter_label", filter(FilterAll, "filter_all"), filter(FilterWaiting, "filter_waiting"), filter(FilterCode, "filter_code"), filter(FilterOver, "filter_over"))
}

func (f Filter) has(o protocol.Order) bool {
	switch f {
	case FilterWaiting:
		return o.State == protocol.OrderWaiting
	case FilterCode:
		return o.State == protocol.OrderReceived
	case FilterOver:
		return o.State == protocol.OrderCancelling || o.State == protocol.OrderRefunded || o.State == protocol.OrderExpired
	}
	return true
}

func numberOrders(s State) Node {
	listed := s.Snapshot.Orders
	if s.Orders != nil {
		listed = s.Orders.Orders
	}
	query := textnorm.Of(s.Sought)
	digits := digitsOf(s.Sought)
	var found []protocol.Order
	for _, o := range listed {
		if known, ok := s.known(o.ID); ok {
			o = known
		}
		fits := query.In(textnorm.Fold(o.ServiceName)+textnorm.Fold(o.CountryName)+textnorm.Fold(o.CountryShort)+textnorm.Fold(o.ID)+textnorm.Fold(o.Status)+textnorm.Fold(o.Message)) ||
			digits != "" && strings.Contains(o.Number, digits)
		if fits && s.Filter.has(o) {
			found = append(found, o)
		}
	}
	if len(found) == 0 {
		if loadsOrders(s) {
			return busy("searching", say("loading_orders"))
		}
		return none(s, "no_orders", len(listed) > 0)
	}
	list := window("orders", say("tab_orders"), len(found), s.First, func(i int) Node { return orderCard(found[i]) })
	list.Class = "cards"
	return list
}

// digitsOf is a typed number without what people put between its digits; empty where it
// is no number.
func digitsOf(typed string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case strings.ContainsRune(" +-()", r):
			return -1
		}
		return 'x'
	}, typed)
	if strings.Contains(digits, "x") {
		return ""
	}
	return digits
}

// none says that a list is empty, or that nothing of it is what was looked for.
func none(s State, empty string, some bool) Node {
	if some {
		return keyed("nothing", box("hint", notice("nothing-text", "plain", say("no_match"))))
	}
	return keyed("nothing", box("hint", notice("nothing-text", "plain", say(empty))))
}

// row is one line of a list of another line's: to look at, or to open.
func row(key, name string, price *Text, about ...Node) Node {
	return Node{Key: key, Kind: KindBox, Class: "item", Children: []Node{text("name", plain(name)), text("price", price), box("about", about...)}}
}

func openable(n Node, a Action) Node {
	n.Kind, n.Action = KindButton, &a
	return n
}

func logOrders(s State) Node {
	if s.LogOrders == nil {
		return busy("listing", say("loading"))
	}
	all := s.LogOrders.Orders
	return listing(s, "log-orders", "product_logs", "no_orders", len(all), s.LogOrders.Next != "",
		func(i int) []string { return []string{all[i].ProductName, all[i].ID, all[i].Status} },
		func(i int) Node {
			o := all[i]
			return openable(row("log-order:"+o.ID, o.ProductName, price(o.Total),
				text("", plain(o.Status)), text("", say("quantity_of", count(o.Quantity)))),
				Action{Do: DoOrder, Product: ProductLogs, OrderID: o.ID})
		})
}

func logOrder(o protocol.LogOrder) screen {
	id := term("detail-id", "order_number", plain(o.ID))
	id.Value = o.ID
	return screen{key: "title", title: plain(o.ProductName), sub: say("product_logs"), back: true, nodes: []Node{
		keyed("card", box("card",
			term("detail-status", "provider_status", plain(o.Status)),
			term("detail-quantity", "quantity", say("number_of", count(o.Quantity))),
			term("detail-price", "price", price(o.Total)),
			term("detail-at", "bought_at", say("moment", Arg{Time: o.CreatedAt})),
			id,
		)),
		text("dim", say("catalogue_hint")),
	}}
}

func boostOrders(s State) Node {
	if s.BoostOrders == nil {
		return busy("listing", say("loading"))
	}
	all := s.BoostOrders.Orders
	return listing(s, "boost-orders", "product_boosts", "no_orders", len(all), s.BoostOrders.Next != "",
		func(i int) []string { return []string{all[i].ServiceName, all[i].ID, all[i].Status, all[i].Link} },
		func(i int) Node {
			o := all[i]
			return openable(row("boost-order:"+o.ID, o.ServiceName, price(o.Price),
				text("", plain(o.Status)), text("", say("quantity_of", count(o.Quantity)))),
				Action{Do: DoOrder, Product: ProductBoosts, OrderID: o.ID})
		})
}

// boostOrder is a boost order with all that the provider sent, and what can be done
// about it. Another can't be bought here.
func boostOrder(s State, o protocol.BoostOrder) screen {
	card := keyed("card", box("card",
		term("detail-status", "provider_status", plain(o.Status)),
		term("detail-quantity", "quantity", say("number_of", count(o.Quantity))),
	))
	if o.StartCount != nil {
		card.Children = append(card.Children, term("detail-start", "start_count", say("number_of", count(*o.StartCount))))
	}
	if o.Remains != nil {
		card.Children = append(card.Children, term("detail-remains", "remains", say("number_of", count(*o.Remains))))
	}
	link := term("detail-link", "boost_link", plain(o.Link))
	link.Value = o.Link
	id := term("detail-id", "order_number", plain(o.ID))
	id.Value = o.ID
	card.Children = append(card.Children, term("detail-price", "price", price(o.Price)),
		term("detail-at", "bought_at", say("moment", Arg{Time: o.CreatedAt})), link, id)
	sc := screen{key: "title", title: plain(o.ServiceName), sub: say("product_boosts"), back: true, nodes: []Node{card}}
	if o.Refunded {
		sc.nodes = append(sc.nodes, notice("refunded", "ok", say("boost_refunded", amount(o.Price))))
	}
	check := primary("boost-check", say("boost_check"), Action{Do: DoBoostCheck, OrderID: o.ID})
	check.Focus, check.Disabled = true, !s.Live
	actions := box("row bottom", check)
	if o.Cancellable && !o.Refunded {
		cancel := button("boost-cancel", say("boost_cancel"), Action{Do: DoBoostCancel, OrderID: o.ID})
		cancel.Disabled = !s.Live
		actions.Children = []Node{cancel, check}
	}
	sc.nodes = append(sc.nodes, keyed("boost-actions", actions))
	return sc
}
