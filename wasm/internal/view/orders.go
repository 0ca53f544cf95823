package view

import (
	"strings"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

// ordersScreen lists the account's orders of one product.
func ordersScreen(s State) screen {
	product := func(p Product, key string) Node {
		return toggle("product-"+string(p), message(key), s.Product == p, Action{Do: DoProduct, Product: p})
	}
	sc := screen{key: "title", title: message("tab_orders")}
	top := withKey("top", box("top", searchInput(s, "search_orders"),
		toggleGroup("products", "product_label", product(ProductNumbers, "product_numbers"), product(ProductLogs, "product_logs"), product(ProductBoosts, "product_boosts"))))
	switch s.Product {
	case ProductLogs:
		sc.nodes, sc.foot = []Node{top, logOrders(s)}, loadingMore(s.LogOrders != nil && s.LogOrders.Next != "" && s.UpToDate)
	case ProductBoosts:
		sc.nodes, sc.foot = []Node{top, boostOrders(s)}, loadingMore(s.BoostOrders != nil && s.BoostOrders.Next != "" && s.UpToDate)
	default:
		top.Children = append(top.Children, filterToggles(s))
		sc.nodes = []Node{top, numberOrders(s)}
		if loadsOrders(s) {
			sc.foot = []Node{busy("listing", message("loading_orders"))}
		}
	}
	return sc
}

// loadsOrders reports whether more number orders are still being loaded.
func loadsOrders(s State) bool { return s.UpToDate && (s.Orders == nil || s.Orders.Next != "") }

// loadingMore is the line below a list that is still being loaded.
func loadingMore(is bool) []Node {
	if !is {
		return nil
	}
	return []Node{busy("listing-more", message("loading"))}
}

func searchInput(s State, label string) Node {
	return Node{Key: "search", Kind: KindInput, Class: "search", Label: message(label), Value: s.ListQuery, Focus: true, Action: &Action{Do: DoSearch}}
}

func filterToggles(s State) Node {
	filter := func(f Filter, key string) Node {
		return toggle("filter-"+string(f), message(key), s.Filter == f, Action{Do: DoFilter, Text: string(f)})
	}
	return toggleGroup("filters", "filter_label", filter(FilterAll, "filter_all"), filter(FilterWaiting, "filter_waiting"), filter(FilterCode, "filter_code"), filter(FilterOver, "filter_over"))
}

func (f Filter) matches(o protocol.Order) bool {
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
	query := textnorm.ParseQuery(s.ListQuery)
	digits := digitsOf(s.ListQuery)
	var found []protocol.Order
	for _, o := range listed {
		if known, ok := s.snapshotOrder(o.ID); ok {
			o = known
		}
		fits := query.Matches(textnorm.SearchText(o.ServiceName)+textnorm.SearchText(o.CountryName)+textnorm.SearchText(o.CountryShort)+textnorm.SearchText(o.ID)+textnorm.SearchText(o.Status)+textnorm.SearchText(o.Message)) ||
			digits != "" && (strings.Contains(o.Number, digits) || strings.Contains(o.Forms().Dialed(), digits))
		if fits && s.Filter.matches(o) {
			found = append(found, o)
		}
	}
	if len(found) == 0 {
		if loadsOrders(s) {
			return busy("searching", message("loading_orders"))
		}
		return emptyList(s, "no_orders", len(listed) > 0)
	}
	list := window("orders", message("tab_orders"), len(found), s.First, func(i int) Node { return orderCard(found[i]) })
	list.Class = "cards"
	return list
}

// digitsOf returns the digits of a typed phone number, without what people put between them.
// It returns "" if the text is not a number.
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

// emptyList says that a list is empty or that nothing in it matches the search.
func emptyList(s State, empty string, some bool) Node {
	if some {
		return withKey("nothing", box("hint", banner("nothing-text", "plain", message("no_match"))))
	}
	return withKey("nothing", box("hint", banner("nothing-text", "plain", message(empty))))
}

// listRow returns one row of a list of another product. It can be opened if it has an action.
func listRow(key, name string, price *Text, about ...Node) Node {
	return Node{Key: key, Kind: KindBox, Class: "item", Children: []Node{text("name", plain(name)), text("price", price), box("about", about...)}}
}

func openable(n Node, a Action) Node {
	n.Kind, n.Action = KindButton, &a
	return n
}

func logOrders(s State) Node {
	if s.LogOrders == nil {
		return busy("listing", message("loading"))
	}
	all := s.LogOrders.Orders
	return listing(s, "log-orders", "product_logs", "no_orders", len(all), s.LogOrders.Next != "",
		func(i int) []string { return []string{all[i].ProductName, all[i].ID, all[i].Status} },
		func(i int) Node {
			o := all[i]
			return openable(listRow("log-order:"+o.ID, o.ProductName, priceText(o.Total),
				text("", plain(o.Status)), text("", message("quantity_of", countArg(o.Quantity)))),
				Action{Do: DoOrder, Product: ProductLogs, OrderID: o.ID})
		})
}

func logOrder(o protocol.LogOrder) screen {
	id := term("detail-id", "order_number", plain(o.ID))
	id.Value = o.ID
	return screen{key: "title", title: plain(o.ProductName), sub: message("product_logs"), back: true, nodes: []Node{
		withKey("card", box("card",
			term("detail-status", "provider_status", plain(o.Status)),
			term("detail-quantity", "quantity", message("number_of", countArg(o.Quantity))),
			term("detail-price", "price", priceText(o.Total)),
			term("detail-at", "bought_at", message("moment", Arg{Time: o.CreatedAt})),
			id,
		)),
		text("dim", message("catalogue_hint")),
	}}
}

func boostOrders(s State) Node {
	if s.BoostOrders == nil {
		return busy("listing", message("loading"))
	}
	all := s.BoostOrders.Orders
	return listing(s, "boost-orders", "product_boosts", "no_orders", len(all), s.BoostOrders.Next != "",
		func(i int) []string { return []string{all[i].ServiceName, all[i].ID, all[i].Status, all[i].Link} },
		func(i int) Node {
			o := all[i]
			return openable(listRow("boost-order:"+o.ID, o.ServiceName, priceText(o.Price),
				text("", plain(o.Status)), text("", message("quantity_of", countArg(o.Quantity)))),
				Action{Do: DoOrder, Product: ProductBoosts, OrderID: o.ID})
		})
}

// boostOrder shows a boost order with everything the provider sent and the possible actions.
// It can't be bought again here.
func boostOrder(s State, o protocol.BoostOrder) screen {
	card := withKey("card", box("card",
		term("detail-status", "provider_status", plain(o.Status)),
		term("detail-quantity", "quantity", message("number_of", countArg(o.Quantity))),
	))
	if o.StartCount != nil {
		card.Children = append(card.Children, term("detail-start", "start_count", message("number_of", countArg(*o.StartCount))))
	}
	if o.Remains != nil {
		card.Children = append(card.Children, term("detail-remains", "remains", message("number_of", countArg(*o.Remains))))
	}
	link := term("detail-link", "boost_link", plain(o.Link))
	link.Value = o.Link
	id := term("detail-id", "order_number", plain(o.ID))
	id.Value = o.ID
	card.Children = append(card.Children, term("detail-price", "price", priceText(o.Price)),
		term("detail-at", "bought_at", message("moment", Arg{Time: o.CreatedAt})), link, id)
	sc := screen{key: "title", title: plain(o.ServiceName), sub: message("product_boosts"), back: true, nodes: []Node{card}}
	if o.Refunded {
		sc.nodes = append(sc.nodes, banner("refunded", "ok", message("boost_refunded", amountArg(o.Price))))
	}
	check := primary("boost-check", message("boost_check"), Action{Do: DoBoostCheck, OrderID: o.ID})
	check.Focus, check.Disabled = true, !s.UpToDate
	actions := box("row bottom", check)
	if o.Cancellable && !o.Refunded {
		cancel := button("boost-cancel", message("boost_cancel"), Action{Do: DoBoostCancel, OrderID: o.ID})
		cancel.Disabled = !s.UpToDate
		actions.Children = []Node{cancel, check}
	}
	sc.nodes = append(sc.nodes, withKey("boost-actions", actions))
	return sc
}
