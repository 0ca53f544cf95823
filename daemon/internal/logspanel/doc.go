// Package logspanel is a client for version 1 of the Logspanel API. It reads the wallet,
// buys and watches phone numbers, and shows what the account holds of the provider's
// other products: account logs and boosts.
//
// # What can be sent
//
// Client.send is the only way out to the provider, and it sends nothing but the calls of
// the allowlist in endpoint.go. [Client.BuyNumber] is the only one that buys. Redirects
// are not followed, and plain HTTP is accepted for loopback hosts only.
//
// # Retries and rate
//
// A client never repeats a request; retrying is the caller's decision. All calls of a
// client share one rate limiter (limiter.go). While too many requests to the provider, every
// call fails at once with a [NotSentError] that wraps [ErrPaused]. During an outage reads
// fail with [ErrOutage], and purchases and cancellations are still sent. [RetryAfter] says
// how long to wait.
//
// # Idempotency keys
//
// The caller chooses [Purchase].IdempotencyKey and stores it before the first attempt. The
// same Purchase is always encoded to the same bytes. The provider answers a key that it
// has seen with its first answer, charges nothing, and sets [Bought].Replayed. It does not
// publish how long it remembers a key. A key counts for one account, so
// [Purchase].Generation names the API key that may send it.
//
// # Errors
//
// A call returns nil or one of three errors, and [OutcomeOf] says what each means for
// this one request:
//
//   - [*NotSentError]: not a byte of the request left this computer. Outcome [NotSent].
//   - [*Error]: the provider refused. Outcome [Refused], or [Unknown] where the code or the
//     status does not rule out that it acted.
//   - [*AmbiguousError]: the request was sent, and the response does not say what happened.
//     Outcome [Unknown]: the provider may have acted, or may still act.
//
// The text of an error never contains the API key or free text of the provider, which could
// name a number or a code, so it is safe to log. The provider's Message field is for the
// person only.
//
// # Money
//
// Amounts are [money.Money]: whole minor units (kobo for NGN) with their currency. The zero
// Money means unknown: the amount could not be read, or it was a price of zero or less.
//
// # Reading responses
//
// Unknown fields are ignored, and unknown statuses and codes are passed on. A field that is
// absent or malformed is the zero value of its type. A response without its essential field
// (an order's id, a wallet's balance) is an AmbiguousError; a list skips such an item.
// [OrderList] says whether a list of number orders is known to be complete.
//
// # Clocks
//
// [Client.Skew] compares this computer's clock with the Date header of the last response.
// [Client.ProviderTime] is the provider's time, and does not follow changes of the local
// wall clock.
package logspanel
