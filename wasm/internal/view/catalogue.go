package view

import (
	"github.com/logspanel/companion/shared/textnorm"
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
		sc.foot = append(loadingMore(s.BoostServices != nil && s.BoostServices.Next != "" && s.Live), sc.foot...)
	} else {
		sc.nodes = []Node{top, logCategories(s)}
		sc.foot = append(loadingMore(s.LogCategories != nil && s.LogCategories.Next != "" && s.Live), sc.foot...)
	}
	return sc
}

func logCategories(s State) Node {
	if s.LogCategories == nil {
		return busy("listing", say("loading"))
	}
	all := s.LogCategories.Categories
	return listing(s, "log-categories", "product_logs", "nothing_here", len(all), s.LogCategories.Next != "",
		func(i int) []string { return []string{all[i].Name, all[i].Parent} },
		func(i int) Node {
			c := all[i]
			about := []Node{text("", say("in_stock", count(c.Available)))}
			if c.Parent != "" {
				about = append([]Node{text("", plain(c.Parent))}, about...)
			}
			return row("log:"+c.ID, c.Name, price(c.Price), about...)
		})
}

func boostServices(s State) Node {
	if s.BoostServices == nil {
		return busy("listing", say("loading"))
	}
	all := s.BoostServices.Services
	return listing(s, "boost-services", "product_boosts", "nothing_here", len(all), s.BoostServices.Next != "",
		func(i int) []string { return []string{all[i].Name, all[i].Category} },
		func(i int) Node {
			b := all[i]
			return row("boost:"+b.ID, b.Name, say("per_1000", amount(b.RatePer1000)),
				text("", plain(b.Category)), text("", say("range", count(b.Min), count(b.Max))))
		})
}

// listing is a list of another line, of so many: those in which what is sought stands in
// one of the texts, or why there is none. More says that the list goes on.
func listing(s State, key, label, empty string, all int, more bool, texts func(i int) []string, row func(i int) Node) Node {
	query := textnorm.Of(s.Sought)
	var found []int
	for i := range all {
		folded := ""
		for _, text := range texts(i) {
			folded += textnorm.Fold(text)
		}
		if query.In(folded) {
			found = append(found, i)
		}
	}
	if len(found) == 0 && more && s.Live {
		return busy("searching", say("loading"))
	}
	if len(found) == 0 {
		return none(s, empty, all > 0)
	}
	list := window(key, say(label), len(found), s.First, func(i int) Node { return row(found[i]) })
	list.Class = "rows"
	return list
}
