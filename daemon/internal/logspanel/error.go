package logspanel

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Error is the provider's refusal. Its text has the status and the code alone: the
// Message is for the person, and may name a number, a code or more, which no log is to
// keep.
type Error struct {
	Status     int           // of HTTP
	Code       string        // one of the Codes, or one that is not published
	Message    string        // one line, bounded, without control characters
	RetryAfter time.Duration // 0 where the provider named none
}

func (e *Error) Error() string {
	return fmt.Sprintf("the provider refuses: %s, HTTP %d", e.PlainCode(), e.Status)
}

// PlainCode is the code where it can be nothing but a code.
func (e *Error) PlainCode() string { return plainCode(e.Code) }

// plainCode is a code that is a name in letters; what is anything else may be a message
// in the wrong place.
func plainCode(code string) string {
	isName := !strings.ContainsFunc(code, func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') })
	switch {
	case code == "":
		return "without a code"
	case isName || isPublished(code):
		return code
	}
	return "a code that is not published"
}

// AmbiguousError says that a request was sent and that no answer tells what became of
// it: a time-out, a dropped connection, a redirect, an answer that can't be read, a
// failure of the server. The provider may have acted. Its text, as an Error's, leaves
// out the Message.
type AmbiguousError struct {
	Call       string        // such as "POST /numbers/orders"
	Acts       bool          // the call buys or cancels: more than a look went unanswered
	Status     int           // of HTTP; 0 where no answer came at all
	Code       string        // the provider's, where it gave one
	Message    string        // the provider's, where it gave one
	RetryAfter time.Duration // 0 where the provider named none
	Cause      error         // what is wrong with the answer; nil where Status and Code say it
}

func (e *AmbiguousError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the provider gave no usable answer to %s", e.Call)
	if e.Status != 0 {
		fmt.Fprintf(&b, " (HTTP %d)", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, ": %s", plainCode(e.Code))
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

func (e *AmbiguousError) Unwrap() error { return e.Cause }

// NotSentError says that nothing reached the provider, and why.
type NotSentError struct {
	Call       string        // such as "POST /numbers/orders"
	RetryAfter time.Duration // how long a hold or an outage still keeps calls back; 0 otherwise
	Cause      error         // one of the errors below, the CredentialFunc's, the context's or the network's
}

func (e *NotSentError) Error() string { return fmt.Sprintf("%s was not sent: %v", e.Call, e.Cause) }

func (e *NotSentError) Unwrap() error { return e.Cause }

// Why a request was not sent.
var (
	ErrNotAllowed  = errors.New("this program does not make that call")
	ErrInvalid     = errors.New("the request is not valid")
	ErrNoKey       = errors.New("no API key is set: set one first")
	ErrBadKey      = errors.New("the API key has characters that no key has: set it again")
	ErrKeyReplaced = errors.New("the API key was replaced in the meantime")
	ErrHeld        = errors.New("the provider asked for a pause: try again later")
	ErrOutage      = errors.New("the provider has stopped answering: try again later")
)

// Outcome is what a call's error says about the one request it belongs to. It says
// nothing of an earlier request under the same idempotency key: after one whose
// Outcome is Unknown, a later Refused or Unsent leaves the purchase unknown, for
// the first may still be under way.
type Outcome int

// The outcomes.
const (
	Unknown Outcome = iota // the provider may have acted, or may still act
	NotSent                // nothing reached the provider
	Refused                // the provider answered that it did not act, and it will not
	Done                   // the provider acted, and answered
)

func (o Outcome) String() string {
	switch o {
	case NotSent:
		return "not sent"
	case Refused:
		return "refused"
	case Done:
		return "done"
	}
	return "unknown"
}

// Statuses that say "not now" or "under way" rather than no, unless the code is one
// that is certain.
var undecided = []int{
	http.StatusRequestTimeout, http.StatusConflict, http.StatusLocked,
	http.StatusTooEarly, http.StatusTooManyRequests,
}

// Codes that are a plain no at whatever HTTP status, since the provider publishes
// the status of two alone.
var certain = []string{
	CodeUnauthenticated, CodeUserDisabled, CodeUserBanned, CodeValidationFailed, CodeMethodNotAllowed,
	CodeInsufficientBalance, CodeNumberServiceNotFound, CodeNumberOutOfStock, CodeOutOfStock,
	CodeNumberPriceChanged, CodeNumberOrderNotFound, CodeBoostOrderNotFound, CodeNumberCodeReceived,
	CodeBoostCancelUnavailable, CodeBoostCancelRejected,
}

// Codes after which money may have moved: an earlier request under the same
// idempotency key was taken, or a purchase was made and could not be undone.
var uncertain = []string{CodeIdempotencyKeyReused, CodeNumberRefundFailed}

// OutcomeOf reads an error of any call, wrapped or not. Only a provider's refusal
// is Refused: one with a code that is certain, or with a code that isn't published
// and a status of 400 to 499 that is not one of 408, 409, 423, 425, 429. An error
// of another package is Unknown.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return Done
	}
	if unsent := (*NotSentError)(nil); errors.As(err, &unsent) {
		return NotSent
	}
	refusal := (*Error)(nil)
	if !errors.As(err, &refusal) {
		return Unknown
	}
	switch {
	case slices.Contains(certain, refusal.Code):
		return Refused
	case slices.Contains(uncertain, refusal.Code), slices.Contains(undecided, refusal.Status):
		return Unknown
	case refusal.Status >= 400 && refusal.Status < 500:
		return Refused
	}
	return Unknown
}

// CodeOf is the provider's code in err's chain, or nothing.
func CodeOf(err error) string {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Code
	}
	if e := (*AmbiguousError)(nil); errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// RetryAfter is how long the provider, or this client on its behalf, asks to wait
// before the next call; 0 where neither does.
func RetryAfter(err error) time.Duration {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.RetryAfter
	}
	if e := (*AmbiguousError)(nil); errors.As(err, &e) {
		return e.RetryAfter
	}
	if e := (*NotSentError)(nil); errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}

// isOutage reports that err speaks of a provider that can't be reached or does not
// work, rather than of this call.
func isOutage(err error) bool {
	if e := (*AmbiguousError)(nil); errors.As(err, &e) {
		return e.Status == 0 || e.Status >= 500
	}
	e := (*NotSentError)(nil)
	return errors.As(err, &e)
}

// isGivenUp reports that the caller stopped waiting, which says nothing about the
// provider.
func isGivenUp(err error) bool { return errors.Is(err, context.Canceled) }
