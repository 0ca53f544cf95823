// Package usererr turns errors of the provider's client into errors for a person: one
// sentence on what happened, the next step, and the code by which programs decide.
//
// From does all of it. The sentences stand here and nowhere else, so that every command and
// every screen says the same. Package logspanel defines the causes, package protocol the
// codes.
package usererr

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/shared/protocol"
)

// From explains why a call to the provider failed, and keeps err as the cause. It returns
// an error that already is a *protocol.Error unchanged, reports an unknown error as an
// internal fault, and returns nil for nil.
//
// Prices and balances are not mentioned: the caller knows them.
func From(err error) *protocol.Error {
	if err == nil {
		return nil
	}
	var (
		userErr   *protocol.Error
		refusal   *logspanel.Error
		ambiguous *logspanel.AmbiguousError
		notSent   *logspanel.NotSentError
	)
	switch {
	case errors.As(err, &userErr):
		return userErr
	case errors.As(err, &refusal):
		userErr = fromRefusal(refusal)
		userErr.Provider = refusal.Code
	case errors.As(err, &ambiguous):
		userErr = fromAmbiguous(ambiguous)
		userErr.Provider = ambiguous.Code
	case errors.As(err, &notSent):
		userErr = fromNotSent(notSent)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		userErr = newError(protocol.CodeUnreachable, "that took too long", "try again")
	default:
		return protocol.AsError(err)
	}
	return userErr.WithCause(err)
}

func newError(code protocol.Code, message, next string) *protocol.Error {
	return &protocol.Error{Code: code, Message: message, Next: next}
}

func fromRefusal(e *logspanel.Error) *protocol.Error {
	switch e.Code {
	case logspanel.CodeUnauthenticated:
		return newError(protocol.CodeKeyRefused, "the provider rejected the API key: it is wrong, or a newer key has replaced it",
			"create a key on the provider's site and set it in the companion")
	case logspanel.CodeUserDisabled, logspanel.CodeUserBanned:
		return newError(protocol.CodeAccountBlocked, "the provider has blocked this account", "contact the provider")
	case logspanel.CodeValidationFailed, logspanel.CodeMethodNotAllowed:
		return newError(protocol.CodeInternal, "the provider rejected the companion's request",
			"search again; if that doesn't help, report it with the companion's log").AddDetail(e.Message)
	case logspanel.CodeInsufficientBalance:
		return newError(protocol.CodeBalanceTooLow, "your balance is too low for this", "top up on the provider's site, then try again")
	case logspanel.CodeNumberServiceNotFound, logspanel.CodeLogCategoryNotFound, logspanel.CodeBoostServiceNotFound:
		return newError(protocol.CodeCatalogueStale, "the provider no longer offers this", "search again")
	case logspanel.CodeNumberOutOfStock, logspanel.CodeOutOfStock:
		return newError(protocol.CodeOutOfStock, "no numbers left here", "choose another country or area code")
	case logspanel.CodeNumberPriceChanged:
		return newError(protocol.CodePriceChanged, "the price has just changed", "check the new price and confirm again")
	case logspanel.CodeNumberOrderNotFound, logspanel.CodeBoostOrderNotFound:
		return newError(protocol.CodeOrderNotFound, "the provider does not know this order", "reload the orders")
	case logspanel.CodeNumberCodeReceived:
		return newError(protocol.CodeAlreadyReceived, "the code has already arrived, so the order can't be cancelled", "use the code")
	case logspanel.CodeNumberRefundFailed:
		return newError(protocol.CodeRefundFailed, "the provider could not refund the money",
			"try again later, or contact the provider").AddDetail(e.Message)
	case logspanel.CodeBoostCancelUnavailable, logspanel.CodeBoostCancelRejected:
		return newError(protocol.CodeNotCancellable, "this order can't be cancelled", "it continues as ordered").AddDetail(e.Message)
	case logspanel.CodeIdempotencyKeyReused:
		return newError(protocol.CodeOutcomeUnknown, "the provider has already seen this purchase in another form",
			"nothing is sent again: look for it in your orders")
	}
	if e.Status == http.StatusTooManyRequests {
		return newError(protocol.CodeTooManyCalls, "too many requests to the provider", "try again"+waitText(e.RetryAfter))
	}
	return newError(protocol.CodeProvider, fmt.Sprintf("the provider refused (%s, HTTP %d)", e.PlainCode(), e.Status),
		"contact the provider if you don't know why").AddDetail(e.Message)
}

func fromAmbiguous(e *logspanel.AmbiguousError) *protocol.Error {
	status := ""
	if e.Status != 0 {
		status = fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	switch {
	case e.MovesMoney:
		return newError(protocol.CodeOutcomeUnknown, "the request was sent, but the provider gave no clear answer"+status,
			"your orders will show what happened").AddDetail(e.Message)
	case e.Status == http.StatusTooManyRequests:
		return newError(protocol.CodeTooManyCalls, "too many requests to the provider", "try again"+waitText(e.RetryAfter))
	}
	return newError(protocol.CodeUnreachable, "the provider gave no usable answer"+status, "try again"+waitText(e.RetryAfter)).AddDetail(e.Message)
}

func fromNotSent(e *logspanel.NotSentError) *protocol.Error {
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.Is(e, logspanel.ErrNoKey):
		return newError(protocol.CodeKeyMissing, "no API key is set", "create one on the provider's site and set it in the companion")
	case errors.Is(e, logspanel.ErrBadKey):
		return newError(protocol.CodeKeyRefused, "the API key contains invalid characters", "set it again")
	case errors.Is(e, logspanel.ErrKeyReplaced):
		return newError(protocol.CodeKeyReplaced, "the API key was changed, so nothing was sent", "check the price and confirm again")
	case errors.Is(e, logspanel.ErrPaused):
		return newError(protocol.CodeTooManyCalls, "too many requests to the provider", "try again"+waitText(e.RetryAfter))
	case errors.Is(e, logspanel.ErrOutage):
		return newError(protocol.CodeUnreachable, "the provider isn't responding", "try again"+waitText(e.RetryAfter))
	case errors.Is(e, logspanel.ErrInvalid):
		return newError(protocol.CodeBadRequest, "the request isn't valid", "search again")
	case errors.Is(e, logspanel.ErrNotAllowed):
		return protocol.AsError(e)
	case errors.As(e, &untrusted):
		return newError(protocol.CodeUnreachable, "the connection to the provider can't be trusted, so nothing was sent",
			"check this computer's clock, and whether a proxy or virus scanner reads its traffic")
	}
	return newError(protocol.CodeUnreachable, "the provider can't be reached, so nothing was sent", "check your internet connection and try again")
}

// waitText says when to try again, in whole seconds or minutes.
func waitText(wait time.Duration) string {
	seconds := int((wait + time.Second - 1) / time.Second)
	switch {
	case seconds <= 0:
		return " in a moment"
	case seconds == 1:
		return " in a second"
	case seconds < 120:
		return fmt.Sprintf(" in %d seconds", seconds)
	}
	return fmt.Sprintf(" in %d minutes", (seconds+59)/60)
}
