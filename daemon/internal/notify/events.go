// Package notify is what of the state is worth a notification, each once: news.go says
// what, and herald.go tells it.
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
	maxCodeAge = 10 * time.Minute // a code that came earlier is no news
	maxName    = 40               // runes of what a stranger wrote
	maxText    = 160
)

// Settings are what the person wants to be told.
type Settings struct {
	Off        bool        `json:"quiet,omitempty"`
	HideCodes  bool        `json:"hide_codes,omitempty"`
	LowBalance money.Money `json:"low,omitzero"` // a balance below it is low; zero: the default
}

// Threshold is the balance below which it is low, in a currency.
func (s Settings) Threshold(currency string) money.Money {
	if s.LowBalance.Currency == currency {
		return s.LowBalance
	}
	if currency == "NGN" {
		return money.FromMajor(1000, currency)
	}
	return money.FromMajor(2, currency)
}

// Item is something that happened.
type Event struct {
	Key    string // tells it from everything else that happens
	Title  string
	Body   string
	Order  string // whose code can be copied; may be empty
	Urgent bool
}

// Context is what decides beside the state.
type Criteria struct {
	Settings
	Since      time.Time // what was bought before is no news, but for a code
	Generation func() string
}

// Of is everything in a state that is worth telling, be it told or not.
func Events(s protocol.Snapshot, c Criteria, now time.Time) (events []Event) {
	if s.Key.State == protocol.KeyRefused || s.Key.State == protocol.KeyBlocked {
		events = append(events, keyEvent(s.Key.State, c.Generation()))
	}
	if low, of := c.lowBalance(s); low {
		events = append(events, Event{
			Key: lowBalanceKey, Title: "The balance is low: " + desktop.Plain(of.String(), maxName), Body: "Top it up on the provider's site.",
		})
	}
	for _, o := range s.Orders {
		about := desktop.Plain(o.ServiceName, maxName) + ", " + desktop.Plain(o.DisplayNumber(), maxName)
		switch {
		case o.State == protocol.OrderReceived && o.CodeAt != nil && now.Before(o.CodeAt.Add(maxCodeAge)):
			event := Event{Key: fmt.Sprintf("%s%s/%d", codePrefix, o.ID, o.CodeAt.UnixNano()), Title: "A code is there", Body: about, Order: o.ID}
			if code := desktop.Plain(o.DisplayCode(), maxName); code != "" && !c.HideCodes {
				event.Title = "Code " + code
			}
			events = append(events, event)
		case o.IntentID == "" || !o.CreatedAt.After(c.Since):
		case o.State == protocol.OrderRefunded:
			events = append(events, Event{
				Key: refundedPrefix + o.ID, Title: "Refunded: " + desktop.Plain(o.Price.String(), maxName), Body: "No code came: " + about,
			})
		case o.Problem != nil && o.Problem.Code == protocol.CodeRefundFailed:
			reason := desktop.Plain(o.Problem.Message+"; "+o.Problem.Next, maxText)
			events = append(events, Event{
				Key: refundFailedPrefix + o.ID, Title: "A refund has not come: " + desktop.Plain(o.Price.String(), maxName),
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
	event.Title, event.Body = "The API key is refused", "Make one on the provider's site and set it in the companion's menu."
	if state == protocol.KeyBlocked {
		event.Title, event.Body = "The account is blocked", "Contact the provider."
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

// over reports that what a key stands for has ended, so that it is news when it begins
// again.
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

// gone reports that a key stands for an order that the state no longer has. A closed
// order does not come back into it, so nothing of it is news again, and what was told of
// it need not be remembered.
func orderClosed(key string, s protocol.Snapshot) bool {
	id, ofOrder := orderID(key)
	return ofOrder && !slices.ContainsFunc(s.Orders, func(o protocol.Order) bool { return o.ID == id })
}

// orderOf is the id of the order that a key is about, if it is about one.
func orderID(key string) (id string, is bool) {
	if rest, is := strings.CutPrefix(key, codePrefix); is {
		return rest[:max(strings.LastIndexByte(rest, '/'), 0)], true
	}
	for _, prefix := range []string{refundedPrefix, refundFailedPrefix} {
		if id, is := strings.CutPrefix(key, prefix); is {
			return id, true
		}
	}
	return "", false
}
