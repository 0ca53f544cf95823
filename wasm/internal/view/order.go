package view

import (
	"slices"
	"strings"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/fields"
)

// orderCard returns a short form of an order; pressing it opens the order.
func orderCard(o protocol.Order) Node {
	card := button("order:"+o.ID, nil, Action{Do: DoOrder, OrderID: o.ID})
	card.Class = "order " + string(o.State)
	state := text("state", stateText(o))
	if o.State == protocol.OrderWaiting {
		state = Node{Kind: KindCountdown, Class: "state", Text: message("waiting_left"), Until: o.Deadline}
	}
	card.Children = []Node{
		flag(o.CountryShort), text("name", plain(o.ServiceName)), state,
		text("dim digits", plain(o.DisplayNumber())), text("price", priceText(o.Price)),
	}
	return card
}

func stateText(o protocol.Order) *Text {
	switch o.State {
	case protocol.OrderReceived:
		return message("state_received")
	case protocol.OrderCancelling:
		return message("state_cancelling")
	case protocol.OrderRefunded:
		return message("state_refunded")
	case protocol.OrderExpired:
		return message("state_expired")
	}
	return message("state_waiting")
}

// orderScreen shows one order with everything the person can do about it.
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
		sc.nodes = append(sc.nodes, waitingCard(o, fill))
	case protocol.OrderCancelling:
		sc.nodes = append(sc.nodes, busy("cancelling", message("cancelling", amountArg(o.Price))))
	case protocol.OrderRefunded:
		sc.nodes = append(sc.nodes, banner("refunded", "ok", message("refunded", amountArg(o.Price))))
	case protocol.OrderExpired:
		sc.nodes = append(sc.nodes, banner("expired", "warn", message("expired")))
	}
	if _, sent := s.codeOf(o); o.CodeReady && sent != "" {
		sc.nodes = append(sc.nodes, secondCode(s))
	}
	sc.nodes = append(sc.nodes, details(o))
	if row := orderActions(s, o); len(row.Children) > 0 {
		sc.nodes = append(sc.nodes, row)
	}
	return sc
}

// orderActions returns the buttons below an order.
func orderActions(s State, o protocol.Order) Node {
	row := withKey("order-actions", box("row bottom"))
	switch {
	case o.State == protocol.OrderWaiting:
		// If a site refuses the number: buy another one and get this one refunded.
		replace := button("replace", message("replace"), Action{Do: DoQuote, CountryID: o.CountryID, ServiceID: o.ServiceID, OrderID: o.ID})
		replace.Disabled = !s.UpToDate || s.Quoting != nil
		row.Children = []Node{cancelButton(s, o), replace}
	case o.Open() && o.Problem != nil:
		row.Children = []Node{cancelButton(s, o)}
	case o.Open():
	case o.State == protocol.OrderExpired && o.IntentID != "":
		row.Children = []Node{cancelButton(s, o), anotherButton()}
	default:
		row.Children = []Node{anotherButton()}
	}
	return row
}

func anotherButton() Node {
	return button("another", message("another"), Action{Do: DoSection, Section: SectionNumber})
}

// secondCode explains how to get a second code, which the provider can't request.
func secondCode(s State) Node {
	if s.WantsSecondCode {
		return banner("second", "quiet", message("second_code_how"))
	}
	ask := button("second", message("second_code"), Action{Do: DoSecondCode})
	ask.Class = "link"
	return ask
}

// details lists everything the provider sent about an order, ready to copy.
func details(o protocol.Order) Node {
	id := term("detail-id", "order_number", plain(o.ID))
	id.Value = o.ID
	fold := Node{Key: "details", Kind: KindFold, Text: message("details"), Children: []Node{
		id,
		term("detail-at", "bought_at", message("moment", Arg{Time: o.CreatedAt})),
		term("detail-price", "price", priceText(o.Price)),
		term("detail-status", "provider_status", plain(o.Status)),
	}}
	if o.CodeAt != nil {
		fold.Children = append(fold.Children, term("detail-code-at", "code_at", message("moment", Arg{Time: *o.CodeAt})))
	}
	if o.Message != "" {
		sms := term("detail-message", "message", plain(o.Message))
		sms.Value = o.Message
		fold.Children = append(fold.Children, sms)
	}
	return fold
}

func numberCard(s State, o protocol.Order, fillButton Fill) Node {
	number := Node{Key: "number", Kind: KindText, Class: "big", Text: plain(o.DisplayNumber())}
	row := box("row", copyButton("copy-number", "copy_number", o.Number))
	if o.State == protocol.OrderWaiting && s.Tab.Origin != "" {
		fillButton := primary("fill-number", message("fill_on", plainArg(s.Tab.Host)), Action{Do: DoFillNumber, OrderID: o.ID})
		fillButton.Focus = true
		if s.NeedsSitePermission {
			fillButton.Permission = SitePattern(s.Tab.Origin)
		}
		row.Children = append([]Node{fillButton}, row.Children...)
	} else if o.State == protocol.OrderWaiting {
		row.Children[0].Focus = true
	}
	card := withKey("number-card", box("card", number, row))
	if o.CodeReady {
		card.Class = "line" // the code is the main card now
	}
	if status := numberFilled(o, fillButton); status != nil && !o.CodeReady {
		card.Children = append(card.Children, *status)
	}
	return card
}

func numberFilled(o protocol.Order, f Fill) *Node {
	var n Node
	switch f.Number {
	case FillAccepted:
		n = banner("number-filled", "ok", message("number_kept", plainArg(f.Host)))
	case FillChanged:
		n = banner("number-filled", "warn", message("number_not_kept", plainArg(f.Host)))
	case FillNoField:
		n = noFieldBanner("number-filled", f, fields.WantsNumber, "number_no_field", "number_not_wanted")
	case FillNoAccess:
		n = banner("number-filled", "warn", message("no_access", plainArg(f.Host)))
	case FillTabMoved:
		n = banner("number-filled", "warn", message("tab_left", plainArg(f.Host)))
	case FillOpaque:
		n = banner("number-filled", "warn", message("page_opaque", plainArg(f.Host)))
	case FillInFrame:
		n = framesBanner("number-frames", f, Action{Do: DoFillNumber, OrderID: o.ID})
	default:
		return nil
	}
	return &n
}

func waitingCard(o protocol.Order, fill Fill) Node {
	where := message("waits_copy")
	if fill.Bound {
		where = message("waits_bound", plainArg(fill.Host))
	}
	return withKey("waiting", box("card",
		Node{Key: "countdown", Kind: KindCountdown, Text: message("waiting_for_code"), Label: message("waiting_said"), Until: o.Deadline},
		Node{Key: "progress", Kind: KindProgress, Since: o.CreatedAt, Until: o.Deadline},
		text("dim", where),
	))
}

func cancelButton(s State, o protocol.Order) Node {
	b := button("cancel", message("cancel_refund"), Action{Do: DoCancel, OrderID: o.ID})
	b.Disabled = !s.UpToDate
	return b
}

// orderProblem shows the problem of an order until it is solved.
func (s State) orderProblem(o protocol.Order) Node {
	if e := o.Problem; e.Code == protocol.CodePriceChanged && e.Price != nil && e.OldPrice != nil {
		return banner("order-problem", "bad", message("charged_more", amountArg(*e.OldPrice), amountArg(*e.Price)))
	}
	return s.errorBox("order-problem", o.Problem)
}

func codeCard(s State, o protocol.Order, fill Fill) []Node {
	received, sent := s.codeOf(o)
	if o.Erased {
		return []Node{withKey("code-card", box("card", text("", message("code_erased"))))}
	}
	if sent == "" {
		whose := message("code_elsewhere")
		if o.Client == "" {
			whose = message("code_unclaimed") // bought elsewhere, or only a browser claims where
		}
		card := withKey("code-card", box("card", text("", whose)))
		if slices.Contains(o.AskedBy, s.Client) {
			card.Children = append(card.Children, banner("asked", "quiet", message("code_asked")), command("asked-command", "logspanel-companion hand-over"))
		} else {
			reveal := primary("reveal", message("reveal"), Action{Do: DoReveal, OrderID: o.ID})
			reveal.Focus = true
			card.Children = append(card.Children, reveal)
		}
		return []Node{card}
	}
	code, sure := received.Code, received.Code != ""
	big := Node{Key: "code", Kind: KindText, Class: "code", Text: plain(code), Live: true, Label: message("code_said", plainArg(spelledOut(code)))}
	if !sure { // show the whole message for the person to read
		code = sent
		big.Class, big.Text, big.Label = "sent", plain(sent), nil
	}
	row := box("row", copyButton("copy-code", "copy_code", code))
	if sure && s.Tab.Origin != "" {
		into := message("fill_code_on", plainArg(s.Tab.Host))
		if fill.Host != "" && fill.Host != s.Tab.Host { // the number went into another site
			into = message("fill_code_elsewhere", plainArg(o.ServiceName), plainArg(o.DisplayNumber()), plainArg(s.Tab.Host))
		}
		b := primary("fill-code", into, Action{Do: DoFillCode, OrderID: o.ID})
		if fill.Code == FillAccepted { // most people fill it only once
			b.Class = ""
		}
		row.Children = append([]Node{b}, row.Children...)
	}
	row.Children[0].Focus = true
	card := withKey("code-card", box("card center", big))
	if o.CodeAt != nil && o.CodeAt.After(o.CreatedAt) {
		card.Children = append(card.Children, text("dim", message("code_after", durationArg(o.CodeAt.Sub(o.CreatedAt)))))
	}
	if received.Text != "" {
		card.Children = append(card.Children, text("dim", plain(received.Text)))
	}
	card.Children = append(card.Children, row)
	nodes := []Node{card}
	switch fill.Code {
	case FillAccepted:
		nodes = append(nodes, banner("code-filled", "ok", message("code_kept", plainArg(fill.Host))))
	case FillChanged:
		nodes = append(nodes, banner("code-filled", "warn", message("code_not_kept", plainArg(fill.Host))))
	case FillNoField:
		nodes = append(nodes, noFieldBanner("code-filled", fill, fields.WantsCode, "code_no_field", "code_not_wanted"))
	case FillNoAccess:
		nodes = append(nodes, banner("code-filled", "warn", message("no_access", plainArg(fill.Host))))
	case FillTabMoved:
		nodes = append(nodes, banner("code-filled", "warn", message("tab_left", plainArg(fill.Host))))
	case FillOpaque:
		nodes = append(nodes, banner("code-filled", "warn", message("page_opaque", plainArg(fill.Host))))
	case FillOtherSite:
		nodes = append(nodes, banner("code-filled", "warn", message("code_foreign", plainArg(fill.Site), plainArg(fill.Host))))
	case FillInFrame:
		nodes = append(nodes, framesBanner("code-frames", fill, Action{Do: DoFillCode, OrderID: o.ID}))
	}
	return nodes
}

// spelledOut returns a code so that screen readers read it character by character.
func spelledOut(code string) string {
	return strings.Join(strings.Split(code, ""), " ")
}

// snapshotOrder returns an order from the snapshot, which is newer than any list.
func (s State) snapshotOrder(id string) (protocol.Order, bool) {
	for _, o := range s.Snapshot.Orders {
		if o.ID == id {
			return o, true
		}
	}
	return protocol.Order{}, false
}

// codeOf returns an order's code and message if this browser may read them. The code is empty
// while it is uncertain.
func (s State) codeOf(o protocol.Order) (code protocol.OneTimeCode, sent string) {
	if o.Erased {
		return protocol.OneTimeCode{}, ""
	}
	if handed, ok := s.Codes[o.ID]; ok {
		return handed.Received, handed.Code
	}
	return o.Received, o.Code
}
