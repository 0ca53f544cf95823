package view

import (
	"strings"
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

// recent is how many orders with something to do stand above the search.
const recent = 3

// offers is the way to a number: what waits, the search, and what it found.
func offers(s State) []Node {
	var nodes []Node
	for i, o := range active(s) {
		if i == recent {
			break
		}
		nodes = append(nodes, orderCard(o))
	}
	search := Node{
		Key: "search", Kind: KindInput, Class: "search", Label: say("search_label"), Value: s.Query, Focus: true,
		Action: &Action{Do: DoSearch},
	}
	nodes = append(nodes, search)
	if s.Query == "" && s.Tab.Service != "" {
		nodes = append(nodes, Node{Key: "proposed", Kind: KindHeading, Text: say("proposed", word(s.Tab.Service), word(s.Tab.Host))})
	}
	if s.Quoting {
		nodes = append(nodes, Node{Key: "quoting", Kind: KindBusy, Text: say("quoting")})
	}
	switch {
	case s.Offers == nil && s.Searching:
		return append(nodes, Node{Key: "searching", Kind: KindBusy, Text: say("searching")})
	case s.Offers == nil:
		return append(nodes, text("dim", say("search_hint")))
	case len(s.Offers.Offers) == 0 && (s.Searching || s.Offers.Loading):
		return append(nodes, Node{Key: "searching", Kind: KindBusy, Text: say("searching")})
	case len(s.Offers.Offers) == 0 && s.Query != "":
		return append(nodes, notice("nothing", "quiet", say("nothing_found", word(s.Query))))
	case len(s.Offers.Offers) == 0:
		return append(nodes, notice("nothing", "quiet", say("nothing_proposed", word(s.Tab.Service))))
	}
	nodes = append(nodes, sorts(s))
	list := Node{Key: "offers", Kind: KindList, Label: say("offers")}
	for _, o := range s.Offers.Offers {
		list.Children = append(list.Children, offer(s, o))
	}
	nodes = append(nodes, list)
	if more := s.Offers.Total - len(s.Offers.Offers); more > 0 {
		nodes = append(nodes, text("dim", say("more_offers", count(more))))
	}
	if s.Offers.Loading {
		nodes = append(nodes, Node{Key: "loading", Kind: KindBusy, Text: say("loading_countries")})
	} else if s.Now.Sub(s.Offers.AsOf) >= oldPrices {
		nodes = append(nodes, text("dim", say("prices_of", Arg{Time: s.Offers.AsOf})))
	}
	return append(nodes, spent(s))
}

// oldPrices is when it is worth saying how old the prices are.
const oldPrices = time.Minute

// sorts is what the offers can be compared by.
func sorts(s State) Node {
	chip := func(sort protocol.Sort, t *Text) Node {
		b := button("sort-"+string(sort), t, Action{Do: DoSort, Text: string(sort)})
		b.Class, b.Current = "chip", s.Sort == sort
		return b
	}
	n := box("chips", chip(protocol.SortPrice, say("sort_price")), chip(protocol.SortStock, say("sort_stock")), chip(protocol.SortRecord, say("sort_record")))
	n.Key = "sorts"
	return n
}

// spent is what the limit of the day has been used for.
func spent(s State) Node {
	l := s.Snapshot.Limits
	n := text("dim", say("spent_today", amount(l.Spent), amount(l.PerDay)))
	n.Key = "spent"
	return n
}

// record says how the account's own orders went.
func record(r protocol.Record) *Text {
	if r.Seconds > 0 {
		return say("record_fast", count(r.Delivered), count(r.Orders), count(r.Seconds))
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

func offer(s State, o protocol.Offer) Node {
	row := button("quote:"+o.CountryID+":"+o.ServiceID, nil, Action{Do: DoQuote, CountryID: o.CountryID, ServiceID: o.ServiceID})
	row.Class = "offer"
	row.Disabled = o.Available == 0 || s.Quoting || !s.Live
	name := text("name", plain(o.CountryName))
	about := text("dim", plain(o.ServiceName))
	stock := text("stock", say("in_stock", count(o.Available)))
	if o.Available == 0 {
		stock = text("stock", say("no_stock"))
	}
	row.Children = []Node{
		flag(o.CountryShort), name, text("price", &Text{Key: "amount", Args: []Arg{amount(o.Price)}}), about, stock,
	}
	if o.Record != nil {
		row.Children = append(row.Children, text("record", record(*o.Record)))
	}
	return Node{Kind: KindBox, Class: "item", Key: "offer:" + o.CountryID + ":" + o.ServiceID, Children: []Node{row}}
}

// flag is a country's two letters: not every system draws flags.
func flag(short string) Node {
	return text("flag", plain(strings.ToUpper(short)))
}

// confirmation is the one question before money is spent.
func confirmation(s State) []Node {
	q := s.Quote
	i := q.Intent
	card := box("card",
		term("quote-service", "service", plain(i.ServiceName)),
		term("quote-country", "country", plain(i.CountryName)),
		term("quote-price", "price", &Text{Key: "amount", Args: []Arg{amount(i.Price)}}),
		term("quote-after", "balance_after", &Text{Key: "amount", Args: []Arg{amount(q.BalanceAfter)}}),
		term("quote-spent", "spent", say("spent_of", amount(q.Limits.Spent), amount(q.Limits.PerDay))),
	)
	card.Key = "quote"
	nodes := []Node{heading(say("confirm_title")), card}
	if len(s.Areas) > 0 {
		area := Node{
			Key: "area", Kind: KindSelect, Label: say("area_label"), Value: s.AreaCode,
			Options: []Option{{Value: "", Text: *say("area_any")}},
			Action:  &Action{Do: DoQuote, CountryID: i.CountryID, ServiceID: i.ServiceID, OrderID: i.Replaces},
		}
		for _, code := range s.Areas {
			area.Options = append(area.Options, Option{Value: code, Text: *plain(code)})
		}
		nodes = append(nodes, area)
	}
	buy := primary("buy", say("buy_for", amount(i.Price)), Action{Do: DoBuy})
	if q.Unresolved != nil {
		nodes = append(nodes, notice("unresolved", "warn", say("unresolved", word(i.ServiceName), word(i.CountryName))))
		buy.Disabled = true
	} else if s.Snapshot.KeepLate {
		nodes = append(nodes, text("dim", say("kept_late")))
	} else {
		nodes = append(nodes, text("dim", say("refund_promise")))
	}
	if o, known := s.known(i.Replaces); known {
		nodes = append(nodes, notice("replaces", "quiet", say("replaces", word(grouped(o)), amount(o.Price))))
	}
	back := button("back", say("back"), Action{Do: DoBack})
	if s.Buying {
		buy.Text, buy.Disabled, back.Disabled = say("buying_now"), true, true
	}
	buy.Disabled = buy.Disabled || !s.Live
	buy.Focus = true
	row := box("row bottom", back, buy)
	row.Key = "confirm"
	return append(nodes, row)
}
