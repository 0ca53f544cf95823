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

// FaultKind is the kind of a Fault.
type FaultKind string

// The kinds of faults.
const (
	Drop          FaultKind = "drop"         // the connection closes without a response
	HTML          FaultKind = "html"         // a web page with Status (default 502)
	Refuse        FaultKind = "refuse"       // the API's envelope with Status (default 400), Code and Message
	Redirect      FaultKind = "redirect"     // a 302 to Location
	TruncateJSON  FaultKind = "truncate"     // a complete response whose JSON ends in the middle
	CutConnection FaultKind = "cut"          // the connection closes in the middle of the response
	OversizedBody FaultKind = "huge"         // a response of 9 MiB
	Slow          FaultKind = "slow"         // the correct response, after DelayMS
	PriceRise     FaultKind = "price_raised" // the service's price rises by 20 % just before a purchase
	SoldOut       FaultKind = "sold_out"     // the service sells out just before a purchase
	PartialList   FaultKind = "partial"      // a list has only its last item and claims seven pages
	LateRefund    FaultKind = "late_refund"  // the refund of a cancellation comes RefundS later
)

// Fault is a failure of the next calls that match it.
type Fault struct {
	Kind   FaultKind `json:"kind"`
	Method string    `json:"method,omitempty"` // empty: any
	Path   string    `json:"path,omitempty"`   // below Path, with "*" for any one segment; empty: any
	Times  int       `json:"times,omitempty"`  // how many calls fail; 0: one, -1: all until ClearFaults
	Skip   int       `json:"skip,omitempty"`   // how many matching calls succeed first

	// Processed says that the provider carries out the call before it fails, as
	// TruncateJSON, CutConnection, PriceRise, SoldOut, PartialList and LateRefund always do.
	Processed bool `json:"acts,omitempty"`

	Status     int    `json:"status,omitempty"`
	Code       string `json:"code,omitempty"`
	Message    string `json:"message,omitempty"`
	Location   string `json:"location,omitempty"`
	RetryAfter int    `json:"retry_after,omitempty"` // seconds; 0: no such header
	RetryDate  bool   `json:"retry_date,omitempty"`  // write the header as a date

	DelayMS int `json:"delay_ms,omitempty"` // before the response, with any kind
	RefundS int `json:"refund_s,omitempty"` // seconds
}

func (f Fault) valid() error {
	kinds := []FaultKind{Drop, HTML, Refuse, Redirect, TruncateJSON, CutConnection, OversizedBody, Slow, PriceRise, SoldOut, PartialList, LateRefund}
	switch {
	case !slices.Contains(kinds, f.Kind):
		return fmt.Errorf("%q is not a kind of fault", f.Kind)
	case f.Kind == Refuse && f.Code == "":
		return errors.New("a refusal needs a code")
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("%d is not a valid status", f.Status)
	case f.Times < -1 || f.Skip < 0 || f.DelayMS < 0 || f.RetryAfter < 0 || f.RefundS < 0:
		return errors.New("a fault has a negative number")
	}
	return nil
}

// InjectFault makes the next matching calls fail. Where several faults match a call, the
// oldest counts. It returns an error for a Fault that makes no sense.
func (p *Provider) InjectFault(f Fault) error {
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

// ClearFaults removes all faults.
func (p *Provider) ClearFaults() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
}

// Faults lists the faults that are still to happen.
func (p *Provider) Faults() []Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := []Fault{}
	for _, f := range p.faults {
		list = append(list, *f)
	}
	return list
}

func (p *Provider) takeFaultLocked(r request) *Fault {
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

// serveFault responds to a call as the fault says.
func (p *Provider) serveFault(w http.ResponseWriter, r request, f Fault) {
	var normal response
	processed := f.Processed || f.Kind == TruncateJSON || f.Kind == CutConnection || f.Kind == PartialList
	switch {
	case f.Kind == LateRefund:
		normal = p.handleWithRefundDelay(r, time.Duration(f.RefundS)*time.Second)
	case processed:
		normal = p.handle(r)
	}
	if f.DelayMS > 0 {
		timer := time.NewTimer(time.Duration(f.DelayMS) * time.Millisecond)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done(): // the client is gone; a slow call is still carried out
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
		response{f.statusOr(http.StatusBadGateway), http.Header{"Content-Type": {"text/html"}}, []byte(page)}.write(w)
	case Refuse:
		errorResponse(f.statusOr(http.StatusBadRequest), f.Code, f.Message).write(w)
	case Redirect:
		response{http.StatusFound, http.Header{"Location": {f.Location}}, nil}.write(w)
	case TruncateJSON:
		normal.body = normal.body[:len(normal.body)/2]
		normal.write(w)
	case CutConnection:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(normal.body)))
		_, _ = w.Write(normal.body[:len(normal.body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case OversizedBody:
		success(string(bytes.Repeat([]byte("x"), 9<<20))).write(w)
	case PriceRise, SoldOut:
		p.alterOffer(r, f.Kind)
		p.handle(r).write(w)
	case Slow:
		if !processed {
			normal = p.handle(r)
		}
		normal.write(w)
	case PartialList:
		lastItemOnly(normal).write(w)
	case LateRefund:
		normal.write(w)
	}
}

// lastItemOnly returns a list reduced to its last item, as a paginator would that claims
// seven pages and always returns the same one.
func lastItemOnly(whole response) response {
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	var items []json.RawMessage
	if json.Unmarshal(whole.body, &body) != nil || json.Unmarshal(body.Data, &items) != nil {
		return whole // not a plain list
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

// alterOffer changes the offer that a purchase is about to buy.
func (p *Provider) alterOffer(r request, kind FaultKind) {
	var body purchaseBody
	if json.Unmarshal(r.body, &body) != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o, ok := p.offers[idText(body.ServiceID)]
	switch {
	case !ok:
	case kind == SoldOut:
		o.stock = 0
	case kind == PriceRise:
		o.price += o.price / 5
	}
}
