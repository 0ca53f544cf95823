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

// A step is the moment of a purchase at which the companion is killed.
type step string

const (
	beforeWriting step = "before the purchase is written down"        // while the price is checked
	beforeSending step = "written down, before it has left"           // the request never arrives
	onItsWay      step = "sent, before the provider has it"           // it arrives after the kill
	acted         step = "the provider acted, before it answers"      // no answer leaves
	halfAnswered  step = "in the middle of the answer"                //
	answered      step = "the answer has left, before it is written"  // or just after
	beforeTelling step = "the answer is there, before anyone is told" // some milliseconds later
	told          step = "the browser is told"                        //
	atRandom      step = "at a random moment after the click"         //
	beforeCancel  step = "the cancelling is sent, before it arrives"  //
	cancelActed   step = "the provider cancelled, before it answers"  //
	diskFull      step = "not killed: the disk is full before the click"
	diskFullLate  step = "killed; the disk was full before the answer"
	notKilled     step = "not killed: the companion finds out by itself"
)

// steps are those that kill.
var steps = []step{
	beforeWriting, beforeSending, onItsWay, acted, halfAnswered, answered, beforeTelling, told, atRandom, beforeCancel, cancelActed,
	diskFullLate,
}

// A fault is what goes wrong with the answer to a purchase.
type fault string

const (
	none          fault = ""
	droppedBefore fault = "dropped before acting"
	droppedAfter  fault = "dropped after acting"
	failedBefore  fault = "HTTP 500 before acting"
	failedAfter   fault = "HTTP 503 after acting"
	webPage       fault = "HTML 502 after acting"
	truncated     fault = "truncated JSON after acting"
	tooMany       fault = "HTTP 429"
	silence       fault = "no answer at all after acting"
)

var faults = []fault{droppedBefore, droppedAfter, failedBefore, failedAfter, webPage, truncated, tooMany, silence}

// line is the wire between the companion and its provider, and all that happens to it.
type line struct {
	to   http.Handler
	kill func()
	fill func(full bool) error

	mu    sync.Mutex
	step  step  // of the purchase under way; used up when it happens
	fault fault // likewise
	met   chan struct{}
	noise float64
}

// next says what the next purchase meets. The channel is closed when it meets its fault,
// or a full disk.
func (l *line) next(s step, f fault) (met <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.step, l.fault, l.met = s, f, make(chan struct{})
	return l.met
}

// take uses up the step if it is one of those, and the fault if it is a purchase's turn.
func (l *line) take(purchase bool, of ...step) (s step, f fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, o := range of {
		if l.step == o {
			s, l.step = o, ""
		}
	}
	if purchase {
		if f, l.fault = l.fault, none; f != none || s == diskFullLate {
			close(l.met)
		}
	}
	return s, f
}

func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var s step
	var f fault
	switch {
	case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/numbers/orders"):
		s, f = l.take(true, beforeSending, onItsWay, acted, halfAnswered, answered, beforeTelling, diskFullLate)
	case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/cancel"):
		s, _ = l.take(false, beforeCancel, cancelActed)
	case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/numbers/services"):
		s, _ = l.take(false, beforeWriting)
		fallthrough
	default:
		if s == "" && rand.Float64() < l.noise {
			http.Error(w, "<html>bad gateway</html>", http.StatusBadGateway)
			return
		}
	}
	l.carry(w, r, s, f)
}

func (l *line) carry(w http.ResponseWriter, r *http.Request, s step, f fault) {
	switch s {
	case beforeWriting, beforeSending:
		l.kill()
		panic(http.ErrAbortHandler)
	case onItsWay, beforeCancel:
		body, _ := io.ReadAll(r.Body)
		late := r.WithContext(context.WithoutCancel(r.Context()))
		late.Body = io.NopCloser(bytes.NewReader(body))
		l.kill()
		l.deliver(late)
		panic(http.ErrAbortHandler)
	case acted, cancelActed:
		l.deliver(r)
		l.kill()
		panic(http.ErrAbortHandler)
	case diskFullLate:
		if err := l.fill(true); err != nil {
			panic(err) // nothing else the trial says would be true
		}
		l.to.ServeHTTP(w, r)
	case halfAnswered, answered, beforeTelling:
		answer, whole := l.deliver(r)
		if !whole {
			l.kill()
			panic(http.ErrAbortHandler)
		}
		size := answer.Body.Len()
		if s == halfAnswered {
			size /= 2
		}
		copyAnswer(w, answer, size)
		_ = http.NewResponseController(w).Flush()
		if s == beforeTelling {
			<-time.After(rand.N(4 * time.Millisecond))
		}
		l.kill()
	default:
		l.spoil(w, r, f)
	}
}

// deliver takes a request to the provider, which may break off on its own account.
func (l *line) deliver(r *http.Request) (answer *httptest.ResponseRecorder, whole bool) {
	defer func() {
		if broken := recover(); broken != nil && broken != http.ErrAbortHandler {
			panic(broken)
		}
	}()
	answer = httptest.NewRecorder()
	l.to.ServeHTTP(answer, r)
	return answer, true
}

// spoil answers with a fault, without a kill.
func (l *line) spoil(w http.ResponseWriter, r *http.Request, f fault) {
	switch f {
	case droppedAfter, failedAfter, webPage, truncated, silence:
		answer, whole := l.deliver(r)
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
			copyAnswer(w, answer, answer.Body.Len()/2)
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
		l.to.ServeHTTP(w, r)
	}
}

func copyAnswer(w http.ResponseWriter, answer *httptest.ResponseRecorder, size int) {
	for name, values := range answer.Header() {
		if name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()[:size])
}
