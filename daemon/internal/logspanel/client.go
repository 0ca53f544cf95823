package logspanel

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

const (
	defaultTimeout   = 30 * time.Second
	defaultUserAgent = "logspanel-companion"
)

// Client calls one API with one account. It is safe for concurrent use; make one with New.
type Client struct {
	base        *url.URL
	credentials CredentialFunc
	http        *http.Client
	transport   *http.Transport
	limiter     *limiter
	timeout     time.Duration
	userAgent   string
	clock       atomic.Pointer[clockReading] // nil until a response has a Date
}

// Option configures a Client in New.
type Option func(*Client)

// WithUserAgent sets the User-Agent header, which tells the provider this program and its
// version.
func WithUserAgent(name string) Option { return func(c *Client) { c.userAgent = name } }

// WithTimeout limits every request, including its wait for the rate limiter. A list takes
// one request per page. The default is 30 seconds.
func WithTimeout(d time.Duration) Option { return func(c *Client) { c.timeout = d } }

// WithRate sets the rate limit: requests per second, and how many may go out in a burst.
// The default is 5 per second in bursts of 10.
func WithRate(perSecond float64, burst int) Option {
	return func(c *Client) { c.limiter = newLimiter(perSecond, burst) }
}

// WithDialer replaces the function that opens connections.
func WithDialer(dial func(ctx context.Context, network, address string) (net.Conn, error)) Option {
	return func(c *Client) { c.transport.DialContext = dial }
}

// New returns a client for the API under base, such as https://logspanel.com/api/v1. It
// accepts plain http for loopback hosts only, and connects to those without a proxy.
func New(base string, credentials CredentialFunc, opts ...Option) (*Client, error) {
	u, err := parseBaseURL(base)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		IdleConnTimeout:        time.Minute,
		MaxIdleConnsPerHost:    4,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
	}
	if !isLoopback(u.Hostname()) {
		transport.Proxy = http.ProxyFromEnvironment
	}
	c := &Client{
		base:        u,
		credentials: credentials,
		transport:   transport,
		http: &http.Client{
			Transport: transport,
			// A redirect could take the key, or a purchase, to another host.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		limiter:   newLimiter(defaultRate, defaultBurst),
		timeout:   defaultTimeout,
		userAgent: defaultUserAgent,
	}
	for _, opt := range opts {
		opt(c)
	}
	return c, nil
}

// Host returns the API's host in lower case, with its port unless that is https's own.
// The API key and the journal are stored under this name.
func (c *Client) Host() string { return c.base.Host }

// clockReading is the Date of a response and when the response arrived.
type clockReading struct {
	date     time.Time
	received time.Time // local, with its monotonic reading
}

// Skew returns how far this computer's clock was ahead of the provider's at the last
// response, to about a second. It is negative where the clock was behind, and not known
// until a response has a Date.
func (c *Client) Skew() (ahead time.Duration, known bool) {
	if last := c.clock.Load(); last != nil {
		return last.received.Round(0).Sub(last.date), true
	}
	return 0, false
}

// ProviderTime returns the provider's clock at the last response plus the time that has
// passed since by the monotonic clock, so that a change of the local wall clock has no
// effect. While the computer sleeps it stands still until the next response. It is not
// known until a response has a Date.
func (c *Client) ProviderTime() (now time.Time, known bool) {
	if last := c.clock.Load(); last != nil {
		return last.date.Add(time.Since(last.received)), true
	}
	return time.Time{}, false
}

// Close closes idle connections. It does not interrupt calls in progress.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// get makes a call whose response holds one T.
func get[W wire[T], T any](ctx context.Context, c *Client, e endpoint, id ID, query url.Values) (T, error) {
	r, err := c.call(ctx, c.credentials, e, id, query, nil)
	if err != nil {
		var none T
		return none, err
	}
	v, err := decode[W](r.data)
	if err != nil {
		return v, r.unreadable(err)
	}
	return v, nil
}

// Cancellation is the provider's acceptance of a cancellation. It does not mean that the
// money is back: only the order says so.
type Cancellation[O any] struct {
	Order   *O // nil where the response does not include the order
	Message string
}

func cancel[W wire[O], O any](ctx context.Context, c *Client, e endpoint, id ID) (Cancellation[O], error) {
	r, err := c.call(ctx, c.credentials, e, id, nil, nil)
	if err != nil {
		return Cancellation[O]{}, err
	}
	cancellation := Cancellation[O]{Message: r.message}
	if order, err := decode[W](r.data); err == nil {
		cancellation.Order = &order
	}
	return cancellation, nil
}

// call puts the id into the endpoint's path and sends the request.
func (c *Client) call(ctx context.Context, credentials CredentialFunc, e endpoint, id ID, query url.Values, body []byte) (response, error) {
	target := e.path
	if strings.Contains(target, "{id}") {
		if !id.isPathSafe() {
			return response{}, &NotSentError{Call: e.String(), Cause: fmt.Errorf("%w: the id is empty or unsafe in a path", ErrInvalid)}
		}
		target = strings.Replace(target, "{id}", string(id), 1)
	}
	return c.send(ctx, credentials, e.method, target, query, body)
}

// send is the only way out of this program to the provider. It refuses what is not on
// the allowlist.
func (c *Client) send(ctx context.Context, credentials CredentialFunc, method, target string, query url.Values, body []byte) (response, error) {
	e, ok := allowedEndpoint(method, target)
	if !ok {
		return response{}, &NotSentError{Call: method + " " + clean(target, maxMessage), Cause: ErrNotAllowed}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	notSent := func(wait time.Duration, cause error) (response, error) {
		return response{}, &NotSentError{Call: e.String(), RetryAfter: wait, Cause: cause}
	}
	credential, err := credentials(ctx)
	if err == nil {
		err = checkKey(credential.Key)
	}
	if err != nil {
		return notSent(0, err)
	}
	address := *c.base
	address.Path += target
	address.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, method, address.String(), bytes.NewReader(body))
	if err != nil {
		return notSent(0, fmt.Errorf("%w: %w", ErrInvalid, err))
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", "Bearer "+credential.Key)
	req.Header.Set("User-Agent", c.userAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	done, wait, err := c.limiter.acquire(ctx, e)
	if err != nil {
		return notSent(wait, err)
	}
	r, err := c.exchange(req, e, credential.Key)
	done(err)
	return r, err
}

func checkKey(key string) error {
	if key == "" {
		return ErrNoKey
	}
	for _, r := range key {
		if r <= ' ' || r > '~' {
			return ErrBadKey
		}
	}
	return nil
}

// exchange sends one HTTP request and classifies its response or failure.
func (c *Client) exchange(req *http.Request, e endpoint, key string) (response, error) {
	// Not a byte of the request leaves before the transport has a connection.
	var connected atomic.Bool
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	}))
	res, err := c.http.Do(req)
	if err != nil {
		err = redactKey(stripPeerText(err), key)
		if !connected.Load() {
			return response{}, &NotSentError{Call: e.String(), Cause: err}
		}
		return response{}, &AmbiguousError{Call: e.String(), MovesMoney: e.movesMoney, Cause: err}
	}
	defer res.Body.Close()
	if sent, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		c.clock.Store(&clockReading{date: sent.UTC(), received: time.Now()})
	}
	wait := c.limiter.observe(res.StatusCode, res.Header)
	body, err := io.ReadAll(io.LimitReader(res.Body, maxResponse+1))
	if err != nil {
		return response{}, &AmbiguousError{
			Call: e.String(), MovesMoney: e.movesMoney, Status: res.StatusCode, RetryAfter: wait,
			Cause: fmt.Errorf("the response broke off: %w", redactKey(stripPeerText(err), key)),
		}
	}
	r, err := classify(e, res.StatusCode, wait, body, key)
	r.replayed = strings.EqualFold(res.Header.Get("Idempotent-Replayed"), "true")
	return r, err
}
