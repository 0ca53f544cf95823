package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultKind is what goes wrong.
type FaultKind string

// The kinds of faults.
const (
	Drop       FaultKind = "drop"         // the connection closes without an answer
	HTML       FaultKind = "html"         // Status (default 502) with a web page
	Refuse     FaultKind = "refuse"       // Status (default 400), Code and Message in the envelope
	Redirect   FaultKind = "redirect"     // 302 to Location
	Truncate   FaultKind = "truncate"     // an answer whose JSON ends in the middle
	Cut        FaultKind = "cut"          // the connection closes in the middle of the answer
	Huge       FaultKind = "huge"         // an answer of 9 MiB
	Slow       FaultKind = "slow"         // the right answer, late
	PriceRaise FaultKind = "price_raised" // the service of a purchase gets 20 % dearer just before
	SoldOut    FaultKind = "sold_out"     // the service of a purchase sells out just before
	Partial    FaultKind = "partial"      // a list shows its last item alone, and speaks of seven pages
	LateRefund FaultKind = "late_refund"  // the money of a cancelling comes back RefundS later
)

// Fault is something that goes wrong with the next calls that match it.
type Fault struct {
	Kind   FaultKind `json:"kind"`
	Method string    `json:"method,omitempty"` // empty: any
	Path   string    `json:"path,omitempty"`   // under /api/v1, "*" for any one part; empty: any
	Times  int       `json:"times,omitempty"`  // how many calls; 0: one, -1: all until Calm
	Skip   int       `json:"skip,omitempty"`   // how many matching calls go well before

	// Acts says that the provider does what the call asks before it goes wrong, as
	// Truncate, Cut, PriceRaise, SoldOut, Partial and LateRefund always do.
	Acts bool `json:"acts,omitempty"`

	Status     int    `json:"status,omitempty"`
	Code       string `json:"code,omitempty"`
	Message    string `json:"message,omitempty"`
	Location   string `json:"location,omitempty"`
	RetryAfter int    `json:"retry_after,omitempty"` // seconds; 0: no such header
	RetryDate  bool   `json:"retry_date,omitempty"`  // write the header as a date

	DelayMS int `json:"delay_ms,omitempty"` // before the answer, of any kind
	RefundS int `json:"refund_s,omitempty"` // seconds
}

func (f Fault) valid() error {
	kinds := []FaultKind{Drop, HTML, Refuse, Redirect, Truncate, Cut, Huge, Slow, PriceRaise, SoldOut, Partial, LateRefund}
	switch {
	case !slices.Contains(kinds, f.Kind):
		return fmt.Errorf("%q is no kind of fault", f.Kind)
	case f.Kind == Refuse && f.Code == "":
		return errors.New("a refusal needs a code")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("%d is no status of an answer", f.Status)
	case f.Times < -1 || f.Skip < 0 || f.DelayMS < 0 || f.RetryAfter < 0 || f.RefundS < 0:
		return errors.New("a fault's numbers are not negative")
	}
	return nil
}

// Fail makes the next calls that match go wrong. Of several faults that match, the
// oldest is taken.
func (p *Provider) Fail(f Fault) error {
	if err := f.valid(); err != nil {
		return err
	}
	if f.Times == 0 {
		f.Times = 1
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, &f)
	return nil
}

// Calm forgets all faults.
func (p *Provider) Calm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
}

// Faults lists what is still to go wrong.
func (p *Provider) Faults() []Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []Fault{}
	for _, f := range p.faults {
		list = append(list, *f)
	}
	return list
}

func (p *Provider) takeFault(r request) *Fault {
	for i, f := range p.faults {
		if !f.matches(r) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			return nil
		}
		taken := *f
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				p.faults = slices.Delete(p.faults, i, i+1)
			}
		}
		return &taken
	}
	return nil
}

func (f Fault) matches(r request) bool {
	if f.Method != "" && f.Method != r.Method {
		return false
	}
	if f.Path == "" {
		return true
	}
	want, got := strings.Split(f.Path, "/"), strings.Split(r.path, "/")
	return slices.EqualFunc(want, got, func(w, g string) bool { return w == "*" || w == g })
}

// fail answers a call as a fault has it.
func (p *Provider) fail(w http.ResponseWriter, r request, f Fault) {
	var real reply
	acted := f.Acts || f.Kind == Truncate || f.Kind == Cut || f.Kind == Partial
	switch {
	case f.Kind == LateRefund:
		real = p.answerLate(r, time.Duration(f.RefundS)*time.Second)
	case acted:
		real = p.answer(r)
	}
	if f.DelayMS > 0 {
		timer := time.NewTimer(time.Duration(f.DelayMS) * time.Millisecond)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done(): // nobody listens any more; a slow call is still carried out
		}
	}
	if f.RetryAfter > 0 {
		value := strconv.Itoa(f.RetryAfter)
		if f.RetryDate {
			now := time.Now().UTC()
			w.Header().Set("Date", now.Format(http.TimeFormat))
			value = now.Add(time.Duration(f.RetryAfter) * time.Second).Format(http.TimeFormat)
		}
		w.Header().Set("Retry-After", value)
	}
	switch f.Kind {
	case Drop:
		panic(http.ErrAbortHandler)
	case HTML:
		page := "<!doctype html><title>Error</title><h1>Something went wrong</h1>"
		reply{f.statusOr(http.StatusBadGateway), http.Header{"Content-Type": {"text/html"}}, []byte(page)}.write(w)
	case Refuse:
		refuse(f.statusOr(http.StatusBadRequest), f.Code, f.Message).write(w)
	case Redirect:
		reply{http.StatusFound, http.Header{"Location": {f.Location}}, nil}.write(w)
	case Truncate:
		real.body = real.body[:len(real.body)/2]
		real.write(w)
	case Cut:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(real.body)))
		_, _ = w.Write(real.body[:len(real.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case Huge:
		success(string(bytes.Repeat([]byte("x"), 9<<20))).write(w)
	case PriceRaise, SoldOut:
		p.disturb(r, f.Kind)
		p.answer(r).write(w)
	case Slow:
		if !acted {
			real = p.answer(r)
		}
		real.write(w)
	case Partial:
		partial(real).write(w)
	case LateRefund:
		real.write(w)
	}
}

// partial is a list of which only the last item came, in the words of a paginator that
// gives the same page whichever is asked for.
func partial(whole reply) reply {
	var said struct {
		Data json.RawMessage `json:"data"`
	}
	var items []json.RawMessage
	if json.Unmarshal(whole.body, &said) != nil || json.Unmarshal(said.Data, &items) != nil {
		return whole // no list, or one with its pages told already
	}
	items = items[max(len(items)-1, 0):]
	return success(map[string]any{"data": append([]json.RawMessage{}, items...), "current_page": 1, "last_page": 7})
}

func (f Fault) statusOr(otherwise int) int {
	if f.Status == 0 {
		return otherwise
	}
	return f.Status
}

// disturb changes the service that a purchase is about to buy.
func (p *Provider) disturb(r request, kind FaultKind) {
	var body wanted
	if json.Unmarshal(r.body, &body) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o, ok := p.offers[plainID(body.ServiceID)]
	switch {
	case !ok:
	case kind == SoldOut:
		o.stock = 0
	case kind == PriceRaise:
		o.price += o.price / 5
	}
}
