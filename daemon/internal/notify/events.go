// Package notify decides which state changes deserve a desktop notification and shows each
// one at most once, across restarts.
//
// Events looks at a snapshot of orders, wallet and API key and lists every Event that
// deserves a notification now: a code that has just arrived, a refund, a refund that
// failed, a low balance, a refused key. Run follows the state and shows each event whose
// key is not in the History. A key is written to the History before its notification is
// shown, so a crash in between loses a notification and never repeats one.
//
// A condition that ends (the balance is high enough again, the key works) leaves the
// History, and is shown again when it returns. The keys of an order leave it together with
// the order.
//
// The package shows nothing by itself: package desktop does, and package app keeps the
// History in the journal.
package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

const (
	maxCodeAge = 10 * time.Minute // an older code gets no notification
	maxName    = 40               // runes of a text from outside
	maxText    = 160
)

// Settings are the person's preferences. Off and HideCodes are false by default.
type Settings struct {
	Off        bool        `json:"quiet,omitempty"`
	HideCodes  bool        `json:"hide_codes,omitempty"`
	LowBalance money.Money `json:"low,omitzero"` // threshold for the low balance; zero: the default
}

// Threshold returns the amount below which a balance in a currency counts as low.
func (s Settings) Threshold(currency string) money.Money {
	if s.LowBalance.Currency == currency {
		return s.LowBalance
	}
	if currency == "NGN" {
		return money.FromMajor(1000, currency)
	}
	return money.FromMajor(2, currency)
}

// Event is something that deserves a notification.
type Event struct {
	Key    string // unique to this event; the History knows it by this
	Title  string
	Body   string
	Order  string // id of the order whose code the button copies; empty: no button
	Urgent bool
}

// Criteria is what decides about events, apart from the state.
type Criteria struct {
	Settings
	Since      time.Time // orders bought before it are only notified of codes
	Generation func() string
}

// Events lists all events in a state, whether they were shown before or not.
func Events(s protocol.Snapshot, c Criteria, now time.Time) (events []Event) {
	if s.Key.State == protocol.KeyRefused || s.Key.State == protocol.KeyBlocked {
		events = append(events, keyEvent(s.Key.State, c.Generation()))
	}
	if low, of := c.lowBalance(s); low {
		events = append(events, Event{
			Key: lowBalanceKey, Title: "Low balance: " + desktop.Plain(of.String(), maxName), Body: "Top up on the provider's site.",
		})
	}
	for _, o := range s.Orders {
		about := desktop.Plain(o.ServiceName, maxName) + ", " + desktop.Plain(o.DisplayNumber(), maxName)
		switch {
		case o.State == protocol.OrderReceived && o.CodeAt != nil && now.Before(o.CodeAt.Add(maxCodeAge)):
			event := Event{Key: fmt.Sprintf("%s%s/%d", codePrefix, o.ID, o.CodeAt.UnixNano()), Title: "Code received", Body: about, Order: o.ID}
			if code := desktop.Plain(o.DisplayCode(), maxName); code != "" && !c.HideCodes {
				event.Title = "Code " + code
			}
			events = append(events, event)
		case o.IntentID == "" || !o.CreatedAt.After(c.Since):
		case o.State == protocol.OrderRefunded:
			events = append(events, Event{
				Key: refundedPrefix + o.ID, Title: "Refunded: " + desktop.Plain(o.Price.String(), maxName), Body: "No code arrived: " + about,
			})
		case o.Problem != nil && o.Problem.Code == protocol.CodeRefundFailed:
			reason := desktop.Plain(o.Problem.Message+"; "+o.Problem.Next, maxText)
			events = append(events, Event{
				Key: refundFailedPrefix + o.ID, Title: "Refund overdue: " + desktop.Plain(o.Price.String(), maxName),
				Body: about + ": " + reason, Urgent: true,
			})
		}
	}
	return events
}

const (
	lowBalanceKey      = "low"
	keyRefusedPrefix   = "key/"
	codePrefix         = "code/"
	refundedPrefix     = "refunded/"
	refundFailedPrefix = "refund-failed/"
)

func keyEvent(state protocol.KeyState, generation string) Event {
	event := Event{Key: keyRefusedPrefix + string(state) + "/" + generation, Urgent: true}
	event.Title, event.Body = "API key rejected", "Create a new key on the provider's site and set it in the companion's menu."
	if state == protocol.KeyBlocked {
		event.Title, event.Body = "Account blocked", "Contact the provider."
	}
	return event
}

func (c Criteria) lowBalance(s protocol.Snapshot) (low bool, balance money.Money) {
	if s.Wallet == nil {
		return false, money.Money{}
	}
	balance = s.Wallet.Balance
	cmp, err := balance.Cmp(c.Threshold(balance.Currency))
	return err == nil && cmp < 0, balance
}

// ended reports whether the condition behind a key is over, so that it is shown again when
// it returns.
func ended(key string, s protocol.Snapshot, c Criteria) bool {
	switch {
	case key == lowBalanceKey:
		low, _ := c.lowBalance(s)
		return s.Wallet != nil && !low
	case strings.HasPrefix(key, keyRefusedPrefix):
		return s.Key.State == protocol.KeyOK
	}
	return false
}

// orderClosed reports whether a key belongs to an order that the state no longer contains.
// A closed order never returns to the state, so its keys need not be remembered.
func orderClosed(key string, s protocol.Snapshot) bool {
	id, ok := orderID(key)
	return ok && !slices.ContainsFunc(s.Orders, func(o protocol.Order) bool { return o.ID == id })
}

// orderID returns the order's id in a key, if the key belongs to an order.
func orderID(key string) (id string, ok bool) {
	if rest, ok := strings.CutPrefix(key, codePrefix); ok {
		return rest[:max(strings.LastIndexByte(rest, '/'), 0)], true
	}
	for _, prefix := range []string{refundedPrefix, refundFailedPrefix} {
		if id, ok := strings.CutPrefix(key, prefix); ok {
			return id, true
		}
	}
	return "", false
}
