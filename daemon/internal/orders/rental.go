package orders

import (
	"strings"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/sms"
	"github.com/logspanel/companion/daemon/internal/store"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/phone"
	"github.com/logspanel/companion/shared/protocol"
)

// purchase is an intent with what it takes to send the same request again.
type purchase struct {
	Intent     protocol.Intent `json:"intent"`
	Key        string          `json:"key"`        // of idempotency
	Generation string          `json:"generation"` // of the API key that it was quoted with; no other sends it
	LastSent   time.Time       `json:"last_sent,omitzero"`
	Declined   *protocol.Error `json:"declined,omitempty"`  // what a replay was refused with
	Dismissed  bool            `json:"dismissed,omitempty"` // refused by a browser's word alone
	SpentAt    time.Time       `json:"spent_at,omitzero"`   // from when the limit counts it

	// When it was first and last sent, by providerNow, and whether that rested on the
	// provider's answers both times.
	ProviderFirst time.Time `json:"provider_first,omitzero"`
	ProviderLast  time.Time `json:"provider_last,omitzero"`
	ProviderClock bool      `json:"provider_clock,omitempty"`

	// When this process first and last sent it, or took it up from the journal. These
	// run on where the wall clock is set back, but stand still while the computer sleeps.
	began, sent time.Time
}

func (p *purchase) unresolved() bool {
	return p.Intent.State == protocol.IntentSent || p.Intent.State == protocol.IntentUnknown
}

// spentAt is zero for what was never sent.
func (p *purchase) spentAt() time.Time {
	if p.SpentAt.IsZero() && p.Intent.SentAt != nil {
		return *p.Intent.SentAt
	}
	return p.SpentAt
}

// end gives a purchase its outcome; problem says why it was refused.
func (p *purchase) end(state protocol.IntentState, problem *protocol.Error) {
	p.Intent.State, p.Intent.Problem = state, problem
	p.Intent.NextTry, p.Intent.NeedsDecision, p.Intent.Candidates = nil, false, nil
}

// rental is an order with what the watcher has to remember about it.
type rental struct {
	Order       protocol.Order `json:"order"`
	Generation  string         `json:"generation,omitempty"`  // of the API key that it was bought with
	Life        time.Duration  `json:"life,omitempty"`        // the time left that the purchase was answered with
	Counts      bool           `json:"counts,omitempty"`      // the provider's time left was seen to go down
	CancelledAt time.Time      `json:"cancelled_at,omitzero"` // when the provider took the cancelling; zero: to be asked yet
	RefundedAt  time.Time      `json:"refunded_at,omitzero"`  // when the refund was first seen
	Charged     bool           `json:"charged,omitempty"`     // the ledger has the charge
	Repaid      bool           `json:"repaid,omitempty"`      // the ledger has the refund
	Expired     bool           `json:"expired,omitempty"`     // its time had run out before it was cancelled
	Adopted     bool           `json:"adopted,omitempty"`     // read from the provider after the journal was lost
	LostSince   time.Time      `json:"lost_since,omitzero"`   // since when the provider does not know it
	SpentAt     time.Time      `json:"spent_at,omitzero"`     // from when the limit counts it, if it was bought here
	Vouched     money.Money    `json:"vouched,omitzero"`      // what the limit counts while a browser alone says that it was

	next time.Time // when the watcher looks at it
	busy bool      // a call about it is under way

	// What this process has seen of the provider's count of the time left, by its own
	// clock.
	watchedSince time.Time     // since when
	lastFell     time.Time     // when the count last went down, or watching began
	lowestLeft   time.Duration // the lowest count
}

// ours reports that the number was bought here, and so is given back here when its
// time runs out.
func (r *rental) ours() bool { return r.Order.IntentID != "" || r.Adopted }

func (r *rental) spentAt() time.Time {
	if r.SpentAt.IsZero() {
		return r.Order.CreatedAt
	}
	return r.SpentAt
}

// counted is what the limit counts of a number that was bought here: nothing once it is
// refunded. Where a browser alone says that the order came of the purchase, its refund
// need not be the purchase's.
func (r *rental) counted() money.Money {
	switch {
	case !r.Vouched.IsZero():
		return r.Vouched
	case r.Order.State == protocol.OrderRefunded:
		return money.Money{}
	}
	return r.Order.Price
}

// noteTimeLeft notes how the provider counts the time left.
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

// read takes over what the provider says of an order at a time. Decisions rest on the
// code and the refund; the status is its own word.
func (r *rental) read(o logspanel.NumberOrder, at time.Time) {
	if r.Order.Erased {
		o.Code, o.Message = "", ""
	}
	r.Order.Status, r.Order.Message = o.Status, o.Message
	if r.Order.Number == "" && o.Number != "" {
		r.Order.Number = international(o.Number, r.Order.CallingCode)
	}
	if r.Order.Price.IsZero() {
		r.Order.Price = o.Price
	}
	if o.TimeLeft > 0 && o.TimeLeft < r.Life {
		r.Counts = true
	}
	if o.Code != "" {
		if r.Order.Code != o.Code {
			r.Order.CodeAt = &at
		}
		r.Order.Code, r.Order.CodeReady = o.Code, true
		r.Order.Received, _ = sms.Read(o.Code, o.Message)
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
