package view

import (
	"time"

	"github.com/logspanel/companion/shared/protocol"
)

// recoveryShown is how long the popup mentions that the journal was lost.
const recoveryShown = 24 * time.Hour

// banners returns the boxes at the top of each screen: first what blocks everything, then the
// error of the last action.
func banners(s State) []Node {
	nodes := interrupted(s)
	if !s.UpToDate && s.Connection == ConnectionSilent {
		nodes = append(nodes, banner("silent", "warn", message("remembered_silent")), command("run-command", "logspanel-companion run"))
	}
	switch {
	case !s.UpToDate || s.Snapshot.Provider.Reachable:
	case s.Offline:
		nodes = append(nodes, banner("provider", "warn", message("offline")))
	default:
		nodes = append(nodes, banner("provider", "warn", message("provider_away")))
	}
	if r := s.Snapshot.Recovery; r.InProgress() || r.SetAside != "" && s.Now.Sub(r.At) < recoveryShown {
		nodes = append(nodes, recoveryBanner(r))
	}
	if s.Snapshot.Limits.Unset && (s.Problem == nil || s.Problem.Code != protocol.CodeLimitsUnset) {
		nodes = append(nodes, Node{Key: "limits", Kind: KindBox, Class: "note bad", Live: true, Children: limitsUnset()})
	}
	for _, i := range s.Snapshot.Intents {
		nodes = append(nodes, intentBanner(s, i))
	}
	if s.Problem != nil {
		nodes = append(nodes, s.problemBox(s.Problem))
	}
	return nodes
}

func banner(key, class string, t *Text) Node {
	return Node{Key: key, Kind: KindText, Class: "note " + class, Text: t, Live: true}
}

// keyScreen replaces every other screen while the API key can't be used.
func keyScreen(s State) []Node {
	ask := primary("ask-key", message("key_ask"), Action{Do: DoAskKey})
	ask.Focus, ask.Disabled = true, !s.UpToDate
	set := command("key-command", "logspanel-companion key set")
	switch s.Snapshot.Key.State {
	case protocol.KeyMissing:
		return []Node{middle(heading(message("key_missing")), text("dim", message("key_missing_how")), ask, text("dim", message("key_terminal")), set, text("dim", message("key_private")))}
	case protocol.KeyRefused:
		return []Node{middle(heading(message("key_refused")), text("dim", message("key_refused_how")), ask, text("dim", message("key_terminal")), set, text("dim", message("key_private")))}
	case protocol.KeyBlocked:
		return []Node{middle(heading(message("key_blocked")), text("dim", message("key_blocked_how")),
			Node{Key: "provider-site", Kind: KindLink, Text: plain(s.Snapshot.Host), Value: "https://" + s.Snapshot.Host + "/"})}
	}
	return []Node{middle(heading(message("locked")), text("dim", message("locked_how")))}
}

// intentBanner shows a purchase without a known outcome. It asks the person if only they can
// decide what happened.
func intentBanner(s State, i protocol.Intent) Node {
	key, service, country := "intent-"+i.ID, plainArg(i.ServiceName), plainArg(i.CountryName)
	if i.State == protocol.IntentSent {
		return withKey(key, box("card", busy(key+"-busy", message("buying", service, country)), text("dim", message("buying_how"))))
	}
	n := Node{Key: key, Kind: KindBox, Class: "note warn", Live: true}
	if i.NeedsDecision && i.Client != "" && i.Client != s.Client {
		n.Children = []Node{text("", message("outcome_there", service, country, amountArg(i.Price)))}
		return n
	}
	if i.NeedsDecision {
		n.Children = []Node{text("", message("outcome_asks", service, country, amountArg(i.Price)))}
		for _, c := range i.Candidates {
			n.Children = append(n.Children, button(key+"-"+c.OrderID, message("outcome_this", plainArg(c.DisplayNumber()), amountArg(c.Price), Arg{Time: c.CreatedAt}),
				Action{Do: DoDecide, IntentID: i.ID, OrderID: c.OrderID}))
		}
		n.Children = append(n.Children, button(key+"-none", message("outcome_none"), Action{Do: DoDecide, IntentID: i.ID}))
		return n
	}
	n.Children = []Node{text("", message("outcome_unknown", service, country, amountArg(i.Price)))}
	if i.NextTry != nil && i.NextTry.After(s.Now) {
		n.Children = append(n.Children, Node{Key: key + "-next", Kind: KindCountdown, Text: message("outcome_next"), Until: *i.NextTry})
	}
	n.Children = append(n.Children, button(key+"-orders", message("show_orders"), Action{Do: DoSection, Section: SectionOrders}))
	return n
}

// recoveryBanner reports that the journal was lost, and how far its recovery is.
func recoveryBanner(r protocol.Recovery) Node {
	if r.SetAside == "" {
		return busy("recovery", message("fault_recovering"))
	}
	if r.Done {
		return banner("recovery", "warn", message("recovered", plainArg(r.SetAside)))
	}
	return busy("recovery", message("recovering", plainArg(r.SetAside)))
}

// problemBox shows an error: the translated sentence for its code if there is one, otherwise
// the daemon's own message.
func (s State) problemBox(e *protocol.Error) Node {
	n := s.errorBox("problem", e)
	n.Children = append(n.Children, button("dismiss", message("dismiss"), Action{Do: DoDismiss}))
	return n
}

func (s State) errorBox(key string, e *protocol.Error) Node {
	n := Node{Key: key, Kind: KindBox, Class: "note bad", Live: true}
	switch {
	case e.Code == protocol.CodePriceChanged && e.Price != nil && e.OldPrice != nil:
		n.Children = []Node{text("", message("price_changed", amountArg(*e.OldPrice), amountArg(*e.Price)))}
	case e.Code == protocol.CodeBalanceTooLow && e.Price != nil && e.Balance != nil:
		n.Children = []Node{text("", message("balance_low", amountArg(*e.Balance), amountArg(*e.Price)))}
		if s.Snapshot != nil && !s.Snapshot.Sandbox {
			n.Children = append(n.Children, Node{Key: "top-up", Kind: KindLink, Text: message("top_up"), Value: "https://" + s.Snapshot.Host + "/"})
		}
	case e.Code == protocol.CodeLimitOrder && e.Limit != nil:
		n.Children = []Node{text("", message("limit_order", amountArg(*e.Limit))), text("dim", message("limit_how")), limitCommand()}
	case e.Code == protocol.CodeLimitDay && e.Limit != nil:
		n.Children = []Node{text("", message("limit_day", amountArg(*e.Limit))), text("dim", message("limit_how")), limitCommand()}
	case e.Code == protocol.CodeLimitsUnset:
		n.Children = limitsUnset()
	case e.Code == protocol.CodeOutOfStock:
		n.Children = []Node{text("", message("out_of_stock"))}
	case e.Code == protocol.CodePairing && pairingErrors[s.PairingFailure] != "":
		n.Children = []Node{text("", message(pairingErrors[s.PairingFailure]))}
	case errorMessages[e.Code] != "":
		n.Children = []Node{text("", message(errorMessages[e.Code]))}
	default:
		n.Children = []Node{text("", message("fault_provider")), text("", plain(asSentence(e.Message)))}
		if e.Next != "" {
			n.Children = append(n.Children, text("dim", plain(asSentence(e.Next))))
		}
	}
	if e.CancelledOrder != "" {
		n.Children = append(n.Children, text("", message("gave_up")))
	}
	return n
}

// errorMessages maps error codes to translated sentences. The provider's own messages are shown
// untranslated.
var errorMessages = map[protocol.Code]string{
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

// CodePort is an error of the extension itself: the text typed is not a port.
const CodePort protocol.Code = "port"

// pairingErrors maps the connection after a failed pairing to the sentence that says why.
var pairingErrors = map[Connection]string{
	ConnectionUnpaired:        "pair_wrong_text",
	ConnectionRevoked:         "pair_wrong_used",
	ConnectionConnecting:      "pair_wrong_used",
	ConnectionSilent:          "pair_wrong_silent",
	ConnectionNotCompanion:    "pair_wrong_stranger",
	ConnectionVersionMismatch: "pair_wrong_version",
	ConnectionKeyringLocked:   "locked_how",
}

// limitsUnset is the box that is shown until the person sets the lost limits again. Nothing can
// be bought before.
func limitsUnset() []Node {
	return []Node{text("", message("limits_unset")), text("dim", message("limit_how")), limitCommand()}
}

// limitCommand is the command that sets the limits. A browser can't change them.
func limitCommand() Node {
	return command("limit-command", "logspanel-companion limits --order 15000 --day 50000")
}

// asSentence returns an error's text with a capital first letter and a full stop.
func asSentence(s string) string {
	if s == "" {
		return s
	}
	if c := s[0]; 'a' <= c && c <= 'z' {
		s = string(c-'a'+'A') + s[1:]
	}
	return s + "."
}
