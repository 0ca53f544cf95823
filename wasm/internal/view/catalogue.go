package view

import (
	"strconv"

	"github.com/logspanel/companion/shared/protocol"
)

// catalogue shows the provider's other lines. Nothing of them can be bought here.
func catalogue(s State) []Node {
	chip := func(p Product, key string) Node {
		b := button("product-"+string(p), say(key), Action{Do: DoProduct, Product: p})
		b.Class, b.Current = "chip", s.Product == p || s.Product == "" && p == ProductLogs
		return b
	}
	chips := box("chips", chip(ProductLogs, "product_logs"), chip(ProductBoosts, "product_boosts"))
	chips.Key = "chips"
	nodes := []Node{chips, text("dim", say("catalogue_hint"))}
	if s.Product == ProductBoosts {
		return append(nodes, boosts(s)...)
	}
	return append(nodes, logs(s)...)
}

func logs(s State) []Node {
	if s.LogCategories == nil || s.LogOrders == nil {
		return []Node{{Key: "listing", Kind: KindBusy, Text: say("loading")}}
	}
	orders := Node{Key: "log-orders", Kind: KindList, Label: say("your_orders")}
	for _, o := range s.LogOrders.Orders {
		orders.Children = append(orders.Children, item("log-order:"+o.ID, o.ProductName, &Text{Key: "amount", Args: []Arg{amount(o.Total)}},
			say("log_order", word(o.Status), count(o.Quantity), Arg{Time: o.CreatedAt})))
	}
	categories := Node{Key: "log-categories", Kind: KindList, Label: say("on_offer")}
	for _, c := range s.LogCategories.Categories {
		categories.Children = append(categories.Children, item("log:"+c.ID, c.Name, &Text{Key: "amount", Args: []Arg{amount(c.Price)}},
			say("in_stock", count(c.Available))))
	}
	return lists(orders, categories)
}

func boosts(s State) []Node {
	if s.BoostServices == nil || s.BoostOrders == nil {
		return []Node{{Key: "listing", Kind: KindBusy, Text: say("loading")}}
	}
	orders := Node{Key: "boost-orders", Kind: KindList, Label: say("your_orders")}
	for _, o := range s.BoostOrders.Orders {
		orders.Children = append(orders.Children, boostOrder(o))
	}
	services := Node{Key: "boost-services", Kind: KindList, Label: say("on_offer")}
	for _, b := range s.BoostServices.Services {
		services.Children = append(services.Children, item("boost:"+b.ID, b.Name, say("per_1000", amount(b.RatePer1000)),
			say("boost_range", word(b.Category), count(b.Min), count(b.Max))))
	}
	return lists(orders, services)
}

func boostOrder(o protocol.BoostOrder) Node {
	n := item("boost-order:"+o.ID, o.ServiceName, &Text{Key: "amount", Args: []Arg{amount(o.Price)}},
		say("boost_order", word(o.Status), count(o.Quantity)))
	row := box("row", button("boost-check:"+o.ID, say("boost_check"), Action{Do: DoBoostCheck, OrderID: o.ID}))
	if o.Cancellable && !o.Refunded {
		row.Children = append(row.Children, button("boost-cancel:"+o.ID, say("boost_cancel"), Action{Do: DoBoostCancel, OrderID: o.ID}))
	}
	row.Class = "row small"
	n.Children = append(n.Children, row)
	return n
}

func item(key, name string, price, about *Text) Node {
	n := box("item plain", text("name", plain(name)), text("price", price), text("dim", about))
	n.Key = key
	return n
}

// lists shows each list under its heading, or that it is empty.
func lists(all ...Node) []Node {
	var nodes []Node
	for i, l := range all {
		nodes = append(nodes, Node{Key: "heading-" + strconv.Itoa(i), Kind: KindHeading, Text: l.Label})
		if len(l.Children) == 0 {
			nodes = append(nodes, Node{Key: "empty-" + strconv.Itoa(i), Kind: KindText, Class: "dim", Text: say("nothing_here")})
		} else {
			nodes = append(nodes, l)
		}
	}
	return nodes
}
