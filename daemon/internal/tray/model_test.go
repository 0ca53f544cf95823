package tray

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/logspanel/companion/daemon/internal/browser"
	"github.com/logspanel/companion/daemon/internal/desktop"
	"github.com/logspanel/companion/shared/money"
	"github.com/logspanel/companion/shared/protocol"
)

var (
	noon   = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	wallet = &protocol.Wallet{Balance: money.Money{Minor: 1250000, Currency: "NGN"}}
)

// healthyState is a state in which nothing waits and nothing is wrong.
func healthyState(orders ...protocol.Order) protocol.Snapshot {
	return protocol.Snapshot{
		Seq: 1, Wallet: wallet, Orders: orders,
		Key: protocol.Key{State: protocol.KeyOK}, Provider: protocol.Provider{Reachable: true},
	}
}

func testOrder(state protocol.OrderState) protocol.Order {
	return protocol.Order{
		ID: "1", State: state, Number: "+2348031234567", Phone: protocol.Number{International: "+234 803 123 4567"}, ServiceName: "WhatsApp", Price: money.Money{Minor: 85000, Currency: "NGN"},
		CreatedAt: noon.Add(-time.Minute), Deadline: noon.Add(15 * time.Minute),
	}
}

func receivedOrder(code string, at time.Time) protocol.Order {
	o := testOrder(protocol.OrderReceived)
	o.Code, o.CodeReady, o.CodeAt = code, true, &at
	return o
}

func TestNewMenu(t *testing.T) {
	const nothingWaits = "No numbers waiting for a code"
	const tip = "Logspanel Companion\nBalance: 12500.00 NGN"
	balance := "Balance: 12500.00 NGN"
	refundFailed := testOrder(protocol.OrderCancelling)
	refundFailed.Problem = &protocol.Error{Message: "the provider could not refund"}
	with := func(change func(*protocol.Snapshot)) protocol.Snapshot {
		s := healthyState()
		change(&s)
		return s
	}

	for name, c := range map[string]struct {
		state protocol.Snapshot
		local LocalState
		want  Menu
	}{
		"idle": {healthyState(), LocalState{}, Menu{Icon: IconIdle, Tooltip: tip, Balance: balance, More: nothingWaits}},
		"spending": {
			with(func(s *protocol.Snapshot) {
				s.Limits = protocol.Limits{PerDay: money.Money{Minor: 3000000, Currency: "NGN"}, Spent: money.Money{Minor: 85000, Currency: "NGN"}}
			}),
			LocalState{},
			Menu{Icon: IconIdle, Tooltip: tip, Balance: balance, Spent: "Spent in 24 hours: 850.00 of 30000.00 NGN", More: nothingWaits},
		},
		"limits lost": {
			with(func(s *protocol.Snapshot) {
				s.Limits = protocol.Limits{PerDay: money.FromMajor(30_000, "NGN"), Unset: true}
			}),
			LocalState{},
			Menu{
				Icon: IconAttention, Tooltip: tip + "\nThe spending limits were lost: set both below to buy again", Balance: balance, More: nothingWaits,
				Warnings: []string{"The spending limits were lost: set both below to buy again"},
			},
		},
		"recovering": {
			with(func(s *protocol.Snapshot) { s.Recovery.At = noon }),
			LocalState{},
			Menu{
				Icon: IconAttention, Tooltip: tip + "\nThe order history was damaged: reading it from the provider again", Balance: balance, More: nothingWaits,
				Warnings: []string{"The order history was damaged: reading it from the provider again"},
			},
		},
		"play money": {
			with(func(s *protocol.Snapshot) { s.Sandbox = true }),
			LocalState{},
			Menu{Icon: IconIdle, Tooltip: tip + " (play money)", Balance: balance + " (play money)", More: nothingWaits},
		},
		"no balance yet": {
			with(func(s *protocol.Snapshot) { s.Wallet = nil }),
			LocalState{},
			Menu{Icon: IconIdle, Tooltip: "Logspanel Companion\nBalance: not known yet", Balance: "Balance: not known yet", More: nothingWaits},
		},
		"waiting": {healthyState(testOrder(protocol.OrderWaiting)), LocalState{}, Menu{
			Icon: IconWaiting, Tooltip: tip + "\n1 number waiting for a code", Balance: balance,
			Orders:  []Line{{Text: "WhatsApp  +234 803 123 4567  waiting, 15 min left", Copy: "+2348031234567", Order: "1"}},
			Cancels: []Line{{Text: "WhatsApp  +234 803 123 4567  cancel and refund 850.00 NGN", Order: "1"}},
			Changes: noon.Add(time.Minute),
		}},
		"code": {healthyState(receivedOrder("482913", noon)), LocalState{}, Menu{
			Icon: IconCode, Tooltip: tip + "\n1 code received", Balance: balance,
			Orders:  []Line{{Text: "WhatsApp  +234 803 123 4567  code 482913", Copy: "482913", Order: "1"}},
			Changes: noon.Add(codeShownFor),
		}},
		"withheld code": {healthyState(receivedOrder("", noon)), LocalState{}, Menu{
			Icon: IconCode, Tooltip: tip + "\n1 code received", Balance: balance,
			Orders:  []Line{{Text: "WhatsApp  +234 803 123 4567  code received", Copy: "+2348031234567", Order: "1"}},
			Changes: noon.Add(codeShownFor),
		}},
		"old code": {healthyState(receivedOrder("482913", noon.Add(-codeShownFor))), LocalState{}, Menu{
			Icon: IconIdle, Tooltip: tip, Balance: balance, More: nothingWaits,
			Recent: []Line{{Text: "WhatsApp  +234 803 123 4567  code 482913  1 May 11:50", Copy: "482913", Order: "1"}},
		}},
		"finished": {healthyState(testOrder(protocol.OrderRefunded), testOrder(protocol.OrderExpired)), LocalState{}, Menu{
			Icon: IconIdle, Tooltip: tip, Balance: balance, More: nothingWaits,
			Recent: []Line{
				{Text: "WhatsApp  +234 803 123 4567  no code, 850.00 NGN refunded  1 May 11:59", Copy: "+2348031234567", Order: "1"},
				{Text: "WhatsApp  +234 803 123 4567  no code, not refunded  1 May 11:59", Copy: "+2348031234567", Order: "1"},
			},
			Cancels: []Line{{Text: "WhatsApp  +234 803 123 4567  cancel and refund 850.00 NGN", Order: "1"}},
			Changes: noon.Add(24*time.Hour - time.Minute),
		}},
		"switches": {healthyState(), LocalState{Switches: Switches{Notifications: true, StartAtLogin: false}}, Menu{
			Icon: IconIdle, Tooltip: tip, Balance: balance, More: nothingWaits,
			Switches: [switchCount]Toggle{Notifications: {"Show notifications", true}, StartAtLogin: {"Start at login", false}},
		}},
		"refund awaited": {healthyState(testOrder(protocol.OrderCancelling)), LocalState{}, Menu{
			Icon: IconIdle, Tooltip: tip, Balance: balance,
			Orders: []Line{{Text: "WhatsApp  +234 803 123 4567  cancelled, waiting for the refund", Copy: "+2348031234567", Order: "1"}},
		}},
		"refund failed": {healthyState(refundFailed), LocalState{}, Menu{
			Icon: IconAttention, Tooltip: tip, Balance: balance,
			Orders:  []Line{{Text: "WhatsApp  +234 803 123 4567  the provider could not refund", Copy: "+2348031234567", Order: "1"}},
			Cancels: []Line{{Text: "WhatsApp  +234 803 123 4567  ask again to refund 850.00 NGN", Order: "1"}},
		}},
		"no key": {with(func(s *protocol.Snapshot) { s.Key.State = protocol.KeyMissing }), LocalState{}, Menu{
			Icon: IconAttention, Tooltip: tip + "\nNo API key: set one below", Balance: balance,
			Warnings: []string{"No API key: set one below"}, More: nothingWaits,
		}},
		"purchase in doubt": {with(func(s *protocol.Snapshot) {
			s.Intents = []protocol.Intent{{State: protocol.IntentUnknown}, {State: protocol.IntentSent}}
		}), LocalState{}, Menu{
			Icon: IconAttention, Tooltip: tip + "\nA purchase isn't confirmed yet: see the extension", Balance: balance,
			Warnings: []string{"A purchase isn't confirmed yet: see the extension"}, More: nothingWaits,
		}},
		"pairing": {healthyState(), LocalState{PairingCode: "ABCD-EFGH", PairingExpires: noon.Add(90 * time.Second)}, Menu{
			Icon: IconIdle, Tooltip: tip, Balance: balance, More: nothingWaits,
			Pair: "Paste into the extension: ABCD-EFGH (1:30 left)", Changes: noon.Add(time.Second),
		}},
		"pairing is over": {
			healthyState(),
			LocalState{PairingCode: "ABCD-EFGH", PairingExpires: noon},
			Menu{Icon: IconIdle, Tooltip: tip, Balance: balance, More: nothingWaits},
		},
		"nothing to copy with": {healthyState(), LocalState{LastError: errors.New("nothing was copied"), LastErrorAt: noon.Add(-time.Minute)}, Menu{
			Icon: IconAttention, Tooltip: tip + "\nNothing was copied", Balance: balance,
			Warnings: []string{"Nothing was copied"}, More: nothingWaits, Changes: noon.Add(time.Minute),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.want.Pair == "" {
				c.want.Pair = "Pair a browser…"
			}
			assert.Equal(t, c.want, NewMenu(c.state, c.local, noon))
		})
	}
}

func TestMoreOrdersThanLines(t *testing.T) {
	var orders []protocol.Order
	for i := range maxOrders + 2 {
		o := testOrder(protocol.OrderWaiting)
		o.ID, o.Number = fmt.Sprint(i), fmt.Sprintf("+234803123456%d", i)
		orders = append(orders, o)
	}
	m := NewMenu(healthyState(orders...), LocalState{}, noon)
	require.Len(t, m.Orders, maxOrders)
	assert.Equal(t, "+2348031234560", m.Orders[0].Copy)
	assert.Equal(t, "and 2 more in the extension", m.More)
	assert.Contains(t, m.Tooltip, "10 numbers waiting for a code")
}

func TestEverythingWrongFitsTheMenu(t *testing.T) {
	s := healthyState()
	s.Key.State, s.Provider.Reachable = protocol.KeyRefused, false
	s.Recovery.At, s.Limits.Unset = noon, true
	s.Intents = []protocol.Intent{{State: protocol.IntentUnknown}, {State: protocol.IntentUnknown}}
	m := NewMenu(s, LocalState{LastError: desktop.ErrNoClipboard, LastErrorAt: noon}, noon)
	assert.LessOrEqual(t, len(m.Warnings), maxWarnings)
	assert.Contains(t, m.Warnings, "2 purchases aren't confirmed yet: see the extension")
}

func TestIconShowsTheMostUrgent(t *testing.T) {
	stuck := testOrder(protocol.OrderCancelling)
	stuck.Problem = &protocol.Error{Message: "no refund"}
	waiting, code := testOrder(protocol.OrderWaiting), receivedOrder("1234", noon)
	for _, c := range []struct {
		orders []protocol.Order
		want   Icon
	}{
		{[]protocol.Order{waiting, stuck}, IconAttention},
		{[]protocol.Order{stuck, waiting}, IconAttention},
		{[]protocol.Order{code, stuck, waiting}, IconCode},
		{[]protocol.Order{waiting, stuck, code}, IconCode},
	} {
		assert.Equal(t, c.want, NewMenu(healthyState(c.orders...), LocalState{}, noon).Icon)
	}
}

func TestCountdown(t *testing.T) {
	for left, want := range map[time.Duration]string{
		time.Hour:                   "60 min left",
		14*time.Minute + 1:          "15 min left",
		2*time.Minute + time.Second: "3 min left",
		2 * time.Minute:             "2:00 left",
		61*time.Second - 1:          "1:01 left",
		time.Nanosecond:             "0:01 left",
		0:                           "time is up",
		-time.Hour:                  "time is up",
	} {
		got, _ := countdown(noon.Add(left), noon)
		assert.Equal(t, want, got, left)
	}
}

// A menu stays the same until its Changes time, and differs from then on.
func TestMenuChangesWhenItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := func(name string) time.Time {
			return noon.Add(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(time.Hour)).Draw(t, name)))
		}
		waiting := testOrder(protocol.OrderWaiting)
		waiting.Deadline = seconds("deadline")
		s := healthyState(waiting, receivedOrder("1234", seconds("code")))
		own := LocalState{PairingCode: "ABCD", PairingExpires: seconds("expiry")}
		m := NewMenu(s, own, noon)
		if m.Changes.IsZero() {
			later := NewMenu(s, own, noon.Add(100*time.Hour))
			require.Equal(t, m, later)
			return
		}
		require.True(t, m.Changes.After(noon))
		before := noon.Add(time.Duration(rapid.Int64Range(0, int64(m.Changes.Sub(noon))-1).Draw(t, "before")))
		require.Equal(t, m, NewMenu(s, own, before))
		require.NotEqual(t, m, NewMenu(s, own, m.Changes))
	})
}

// Whatever the provider writes, each text is one short line of printable characters.
func TestHostileTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"\u202egnp.exe", "a\nb\tc\x00", strings.Repeat("w", 500), "\xff\xfe", "\u2066\u200b", strings.Repeat("😀", 200),
		}))
		o := testOrder(protocol.OrderWaiting)
		o.ServiceName, o.Number, o.CallingCode = hostile.Draw(t, "service"), hostile.Draw(t, "number"), hostile.Draw(t, "code")
		r := receivedOrder(hostile.Draw(t, "sms"), noon)
		r.ServiceName = hostile.Draw(t, "other service")
		p := testOrder(protocol.OrderCancelling)
		p.Problem = &protocol.Error{Message: hostile.Draw(t, "problem")}
		s := healthyState(o, r, p)
		s.Wallet = &protocol.Wallet{Balance: money.Money{Minor: 1, Currency: hostile.Draw(t, "currency")}}

		m := NewMenu(s, LocalState{
			LastError: errors.New(hostile.Draw(t, "error")), LastErrorAt: noon,
			Browsers: []browser.Browser{{ID: "c", Product: hostile.Draw(t, "browser")}},
		}, noon)
		texts := append([]string{m.Balance, m.More, m.Pair}, m.Warnings...)
		for _, line := range slices.Concat(m.Orders, m.Recent, m.Cancels, m.Browsers) {
			texts = append(texts, line.Text, line.Copy)
		}
		for _, text := range texts {
			for _, r := range text {
				require.True(t, unicode.IsPrint(r), "%q", text)
			}
			require.LessOrEqual(t, len([]rune(text)), 160, "%q", text)
		}
		require.LessOrEqual(t, len(utf16.Encode([]rune(m.Tooltip))), maxTooltip)
	})
}

func TestTruncateUTF16(t *testing.T) {
	assert.Equal(t, "abc", truncateUTF16("abc", 3))
	assert.Equal(t, "ab…", truncateUTF16("abcd", 3))
	assert.Equal(t, "😀…", truncateUTF16("😀😀", 3), "each of these takes two units")
	assert.Equal(t, "…", truncateUTF16("😀😀", 2))
}
