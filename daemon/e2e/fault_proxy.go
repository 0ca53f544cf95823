package main

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// faultProxy is an HTTP proxy between the companion and the provider. It kills the
// companion at a chosen moment of a purchase, or answers with a fault.
type faultProxy struct {
	upstream    http.Handler
	kill        func()
	setDiskFull func(full bool) error

	mu        sync.Mutex
	killAt    killPoint     // for the next purchase; cleared when it is reached
	fault     fault         // likewise
	met       chan struct{} // closed when the fault or the full disk has happened
	errorRate float64       // of reads that fail at random, 0 to 1
}

// arm sets the kill point and the fault of the next purchase. Met is closed when the
// purchase reaches its fault or a full disk.
func (p *faultProxy) arm(s killPoint, f fault) (met <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killAt, p.fault, p.met = s, f, make(chan struct{})
	return p.met
}

// consume clears and returns the kill point if it is one of points, and the fault if this
// request is a purchase.
func (p *faultProxy) consume(purchase bool, points ...killPoint) (s killPoint, f fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, point := range points {
		if p.killAt == point {
			s, p.killAt = point, ""
		}
	}
	if purchase {
		if f, p.fault = p.fault, noFault; f != noFault || s == diskFullBeforeResponse {
			close(p.met)
		}
	}
	return s, f
}

// ServeHTTP forwards a request, or does what is armed for it.
func (p *faultProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var s killPoint
	var f fault
	switch {
	case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/numbers/orders"):
		s, f = p.consume(true, beforeSend, inTransit, afterCharge, midResponse, afterResponse, beforeNotify, diskFullBeforeResponse)
	case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/cancel"):
		s, _ = p.consume(false, cancelInTransit, afterCancel)
	case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/numbers/services"):
		s, _ = p.consume(false, beforeJournal)
		fallthrough
	default:
		if s == "" && rand.Float64() < p.errorRate {
			http.Error(w, "<html>bad gateway</html>", http.StatusBadGateway)
			return
		}
	}
	p.forward(w, r, s, f)
}

func (p *faultProxy) forward(w http.ResponseWriter, r *http.Request, s killPoint, f fault) {
	switch s {
	case beforeJournal, beforeSend:
		p.kill()
		panic(http.ErrAbortHandler)
	case inTransit, cancelInTransit:
		body, _ := io.ReadAll(r.Body)
		late := r.WithContext(context.WithoutCancel(r.Context()))
		late.Body = io.NopCloser(bytes.NewReader(body))
		p.kill()
		p.fetch(late)
		panic(http.ErrAbortHandler)
	case afterCharge, afterCancel:
		p.fetch(r)
		p.kill()
		panic(http.ErrAbortHandler)
	case diskFullBeforeResponse:
		if err := p.setDiskFull(true); err != nil {
			panic(err) // the test would be meaningless
		}
		p.upstream.ServeHTTP(w, r)
	case midResponse, afterResponse, beforeNotify:
		response, whole := p.fetch(r)
		if !whole {
			p.kill()
			panic(http.ErrAbortHandler)
		}
		size := response.Body.Len()
		if s == midResponse {
			size /= 2
		}
		copyResponse(w, response, size)
		_ = http.NewResponseController(w).Flush()
		if s == beforeNotify {
			<-time.After(rand.N(4 * time.Millisecond))
		}
		p.kill()
	default:
		p.applyFault(w, r, f)
	}
}

// fetch sends a request to the provider and buffers the response. Whole is false where the
// provider itself broke off.
func (p *faultProxy) fetch(r *http.Request) (response *httptest.ResponseRecorder, whole bool) {
	defer func() {
		if broken := recover(); broken != nil && broken != http.ErrAbortHandler {
			panic(broken)
		}
	}()
	response = httptest.NewRecorder()
	p.upstream.ServeHTTP(response, r)
	return response, true
}

// applyFault responds with a fault, without a kill.
func (p *faultProxy) applyFault(w http.ResponseWriter, r *http.Request, f fault) {
	switch f {
	case droppedAfter, failedAfter, webPage, truncated, silence:
		response, whole := p.fetch(r)
		if !whole {
			panic(http.ErrAbortHandler)
		}
		switch f {
		case failedAfter:
			http.Error(w, `{"success": false, "message": "Service unavailable."}`, http.StatusServiceUnavailable)
		case webPage:
			w.Header().Set("Content-Type", "text/html")
			http.Error(w, "<html><body>502 Bad Gateway</body></html>", http.StatusBadGateway)
		case truncated:
			copyResponse(w, response, response.Body.Len()/2)
		case silence:
			<-r.Context().Done() // until the companion gives up, or dies
			panic(http.ErrAbortHandler)
		default:
			panic(http.ErrAbortHandler)
		}
	case droppedBefore:
		panic(http.ErrAbortHandler)
	case failedBefore:
		http.Error(w, `{"success": false, "message": "Server Error"}`, http.StatusInternalServerError)
	case tooMany:
		w.Header().Set("Retry-After", "1")
		http.Error(w, `{"success": false, "message": "Too Many Attempts."}`, http.StatusTooManyRequests)
	default:
		p.upstream.ServeHTTP(w, r)
	}
}

func copyResponse(w http.ResponseWriter, response *httptest.ResponseRecorder, size int) {
	for name, values := range response.Header() {
		if name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(response.Code)
	_, _ = w.Write(response.Body.Bytes()[:size])
}
