package view

import (
	"github.com/logspanel/companion/shared/textnorm"
)

// catalogueScreen lists the provider's other products. They can't be bought here.
func catalogueScreen(s State) screen {
	product := func(p Product, key string, on bool) Node {
		return toggle("product-"+string(p), message(key), on, Action{Do: DoProduct, Product: p})
	}
	boosts := s.Product == ProductBoosts
	top := withKey("top", box("top", searchInput(s, "search_catalogue"),
		toggleGroup("products", "product_label", product(ProductLogs, "product_logs", !boosts), product(ProductBoosts, "product_boosts", boosts))))
	sc := screen{key: "title", title: message("tab_catalogue"), foot: []Node{text("dim", message("catalogue_hint"))}}
	if boosts {
		sc.nodes = []Node{top, boostServices(s)}
		sc.foot = append(loadingMore(s.BoostServices != nil && s.BoostServices.Next != "" && s.UpToDate), sc.foot...)
	} else {
		sc.nodes = []Node{top, logCategories(s)}
		sc.foot = append(loadingMore(s.LogCategories != nil && s.LogCategories.Next != "" && s.UpToDate), sc.foot...)
	}
	return sc
}

func logCategories(s State) Node {
	if s.LogCategories == nil {
		return busy("listing", message("loading"))
	}
	all := s.LogCategories.Categories
	return listing(s, "log-categories", "product_logs", "nothing_here", len(all), s.LogCategories.Next != "",
		func(i int) []string { return []string{all[i].Name, all[i].Parent} },
		func(i int) Node {
			c := all[i]
			about := []Node{text("", message("in_stock", countArg(c.Available)))}
			if c.Parent != "" {
				about = append([]Node{text("", plain(c.Parent))}, about...)
			}
			return listRow("log:"+c.ID, c.Name, priceText(c.Price), about...)
		})
}

func boostServices(s State) Node {
	if s.BoostServices == nil {
		return busy("listing", message("loading"))
	}
	all := s.BoostServices.Services
	return listing(s, "boost-services", "product_boosts", "nothing_here", len(all), s.BoostServices.Next != "",
		func(i int) []string { return []string{all[i].Name, all[i].Category} },
		func(i int) Node {
			b := all[i]
			return listRow("boost:"+b.ID, b.Name, message("per_1000", amountArg(b.RatePer1000)),
				text("", plain(b.Category)), text("", message("range", countArg(b.Min), countArg(b.Max))))
		})
}

// listing returns the list of another product: the rows, out of all, one of whose texts matches
// the search, or the reason why there are none. More is true while rows are still being loaded.
func listing(s State, key, label, empty string, all int, more bool, texts func(i int) []string, row func(i int) Node) Node {
	query := textnorm.ParseQuery(s.ListQuery)
	var found []int
	for i := range all {
		folded := ""
		for _, text := range texts(i) {
			folded += textnorm.SearchText(text)
		}
		if query.Matches(folded) {
			found = append(found, i)
		}
	}
	if len(found) == 0 && more && s.UpToDate {
		return busy("searching", message("loading"))
	}
	if len(found) == 0 {
		return emptyList(s, empty, all > 0)
	}
	list := window(key, message(label), len(found), s.First, func(i int) Node { return row(found[i]) })
	list.Class = "rows"
	return list
}
