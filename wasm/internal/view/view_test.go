package view_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/wasm/internal/view"
)

var update = flag.Bool("update", false, "write the golden files")

var now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func naira(n int64) money.Money { return money.Money{Minor: n * 100, Currency: "NGN"} }

func ready() view.State {
	return view.State{
		Now: now, Link: view.LinkReady, Live: true, Port: 47615, Version: "0.1.0", Daemon: "0.1.0",
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
		ID: "o1", State: state, Number: "+2348031234567", CallingCode: "234", ServiceName: "Telegram", CountryName: "Nigeria",
		CountryShort: "ng", Price: naira(620), Client: "c1", CreatedAt: now.Add(-5 * time.Minute), Deadline: now.Add(15 * time.Minute),
	}
}

func offers(prices ...int64) *protocol.Offers {
	list := &protocol.Offers{Total: len(prices), AsOf: now}
	for i, p := range prices {
		list.Offers = append(list.Offers, protocol.Offer{
			ServiceID: fmt.Sprint(100 + i), ServiceName: "Telegram", CountryID: fmt.Sprint(i), CountryName: []string{"Nigeria", "India", "Türkiye"}[i%3],
			CountryShort: []string{"ng", "in", "tr"}[i%3], Price: naira(p), Available: 41 * (2 - i),
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

// with is a state that differs from ready by what change does.
func with(change func(*view.State)) view.State {
	s := ready()
	change(&s)
	return s
}

func showing(o protocol.Order, change func(*view.State)) view.State {
	return with(func(s *view.State) {
		s.Snapshot.Orders, s.OrderID = []protocol.Order{o}, o.ID
		change(s)
	})
}

func nothing(*view.State) {}

var states = map[string]view.State{
	"unpaired":       {Link: view.LinkUnpaired, Port: 47615},
	"pairing":        {Link: view.LinkPairing, Port: 47615},
	"pairing-failed": {Link: view.LinkUnpaired, Port: 47615, Problem: &protocol.Error{Code: protocol.CodePairing, Message: "the code is too old", Next: "ask for a new one"}},
	"connecting":     {Link: view.LinkConnecting, Port: 47615},
	"silent":         {Link: view.LinkSilent, Port: 47615},
	"stranger":       {Link: view.LinkStranger, Port: 47615},
	"locked":         {Link: view.LinkLocked, Port: 47615},
	"other-version":  {Link: view.LinkOtherVersion, Port: 47615, Version: "0.1.0"},
	"extension-old":  {Link: view.LinkOtherVersion, Port: 47615, Version: "0.1.0", Behind: view.SideExtension},
	"companion-old":  {Link: view.LinkOtherVersion, Port: 47615, Version: "0.1.0", Behind: view.SideCompanion},
	"unknown-client": {Link: view.LinkUnknownClient, Port: 47615},
	"remembered":     with(func(s *view.State) { s.Link, s.Live = view.LinkSilent, false }),

	"key-missing":   with(func(s *view.State) { s.Snapshot.Key.State, s.Snapshot.Wallet = protocol.KeyMissing, nil }),
	"key-refused":   with(func(s *view.State) { s.Snapshot.Key.State = protocol.KeyRefused }),
	"key-blocked":   with(func(s *view.State) { s.Snapshot.Key.State = protocol.KeyBlocked }),
	"key-locked":    with(func(s *view.State) { s.Snapshot.Key.State = protocol.KeyLocked }),
	"provider-away": with(func(s *view.State) { s.Snapshot.Provider.Reachable = false }),

	"proposed":         with(func(s *view.State) { s.Offers = offers(620, 850, 1140); s.Snapshot.Sandbox = true }),
	"nothing-proposed": with(func(s *view.State) { s.Offers = offers() }),
	"search-empty":     with(func(s *view.State) { s.Query, s.Offers = "xyz", offers() }),
	"searching":        with(func(s *view.State) { s.Query, s.Searching = "tele", true }),
	"loading": with(func(s *view.State) {
		s.Query, s.Offers = "tele", offers(620)
		s.Offers.Loading, s.Offers.Total = true, 240
	}),
	"no-site": with(func(s *view.State) { s.Tab = view.Tab{} }),
	"quoting": with(func(s *view.State) { s.Offers, s.Quoting = offers(620), true }),
	"confirm": with(func(s *view.State) { s.Quote = quote() }),
	"areas":   with(func(s *view.State) { s.Quote, s.Areas, s.AreaCode = quote(), []string{"212", "917"}, "917" }),
	"buying":  with(func(s *view.State) { s.Quote, s.Buying = quote(), true }),
	"no-stock": with(func(s *view.State) {
		s.Problem = &protocol.Error{Code: protocol.CodeOutOfStock, Message: "no number is left"}
	}),
	"unresolved": with(func(s *view.State) {
		s.Quote = quote()
		s.Quote.Unresolved = &protocol.Intent{ID: "i0"}
	}),
	"price-changed": with(func(s *view.State) {
		old, fresh := naira(620), naira(700)
		s.Problem = &protocol.Error{Code: protocol.CodePriceChanged, Price: &fresh, OldPrice: &old}
	}),
	"balance-low": with(func(s *view.State) {
		price, balance := naira(620), naira(100)
		s.Problem = &protocol.Error{Code: protocol.CodeBalance, Price: &price, Balance: &balance}
	}),
	"limit-order": with(func(s *view.State) {
		limit := naira(10_000)
		s.Problem = &protocol.Error{Code: protocol.CodeLimitOrder, Limit: &limit}
	}),
	"limit-day": with(func(s *view.State) {
		limit := naira(30_000)
		s.Problem = &protocol.Error{Code: protocol.CodeLimitDay, Limit: &limit}
	}),
	"outcome-sent": with(func(s *view.State) {
		s.Snapshot.Intents = []protocol.Intent{{ID: "i1", State: protocol.IntentSent, ServiceName: "Telegram", CountryName: "Nigeria"}}
	}),
	"outcome-unknown": with(func(s *view.State) {
		s.Snapshot.Intents = []protocol.Intent{{ID: "i1", State: protocol.IntentUnknown, ServiceName: "Telegram", CountryName: "Nigeria", Price: naira(620)}}
	}),

	"outcome-asks": with(func(s *view.State) {
		s.Snapshot.Intents = []protocol.Intent{{
			ID: "i1", State: protocol.IntentUnknown, Asks: true, ServiceName: "Telegram", CountryName: "Nigeria", Price: naira(620),
			Candidates: []protocol.Candidate{{OrderID: "o7", Number: "+2348031234567", Price: naira(620), CreatedAt: now}},
		}}
	}),
	"recovering": with(func(s *view.State) {
		s.Snapshot.Recovery = protocol.Recovery{SetAside: "journal-2026-05-01T11-59-58.000Z.db", At: now}
	}),
	"recovered": with(func(s *view.State) {
		s.Snapshot.Recovery = protocol.Recovery{SetAside: "journal-2026-05-01T11-59-58.000Z.db", At: now, Done: true}
	}),
	"recovered-long-ago": with(func(s *view.State) {
		s.Snapshot.Recovery = protocol.Recovery{SetAside: "journal-2026-04-01T11-59-58.000Z.db", At: now.AddDate(0, -1, 0), Done: true}
	}),
	"recorded": with(func(s *view.State) {
		s.Offers, s.Sort = offers(620, 850), protocol.SortRecord
		s.Offers.AsOf = now.Add(-3 * time.Minute)
		s.Offers.Offers[0].Record = &protocol.Record{Orders: 12, Delivered: 9, Seconds: 41}
		s.Offers.Offers[1].Record = &protocol.Record{Orders: 3}
	}),
	"replacing": with(func(s *view.State) {
		s.Snapshot.Orders, s.Quote = []protocol.Order{order(protocol.OrderWaiting)}, quote()
		s.Quote.Intent.Replaces = "o1"
	}),
	"confirm-kept-late": with(func(s *view.State) { s.Quote, s.Snapshot.KeepLate = quote(), true }),
	"balance-low-sandbox": with(func(s *view.State) {
		price, balance := naira(620), naira(100)
		s.Snapshot.Sandbox = true
		s.Problem = &protocol.Error{Code: protocol.CodeBalance, Price: &price, Balance: &balance}
	}),
	"charged-more": showing(dearer(), nothing),
	"expired-kept": showing(bought(protocol.OrderExpired), nothing),

	"waiting": showing(order(protocol.OrderWaiting), nothing),
	"waiting-in-list": with(func(s *view.State) {
		s.Snapshot.Orders = []protocol.Order{order(protocol.OrderWaiting)}
		s.Offers = offers(620)
	}),
	"number-kept": showing(order(protocol.OrderWaiting), func(s *view.State) {
		s.Fills["o1"] = view.Fill{Number: view.FillKept, Host: "web.telegram.org", Bound: true}
	}),
	"number-not-kept": showing(order(protocol.OrderWaiting), func(s *view.State) {
		s.Fills["o1"] = view.Fill{Number: view.FillPartly, Host: "web.telegram.org", Bound: true}
	}),
	"number-no-field": showing(order(protocol.OrderWaiting), func(s *view.State) {
		s.Fills["o1"] = view.Fill{Number: view.FillNoField, Host: "web.telegram.org", Bound: true}
	}),
	"number-no-access": showing(order(protocol.OrderWaiting), func(s *view.State) {
		s.Fills["o1"] = view.Fill{Number: view.FillNoPage, Host: "web.telegram.org"}
	}),
	"code":               showing(code(), nothing),
	"code-in-a-sentence": showing(coded("G-573920 is your Google verification code.", protocol.Received{Code: "573920", Written: "G-573920", Text: "G-573920 is your Google verification code."}), nothing),
	"code-unsure":        showing(coded("Your codes are 482913 and 558201", protocol.Received{}), nothing),
	"code-kept": showing(code(), func(s *view.State) {
		s.Fills["o1"] = view.Fill{Number: view.FillKept, Code: view.FillKept, Host: "web.telegram.org"}
	}),
	"code-not-kept": showing(code(), func(s *view.State) { s.Fills["o1"] = view.Fill{Code: view.FillPartly, Host: "web.telegram.org"} }),
	"code-no-field": showing(code(), func(s *view.State) { s.Fills["o1"] = view.Fill{Code: view.FillNoField, Host: "web.telegram.org"} }),
	"code-no-access": showing(code(), func(s *view.State) {
		s.Fills["o1"] = view.Fill{Code: view.FillNoPage, Host: "web.telegram.org"}
	}),
	"number-in-frame": showing(order(protocol.OrderWaiting), func(s *view.State) {
		s.Fills["o1"] = view.Fill{Number: view.FillInFrame, Host: "web.telegram.org", Frames: []string{"https://id.example:8443", "http://[::1]:80"}}
	}),
	"number-forgetful": showing(order(protocol.OrderWaiting), func(s *view.State) { s.Forgetful = true }),
	"code-in-frame": showing(code(), func(s *view.State) {
		s.Fills["o1"] = view.Fill{Code: view.FillInFrame, Host: "web.telegram.org", Frames: []string{"https://id.example"}}
	}),
	"code-foreign": showing(code(), func(s *view.State) {
		s.Fills["o1"] = view.Fill{Code: view.FillForeign, Host: "web.telegram.org", Site: "bank.example"}
	}),
	"code-over-another-site": showing(code(), func(s *view.State) {
		s.Fills["o1"] = view.Fill{Number: view.FillKept, Host: "signup.example", Bound: true}
	}),
	"code-elsewhere": showing(withheld(), nothing),
	"code-asked": showing(withheld(), func(s *view.State) {
		s.Client, s.Snapshot.Orders[0].AskedBy = "c9", []string{"c9"}
	}),
	"code-handed": showing(withheld(), func(s *view.State) {
		s.Codes["o1"] = protocol.ReceivedCode{OrderID: "o1", Code: "49217", Received: protocol.Received{Code: "49217", Written: "49217"}}
	}),
	"cancelling":    showing(order(protocol.OrderCancelling), nothing),
	"refunded":      showing(order(protocol.OrderRefunded), nothing),
	"expired":       showing(order(protocol.OrderExpired), nothing),
	"refund-failed": showing(problematic(), nothing),
	"order-gone":    with(func(s *view.State) { s.OrderID = "gone" }),

	"orders": with(func(s *view.State) {
		s.Section = view.SectionOrders
		s.Orders = &protocol.OrderPage{Orders: []protocol.Order{order(protocol.OrderWaiting), other("o2", protocol.OrderReceived), other("o3", protocol.OrderRefunded), other("o4", protocol.OrderCancelling), other("o5", protocol.OrderExpired)}}
	}),
	"orders-none":    with(func(s *view.State) { s.Section, s.Orders = view.SectionOrders, &protocol.OrderPage{} }),
	"orders-loading": with(func(s *view.State) { s.Section = view.SectionOrders }),
	"logs": with(func(s *view.State) {
		s.Section = view.SectionCatalogue
		s.LogCategories = &protocol.LogCategoryPage{Categories: []protocol.LogCategory{{ID: "12", Name: "Mailbox", Price: naira(450), Available: 34}}}
		s.LogOrders = &protocol.LogOrderPage{Orders: []protocol.LogOrder{{ID: "l1", Status: "completed", ProductName: "Mailbox", Quantity: 2, Total: naira(900), CreatedAt: now}}}
	}),
	"logs-loading": with(func(s *view.State) { s.Section = view.SectionCatalogue }),
	"boosts": with(func(s *view.State) {
		s.Section, s.Product = view.SectionCatalogue, view.ProductBoosts
		s.BoostServices = &protocol.BoostServicePage{Services: []protocol.BoostService{{ID: "101", Name: "Followers", Category: "Instagram", RatePer1000: naira(1500), Min: 100, Max: 10000}}}
		s.BoostOrders = &protocol.BoostOrderPage{Orders: []protocol.BoostOrder{{ID: "b1", Status: "processing", ServiceName: "Followers", Quantity: 1000, Price: naira(1500), Cancellable: true}}}
	}),
	"boosts-none": with(func(s *view.State) {
		s.Section, s.Product = view.SectionCatalogue, view.ProductBoosts
		s.BoostServices, s.BoostOrders = &protocol.BoostServicePage{}, &protocol.BoostOrderPage{}
	}),
	"fault": with(func(s *view.State) {
		s.Problem = &protocol.Error{Code: protocol.CodeInternal, Message: "the companion hit a fault of its own", Next: "please report it"}
	}),
}

func code() protocol.Order {
	o := order(protocol.OrderReceived)
	o.Code, o.CodeReady, o.Message = "49217", true, "Telegram code 49217"
	o.Received = protocol.Received{Code: "49217", Written: "49217", Text: o.Message}
	return o
}

func coded(text string, received protocol.Received) protocol.Order {
	o := code()
	o.Code, o.Message, o.Received = text, "Code Received", received
	return o
}

func withheld() protocol.Order {
	o := order(protocol.OrderReceived)
	o.CodeReady, o.Client = true, "c2"
	return o
}

func problematic() protocol.Order {
	o := order(protocol.OrderWaiting)
	o.Problem = &protocol.Error{Code: protocol.CodeRefundFailed, Message: "the provider could not give the money back", Next: "try again later"}
	return o
}

func dearer() protocol.Order {
	o := order(protocol.OrderWaiting)
	old, price := naira(620), naira(700)
	o.Price, o.Problem = price, &protocol.Error{Code: protocol.CodePriceChanged, Price: &price, OldPrice: &old}
	return o
}

func bought(state protocol.OrderState) protocol.Order {
	o := order(state)
	o.Intent = "i1"
	return o
}

func other(id string, state protocol.OrderState) protocol.Order {
	o := order(state)
	o.ID = id
	return o
}

func TestScreens(t *testing.T) {
	for name, s := range states {
		t.Run(name, func(t *testing.T) {
			for page, v := range map[string]view.View{"popup": view.Popup(s), "options": view.Options(s)} {
				if page == "options" && s.OrderID+s.Query != "" {
					continue // it shows nothing of these
				}
				keysAreUnique(t, v.Nodes, map[string]bool{})
				golden(t, filepath.Join("testdata", page, name+".txt"), outline(v))
			}
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "go test ./wasm/internal/view -update writes it")
	assert.Equal(t, string(want), got, "go test ./wasm/internal/view -update, if that is meant")
}

// Pages keep elements by their keys, among the children of one parent.
func keysAreUnique(t *testing.T, nodes []view.Node, seen map[string]bool) {
	for _, n := range nodes {
		if n.Key != "" {
			assert.False(t, seen[n.Key], "%s stands twice on one screen", n.Key)
			seen[n.Key] = true
		}
		keysAreUnique(t, n.Children, seen)
	}
}

// outline writes a screen as an indented text.
func outline(v view.View) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", words(&v.Title))
	write(&b, v.Nodes, 0)
	return b.String()
}

func write(b *strings.Builder, nodes []view.Node, depth int) {
	for _, n := range nodes {
		line := []string{string(n.Kind)}
		add := func(format string, args ...any) { line = append(line, fmt.Sprintf(format, args...)) }
		if n.Key != "" {
			add("[%s]", n.Key)
		}
		if n.Class != "" {
			add(".%s", strings.ReplaceAll(n.Class, " ", "."))
		}
		if n.Label != nil {
			add("<%s>", words(n.Label))
		}
		if n.Text != nil {
			add("%s", words(n.Text))
		}
		if n.Value != "" {
			add("= %s", n.Value)
		}
		for _, o := range n.Options {
			add("| %s", words(&o.Text))
		}
		if n.Disabled {
			add("(disabled)")
		}
		if n.Current {
			add("(current)")
		}
		if n.Action != nil {
			add("→ %s", strings.TrimSpace(string(n.Action.Do)+" "+n.Action.Frame))
		}
		if n.Ask != "" {
			add("asks %s", n.Ask)
		}
		fmt.Fprintf(b, "%s%s\n", strings.Repeat("  ", depth), strings.Join(line, " "))
		write(b, n.Children, depth+1)
	}
}

func words(t *view.Text) string {
	if t.Key == "" {
		return fmt.Sprintf("%q", t.Plain)
	}
	args := make([]string, len(t.Args))
	for i, a := range t.Args {
		switch {
		case a.Money != nil:
			args[i] = a.Money.String()
		case a.Count != nil:
			args[i] = fmt.Sprint(*a.Count)
		case !a.Time.IsZero():
			args[i] = a.Time.Format(time.DateOnly)
		default:
			args[i] = a.Plain
		}
	}
	return t.Key + "(" + strings.Join(args, ", ") + ")"
}

func TestIcon(t *testing.T) {
	assert.Empty(t, view.Icon(view.State{}).Text)
	assert.Empty(t, view.Icon(ready()).Text)
	assert.Equal(t, "1", view.Icon(states["waiting"]).Text)
	assert.Equal(t, "✓", view.Icon(states["code"]).Text)
	late := states["code"]
	late.Now = now.Add(time.Hour)
	assert.Empty(t, view.Icon(late).Text)
}

func TestMenuOverAField(t *testing.T) {
	assert.Empty(t, view.Menu(view.State{}))
	assert.Empty(t, view.Menu(states["code-elsewhere"]), "another browser's code")
	waits := view.Menu(states["waiting"])
	require.Len(t, waits, 1)
	assert.Equal(t, view.FillsNumber, waits[0].Action.Text)
	assert.Equal(t, "menu_number(+234 803 123 4567, Telegram)", words(&waits[0].Title))
	came := view.Menu(states["code"])
	require.Len(t, came, 1)
	assert.Equal(t, view.FillsCode, came[0].Action.Text)
	assert.Equal(t, "menu_code(49217, Telegram, +234 803 123 4567)", words(&came[0].Title))
}

func TestNothingIsBoughtFromRememberedState(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(states)) {
		s := states[name]
		if s.Snapshot == nil {
			continue
		}
		s.Live = false
		each(view.Popup(s).Nodes, func(n view.Node) {
			if n.Action != nil && (n.Action.Do == view.DoBuy || n.Action.Do == view.DoCancel) {
				assert.True(t, n.Disabled, "%s in %s", n.Key, name)
			}
		})
	}
}

func each(nodes []view.Node, do func(view.Node)) {
	for _, n := range nodes {
		do(n)
		each(n.Children, do)
	}
}
