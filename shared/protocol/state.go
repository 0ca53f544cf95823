package protocol

import (
	"cmp"
	"slices"
	"time"

	"github.com/logspanel/companion/shared/money"
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
	KeyUnchecked KeyState = "unchecked" // set, not used yet
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

// Provider says whether the provider can be reached, and since when.
type Provider struct {
	Reachable bool      `json:"reachable"`
	Since     time.Time `json:"since"`
	Message   string    `json:"message,omitempty"`
}

// Recovery reports that the journal was lost. Nothing can be bought until the daemon has
// read orders and spending from the provider again.
type Recovery struct {
	SetAside string    `json:"set_aside,omitempty"` // the new name of the damaged file; empty: there was none
	At       time.Time `json:"at,omitzero"`         // when the loss was noticed; absent: nothing was lost
	Done     bool      `json:"done,omitempty"`
}

// InProgress reports whether the recovery is still running, so that nothing can be bought.
func (r Recovery) InProgress() bool { return !r.At.IsZero() && !r.Done }

// Limits are the daemon's spending limits. No client can change them.
type Limits struct {
	PerOrder money.Money `json:"per_order"`
	PerDay   money.Money `json:"per_day"`
	Spent    money.Money `json:"spent"`           // spent in the last 24 hours, minus refunds
	Unset    bool        `json:"unset,omitempty"` // the limits were lost: nothing can be bought until the person sets both again
}

// OrderState is the state of an order as the daemon derives it from code, refund and
// deadline, not from the provider's status alone.
type OrderState string

// The states of a number order.
const (
	OrderWaiting    OrderState = "waiting"    // waiting for a code
	OrderReceived   OrderState = "received"   // a code came
	OrderCancelling OrderState = "cancelling" // being cancelled, or cancelled and waiting for the refund
	OrderRefunded   OrderState = "refunded"
	OrderExpired    OrderState = "expired" // the time ran out without a refund
)

// Order is a rented number.
type Order struct {
	ID           string      `json:"id"`
	State        OrderState  `json:"state"`
	Status       string      `json:"status"`         // the status as the provider reports it
	Number       string      `json:"number"`         // E.164
	Phone        Number      `json:"phone,omitzero"` // Number as it is written; absent from older daemons
	CallingCode  string      `json:"calling_code,omitempty"`
	ServiceID    string      `json:"service_id"`
	ServiceName  string      `json:"service_name"`
	CountryID    string      `json:"country_id"`
	CountryName  string      `json:"country_name"`
	CountryShort string      `json:"country_short,omitempty"` // ISO 3166, lower case
	Price        money.Money `json:"price"`
	Code         string      `json:"code,omitempty"`
	CodeReady    bool        `json:"code_ready"`         // a code has arrived, even if Code is withheld
	Message      string      `json:"message,omitempty"`  // the text of the SMS, or the provider's note about it
	Received     OneTimeCode `json:"received,omitzero"`  // the code found in Code and Message; without a code while it is uncertain
	Problem      *Error      `json:"problem,omitempty"`  // an unsolved problem, such as a failed refund
	IntentID     string      `json:"intent,omitempty"`   // the purchase it came from
	Client       string      `json:"client,omitempty"`   // the client that bought it; empty if only a browser claims so
	AskedBy      []string    `json:"asked_by,omitempty"` // clients that requested the code and wait for the person's decision
	HandedTo     []string    `json:"handed,omitempty"`   // clients that the person gave the code to
	CreatedAt    time.Time   `json:"created_at"`
	Deadline     time.Time   `json:"deadline"` // when the provider stops waiting for a code
	CodeAt       *time.Time  `json:"code_at,omitempty"`
	Erased       bool        `json:"erased,omitempty"` // code and message were deleted, because the order is old
}

// Open reports whether the order is not final and must still be watched.
func (o Order) Open() bool { return o.State == OrderWaiting || o.State == OrderCancelling }

// Unsettled reports whether the order is open or its refund is still missing.
func (o Order) Unsettled() bool {
	return o.Open() || o.State == OrderExpired && o.Problem != nil
}

// MaxClosedOrders is how many closed orders a Snapshot contains: the newest.
const MaxClosedOrders = 50

// DisplayCode returns the code to show to people: the code alone if it is certain, otherwise
// everything the provider sent as the code.
func (o Order) DisplayCode() string { return cmp.Or(o.Received.Code, o.Code) }

// ReadableBy reports whether a client may receive the order's code and message.
func (o Order) ReadableBy(client string) bool {
	return client != "" && o.Client == client || slices.Contains(o.HandedTo, client)
}

// IntentState is the state of a purchase.
type IntentState string

// The states of an intent: intended → sent → bought | refused | unknown → (bought | refused).
const (
	IntentIntended IntentState = "intended" // quoted, nothing sent yet
	IntentSent     IntentState = "sent"     // sent, waiting for the answer
	IntentUnknown  IntentState = "unknown"  // sent, but no answer came
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
	Replaces      string      `json:"replaces,omitempty"` // the order to cancel first, once every other check has passed
	Price         money.Money `json:"price"`              // the price shown to the person
	Charged       money.Money `json:"charged,omitzero"`   // the amount that the provider charged
	Client        string      `json:"client,omitempty"`   // the client that requested it
	OrderID       string      `json:"order_id,omitempty"`
	Problem       *Error      `json:"problem,omitempty"` // why it was refused, or why the outcome is unknown
	CreatedAt     time.Time   `json:"created_at"`
	ExpiresAt     time.Time   `json:"expires_at"`           // when the quote expires
	SentAt        *time.Time  `json:"sent_at,omitempty"`    // when it was first sent
	NextTry       *time.Time  `json:"next_try,omitempty"`   // the next attempt, while the outcome is unknown
	NeedsDecision bool        `json:"asks,omitempty"`       // only the person can decide: order.decide
	Candidates    []Candidate `json:"candidates,omitempty"` // the possible results, while the person has to decide
}

// Candidate is an order that may be the result of a purchase without a known outcome.
type Candidate struct {
	OrderID   string      `json:"order_id"`
	Number    string      `json:"number"`
	Phone     Number      `json:"phone,omitzero"` // Number as it is written; absent from older daemons
	Price     money.Money `json:"price"`
	CreatedAt time.Time   `json:"created_at,omitzero"`
}

// Finished reports whether the outcome of the purchase is known.
func (i Intent) Finished() bool { return i.State == IntentBought || i.State == IntentRefused }
