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

// Country is where a number can come from.
type Country struct {
	ID          ID
	Name        string
	Short       string // ISO 3166, lower case: "us"
	CallingCode string // without the plus: "1"
	Region      string
	Image       string // an absolute URL or a relative path
}

// Countries lists every country.
func (c *Client) Countries(ctx context.Context) ([]Country, error) {
	return list[countryWire](ctx, c, countries, nil)
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

// Service is what a number of one country can be bought for.
type Service struct {
	ID          ID
	Name        string
	CountryID   ID
	CountryName string
	Price       money.Money
	Available   int
	Category    string
}

// Services lists what a country's numbers can be bought for.
func (c *Client) Services(ctx context.Context, countryID ID) ([]Service, error) {
	return list[serviceWire](ctx, c, services, url.Values{"country_id": {string(countryID)}})
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

// AreaCodes lists the area codes that a number can be asked to have. None: the
// provider offers no choice.
func (c *Client) AreaCodes(ctx context.Context, countryID, serviceID ID) ([]string, error) {
	return get[areaCodesWire](ctx, c, areaCodes, "", url.Values{
		"country_id": {string(countryID)}, "service_id": {string(serviceID)},
	})
}

// anyArea stands in the list of area codes for no choice.
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

// Purchase asks for one number. No price is sent: the provider computes it.
type Purchase struct {
	CountryID      ID
	ServiceID      ID
	AreaCodes      []string // empty unless the person chose of those that AreaCodes lists
	IdempotencyKey string   // 1 to 255 visible ASCII characters
	Generation     string   // of the only API key that may send it; empty: any
}

// maxIdempotencyKey is the usual width of such a key; the provider publishes none.
const maxIdempotencyKey = 255

// body is the request's body: the same bytes for the same purchase, always.
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
		return invalid("an area code is none")
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
	Status      string // "waiting_for_code", "completed" and others that are not published
	Number      string // E.164: "+1234567890"
	ServiceID   ID
	ServiceName string
	CountryID   ID
	CountryName string
	Price       money.Money   // zero where the provider gives none that can be one
	TimeLeft    time.Duration // whole seconds; whether a stored order's counts down is not published
	Code        string        // empty until the SMS has come
	Message     string
	Refunded    bool
	CreatedAt   time.Time // zero in the answer to a purchase
}

// Bought is the answer to a purchase.
type Bought struct {
	Order        NumberOrder
	BalanceAfter money.Money
	Replayed     bool // an earlier answer again: BalanceAfter and Order.TimeLeft are of then
}

// BuyNumber buys one number. The same Purchase sent again, while the provider still
// knows its key, returns the first answer and charges nothing. It is sent once; ask
// OutcomeOf what an error means.
func (c *Client) BuyNumber(ctx context.Context, p Purchase) (Bought, error) {
	body, err := p.body()
	if err != nil {
		return Bought{}, &NotSentError{Call: buyNumber.String(), Cause: err}
	}
	credentials := c.credentials
	if p.Generation != "" {
		credentials = credentials.only(p.Generation)
	}
	a, err := c.call(ctx, credentials, buyNumber, "", nil, body)
	if err != nil {
		return Bought{}, err
	}
	bought, err := decode[boughtWire](a.data)
	if err != nil {
		return Bought{}, a.unusable(err)
	}
	bought.Replayed = a.replayed
	return bought, nil
}

// OrderList is the account's number orders as the provider listed them.
type OrderList struct {
	Orders   []NumberOrder // each once
	Gapless  bool          // none is missing before the last of them
	Complete bool          // nor after it: the answers show for certain that this is all
}

// NumberOrders lists the account's number orders: all of them, or, where atMost is
// not 0, the pages that hold the first so many.
func (c *Client) NumberOrders(ctx context.Context, atMost int) (OrderList, error) {
	listed, read, err := listUpTo[numberOrderWire](ctx, c, numberOrders, nil, atMost)
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

// enoughSorted is how many orders have to be in their order by time for that to be no
// chance: how lists are sorted is not published.
const enoughSorted = 5

// Since reports that no order made at or after a time is missing from the list: it is
// complete, or it has the newest orders first and reaches back to before that time.
func (l OrderList) Since(at time.Time) bool {
	if l.Complete {
		return true
	}
	n := len(l.Orders)
	if !l.Gapless || n < enoughSorted || l.Orders[n-1].CreatedAt.IsZero() || !l.Orders[n-1].CreatedAt.Before(at) {
		return false
	}
	return slices.IsSortedFunc(l.Orders, func(a, b NumberOrder) int { return b.CreatedAt.Compare(a.CreatedAt) }) &&
		l.Orders[0].CreatedAt.After(l.Orders[n-1].CreatedAt)
}

// NumberOrder reads a stored order.
func (c *Client) NumberOrder(ctx context.Context, id ID) (NumberOrder, error) {
	return get[numberOrderWire](ctx, c, numberOrder, id, nil)
}

// CheckNumber asks the provider to look for an order's code now.
func (c *Client) CheckNumber(ctx context.Context, id ID) (NumberOrder, error) {
	return get[numberOrderWire](ctx, c, checkNumber, id, nil)
}

// CancelNumber cancels an order that has no code; the refund follows.
func (c *Client) CancelNumber(ctx context.Context, id ID) (Cancellation[NumberOrder], error) {
	return cancel[numberOrderWire](ctx, c, cancelNumber, id)
}

type numberOrderWire struct {
	OrderID     ID     `json:"order_id"`
	Status      name   `json:"status"`
	Number      name   `json:"number"`
	ServiceID   ID     `json:"service_id"`
	ServiceName name   `json:"service_name"`
	CountryID   ID     `json:"country_id"`
	CountryName name   `json:"country_name"`
	Price       amount `json:"price"`
	Currency    text   `json:"currency"`
	TimeLeft    count  `json:"time_left"`
	Code        text   `json:"code"`
	Message     text   `json:"message"`
	Refunded    flag   `json:"refunded"`
	CreatedAt   moment `json:"created_at"`
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
		bought.BalanceAfter = money.Money{} // nothing is sold on credit; the wallet says more when it is read
	}
	return bought, err
}
