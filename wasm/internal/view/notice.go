package view

import (
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

// recoveryShown is how long it is said that a journal was lost.
const recoveryShown = 24 * time.Hour

// notices are what stands in the way of everything, then what went wrong last.
func notices(s State) []Node {
	nodes := interrupted(s)
	if !s.Live && s.Link == LinkSilent {
		nodes = append(nodes, notice("silent", "warn", say("remembered_silent")), command("run-command", "logspanel-companion run"))
	}
	switch {
	case !s.Live || s.Snapshot.Provider.Reachable:
	case s.Offline:
		nodes = append(nodes, notice("provider", "warn", say("offline")))
	default:
		nodes = append(nodes, notice("provider", "warn", say("provider_away")))
	}
	if r := s.Snapshot.Recovery; r.InProgress() || r.SetAside != "" && s.Now.Sub(r.At) < recoveryShown {
		nodes = append(nodes, recovery(r))
	}
	if s.Snapshot.Limits.Unset && (s.Problem == nil || s.Problem.Code != protocol.CodeLimitsUnset) {
		nodes = append(nodes, Node{Key: "limits", Kind: KindBox, Class: "note bad", Live: true, Children: limitsUnset()})
	}
	for _, i := range s.Snapshot.Intents {
		nodes = append(nodes, unknown(s, i))
	}
	if s.Problem != nil {
		nodes = append(nodes, s.problem(s.Problem))
	}
	return nodes
}

func notice(key, class string, t *Text) Node {
	return Node{Key: key, Kind: KindText, Class: "note " + class, Text: t, Live: true}
}

// keyScreen is what stands in place of everything while the provider can't be talked to.
func keyScreen(s State) []Node {
	ask := primary("ask-key", say("key_ask"), Action{Do: DoAskKey})
	ask.Focus, ask.Disabled = true, !s.Live
	set := command("key-command", "logspanel-companion key set")
	switch s.Snapshot.Key.State {
	case protocol.KeyMissing:
		return []Node{middle(heading(say("key_missing")), text("dim", say("key_missing_how")), ask, text("dim", say("key_terminal")), set, text("dim", say("key_private")))}
	case protocol.KeyRefused:
		return []Node{middle(heading(say("key_refused")), text("dim", say("key_refused_how")), ask, text("dim", say("key_terminal")), set, text("dim", say("key_private")))}
	case protocol.KeyBlocked:
		return []Node{middle(heading(say("key_blocked")), text("dim", say("key_blocked_how")),
			Node{Key: "provider-site", Kind: KindLink, Text: plain(s.Snapshot.Host), Value: "https://" + s.Snapshot.Host + "/"})}
	}
	return []Node{middle(heading(say("locked")), text("dim", say("locked_how")))}
}

// unknown says of a purchase without an outcome what is known, and asks the person
// where only they can tell.
func unknown(s State, i protocol.Intent) Node {
	key, service, country := "intent-"+i.ID, word(i.ServiceName), word(i.CountryName)
	if i.State == protocol.IntentSent {
		return keyed(key, box("card", busy(key+"-busy", say("buying", service, country)), text("dim", say("buying_how"))))
	}
	n := Node{Key: key, Kind: KindBox, Class: "note warn", Live: true}
	if i.NeedsDecision && i.Client != "" && i.Client != s.Client {
		n.Children = []Node{text("", say("outcome_there", service, country, amount(i.Price)))}
		return n
	}
	if i.NeedsDecision {
		n.Children = []Node{text("", say("outcome_asks", service, country, amount(i.Price)))}
		for _, c := range i.Candidates {
			n.Children = append(n.Children, button(key+"-"+c.OrderID, say("outcome_this", word(c.Number), amount(c.Price), Arg{Time: c.CreatedAt}),
				Action{Do: DoDecide, IntentID: i.ID, OrderID: c.OrderID}))
		}
		n.Children = append(n.Children, button(key+"-none", say("outcome_none"), Action{Do: DoDecide, IntentID: i.ID}))
		return n
	}
	n.Children = []Node{text("", say("outcome_unknown", service, country, amount(i.Price)))}
	if i.NextTry != nil && i.NextTry.After(s.Now) {
		n.Children = append(n.Children, Node{Key: key + "-next", Kind: KindCountdown, Text: say("outcome_next"), Until: *i.NextTry})
	}
	n.Children = append(n.Children, button(key+"-orders", say("show_orders"), Action{Do: DoSection, Section: SectionOrders}))
	return n
}

// recovery says that the journal was lost, and how far it is made anew.
func recovery(r protocol.Recovery) Node {
	if r.SetAside == "" {
		return busy("recovery", say("fault_recovering"))
	}
	if r.Done {
		return notice("recovery", "warn", say("recovered", word(r.SetAside)))
	}
	return busy("recovery", say("recovering", word(r.SetAside)))
}

// problem says what went wrong in our own words where the code has some, and
// otherwise in the daemon's.
func (s State) problem(e *protocol.Error) Node {
	n := s.wrong("problem", e)
	n.Children = append(n.Children, button("dismiss", say("dismiss"), Action{Do: DoDismiss}))
	return n
}

func (s State) wrong(key string, e *protocol.Error) Node {
	n := Node{Key: key, Kind: KindBox, Class: "note bad", Live: true}
	switch {
	case e.Code == protocol.CodePriceChanged && e.Price != nil && e.OldPrice != nil:
		n.Children = []Node{text("", say("price_changed", amount(*e.OldPrice), amount(*e.Price)))}
	case e.Code == protocol.CodeBalanceTooLow && e.Price != nil && e.Balance != nil:
		n.Children = []Node{text("", say("balance_low", amount(*e.Balance), amount(*e.Price)))}
		if s.Snapshot != nil && !s.Snapshot.Sandbox {
			n.Children = append(n.Children, Node{Key: "top-up", Kind: KindLink, Text: say("top_up"), Value: "https://" + s.Snapshot.Host + "/"})
		}
	case e.Code == protocol.CodeLimitOrder && e.Limit != nil:
		n.Children = []Node{text("", say("limit_order", amount(*e.Limit))), text("dim", say("limit_how")), limitCommand()}
	case e.Code == protocol.CodeLimitDay && e.Limit != nil:
		n.Children = []Node{text("", say("limit_day", amount(*e.Limit))), text("dim", say("limit_how")), limitCommand()}
	case e.Code == protocol.CodeLimitsUnset:
		n.Children = limitsUnset()
	case e.Code == protocol.CodeOutOfStock:
		n.Children = []Node{text("", say("out_of_stock"))}
	case e.Code == protocol.CodePairing && refusals[s.Refused] != "":
		n.Children = []Node{text("", say(refusals[s.Refused]))}
	case faults[e.Code] != "":
		n.Children = []Node{text("", say(faults[e.Code]))}
	default:
		n.Children = []Node{text("", say("fault_provider")), text("", plain(sentence(e.Message)))}
		if e.Next != "" {
			n.Children = append(n.Children, text("dim", plain(sentence(e.Next))))
		}
	}
	if e.CancelledOrder != "" {
		n.Children = append(n.Children, text("", say("gave_up")))
	}
	return n
}

// faults are our own words for what the daemon says in English. What the provider says
// is left as it is.
var faults = map[protocol.Code]string{
	protocol.CodeInternal:             "fault",
	protocol.CodeBadRequest:           "fault",
	protocol.CodeJournal:              "fault_disk",
	protocol.CodeUnknownMethod:        "fault_old",
	protocol.CodeKeyMissing:           "fault_window",
	protocol.CodeKeyRefused:           "key_refused",
	protocol.CodeKeyring:              "locked_how",
	protocol.CodeAccountBlocked:       "key_blocked",
	protocol.CodeUnreachable:          "fault_unanswered",
	protocol.CodeCatalogueStale:       "fault_stale",
	protocol.CodeIntentExpired:        "fault_quote_old",
	protocol.CodeIntentUnknown:        "fault_quote_old",
	protocol.CodeUnresolved:           "fault_unresolved",
	protocol.CodeOutcomeUnknown:       "fault_unresolved",
	protocol.CodeOrderNotFound:        "order_gone",
	protocol.CodeAlreadyReceived:      "fault_late",
	protocol.CodeRefundFailed:         "fault_refund",
	protocol.CodeNotCancellable:       "fault_fixed",
	protocol.CodeTooManyCalls:         "fault_speed",
	protocol.CodeBusy:                 "fault_busy",
	protocol.CodeRecovering:           "fault_recovering",
	protocol.CodeKeyReplaced:          "fault_key_replaced",
	protocol.CodeDismissed:            "outcome_none",
	protocol.CodeNoRoomForReplacement: "fault_no_room",
	protocol.CodeOtherClientDecides:   "fault_there",
	CodePort:                          "fault_port",
}

// CodePort is the extension's own: what was typed is no port.
const CodePort protocol.Code = "port"

// refusals say why pairing failed.
var refusals = map[Link]string{
	LinkUnpaired:      "pair_wrong_text",
	LinkUnknownClient: "pair_wrong_used",
	LinkConnecting:    "pair_wrong_used",
	LinkSilent:        "pair_wrong_silent",
	LinkStranger:      "pair_wrong_stranger",
	LinkOtherVersion:  "pair_wrong_version",
	LinkLocked:        "locked_how",
}

// limitsUnset says that nothing can be bought before the person has set the limits.
func limitsUnset() []Node {
	return []Node{text("", say("limits_unset")), text("dim", say("limit_how")), limitCommand()}
}

// limitCommand is how limits are changed: on the daemon's side, never from a browser.
func limitCommand() Node {
	return command("limit-command", "logspanel-companion limits --order 15000 --day 50000")
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
