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

// numberOrder is a number that was bought. What the clock changes is worked out when
// somebody looks.
type numberOrder struct {
	id       string
	number   string
	offer    offer // as it was then
	price    int64 // kobo
	created  time.Time
	expires  time.Time
	code     string    // of the text, also before it is sent; empty: to be made up
	message  string    // beside the code
	codeAt   time.Time // when the text comes; zero where none was sent
	checked  bool      // a live check has seen the code
	canceled bool
	refundAt time.Time
	refunded bool
}

func (o *numberOrder) hasCode(now time.Time) bool {
	return !o.codeAt.IsZero() && !o.codeAt.After(now)
}

// live reports that a text to the number would still arrive.
func (o *numberOrder) live(now time.Time) bool { return !o.canceled && now.Before(o.expires) }

func (o *numberOrder) refundDue(now time.Time) bool {
	return o.canceled && !o.refunded && !o.refundAt.After(now)
}

// numberAnswer is an order as the provider writes it; the answer to a purchase has
// numbers for ids, all others strings.
type numberAnswer struct {
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

type boughtAnswer struct {
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

func (o *numberOrder) answer(now time.Time) numberAnswer {
	a := numberAnswer{
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

// purchase is what an idempotency key stands for.
type purchase struct {
	at     time.Time
	body   string
	answer []byte
}

// wanted is the body of a purchase. Ids come as numbers or strings.
type wanted struct {
	CountryID json.RawMessage `json:"country_id"`
	ServiceID json.RawMessage `json:"service_id"`
	AreaCodes []string        `json:"selected_area_codes,omitempty"`
	Key       string          `json:"idempotency_key"`
}

func (p *Provider) buyNumber(r request) reply {
	var body wanted
	if err := json.Unmarshal(r.body, &body); err != nil {
		return invalid("The request body must be valid JSON.")
	}
	if body.Key == "" || len(body.Key) > 255 {
		return invalid("The idempotency key field is required and must not be greater than 255 characters.")
	}
	// One purchase is the same however it is written down.
	countryID, serviceID := plainID(body.CountryID), plainID(body.ServiceID)
	normal := fmt.Sprintf("%s %s %q", countryID, serviceID, body.AreaCodes)
	if before, ok := p.bought[body.Key]; ok && p.now().Sub(before.at) < p.opts.KeyLife {
		return before.again(normal)
	}
	o, refusal := p.findOffer(countryID, serviceID)
	if o == nil {
		return refusal
	}
	if !o.has(body.AreaCodes) {
		return invalid("The selected area codes are invalid.")
	}
	area := ""
	if len(body.AreaCodes) > 0 {
		area = body.AreaCodes[0]
	}
	order, refusal := p.sell(o, area)
	if order == nil {
		return refusal
	}
	service, _ := strconv.Atoi(o.id)
	answer := success(boughtAnswer{
		OrderID: order.id, Status: "waiting_for_code", Number: order.number,
		ServiceID: service, ServiceName: o.name, CountryID: o.country.id, CountryName: o.country.name,
		Price: naira(order.price).Decimal(), Currency: currency,
		TimeLeft: order.timeLeft(order.created), BalanceAfter: p.wallet().Decimal(),
	})
	p.bought[body.Key] = purchase{at: order.created, body: normal, answer: answer.body}
	return answer
}

// again is the answer to a purchase whose key has come before.
func (before purchase) again(body string) reply {
	if before.body != body {
		return conflict("IDEMPOTENCY_KEY_REUSED", "This idempotency key was already used with different parameters.")
	}
	return reply{status: http.StatusOK, body: before.answer, header: http.Header{
		"Content-Type":        {"application/json"},
		"Idempotent-Replayed": {"true"},
	}}
}

// has reports that a number can be asked to have one of the area codes.
func (o *offer) has(areas []string) bool {
	return !slices.ContainsFunc(areas, func(code string) bool {
		return o.country.short != "us" || !slices.Contains(usAreas, code)
	})
}

// sell charges for a number, which is in the area if one is named and Next says nothing else.
func (p *Provider) sell(o *offer, area string) (*numberOrder, reply) {
	var next Next
	if len(p.next) > 0 {
		next = p.next[0]
	}
	number := next.Number
	if number == "" {
		number = p.newNumber(o.country, area)
	}
	switch {
	case o.stock <= 0 || number == "":
		return nil, conflict("NUMBER_OUT_OF_STOCK", "No numbers are available for this service right now.")
	case o.price > p.balance:
		return nil, refuse(http.StatusPaymentRequired, "INSUFFICIENT_BALANCE", "Insufficient wallet balance.")
	}
	o.stock--
	now := p.now()
	order := &numberOrder{
		id: strconv.Itoa(123456789 + len(p.numbers)), number: number,
		offer: *o, price: o.price, created: now, expires: now.Add(p.opts.OrderLife),
		code: next.Code, message: cmp.Or(next.Message, "Code Received"),
	}
	if next.Sent {
		order.codeAt = now
	}
	p.next = p.next[min(1, len(p.next)):]
	p.numbers = append(p.numbers, order)
	p.move(Charge, order.id, order.price, now)
	return order, reply{}
}

// plainID is an id in a body, however it was written.
func plainID(raw json.RawMessage) string {
	if bytes.Equal(raw, []byte("null")) {
		return ""
	}
	return string(bytes.Trim(raw, `"`))
}

// numberList is every order, newest first.
func (p *Provider) numberList() (list []numberAnswer) {
	now := p.now()
	for _, o := range slices.Backward(p.numbers) {
		list = append(list, o.answer(now))
	}
	return list
}

func (p *Provider) findNumber(id string) (*numberOrder, reply) {
	for _, o := range p.numbers {
		if o.id == id {
			return o, reply{}
		}
	}
	return nil, notFound("NUMBER_ORDER_NOT_FOUND", "Number order not found.")
}

func (p *Provider) getNumber(id string) reply {
	o, refusal := p.findNumber(id)
	if o == nil {
		return refusal
	}
	return success(o.answer(p.now()))
}

func (p *Provider) checkNumber(id string) reply {
	o, refusal := p.findNumber(id)
	if o == nil {
		return refusal
	}
	now := p.now()
	o.checked = o.checked || o.hasCode(now)
	return success(o.answer(now))
}

func (p *Provider) cancelNumber(id string) reply {
	o, refusal := p.findNumber(id)
	if o == nil {
		return refusal
	}
	now := p.now()
	if o.hasCode(now) {
		return conflict("NUMBER_CODE_ALREADY_RECEIVED", "A code has already been received for this number.")
	}
	if !o.canceled {
		o.canceled, o.codeAt, o.refundAt = true, time.Time{}, now.Add(p.opts.RefundDelay)
		if offer, ok := p.offers[o.offer.id]; ok {
			offer.stock++
		}
		p.settle()
	}
	e := envelope{Success: true, Message: "Order cancelled successfully."}
	if !p.opts.TerseCancels {
		e.Data = o.answer(now)
	}
	return e.reply()
}

// ErrNoOrder says that no order whose time still runs has a number.
var ErrNoOrder = errors.New("no order that still runs has this number")

// Deliver sends a text with a code to a number in E.164: six digits, unless Next named
// another. It arrives after the Options' delay; the code is returned. Sent again it is
// the same code.
func (p *Provider) Deliver(number string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.liveOrder(number)
	if o == nil {
		return "", ErrNoOrder
	}
	if !o.codeAt.IsZero() {
		return o.code, nil
	}
	if o.code == "" {
		o.code = fmt.Sprintf("%06d", p.random.IntN(1_000_000))
	}
	o.codeAt = p.now().Add(p.opts.CodeDelay)
	return o.code, nil
}

func (p *Provider) liveOrder(number string) *numberOrder {
	now := p.now()
	for _, o := range p.numbers {
		if o.number == number && o.live(now) {
			return o
		}
	}
	return nil
}

// delivered reports that a code was sent to a number and has arrived.
func (p *Provider) delivered(number, code string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	return slices.ContainsFunc(p.numbers, func(o *numberOrder) bool {
		return o.number == number && o.code == code && o.hasCode(now)
	})
}
