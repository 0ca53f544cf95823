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
	recent  = 10 * time.Minute // a code that came earlier is no news
	maxName = 40               // runes of what a stranger wrote
	maxText = 160
)

// Settings are what the person wants to be told.
type Settings struct {
	Quiet     bool        `json:"quiet,omitempty"`
	HideCodes bool        `json:"hide_codes,omitempty"`
	Low       money.Money `json:"low,omitzero"` // a balance below it is low; zero: the default
}

// Threshold is the balance below which it is low, in a currency.
func (s Settings) Threshold(currency string) money.Money {
	if s.Low.Currency == currency {
		return s.Low
	}
	if currency == "NGN" {
		return money.FromMajor(1000, currency)
	}
	return money.FromMajor(2, currency)
}

// Item is something that happened.
type Item struct {
	Key    string // tells it from everything else that happens
	Title  string
	Body   string
	Order  string // whose code can be copied; may be empty
	Urgent bool
}

// Context is what decides beside the state.
type Context struct {
	Settings
	Since      time.Time // what was bought before is no news, but for a code
	Generation func() string
}

// Of is everything in a state that is worth telling, be it told or not.
func Of(s protocol.Snapshot, c Context, now time.Time) (items []Item) {
	if s.Key.State == protocol.KeyRefused || s.Key.State == protocol.KeyBlocked {
		items = append(items, refused(s.Key.State, c.Generation()))
	}
	if low, of := c.low(s); low {
		items = append(items, Item{
			Key: keyLow, Title: "The balance is low: " + desktop.Plain(of.String(), maxName), Body: "Top it up on the provider's site.",
		})
	}
	for _, o := range s.Orders {
		about := desktop.Plain(o.ServiceName, maxName) + ", " + desktop.Plain(o.DisplayNumber(), maxName)
		switch {
		case o.State == protocol.OrderReceived && o.CodeAt != nil && now.Before(o.CodeAt.Add(recent)):
			item := Item{Key: fmt.Sprintf("%s%s/%d", keyCode, o.ID, o.CodeAt.UnixNano()), Title: "A code is there", Body: about, Order: o.ID}
			if code := desktop.Plain(o.DisplayCode(), maxName); code != "" && !c.HideCodes {
				item.Title = "Code " + code
			}
			items = append(items, item)
		case o.IntentID == "" || !o.CreatedAt.After(c.Since):
		case o.State == protocol.OrderRefunded:
			items = append(items, Item{
				Key: keyRefunded + o.ID, Title: "Refunded: " + desktop.Plain(o.Price.String(), maxName), Body: "No code came: " + about,
			})
		case o.Problem != nil && o.Problem.Code == protocol.CodeRefundFailed:
			said := desktop.Plain(o.Problem.Message+"; "+o.Problem.Next, maxText)
			items = append(items, Item{
				Key: keyRefundFailed + o.ID, Title: "A refund has not come: " + desktop.Plain(o.Price.String(), maxName),
				Body: about + ": " + said, Urgent: true,
			})
		}
	}
	return items
}

const (
	keyLow          = "low"
	keyRefusal      = "key/"
	keyCode         = "code/"
	keyRefunded     = "refunded/"
	keyRefundFailed = "refund-failed/"
)

func refused(state protocol.KeyState, generation string) Item {
	item := Item{Key: keyRefusal + string(state) + "/" + generation, Urgent: true}
	item.Title, item.Body = "The API key is refused", "Make one on the provider's site and set it in the companion's menu."
	if state == protocol.KeyBlocked {
		item.Title, item.Body = "The account is blocked", "Contact the provider."
	}
	return item
}

func (c Context) low(s protocol.Snapshot) (low bool, balance money.Money) {
	if s.Wallet == nil {
		return false, money.Money{}
	}
	balance = s.Wallet.Balance
	over, err := balance.Cmp(c.Threshold(balance.Currency))
	return err == nil && over < 0, balance
}

// over reports that what a key stands for has ended, so that it is news when it begins
// again.
func over(key string, s protocol.Snapshot, c Context) bool {
	switch {
	case key == keyLow:
		low, _ := c.low(s)
		return s.Wallet != nil && !low
	case strings.HasPrefix(key, keyRefusal):
		return s.Key.State == protocol.KeyOK
	}
	return false
}

// gone reports that a key stands for an order that the state no longer has. A closed
// order does not come back into it, so nothing of it is news again, and what was told of
// it need not be remembered.
func gone(key string, s protocol.Snapshot) bool {
	id, ofOrder := orderOf(key)
	return ofOrder && !slices.ContainsFunc(s.Orders, func(o protocol.Order) bool { return o.ID == id })
}

// orderOf is the id of the order that a key is about, if it is about one.
func orderOf(key string) (id string, is bool) {
	if rest, is := strings.CutPrefix(key, keyCode); is {
		return rest[:max(strings.LastIndexByte(rest, '/'), 0)], true
	}
	for _, prefix := range []string{keyRefunded, keyRefundFailed} {
		if id, is := strings.CutPrefix(key, prefix); is {
			return id, true
		}
	}
	return "", false
}
