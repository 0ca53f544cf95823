package view

import (
	"strings"
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

// maxActiveShown is how many active orders are shown above the search.
const maxActiveShown = 3

// offersScreen shows the active orders, the search for a number, and its results.
func offersScreen(s State) screen {
	sc := brand()
	if s.Query == "" && s.Tab.Service != "" {
		sc.key, sc.title, sc.sub = "proposed", plain(s.Tab.Service), plain(s.Tab.Host)
		if s.Tab.Guess {
			sc.nodes = append(sc.nodes, banner("guess", "quiet", message("service_guess", plainArg(s.Tab.Service), plainArg(s.Tab.Host))))
		}
	}
	for i, o := range activeOrders(s) {
		if i == maxActiveShown {
			break
		}
		sc.nodes = append(sc.nodes, orderCard(o))
	}
	search := Node{
		Key: "search", Kind: KindInput, Class: "search", Label: message("search_label"), Value: s.Query, Focus: true,
		Action: &Action{Do: DoSearch},
	}
	sc.nodes = append(sc.nodes, withKey("top", box("top", search, sortToggles(s))))
	sc.nodes = append(sc.nodes, searchResults(s))
	sc.foot = offersFoot(s)
	return sc
}

// searchResults lists the offers found, or says why there are none.
func searchResults(s State) Node {
	switch o := s.Offers; {
	case o != nil && len(o.Offers) > 0:
		return offerList(s)
	case s.Searching, o != nil && o.Loading:
		return busy("searching", message("searching"))
	case o == nil:
		return withKey("hint", box("hint", text("", message("search_hint")), text("dim", message("search_example"))))
	case s.Query != "":
		return withKey("nothing", box("hint", banner("nothing-text", "plain", message("nothing_found", plainArg(s.Query))), text("dim", message("nothing_try"))))
	}
	return withKey("nothing", box("hint", banner("nothing-text", "plain", message("nothing_proposed", plainArg(s.Tab.Service))), text("dim", message("nothing_try"))))
}

func offerList(s State) Node {
	list := Node{
		Key: "offers", Kind: KindList, Class: "rows", Label: message("offers"),
		Total: s.Offers.Total, First: s.Offers.Offset, Action: &Action{Do: DoWindow},
	}
	if s.Query == "" && s.Tab.Service == "" {
		list.Label = message("usual")
	}
	byCountry := oneService(s.Offers.Offers)
	for _, o := range s.Offers.Offers {
		list.Children = append(list.Children, offer(s, o, byCountry))
	}
	return list
}

// offersFoot is the line below the offers that says how current they are. It stands below them
// so that no row moves when it changes.
func offersFoot(s State) []Node {
	if s.Offers == nil || len(s.Offers.Offers) == 0 {
		return spentToday(s)
	}
	if s.NewerOffers != nil {
		more := button("fresher", message("fresher", countArg(s.NewerOffers.Total)), Action{Do: DoShowNewer})
		more.Class = "link"
		return []Node{more}
	}
	if s.Offers.Loading {
		return []Node{busy("loading", message("loading_countries", countArg(s.Offers.Total)))}
	}
	if s.Now.Sub(s.Offers.AsOf) >= oldPrices {
		return []Node{text("dim", message("prices_of", Arg{Time: s.Offers.AsOf}))}
	}
	return spentToday(s)
}

// oldPrices is the age from which the popup mentions how old the prices are.
const oldPrices = time.Minute

// sortToggles lets the person choose the order of the offers.
func sortToggles(s State) Node {
	sort := func(sort protocol.Sort, key string) Node {
		return toggle("sort-"+string(sort), message(key), s.Sort == sort, Action{Do: DoSort, Text: string(sort)})
	}
	return toggleGroup("sorts", "sort_label", sort(protocol.SortPrice, "sort_price"), sort(protocol.SortStock, "sort_stock"), sort(protocol.SortDelivery, "sort_record"))
}

// spentToday shows how much of the daily limit is spent.
func spentToday(s State) []Node {
	l := s.Snapshot.Limits
	if l.Unset {
		return nil
	}
	return []Node{withKey("spent", text("dim", message("spent_today", amountArg(l.Spent), amountArg(l.PerDay))))}
}

// deliveryText summarizes how many of the account's earlier orders got a code.
func deliveryText(r protocol.DeliveryStats) *Text {
	if r.Seconds > 0 {
		return message("record_fast", countArg(r.Delivered), countArg(r.Orders), durationArg(time.Duration(r.Seconds)*time.Second))
	}
	return message("record", countArg(r.Delivered), countArg(r.Orders))
}

// activeOrders returns the orders that wait for a code or have just received one, newest first.
func activeOrders(s State) []protocol.Order {
	var list []protocol.Order
	for _, o := range s.Snapshot.Orders {
		fresh := o.State == protocol.OrderReceived && s.Now.Before(o.Deadline)
		if o.Open() || fresh {
			list = append(list, o)
		}
	}
	return list
}

// oneService reports whether all offers are for the same service.
func oneService(list []protocol.Offer) bool {
	for _, o := range list {
		if o.ServiceName != list[0].ServiceName {
			return false
		}
	}
	return true
}

func offer(s State, o protocol.Offer, byCountry bool) Node {
	row := button("quote:"+o.CountryID+":"+o.ServiceID, nil, Action{Do: DoQuote, CountryID: o.CountryID, ServiceID: o.ServiceID})
	row.Class = "offer"
	row.Disabled = o.Available == 0 || !s.UpToDate
	name, more := text("name", plain(o.CountryName)), o.ServiceName
	if !byCountry {
		name.Text, more = plain(o.ServiceName), o.CountryName
	}
	if s.Preferences.IsFavourite(o.CountryID, o.ServiceID) {
		name.Class = "name favoured"
	}
	// The title has what all rows share; the line has what differs.
	about := box("about")
	if s.Query != "" || !byCountry || !strings.EqualFold(o.ServiceName, s.Tab.Service) {
		about.Children = append(about.Children, text("", plain(more)))
	}
	if r := s.Preferences.Recents; len(r) > 0 && r[0] == (protocol.Place{CountryID: o.CountryID, ServiceID: o.ServiceID}) {
		about.Children = append(about.Children, text("", message("last_used")))
	}
	if o.Stats != nil {
		about.Children = append(about.Children, text("", deliveryText(*o.Stats)))
	}
	if len(about.Children) == 0 {
		about.Children = append(about.Children, text("", message("no_record")))
	}
	stock := text("stock", message("in_stock", countArg(o.Available)))
	if o.Available == 0 {
		stock = text("stock", message("no_stock"))
	}
	if s.Quoting != nil && s.Quoting.CountryID == o.CountryID && s.Quoting.ServiceID == o.ServiceID {
		stock = Node{Kind: KindBusy, Class: "stock", Text: message("quoting")}
	}
	row.Children = []Node{flag(o.CountryShort), name, text("price", priceText(o.Price)), about, stock}
	return row
}

// flag returns a country's two letters, because not every system can draw flags.
func flag(short string) Node {
	return text("flag", plain(strings.ToUpper(short)))
}
