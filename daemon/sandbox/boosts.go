package sandbox

import (
	"slices"
	"time"
)

type boostService struct {
	ServiceID   string `json:"service_id"`
	ServiceName string `json:"service_name"`
	Category    string `json:"category"`
	Type        string `json:"type"`
	Rate        string `json:"rate_per_1000"`
	USDRate     string `json:"usd_rate_per_1000"`
	Currency    string `json:"currency"`
	Min         int    `json:"min"`
	Max         int    `json:"max"`
	Refill      bool   `json:"refill"`
	Cancel      bool   `json:"cancel"`
}

var boostServices = []boostService{
	{"101", "Instagram Followers, slow", "Instagram Followers", "Default", "1500.00", "1.0000", currency, 100, 10000, false, false},
	{"102", "Instagram Followers, refilled", "Instagram Followers", "Default", "2760.00", "1.8400", currency, 50, 50000, true, true},
	{"103", "TikTok Views", "TikTok Views", "Default", "90.00", "0.0612", currency, 1000, 1000000, false, true},
	{"104", "YouTube Likes", "YouTube Likes", "Default", "1975.50", "1.3170", currency, 10, 20000, true, true},
}

type boostCategory struct {
	Name string `json:"name"`
}

func boostCategoryList() (list []boostCategory) {
	for _, s := range boostServices {
		if c := (boostCategory{s.Category}); !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}

func (p *Provider) getBoostServices(r request) response {
	category := r.URL.Query().Get("category")
	return listResponse(p.opts.Lists, r, slices.DeleteFunc(slices.Clone(boostServices), func(s boostService) bool {
		return category != "" && s.Category != category
	}))
}

func getBoostService(id string) response {
	for _, s := range boostServices {
		if s.ServiceID == id {
			return success(s)
		}
	}
	return notFound("BOOST_SERVICE_NOT_FOUND", "Boost service not found.")
}

// boostOrder is an order that the account already has. After a cancellation its money
// comes back when Options.RefundDelay has passed, and its status becomes "canceled".
type boostOrder struct {
	id        string
	status    string
	service   boostService
	link      string
	quantity  int
	price     int64 // kobo
	start     *int
	remains   *int
	created   time.Time
	canceling bool
	refundAt  time.Time
	refunded  bool
	cancel    bool // the order says that it can be cancelled
	rejects   bool // and yet the supplier refuses
}

func newBoostOrders(now time.Time) []*boostOrder {
	number := func(n int) *int { return &n }
	return []*boostOrder{
		{
			id: "987654321", status: "pending", service: boostServices[1], link: "https://www.instagram.com/example/",
			quantity: 1000, price: 2760_00, created: now.Add(-20 * time.Minute), cancel: true,
		},
		{
			id: "987654322", status: "processing", service: boostServices[2], link: "https://www.tiktok.com/@example/video/1",
			quantity: 5000, price: 450_00, start: number(120), remains: number(3500), created: now.Add(-3 * time.Hour), cancel: true,
		},
		{
			id: "987654323", status: "completed", service: boostServices[0], link: "https://www.instagram.com/example/",
			quantity: 1000, price: 1500_00, start: number(80), remains: number(0), created: now.Add(-50 * time.Hour),
		},
		{
			id: "987654324", status: "processing", service: boostServices[3], link: "https://www.youtube.com/watch?v=example",
			quantity: 200, price: 395_10, start: number(10), remains: number(4), created: now.Add(-5 * time.Hour), cancel: true, rejects: true,
		},
	}
}

func (o *boostOrder) refundDue(now time.Time) bool {
	return o.canceling && !o.refunded && !o.refundAt.After(now)
}

type boostJSON struct {
	OrderID     string `json:"order_id"`
	Status      string `json:"status"`
	ServiceID   string `json:"service_id"`
	ServiceName string `json:"service_name"`
	Link        string `json:"link"`
	Quantity    int    `json:"quantity"`
	Price       string `json:"price"`
	Currency    string `json:"currency"`
	StartCount  *int   `json:"start_count"`
	Remains     *int   `json:"remains"`
	Refunded    bool   `json:"refunded"`
	Cancel      bool   `json:"cancel"`
	CreatedAt   string `json:"created_at"`
}

func (o *boostOrder) json() boostJSON {
	a := boostJSON{
		OrderID: o.id, Status: o.status, ServiceID: o.service.ServiceID, ServiceName: o.service.ServiceName,
		Link: o.link, Quantity: o.quantity, Price: naira(o.price).Decimal(), Currency: currency,
		StartCount: o.start, Remains: o.remains, Refunded: o.refunded, Cancel: o.cancel && !o.canceling,
		CreatedAt: o.created.Format(timeFormat),
	}
	switch {
	case o.refunded:
		a.Status = "canceled"
	case o.canceling:
		a.Status = "canceling"
	}
	return a
}

func (p *Provider) boostListLocked() (list []boostJSON) {
	for _, o := range p.boosts {
		list = append(list, o.json())
	}
	return list
}

func (p *Provider) findBoostLocked(id string) (*boostOrder, response) {
	for _, o := range p.boosts {
		if o.id == id {
			return o, response{}
		}
	}
	return nil, notFound("BOOST_ORDER_NOT_FOUND", "Boost order not found.")
}

func (p *Provider) getBoostLocked(id string) response {
	o, refusal := p.findBoostLocked(id)
	if o == nil {
		return refusal
	}
	return success(o.json())
}

// checkBoostLocked answers a live check. An order in progress advances with each.
func (p *Provider) checkBoostLocked(id string) response {
	o, refusal := p.findBoostLocked(id)
	if o == nil {
		return refusal
	}
	if o.status == "processing" && !o.canceling && !o.rejects && *o.remains > 0 {
		left := max(*o.remains-100, 0)
		o.remains = &left
	}
	return success(o.json())
}

func (p *Provider) cancelBoostLocked(id string) response {
	o, refusal := p.findBoostLocked(id)
	switch {
	case o == nil:
		return refusal
	case !o.cancel:
		return conflict("BOOST_CANCEL_UNAVAILABLE", "This order cannot be cancelled.")
	case o.rejects:
		return conflict("BOOST_CANCEL_REJECTED", "The supplier refused: the order is almost complete.")
	}
	if !o.canceling {
		o.canceling, o.refundAt = true, p.nowLocked().Add(p.opts.RefundDelay)
	}
	// The refund is paid before the next call, never in this response.
	return envelope{Success: true, Message: "Cancellation request submitted.", Data: o.json()}.response()
}
