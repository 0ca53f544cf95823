package view

import (
	"github.com/logspanel/companion/shared/protocol"
)

// Popup returns the popup.
func Popup(s State) View {
	v := View{Title: *message("app_name")}
	if s.Connection != ConnectionReady && (s.Snapshot == nil || !showsLastKnown(s.Connection)) {
		v.Nodes = []Node{header(s, brand()), body(append(interrupted(s), connectionScreen(s)...)...)}
		return v
	}
	sc := sectionScreen(s)
	v.Nodes = []Node{header(s, sc), body(append(banners(s), sc.nodes...)...)}
	if len(sc.foot) > 0 {
		v.Nodes = append(v.Nodes, Node{Key: "foot", Kind: KindFooter, Children: sc.foot})
	}
	v.Nodes = append(v.Nodes, navigation(s))
	if sc.back {
		v.Escape = &Action{Do: DoBack}
	}
	v.Screen = string(s.Section) + "/" + string(s.Product) + "/" + s.OrderID
	if s.Quote != nil {
		v.Screen = "confirm"
	}
	return v
}

// CachedView is what the popup shows at first, until the backend has started: its last view if
// it was opened over the same site, otherwise only the empty frame.
type CachedView struct {
	Origin   string `json:"origin"`
	SameSite View   `json:"here"`
	Skeleton View   `json:"frame"`
}

// NewCachedView returns the cached view of a state, marked as possibly out of date.
func NewCachedView(s State) CachedView {
	s.UpToDate = false
	if s.Connection == ConnectionReady {
		s.Connection = ConnectionConnecting
	}
	g := CachedView{Origin: s.Tab.Origin, SameSite: Popup(s), Skeleton: View{Title: *message("app_name")}}
	g.Skeleton.Nodes = []Node{header(s, brand()), body(), navigation(s)}
	return g
}

// showsLastKnown reports whether the last known state is shown in spite of s.Connection.
func showsLastKnown(l Connection) bool { return l == ConnectionConnecting || l == ConnectionSilent }

// screen is the content of a section, between the popup's header and its tabs.
type screen struct {
	key        string // of the title
	title, sub *Text
	back       bool
	nodes      []Node
	foot       []Node // a line below the scrolling part
}

func brand() screen { return screen{key: "title", title: plain("Logspanel")} }

func body(children ...Node) Node {
	return Node{Key: "main", Kind: KindMain, Children: children}
}

func header(s State, sc screen) Node {
	h := Node{Key: "header", Kind: KindHeader}
	if sc.back {
		back := button("back", nil, Action{Do: DoBack})
		back.Class, back.Label = "back", message("back")
		back.Disabled = s.Buying
		h.Children = append(h.Children, back)
	}
	titles := box("titles", Node{Key: sc.key, Kind: KindTitle, Text: sc.title})
	if sc.sub != nil {
		titles.Children = append(titles.Children, text("sub", sc.sub))
	}
	h.Children = append(h.Children, withKey("titles", titles))
	if s.Snapshot == nil {
		return h
	}
	side := box("side")
	if !s.UpToDate && showsLastKnown(s.Connection) {
		side.Children = append(side.Children, withKey("stale", text("tag stale", message("last_known"))))
	} else if s.Snapshot.Sandbox {
		side.Children = append(side.Children, text("tag", message("play_money")))
	}
	if s.Snapshot.Wallet != nil && s.Connection != ConnectionUnpaired {
		balance := button("balance", priceText(s.Snapshot.Wallet.Balance), Action{Do: DoRefresh})
		balance.Class, balance.Label = "balance", message("balance_refresh")
		side.Children = append(side.Children, balance)
	}
	h.Children = append(h.Children, withKey("side", side))
	return h
}

func navigation(s State) Node {
	tab := func(section Section, t *Text) Node {
		b := button("tab-"+string(section), t, Action{Do: DoSection, Section: section})
		b.Current = s.Section == section || s.Section == "" && section == SectionNumber
		return b
	}
	orders := message("tab_orders")
	if n := waitingCount(s); n > 0 {
		orders = message("tab_orders_open", countArg(n))
	}
	return Node{Key: "tabs", Kind: KindNav, Label: message("sections"), Children: []Node{
		tab(SectionNumber, message("tab_number")), tab(SectionOrders, orders), tab(SectionCatalogue, message("tab_catalogue")),
	}}
}

func waitingCount(s State) (n int) {
	for _, o := range s.Snapshot.Orders {
		if o.State == protocol.OrderWaiting {
			n++
		}
	}
	return n
}

func sectionScreen(s State) screen {
	switch {
	case s.OrderID != "":
		return detailScreen(s)
	case s.Quote != nil:
		return confirmationScreen(s)
	case s.Snapshot.Key.State == protocol.KeyOK || s.Snapshot.Key.State == protocol.KeyUnchecked || s.Snapshot.Key.State == "":
	default:
		sc := brand()
		sc.nodes = keyScreen(s)
		return sc
	}
	switch s.Section {
	case SectionOrders:
		return ordersScreen(s)
	case SectionCatalogue:
		return catalogueScreen(s)
	}
	return offersScreen(s)
}

// detailScreen shows one order of any product.
func detailScreen(s State) screen {
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
		if o, ok := s.findOrder(s.OrderID); ok {
			return orderScreen(s, o)
		}
	}
	sc := brand()
	sc.back, sc.nodes = true, []Node{middle(heading(message("order_gone")), button("show-orders", message("show_orders"), Action{Do: DoSection, Section: SectionOrders}))}
	return sc
}

// findOrder looks an order up in the snapshot and in the loaded list.
func (s State) findOrder(id string) (protocol.Order, bool) {
	if o, ok := s.snapshotOrder(id); ok || s.Orders == nil {
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
