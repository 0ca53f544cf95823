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

// Error is a refusal by the provider. OutcomeOf says whether it is final. Its text has the
// status and the code only: the Message is for the person and may name a number or a code,
// which must not reach a log.
type Error struct {
	Status     int           // HTTP status
	Code       string        // one of Codes, or one that is not published
	Message    string        // one line, bounded, without control characters
	RetryAfter time.Duration // 0 where the provider stated none
}

// Error describes the refusal without the Message.
func (e *Error) Error() string {
	return fmt.Sprintf("the provider refused: %s, HTTP %d", e.PlainCode(), e.Status)
}

// PlainCode returns the code where it is safe to log, and a description of it otherwise.
func (e *Error) PlainCode() string { return loggableCode(e.Code) }

// loggableCode returns a code that is published or consists of capitals and underscores.
// Anything else may be a message in the wrong field.
func loggableCode(code string) string {
	isName := !strings.ContainsFunc(code, func(r rune) bool { return r != '_' && (r < 'A' || r > 'Z') })
	switch {
	case code == "":
		return "without a code"
	case isName || isPublished(code):
		return code
	}
	return "a code that is not published"
}

// AmbiguousError says that a request was sent and that its result is unknown: a timeout, a
// dropped connection, a redirect, an unreadable response, a server error. The provider may
// have acted. As in an Error, the text leaves out the Message.
type AmbiguousError struct {
	Call       string        // such as "POST /numbers/orders"
	MovesMoney bool          // the call is a purchase or a cancellation
	Status     int           // HTTP status; 0 where no response came
	Code       string        // the provider's, where it sent one
	Message    string        // the provider's, where it sent one
	RetryAfter time.Duration // 0 where the provider stated none
	Cause      error         // what is wrong with the response; nil where Status and Code say it
}

// Error describes the failed call without the Message.
func (e *AmbiguousError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the provider gave no usable answer to %s", e.Call)
	if e.Status != 0 {
		fmt.Fprintf(&b, " (HTTP %d)", e.Status)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, ": %s", loggableCode(e.Code))
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap returns the Cause.
func (e *AmbiguousError) Unwrap() error { return e.Cause }

// NotSentError says that nothing reached the provider, and why.
type NotSentError struct {
	Call       string        // such as "POST /numbers/orders"
	RetryAfter time.Duration // how long a pause or an outage will block calls; 0 otherwise
	Cause      error         // one of the errors below, or the CredentialFunc's, context's or network's
}

// Error names the call and the Cause.
func (e *NotSentError) Error() string { return fmt.Sprintf("%s was not sent: %v", e.Call, e.Cause) }

// Unwrap returns the Cause.
func (e *NotSentError) Unwrap() error { return e.Cause }

// The causes of a NotSentError that this package gives.
var (
	ErrNotAllowed  = errors.New("this program does not make that call")
	ErrInvalid     = errors.New("the request is not valid")
	ErrNoKey       = errors.New("no API key is set: set one first")
	ErrBadKey      = errors.New("the API key has invalid characters: set it again")
	ErrKeyReplaced = errors.New("the API key was replaced in the meantime")
	ErrPaused      = errors.New("the provider asked for a pause: try again later")
	ErrOutage      = errors.New("the provider isn't responding: try again later")
)

// Outcome is what is known about one request. It says nothing about an earlier request
// with the same idempotency key: if that one is Unknown, a later Refused or NotSent leaves
// the purchase unknown, because the first request may still be on its way.
type Outcome int

// The outcomes of a request.
const (
	Unknown Outcome = iota // the provider may have acted, or may still act
	NotSent                // nothing reached the provider
	Refused                // the provider did not act and will not
	Done                   // the provider acted and said so
)

// String returns the outcome in words, such as "not sent".
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

// undecidedStatuses mean "not now" or "in progress" rather than no, unless the code is one
// of refusalCodes.
var undecidedStatuses = []int{
	http.StatusRequestTimeout, http.StatusConflict, http.StatusLocked,
	http.StatusTooEarly, http.StatusTooManyRequests,
}

// refusalCodes are definite refusals with any HTTP status: the provider publishes the
// statuses of only two codes.
var refusalCodes = []string{
	CodeUnauthenticated, CodeUserDisabled, CodeUserBanned, CodeValidationFailed, CodeMethodNotAllowed,
	CodeInsufficientBalance, CodeNumberServiceNotFound, CodeNumberOutOfStock, CodeOutOfStock,
	CodeNumberPriceChanged, CodeNumberOrderNotFound, CodeBoostOrderNotFound, CodeNumberCodeReceived,
	CodeBoostCancelUnavailable, CodeBoostCancelRejected,
}

// ambiguousCodes are codes after which money may have moved: an earlier request with the
// same idempotency key was accepted, or a purchase was made and could not be undone.
var ambiguousCodes = []string{CodeIdempotencyKeyReused, CodeNumberRefundFailed}

// OutcomeOf returns the outcome of a call from its error, wrapped or not. An Error is
// Refused where its code is a definite refusal, or where its code is not ambiguous and its
// status is 400 to 499 except 408, 409, 423, 425 and 429. Any other Error, and an error of
// another package, is Unknown.
func OutcomeOf(err error) Outcome {
	if err == nil {
		return Done
	}
	if notSent := (*NotSentError)(nil); errors.As(err, &notSent) {
		return NotSent
	}
	refusal := (*Error)(nil)
	if !errors.As(err, &refusal) {
		return Unknown
	}
	switch {
	case slices.Contains(refusalCodes, refusal.Code):
		return Refused
	case slices.Contains(ambiguousCodes, refusal.Code), slices.Contains(undecidedStatuses, refusal.Status):
		return Unknown
	case refusal.Status >= 400 && refusal.Status < 500:
		return Refused
	}
	return Unknown
}

// CodeOf returns the provider's code from err's chain, or "" where there is none.
func CodeOf(err error) string {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Code
	}
	if e := (*AmbiguousError)(nil); errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// RetryAfter returns how long to wait before the next call, as the provider or the rate
// limiter asked; 0 where neither did.
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

// isOutage reports whether err means that the provider is unreachable or broken, rather
// than that this one call failed.
func isOutage(err error) bool {
	if e := (*AmbiguousError)(nil); errors.As(err, &e) {
		return e.Status == 0 || e.Status >= 500
	}
	e := (*NotSentError)(nil)
	return errors.As(err, &e)
}

// isCanceledByCaller reports whether the caller gave up, which says nothing about the
// provider.
func isCanceledByCaller(err error) bool { return errors.Is(err, context.Canceled) }
