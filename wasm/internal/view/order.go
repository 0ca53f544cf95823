package view

import (
	"slices"
	"strings"

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
		text("dim digits", plain(o.DisplayNumber())), text("price", price(o.Price)),
	}
	return card
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
func orderScreen(s State, o protocol.Order) screen {
	sc := screen{key: "title", title: plain(o.ServiceName), sub: plain(o.CountryName), back: true}
	if o.Problem != nil {
		sc.nodes = append(sc.nodes, s.orderProblem(o))
	}
	fill := s.Fills[o.ID]
	if o.CodeReady {
		sc.nodes = append(sc.nodes, codeCard(s, o, fill)...)
		sc.sub = plain(o.DisplayNumber())
	}
	sc.nodes = append(sc.nodes, numberCard(s, o, fill))
	switch o.State {
	case protocol.OrderWaiting:
		sc.nodes = append(sc.nodes, waiting(o, fill))
	case protocol.OrderCancelling:
		sc.nodes = append(sc.nodes, busy("cancelling", say("cancelling", amount(o.Price))))
	case protocol.OrderRefunded:
		sc.nodes = append(sc.nodes, notice("refunded", "ok", say("refunded", amount(o.Price))))
	case protocol.OrderExpired:
		sc.nodes = append(sc.nodes, notice("expired", "warn", say("expired")))
	}
	if _, sent := s.code(o); o.CodeReady && sent != "" {
		sc.nodes = append(sc.nodes, second(s))
	}
	sc.nodes = append(sc.nodes, details(o))
	if row := orderActions(s, o); len(row.Children) > 0 {
		sc.nodes = append(sc.nodes, row)
	}
	return sc
}

// orderActions is how to go on from an order.
func orderActions(s State, o protocol.Order) Node {
	row := keyed("order-actions", box("row bottom"))
	switch {
	case o.State == protocol.OrderWaiting:
		// For a site that refuses the number: another of the same, and this one's money back.
		replace := button("replace", say("replace"), Action{Do: DoQuote, CountryID: o.CountryID, ServiceID: o.ServiceID, OrderID: o.ID})
		replace.Disabled = !s.Live || s.Quoting != nil
		row.Children = []Node{cancel(s, o), replace}
	case o.Open() && o.Problem != nil:
		row.Children = []Node{cancel(s, o)}
	case o.Open():
	case o.State == protocol.OrderExpired && o.IntentID != "":
		row.Children = []Node{cancel(s, o), another()}
	default:
		row.Children = []Node{another()}
	}
	return row
}

func another() Node {
	return button("another", say("another"), Action{Do: DoSection, Section: SectionNumber})
}

// second says what becomes of a wish that the provider can't fulfil.
func second(s State) Node {
	if s.Second {
		return notice("second", "quiet", say("second_code_how"))
	}
	ask := button("second", say("second_code"), Action{Do: DoSecond})
	ask.Class = "link"
	return ask
}

// details is all that the provider sent of an order, to look at and to copy.
func details(o protocol.Order) Node {
	id := term("detail-id", "order_number", plain(o.ID))
	id.Value = o.ID
	fold := Node{Key: "details", Kind: KindFold, Text: say("details"), Children: []Node{
		id,
		term("detail-at", "bought_at", say("moment", Arg{Time: o.CreatedAt})),
		term("detail-price", "price", price(o.Price)),
		term("detail-status", "provider_status", plain(o.Status)),
	}}
	if o.CodeAt != nil {
		fold.Children = append(fold.Children, term("detail-code-at", "code_at", say("moment", Arg{Time: *o.CodeAt})))
	}
	if o.Message != "" {
		message := term("detail-message", "message", plain(o.Message))
		message.Value = o.Message
		fold.Children = append(fold.Children, message)
	}
	return fold
}

func numberCard(s State, o protocol.Order, fill Fill) Node {
	number := Node{Key: "number", Kind: KindText, Class: "big", Text: plain(o.DisplayNumber())}
	row := box("row", copier("copy-number", "copy_number", o.Number))
	if o.State == protocol.OrderWaiting && s.Tab.Origin != "" {
		fill := primary("fill-number", say("fill_on", word(s.Tab.Host)), Action{Do: DoFillNumber, OrderID: o.ID})
		fill.Focus = true
		if s.Forgetful {
			fill.Ask = SitePattern(s.Tab.Origin)
		}
		row.Children = append([]Node{fill}, row.Children...)
	} else if o.State == protocol.OrderWaiting {
		row.Children[0].Focus = true
	}
	card := keyed("number-card", box("card", number, row))
	if o.CodeReady {
		card.Class = "line" // what matters now is the code
	}
	if said := numberFilled(o, fill); said != nil && !o.CodeReady {
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
	case FillLeft:
		n = notice("number-filled", "warn", say("tab_left", word(f.Host)))
	case FillOpaque:
		n = notice("number-filled", "warn", say("page_opaque", word(f.Host)))
	case FillInFrame:
		n = frames("number-frames", f, Action{Do: DoFillNumber, OrderID: o.ID})
	default:
		return nil
	}
	return &n
}

func waiting(o protocol.Order, fill Fill) Node {
	where := say("waits_copy")
	if fill.Bound {
		where = say("waits_bound", word(fill.Host))
	}
	return keyed("waiting", box("card",
		Node{Key: "countdown", Kind: KindCountdown, Text: say("waiting_for_code"), Label: say("waiting_said"), Until: o.Deadline},
		Node{Key: "progress", Kind: KindProgress, Since: o.CreatedAt, Until: o.Deadline},
		text("dim", where),
	))
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
	return s.wrong("order-problem", o.Problem)
}

func codeCard(s State, o protocol.Order, fill Fill) []Node {
	received, sent := s.code(o)
	if o.Erased {
		return []Node{keyed("code-card", box("card", text("", say("code_erased"))))}
	}
	if sent == "" {
		whose := say("code_elsewhere")
		if o.Client == "" {
			whose = say("code_unclaimed") // ordered elsewhere, or only a browser's word says where
		}
		card := keyed("code-card", box("card", text("", whose)))
		if slices.Contains(o.AskedBy, s.Client) {
			card.Children = append(card.Children, notice("asked", "quiet", say("code_asked")), command("asked-command", "logspanel-companion hand-over"))
		} else {
			reveal := primary("reveal", say("reveal"), Action{Do: DoReveal, OrderID: o.ID})
			reveal.Focus = true
			card.Children = append(card.Children, reveal)
		}
		return []Node{card}
	}
	code, sure := received.Code, received.Code != ""
	big := Node{Key: "code", Kind: KindText, Class: "code", Text: plain(code), Live: true, Label: say("code_said", word(spelt(code)))}
	if !sure { // all that came, for the person to read
		code = sent
		big.Class, big.Text, big.Label = "sent", plain(sent), nil
	}
	row := box("row", copier("copy-code", "copy_code", code))
	if sure && s.Tab.Origin != "" {
		into := say("fill_code_on", word(s.Tab.Host))
		if fill.Host != "" && fill.Host != s.Tab.Host { // the number went into another site
			into = say("fill_code_elsewhere", word(o.ServiceName), word(o.DisplayNumber()), word(s.Tab.Host))
		}
		b := primary("fill-code", into, Action{Do: DoFillCode, OrderID: o.ID})
		if fill.Code == FillKept { // once is enough for most
			b.Class = ""
		}
		row.Children = append([]Node{b}, row.Children...)
	}
	row.Children[0].Focus = true
	card := keyed("code-card", box("card center", big))
	if o.CodeAt != nil && o.CodeAt.After(o.CreatedAt) {
		card.Children = append(card.Children, text("dim", say("code_after", span(o.CodeAt.Sub(o.CreatedAt)))))
	}
	if received.Text != "" {
		card.Children = append(card.Children, text("dim", plain(received.Text)))
	}
	card.Children = append(card.Children, row)
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
	case FillLeft:
		nodes = append(nodes, notice("code-filled", "warn", say("tab_left", word(fill.Host))))
	case FillOpaque:
		nodes = append(nodes, notice("code-filled", "warn", say("page_opaque", word(fill.Host))))
	case FillForeign:
		nodes = append(nodes, notice("code-filled", "warn", say("code_foreign", word(fill.Site), word(fill.Host))))
	case FillInFrame:
		nodes = append(nodes, frames("code-frames", fill, Action{Do: DoFillCode, OrderID: o.ID}))
	}
	return nodes
}

// spelt is a code to be read out sign by sign.
func spelt(code string) string {
	return strings.Join(strings.Split(code, ""), " ")
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
