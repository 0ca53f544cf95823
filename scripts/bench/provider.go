package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// providerProxy passes requests of the companion on to the sandbox, and notes when it sends
// a code to the companion.
type providerProxy struct {
	*httptest.Server
	upstream string // the sandbox's address

	mu     sync.Mutex
	code   string // the awaited one
	sentAt chan time.Time
}

// sandboxKey is the API key of the sandbox's account, which is no secret.
const sandboxKey = "sandbox-key-0123456789"

func startProviderProxy(behind string) *providerProxy {
	p := &providerProxy{upstream: behind}
	p.Server = httptest.NewServer(p)
	return p
}

// watch returns a channel that receives the time at which a response with this code is
// sent.
func (p *providerProxy) watch(code string) <-chan time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.code, p.sentAt = code, make(chan time.Time, 1)
	return p.sentAt
}

func (p *providerProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	out, err := http.NewRequestWithContext(r.Context(), r.Method, p.upstream+r.URL.RequestURI(), r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	out.Header = r.Header.Clone()
	out.Header.Del("Accept-Encoding") // so that the code can be read
	out.ContentLength = r.ContentLength
	res, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	for name, values := range res.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(res.StatusCode)
	_, _ = w.Write(body)
	p.inspect(string(body))
	_ = http.NewResponseController(w).Flush()
}

// inspect looks for the awaited code in a response, just before the response is flushed.
func (p *providerProxy) inspect(body string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.code != "" && strings.Contains(body, p.code) {
		p.sentAt <- time.Now()
		p.code = ""
	}
}
