package view

import (
	"github.com/logspanel/companion/shared/protocol"
)

// Popup is what the popup shows.
func Popup(s State) View {
	v := View{Title: *say("app_name")}
	if s.Link != LinkReady && (s.Snapshot == nil || !remembered(s.Link)) {
		v.Nodes = []Node{header(s, brand()), main(append(interrupted(s), linkScreen(s)...)...)}
		return v
	}
	sc := section(s)
	v.Nodes = []Node{header(s, sc), main(append(notices(s), sc.nodes...)...)}
	if len(sc.foot) > 0 {
		v.Nodes = append(v.Nodes, Node{Key: "foot", Kind: KindFooter, Children: sc.foot})
	}
	v.Nodes = append(v.Nodes, tabs(s))
	if sc.back {
		v.Escape = &Action{Do: DoBack}
	}
	v.Screen = string(s.Section) + "/" + string(s.Product) + "/" + s.OrderID
	if s.Quote != nil {
		v.Screen = "confirm"
	}
	return v
}

// Glance is what the popup shows at once when it opens, until the backend is up: what it
// showed last over the same site, or no more than its frame.
type Glance struct {
	Origin string `json:"origin"`
	Here   View   `json:"here"`
	Frame  View   `json:"frame"`
}

// Remembered is the glance of a state, marked as what was known last.
func Remembered(s State) Glance {
	s.Live = false
	if s.Link == LinkReady {
		s.Link = LinkConnecting
	}
	g := Glance{Origin: s.Tab.Origin, Here: Popup(s), Frame: View{Title: *say("app_name")}}
	g.Frame.Nodes = []Node{header(s, brand()), main(), tabs(s)}
	return g
}

// remembered says that the last known state is worth showing while s.Link lasts.
func remembered(l Link) bool { return l == LinkConnecting || l == LinkSilent }

// screen is what a section shows between the popup's head and its tabs.
type screen struct {
	key        string // of the title
	title, sub *Text
	back       bool
	nodes      []Node
	foot       []Node // one line that stays where it is
}

func brand() screen { return screen{key: "title", title: plain("Logspanel")} }

func main(children ...Node) Node {
	return Node{Key: "main", Kind: KindMain, Children: children}
}

func header(s State, sc screen) Node {
	h := Node{Key: "header", Kind: KindHeader}
	if sc.back {
		back := button("back", nil, Action{Do: DoBack})
		back.Class, back.Label = "back", say("back")
		back.Disabled = s.Buying
		h.Children = append(h.Children, back)
	}
	titles := box("titles", Node{Key: sc.key, Kind: KindTitle, Text: sc.title})
	if sc.sub != nil {
		titles.Children = append(titles.Children, text("sub", sc.sub))
	}
	h.Children = append(h.Children, keyed("titles", titles))
	if s.Snapshot == nil {
		return h
	}
	side := box("side")
	if !s.Live && remembered(s.Link) {
		side.Children = append(side.Children, keyed("stale", text("tag stale", say("last_known"))))
	} else if s.Snapshot.Sandbox {
		side.Children = append(side.Children, text("tag", say("play_money")))
	}
	if s.Snapshot.Wallet != nil && s.Link != LinkUnpaired {
		balance := button("balance", price(s.Snapshot.Wallet.Balance), Action{Do: DoRefresh})
		balance.Class, balance.Label = "balance", say("balance_refresh")
		side.Children = append(side.Children, balance)
	}
	h.Children = append(h.Children, keyed("side", side))
	return h
}

func tabs(s State) Node {
	tab := func(section Section, t *Text) Node {
		b := button("tab-"+string(section), t, Action{Do: DoSection, Section: section})
		b.Current = s.Section == section || s.Section == "" && section == SectionNumber
		return b
	}
	orders := say("tab_orders")
	if n := open(s); n > 0 {
		orders = say("tab_orders_open", count(n))
	}
	return Node{Key: "tabs", Kind: KindNav, Label: say("sections"), Children: []Node{
		tab(SectionNumber, say("tab_number")), tab(SectionOrders, orders), tab(SectionCatalogue, say("tab_catalogue")),
	}}
}

func open(s State) (n int) {
	for _, o := range s.Snapshot.Orders {
		if o.State == protocol.OrderWaiting {
			n++
		}
	}
	return n
}

func section(s State) screen {
	switch {
	case s.OrderID != "":
		return detail(s)
	case s.Quote != nil:
		return confirmation(s)
	case s.Snapshot.Key.State == protocol.KeyOK || s.Snapshot.Key.State == protocol.KeyUnchecked || s.Snapshot.Key.State == "":
	default:
		sc := brand()
		sc.nodes = keyScreen(s)
		return sc
	}
	switch s.Section {
	case SectionOrders:
		return orders(s)
	case SectionCatalogue:
		return catalogue(s)
	}
	return offers(s)
}

// detail is one order of any line.
func detail(s State) screen {
	switch s.Product {
	case ProductBoosts:
		if s.BoostOrders != nil {
			for _, o := range s.BoostOrders.Orders {
				if o.ID == s.OrderID {
					return boostOrder(s, o)
				}
			}
		}
	case ProductLogs:
		if s.LogOrders != nil {
			for _, o := range s.LogOrders.Orders {
				if o.ID == s.OrderID {
					return logOrder(o)
				}
			}
		}
	default:
		if o, ok := s.order(s.OrderID); ok {
			return orderScreen(s, o)
		}
	}
	sc := brand()
	sc.back, sc.nodes = true, []Node{middle(heading(say("order_gone")), button("show-orders", say("show_orders"), Action{Do: DoSection, Section: SectionOrders}))}
	return sc
}

// order finds an order among those that the daemon tells of and those listed.
func (s State) order(id string) (protocol.Order, bool) {
	if o, ok := s.known(id); ok || s.Orders == nil {
		return o, ok
	}
	for _, o := range s.Orders.Orders {
		if o.ID == id {
			return o, true
		}
	}
	return protocol.Order{}, false
}

func middle(children ...Node) Node { return box("middle", children...) }

func command(key, line string) Node { return Node{Key: key, Kind: KindCommand, Value: line} }
