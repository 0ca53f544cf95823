package orders

import (
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/internal/journal"
	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/phone"
	"github.com/logspanel/companion/shared/protocol"
)

// purchase is an intent with what it takes to send the same request again.
type purchase struct {
	Intent     protocol.Intent `json:"intent"`
	Key        string          `json:"key"`        // of idempotency
	Generation string          `json:"generation"` // of the API key that the request was sent with
	LastSent   time.Time       `json:"last_sent,omitzero"`
	Declined   *protocol.Error `json:"declined,omitempty"` // what a replay was refused with
}

func (p *purchase) unresolved() bool {
	return p.Intent.State == protocol.IntentSent || p.Intent.State == protocol.IntentUnknown
}

// rental is an order with what the watcher has to remember about it.
type rental struct {
	Order       protocol.Order `json:"order"`
	CancelledAt time.Time      `json:"cancelled_at,omitzero"` // when the refund began to be awaited

	next time.Time // when the watcher looks at it
	busy bool      // a call about it is under way
}

// read takes over what the provider says of an order. Decisions rest on the code
// and the refund; the status is its own word.
func (r *rental) read(o logspanel.NumberOrder) {
	r.Order.Status, r.Order.Message = o.Status, o.Message
	if r.Order.Number == "" && o.Number != "" {
		r.Order.Number = international(o.Number, r.Order.CallingCode)
	}
	if o.Code != "" {
		if r.Order.Code != o.Code {
			now := time.Now().UTC()
			r.Order.CodeAt = &now
		}
		r.Order.Code, r.Order.CodeReady = o.Code, true
	}
	switch {
	case o.Refunded:
		r.Order.State, r.Order.Problem = protocol.OrderRefunded, nil
	case r.Order.CodeReady:
		r.Order.State = protocol.OrderReceived
	}
}

var (
	purchases = journal.Table[purchase]{Name: "intents"}
	rentals   = journal.Table[rental]{Name: "orders"}
)

// international writes a number as E.164, also where the provider leaves out the
// plus, or the calling code with it. What is no number stays as it is.
func international(number, callingCode string) string {
	for _, text := range []string{number, "+" + callingCode + strings.TrimLeft(number, "0")} {
		if n, err := phone.Parse(text, callingCode); err == nil {
			return n.E164()
		}
	}
	return number
}
