package sandbox

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// numberOrder is a number that was bought. What depends on the clock is computed when it
// is read.
type numberOrder struct {
	id       string
	number   string
	offer    listing // as it was at the purchase
	price    int64   // kobo
	created  time.Time
	expires  time.Time
	code     string    // known before it is sent where it was scripted
	message  string    // reported beside the code
	codeAt   time.Time // when the SMS arrives; zero where none was sent
	checked  bool      // a check has found the code
	canceled bool
	refundAt time.Time
	refunded bool
}

func (o *numberOrder) hasCode(now time.Time) bool {
	return !o.codeAt.IsZero() && !o.codeAt.After(now)
}

// live reports whether an SMS to the number would still arrive.
func (o *numberOrder) live(now time.Time) bool { return !o.canceled && now.Before(o.expires) }

func (o *numberOrder) refundDue(now time.Time) bool {
	return o.canceled && !o.refunded && !o.refundAt.After(now)
}

// numberJSON is an order in responses. Its ids are strings; those of boughtJSON, the
// response to a purchase, are numbers.
type numberJSON struct {
	OrderID     string  `json:"order_id"`
	Status      string  `json:"status"`
	Number      string  `json:"number"`
	ServiceID   string  `json:"service_id"`
	ServiceName string  `json:"service_name"`
	CountryID   string  `json:"country_id"`
	CountryName string  `json:"country_name"`
	Price       string  `json:"price"`
	Currency    string  `json:"currency"`
	TimeLeft    int     `json:"time_left"`
	Code        *string `json:"code"`
	Message     string  `json:"message"`
	Refunded    bool    `json:"refunded"`
	CreatedAt   string  `json:"created_at"`
}

type boughtJSON struct {
	OrderID      string `json:"order_id"`
	Status       string `json:"status"`
	Number       string `json:"number"`
	ServiceID    int    `json:"service_id"`
	ServiceName  string `json:"service_name"`
	CountryID    int    `json:"country_id"`
	CountryName  string `json:"country_name"`
	Price        string `json:"price"`
	Currency     string `json:"currency"`
	TimeLeft     int    `json:"time_left"`
	BalanceAfter string `json:"balance_after"`
}

const timeFormat = "2006-01-02T15:04:05.000000Z"

func (o *numberOrder) json(now time.Time) numberJSON {
	a := numberJSON{
		OrderID: o.id, Status: "waiting_for_code", Number: o.number,
		ServiceID: o.offer.id, ServiceName: o.offer.name,
		CountryID: strconv.Itoa(o.offer.country.id), CountryName: o.offer.country.name,
		Price: naira(o.price).Decimal(), Currency: currency,
		TimeLeft: o.timeLeft(now), Message: "Still waiting...",
		Refunded: o.refunded, CreatedAt: o.created.Format(timeFormat),
	}
	switch {
	case o.canceled:
		a.Status, a.Message, a.TimeLeft = "cancelled", "Order cancelled", 0
	case o.checked:
		a.Status, a.Message, a.Code, a.TimeLeft = "completed", o.message, &o.code, 0
	case !now.Before(o.expires) && !o.hasCode(now):
		a.Status, a.Message = "expired", "No code was received in time"
	}
	return a
}

func (o *numberOrder) timeLeft(now time.Time) int {
	return int(max(o.expires.Sub(now), 0) / time.Second)
}

// idempotentPurchase is what the provider remembers of an idempotency key.
type idempotentPurchase struct {
	at       time.Time
	body     string
	response []byte
}

// purchaseBody is the body of a purchase. Ids are numbers or strings.
type purchaseBody struct {
	CountryID json.RawMessage `json:"country_id"`
	ServiceID json.RawMessage `json:"service_id"`
	AreaCodes []string        `json:"selected_area_codes,omitempty"`
	Key       string          `json:"idempotency_key"`
}

func (p *Provider) buyNumberLocked(r request) response {
	var body purchaseBody
	if err := json.Unmarshal(r.body, &body); err != nil {
		return invalid("The request body must be valid JSON.")
	}
	if body.Key == "" || len(body.Key) > 255 {
		return invalid("The idempotency key field is required and must not be greater than 255 characters.")
	}
	// Purchases are compared in a normal form, however their JSON is written.
	countryID, serviceID := idText(body.CountryID), idText(body.ServiceID)
	normal := fmt.Sprintf("%s %s %q", countryID, serviceID, body.AreaCodes)
	if first, ok := p.purchases[body.Key]; ok && p.nowLocked().Sub(first.at) < p.opts.KeyLifetime {
		return first.replay(normal)
	}
	o, refusal := p.findOfferLocked(countryID, serviceID)
	if o == nil {
		return refusal
	}
	if !o.hasAreas(body.AreaCodes) {
		return invalid("The selected area codes are invalid.")
	}
	area := ""
	if len(body.AreaCodes) > 0 {
		area = body.AreaCodes[0]
	}
	order, refusal := p.sellNumberLocked(o, area)
	if order == nil {
		return refusal
	}
	service, _ := strconv.Atoi(o.id)
	resp := success(boughtJSON{
		OrderID: order.id, Status: "waiting_for_code", Number: order.number,
		ServiceID: service, ServiceName: o.name, CountryID: o.country.id, CountryName: o.country.name,
		Price: naira(order.price).Decimal(), Currency: currency,
		TimeLeft: order.timeLeft(order.created), BalanceAfter: p.walletLocked().Decimal(),
	})
	p.purchases[body.Key] = idempotentPurchase{at: order.created, body: normal, response: resp.body}
	return resp
}

// replay is the response to a purchase whose idempotency key is known.
func (first idempotentPurchase) replay(body string) response {
	if first.body != body {
		return conflict("IDEMPOTENCY_KEY_REUSED", "This idempotency key was already used with different parameters.")
	}
	return response{status: http.StatusOK, body: first.response, header: http.Header{
		"Content-Type":        {"application/json"},
		"Idempotent-Replayed": {"true"},
	}}
}

// hasAreas reports whether all of the area codes can be chosen.
func (o *listing) hasAreas(areas []string) bool {
	return !slices.ContainsFunc(areas, func(code string) bool {
		return o.country.short != "us" || !slices.Contains(usAreas, code)
	})
}

// sellNumberLocked charges for a number. It is in the area if one is named, unless a
// NextOrder names another number.
func (p *Provider) sellNumberLocked(o *listing, area string) (*numberOrder, response) {
	var next NextOrder
	if len(p.next) > 0 {
		next = p.next[0]
	}
	number := next.Number
	if number == "" {
		number = p.newNumberLocked(o.country, area)
	}
	switch {
	case o.stock <= 0 || number == "":
		return nil, conflict("NUMBER_OUT_OF_STOCK", "No numbers are available for this service right now.")
	case o.price > p.balance:
		return nil, errorResponse(http.StatusPaymentRequired, "INSUFFICIENT_BALANCE", "Insufficient wallet balance.")
	}
	o.stock--
	now := p.nowLocked()
	order := &numberOrder{
		id: strconv.Itoa(123456789 + len(p.numbers)), number: number,
		offer: *o, price: o.price, created: now, expires: now.Add(p.opts.OrderLifetime),
		code: next.Code, message: cmp.Or(next.Message, "Code Received"),
	}
	if next.Sent {
		order.codeAt = now
	}
	p.next = p.next[min(1, len(p.next)):]
	p.numbers = append(p.numbers, order)
	p.moveMoneyLocked(Charge, order.id, order.price, now)
	return order, response{}
}

// idText returns an id of a body as text, whether it is a number or a string.
func idText(raw json.RawMessage) string {
	if bytes.Equal(raw, []byte("null")) {
		return ""
	}
	return string(bytes.Trim(raw, `"`))
}

// numberListLocked returns every order, newest first.
func (p *Provider) numberListLocked() (list []numberJSON) {
	now := p.nowLocked()
	for _, o := range slices.Backward(p.numbers) {
		list = append(list, o.json(now))
	}
	return list
}

func (p *Provider) findNumberLocked(id string) (*numberOrder, response) {
	for _, o := range p.numbers {
		if o.id == id {
			return o, response{}
		}
	}
	return nil, notFound("NUMBER_ORDER_NOT_FOUND", "Number order not found.")
}

func (p *Provider) getNumberLocked(id string) response {
	o, refusal := p.findNumberLocked(id)
	if o == nil {
		return refusal
	}
	return success(o.json(p.nowLocked()))
}

func (p *Provider) checkNumberLocked(id string) response {
	o, refusal := p.findNumberLocked(id)
	if o == nil {
		return refusal
	}
	now := p.nowLocked()
	o.checked = o.checked || o.hasCode(now)
	return success(o.json(now))
}

func (p *Provider) cancelNumberLocked(id string) response {
	o, refusal := p.findNumberLocked(id)
	if o == nil {
		return refusal
	}
	now := p.nowLocked()
	if o.hasCode(now) {
		return conflict("NUMBER_CODE_ALREADY_RECEIVED", "A code has already been received for this number.")
	}
	if !o.canceled {
		o.canceled, o.codeAt, o.refundAt = true, time.Time{}, now.Add(p.opts.RefundDelay)
		if offer, ok := p.offers[o.offer.id]; ok {
			offer.stock++
		}
		p.payRefundsLocked()
	}
	e := envelope{Success: true, Message: "Order cancelled successfully."}
	if !p.opts.TerseCancels {
		e.Data = o.json(now)
	}
	return e.response()
}

// ErrNoOpenOrder means that no open order has the number.
var ErrNoOpenOrder = errors.New("no open order has this number")

// SendSMS sends a code to a number in E.164 and returns it: six digits, unless a NextOrder
// named another. The SMS arrives after Options.CodeDelay. A second call returns the same
// code.
func (p *Provider) SendSMS(number string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.liveOrderLocked(number)
	if o == nil {
		return "", ErrNoOpenOrder
	}
	if !o.codeAt.IsZero() {
		return o.code, nil
	}
	if o.code == "" {
		o.code = fmt.Sprintf("%06d", p.random.IntN(1_000_000))
	}
	o.codeAt = p.nowLocked().Add(p.opts.CodeDelay)
	return o.code, nil
}

func (p *Provider) liveOrderLocked(number string) *numberOrder {
	now := p.nowLocked()
	for _, o := range p.numbers {
		if o.number == number && o.live(now) {
			return o
		}
	}
	return nil
}

// hasReceived reports whether a code was sent to a number and has arrived.
func (p *Provider) hasReceived(number, code string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.nowLocked()
	return slices.ContainsFunc(p.numbers, func(o *numberOrder) bool {
		return o.number == number && o.code == code && o.hasCode(now)
	})
}
