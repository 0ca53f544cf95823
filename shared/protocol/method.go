package protocol

import (
	"time"

	"github.com/logspanel/companion/shared/money"
)

// The methods. Hello is the first message of a session, and nothing else is
// answered before it.
const (
	SessionHello  = "session.hello"
	SessionPing   = "session.ping"
	SessionLeave  = "session.leave"
	StateGet      = "state.get"
	WalletRefresh = "wallet.refresh"
	CountryList   = "country.list"
	OfferSearch   = "offer.search"
	AreaList      = "area.list"
	OrderQuote    = "order.quote"
	OrderBuy      = "order.buy"
	OrderCancel   = "order.cancel"
	OrderDecide   = "order.decide"
	OrderCode     = "order.code"
	OrderList     = "order.list"
	LogCategories = "log.categories"
	LogOrders     = "log.orders"
	BoostServices = "boost.services"
	BoostOrders   = "boost.orders"
	BoostCheck    = "boost.check"
	BoostCancel   = "boost.cancel"
	KeyAsk        = "key.ask"
	StateChanged  = "state.changed" // the one notification
)

// Hello says who the client is. Browser and name are shown to the person where
// paired browsers are listed.
type Hello struct {
	Version string `json:"version"` // of the extension
	Browser string `json:"browser"` // such as "Chromium 156"
	Name    string `json:"name"`    // what the person called this browser, or empty
	// Replaces is the client id that this browser had before: with a pairing code, the
	// new one takes its place.
	Replaces string `json:"replaces,omitempty"`
}

// Welcome answers Hello.
type Welcome struct {
	Version  string       `json:"version"` // of the daemon
	ClientID string       `json:"client_id"`
	Paired   *Credentials `json:"paired,omitempty"` // only in answer to a pairing code
	Snapshot Snapshot     `json:"snapshot"`
}

// Credentials are what a pairing leaves behind. The secret is the pre-shared key
// of every later handshake.
type Credentials struct {
	ClientID string `json:"client_id"`
	Secret   []byte `json:"secret"` // 32 bytes
}

// Empty is the params or the result of a method that needs none.
type Empty struct{}

// Country is where a number can come from.
type Country struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Short       string `json:"short"` // ISO 3166, lower case
	CallingCode string `json:"calling_code"`
	Region      string `json:"region,omitempty"`
}

// Countries answers country.list.
type Countries struct {
	Countries []Country `json:"countries"`
	AsOf      time.Time `json:"as_of"`
}

// Search asks for services by the words of a service's and a country's name in
// any order. With Service, only services of exactly that name (case-blind).
type Search struct {
	Query     string `json:"query"`
	Service   string `json:"service,omitempty"`
	CountryID string `json:"country_id,omitempty"`
	// Places are the only ones searched, if there are any.
	Places []Place `json:"places,omitempty"`
	// Prefer comes first of what is in stock, in this order. One without a service is
	// any service of that country.
	Prefer []Place `json:"prefer,omitempty"`
	Sort   Sort    `json:"sort,omitempty"`
	Offset int     `json:"offset,omitempty"` // how many offers are left out before the first
	Limit  int     `json:"limit"`            // at most this many offers; 1 to 200
}

// Sort is what offers are compared by. What is in stock always comes first.
type Sort string

// The sorts.
const (
	SortPrice    Sort = ""       // the cheapest first
	SortStock    Sort = "stock"  // the most left first
	SortDelivery Sort = "record" // the best delivered first, of those with a record
)

// Offer is one service in one country.
type Offer struct {
	ServiceID    string         `json:"service_id"`
	ServiceName  string         `json:"service_name"`
	CountryID    string         `json:"country_id"`
	CountryName  string         `json:"country_name"`
	CountryShort string         `json:"country_short"`
	CallingCode  string         `json:"calling_code"`
	Price        money.Money    `json:"price"`
	Available    int            `json:"available"`
	Category     string         `json:"category,omitempty"`
	Stats        *DeliveryStats `json:"record,omitempty"`
}

// DeliveryStats is what became of the account's own orders of a service in a country. It is
// absent while there are too few to mean something.
type DeliveryStats struct {
	Orders    int `json:"orders"`
	Delivered int `json:"delivered"`         // how many of them got a code
	Seconds   int `json:"seconds,omitempty"` // the median wait for one; 0: not known
}

// Offers answers offer.search.
type Offers struct {
	Offers  []Offer   `json:"offers"`
	Offset  int       `json:"offset,omitempty"` // how many matched before the first of them
	Total   int       `json:"total"`            // how many matched
	Loading bool      `json:"loading"`          // more countries are being fetched; a change follows
	AsOf    time.Time `json:"as_of"`            // of the oldest price shown
}

// Place names a service in a country.
type Place struct {
	CountryID string `json:"country_id"`
	ServiceID string `json:"service_id"`
}

// Areas answers area.list. No codes: there is no choice.
type Areas struct {
	Codes []string `json:"codes"`
}

// QuoteRequest asks what a number costs now, and makes the intent to buy it.
type QuoteRequest struct {
	CountryID string   `json:"country_id"`
	ServiceID string   `json:"service_id"`
	AreaCodes []string `json:"area_codes,omitempty"`
	Replaces  string   `json:"replaces,omitempty"` // an order to cancel first, such as one whose number a site refused
}

// Quote is the one confirmation: what will be bought, at which price, and what
// that leaves.
type Quote struct {
	Intent       Intent      `json:"intent"`
	Balance      money.Money `json:"balance"`
	BalanceAfter money.Money `json:"balance_after"`
	Limits       Limits      `json:"limits"`
	Unresolved   *Intent     `json:"unresolved,omitempty"` // the same purchase, still without an outcome
}

// BuyRequest confirms a quote. Price is what the person saw; any other is refused.
type BuyRequest struct {
	IntentID string      `json:"intent_id"`
	Journal  string      `json:"journal"`
	Price    money.Money `json:"price"`
}

// DecideRequest is the person's word on a purchase that only they can decide: which
// order came of it, or, with none, that none did.
type DecideRequest struct {
	IntentID string `json:"intent_id"`
	Journal  string `json:"journal"`
	OrderID  string `json:"order_id,omitempty"`
}

// OrderRef names an order.
type OrderRef struct {
	OrderID string `json:"order_id"`
}

// ReceivedCode answers order.code.
type ReceivedCode struct {
	OrderID  string      `json:"order_id"`
	Code     string      `json:"code"`
	Message  string      `json:"message,omitempty"`
	Received OneTimeCode `json:"received,omitzero"`
}

// ListRequest asks for a part of a list: for the first, or for the one that Cursor
// begins. A list's parts are those of one reading of it. A cursor serves the client that
// got it, once and for two minutes; after that the list is to be asked for anew.
type ListRequest struct {
	Cursor string `json:"cursor,omitempty"` // Next of the part before; empty: the first part
}

// OrderPage answers order.list: the number orders that the provider lists, newest first.
type OrderPage struct {
	Orders []Order `json:"orders"`
	Next   string  `json:"next,omitempty"` // the cursor of the next part; empty: this is the last
}

// LogCategory is a product of another line, shown read-only.
type LogCategory struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Description string      `json:"description,omitempty"`
	Parent      string      `json:"parent,omitempty"`
	Price       money.Money `json:"price"`
	Available   int         `json:"available"`
}

// LogCategoryPage answers log.categories.
type LogCategoryPage struct {
	Categories []LogCategory `json:"categories"`
	Next       string        `json:"next,omitempty"` // as in OrderPage
}

// LogOrder is a past order of another line, shown read-only.
type LogOrder struct {
	ID          string      `json:"id"`
	Status      string      `json:"status"`
	ProductName string      `json:"product_name"`
	Quantity    int         `json:"quantity"`
	Total       money.Money `json:"total"`
	CreatedAt   time.Time   `json:"created_at"`
}

// LogOrderPage answers log.orders.
type LogOrderPage struct {
	Orders []LogOrder `json:"orders"`
	Next   string     `json:"next,omitempty"` // as in OrderPage
}

// BoostService is a product of another line, shown read-only.
type BoostService struct {
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Category    string      `json:"category"`
	RatePer1000 money.Money `json:"rate_per_1000"`
	Min         int         `json:"min"`
	Max         int         `json:"max"`
}

// BoostServicePage answers boost.services.
type BoostServicePage struct {
	Services []BoostService `json:"services"`
	Next     string         `json:"next,omitempty"` // as in OrderPage
}

// BoostOrder is an existing order of another line: it can be checked and, where
// Cancellable, cancelled.
type BoostOrder struct {
	ID          string      `json:"id"`
	Status      string      `json:"status"`
	ServiceName string      `json:"service_name"`
	Link        string      `json:"link"`
	Quantity    int         `json:"quantity"`
	Price       money.Money `json:"price"`
	StartCount  *int        `json:"start_count,omitempty"`
	Remains     *int        `json:"remains,omitempty"`
	Refunded    bool        `json:"refunded"`
	Cancellable bool        `json:"cancellable"`
	CreatedAt   time.Time   `json:"created_at"`
}

// BoostOrderPage answers boost.orders.
type BoostOrderPage struct {
	Orders []BoostOrder `json:"orders"`
	Next   string       `json:"next,omitempty"` // as in OrderPage
}

// Method pairs a name with the shapes of its params and its result.
type Method struct {
	Name   string
	Params any
	Result any
	Doc    string
}

// Methods is every request the daemon answers.
var Methods = []Method{
	{SessionHello, Hello{}, Welcome{}, "the first message of a session"},
	{SessionLeave, Empty{}, Empty{}, "ends the pairing of the client that asks; instead of an answer the session ends"},
	{SessionPing, Empty{}, Empty{}, "keeps the browser from stopping the extension's worker while a code is awaited"},
	{StateGet, Empty{}, Snapshot{}, "the whole state again, after a gap in the sequence"},
	{WalletRefresh, Empty{}, Wallet{}, "reads the balance from the provider"},
	{CountryList, Empty{}, Countries{}, "every country"},
	{OfferSearch, Search{}, Offers{}, "services by name and country, with price and stock"},
	{AreaList, Place{}, Areas{}, "the area codes that may be chosen"},
	{OrderQuote, QuoteRequest{}, Quote{}, "today's price, and the intent to buy at it; nothing is bought"},
	{OrderBuy, BuyRequest{}, Intent{}, "buys what was quoted, once, however often it is asked"},
	{OrderCancel, OrderRef{}, Order{}, "cancels an order that has no code, also after a restart of the daemon; the refund follows"},
	{OrderDecide, DecideRequest{}, Intent{}, "settles a purchase whose outcome only the person knows, for the client that asked for it; nothing is bought"},
	{OrderCode, OrderRef{}, ReceivedCode{}, "the code of an order; where another client bought it, the person is asked to hand it over"},
	{OrderList, ListRequest{}, OrderPage{}, "every number order, in parts"},
	{LogCategories, ListRequest{}, LogCategoryPage{}, "account logs on sale, in parts; they can't be bought here"},
	{LogOrders, ListRequest{}, LogOrderPage{}, "past orders of account logs, in parts"},
	{BoostServices, ListRequest{}, BoostServicePage{}, "boosts on sale, in parts; they can't be bought here"},
	{BoostOrders, ListRequest{}, BoostOrderPage{}, "existing boost orders, in parts"},
	{BoostCheck, OrderRef{}, BoostOrder{}, "a boost order, live from the provider"},
	{BoostCancel, OrderRef{}, BoostOrder{}, "asks the provider to cancel a boost order"},
	{KeyAsk, Empty{}, Empty{}, "opens the daemon's own window that asks for the API key; the key goes nowhere else"},
}
