package view

import (
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/words"
)

// catalogue shows the provider's other lines. Nothing of them can be bought here.
func catalogue(s State) screen {
	product := func(p Product, key string, on bool) Node {
		return toggle("product-"+string(p), say(key), on, Action{Do: DoProduct, Product: p})
	}
	boosts := s.Product == ProductBoosts
	top := keyed("top", box("top", searchIn(s, "search_catalogue"),
		choices("products", "product_label", product(ProductLogs, "product_logs", !boosts), product(ProductBoosts, "product_boosts", boosts))))
	sc := screen{key: "title", title: say("tab_catalogue"), foot: []Node{text("dim", say("catalogue_hint"))}}
	if boosts {
		sc.nodes = []Node{top, boostServices(s)}
	} else {
		sc.nodes = []Node{top, logCategories(s)}
	}
	return sc
}

func logCategories(s State) Node {
	if s.LogCategories == nil {
		return busy("listing", say("loading"))
	}
	query := words.Of(s.Sought)
	var found []protocol.LogCategory
	for _, c := range s.LogCategories.Categories {
		if query.In(words.Fold(c.Name) + words.Fold(c.Parent)) {
			found = append(found, c)
		}
	}
	if len(found) == 0 {
		return none(s, "nothing_here", len(s.LogCategories.Categories) > 0)
	}
	list := window("log-categories", say("product_logs"), found, s.First, func(c protocol.LogCategory) Node {
		about := []Node{text("", say("in_stock", count(c.Available)))}
		if c.Parent != "" {
			about = append([]Node{text("", plain(c.Parent))}, about...)
		}
		return row("log:"+c.ID, c.Name, price(c.Price), about...)
	})
	list.Class = "rows"
	return list
}

func boostServices(s State) Node {
	if s.BoostServices == nil {
		return busy("listing", say("loading"))
	}
	query := words.Of(s.Sought)
	var found []protocol.BoostService
	for _, b := range s.BoostServices.Services {
		if query.In(words.Fold(b.Name) + words.Fold(b.Category)) {
			found = append(found, b)
		}
	}
	if len(found) == 0 {
		return none(s, "nothing_here", len(s.BoostServices.Services) > 0)
	}
	list := window("boost-services", say("product_boosts"), found, s.First, func(b protocol.BoostService) Node {
		return row("boost:"+b.ID, b.Name, say("per_1000", amount(b.RatePer1000)),
			text("", plain(b.Category)), text("", say("range", count(b.Min), count(b.Max))))
	})
	list.Class = "rows"
	return list
}
