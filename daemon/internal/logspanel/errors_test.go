package logspanel_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/logspanel"
	"github.com/logspanel/companion/daemon/sandbox"
)

// Each code reaches the caller, with any HTTP status.
func TestRefusals(t *testing.T) {
	for _, code := range logspanel.Codes {
		for _, status := range []int{200, 400, 402, 409, 422, 500} {
			p := sandbox.New(sandbox.Options{})
			c := newClient(t, p)
			require.NoError(t, p.InjectFault(sandbox.Fault{Kind: sandbox.Refuse, Status: status, Code: code, Message: "No."}))
			_, err := c.BuyNumber(t.Context(), telegram("key-1"))
			var refusal *logspanel.Error
			require.ErrorAs(t, err, &refusal, "%s at %d", code, status)
			assert.Equal(t, logspanel.Error{Status: max(status, 200), Code: code, Message: "No."}, *refusal)
			assert.Equal(t, code, logspanel.CodeOf(fmt.Errorf("buying: %w", err)))
		}
	}
}

func TestOutcome(t *testing.T) {
	refusal := func(status int, code string) error { return &logspanel.Error{Status: status, Code: code} }
	for _, c := range []struct {
		err  error
		want logspanel.Outcome
	}{
		{nil, logspanel.Done},
		{errors.New("of another package"), logspanel.Unknown},
		{context.DeadlineExceeded, logspanel.Unknown},
		{&logspanel.NotSentError{Cause: logspanel.ErrNoKey}, logspanel.NotSent},
		{&logspanel.AmbiguousError{Status: 500}, logspanel.Unknown},
		{&logspanel.AmbiguousError{Cause: context.DeadlineExceeded}, logspanel.Unknown},
		{fmt.Errorf("buying: %w", &logspanel.NotSentError{Cause: logspanel.ErrPaused}), logspanel.NotSent},
		{fmt.Errorf("buying: %w", refusal(402, "INSUFFICIENT_BALANCE")), logspanel.Refused},
		{refusal(402, "INSUFFICIENT_BALANCE"), logspanel.Refused},
		{refusal(409, "NUMBER_OUT_OF_STOCK"), logspanel.Refused},
		{refusal(500, "NUMBER_OUT_OF_STOCK"), logspanel.Refused},
		{refusal(200, "NUMBER_PRICE_CHANGED"), logspanel.Refused},
		{refusal(429, "UNAUTHENTICATED"), logspanel.Refused},
		{refusal(422, "SOMETHING_NEW"), logspanel.Refused},
		{refusal(404, "NOT_FOUND"), logspanel.Refused},
		{refusal(200, "SOMETHING_NEW"), logspanel.Unknown},
		{refusal(408, "SOMETHING_NEW"), logspanel.Unknown},
		{refusal(409, "REQUEST_IN_PROGRESS"), logspanel.Unknown},
		{refusal(423, "LOCKED"), logspanel.Unknown},
		{refusal(425, "TOO_EARLY"), logspanel.Unknown},
		{refusal(429, "TOO_MANY_REQUESTS"), logspanel.Unknown},
		{refusal(409, "IDEMPOTENCY_KEY_REUSED"), logspanel.Unknown},
		{refusal(422, "IDEMPOTENCY_KEY_REUSED"), logspanel.Unknown},
		{refusal(422, "NUMBER_REFUND_FAILED"), logspanel.Unknown},
	} {
		assert.Equal(t, c.want, logspanel.OutcomeOf(c.err), "%v", c.err)
	}
}

// Whatever goes wrong, a purchase is reported as refused or not sent only where that is
// certain. The sandbox's ledger tells what really happened.
func TestFaultsDuringPurchase(t *testing.T) {
	for name, c := range map[string]struct {
		fault   sandbox.Fault
		outcome logspanel.Outcome
		status  int
		charged bool
	}{
		"drop before":        {sandbox.Fault{Kind: sandbox.Drop}, logspanel.Unknown, 0, false},
		"drop after":         {sandbox.Fault{Kind: sandbox.Drop, Processed: true}, logspanel.Unknown, 0, true},
		"gateway page":       {sandbox.Fault{Kind: sandbox.HTML}, logspanel.Unknown, 502, false},
		"gateway page after": {sandbox.Fault{Kind: sandbox.HTML, Status: 504, Processed: true}, logspanel.Unknown, 504, true},
		"forbidden page":     {sandbox.Fault{Kind: sandbox.HTML, Status: 403}, logspanel.Unknown, 403, false},
		"page with a yes":    {sandbox.Fault{Kind: sandbox.HTML, Status: 200, Processed: true}, logspanel.Unknown, 200, true},
		"server error":       {sandbox.Fault{Kind: sandbox.Refuse, Status: 500, Code: "SERVER_ERROR"}, logspanel.Unknown, 500, false},
		"server error after": {sandbox.Fault{Kind: sandbox.Refuse, Status: 500, Code: "SERVER_ERROR", Processed: true}, logspanel.Unknown, 500, true},
		"cut JSON":           {sandbox.Fault{Kind: sandbox.TruncateJSON}, logspanel.Unknown, 200, true},
		"cut connection":     {sandbox.Fault{Kind: sandbox.CutConnection}, logspanel.Unknown, 200, true},
		"huge":               {sandbox.Fault{Kind: sandbox.OversizedBody}, logspanel.Unknown, 200, false},
		"redirect":           {sandbox.Fault{Kind: sandbox.Redirect, Location: "/api/v1/wallet"}, logspanel.Unknown, 302, false},
		"slow":               {sandbox.Fault{Kind: sandbox.Slow, Processed: true, DelayMS: 60_000}, logspanel.Unknown, 0, true},
		"a known refusal":    {sandbox.Fault{Kind: sandbox.Refuse, Status: 409, Code: "NUMBER_OUT_OF_STOCK"}, logspanel.Refused, 409, false},
		"sold out just now":  {sandbox.Fault{Kind: sandbox.SoldOut}, logspanel.Refused, 409, false},
		"dearer just now":    {sandbox.Fault{Kind: sandbox.PriceRise}, logspanel.Done, 0, true},
		"late":               {sandbox.Fault{Kind: sandbox.Slow, DelayMS: 1}, logspanel.Done, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := sandbox.New(sandbox.Options{})
			timeout := 30 * time.Second
			if c.fault.DelayMS > 1000 {
				timeout = 2 * time.Second // enough for the request to arrive
			}
			client := newClient(t, p, logspanel.WithTimeout(timeout))
			c.fault.Method, c.fault.Path = http.MethodPost, "/numbers/orders"
			require.NoError(t, p.InjectFault(c.fault))
			_, err := client.BuyNumber(t.Context(), telegram("key-1"))
			assert.Equal(t, c.outcome, logspanel.OutcomeOf(err), "%v", err)
			assert.Len(t, p.Calls(), 1, "it is sent once")
			assert.Equal(t, c.charged, len(p.Ledger()) == 1)
			if ambiguous := (*logspanel.AmbiguousError)(nil); errors.As(err, &ambiguous) {
				assert.Equal(t, c.status, ambiguous.Status, "%v", err)
				assert.Equal(t, "POST /numbers/orders", ambiguous.Call)
			}
			if c.outcome == logspanel.Unknown {
				again, err := client.BuyNumber(t.Context(), telegram("key-1"))
				require.NoError(t, err)
				assert.Equal(t, c.charged, again.Replayed)
				assert.Len(t, p.Ledger(), 1, "one purchase, one charge")
			}
		})
	}
}

// Valid and invalid responses to a purchase that the sandbox does not produce.
func TestOddResponses(t *testing.T) {
	long := strings.Repeat("very ", 200)
	for name, c := range map[string]struct {
		status  int
		body    string
		outcome logspanel.Outcome
		code    string
		message string
	}{
		"no envelope":           {200, `{"order_id":"1"}`, logspanel.Unknown, "", ""},
		"nothing":               {200, ``, logspanel.Unknown, "", ""},
		"no content":            {204, ``, logspanel.Unknown, "", ""},
		"null":                  {200, `null`, logspanel.Unknown, "", ""},
		"a list":                {200, `[]`, logspanel.Unknown, "", ""},
		"two answers":           {200, `{"success":true,"data":{"order_id":"1"}}{}`, logspanel.Unknown, "", ""},
		"yes without data":      {200, `{"success":true}`, logspanel.Unknown, "", ""},
		"yes to null":           {200, `{"success":true,"data":null}`, logspanel.Unknown, "", ""},
		"yes without an id":     {200, `{"success":true,"data":{"number":"+1"}}`, logspanel.Unknown, "", ""},
		"yes with a list":       {200, `{"success":true,"data":[{"order_id":"1"}]}`, logspanel.Unknown, "", ""},
		"yes and 500":           {500, `{"success":true,"data":{"order_id":"1"}}`, logspanel.Unknown, "", ""},
		"yes and 402":           {402, `{"success":true,"data":{"order_id":"1"}}`, logspanel.Unknown, "", ""},
		"no without a code":     {400, `{"success":false,"message":"Hm."}`, logspanel.Unknown, "", ""},
		"no without why":        {200, `{"success":false}`, logspanel.Unknown, "", ""},
		"code without envelope": {422, `{"code":"VALIDATION_FAILED"}`, logspanel.Refused, "VALIDATION_FAILED", ""},
		"status in the body":    {200, `{"success":false,"status":422,"code":"NEW","message":"Hm."}`, logspanel.Refused, "NEW", "Hm."},
		"bare 401":              {401, `{"message":"Unauthenticated."}`, logspanel.Refused, "UNAUTHENTICATED", "Unauthenticated."},
		"401 page":              {401, `<html>`, logspanel.Unknown, "", ""},
		"control characters": {
			400, `{"success":false,"code":"A\u0000B","message":" one\r\n\ttwo\u001b[31m \u202ethree\u0085"}`,
			logspanel.Refused, "AB", "one two[31m three",
		},
		"long words": {400, `{"success":false,"code":"A","message":"` + long + `"}`, logspanel.Refused, "A", long[:299]},
		"odd fields": {
			200, `{"success":true,"data":{"order_id":77,"number":[],"price":{},"currency":7,"time_left":"x","refunded":"?","created_at":3}}`,
			logspanel.Done, "", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			client := newClient(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			}))
			_, err := client.BuyNumber(t.Context(), telegram("key-1"))
			assert.Equal(t, c.outcome, logspanel.OutcomeOf(err), "%v", err)
			var refusal *logspanel.Error
			if errors.As(err, &refusal) {
				assert.Equal(t, c.code, refusal.Code)
				assert.Equal(t, c.message, strings.TrimSpace(refusal.Message))
			} else {
				assert.NotEqual(t, logspanel.Refused, c.outcome)
			}
		})
	}
}

// A request that failed before a byte was sent is distinguished from one that may have
// arrived.
func TestNotSent(t *testing.T) {
	p := sandbox.New(sandbox.Options{})
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	lost := errors.New("the keyring is locked")
	gone := httptest.NewServer(nil)
	gone.Close()
	client := func(base string, key logspanel.CredentialFunc, opts ...logspanel.Option) *logspanel.Client {
		c, err := logspanel.New(base, key, opts...)
		require.NoError(t, err)
		t.Cleanup(c.Close)
		return c
	}
	good := fixedKey(sandbox.Key)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	unresolvable := logspanel.WithTransport(func(tr *http.Transport) {
		tr.DialContext = func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.DNSError{Err: "no such host", Name: "logspanel.example", IsNotFound: true}
		}
	})
	for name, c := range map[string]struct {
		client   *logspanel.Client
		ctx      context.Context
		purchase logspanel.Purchase
		cause    error
	}{
		"keyring":       {client(server.URL, func(context.Context) (logspanel.Credential, error) { return logspanel.Credential{}, lost }), t.Context(), telegram("k"), lost},
		"no key":        {client(server.URL, fixedKey("")), t.Context(), telegram("k"), logspanel.ErrNoKey},
		"key in lines":  {client(server.URL, fixedKey("a\r\nb: c")), t.Context(), telegram("k"), logspanel.ErrBadKey},
		"no country":    {client(server.URL, good), t.Context(), logspanel.Purchase{ServiceID: "1", IdempotencyKey: "k"}, logspanel.ErrInvalid},
		"no service":    {client(server.URL, good), t.Context(), logspanel.Purchase{CountryID: "1", IdempotencyKey: "k"}, logspanel.ErrInvalid},
		"no idem key":   {client(server.URL, good), t.Context(), telegram(""), logspanel.ErrInvalid},
		"odd idem key":  {client(server.URL, good), t.Context(), telegram("a b"), logspanel.ErrInvalid},
		"long idem key": {client(server.URL, good), t.Context(), telegram(strings.Repeat("k", 256)), logspanel.ErrInvalid},
		"random area": {
			client(server.URL, good), t.Context(),
			logspanel.Purchase{CountryID: "1", ServiceID: "1", AreaCodes: []string{"Random"}, IdempotencyKey: "k"},
			logspanel.ErrInvalid,
		},
		"nobody listens": {client(gone.URL, good), t.Context(), telegram("k"), nil},
		"no such host":   {client("https://logspanel.example", good, unresolvable), t.Context(), telegram("k"), nil},
		"not TLS":        {client(strings.Replace(server.URL, "http", "https", 1), good), t.Context(), telegram("k"), nil},
		"given up":       {client(server.URL, good), cancelled, telegram("k"), context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.client.BuyNumber(c.ctx, c.purchase)
			var notSent *logspanel.NotSentError
			require.ErrorAs(t, err, &notSent)
			assert.Equal(t, logspanel.NotSent, logspanel.OutcomeOf(err))
			assert.Contains(t, err.Error(), "POST /numbers/orders was not sent: ")
			if c.cause != nil {
				require.ErrorIs(t, err, c.cause)
			}
		})
	}
	assert.Empty(t, p.Calls())
}

// A caller that gives up during a purchase does not know its outcome.
func TestCancelDuringPurchase(t *testing.T) {
	arrived := make(chan struct{})
	c := newClient(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice a client that leaves
		close(arrived)
		<-r.Context().Done()
	}))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	_, err := c.BuyNumber(ctx, telegram("key-1"))
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, logspanel.Unknown, logspanel.OutcomeOf(err))
}

// Redirects are never followed, to any host or with any status.
func TestRedirects(t *testing.T) {
	var followed atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		calls := 0
		c := newClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls++
			http.Redirect(w, r, []string{elsewhere.URL, "/api/v1/wallet"}[calls%2], status)
		}))
		for range 2 {
			_, err := c.Wallet(t.Context())
			require.ErrorContains(t, err, "redirects are not followed")
			_, err = c.BuyNumber(t.Context(), telegram("key-1"))
			require.ErrorContains(t, err, "redirects are not followed")
		}
		assert.Equal(t, 4, calls)
	}
	assert.Zero(t, followed.Load())
}

// No error contains the API key, even where the server sends it back.
func TestErrorsHideTheKey(t *testing.T) {
	const marked = "SECRET-4711-do-not-show"
	var logged bytes.Buffer
	log.SetOutput(&logged)
	t.Cleanup(func() { log.SetOutput(log.Default().Writer()) })

	gone := httptest.NewServer(nil)
	gone.Close()
	for name, base := range map[string]string{
		"redirect":        rawServer(t, "HTTP/1.1 302 Found\r\nLocation: http://KEY.example/\r\nContent-Length: 0\r\n\r\n").URL,
		"broken redirect": rawServer(t, "HTTP/1.1 302 Found\r\nLocation: http://[KEY\r\nContent-Length: 0\r\n\r\n").URL,
		"not HTTP":        rawServer(t, "KEY\r\n\r\n").URL,
		"broken header":   rawServer(t, "HTTP/1.1 200 OK\r\nKEY\r\n\r\n").URL,
		"broken length":   rawServer(t, "HTTP/1.1 200 OK\r\nContent-Length: KEY\r\n\r\n").URL,
		"broken chunks":   rawServer(t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nKEY\r\n").URL,
		"refusal":         rawServer(t, "HTTP/1.1 422 No\r\nConnection: close\r\n\r\n{\"success\":false,\"code\":\"KEY\",\"message\":\"You sent KEY\"}").URL,
		"server error":    rawServer(t, "HTTP/1.1 500 No\r\nConnection: close\r\n\r\n{\"success\":false,\"code\":\"KEY\",\"message\":\""+strings.Repeat("x", 290)+"KEY\"}").URL,
		"odd data":        rawServer(t, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"success\":true,\"message\":\"KEY\",\"data\":\"KEY\"}").URL,
		"page":            rawServer(t, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<KEY>").URL,
		"dropped":         rawServer(t, "").URL,
		"nobody listens":  gone.URL,
		"not TLS":         strings.Replace(rawServer(t, "KEY").URL, "http", "https", 1),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := logspanel.New(base, fixedKey(marked), logspanel.WithRate(1e6, 100))
			require.NoError(t, err)
			t.Cleanup(c.Close)
			_, walletErr := c.Wallet(t.Context())
			_, buyErr := c.BuyNumber(t.Context(), telegram("key-1"))
			_, cancelErr := c.CancelNumber(t.Context(), "1")
			for _, err := range []error{walletErr, buyErr, cancelErr} {
				for e := err; e != nil; e = errors.Unwrap(e) {
					for _, part := range []string{marked, "SECRET", "do-not-show"} {
						assert.NotContains(t, e.Error(), part)
						assert.NotContains(t, fmt.Sprintf("%+v %#v", e, e), part)
					}
				}
			}
			require.Error(t, walletErr)
			require.Error(t, buyErr)
		})
	}
	assert.NotContains(t, logged.String(), "SECRET")
}

// rawServer answers every request with these bytes, and replaces KEY in them with the
// request's key.
func rawServer(t *testing.T, answer string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = conn.Write([]byte(strings.ReplaceAll(answer, "KEY", r.Header.Get("Authorization"))))
			_ = conn.Close()
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// No error's text quotes the provider, in whatever part of a response it writes. Its text
// for the person stays in Message.
func TestNoErrorQuotesTheProvider(t *testing.T) {
	const quoted = "Number +1 234 567 890 got 573 920"
	odd := func(code string) string {
		return `{"success":false,"code":"` + code + `","message":"` + quoted + `","data":{"order_id":"` + quoted + `"}}`
	}
	for name, answer := range map[string]string{
		"refusal":            "HTTP/1.1 422 " + quoted + "\r\nConnection: close\r\n\r\n" + odd("NOT_TODAY"),
		"a message as code":  "HTTP/1.1 422 No\r\nConnection: close\r\n\r\n" + odd(quoted),
		"a number as code":   "HTTP/1.1 422 No\r\nConnection: close\r\n\r\n" + odd("1234567890"),
		"server error":       "HTTP/1.1 500 No\r\nConnection: close\r\n\r\n" + odd(quoted),
		"yes without data":   "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + `{"success":true,"message":"` + quoted + `","data":"` + quoted + `"}`,
		"data of other type": "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + `{"success":"` + quoted + `"}`,
		"a page":             "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n<p>" + quoted,
		"not HTTP":           quoted + "\r\n\r\n",
		"broken status":      "HTTP/1.1 " + quoted + "\r\n\r\n",
		"broken header":      "HTTP/1.1 200 OK\r\n" + quoted + "\r\n\r\n",
		"broken length":      "HTTP/1.1 200 OK\r\nContent-Length: " + quoted + "\r\n\r\n",
		"broken encoding":    "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + quoted + "\r\n\r\n",
		"broken redirect":    "HTTP/1.1 302 Found\r\nLocation: http://[" + quoted + "\r\nContent-Length: 0\r\n\r\n",
		"redirect":           "HTTP/1.1 302 Found\r\nLocation: http://" + quoted + "/\r\nContent-Length: 0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			server := rawServer(t, answer)
			c, err := logspanel.New(server.URL, fixedKey(sandbox.Key), logspanel.WithRate(1e6, 100))
			require.NoError(t, err)
			t.Cleanup(c.Close)
			_, walletErr := c.Wallet(t.Context())
			_, checkErr := c.CheckNumber(t.Context(), "1")
			_, buyErr := c.BuyNumber(t.Context(), telegram("key-1"))
			_, listErr := c.NumberOrders(t.Context(), 0)
			for _, err := range []error{walletErr, checkErr, buyErr, listErr} {
				require.Error(t, err)
				for e := err; e != nil; e = errors.Unwrap(e) {
					// The port of the server may have the same digits.
					text := strings.ReplaceAll(e.Error(), server.Listener.Addr().String(), "")
					for _, part := range []string{"1 234", "234567", "573", "Number"} {
						assert.NotContains(t, text, part)
					}
				}
			}
		})
	}
}
