package protocol

import (
	"time"

	"github.com/logspanel/companion/shared/money"
)

// The names of the methods. Hello must be the first message of a session; the daemon answers
// nothing before it.
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
	StateChanged  = "state.changed" // the only notification
)

// Hello introduces the client. The list of paired browsers shows browser and name.
type Hello struct {
	Version string `json:"version"` // of the extension
	Browser string `json:"browser"` // such as "Chromium 156"
	Name    string `json:"name"`    // the name that the person gave this browser, or empty
	// Replaces is the previous client id of this browser. When the browser pairs again, the
	// new id takes its place.
	Replaces string `json:"replaces,omitempty"`
}

// Welcome answers Hello.
type Welcome struct {
	Version  string       `json:"version"` // of the daemon
	ClientID string       `json:"client_id"`
	Paired   *Credentials `json:"paired,omitempty"` // only if a pairing code was used
	Snapshot Snapshot     `json:"snapshot"`
}

// Credentials are the result of pairing. The secret is the pre-shared key of every
// later handshake.
type Credentials struct {
	ClientID string `json:"client_id"`
	Secret   []byte `json:"secret"` // 32 bytes
}

// Empty is the type of params or a result that have no fields.
type Empty struct{}

// Country is a country that numbers can be bought in.
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

// Search finds offers. Query is matched against the words of the service's and the
// country's name, in any order. Service limits the result to services of exactly that name;
// case, accents, spaces and punctuation don't count, and "X / Twitter" has both names.
type Search struct {
	Query     string `json:"query"`
	Service   string `json:"service,omitempty"`
	CountryID string `json:"country_id,omitempty"`
	// Places limits the search to these; empty: everywhere.
	Places []Place `json:"places,omitempty"`
	// Prefer lists the places that come first among the offers in stock, in this order. A
	// place without a service means every service of that country.
	Prefer []Place `json:"prefer,omitempty"`
	Sort   Sort    `json:"sort,omitempty"`
	Offset int     `json:"offset,omitempty"` // how many offers to skip
	Limit  int     `json:"limit"`            // at most this many offers; 1 to 200
}

// Sort is the order of offers. Those in stock always come first.
type Sort string

// The sorts.
const (
	SortPrice    Sort = ""       // the cheapest first
	SortStock    Sort = "stock"  // the largest stock first
	SortDelivery Sort = "record" // the highest share of delivered codes first
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

// DeliveryStats summarizes the account's own earlier orders of a service in a country. It
// is absent while there are too few orders.
type DeliveryStats struct {
	Orders    int `json:"orders"`
	Delivered int `json:"delivered"`         // how many of these orders got a code
	Seconds   int `json:"seconds,omitempty"` // the median wait for a code, in seconds; 0: unknown
}

// Offers answers offer.search.
type Offers struct {
	Offers  []Offer   `json:"offers"`
	Offset  int       `json:"offset,omitempty"` // how many matching offers were skipped
	Total   int       `json:"total"`            // how many offers match
	Loading bool      `json:"loading"`          // more countries are being fetched; a change follows
	AsOf    time.Time `json:"as_of"`            // the time of the oldest price in the list
}

// Place names a service in a country.
type Place struct {
	CountryID string `json:"country_id"`
	ServiceID string `json:"service_id"`
}

// Areas answers area.list. If codes is empty, no area code can be chosen.
type Areas struct {
	Codes []string `json:"codes"`
}

// QuoteRequest asks for the current price of a number and creates the intent to buy it.
type QuoteRequest struct {
	CountryID string   `json:"country_id"`
	ServiceID string   `json:"service_id"`
	AreaCodes []string `json:"area_codes,omitempty"`
	Replaces  string   `json:"replaces,omitempty"` // an order to cancel first, such as one whose number a site refused
}

// Quote is what the person confirms: the purchase, its price, and the balance after it.
type Quote struct {
	Intent       Intent      `json:"intent"`
	Balance      money.Money `json:"balance"`
	BalanceAfter money.Money `json:"balance_after"`
	Limits       Limits      `json:"limits"`
	Unresolved   *Intent     `json:"unresolved,omitempty"` // an earlier intent for the same purchase, still without an outcome
}

// BuyRequest confirms a quote. Price is the price that the person saw; the daemon refuses
// any other.
type BuyRequest struct {
	IntentID string      `json:"intent_id"`
	Journal  string      `json:"journal"`
	Price    money.Money `json:"price"`
}

// DecideRequest is the person's decision about a purchase without a known outcome: the
// order that it produced, or, without an order id, that it produced none.
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

// ListRequest asks for one part of a list: the first, or the one that Cursor points to.
// All parts belong to one reading of the list. A cursor is valid once, for two minutes and
// for the client that received it; after that, start again without a cursor.
type ListRequest struct {
	Cursor string `json:"cursor,omitempty"` // next of the previous part; empty: the first part
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

// Method describes a request: its name and the types of its params and result.
type Method struct {
	Name   string
	Params any
	Result any
	Doc    string
}

// Methods lists every request that the daemon answers.
var Methods = []Method{
	{SessionHello, Hello{}, Welcome{}, "the first message of a session"},
	{SessionLeave, Empty{}, Empty{}, "ends the pairing of this client; the session ends instead of a response"},
	{SessionPing, Empty{}, Empty{}, "keeps the browser from stopping the extension's worker while it waits for a code"},
	{StateGet, Empty{}, Snapshot{}, "the whole state, after a gap in the sequence"},
	{WalletRefresh, Empty{}, Wallet{}, "reads the balance from the provider"},
	{CountryList, Empty{}, Countries{}, "every country"},
	{OfferSearch, Search{}, Offers{}, "services by name and country, with price and stock"},
	{AreaList, Place{}, Areas{}, "the area codes to choose from"},
	{OrderQuote, QuoteRequest{}, Quote{}, "the current price, and the intent to buy at it; buys nothing"},
	{OrderBuy, BuyRequest{}, Intent{}, "buys what was quoted; the same intent never buys twice"},
	{OrderCancel, OrderRef{}, Order{}, "cancels an order without a code, even across a restart of the daemon; the refund follows"},
	{OrderDecide, DecideRequest{}, Intent{}, "records the person's decision about a purchase without a known outcome; only for the client that requested it; buys nothing"},
	{OrderCode, OrderRef{}, ReceivedCode{}, "the code of an order; if another client bought it, the daemon asks the person first"},
	{OrderList, ListRequest{}, OrderPage{}, "every number order, in parts"},
	{LogCategories, ListRequest{}, LogCategoryPage{}, "account logs on sale, in parts; they can't be bought here"},
	{LogOrders, ListRequest{}, LogOrderPage{}, "past orders of account logs, in parts"},
	{BoostServices, ListRequest{}, BoostServicePage{}, "boosts on sale, in parts; they can't be bought here"},
	{BoostOrders, ListRequest{}, BoostOrderPage{}, "existing boost orders, in parts"},
	{BoostCheck, OrderRef{}, BoostOrder{}, "a boost order, live from the provider"},
	{BoostCancel, OrderRef{}, BoostOrder{}, "asks the provider to cancel a boost order"},
	{KeyAsk, Empty{}, Empty{}, "opens the daemon's window that asks for the API key; the key never reaches the extension"},
}
