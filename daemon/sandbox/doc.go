// Package sandbox simulates the provider: the Logspanel API over real HTTP, with play money.
// Tests, the demo and the built-in test mode (run --sandbox) use it in place of the real
// provider. Like the test mode of a payment API it follows the published contract, keeps a
// ledger to check against, and makes faults on request.
//
// A [Provider] is an http.Handler with one account. It serves
//
//   - the API under [Path] (provider.go, catalog.go, numbers.go, account_logs.go, boosts.go),
//   - control endpoints under /sandbox/, by which other processes inject faults, send SMS
//     messages and read the ledger (control.go),
//   - a small sign-up site, whose text messages reach the numbers that were bought
//     (signup_site.go).
//
// A Provider makes no connection of its own, so nothing in it can leave the computer. Its
// callers listen on loopback, and the control endpoints refuse any other client and every
// web page. It keeps all state in memory and buys nothing but numbers.
//
// Where the contract leaves something open, the sandbox does what is hardest for a client:
// ids are numbers in some responses and strings in others, a stored order gets its code
// only by a check, and a refund may come late. [Options] choose among the forms of lists
// and ids and set the delays.
//
// # Faults
//
// [Provider.InjectFault] makes the next matching calls fail: dropped and cut connections,
// HTML pages, refusals with any code, redirects, truncated, oversized and late responses, a
// price that rises or a stock that ends just before a purchase, an incomplete list, and a
// late refund. A [Fault] says whether the provider processes the call before it fails.
//
// # Error codes
//
// Every published error code can be produced. These appear without a fault:
//
//	UNAUTHENTICATED               a wrong API key
//	VALIDATION_FAILED             a body or query that lacks something
//	METHOD_NOT_ALLOWED            a known path with another method, including all other purchases
//	INSUFFICIENT_BALANCE          a number that costs more than the wallet has
//	NUMBER_SERVICE_NOT_FOUND      a service that is unknown or of another country
//	NUMBER_OUT_OF_STOCK           a service without stock; Signal in Kenya starts with none
//	NUMBER_ORDER_NOT_FOUND        an order that does not exist
//	NUMBER_CODE_ALREADY_RECEIVED  cancelling an order whose code has arrived
//	IDEMPOTENCY_KEY_REUSED        one key with two different bodies
//	LOG_CATEGORY_NOT_FOUND        a category that does not exist
//	BOOST_SERVICE_NOT_FOUND       a service that does not exist
//	BOOST_ORDER_NOT_FOUND         an order that does not exist
//	BOOST_CANCEL_UNAVAILABLE      cancelling boost order 987654323
//	BOOST_CANCEL_REJECTED         cancelling boost order 987654324
//
// The others need a Fault of kind [Refuse].
package sandbox
