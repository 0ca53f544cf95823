package view

import (
	"slices"

	"github.com/logspanel/companion/shared/phone"
	"github.com/logspanel/companion/shared/protocol"
)

// orderCard is an order in short, to open.
func orderCard(o protocol.Order) Node {
	card := button("order:"+o.ID, nil, Action{Do: DoOrder, OrderID: o.ID})
	card.Class = "order " + string(o.State)
	state := text("state", stateText(o))
	if o.State == protocol.OrderWaiting {
		state = Node{Kind: KindCountdown, Class: "state", Text: say("waiting_left"), Until: o.Deadline}
	}
	card.Children = []Node{
		flag(o.CountryShort), text("name", plain(o.ServiceName)), state,
		text("dim number", plain(grouped(o))), text("price", &Text{Key: "amount", Args: []Arg{amount(o.Price)}}),
	}
	return card
}

func grouped(o protocol.Order) string {
	n, err := phone.Parse(o.Number, o.CallingCode)
	if err != nil {
		return o.Number
	}
	return n.Grouped()
}

func stateText(o protocol.Order) *Text {
	switch o.State {
	case protocol.OrderReceived:
		return say("state_received")
	case protocol.OrderCancelling:
		return say("state_cancelling")
	case protocol.OrderRefunded:
		return say("state_refunded")
	case protocol.OrderExpired:
		return say("state_expired")
	}
	return say("state_waiting")
}

// orderScreen is one order with all that can be done about it.
func orderScreen(s State, o protocol.Order) []Node {
	title := box("title", button("back", say("back"), Action{Do: DoBack}), heading(say("order_title", word(o.ServiceName), word(o.CountryName))))
	title.Key = "title"
	title.Children[0].Class = "quiet"
	nodes := []Node{title}
	if o.Problem != nil {
		nodes = append(nodes, s.orderProblem(o))
	}
	fill := s.Fills[o.ID]
	if o.CodeReady {
		nodes = append(nodes, codeCard(s, o, fill)...)
	}
	nodes = append(nodes, numberCard(s, o, fill))
	switch o.State {
	case protocol.OrderWaiting:
		nodes = append(nodes, waiting(s, o, fill)...)
	case protocol.OrderCancelling:
		nodes = append(nodes, Node{Key: "cancelling", Kind: KindBusy, Text: say("cancelling", amount(o.Price))})
	case protocol.OrderRefunded:
		nodes = append(nodes, notice("refunded", "ok", say("refunded", amount(o.Price))))
	case protocol.OrderExpired:
		nodes = append(nodes, notice("expired", "warn", say("expired")))
		if o.Intent != "" {
			nodes = append(nodes, cancel(s, o))
		}
	}
	if !o.Open() {
		another := button("another", say("another"), Action{Do: DoBack})
		another.Class = "bottom"
		nodes = append(nodes, another)
	}
	return nodes
}

func numberCard(s State, o protocol.Order, fill Fill) Node {
	number := Node{Key: "number", Kind: KindText, Class: "big", Text: plain(grouped(o))}
	row := []Node{}
	if o.State == protocol.OrderWaiting && s.Tab.Origin != "" {
		fill := primary("fill-number", say("fill_on", word(s.Tab.Host)), Action{Do: DoFillNumber, OrderID: o.ID})
		if s.Forgetful {
			fill.Ask = site(s.Tab.Origin)
		}
		row = append(row, fill)
	}
	row = append(row, copier("copy-number", o.Number))
	card := box("card", number, box("row", row...))
	card.Key = "number-card"
	if said := numberFilled(o, fill); said != nil {
		card.Children = append(card.Children, *said)
	}
	return card
}

func numberFilled(o protocol.Order, f Fill) *Node {
	var n Node
	switch f.Number {
	case FillKept:
		n = notice("number-filled", "ok", say("number_kept", word(f.Host)))
	case FillPartly:
		n = notice("number-filled", "warn", say("number_not_kept", word(f.Host)))
	case FillNoField:
		n = notice("number-filled", "warn", say("number_no_field", word(f.Host)))
	case FillNoPage:
		n = notice("number-filled", "warn", say("no_access", word(f.Host)))
	case FillInFrame:
		n = frames("number-frames", f, Action{Do: DoFillNumber, OrderID: o.ID})
	default:
		return nil
	}
	return &n
}

func waiting(s State, o protocol.Order, fill Fill) []Node {
	where := say("waits_copy")
	if fill.Bound {
		where = say("waits_bound", word(fill.Host))
	}
	card := box("card",
		Node{Key: "countdown", Kind: KindCountdown, Text: say("waiting_for_code"), Until: o.Deadline},
		Node{Key: "progress", Kind: KindProgress, Since: o.CreatedAt, Until: o.Deadline},
		text("dim", where),
	)
	card.Key = "waiting"
	// For a site that refuses the number: another of the same, and this one's money back.
	replace := button("replace", say("replace"), Action{Do: DoQuote, CountryID: o.CountryID, ServiceID: o.ServiceID, OrderID: o.ID})
	replace.Disabled = !s.Live || s.Quoting
	row := box("row bottom", cancel(s, o), replace)
	row.Key = "order-actions"
	return []Node{card, row}
}

func cancel(s State, o protocol.Order) Node {
	b := button("cancel", say("cancel_refund"), Action{Do: DoCancel, OrderID: o.ID})
	b.Disabled = !s.Live
	return b
}

// orderProblem says what stands in an order's way; it stays until that has changed.
func (s State) orderProblem(o protocol.Order) Node {
	if e := o.Problem; e.Code == protocol.CodePriceChanged && e.Price != nil && e.OldPrice != nil {
		return notice("order-problem", "bad", say("charged_more", amount(*e.OldPrice), amount(*e.Price)))
	}
	n := s.problem(o.Problem)
	n.Key, n.Children = "order-problem", n.Children[:len(n.Children)-1]
	return n
}

func codeCard(s State, o protocol.Order, fill Fill) []Node {
	received, sent := s.code(o)
	if sent == "" {
		card := box("card", text("", say("code_elsewhere")))
		card.Key = "code-card"
		if slices.Contains(o.AskedBy, s.Client) {
			asked := notice("asked", "quiet", say("code_asked"))
			card.Children = append(card.Children, asked, Node{Key: "asked-command", Kind: KindCommand, Value: "logspanel-companion hand-over"})
		} else {
			card.Children = append(card.Children, primary("reveal", say("reveal"), Action{Do: DoReveal, OrderID: o.ID}))
		}
		return []Node{card}
	}
	big := Node{Key: "code", Kind: KindText, Text: plain(sent), Live: true}
	code, sure := received.Code, received.Code != ""
	if sure {
		big.Class, big.Text = "code", plain(code)
	} else {
		code = sent
	}
	row := []Node{}
	if sure && s.Tab.Origin != "" {
		into := say("fill_code_on", word(s.Tab.Host))
		if fill.Host != "" && fill.Host != s.Tab.Host { // the number went into another site
			into = say("fill_code_elsewhere", word(o.ServiceName), word(grouped(o)), word(s.Tab.Host))
		}
		row = append(row, primary("fill-code", into, Action{Do: DoFillCode, OrderID: o.ID}))
	}
	row = append(row, copier("copy-code", code))
	card := box("card center", big)
	card.Key = "code-card"
	if received.Text != "" {
		card.Children = append(card.Children, text("dim", plain(received.Text)))
	}
	card.Children = append(card.Children, box("row", row...))
	nodes := []Node{card}
	switch fill.Code {
	case FillKept:
		nodes = append(nodes, notice("code-filled", "ok", say("code_kept", word(fill.Host))))
	case FillPartly:
		nodes = append(nodes, notice("code-filled", "warn", say("code_not_kept", word(fill.Host))))
	case FillNoField:
		nodes = append(nodes, notice("code-filled", "warn", say("code_no_field", word(fill.Host))))
	case FillNoPage:
		nodes = append(nodes, notice("code-filled", "warn", say("no_access", word(fill.Host))))
	case FillForeign:
		nodes = append(nodes, notice("code-filled", "warn", say("code_foreign", word(fill.Site), word(fill.Host))))
	case FillInFrame:
		nodes = append(nodes, frames("code-frames", fill, Action{Do: DoFillCode, OrderID: o.ID}))
	}
	return nodes
}

// orderList is every number order the account has.
func orderList(s State) []Node {
	listed := s.Snapshot.Orders
	nodes := []Node{}
	if s.Orders != nil {
		listed = s.Orders.Orders
	} else if s.Live {
		nodes = append(nodes, Node{Key: "listing", Kind: KindBusy, Text: say("loading_orders")})
	}
	if len(listed) == 0 {
		return append(nodes, notice("nothing", "quiet", say("no_orders")))
	}
	list := Node{Key: "orders", Kind: KindList, Label: say("tab_orders")}
	for _, o := range listed {
		if known, ok := s.known(o.ID); ok {
			o = known
		}
		list.Children = append(list.Children, orderCard(o))
	}
	return append(nodes, list)
}

// known is the daemon's own word on an order, which is newer than any list.
func (s State) known(id string) (protocol.Order, bool) {
	for _, o := range s.Snapshot.Orders {
		if o.ID == id {
			return o, true
		}
	}
	return protocol.Order{}, false
}
