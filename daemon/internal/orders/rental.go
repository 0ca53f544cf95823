package orders

import (
	"cmp"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/phone"
	"github.com/logspanel/companion/daemon/internal/sms"
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

// purchase is an intent together with what is needed to send the same request again.
type purchase struct {
	Intent     protocol.Intent `json:"intent"`
	Key        string          `json:"key"`        // the idempotency key
	Generation string          `json:"generation"` // of the API key that it was quoted with; it is not sent with another
	LastSent   time.Time       `json:"last_sent,omitzero"`
	Declined   *protocol.Error `json:"declined,omitempty"`  // why a replay was refused
	Dismissed  bool            `json:"dismissed,omitempty"` // only a browser says that nothing was bought
	SpentAt    time.Time       `json:"spent_at,omitzero"`   // when the limit begins to count it

	// When it was first and last sent, by clock.providerNow, and whether that was based on
	// an answer of the provider both times.
	ProviderFirst time.Time `json:"provider_first,omitzero"`
	ProviderLast  time.Time `json:"provider_last,omitzero"`
	ProviderClock bool      `json:"provider_clock,omitempty"`

	// When this process first and last sent it, or loaded it from the journal. They have
	// monotonic readings, which setting the wall clock back doesn't change but which stand
	// still while the computer sleeps.
	began, sent time.Time
}

// unresolved reports whether the purchase was sent and has no outcome yet.
func (p *purchase) unresolved() bool {
	return p.Intent.State == protocol.IntentSent || p.Intent.State == protocol.IntentUnknown
}

// chargedAt returns when the limit begins to count the purchase; zero if it was never sent.
func (p *purchase) chargedAt() time.Time {
	if p.SpentAt.IsZero() && p.Intent.SentAt != nil {
		return *p.Intent.SentAt
	}
	return p.SpentAt
}

// end sets the outcome of a purchase. problem is the reason of a refusal, otherwise nil.
func (p *purchase) end(state protocol.IntentState, problem *protocol.Error) {
	p.Intent.State, p.Intent.Problem = state, problem
	p.Intent.NextTry, p.Intent.NeedsDecision, p.Intent.Candidates = nil, false, nil
}

// rental is an order together with what the watcher remembers about it.
type rental struct {
	Order       protocol.Order `json:"order"`
	Generation  string         `json:"generation,omitempty"`  // of the API key that it was bought with
	Life        time.Duration  `json:"life,omitempty"`        // the time left in the answer to the purchase
	Counts      bool           `json:"counts,omitempty"`      // the provider's time left has been seen to go down
	CancelledAt time.Time      `json:"cancelled_at,omitzero"` // when the provider accepted the cancellation; zero: not yet
	RefundedAt  time.Time      `json:"refunded_at,omitzero"`  // when the refund was first seen
	Charged     bool           `json:"charged,omitempty"`     // the ledger has the charge
	Repaid      bool           `json:"repaid,omitempty"`      // the ledger has the refund
	Expired     bool           `json:"expired,omitempty"`     // its time had run out before it was cancelled
	Adopted     bool           `json:"adopted,omitempty"`     // read from the provider after the journal was lost
	LostSince   time.Time      `json:"lost_since,omitzero"`   // since when the provider doesn't know it
	SpentAt     time.Time      `json:"spent_at,omitzero"`     // when the limit begins to count it, if it was bought here
	Vouched     money.Money    `json:"vouched,omitzero"`      // what the limit counts if only a browser says that it was bought here

	forms protocol.Number // of the order's number, once it was shown; not stored

	next time.Time // when the watcher checks it next
	busy bool      // a check is in progress

	// The provider's countdown of the time left, as this process has seen it. Times have
	// monotonic readings.
	watchedSince time.Time
	lastFell     time.Time     // when the countdown last went down, or watching began
	lowestLeft   time.Duration // the lowest value seen
}

// shown returns the order as clients see it: with the forms of its number.
func (r *rental) shown() protocol.Order {
	o := r.Order
	if r.forms.E164 == "" && o.Number != "" {
		r.forms = phone.Forms(o.Number, o.CallingCode)
	}
	o.Phone = r.forms
	return o
}

// boughtHere reports whether the number was bought here. If so, it is cancelled here when its time
// runs out.
func (r *rental) boughtHere() bool { return r.Order.IntentID != "" || r.Adopted }

// chargedAt returns when the limit begins to count the order.
func (r *rental) chargedAt() time.Time {
	if r.SpentAt.IsZero() {
		return r.Order.CreatedAt
	}
	return r.SpentAt
}

// counted returns the amount that the limit counts for a number that was bought here: zero
// once it is refunded. If only a browser says that the order belongs to the purchase, a
// refund changes nothing: it may be that of another purchase.
func (r *rental) counted() money.Money {
	switch {
	case !r.Vouched.IsZero():
		return r.Vouched
	case r.Order.State == protocol.OrderRefunded:
		return money.Money{}
	}
	return r.Order.Price
}

// noteTimeLeft follows the provider's countdown of the time left.
func (r *rental) noteTimeLeft(left time.Duration) {
	now := time.Now()
	if r.watchedSince.IsZero() {
		r.watchedSince, r.lastFell = now, now
	}
	if left <= 0 || r.lowestLeft > 0 && left >= r.lowestLeft {
		return
	}
	if r.lowestLeft > 0 {
		r.lastFell = now
	}
	r.lowestLeft = left
}

// read applies the provider's answer about an order, received at the time at. It decides by
// the code and the refund; the status is free text and only shown.
func (r *rental) read(o logspanel.NumberOrder, at time.Time) {
	if r.Order.Erased {
		o.Code, o.Message = "", ""
	}
	r.Order.Status, r.Order.Message = o.Status, o.Message
	if r.Order.Number == "" && o.Number != "" {
		r.Order.Number = phone.E164(o.Number, r.Order.CallingCode)
	}
	if r.Order.Price.IsZero() {
		r.Order.Price = o.Price
	}
	if o.TimeLeft > 0 && o.TimeLeft < r.Life {
		r.Counts = true
	}
	received, _ := sms.Read(o.Code, o.Message)
	if code := cmp.Or(o.Code, received.Code); code != "" { // the message may come without its code
		if r.Order.Code != code {
			r.Order.CodeAt = &at
		}
		r.Order.Code, r.Order.CodeReady = code, true
		r.Order.Received = received
	} else if !r.Order.CodeReady {
		r.Order.Received = received // tells why the message has none
	}
	if !r.LostSince.IsZero() {
		r.LostSince, r.Order.Problem = time.Time{}, nil
	}
	switch {
	case o.Refunded:
		if r.Order.State != protocol.OrderRefunded {
			r.RefundedAt = at
		}
		r.Order.State, r.Order.Problem = protocol.OrderRefunded, nil
	case r.Order.CodeReady:
		r.Order.State = protocol.OrderReceived
	}
}

var (
	purchases = store.Table[purchase]{Name: "intents"}
	rentals   = store.Table[rental]{Name: "orders"}
)
