package view

import (
	"strings"
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

// recent is how many orders with something to do stand above the search.
const recent = 3

// offers is the way to a number: what waits, the search, and what it found.
func offers(s State) screen {
	sc := brand()
	if s.Query == "" && s.Tab.Service != "" {
		sc.key, sc.title, sc.sub = "proposed", plain(s.Tab.Service), plain(s.Tab.Host)
	}
	for i, o := range active(s) {
		if i == recent {
			break
		}
		sc.nodes = append(sc.nodes, orderCard(o))
	}
	search := Node{
		Key: "search", Kind: KindInput, Class: "search", Label: say("search_label"), Value: s.Query, Focus: true,
		Action: &Action{Do: DoSearch},
	}
	sc.nodes = append(sc.nodes, keyed("top", box("top", search, sorts(s))))
	sc.nodes = append(sc.nodes, found(s))
	sc.foot = offersFoot(s)
	return sc
}

// found is what the search found, or why there is nothing.
func found(s State) Node {
	switch o := s.Offers; {
	case o != nil && len(o.Offers) > 0:
		return offerList(s)
	case s.Searching, o != nil && o.Loading:
		return busy("searching", say("searching"))
	case o == nil:
		return keyed("hint", box("hint", text("", say("search_hint")), text("dim", say("search_example"))))
	case s.Query != "":
		return keyed("nothing", box("hint", notice("nothing-text", "plain", say("nothing_found", word(s.Query))), text("dim", say("nothing_try"))))
	}
	return keyed("nothing", box("hint", notice("nothing-text", "plain", say("nothing_proposed", word(s.Tab.Service))), text("dim", say("nothing_try"))))
}

func offerList(s State) Node {
	list := Node{
		Key: "offers", Kind: KindList, Class: "rows", Label: say("offers"),
		Total: s.Offers.Total, First: s.Offers.Offset, Action: &Action{Do: DoWindow},
	}
	if s.Query == "" && s.Tab.Service == "" {
		list.Label = say("usual")
	}
	byCountry := oneService(s.Offers.Offers)
	for _, o := range s.Offers.Offers {
		list.Children = append(list.Children, offer(s, o, byCountry))
	}
	return list
}

// offersFoot says how far the offers can be relied on, where nothing moves by it.
func offersFoot(s State) []Node {
	if s.Offers == nil || len(s.Offers.Offers) == 0 {
		return spent(s)
	}
	if s.Fresher != nil {
		more := button("fresher", say("fresher", count(s.Fresher.Total)), Action{Do: DoFresher})
		more.Class = "link"
		return []Node{more}
	}
	if s.Offers.Loading {
		return []Node{busy("loading", say("loading_countries", count(s.Offers.Total)))}
	}
	if s.Now.Sub(s.Offers.AsOf) >= oldPrices {
		return []Node{text("dim", say("prices_of", Arg{Time: s.Offers.AsOf}))}
	}
	return spent(s)
}

// oldPrices is when it is worth saying how old the prices are.
const oldPrices = time.Minute

// sorts is what the offers can be compared by.
func sorts(s State) Node {
	sort := func(sort protocol.Sort, key string) Node {
		return toggle("sort-"+string(sort), say(key), s.Sort == sort, Action{Do: DoSort, Text: string(sort)})
	}
	return choices("sorts", "sort_label", sort(protocol.SortPrice, "sort_price"), sort(protocol.SortStock, "sort_stock"), sort(protocol.SortDelivery, "sort_record"))
}

// spent is what the limit of the day has been used for.
func spent(s State) []Node {
	l := s.Snapshot.Limits
	if l.Unset {
		return nil
	}
	return []Node{keyed("spent", text("dim", say("spent_today", amount(l.Spent), amount(l.PerDay))))}
}

// record says how the account's own orders went.
func record(r protocol.DeliveryStats) *Text {
	if r.Seconds > 0 {
		return say("record_fast", count(r.Delivered), count(r.Orders), span(time.Duration(r.Seconds)*time.Second))
	}
	return say("record", count(r.Delivered), count(r.Orders))
}

// active are the orders that wait, or whose code has just come, newest first.
func active(s State) []protocol.Order {
	var list []protocol.Order
	for _, o := range s.Snapshot.Orders {
		fresh := o.State == protocol.OrderReceived && s.Now.Before(o.Deadline)
		if o.Open() || fresh {
			list = append(list, o)
		}
	}
	return list
}

// oneService reports that offers differ by their countries alone.
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
	row.Disabled = o.Available == 0 || !s.Live
	name, more := text("name", plain(o.CountryName)), o.ServiceName
	if !byCountry {
		name.Text, more = plain(o.ServiceName), o.CountryName
	}
	if s.Habits.Favours(o.CountryID, o.ServiceID) {
		name.Class = "name favoured"
	}
	// What all rows have in common is in the title; the line tells them apart.
	about := box("about")
	if s.Query != "" || !byCountry || !strings.EqualFold(o.ServiceName, s.Tab.Service) {
		about.Children = append(about.Children, text("", plain(more)))
	}
	if r := s.Habits.Recents; len(r) > 0 && r[0] == (protocol.Place{CountryID: o.CountryID, ServiceID: o.ServiceID}) {
		about.Children = append(about.Children, text("", say("last_used")))
	}
	if o.Stats != nil {
		about.Children = append(about.Children, text("", record(*o.Stats)))
	}
	if len(about.Children) == 0 {
		about.Children = append(about.Children, text("", say("no_record")))
	}
	stock := text("stock", say("in_stock", count(o.Available)))
	if o.Available == 0 {
		stock = text("stock", say("no_stock"))
	}
	if s.Quoting != nil && s.Quoting.CountryID == o.CountryID && s.Quoting.ServiceID == o.ServiceID {
		stock = Node{Kind: KindBusy, Class: "stock", Text: say("quoting")}
	}
	row.Children = []Node{flag(o.CountryShort), name, text("price", price(o.Price)), about, stock}
	return row
}

// flag is a country's two letters: not every system draws flags.
func flag(short string) Node {
	return text("flag", plain(strings.ToUpper(short)))
}

// confirmation is the one question before money is spent.
func confirmation(s State) screen {
	q := s.Quote
	i := q.Intent
	sc := screen{key: "confirm-title", title: say("confirm_title"), back: true}
	card := keyed("quote", box("card",
		term("quote-service", "service", plain(i.ServiceName)),
		term("quote-country", "country", plain(i.CountryName)),
		term("quote-price", "price", price(i.Price)),
		term("quote-after", "balance_after", price(q.BalanceAfter)),
		term("quote-spent", "spent", say("spent_of", amount(q.Limits.Spent), amount(q.Limits.PerDay))),
	))
	sc.nodes = []Node{card}
	if len(s.Areas) > 0 {
		area := Node{
			Key: "area", Kind: KindSelect, Label: say("area_label"), Value: s.AreaCode,
			Options: []Option{{Value: "", Text: *say("area_any")}},
			Action:  &Action{Do: DoQuote, CountryID: i.CountryID, ServiceID: i.ServiceID, OrderID: i.Replaces},
		}
		for _, code := range s.Areas {
			area.Options = append(area.Options, Option{Value: code, Text: *plain(code)})
		}
		sc.nodes = append(sc.nodes, area)
	}
	if i.Replaces == "" {
		favoured := s.Habits.Favours(i.CountryID, i.ServiceID)
		favour := toggle("favour", say("favour"), favoured, Action{Do: DoFavour, CountryID: i.CountryID, ServiceID: i.ServiceID})
		favour.Class = "chip star"
		compare := button("compare", say("compare"), Action{Do: DoCompare, Text: i.ServiceName})
		compare.Class, compare.Disabled = "chip", s.Buying
		sc.nodes = append(sc.nodes, keyed("aside", box("chips", favour, compare)))
	}
	buy := primary("buy", say("buy_for", amount(i.Price)), Action{Do: DoBuy})
	switch {
	case q.Unresolved != nil:
		sc.nodes = append(sc.nodes, notice("unresolved", "warn", say("unresolved", word(i.ServiceName), word(i.CountryName))))
		buy.Disabled = true
	case s.Snapshot.KeepExpired:
		sc.nodes = append(sc.nodes, text("dim", say("kept_late")))
	default:
		sc.nodes = append(sc.nodes, text("dim", say("refund_promise")))
	}
	if o, known := s.known(i.Replaces); known {
		sc.nodes = append(sc.nodes, notice("replaces", "quiet", say("replaces", word(o.DisplayNumber()), amount(o.Price))))
	}
	back := button("leave", say("back"), Action{Do: DoBack})
	if s.Buying {
		buy.Text, buy.Disabled, back.Disabled = say("buying_now"), true, true
	}
	buy.Disabled = buy.Disabled || !s.Live
	buy.Focus = true
	sc.nodes = append(sc.nodes, keyed("confirm", box("row bottom", back, buy)))
	return sc
}
