package notify

import (
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func naira(minor int64) money.Money { return money.Money{Minor: minor, Currency: "NGN"} }

func testState(orders ...protocol.Order) protocol.Snapshot {
	return protocol.Snapshot{
		Seq: 1, Orders: orders, Wallet: &protocol.Wallet{Balance: naira(5000_00)}, Key: protocol.Key{State: protocol.KeyOK},
	}
}

func testOrder(state protocol.OrderState) protocol.Order {
	return protocol.Order{
		ID: "7", State: state, Number: "+2348031234567", Phone: protocol.Number{International: "+234 803 123 4567"}, ServiceName: "WhatsApp", Price: naira(850_00),
		IntentID: "i1", CreatedAt: noon.Add(-time.Minute),
	}
}

func receivedOrder(code string, at time.Time) protocol.Order {
	o := testOrder(protocol.OrderReceived)
	o.Code, o.CodeReady, o.CodeAt = code, true, &at
	return o
}

func orderWithProblem(code protocol.Code) protocol.Order {
	o := testOrder(protocol.OrderCancelling)
	o.Problem = &protocol.Error{Code: code, Message: "the money is not back yet", Next: "contact the provider"}
	return o
}

func TestEvents(t *testing.T) {
	const about = "WhatsApp, +234 803 123 4567"
	boughtElsewhere, old := testOrder(protocol.OrderRefunded), testOrder(protocol.OrderRefunded)
	boughtElsewhere.IntentID, old.CreatedAt = "", noon.Add(-2*time.Hour)
	key := func(k protocol.KeyState) protocol.Snapshot {
		s := testState()
		s.Key.State = k
		return s
	}
	low := testState()
	low.Wallet = &protocol.Wallet{Balance: naira(999_99)}
	unknown := testState()
	unknown.Wallet = nil
	for name, c := range map[string]struct {
		state    protocol.Snapshot
		settings Settings
		want     []Event
	}{
		"nothing": {state: testState(testOrder(protocol.OrderWaiting), testOrder(protocol.OrderCancelling), testOrder(protocol.OrderExpired))},
		"a code": {
			state: testState(receivedOrder("482913", noon)),
			want:  []Event{{Key: "code/7/1777636800000000000", Title: "Code 482913", Body: about, Order: "7"}},
		},
		"a hidden code": {
			state: testState(receivedOrder("482913", noon)), settings: Settings{HideCodes: true},
			want: []Event{{Key: "code/7/1777636800000000000", Title: "Code received", Body: about, Order: "7"}},
		},
		"an old code": {state: testState(receivedOrder("482913", noon.Add(-maxCodeAge)))},
		"refunded": {
			state: testState(testOrder(protocol.OrderRefunded)),
			want:  []Event{{Key: "refunded/7", Title: "Refunded: 850.00 NGN", Body: "No code arrived: " + about}},
		},
		"refunded, bought elsewhere":      {state: testState(boughtElsewhere)},
		"refunded, before the companion":  {state: testState(old)},
		"another problem":                 {state: testState(orderWithProblem(protocol.CodeOrderNotFound))},
		"a balance that is not known yet": {state: unknown},
		"a refund that failed": {
			state: testState(orderWithProblem(protocol.CodeRefundFailed)),
			want: []Event{{
				Key: "refund-failed/7", Title: "Refund overdue: 850.00 NGN", Urgent: true,
				Body: about + ": the money is not back yet; contact the provider",
			}},
		},
		"a low balance": {
			state: low,
			want:  []Event{{Key: "low", Title: "Low balance: 999.99 NGN", Body: "Top up on the provider's site."}},
		},
		"low by the person's setting": {state: low, settings: Settings{LowBalance: naira(500_00)}},
		"a threshold of other money":  {state: testState(), settings: Settings{LowBalance: money.Money{Minor: 1 << 40, Currency: "EUR"}}},
		"a key that is missing":       {state: key(protocol.KeyMissing)},
		"a key that is locked":        {state: key(protocol.KeyLocked)},
		"a key that was not used yet": {state: key(protocol.KeyUnchecked)},
		"a key that is refused": {
			state: key(protocol.KeyRefused),
			want: []Event{{
				Key: "key/refused/g1", Title: "API key rejected", Urgent: true,
				Body: "Create a new key on the provider's site and set it in the companion's menu.",
			}},
		},
		"an account that is blocked": {
			state: key(protocol.KeyBlocked),
			want:  []Event{{Key: "key/blocked/g1", Title: "Account blocked", Body: "Contact the provider.", Urgent: true}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := Events(c.state, Criteria{c.settings, noon.Add(-time.Hour), func() string { return "g1" }}, noon)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestCodeIsShownWithoutItsMessage(t *testing.T) {
	o := receivedOrder("G-573920 is your code", noon)
	o.Received = protocol.OneTimeCode{Code: "573920", Written: "G-573920", Text: o.Code}
	events := Events(testState(o), Criteria{Settings{}, noon.Add(-time.Hour), func() string { return "g1" }}, noon)
	require.Len(t, events, 1)
	assert.Contains(t, events[0].Title+events[0].Body, "573920")
	assert.NotContains(t, events[0].Title+events[0].Body, "G-573920")
}

func TestThreshold(t *testing.T) {
	assert.Equal(t, "1000.00 NGN", Settings{}.Threshold("NGN").String())
	assert.Equal(t, "2.00 EUR", Settings{}.Threshold("EUR").String())
	assert.Equal(t, "2 JPY", Settings{}.Threshold("JPY").String())
}

// Whatever the provider writes, each text is one short line of printable characters.
func TestHostileTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"\u202egnp.exe", "a\nb\tc\x00", "\xff\xfe", "<b>&amp;</b>"}))
		o := receivedOrder(hostile.Draw(t, "code"), noon)
		o.ServiceName, o.Number = hostile.Draw(t, "service"), hostile.Draw(t, "number")
		p := orderWithProblem(protocol.CodeRefundFailed)
		p.Problem.Message, p.Problem.Next = hostile.Draw(t, "message"), hostile.Draw(t, "next")
		s := testState(o, p)
		s.Wallet.Balance = money.Money{Minor: -1, Currency: hostile.Draw(t, "currency")}
		for _, item := range Events(s, Criteria{Settings{}, noon.Add(-time.Hour), func() string { return "" }}, noon) {
			for _, r := range item.Title + item.Body {
				require.True(t, unicode.IsPrint(r), "%q", item)
			}
			require.LessOrEqual(t, len([]rune(item.Title)), 80)
		}
	})
}
