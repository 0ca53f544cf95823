// Package sandbox is the Logspanel API, simulated over real HTTP with money of its
// own: for tests, for the demo, and for faults on demand. Beside the API under
// /api/v1 it serves a small sign-up site whose texts reach the numbers that were
// bought (site.go), and a way for other processes to make faults and read the
// ledger (control.go).
//
// It follows the published contract. Where that is silent it does what makes a
// client's life hard: ids are numbers in some answers and strings in others, a
// stored order learns of its code only by a live check, money comes back late.
//
// Every published error code can be had. These come by themselves:
//
//	UNAUTHENTICATED               a wrong key
//	VALIDATION_FAILED             a body or query that lacks something
//	METHOD_NOT_ALLOWED            a known path with another method, all other purchases among them
//	INSUFFICIENT_BALANCE          a number that costs more than the wallet has
//	NUMBER_SERVICE_NOT_FOUND      a service of another country, or of none
//	NUMBER_OUT_OF_STOCK           a service whose stock has run out; Signal in Kenya has none
//	NUMBER_ORDER_NOT_FOUND        an order that doesn't exist
//	NUMBER_CODE_ALREADY_RECEIVED  cancelling an order whose code has come
//	IDEMPOTENCY_KEY_REUSED        one key with two bodies
//	LOG_CATEGORY_NOT_FOUND        a category that doesn't exist
//	BOOST_SERVICE_NOT_FOUND       a service that doesn't exist
//	BOOST_ORDER_NOT_FOUND         an order that doesn't exist
//	BOOST_CANCEL_UNAVAILABLE      cancelling boost order 987654323
//	BOOST_CANCEL_REJECTED         cancelling boost order 987654324
//
// All others, and these at other moments, come by a Fault of the kind Refuse.
package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/logspanel/companion/shared/money"
)

// Key is the sandbox's API key unless Options name another. It opens nothing else.
const Key = "sandbox-key-0123456789"

// Path is where the API is mounted: its base URL is the server's and Path.
const Path = "/api/v1"

const currency = "NGN"

// ListForm is how lists are written.
type ListForm int

// The forms of a list.
const (
	Bare      ListForm = iota // data is the items, all of them
	Paginator                 // data is Laravel's paginator
	Siblings                  // data is the items, with meta and links beside it
)

// Options shape a Provider. The zero value is a good one.
type Options struct {
	Key          string           // default: Key
	Balance      money.Money      // at the start, in NGN; default: 12500.00
	Now          func() time.Time // default: time.Now
	Lists        ListForm
	SwapIDs      bool          // ids that are numbers come as strings, and the other way round
	OrderLife    time.Duration // until a number expires; default: 20 minutes
	CodeDelay    time.Duration // from the sign-up form to the text; default: 2 seconds, none where negative
	RefundDelay  time.Duration // from cancelling to refunded; default: none
	KeyLife      time.Duration // how long an idempotency key is remembered; default: 24 hours
	TerseCancels bool          // cancelling a number answers with a message and no order
}

// Provider is one account with the simulated provider, as an http.Handler. It is
// safe for concurrent use.
type Provider struct {
	opts Options
	mux  *http.ServeMux

	mu        sync.Mutex
	random    *rand.Rand
	advanced  time.Duration
	balance   int64 // kobo
	ledger    []Entry
	countries []country
	offers    map[string]*offer // by service id
	next      []Next
	numbers   []*numberOrder // oldest first
	boosts    []*boostOrder
	bought    map[string]purchase // by idempotency key
	faults    []*Fault
	calls     []Call
}

// New makes a Provider.
func New(opts Options) *Provider {
	if opts.Key == "" {
		opts.Key = Key
	}
	if opts.Balance.IsZero() {
		opts.Balance = money.Money{Minor: 12_500_00, Currency: currency}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	opts.OrderLife = orDefault(opts.OrderLife, 20*time.Minute)
	opts.CodeDelay = orDefault(opts.CodeDelay, 2*time.Second)
	opts.KeyLife = orDefault(opts.KeyLife, 24*time.Hour)
	p := &Provider{
		opts:    opts,
		mux:     http.NewServeMux(),
		random:  rand.New(rand.NewPCG(1, 2)),
		balance: opts.Balance.Minor,
		offers:  map[string]*offer{},
		bought:  map[string]purchase{},
	}
	for _, c := range countries {
		p.open(c)
	}
	p.boosts = newBoostOrders(p.now())
	p.mux.HandleFunc(Path+"/", p.serveAPI)
	p.routeControl()
	p.routeSite()
	return p
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return max(d, 0)
}

func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

// Advance puts the provider's clock forward.
func (p *Provider) Advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advanced += d
}

func (p *Provider) now() time.Time { return p.opts.Now().Add(p.advanced).UTC() }

// Call is one request that reached the API.
type Call struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Path   string    `json:"path"` // under Path
	Query  string    `json:"query,omitempty"`
	Body   string    `json:"body,omitempty"`
}

const maxCalls = 10_000

// Calls lists what reached the API, oldest first, faults included. The oldest are
// forgotten after some thousands.
func (p *Provider) Calls() []Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Call{}, p.calls...)
}

// request is one call of the API.
type request struct {
	*http.Request
	path string // under Path
	body []byte
}

const maxBody = 64 << 10

func (p *Provider) serveAPI(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refuse(http.StatusRequestEntityTooLarge, "PAYLOAD_TOO_LARGE", "The request is too large.").write(w)
		return
	}
	req := request{Request: r, path: strings.TrimPrefix(r.URL.Path, Path), body: body}
	p.mu.Lock()
	p.calls = append(p.calls, Call{p.now(), r.Method, req.path, r.URL.RawQuery, string(body)})
	if len(p.calls) > maxCalls {
		p.calls = append([]Call{}, p.calls[len(p.calls)-maxCalls/2:]...)
	}
	fault := p.takeFault(req)
	p.mu.Unlock()
	if fault != nil {
		p.fail(w, req, *fault)
		return
	}
	p.answer(req).write(w)
}

// answer does what the call asks for.
func (p *Provider) answer(r request) reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.carryOut(r)
}

// answerLate does it, and lets the refund of a cancelling come that much later.
func (p *Provider) answerLate(r request, refundDelay time.Duration) reply {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.opts.RefundDelay
	defer func() { p.opts.RefundDelay = before }()
	p.opts.RefundDelay = refundDelay
	return p.carryOut(r)
}

func (p *Provider) carryOut(r request) reply {
	if !p.authentic(r) {
		return refuse(http.StatusUnauthorized, "UNAUTHENTICATED", "Unauthenticated.")
	}
	p.settle()
	answer := p.route(r)
	if p.opts.SwapIDs {
		answer.body = swapIDs(answer.body)
	}
	return answer
}

func (p *Provider) authentic(r request) bool {
	given := sha256.Sum256([]byte(r.Header.Get("Authorization")))
	want := sha256.Sum256([]byte("Bearer " + p.opts.Key))
	return subtle.ConstantTimeCompare(given[:], want[:]) == 1
}

// route is the API's table. A known path with another method is told so; buying
// anything but a number is not part of the sandbox.
func (p *Provider) route(r request) reply {
	part := strings.Split(strings.Trim(r.path, "/"), "/")
	shape := part[0]
	id := ""
	for i := 1; i < len(part); i++ {
		if i == 2 && part[1] != "" {
			id, shape = part[i], shape+"/{id}"
			continue
		}
		shape += "/" + part[i]
	}
	methods, known := map[string]map[string]func() reply{
		"wallet": {http.MethodGet: p.getWallet},

		"numbers/countries":  {http.MethodGet: func() reply { return p.getCountries(r) }},
		"numbers/services":   {http.MethodGet: func() reply { return p.getServices(r) }},
		"numbers/area-codes": {http.MethodGet: func() reply { return p.getAreaCodes(r) }},
		"numbers/orders": {
			http.MethodGet:  func() reply { return list(p.opts.Lists, r, p.numberList()) },
			http.MethodPost: func() reply { return p.buyNumber(r) },
		},
		"numbers/orders/{id}":        {http.MethodGet: func() reply { return p.getNumber(id) }},
		"numbers/orders/{id}/check":  {http.MethodPost: func() reply { return p.checkNumber(id) }},
		"numbers/orders/{id}/cancel": {http.MethodPost: func() reply { return p.cancelNumber(id) }},

		"logs/parent-categories": {http.MethodGet: func() reply { return list(p.opts.Lists, r, logParents) }},
		"logs/categories":        {http.MethodGet: func() reply { return p.getLogCategories(r) }},
		"logs/categories/{id}":   {http.MethodGet: func() reply { return getLogCategory(id) }},
		"logs/orders":            {http.MethodGet: func() reply { return list(p.opts.Lists, r, logOrders) }},

		"boost/categories":         {http.MethodGet: func() reply { return list(p.opts.Lists, r, boostCategoryList()) }},
		"boost/services":           {http.MethodGet: func() reply { return p.getBoostServices(r) }},
		"boost/services/{id}":      {http.MethodGet: func() reply { return getBoostService(id) }},
		"boost/orders":             {http.MethodGet: func() reply { return list(p.opts.Lists, r, p.boostList()) }},
		"boost/orders/{id}":        {http.MethodGet: func() reply { return p.getBoost(id) }},
		"boost/orders/{id}/check":  {http.MethodPost: func() reply { return p.checkBoost(id) }},
		"boost/orders/{id}/cancel": {http.MethodPost: func() reply { return p.cancelBoost(id) }},
	}[shape]
	if !known {
		return refuse(http.StatusNotFound, "NOT_FOUND", "The requested resource was not found.")
	}
	serve, ok := methods[r.Method]
	if !ok {
		return refuse(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "The "+r.Method+" method is not supported for this route.")
	}
	return serve()
}

func (p *Provider) getWallet() reply {
	return success(map[string]any{"balance": p.wallet().Decimal(), "currency": currency})
}
