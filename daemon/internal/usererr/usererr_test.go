package usererr_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/internal/usererr"
	"github.com/logspanel/companion/shared/protocol"
)

func TestCodes(t *testing.T) {
	want := map[string]protocol.Code{
		logspanel.CodeUnauthenticated:          protocol.CodeKeyRefused,
		logspanel.CodeUserDisabled:             protocol.CodeAccountBlocked,
		logspanel.CodeUserBanned:               protocol.CodeAccountBlocked,
		logspanel.CodeValidationFailed:         protocol.CodeInternal,
		logspanel.CodeMethodNotAllowed:         protocol.CodeInternal,
		logspanel.CodeInsufficientBalance:      protocol.CodeBalanceTooLow,
		logspanel.CodeNumberServiceNotFound:    protocol.CodeCatalogueStale,
		logspanel.CodeLogCategoryNotFound:      protocol.CodeCatalogueStale,
		logspanel.CodeBoostServiceNotFound:     protocol.CodeCatalogueStale,
		logspanel.CodeNumberOutOfStock:         protocol.CodeOutOfStock,
		logspanel.CodeOutOfStock:               protocol.CodeOutOfStock,
		logspanel.CodeNumberPriceChanged:       protocol.CodePriceChanged,
		logspanel.CodeNumberOrderNotFound:      protocol.CodeOrderNotFound,
		logspanel.CodeBoostOrderNotFound:       protocol.CodeOrderNotFound,
		logspanel.CodeNumberCodeReceived:       protocol.CodeAlreadyReceived,
		logspanel.CodeNumberRefundFailed:       protocol.CodeRefundFailed,
		logspanel.CodeBoostCancelUnavailable:   protocol.CodeNotCancellable,
		logspanel.CodeBoostCancelRejected:      protocol.CodeNotCancellable,
		logspanel.CodeIdempotencyKeyReused:     protocol.CodeOutcomeUnknown,
		logspanel.CodeBoostQuantityRequired:    protocol.CodeProvider,
		logspanel.CodeBoostQuantityOutOfRange:  protocol.CodeProvider,
		logspanel.CodeBoostLinkRequired:        protocol.CodeProvider,
		logspanel.CodeToolNotFound:             protocol.CodeProvider,
		logspanel.CodeToolOrderNotFound:        protocol.CodeProvider,
		logspanel.CodeToolAlreadyOwned:         protocol.CodeProvider,
		logspanel.CodeToolDownloadNotAvailable: protocol.CodeProvider,
		logspanel.CodeToolDownloadFailed:       protocol.CodeProvider,
	}
	for _, code := range logspanel.Codes {
		err := fmt.Errorf("buying: %w", &logspanel.Error{Status: 400, Code: code, Message: "In the provider's words."})
		got := usererr.From(err)
		assert.Equal(t, want[code], got.Code, code)
		assert.Equal(t, code, got.Provider)
		assert.NotEmpty(t, got.Message, code)
		assert.NotEmpty(t, got.Next, code)
		assert.ErrorIs(t, got, err, "the cause is kept")
		if got.Code == protocol.CodeProvider || got.Code == protocol.CodeInternal {
			assert.Contains(t, got.Message, "In the provider's words.", code)
		}
	}
}

func TestMessages(t *testing.T) {
	unsent := func(cause error, wait time.Duration) error {
		return &logspanel.NotSentError{Call: "GET /wallet", Cause: cause, RetryAfter: wait}
	}
	limit := &protocol.Error{Code: protocol.CodeLimitDay, Message: "that is too much for a day"}
	for _, c := range []struct {
		err  error
		code protocol.Code
		text string
	}{
		{
			&logspanel.Error{Status: 422, Code: "NEW_ONE", Message: "Not on Sundays."}, protocol.CodeProvider,
			"the provider refused (NEW_ONE, HTTP 422): “Not on Sundays.”: contact the provider if you don't know why",
		},
		{&logspanel.Error{Status: 422, Code: "NEW_ONE"}, protocol.CodeProvider, "the provider refused (NEW_ONE, HTTP 422): contact the provider if you don't know why"},
		{
			&logspanel.Error{Status: 429, Code: "TOO_MANY", RetryAfter: 90 * time.Second}, protocol.CodeTooManyCalls,
			"too many requests to the provider: try again in 90 seconds",
		},
		{
			&logspanel.Error{Status: 429, Code: "TOO_MANY", RetryAfter: 121 * time.Second}, protocol.CodeTooManyCalls,
			"too many requests to the provider: try again in 3 minutes",
		},
		{
			&logspanel.AmbiguousError{Call: "GET /wallet", Status: 429, RetryAfter: 300 * time.Millisecond}, protocol.CodeTooManyCalls,
			"too many requests to the provider: try again in a second",
		},
		{
			&logspanel.AmbiguousError{Call: "GET /wallet", Status: 502}, protocol.CodeUnreachable,
			"the provider gave no usable answer (HTTP 502): try again in a moment",
		},
		{
			&logspanel.AmbiguousError{Call: "GET /wallet", Cause: context.DeadlineExceeded}, protocol.CodeUnreachable,
			"the provider gave no usable answer: try again in a moment",
		},
		{
			&logspanel.AmbiguousError{Call: "POST /numbers/orders", MovesMoney: true, Status: 500, Message: "Oops."}, protocol.CodeOutcomeUnknown,
			"the request was sent, but the provider gave no clear answer (HTTP 500): “Oops.”: your orders will show what happened",
		},
		{
			unsent(logspanel.ErrNoKey, 0), protocol.CodeKeyMissing,
			"no API key is set: create one on the provider's site and set it in the companion",
		},
		{unsent(logspanel.ErrBadKey, 0), protocol.CodeKeyRefused, "the API key contains invalid characters: set it again"},
		{
			unsent(logspanel.ErrKeyReplaced, 0), protocol.CodeKeyReplaced,
			"the API key was changed, so nothing was sent: check the price and confirm again",
		},
		{unsent(logspanel.ErrPaused, 2*time.Second), protocol.CodeTooManyCalls, "too many requests to the provider: try again in 2 seconds"},
		{
			unsent(logspanel.ErrOutage, 15*time.Second), protocol.CodeUnreachable,
			"the provider isn't responding: try again in 15 seconds",
		},
		{
			unsent(fmt.Errorf("%w: no country is named", logspanel.ErrInvalid), 0), protocol.CodeBadRequest,
			"the request isn't valid: search again",
		},
		{
			unsent(logspanel.ErrNotAllowed, 0), protocol.CodeInternal,
			"something went wrong in the companion: see its log, and please report it",
		},
		{
			unsent(&tls.CertificateVerificationError{Err: errors.New("expired")}, 0), protocol.CodeUnreachable,
			"the connection to the provider can't be trusted, so nothing was sent: " +
				"check this computer's clock, and whether a proxy or virus scanner reads its traffic",
		},
		{
			unsent(errors.New("no such host"), 0), protocol.CodeUnreachable,
			"the provider can't be reached, so nothing was sent: check your internet connection and try again",
		},
		{context.DeadlineExceeded, protocol.CodeUnreachable, "that took too long: try again"},
		{errors.New("a bug"), protocol.CodeInternal, "something went wrong in the companion: see its log, and please report it"},
		{fmt.Errorf("buying: %w", limit), protocol.CodeLimitDay, "that is too much for a day"},
		{unsent(limit, 0), protocol.CodeLimitDay, "that is too much for a day"},
	} {
		got := usererr.From(c.err)
		require.NotNil(t, got, "%v", c.err)
		assert.Equal(t, c.code, got.Code, "%v", c.err)
		assert.Equal(t, c.text, got.Error())
	}
}

func TestNil(t *testing.T) {
	assert.Nil(t, usererr.From(nil))
}
