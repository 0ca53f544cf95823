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

// fine is a state in which nothing waits and nothing is wrong.
func fine(orders ...protocol.Order) protocol.Snapshot {
	return protocol.Snapshot{
		Seq: 1, Wallet: wallet, Orders: orders,
		Key: protocol.Key{State: protocol.KeyOK}, Provider: protocol.Provider{Reachable: true},
	}
}

func rented(state protocol.OrderState) protocol.Order {
	return protocol.Order{
		ID: "1", State: state, Number: "+2348031234567", CallingCode: "234", ServiceName: "WhatsApp", Price: money.Money{Minor: 85000, Currency: "NGN"},
		CreatedAt: noon.Add(-time.Minute), Deadline: noon.Add(15 * time.Minute),
	}
}

func received(code string, at time.Time) protocol.Order {
	o := rented(protocol.OrderReceived)
	o.Code, o.CodeReady, o.CodeAt = code, true, &at
	return o
}

func TestNewMenu(t *testing.T) {
	const quiet = "No number waits for a code"
	const tip = "Logspanel Companion\nBalance: 12500.00 NGN"
	balance := "Balance: 12500.00 NGN"
	stuck := rented(protocol.OrderCancelling)
	stuck.Problem = &protocol.Error{Message: "the provider could not refund"}
	with := func(change func(*protocol.Snapshot)) protocol.Snapshot {
		s := fine()
		change(&s)
		return s
	}

	for name, c := range map[string]struct {
		state protocol.Snapshot
		own   Own
		want  Menu
	}{
		"idle": {fine(), Own{}, Menu{Icon: IconIdle, Tooltip: tip, Balance: balance, More: quiet}},
		"spending": {
			with(func(s *protocol.Snapshot) {
				s.Limits = protocol.Limits{PerDay: money.Money{Minor: 3000000, Currency: "NGN"}, Spent: money.Money{Minor: 85000, Currency: "NGN"}}
			}),
			Own{},
			Menu{Icon: IconIdle, Tooltip: tip, Balance: balance, Spent: "Spent in 24 hours: 850.00 of 30000.00 NGN", More: quiet},
		},
		"limits lost": {
			with(func(s *protocol.Snapshot) {
				s.Limits = protocol.Limits{PerDay: money.FromMajor(30_000, "NGN"), Unset: true}
			}),
			Own{},
			Menu{
				Icon: IconAttention, Tooltip: tip + "\nThe spending limits were lost: set both below to buy again", Balance: balance, More: quiet,
				Notices: []string{"The spending limits were lost: set both below to buy again"},
			},
		},
		"recovering": {
			with(func(s *protocol.Snapshot) { s.Recovery.At = noon }),
			Own{},
			Menu{
				Icon: IconAttention, Tooltip: tip + "\nThe journal was lost: orders are being read from the provider", Balance: balance, More: quiet,
				Notices: []string{"The journal was lost: orders are being read from the provider"},
			},
		},
		"play money": {
			with(func(s *protocol.Snapshot) { s.Sandbox = true }),
			Own{},
			Menu{Icon: IconIdle, Tooltip: tip + " (play money)", Balance: balance + " (play money)", More: quiet},
		},
		"no balance yet": {
			with(func(s *protocol.Snapshot) { s.Wallet = nil }),
			Own{},
			Menu{Icon: IconIdle, Tooltip: "Logspanel Companion\nBalance: not known yet", Balance: "Balance: not known yet", More: quiet},
		},
		"waiting": {fine(rented(protocol.OrderWaiting)), Own{}, Menu{
			Icon: IconWaiting, Tooltip: tip + "\n1 number waits for a code", Balance: balance,
			Orders:  []Line{{Text: "WhatsApp  +234 803 123 4567  waiting, 15 min left", Copy: "+2348031234567", Order: "1"}},
			Cancels: []Line{{Text: "WhatsApp  +234 803 123 4567  give it back for 850.00 NGN", Order: "1"}},
			Changes: noon.Add(time.Minute),
		}},
		"code": {fine(received("482913", noon)), Own{}, Menu{
			Icon: IconCode, Tooltip: tip + "\n1 code is there", Balance: balance,
			Orders:  []Line{{Text: "WhatsApp  +234 803 123 4567  code 482913", Copy: "482913", Order: "1"}},
			Changes: noon.Add(recent),
		}},
		"withheld code": {fine(received("", noon)), Own{}, Menu{
			Icon: IconCode, Tooltip: tip + "\n1 code is there", Balance: balance,
			Orders:  []Line{{Text: "WhatsApp  +234 803 123 4567  a code is there", Copy: "+2348031234567", Order: "1"}},
			Changes: noon.Add(recent),
		}},
		"old code": {fine(received("482913", noon.Add(-recent))), Own{}, Menu{
			Icon: IconIdle, Tooltip: tip, Balance: balance, More: quiet,
			Recent: []Line{{Text: "WhatsApp  +234 803 123 4567  code 482913  1 May 11:50", Copy: "482913", Order: "1"}},
		}},
		"finished": {fine(rented(protocol.OrderRefunded), rented(protocol.OrderExpired)), Own{}, Menu{
			Icon: IconIdle, Tooltip: tip, Balance: balance, More: quiet,
			Recent: []Line{
				{Text: "WhatsApp  +234 803 123 4567  no code, 850.00 NGN came back  1 May 11:59", Copy: "+2348031234567", Order: "1"},
				{Text: "WhatsApp  +234 803 123 4567  no code, not refunded  1 May 11:59", Copy: "+2348031234567", Order: "1"},
			},
			Cancels: []Line{{Text: "WhatsApp  +234 803 123 4567  give it back for 850.00 NGN", Order: "1"}},
			Changes: noon.Add(24*time.Hour - time.Minute),
		}},
		"switches": {fine(), Own{Switches: Switches{Notifications: true, AtLogin: false}}, Menu{
			Icon: IconIdle, Tooltip: tip, Balance: balance, More: quiet,
			Switches: [switchCount]Toggle{Notifications: {"Show notifications", true}, AtLogin: {"Start at login", false}},
		}},
		"refund awaited": {fine(rented(protocol.OrderCancelling)), Own{}, Menu{
			Icon: IconIdle, Tooltip: tip, Balance: balance,
			Orders: []Line{{Text: "WhatsApp  +234 803 123 4567  cancelled, waiting for the refund", Copy: "+2348031234567", Order: "1"}},
		}},
		"refund failed": {fine(stuck), Own{}, Menu{
			Icon: IconAttention, Tooltip: tip, Balance: balance,
			Orders:  []Line{{Text: "WhatsApp  +234 803 123 4567  the provider could not refund", Copy: "+2348031234567", Order: "1"}},
			Cancels: []Line{{Text: "WhatsApp  +234 803 123 4567  ask again for 850.00 NGN", Order: "1"}},
		}},
		"no key": {with(func(s *protocol.Snapshot) { s.Key.State = protocol.KeyMissing }), Own{}, Menu{
			Icon: IconAttention, Tooltip: tip + "\nNo API key: set one below", Balance: balance,
			Notices: []string{"No API key: set one below"}, More: quiet,
		}},
		"purchase in doubt": {with(func(s *protocol.Snapshot) {
			s.Intents = []protocol.Intent{{State: protocol.IntentUnknown}, {State: protocol.IntentSent}}
		}), Own{}, Menu{
			Icon: IconAttention, Tooltip: tip + "\nA purchase has no outcome yet: the extension shows it", Balance: balance,
			Notices: []string{"A purchase has no outcome yet: the extension shows it"}, More: quiet,
		}},
		"pairing": {fine(), Own{Code: "ABCD-EFGH", Expires: noon.Add(90 * time.Second)}, Menu{
			Icon: IconIdle, Tooltip: tip, Balance: balance, More: quiet,
			Pair: "Paste into the extension: ABCD-EFGH (1:30 left)", Changes: noon.Add(time.Second),
		}},
		"pairing is over": {
			fine(),
			Own{Code: "ABCD-EFGH", Expires: noon},
			Menu{Icon: IconIdle, Tooltip: tip, Balance: balance, More: quiet},
		},
		"nothing to copy with": {fine(), Own{Failed: errors.New("nothing was copied"), FailedAt: noon.Add(-time.Minute)}, Menu{
			Icon: IconAttention, Tooltip: tip + "\nNothing was copied", Balance: balance,
			Notices: []string{"Nothing was copied"}, More: quiet, Changes: noon.Add(time.Minute),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.want.Pair == "" {
				c.want.Pair = "Add a browser…"
			}
			assert.Equal(t, c.want, NewMenu(c.state, c.own, noon))
		})
	}
}

func TestMoreOrdersThanLines(t *testing.T) {
	var orders []protocol.Order
	for i := range maxOrders + 2 {
		o := rented(protocol.OrderWaiting)
		o.ID, o.Number = fmt.Sprint(i), fmt.Sprintf("+234803123456%d", i)
		orders = append(orders, o)
	}
	m := NewMenu(fine(orders...), Own{}, noon)
	require.Len(t, m.Orders, maxOrders)
	assert.Equal(t, "+2348031234560", m.Orders[0].Copy)
	assert.Equal(t, "and 2 more in the extension", m.More)
	assert.Contains(t, m.Tooltip, "10 numbers wait for a code")
}

func TestEverythingWrongFitsTheMenu(t *testing.T) {
	s := fine()
	s.Key.State, s.Provider.Reachable = protocol.KeyRefused, false
	s.Recovery.At, s.Limits.Unset = noon, true
	s.Intents = []protocol.Intent{{State: protocol.IntentUnknown}, {State: protocol.IntentUnknown}}
	m := NewMenu(s, Own{Failed: desktop.ErrNoClipboard, FailedAt: noon}, noon)
	assert.LessOrEqual(t, len(m.Notices), maxNotices)
	assert.Contains(t, m.Notices, "2 purchases have no outcome yet: the extension shows them")
}

func TestIconSaysTheMostUrgent(t *testing.T) {
	stuck := rented(protocol.OrderCancelling)
	stuck.Problem = &protocol.Error{Message: "no refund"}
	waiting, code := rented(protocol.OrderWaiting), received("1234", noon)
	for _, c := range []struct {
		orders []protocol.Order
		want   Icon
	}{
		{[]protocol.Order{waiting, stuck}, IconAttention},
		{[]protocol.Order{stuck, waiting}, IconAttention},
		{[]protocol.Order{code, stuck, waiting}, IconCode},
		{[]protocol.Order{waiting, stuck, code}, IconCode},
	} {
		assert.Equal(t, c.want, NewMenu(fine(c.orders...), Own{}, noon).Icon)
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

// Until it changes by its own account a menu stays the same, and then it does change.
func TestMenuChangesWhenItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := func(name string) time.Time {
			return noon.Add(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(time.Hour)).Draw(t, name)))
		}
		waiting := rented(protocol.OrderWaiting)
		waiting.Deadline = seconds("deadline")
		s := fine(waiting, received("1234", seconds("code")))
		own := Own{Code: "ABCD", Expires: seconds("expiry")}
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

// Whatever the provider writes, each text is one short line that reads as it stands.
func TestHostileTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hostile := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"\u202egnp.exe", "a\nb\tc\x00", strings.Repeat("w", 500), "\xff\xfe", "\u2066\u200b", strings.Repeat("😀", 200),
		}))
		o := rented(protocol.OrderWaiting)
		o.ServiceName, o.Number, o.CallingCode = hostile.Draw(t, "service"), hostile.Draw(t, "number"), hostile.Draw(t, "code")
		r := received(hostile.Draw(t, "sms"), noon)
		r.ServiceName = hostile.Draw(t, "other service")
		p := rented(protocol.OrderCancelling)
		p.Problem = &protocol.Error{Message: hostile.Draw(t, "problem")}
		s := fine(o, r, p)
		s.Wallet = &protocol.Wallet{Balance: money.Money{Minor: 1, Currency: hostile.Draw(t, "currency")}}

		m := NewMenu(s, Own{
			Failed: errors.New(hostile.Draw(t, "error")), FailedAt: noon,
			Browsers: []browser.Browser{{ID: "c", Product: hostile.Draw(t, "browser")}},
		}, noon)
		texts := append([]string{m.Balance, m.More, m.Pair}, m.Notices...)
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

func TestShort(t *testing.T) {
	assert.Equal(t, "abc", short("abc", 3))
	assert.Equal(t, "ab…", short("abcd", 3))
	assert.Equal(t, "😀…", short("😀😀", 3), "each of these takes two units")
	assert.Equal(t, "…", short("😀😀", 2))
}
