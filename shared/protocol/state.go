package protocol

import (
	"cmp"
	"slices"
	"time"

	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/phone"
)

// Snapshot is the whole state that a client sees, at one sequence number. Each Change has
// the next number; after a gap the client requests the snapshot again.
type Snapshot struct {
	Seq                uint64   `json:"seq"`
	Host               string   `json:"host"`    // the provider's API host
	Sandbox            bool     `json:"sandbox"` // play money: the built-in provider
	Journal            string   `json:"journal"` // which journal the intents belong to
	Wallet             *Wallet  `json:"wallet,omitempty"`
	Orders             []Order  `json:"orders"`  // open ones and the newest, newest first
	Intents            []Intent `json:"intents"` // unfinished purchases
	Limits             Limits   `json:"limits"`
	Key                Key      `json:"key"`
	Provider           Provider `json:"provider"`
	Recovery           Recovery `json:"recovery,omitzero"`
	KeepExpired        bool     `json:"keep_late,omitempty"` // a number whose time ran out is kept until the person cancels it
	ShowsNotifications bool     `json:"notifies,omitempty"`  // the daemon shows desktop notifications when a code arrives
}

// Change turns the state with the number Seq-1 into the state with the number Seq.
// Unchanged fields are absent.
type Change struct {
	Seq                uint64    `json:"seq"`
	Wallet             *Wallet   `json:"wallet,omitempty"`
	Order              *Order    `json:"order,omitempty"`  // new, or in its new state
	Intent             *Intent   `json:"intent,omitempty"` // new, or in its new state
	Limits             *Limits   `json:"limits,omitempty"`
	Key                *Key      `json:"key,omitempty"`
	Provider           *Provider `json:"provider,omitempty"`
	Recovery           *Recovery `json:"recovery,omitempty"`
	KeepExpired        *bool     `json:"keep_late,omitempty"`
	ShowsNotifications *bool     `json:"notifies,omitempty"`
	Catalog            bool      `json:"catalog,omitempty"` // the catalogue has more offers: search again
}

// Wallet is the account's balance as the provider last reported it.
type Wallet struct {
	Balance money.Money `json:"balance"`
	At      time.Time   `json:"at"`
}

// KeyState is the state of the API key.
type KeyState string

// The key's states.
const (
	KeyUnchecked KeyState = "unchecked" // set, and not used yet
	KeyOK        KeyState = "ok"
	KeyMissing   KeyState = "missing"
	KeyRefused   KeyState = "refused"
	KeyBlocked   KeyState = "blocked" // the account is disabled or banned
	KeyLocked    KeyState = "locked"  // the keyring can't be read
)

// Key is the state of the API key. It never contains the key.
type Key struct {
	State   KeyState `json:"state"`
	Message string   `json:"message,omitempty"`
}

// Provider tells whether the provider can be reached, and since when that is so.
type Provider struct {
	Reachable bool      `json:"reachable"`
	Since     time.Time `json:"since"`
	Message   string    `json:"message,omitempty"`
}

// Recovery reports that the journal was lost. Nothing can be bought until the daemon has
// read orders and spending from the provider again.
type Recovery struct {
	SetAside string    `json:"set_aside,omitempty"` // the damaged file's name now; empty: there is none
	At       time.Time `json:"at,omitzero"`         // when that was found; absent: nothing was lost
	Done     bool      `json:"done,omitempty"`
}

// InProgress reports that nothing can be bought yet.
func (r Recovery) InProgress() bool { return !r.At.IsZero() && !r.Done }

// Limits are the daemon's spending limits. No client can change them.
type Limits struct {
	PerOrder money.Money `json:"per_order"`
	PerDay   money.Money `json:"per_day"`
	Spent    money.Money `json:"spent"`           // in the last 24 hours, refunds taken off
	Unset    bool        `json:"unset,omitempty"` // what was set is lost: nothing can be bought until the person sets both again
}

// OrderState is the state of an order as the daemon derives it from code, refund and
// deadline, not from the provider's status alone.
type OrderState string

// The states of a number order.
const (
	OrderWaiting    OrderState = "waiting"    // for a code
	OrderReceived   OrderState = "received"   // a code came
	OrderCancelling OrderState = "cancelling" // being cancelled, or cancelled and the refund is awaited
	OrderRefunded   OrderState = "refunded"
	OrderExpired    OrderState = "expired" // time ran out, and nothing was refunded
)

// Order is a rented number.
type Order struct {
	ID           string      `json:"id"`
	State        OrderState  `json:"state"`
	Status       string      `json:"status"` // the provider's own word
	Number       string      `json:"number"` // E.164
	CallingCode  string      `json:"calling_code,omitempty"`
	ServiceID    string      `json:"service_id"`
	ServiceName  string      `json:"service_name"`
	CountryID    string      `json:"country_id"`
	CountryName  string      `json:"country_name"`
	CountryShort string      `json:"country_short,omitempty"` // ISO 3166, lower case
	Price        money.Money `json:"price"`
	Code         string      `json:"code,omitempty"`
	CodeReady    bool        `json:"code_ready"`         // a code is there, also where Code is withheld
	Message      string      `json:"message,omitempty"`  // the SMS, or the provider's word about it
	Received     OneTimeCode `json:"received,omitzero"`  // the code out of these two; empty while none is sure
	Problem      *Error      `json:"problem,omitempty"`  // what stands in the way, such as a refund that failed
	IntentID     string      `json:"intent,omitempty"`   // the purchase it came from
	Client       string      `json:"client,omitempty"`   // the client that bought it; empty where only a browser says so
	AskedBy      []string    `json:"asked_by,omitempty"` // clients that asked for the code, and wait for the person's word
	HandedTo     []string    `json:"handed,omitempty"`   // clients to whom the person handed the code over
	CreatedAt    time.Time   `json:"created_at"`
	Deadline     time.Time   `json:"deadline"` // when the provider stops waiting for a code
	CodeAt       *time.Time  `json:"code_at,omitempty"`
	Erased       bool        `json:"erased,omitempty"` // code and message are gone, because the order is old
}

// Open reports whether the order still wants watching.
func (o Order) Open() bool { return o.State == OrderWaiting || o.State == OrderCancelling }

// Unsettled reports that the order is open, or that its money is not back yet.
func (o Order) Unsettled() bool {
	return o.Open() || o.State == OrderExpired && o.Problem != nil
}

// MaxClosedOrders is how many orders that are not pending a Snapshot has: the newest.
const MaxClosedOrders = 50

// DisplayNumber is the number as people read it; what is no number stays as it is.
func (o Order) DisplayNumber() string {
	if n, err := phone.Parse(o.Number, o.CallingCode); err == nil {
		return n.Grouped()
	}
	return o.Number
}

// DisplayCode is the code as people are shown it: alone where it is sure, or all that came.
func (o Order) DisplayCode() string { return cmp.Or(o.Received.Code, o.Code) }

// ReadableBy reports that the order's code and text may go to a client.
func (o Order) ReadableBy(client string) bool {
	return client != "" && o.Client == client || slices.Contains(o.HandedTo, client)
}

// IntentState is the state of a purchase.
type IntentState string

// The states of an intent: intended → sent → bought | refused | unknown → (bought | refused).
const (
	IntentIntended IntentState = "intended" // quoted; nothing was sent
	IntentSent     IntentState = "sent"     // on its way
	IntentUnknown  IntentState = "unknown"  // sent, and not answered
	IntentBought   IntentState = "bought"
	IntentRefused  IntentState = "refused"
)

// Intent is one purchase that the person asked for. It has exactly one outcome.
type Intent struct {
	ID            string      `json:"id"`
	Journal       string      `json:"journal"`
	State         IntentState `json:"state"`
	ServiceID     string      `json:"service_id"`
	ServiceName   string      `json:"service_name"`
	CountryID     string      `json:"country_id"`
	CountryName   string      `json:"country_name"`
	CountryShort  string      `json:"country_short,omitempty"`
	CallingCode   string      `json:"calling_code,omitempty"`
	AreaCodes     []string    `json:"area_codes,omitempty"`
	Replaces      string      `json:"replaces,omitempty"` // the order to cancel before anything is sent, once nothing else refuses
	Price         money.Money `json:"price"`              // as shown to the person
	Charged       money.Money `json:"charged,omitzero"`   // as the provider charged
	Client        string      `json:"client,omitempty"`   // who asked
	OrderID       string      `json:"order_id,omitempty"`
	Problem       *Error      `json:"problem,omitempty"` // why refused, or why unknown
	CreatedAt     time.Time   `json:"created_at"`
	ExpiresAt     time.Time   `json:"expires_at"`           // of the quote
	SentAt        *time.Time  `json:"sent_at,omitempty"`    // first send
	NextTry       *time.Time  `json:"next_try,omitempty"`   // while unknown
	NeedsDecision bool        `json:"asks,omitempty"`       // only the person can decide: order.decide
	Candidates    []Candidate `json:"candidates,omitempty"` // the possible results, while the person has to decide
}

// Candidate is an order that may be the result of a purchase without a known outcome.
type Candidate struct {
	OrderID   string      `json:"order_id"`
	Number    string      `json:"number"`
	Price     money.Money `json:"price"`
	CreatedAt time.Time   `json:"created_at,omitzero"`
}

// Finished reports whether the outcome is known.
func (i Intent) Finished() bool { return i.State == IntentBought || i.State == IntentRefused }
