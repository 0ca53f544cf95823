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

// Key is the sandbox's API key unless Options has another. The real provider does not
// accept it.
const Key = "sandbox-key-0123456789"

// Path is the path of the API: its base URL is the server's URL followed by Path.
const Path = "/api/v1"

const currency = "NGN"

// ListFormat is the format of lists.
type ListFormat int

// The formats of a list.
const (
	PlainList     ListFormat = iota // data is the items, all of them
	PaginatedList                   // data is Laravel's paginator
	MetaLinksList                   // data is the items, with meta and links beside it
)

// Options configure a Provider. The zero value is useful.
type Options struct {
	Key           string           // default: Key
	Balance       money.Money      // at the start, in NGN; default: 12500.00
	Now           func() time.Time // default: time.Now
	Lists         ListFormat
	SwapIDTypes   bool          // write numeric ids as strings, and the other way round
	OrderLifetime time.Duration // until an order expires; default: 20 minutes
	CodeDelay     time.Duration // from the sign-up form to the SMS; default: 2 seconds, negative: none
	RefundDelay   time.Duration // from a cancellation to its refund; default: none
	KeyLifetime   time.Duration // how long an idempotency key is remembered; default: 24 hours
	TerseCancels  bool          // answer a cancellation of a number without the order
}

// Provider is the simulated provider with one account, as an http.Handler. It is safe for
// concurrent use. Methods ending in Locked require mu.
type Provider struct {
	opts Options
	mux  *http.ServeMux

	mu        sync.Mutex
	random    *rand.Rand
	advanced  time.Duration
	balance   int64 // kobo
	ledger    []LedgerEntry
	countries []market
	offers    map[string]*listing // by service id
	next      []NextOrder
	numbers   []*numberOrder // oldest first
	boosts    []*boostOrder
	purchases map[string]idempotentPurchase // by idempotency key
	faults    []*Fault
	calls     []Call
}

// New returns a Provider.
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
	opts.OrderLifetime = orDefault(opts.OrderLifetime, 20*time.Minute)
	opts.CodeDelay = orDefault(opts.CodeDelay, 2*time.Second)
	opts.KeyLifetime = orDefault(opts.KeyLifetime, 24*time.Hour)
	p := &Provider{
		opts:      opts,
		mux:       http.NewServeMux(),
		random:    rand.New(rand.NewPCG(1, 2)),
		balance:   opts.Balance.Minor,
		offers:    map[string]*listing{},
		purchases: map[string]idempotentPurchase{},
	}
	for _, c := range countries {
		p.openCountryLocked(c)
	}
	p.boosts = newBoostOrders(p.nowLocked())
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

// ServeHTTP serves the API, the control endpoints and the sign-up site.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

// AdvanceClock moves the provider's clock forward by d.
func (p *Provider) AdvanceClock(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advanced += d
}

func (p *Provider) nowLocked() time.Time { return p.opts.Now().Add(p.advanced).UTC() }

// Call is a request that reached the API.
type Call struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	Path   string    `json:"path"` // below the constant Path
	Query  string    `json:"query,omitempty"`
	Body   string    `json:"body,omitempty"`
}

const maxCalls = 10_000

// Calls lists the requests that reached the API, oldest first, including those that met a
// fault. It keeps the last several thousand.
func (p *Provider) Calls() []Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Call{}, p.calls...)
}

// request is a request to the API.
type request struct {
	*http.Request
	path string // below the constant Path
	body []byte
}

const maxBody = 64 << 10

func (p *Provider) serveAPI(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		errorResponse(http.StatusRequestEntityTooLarge, "PAYLOAD_TOO_LARGE", "The request is too large.").write(w)
		return
	}
	req := request{Request: r, path: strings.TrimPrefix(r.URL.Path, Path), body: body}
	p.mu.Lock()
	p.calls = append(p.calls, Call{p.nowLocked(), r.Method, req.path, r.URL.RawQuery, string(body)})
	if len(p.calls) > maxCalls {
		p.calls = append([]Call{}, p.calls[len(p.calls)-maxCalls/2:]...)
	}
	fault := p.takeFaultLocked(req)
	p.mu.Unlock()
	if fault != nil {
		p.serveFault(w, req, *fault)
		return
	}
	p.handle(req).write(w)
}

// handle carries out a call.
func (p *Provider) handle(r request) response {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.handleLocked(r)
}

// handleWithRefundDelay carries out a call with another refund delay.
func (p *Provider) handleWithRefundDelay(r request, refundDelay time.Duration) response {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.opts.RefundDelay
	defer func() { p.opts.RefundDelay = before }()
	p.opts.RefundDelay = refundDelay
	return p.handleLocked(r)
}

func (p *Provider) handleLocked(r request) response {
	if !p.hasValidKey(r) {
		return errorResponse(http.StatusUnauthorized, "UNAUTHENTICATED", "Unauthenticated.")
	}
	p.payRefundsLocked()
	resp := p.dispatchLocked(r)
	if p.opts.SwapIDTypes {
		resp.body = swapIDTypes(resp.body)
	}
	return resp
}

func (p *Provider) hasValidKey(r request) bool {
	given := sha256.Sum256([]byte(r.Header.Get("Authorization")))
	want := sha256.Sum256([]byte("Bearer " + p.opts.Key))
	return subtle.ConstantTimeCompare(given[:], want[:]) == 1
}

// dispatchLocked calls the handler of a method and path. Buying anything but a number is
// not part of the sandbox.
func (p *Provider) dispatchLocked(r request) response {
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
	methods, known := map[string]map[string]func() response{
		"wallet": {http.MethodGet: p.getWalletLocked},

		"numbers/countries":  {http.MethodGet: func() response { return p.getCountriesLocked(r) }},
		"numbers/services":   {http.MethodGet: func() response { return p.getServicesLocked(r) }},
		"numbers/area-codes": {http.MethodGet: func() response { return p.getAreaCodesLocked(r) }},
		"numbers/orders": {
			http.MethodGet:  func() response { return listResponse(p.opts.Lists, r, p.numberListLocked()) },
			http.MethodPost: func() response { return p.buyNumberLocked(r) },
		},
		"numbers/orders/{id}":        {http.MethodGet: func() response { return p.getNumberLocked(id) }},
		"numbers/orders/{id}/check":  {http.MethodPost: func() response { return p.checkNumberLocked(id) }},
		"numbers/orders/{id}/cancel": {http.MethodPost: func() response { return p.cancelNumberLocked(id) }},

		"logs/parent-categories": {http.MethodGet: func() response { return listResponse(p.opts.Lists, r, logParents) }},
		"logs/categories":        {http.MethodGet: func() response { return p.getLogCategories(r) }},
		"logs/categories/{id}":   {http.MethodGet: func() response { return getLogCategory(id) }},
		"logs/orders":            {http.MethodGet: func() response { return listResponse(p.opts.Lists, r, logOrders) }},

		"boost/categories":         {http.MethodGet: func() response { return listResponse(p.opts.Lists, r, boostCategoryList()) }},
		"boost/services":           {http.MethodGet: func() response { return p.getBoostServices(r) }},
		"boost/services/{id}":      {http.MethodGet: func() response { return getBoostService(id) }},
		"boost/orders":             {http.MethodGet: func() response { return listResponse(p.opts.Lists, r, p.boostListLocked()) }},
		"boost/orders/{id}":        {http.MethodGet: func() response { return p.getBoostLocked(id) }},
		"boost/orders/{id}/check":  {http.MethodPost: func() response { return p.checkBoostLocked(id) }},
		"boost/orders/{id}/cancel": {http.MethodPost: func() response { return p.cancelBoostLocked(id) }},
	}[shape]
	if !known {
		return errorResponse(http.StatusNotFound, "NOT_FOUND", "The requested resource was not found.")
	}
	serve, ok := methods[r.Method]
	if !ok {
		return errorResponse(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "The "+r.Method+" method is not supported for this route.")
	}
	return serve()
}

func (p *Provider) getWalletLocked() response {
	return success(map[string]any{"balance": p.walletLocked().Decimal(), "currency": currency})
}
