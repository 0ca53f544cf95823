package view

import (
	"strconv"
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

// recoveryShown is how long it is said that a journal was lost.
const recoveryShown = 24 * time.Hour

// Popup is what the popup shows.
func Popup(s State) View {
	v := View{Title: *say("app_name")}
	if s.Link != LinkReady && (s.Snapshot == nil || !remembered(s.Link)) {
		v.Nodes = []Node{header(s), main(linkScreen(s)...)}
		return v
	}
	v.Nodes = []Node{header(s), main(section(s)...), tabs(s)}
	return v
}

// remembered says that the last known state is worth showing while s.Link lasts.
func remembered(l Link) bool { return l == LinkConnecting || l == LinkSilent }

func main(children ...Node) Node {
	n := box("main", children...)
	n.Key = "main"
	return n
}

func header(s State) Node {
	left := []Node{text("brand", plain("Logspanel"))}
	if s.Snapshot != nil && s.Snapshot.Sandbox {
		left = append(left, text("tag", say("play_money")))
	}
	h := box("header", left...)
	h.Key = "header"
	if s.Snapshot != nil && s.Snapshot.Wallet != nil && s.Link != LinkUnpaired {
		balance := button("balance", say("balance_is", amount(s.Snapshot.Wallet.Balance)), Action{Do: DoRefresh})
		balance.Class, balance.Label = "balance", say("balance_refresh")
		h.Children = append(h.Children, balance)
	}
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
	n := box("tabs", tab(SectionNumber, say("tab_number")), tab(SectionOrders, orders), tab(SectionCatalogue, say("tab_catalogue")))
	n.Key = "tabs"
	return n
}

func open(s State) (n int) {
	for _, o := range s.Snapshot.Orders {
		if o.State == protocol.OrderWaiting {
			n++
		}
	}
	return n
}

func section(s State) []Node {
	nodes := notices(s)
	switch {
	case s.OrderID != "":
		if o, ok := s.order(s.OrderID); ok {
			return append(nodes, orderScreen(s, o)...)
		}
		return append(nodes, text("dim", say("order_gone")), button("back", say("back"), Action{Do: DoBack}))
	case s.Quote != nil:
		return append(nodes, confirmation(s)...)
	case s.Section == SectionOrders:
		return append(nodes, orderList(s)...)
	case s.Section == SectionCatalogue:
		return append(nodes, catalogue(s)...)
	}
	return append(nodes, offers(s)...)
}

// order finds an order among those that the daemon tells of and those listed.
func (s State) order(id string) (protocol.Order, bool) {
	lists := [][]protocol.Order{s.Snapshot.Orders}
	if s.Orders != nil {
		lists = append(lists, s.Orders.Orders)
	}
	for _, list := range lists {
		for _, o := range list {
			if o.ID == id {
				return o, true
			}
		}
	}
	return protocol.Order{}, false
}

// notices are what stands in the way of everything, then what went wrong last.
func notices(s State) []Node {
	var nodes []Node
	switch {
	case s.Live:
	case s.Link == LinkSilent:
		nodes = append(nodes, notice("stale", "warn", say("remembered_silent")), Node{Key: "run-command", Kind: KindCommand, Value: "logspanel-companion run"})
	default:
		nodes = append(nodes, Node{Key: "stale", Kind: KindBusy, Text: say("remembered")})
	}
	switch s.Snapshot.Key.State {
	case protocol.KeyMissing:
		nodes = append(nodes, notice("key", "warn", say("key_missing")), Node{Key: "key-command", Kind: KindCommand, Value: "logspanel-companion key set"})
	case protocol.KeyRefused:
		nodes = append(nodes, notice("key", "bad", say("key_refused")), Node{Key: "key-command", Kind: KindCommand, Value: "logspanel-companion key set"})
	case protocol.KeyBlocked:
		nodes = append(nodes, notice("key", "bad", say("key_blocked")))
	case protocol.KeyLocked:
		nodes = append(nodes, notice("key", "warn", say("key_locked")))
	}
	if s.Live && !s.Snapshot.Provider.Reachable {
		nodes = append(nodes, notice("provider", "warn", say("provider_away")))
	}
	if r := s.Snapshot.Recovery; r.Pending() || r.SetAside != "" && s.Now.Sub(r.At) < recoveryShown {
		nodes = append(nodes, recovery(r))
	}
	for _, i := range s.Snapshot.Intents {
		nodes = append(nodes, unknown(i))
	}
	if s.Problem != nil {
		nodes = append(nodes, s.problem(s.Problem))
	}
	return nodes
}

func notice(key, class string, t *Text) Node {
	return Node{Key: key, Kind: KindText, Class: "note " + class, Text: t, Live: true}
}

// unknown says of a purchase without an outcome what is known, and asks the person
// where only they can tell.
func unknown(i protocol.Intent) Node {
	key, service, country := "intent-"+i.ID, word(i.ServiceName), word(i.CountryName)
	switch {
	case i.State == protocol.IntentSent:
		return Node{Key: key, Kind: KindBusy, Text: say("buying", service, country)}
	case !i.Asks:
		return notice(key, "warn", say("outcome_unknown", service, country, amount(i.Price)))
	}
	n := Node{Key: key, Kind: KindBox, Class: "note warn", Live: true, Children: []Node{text("", say("outcome_asks", service, country, amount(i.Price)))}}
	for _, c := range i.Candidates {
		n.Children = append(n.Children, button(key+"-"+c.OrderID, say("outcome_this", word(c.Number), amount(c.Price), Arg{Time: c.CreatedAt}),
			Action{Do: DoDecide, IntentID: i.ID, OrderID: c.OrderID}))
	}
	none := button(key+"-none", say("outcome_none"), Action{Do: DoDecide, IntentID: i.ID})
	n.Children = append(n.Children, none)
	return n
}

// recovery says that the journal was lost, and how far it is made anew.
func recovery(r protocol.Recovery) Node {
	if r.Done {
		return notice("recovery", "warn", say("recovered", word(r.SetAside)))
	}
	return Node{Key: "recovery", Kind: KindBusy, Text: say("recovering", word(r.SetAside))}
}

// problem says what went wrong in our own words where the code has some, and
// otherwise in the daemon's.
func (s State) problem(e *protocol.Error) Node {
	n := Node{Key: "problem", Kind: KindBox, Class: "note bad", Live: true}
	switch {
	case e.Code == protocol.CodePriceChanged && e.Price != nil && e.OldPrice != nil:
		n.Children = []Node{text("", say("price_changed", amount(*e.OldPrice), amount(*e.Price)))}
	case e.Code == protocol.CodeBalance && e.Price != nil && e.Balance != nil:
		n.Children = []Node{text("", say("balance_low", amount(*e.Balance), amount(*e.Price)))}
		if s.Snapshot != nil && !s.Snapshot.Sandbox {
			n.Children = append(n.Children, Node{Key: "top-up", Kind: KindLink, Text: say("top_up"), Value: "https://" + s.Snapshot.Host + "/"})
		}
	case e.Code == protocol.CodeLimitOrder && e.Limit != nil:
		n.Children = []Node{text("", say("limit_order", amount(*e.Limit))), limitCommand()}
	case e.Code == protocol.CodeLimitDay && e.Limit != nil:
		n.Children = []Node{text("", say("limit_day", amount(*e.Limit))), limitCommand()}
	case e.Code == protocol.CodeOutOfStock:
		n.Children = []Node{text("", say("out_of_stock"))}
	default:
		n.Children = []Node{text("", plain(sentence(e.Message)))}
		if e.Next != "" {
			n.Children = append(n.Children, text("dim", plain(sentence(e.Next))))
		}
	}
	n.Children = append(n.Children, button("dismiss", say("dismiss"), Action{Do: DoDismiss}))
	return n
}

// limitCommand is how limits are changed: on the daemon's side, never from a browser.
func limitCommand() Node {
	return Node{Key: "limit-command", Kind: KindCommand, Value: "logspanel-companion limits --order 15000 --day 50000"}
}

// sentence begins an error's text with a capital and ends it with a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	if c := s[0]; 'a' <= c && c <= 'z' {
		s = string(c-'a'+'A') + s[1:]
	}
	return s + "."
}

// linkScreen is what stands in place of everything while there is no connection.
func linkScreen(s State) []Node {
	screen := func(title string, children ...Node) []Node {
		m := box("middle", append([]Node{heading(say(title))}, children...)...)
		return []Node{m}
	}
	command := func(c string) Node { return Node{Kind: KindCommand, Value: c} }
	switch s.Link {
	case LinkUnpaired, LinkUnknownClient, LinkPairing:
		return pairing(s)
	case LinkConnecting:
		return screen("connecting", Node{Kind: KindBusy, Text: say("connecting_how")})
	case LinkSilent:
		return screen("silent", text("dim", say("silent_how")), command("logspanel-companion run"), text("dim", say("silent_retries")), port(s), forget())
	case LinkStranger:
		return screen("stranger", text("dim", say("stranger_how", word(strconv.Itoa(s.Port)))), command("logspanel-companion run --port 47616"), port(s), forget())
	case LinkLocked:
		return screen("locked", text("dim", say("locked_how")))
	case LinkOtherVersion:
		return screen("other_version", text("dim", otherVersion(s)))
	}
	return nil
}

// otherVersion says which of the two is behind, where the daemon told.
func otherVersion(s State) *Text {
	switch s.Behind {
	case SideExtension:
		return say("extension_behind", word(s.Version))
	case SideCompanion:
		return say("companion_behind", word(s.Version))
	}
	return say("other_version_how", word(s.Version))
}

func pairing(s State) []Node {
	title, how := "pair_title", "pair_how"
	if s.Link == LinkUnknownClient {
		title, how = "pair_again_title", "pair_again_how"
	}
	input := Node{
		Key: "pair-code", Kind: KindInput, Class: "code-input", Label: say("pair_label"), Focus: true, Pasted: true,
		Disabled: s.Link == LinkPairing,
	}
	submit := primary("pair", say("pair_button"), Action{Do: DoPair})
	submit.Disabled = s.Link == LinkPairing
	if s.Link == LinkPairing {
		submit.Text = say("pair_busy")
	}
	nodes := []Node{
		heading(say(title)),
		text("dim", say(how)),
		box("steps",
			text("step", say("pair_step_run")), Node{Kind: KindCommand, Value: "logspanel-companion run"},
			text("step", say("pair_step_pair")), Node{Kind: KindCommand, Value: "logspanel-companion pair"},
			text("step", say("pair_step_paste")),
		),
		{Key: "pair-form", Kind: KindForm, Action: submit.Action, Children: []Node{input, submit}},
	}
	if s.Problem != nil {
		nodes = append(nodes, s.problem(s.Problem))
	}
	return []Node{box("middle start", nodes...)}
}

func port(s State) Node {
	save := button("port-save", say("save"), Action{Do: DoPort})
	return Node{Key: "port-form", Kind: KindForm, Class: "row", Action: save.Action, Children: []Node{
		{Key: "port", Kind: KindInput, Label: say("port_label"), Value: strconv.Itoa(s.Port)},
		save,
	}}
}

func forget() Node {
	b := button("forget", say("pair_anew"), Action{Do: DoForget})
	b.Class = "quiet"
	return b
}
