package logspanel

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/logspanel/companion/shared/money"
)

// Country is a country that numbers are sold from.
type Country struct {
	ID          ID
	Name        string
	Short       string // ISO 3166, lower case: "us"
	CallingCode string // without the plus: "1"
	Region      string
	Image       string // an absolute URL or a relative path
}

// Countries lists every country that numbers are sold from.
func (c *Client) Countries(ctx context.Context) ([]Country, error) {
	return list[countryWire](ctx, c, countriesEndpoint, nil)
}

type countryWire struct {
	ID          ID   `json:"id"`
	Name        name `json:"name"`
	Short       name `json:"short"`
	CallingCode name `json:"calling_code"`
	Region      name `json:"region"`
	Image       text `json:"image"`
}

func (w countryWire) value() (Country, error) {
	if w.ID == "" {
		return Country{}, missing("id")
	}
	return Country{
		ID: w.ID, Name: string(w.Name), Short: string(w.Short), CallingCode: string(w.CallingCode),
		Region: string(w.Region), Image: string(w.Image),
	}, nil
}

// Service is an offer: a service, such as Telegram, that numbers of one country are sold for.
type Service struct {
	ID          ID
	Name        string
	CountryID   ID
	CountryName string
	Price       money.Money // zero where unknown
	Available   int         // numbers in stock
	Category    string
}

// Services lists the services that a country's numbers are sold for, with their prices.
func (c *Client) Services(ctx context.Context, countryID ID) ([]Service, error) {
	return list[serviceWire](ctx, c, servicesEndpoint, url.Values{"country_id": {string(countryID)}})
}

type serviceWire struct {
	ServiceID   ID     `json:"service_id"`
	ServiceName name   `json:"service_name"`
	CountryID   ID     `json:"country_id"`
	CountryName name   `json:"country_name"`
	Price       amount `json:"price"`
	Currency    text   `json:"currency"`
	Available   count  `json:"available_quantity"`
	Category    name   `json:"category"`
}

func (w serviceWire) value() (Service, error) {
	if w.ServiceID == "" {
		return Service{}, missing("service_id")
	}
	return Service{
		ID: w.ServiceID, Name: string(w.ServiceName), CountryID: w.CountryID, CountryName: string(w.CountryName),
		Price: w.Price.price(w.Currency), Available: int(w.Available), Category: string(w.Category),
	}, nil
}

// AreaCodes lists the area codes that a purchase can ask for. It returns none where the
// provider offers no choice.
func (c *Client) AreaCodes(ctx context.Context, countryID, serviceID ID) ([]string, error) {
	return get[areaCodesWire](ctx, c, areaCodesEndpoint, "", url.Values{
		"country_id": {string(countryID)}, "service_id": {string(serviceID)},
	})
}

// anyArea is the entry in the provider's list of area codes that means no choice.
const anyArea = "Random"

type areaCodesWire struct {
	Codes []text `json:"codes"`
}

func (w areaCodesWire) value() ([]string, error) {
	if w.Codes == nil {
		return nil, missing("codes")
	}
	var codes []string
	for _, code := range w.Codes {
		if code != "" && code != anyArea {
			codes = append(codes, string(code))
		}
	}
	return codes, nil
}

// Purchase is a request for one number. It carries no price: the provider charges its
// current one.
type Purchase struct {
	CountryID      ID
	ServiceID      ID
	AreaCodes      []string // some of those that Client.AreaCodes lists; empty: any
	IdempotencyKey string   // 1 to 255 visible ASCII characters
	Generation     string   // the generation of the only API key that may send it; empty: any
}

// maxIdempotencyKey is the usual limit for such a key; the provider publishes none.
const maxIdempotencyKey = 255

// body encodes the request. Equal purchases always give equal bytes, which the provider
// compares when it sees an idempotency key again.
func (p Purchase) body() ([]byte, error) {
	invalid := func(what string) ([]byte, error) { return nil, fmt.Errorf("%w: %s", ErrInvalid, what) }
	switch {
	case p.CountryID == "":
		return invalid("no country is named")
	case p.ServiceID == "":
		return invalid("no service is named")
	case p.IdempotencyKey == "" || len(p.IdempotencyKey) > maxIdempotencyKey || checkKey(p.IdempotencyKey) != nil:
		return invalid("the idempotency key is not 1 to 255 visible ASCII characters")
	case slices.Contains(p.AreaCodes, "") || slices.Contains(p.AreaCodes, anyArea):
		return invalid("an area code is empty or stands for no choice")
	}
	return json.Marshal(struct {
		CountryID      wireID   `json:"country_id"`
		ServiceID      wireID   `json:"service_id"`
		AreaCodes      []string `json:"selected_area_codes,omitempty"`
		IdempotencyKey string   `json:"idempotency_key"`
	}{wireID(p.CountryID), wireID(p.ServiceID), p.AreaCodes, p.IdempotencyKey})
}

// NumberOrder is a number that was bought.
type NumberOrder struct {
	ID          ID
	Status      string // "waiting_for_code", "completed" or an unpublished one
	Number      string // E.164: "+1234567890"
	ServiceID   ID
	ServiceName string
	CountryID   ID
	CountryName string
	Price       money.Money   // zero where unknown
	TimeLeft    time.Duration // whole seconds; it is not published whether a stored order's counts down
	Code        string        // empty until the SMS has arrived
	Message     string        // the provider's, for the person
	Refunded    bool
	CreatedAt   time.Time // UTC; zero in the response to a purchase
}

// Bought is the response to a purchase.
type Bought struct {
	Order        NumberOrder
	BalanceAfter money.Money // zero where unknown
	Replayed     bool        // the first response again: BalanceAfter and Order.TimeLeft date from then
}

// BuyNumber buys one number. It sends the request once; OutcomeOf says what an error means.
// Calling it again with the same Purchase, while the provider still remembers its
// idempotency key, returns the first response and charges nothing.
func (c *Client) BuyNumber(ctx context.Context, p Purchase) (Bought, error) {
	body, err := p.body()
	if err != nil {
		return Bought{}, &NotSentError{Call: buyNumberEndpoint.String(), Cause: err}
	}
	credentials := c.credentials
	if p.Generation != "" {
		credentials = credentials.pinnedTo(p.Generation)
	}
	r, err := c.call(ctx, credentials, buyNumberEndpoint, "", nil, body)
	if err != nil {
		return Bought{}, err
	}
	bought, err := decode[boughtWire](r.data)
	if err != nil {
		return Bought{}, r.unreadable(err)
	}
	bought.Replayed = r.replayed
	return bought, nil
}

// OrderList is the account's number orders as the provider listed them.
type OrderList struct {
	Orders   []NumberOrder // each order once
	Gapless  bool          // no order is missing before the last one
	Complete bool          // this is certainly the whole list
}

// NumberOrders lists the account's number orders. It reads all of them where atMost is 0,
// and otherwise the pages that hold the first atMost orders.
func (c *Client) NumberOrders(ctx context.Context, atMost int) (OrderList, error) {
	listed, read, err := listUpTo[numberOrderWire](ctx, c, numberOrdersEndpoint, nil, atMost)
	if err != nil {
		return OrderList{}, err
	}
	list := OrderList{Orders: make([]NumberOrder, 0, len(listed)), Gapless: read.gapless, Complete: read.complete}
	at := map[ID]int{}
	for _, o := range listed {
		if i, twice := at[o.ID]; twice {
			list.Orders[i] = o // it changed while the pages were read
			list.Complete = false
			continue
		}
		at[o.ID] = len(list.Orders)
		list.Orders = append(list.Orders, o)
	}
	return list, nil
}

// minSorted is how many orders must be sorted by time to rule out chance: the provider
// does not publish how it sorts lists.
const minSorted = 5

// CoversSince reports whether the list certainly has every order created at or after a
// time: it is complete, or it is sorted newest first and reaches back beyond that time.
func (l OrderList) CoversSince(at time.Time) bool {
	if l.Complete {
		return true
	}
	n := len(l.Orders)
	if !l.Gapless || n < minSorted || l.Orders[n-1].CreatedAt.IsZero() || !l.Orders[n-1].CreatedAt.Before(at) {
		return false
	}
	return slices.IsSortedFunc(l.Orders, func(a, b NumberOrder) int { return b.CreatedAt.Compare(a.CreatedAt) }) &&
		l.Orders[0].CreatedAt.After(l.Orders[n-1].CreatedAt)
}

// NumberOrder reads an order as the provider stored it. It does not look for a new code;
// CheckNumber does.
func (c *Client) NumberOrder(ctx context.Context, id ID) (NumberOrder, error) {
	return get[numberOrderWire](ctx, c, numberOrderEndpoint, id, nil)
}

// CheckNumber asks the provider to look for an order's code now, and returns the order.
func (c *Client) CheckNumber(ctx context.Context, id ID) (NumberOrder, error) {
	return get[numberOrderWire](ctx, c, checkNumberEndpoint, id, nil)
}

// CancelNumber cancels an order that has no code yet. The refund may follow later.
func (c *Client) CancelNumber(ctx context.Context, id ID) (Cancellation[NumberOrder], error) {
	return cancel[numberOrderWire](ctx, c, cancelNumberEndpoint, id)
}

type numberOrderWire struct {
	OrderID     ID        `json:"order_id"`
	Status      name      `json:"status"`
	Number      name      `json:"number"`
	ServiceID   ID        `json:"service_id"`
	ServiceName name      `json:"service_name"`
	CountryID   ID        `json:"country_id"`
	CountryName name      `json:"country_name"`
	Price       amount    `json:"price"`
	Currency    text      `json:"currency"`
	TimeLeft    count     `json:"time_left"`
	Code        text      `json:"code"`
	Message     text      `json:"message"`
	Refunded    flag      `json:"refunded"`
	CreatedAt   timestamp `json:"created_at"`
}

func (w numberOrderWire) value() (NumberOrder, error) {
	if w.OrderID == "" {
		return NumberOrder{}, missing("order_id")
	}
	return NumberOrder{
		ID: w.OrderID, Status: string(w.Status), Number: string(w.Number),
		ServiceID: w.ServiceID, ServiceName: string(w.ServiceName),
		CountryID: w.CountryID, CountryName: string(w.CountryName),
		Price: w.Price.price(w.Currency), TimeLeft: w.TimeLeft.seconds(),
		Code: string(w.Code), Message: string(w.Message), Refunded: bool(w.Refunded), CreatedAt: w.CreatedAt.Time,
	}, nil
}

type boughtWire struct {
	numberOrderWire
	BalanceAfter amount `json:"balance_after"`
}

func (w boughtWire) value() (Bought, error) {
	order, err := w.numberOrderWire.value()
	bought := Bought{Order: order, BalanceAfter: w.BalanceAfter.in(w.Currency)}
	if bought.BalanceAfter.Minor < 0 {
		bought.BalanceAfter = money.Money{} // nothing is sold on credit, so this is not a balance
	}
	return bought, err
}
