// Package viewtest contains example states, one for each way that the popup and the pages can
// look. Tests and screenshots use them. States has the popup's, PageStates those of
// the options and welcome pages.
package viewtest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/fields"
	"github.com/logspanel/companion/wasm/internal/view"
)

// Now is the current time in all states.
var Now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// Names returns the names of the popup's states, sorted.
func Names() []string { return slices.Sorted(maps.Keys(States)) }

func naira(n int64) money.Money { return money.Money{Minor: n * 100, Currency: "NGN"} }

// Ready returns a connected state without orders or problems.
func Ready() view.State {
	return view.State{
		Now: Now, Connection: view.ConnectionReady, UpToDate: true, Port: 47615, Version: "0.1.0", Daemon: "0.1.0", Browser: "Chromium 156",
		Client: "c1", Name: "at home",
		Tab: view.Tab{ID: 1, Origin: "https://web.telegram.org", Host: "web.telegram.org", Service: "Telegram"},
		Snapshot: &protocol.Snapshot{
			Host: "logspanel.com", Journal: "j", Wallet: &protocol.Wallet{Balance: naira(12_500)},
			Key: protocol.Key{State: protocol.KeyOK}, Provider: protocol.Provider{Reachable: true},
			Limits: protocol.Limits{PerOrder: naira(10_000), PerDay: naira(30_000), Spent: naira(1_470)},
		},
		Fills: map[string]view.Fill{}, Codes: map[string]protocol.ReceivedCode{},
	}
}

func order(state protocol.OrderState) protocol.Order {
	return protocol.Order{
		ID: "123456789", State: state, Status: "waiting_for_code", Number: "+2348031234567", Phone: number, CallingCode: "234",
		ServiceID: "100", ServiceName: "Telegram", CountryID: "0", CountryName: "Nigeria", CountryShort: "ng", Price: naira(620),
		Client: "c1", CreatedAt: Now.Add(-5*time.Minute - 28*time.Second), Deadline: Now.Add(14*time.Minute + 32*time.Second),
	}
}

// number is the number of each order.
var number = protocol.Number{
	E164: "+2348031234567", CallingCode: "234", International: "+234 803 123 4567", National: "0803 123 4567",
	Digits: "8031234567", Region: "NG", Kind: protocol.NumberMobile, Valid: true,
}

var countries = []struct{ name, short string }{
	{"Nigeria", "ng"},
	{"India", "in"},
	{"Türkiye", "tr"},
	{"United States", "us"},
	{"United Kingdom", "gb"},
	{"Brazil", "br"},
	{"Côte d'Ivoire", "ci"},
	{"Egypt", "eg"},
	{"Portugal", "pt"},
}

// offers returns offers of one service, one for each price.
func offers(prices ...int64) *protocol.Offers {
	list := &protocol.Offers{Total: len(prices), AsOf: Now, Offers: []protocol.Offer{}}
	for i, p := range prices {
		c := countries[i%len(countries)]
		list.Offers = append(list.Offers, protocol.Offer{
			ServiceID: fmt.Sprint(100 + i), ServiceName: "Telegram", CountryID: fmt.Sprint(i), CountryName: c.name,
			CountryShort: c.short, Price: naira(p), Available: max(0, 41*(2-i)+17*i*i%300),
		})
	}
	return list
}

func sevenOffers() *protocol.Offers {
	list := offers(620, 850, 910, 1020, 1140, 1275, 1310)
	list.Offers[0].Stats = &protocol.DeliveryStats{Orders: 10, Delivered: 9, Seconds: 14}
	list.Offers[2].Stats = &protocol.DeliveryStats{Orders: 3, Delivered: 2}
	list.Offers[6].Available = 0
	return list
}

func mixedOffers() *protocol.Offers {
	list := sevenOffers()
	for i, name := range []string{"Telegram", "WhatsApp", "Google / Gmail / YouTube", "Signal"} {
		list.Offers[i].ServiceName, list.Offers[i].CountryName, list.Offers[i].CountryShort = name, "Nigeria", "ng"
	}
	list.Offers, list.Total = list.Offers[:4], 4
	return list
}

// longList returns the first rows of a list of ten thousand.
func longList() *protocol.Offers {
	list := &protocol.Offers{Total: 10_000, AsOf: Now}
	for i := range view.WindowSize {
		c := countries[i%len(countries)]
		list.Offers = append(list.Offers, protocol.Offer{
			ServiceID: fmt.Sprint(4000 + i), ServiceName: fmt.Sprintf("Service %d", i), CountryID: "0", CountryName: c.name,
			CountryShort: c.short, Price: naira(int64(700 + i)), Available: 5,
		})
	}
	return list
}

func quote() *protocol.Quote {
	return &protocol.Quote{
		Intent:  protocol.Intent{ID: "i1", Journal: "j", ServiceName: "Telegram", CountryName: "Nigeria", CountryID: "0", ServiceID: "100", Price: naira(620)},
		Balance: naira(12_500), BalanceAfter: naira(11_880), Limits: protocol.Limits{PerDay: naira(30_000), Spent: naira(1_470)},
	}
}

func place(n int) protocol.Place {
	return protocol.Place{CountryID: fmt.Sprint(n), ServiceID: fmt.Sprint(100 + n)}
}

// readyWith returns a Ready state after change.
func readyWith(change func(*view.State)) view.State {
	s := Ready()
	change(&s)
	return s
}

func showingOrder(o protocol.Order, change func(*view.State)) view.State {
	return readyWith(func(s *view.State) {
		s.Snapshot.Orders, s.OrderID = []protocol.Order{o}, o.ID
		s.Snapshot.Wallet = &protocol.Wallet{Balance: naira(11_880)}
		change(s)
	})
}

func withFill(f view.Fill) func(*view.State) {
	f.Host = "web.telegram.org"
	return func(s *view.State) { s.Fills["123456789"] = f }
}

func withProblem(e protocol.Error) view.State {
	return readyWith(func(s *view.State) { s.Offers, s.Problem = sevenOffers(), &e })
}

func unchanged(*view.State) {}

func ptr(n int64) *money.Money {
	m := naira(n)
	return &m
}

// States maps names to states of the popup.
var States = map[string]view.State{
	"unpaired": {Connection: view.ConnectionUnpaired, Port: 47615},
	"interrupted": readyWith(func(s *view.State) {
		s.Offers, s.Interrupted = sevenOffers(), true
		s.Crashes = []view.Crash{
			{At: Now.Add(-time.Minute), Event: "acted", Cause: "index out of range", Where: "core.(*Core).quote purchase.go:17"},
			{At: Now, Event: "received", Cause: "the program ended"},
		}
	}),
	"pairing":        {Connection: view.ConnectionPairing, Port: 47615},
	"pairing-failed": {Connection: view.ConnectionUnpaired, PairingFailure: view.ConnectionRevoked, Port: 47615, Problem: &protocol.Error{Code: protocol.CodePairing, Message: "pairing failed"}},
	"connecting":     {Connection: view.ConnectionConnecting, Port: 47615},
	"silent":         {Connection: view.ConnectionSilent, Port: 47615},
	"stranger":       {Connection: view.ConnectionNotCompanion, Port: 47615},
	"locked":         {Connection: view.ConnectionKeyringLocked, Port: 47615},
	"other-version":  {Connection: view.ConnectionVersionMismatch, Port: 47615, Version: "0.1.0"},
	"extension-old":  {Connection: view.ConnectionVersionMismatch, Port: 47615, Version: "0.1.0", Outdated: view.SideExtension},
	"companion-old":  {Connection: view.ConnectionVersionMismatch, Port: 47615, Version: "0.1.0", Outdated: view.SideCompanion},
	"unknown-client": {Connection: view.ConnectionRevoked, Port: 47615},
	"remembered": readyWith(func(s *view.State) {
		s.Connection, s.UpToDate, s.Offers = view.ConnectionConnecting, false, sevenOffers()
	}),
	"remembered-silent": readyWith(func(s *view.State) {
		s.Connection, s.UpToDate, s.Offers = view.ConnectionSilent, false, sevenOffers()
	}),

	"key-missing":   readyWith(func(s *view.State) { s.Snapshot.Key.State, s.Snapshot.Wallet = protocol.KeyMissing, nil }),
	"key-refused":   readyWith(func(s *view.State) { s.Snapshot.Key.State = protocol.KeyRefused }),
	"key-blocked":   readyWith(func(s *view.State) { s.Snapshot.Key.State = protocol.KeyBlocked }),
	"key-locked":    readyWith(func(s *view.State) { s.Snapshot.Key.State = protocol.KeyLocked }),
	"provider-away": readyWith(func(s *view.State) { s.Snapshot.Provider.Reachable, s.Offers = false, sevenOffers() }),
	"offline":       readyWith(func(s *view.State) { s.Snapshot.Provider.Reachable, s.Offline, s.Offers = false, true, sevenOffers() }),

	"proposed": readyWith(func(s *view.State) {
		s.Offers, s.Preferences.Recents, s.Preferences.Favourites = sevenOffers(), []protocol.Place{place(0)}, []protocol.Place{place(2)}
	}),
	"sandbox": readyWith(func(s *view.State) { s.Offers, s.Snapshot.Sandbox = sevenOffers(), true }),
	"proposed-guess": readyWith(func(s *view.State) {
		s.Tab = view.Tab{ID: 1, Origin: "https://join.acme.example", Host: "join.acme.example", Service: "Telegram", Guess: true}
		s.Offers = sevenOffers()
	}),
	"nothing-proposed": readyWith(func(s *view.State) { s.Offers = offers() }),
	"search":           readyWith(func(s *view.State) { s.Query, s.Offers = "nigeria", mixedOffers() }),
	"search-empty":     readyWith(func(s *view.State) { s.Query, s.Offers = "xyz", offers() }),
	"searching":        readyWith(func(s *view.State) { s.Query, s.Searching = "tele", true }),
	"loading": readyWith(func(s *view.State) {
		s.Query, s.Offers = "tele", sevenOffers()
		s.Offers.Loading, s.Offers.Total = true, 240
	}),
	"fresher": readyWith(func(s *view.State) { s.Query, s.Offers, s.NewerOffers = "tele", sevenOffers(), longList() }),
	"many":    readyWith(func(s *view.State) { s.Query, s.Offers = "service", longList() }),
	"no-site": readyWith(func(s *view.State) { s.Tab = view.Tab{} }),
	"usual": readyWith(func(s *view.State) {
		s.Tab, s.Offers = view.Tab{}, mixedOffers()
		s.Preferences.Favourites = []protocol.Place{place(0), place(1)}
	}),
	"quoting": readyWith(func(s *view.State) {
		p := place(1)
		s.Offers, s.Quoting = sevenOffers(), &p
	}),
	"confirm":  readyWith(func(s *view.State) { s.Quote, s.Preferences.Favourites = quote(), []protocol.Place{place(0)} }),
	"areas":    readyWith(func(s *view.State) { s.Quote, s.Areas, s.AreaCode = quote(), []string{"212", "917"}, "917" }),
	"buying":   readyWith(func(s *view.State) { s.Quote, s.Buying = quote(), true }),
	"no-stock": withProblem(protocol.Error{Code: protocol.CodeOutOfStock, Message: "no number is left"}),
	"unresolved": readyWith(func(s *view.State) {
		s.Quote = quote()
		s.Quote.Unresolved = &protocol.Intent{ID: "i0"}
	}),
	"price-changed": readyWith(func(s *view.State) {
		s.Quote = quote()
		s.Quote.Intent.Price, s.Quote.BalanceAfter = naira(700), naira(11_800)
		s.Problem = &protocol.Error{Code: protocol.CodePriceChanged, Price: ptr(700), OldPrice: ptr(620)}
	}),
	"balance-low": withProblem(protocol.Error{Code: protocol.CodeBalanceTooLow, Price: ptr(620), Balance: ptr(100)}),
	"balance-low-sandbox": readyWith(func(s *view.State) {
		s.Snapshot.Sandbox = true
		s.Problem = &protocol.Error{Code: protocol.CodeBalanceTooLow, Price: ptr(620), Balance: ptr(100)}
	}),
	"limit-order": withProblem(protocol.Error{Code: protocol.CodeLimitOrder, Limit: ptr(10_000)}),
	"limit-day":   withProblem(protocol.Error{Code: protocol.CodeLimitDay, Limit: ptr(30_000)}),
	"limits-unset": readyWith(func(s *view.State) {
		s.Snapshot.Limits.Unset = true
	}),
	"limits-unset-asked": readyWith(func(s *view.State) {
		s.Snapshot.Limits.Unset = true
		s.Problem = &protocol.Error{Code: protocol.CodeLimitsUnset}
	}),
	"fault":   withProblem(protocol.Error{Code: protocol.CodeInternal, Message: "something went wrong in the companion", Next: "please report it"}),
	"refused": withProblem(protocol.Error{Code: protocol.CodeProvider, Message: "this service is closed for maintenance", Next: "choose another"}),
	"outcome-sent": readyWith(func(s *view.State) {
		s.Offers = sevenOffers()
		s.Snapshot.Intents = []protocol.Intent{intent(protocol.IntentSent)}
	}),
	"outcome-unknown": readyWith(func(s *view.State) {
		i := intent(protocol.IntentUnknown)
		next := Now.Add(8 * time.Second)
		i.NextTry = &next
		s.Offers, s.Snapshot.Intents = sevenOffers(), []protocol.Intent{i}
	}),
	"outcome-asks": readyWith(func(s *view.State) {
		i := intent(protocol.IntentUnknown)
		i.NeedsDecision, i.Candidates = true, []protocol.Candidate{{OrderID: "o7", Number: "+2348031234567", Phone: number, Price: naira(620), CreatedAt: Now}}
		s.Offers, s.Snapshot.Intents = sevenOffers(), []protocol.Intent{i}
	}),
	"outcome-asks-elsewhere": readyWith(func(s *view.State) {
		i := intent(protocol.IntentUnknown)
		i.NeedsDecision, i.Client = true, "c2"
		s.Offers, s.Snapshot.Intents = sevenOffers(), []protocol.Intent{i}
	}),
	"gave-up": readyWith(func(s *view.State) {
		s.Offers = sevenOffers()
		s.Problem = &protocol.Error{Code: protocol.CodeOutOfStock, Message: "no numbers left here", CancelledOrder: "123456789"}
	}),
	"recovering": readyWith(func(s *view.State) {
		s.Snapshot.Recovery = protocol.Recovery{SetAside: "journal-2026-05-01T11-59-58.000Z.db", At: Now}
	}),
	"recovering-none": readyWith(func(s *view.State) {
		s.Snapshot.Recovery = protocol.Recovery{At: Now}
	}),
	"recovered": readyWith(func(s *view.State) {
		s.Snapshot.Recovery = protocol.Recovery{SetAside: "journal-2026-05-01T11-59-58.000Z.db", At: Now, Done: true}
	}),
	"recovered-long-ago": readyWith(func(s *view.State) {
		s.Snapshot.Recovery = protocol.Recovery{SetAside: "journal-2026-04-01T11-59-58.000Z.db", At: Now.AddDate(0, -1, 0), Done: true}
	}),
	"recorded": readyWith(func(s *view.State) {
		s.Offers, s.Sort = sevenOffers(), protocol.SortDelivery
		s.Offers.AsOf = Now.Add(-3 * time.Minute)
	}),
	"replacing": readyWith(func(s *view.State) {
		s.Snapshot.Orders, s.Quote = []protocol.Order{order(protocol.OrderWaiting)}, quote()
		s.Quote.Intent.Replaces = "123456789"
	}),
	"confirm-kept-late": readyWith(func(s *view.State) { s.Quote, s.Snapshot.KeepExpired = quote(), true }),

	"waiting": showingOrder(order(protocol.OrderWaiting), unchanged),
	"waiting-in-list": readyWith(func(s *view.State) {
		s.Snapshot.Orders = []protocol.Order{order(protocol.OrderWaiting)}
		s.Offers = sevenOffers()
	}),
	"waiting-nowhere":   showingOrder(order(protocol.OrderWaiting), func(s *view.State) { s.Tab = view.Tab{} }),
	"number-kept":       showingOrder(order(protocol.OrderWaiting), withFill(view.Fill{Number: view.FillAccepted, Bound: true})),
	"number-not-kept":   showingOrder(order(protocol.OrderWaiting), withFill(view.Fill{Number: view.FillChanged, Bound: true})),
	"number-no-field":   showingOrder(order(protocol.OrderWaiting), withFill(view.Fill{Number: view.FillNoField, Bound: true})),
	"number-wants-code": showingOrder(order(protocol.OrderWaiting), withFill(view.Fill{Number: view.FillNoField, Wants: fields.WantsCode, Bound: true})),
	"number-no-access":  showingOrder(order(protocol.OrderWaiting), withFill(view.Fill{Number: view.FillNoAccess})),
	"number-left":       showingOrder(order(protocol.OrderWaiting), withFill(view.Fill{Number: view.FillTabMoved, Host: "web.telegram.org"})),
	"number-opaque":     showingOrder(order(protocol.OrderWaiting), withFill(view.Fill{Number: view.FillOpaque, Host: "web.telegram.org"})),
	"number-in-frame":   showingOrder(order(protocol.OrderWaiting), withFill(view.Fill{Number: view.FillInFrame, Frames: []string{"https://id.example:8443", "http://[::1]:80"}})),
	"number-forgetful":  showingOrder(order(protocol.OrderWaiting), func(s *view.State) { s.NeedsSitePermission = true }),
	"charged-more":      showingOrder(chargedMore(), unchanged),

	"code":           showingOrder(orderWithCode(), unchanged),
	"code-kept":      showingOrder(orderWithCode(), withFill(view.Fill{Number: view.FillAccepted, Code: view.FillAccepted})),
	"code-not-kept":  showingOrder(orderWithCode(), withFill(view.Fill{Code: view.FillChanged})),
	"code-no-field":  showingOrder(orderWithCode(), withFill(view.Fill{Code: view.FillNoField})),
	"code-wants-app": showingOrder(orderWithCode(), withFill(view.Fill{Code: view.FillNoField, Wants: fields.WantsAppCode})),
	"code-wants-pin": showingOrder(orderWithCode(), withFill(view.Fill{Code: view.FillNoField, Wants: fields.WantsPIN})),
	"code-no-access": showingOrder(orderWithCode(), withFill(view.Fill{Code: view.FillNoAccess})),
	"code-left":      showingOrder(orderWithCode(), withFill(view.Fill{Code: view.FillTabMoved})),
	"code-opaque":    showingOrder(orderWithCode(), withFill(view.Fill{Code: view.FillOpaque})),
	"code-in-frame":  showingOrder(orderWithCode(), withFill(view.Fill{Code: view.FillInFrame, Frames: []string{"https://id.example"}})),
	"code-over-another-site": showingOrder(orderWithCode(), func(s *view.State) {
		s.Fills["123456789"] = view.Fill{Number: view.FillAccepted, Host: "signup.example", Bound: true}
	}),
	"code-foreign": showingOrder(orderWithCode(), withFill(view.Fill{Code: view.FillOtherSite, Site: "bank.example"})),
	"code-in-a-sentence": showingOrder(orderWithText("G-573920 is your Google verification code.", protocol.OneTimeCode{
		Code: "573920", Written: "G-573920", Text: "G-573920 is your Google verification code.",
	}), unchanged),
	"code-unsure":    showingOrder(orderWithText("Your codes are 482913 and 558201", protocol.OneTimeCode{}), unchanged),
	"code-second":    showingOrder(orderWithCode(), func(s *view.State) { s.WantsSecondCode = true }),
	"code-elsewhere": showingOrder(orderOfAnotherBrowser(), unchanged),
	"code-unclaimed": showingOrder(orderOfAnotherBrowser(), func(s *view.State) { s.Snapshot.Orders[0].Client = "" }),
	"code-erased": showingOrder(orderWithCode(), func(s *view.State) {
		o := &s.Snapshot.Orders[0]
		o.Code, o.Message, o.Received, o.Erased = "", "", protocol.OneTimeCode{}, true
	}),
	"code-asked": showingOrder(orderOfAnotherBrowser(), func(s *view.State) {
		s.Client, s.Snapshot.Orders[0].AskedBy = "c9", []string{"c9"}
	}),
	"code-handed": showingOrder(orderOfAnotherBrowser(), func(s *view.State) {
		s.Codes["123456789"] = protocol.ReceivedCode{OrderID: "123456789", Code: "49217", Received: protocol.OneTimeCode{Code: "49217", Written: "49217"}}
	}),

	"cancelling":    showingOrder(order(protocol.OrderCancelling), unchanged),
	"refunded":      showingOrder(order(protocol.OrderRefunded), unchanged),
	"expired":       showingOrder(order(protocol.OrderExpired), unchanged),
	"expired-kept":  showingOrder(boughtHere(protocol.OrderExpired), unchanged),
	"refund-failed": showingOrder(refundFailed(), unchanged),
	"order-gone":    readyWith(func(s *view.State) { s.OrderID = "gone" }),

	"orders": readyWith(func(s *view.State) { s.Section, s.Orders = view.SectionOrders, pastOrders() }),
	"orders-filtered": readyWith(func(s *view.State) {
		s.Section, s.Orders, s.Filter, s.ListQuery = view.SectionOrders, pastOrders(), view.FilterOver, "telegram 803"
		s.ListQuery = "803 123"
	}),
	"orders-no-match": readyWith(func(s *view.State) { s.Section, s.Orders, s.ListQuery = view.SectionOrders, pastOrders(), "whatsapp" }),
	"orders-none":     readyWith(func(s *view.State) { s.Section, s.Orders = view.SectionOrders, &protocol.OrderPage{} }),
	"orders-loading":  readyWith(func(s *view.State) { s.Section = view.SectionOrders }),
	"orders-logs": readyWith(func(s *view.State) {
		s.Section, s.Product, s.LogOrders = view.SectionOrders, view.ProductLogs, logOrders()
	}),
	"orders-boosts": readyWith(func(s *view.State) {
		s.Section, s.Product, s.BoostOrders = view.SectionOrders, view.ProductBoosts, boostOrders()
	}),
	"orders-boosts-none": readyWith(func(s *view.State) {
		s.Section, s.Product, s.BoostOrders = view.SectionOrders, view.ProductBoosts, &protocol.BoostOrderPage{}
	}),
	"log-order": readyWith(func(s *view.State) {
		s.Section, s.Product, s.LogOrders, s.OrderID = view.SectionOrders, view.ProductLogs, logOrders(), "logs-ABC1234567-1777560000"
	}),
	"boost-order": readyWith(func(s *view.State) {
		s.Section, s.Product, s.BoostOrders, s.OrderID = view.SectionOrders, view.ProductBoosts, boostOrders(), "987654321"
	}),
	"boost-refunded": readyWith(func(s *view.State) {
		s.Section, s.Product, s.BoostOrders, s.OrderID = view.SectionOrders, view.ProductBoosts, boostOrders(), "987654320"
	}),
	"logs": readyWith(func(s *view.State) {
		s.Section = view.SectionCatalogue
		s.LogCategories = &protocol.LogCategoryPage{Categories: []protocol.LogCategory{
			{ID: "12", Name: "Mailbox", Parent: "Accounts", Price: naira(450), Available: 34}, {ID: "13", Name: "Forum account, aged", Price: naira(2_500), Available: 3},
		}}
	}),
	"logs-loading": readyWith(func(s *view.State) { s.Section = view.SectionCatalogue }),
	"boosts": readyWith(func(s *view.State) {
		s.Section, s.Product = view.SectionCatalogue, view.ProductBoosts
		s.BoostServices = &protocol.BoostServicePage{Services: []protocol.BoostService{
			{ID: "101", Name: "Followers", Category: "Instagram", RatePer1000: naira(1500), Min: 100, Max: 10000},
		}}
	}),
	"boosts-none": readyWith(func(s *view.State) {
		s.Section, s.Product, s.BoostServices = view.SectionCatalogue, view.ProductBoosts, &protocol.BoostServicePage{}
	}),

	"settings-by-hand": readyWith(func(s *view.State) {
		s.Preferences.ManualFill, s.NotificationsAllowed, s.OverrideCount, s.FillReason = true, true, 3, "autocomplete one-time-code, label"
		s.FillWants = fields.WantsCode
		s.FillCandidates = []string{"108 for 1 in frame 0: 100 one-time-code, 8 takes digits", "-40 for 1 in frame 0: -40 is among a card's fields"}
		s.Fills["123456789"] = view.Fill{Number: view.FillAccepted, Code: view.FillChanged}
		s.Snapshot.Orders, s.Snapshot.Intents = []protocol.Order{refundFailed()}, []protocol.Intent{intent(protocol.IntentUnknown)}
	}),
	"settings-sites": readyWith(func(s *view.State) {
		s.AllowedSites = []string{"https://web.telegram.org/*", "https://verification.id.a-long-name-of-a-frame.example/*", "http://[::1]/*"}
	}),
	"settings-notified": readyWith(func(s *view.State) { s.Snapshot.ShowsNotifications = true }),
}

// PageStates maps names to states of the options page and the welcome page.
var PageStates = map[string][]string{
	"options": {"unpaired", "pairing-failed", "unknown-client", "connecting", "silent", "stranger", "locked", "other-version", "proposed", "settings-by-hand", "settings-sites", "settings-notified", "interrupted"},
	"welcome": {"unpaired", "pairing", "pairing-failed", "silent", "proposed"},
}

func intent(state protocol.IntentState) protocol.Intent {
	return protocol.Intent{ID: "i1", State: state, ServiceName: "Telegram", CountryName: "Nigeria", Price: naira(620)}
}

func orderWithCode() protocol.Order {
	o := order(protocol.OrderReceived)
	came := o.CreatedAt.Add(18 * time.Second)
	o.Code, o.CodeReady, o.Status, o.CodeAt = "49217", true, "completed", &came
	o.Message = "Telegram code 49217"
	o.Received = protocol.OneTimeCode{Code: "49217", Written: "49217", Text: o.Message}
	return o
}

func orderWithText(text string, received protocol.OneTimeCode) protocol.Order {
	o := orderWithCode()
	o.Code, o.Message, o.Received = text, "Code Received", received
	return o
}

func orderOfAnotherBrowser() protocol.Order {
	o := order(protocol.OrderReceived)
	o.CodeReady, o.Client = true, "c2"
	return o
}

func refundFailed() protocol.Order {
	o := order(protocol.OrderCancelling)
	o.Problem = &protocol.Error{Code: protocol.CodeRefundFailed, Message: "the provider could not refund the money", Next: "try again later"}
	return o
}

func chargedMore() protocol.Order {
	o := order(protocol.OrderWaiting)
	o.Price, o.Problem = naira(700), &protocol.Error{Code: protocol.CodePriceChanged, Price: ptr(700), OldPrice: ptr(620)}
	return o
}

func boughtHere(state protocol.OrderState) protocol.Order {
	o := order(state)
	o.IntentID = "i1"
	return o
}

func olderOrder(id string, state protocol.OrderState) protocol.Order {
	o := order(state)
	o.ID, o.CreatedAt = id, o.CreatedAt.Add(-24*time.Hour)
	return o
}

func pastOrders() *protocol.OrderPage {
	return &protocol.OrderPage{Orders: []protocol.Order{
		order(protocol.OrderWaiting), olderOrder("o2", protocol.OrderReceived), olderOrder("o3", protocol.OrderRefunded),
		olderOrder("o4", protocol.OrderCancelling), olderOrder("o5", protocol.OrderExpired),
	}}
}

func logOrders() *protocol.LogOrderPage {
	return &protocol.LogOrderPage{Orders: []protocol.LogOrder{
		{ID: "logs-ABC1234567-1777560000", Status: "completed", ProductName: "Mailbox", Quantity: 2, Total: naira(900), CreatedAt: Now.AddDate(0, 0, -3)},
	}}
}

func boostOrders() *protocol.BoostOrderPage {
	start, remains := 120, 350
	return &protocol.BoostOrderPage{Orders: []protocol.BoostOrder{
		{
			ID: "987654321", Status: "processing", ServiceName: "Followers", Link: "https://social.example/companion", Quantity: 1000, Price: naira(1500),
			StartCount: &start, Remains: &remains, Cancellable: true, CreatedAt: Now.AddDate(0, 0, -1),
		},
		{ID: "987654320", Status: "canceled", ServiceName: "Followers", Link: "https://social.example/companion", Quantity: 500, Price: naira(750), Refunded: true, CreatedAt: Now.AddDate(0, 0, -9)},
	}}
}
