package protocol

import (
	"encoding/json"
	"errors"

	"github.com/logspanel/companion/shared/money"
)

// Code identifies an error for programs. Codes are only ever added.
type Code string

// The daemon's codes. If the provider refused, Error.Provider has the provider's own code.
const (
	CodeBadRequest           Code = "bad_request"     // a fault of the extension
	CodeUnknownMethod        Code = "unknown_method"  // the daemon is older than the extension
	CodeInternal             Code = "internal"        // a fault of the daemon
	CodeKeyMissing           Code = "key_missing"     // no API key is set
	CodeKeyRefused           Code = "key_refused"     // the provider refuses the API key
	CodeKeyring              Code = "keyring"         // the keyring is locked, missing or not responding
	CodeAccountBlocked       Code = "account_blocked" // the provider has blocked the account
	CodeUnreachable          Code = "unreachable"     // the provider does not answer
	CodeProvider             Code = "provider"        // the provider refuses for another reason
	CodeBalanceTooLow        Code = "balance_too_low" // price and balance are in the error
	CodeOutOfStock           Code = "out_of_stock"    // no numbers are left
	CodePriceChanged         Code = "price_changed"   // price and old price are in the error
	CodeCatalogueStale       Code = "catalogue_stale" // the service no longer exists: search again
	CodeLimitOrder           Code = "limit_order"     // above the limit for one order
	CodeLimitDay             Code = "limit_day"       // above the limit for 24 hours
	CodeLimitsUnset          Code = "limits_unset"    // the limits were lost: the person has to set them again in the daemon
	CodeIntentExpired        Code = "intent_expired"  // the quote is too old: ask again
	CodeIntentUnknown        Code = "intent_unknown"  // no such intent in this journal
	CodeUnresolved           Code = "unresolved"      // the same purchase is still unresolved
	CodeOrderNotFound        Code = "order_not_found" // no such order
	CodeAlreadyReceived      Code = "code_received"   // too late to cancel: the code has arrived
	CodeRefundFailed         Code = "refund_failed"   // the provider could not refund
	CodeNotCancellable       Code = "not_cancellable" // this order can't be cancelled
	CodeTooManyCalls         Code = "too_many_calls"  // the provider asks to slow down
	CodeOutcomeUnknown       Code = "outcome_unknown" // the request was sent and not answered yet
	CodeJournal              Code = "journal"         // the journal can't be written: nothing was sent
	CodePairing              Code = "pairing"         // pairing failed
	CodeRecovering           Code = "recovering"      // the journal is being read from the provider again
	CodeKeyReplaced          Code = "key_replaced"    // the API key changed before the request was sent: nothing was sent
	CodeDismissed            Code = "dismissed"       // the person decided that nothing was bought
	CodeHandOver             Code = "hand_over"       // another client bought the number; the person is asked
	CodeNoRoomForReplacement Code = "no_room"         // balance or limit is too low until the replaced order is refunded; that order was kept
	CodeOtherClientDecides   Code = "decide_there"    // another client requested the purchase: decide there or in the daemon
	CodeBusy                 Code = "busy"            // too many unanswered requests of this client
)

// Error describes what went wrong: a message and a next step for the person, and a code
// and values for programs.
type Error struct {
	Code           Code         `json:"code"`
	Message        string       `json:"message"`
	Next           string       `json:"next,omitempty"`
	Provider       string       `json:"provider,omitempty"` // the provider's own code
	Price          *money.Money `json:"price,omitempty"`
	OldPrice       *money.Money `json:"old_price,omitempty"`
	Balance        *money.Money `json:"balance,omitempty"`
	Limit          *money.Money `json:"limit,omitempty"`
	CancelledOrder string       `json:"gave_up,omitempty"` // the order that was cancelled for a purchase that then failed

	cause        error
	plainMessage string // Message before AddDetail; empty if AddDetail was not called
}

func (e *Error) Error() string {
	if e.Next == "" {
		return e.Message
	}
	return e.Message + ": " + e.Next
}

func (e *Error) Unwrap() error { return e.cause }

// WithCause attaches the cause for logs. The cause is never sent to a client.
func (e *Error) WithCause(cause error) *Error {
	e.cause = cause
	return e
}

// AddDetail appends another program's text to the message. The person sees it; logs and reports
// omit it.
func (e *Error) AddDetail(words string) *Error {
	if words != "" {
		e.plainMessage = e.Message
		e.Message += ": “" + words + "”"
	}
	return e
}

// WithoutDetail returns a copy of e without other programs' text. An error that was decoded from
// JSON no longer knows which part that is; if it may contain the provider's text, the whole
// message is removed. WithoutDetail of nil is nil.
func (e *Error) WithoutDetail() *Error {
	if e == nil {
		return nil
	}
	plain := *e
	switch {
	case e.plainMessage != "":
		plain.Message, plain.plainMessage = e.plainMessage, ""
	case e.Provider != "" && e.cause == nil:
		plain.Message = "the provider refused"
	}
	return &plain
}

// LogText returns what may be logged: the code and the companion's own text. There is no
// LogValue method, because log/slog would make the WASM binary too large.
func (e *Error) LogText() string {
	plain := e.WithoutDetail()
	return string(plain.Code) + ": " + plain.Error()
}

// AsError returns the Error in err's chain. Without one it returns CodeInternal, and err's text
// is not sent to the client.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return (&Error{
		Code:    CodeInternal,
		Message: "something went wrong in the companion",
		Next:    "see its log, and please report it",
	}).WithCause(err)
}

// wireError is an Error as JSON-RPC encodes it: a number, a message, and the rest as data.
type wireError struct {
	Number  int        `json:"code"`
	Message string     `json:"message"`
	Data    *errorData `json:"data,omitempty"`
}

type errorData Error

var numbers = map[Code]int{CodeBadRequest: -32602, CodeUnknownMethod: -32601, CodeInternal: -32603}

// MarshalJSON encodes e as a JSON-RPC error object.
func (e *Error) MarshalJSON() ([]byte, error) {
	number, ok := numbers[e.Code]
	if !ok {
		number = -32000
	}
	return json.Marshal(wireError{Number: number, Message: e.Message, Data: (*errorData)(e)})
}

// UnmarshalJSON decodes a JSON-RPC error object, with or without the companion's data.
func (e *Error) UnmarshalJSON(raw []byte) error {
	var w wireError
	if err := json.Unmarshal(raw, &w); err != nil {
		return err
	}
	*e = Error{}
	if w.Data != nil {
		*e = Error(*w.Data)
	}
	if e.Message == "" {
		e.Message = w.Message
	}
	if e.Code == "" {
		e.Code = CodeInternal
	}
	return nil
}
