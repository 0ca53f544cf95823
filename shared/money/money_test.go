package money_test

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/money"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		decimal, currency string
		minor             int64
		ok                bool
	}{
		{"12500.00", "NGN", 1250000, true},
		{"0.5", "NGN", 50, true},
		{"7", "NGN", 700, true},
		{"-3.25", "USD", -325, true},
		{"1.0000", "USD", 100, true},
		{"1.0010", "USD", 0, false},
		{"1200", "JPY", 1200, true},
		{"1.234", "KWD", 1234, true},
		{"92233720368547758.07", "NGN", math.MaxInt64, true},
		{"92233720368547758.08", "NGN", 0, false},
		{"", "NGN", 0, false},
		{".50", "NGN", 0, false},
		{"5.", "NGN", 0, false},
		{"1,000.00", "NGN", 0, false},
		{"1e3", "NGN", 0, false},
		{"+1", "NGN", 0, false},
		{"--1", "NGN", 0, false},
		{"٣", "NGN", 0, false},
		{"1", "ngn", 0, false},
		{"1", "", 0, false},
	} {
		got, err := money.Parse(c.decimal, c.currency)
		if !c.ok {
			assert.Error(t, err, "%q %q", c.decimal, c.currency)
			continue
		}
		require.NoError(t, err, "%q %q", c.decimal, c.currency)
		assert.Equal(t, money.Money{Minor: c.minor, Currency: c.currency}, got)
	}
}

func TestDecimal(t *testing.T) {
	for want, m := range map[string]money.Money{
		"850.00": {Minor: 85000, Currency: "NGN"},
		"0.05":   {Minor: 5, Currency: "NGN"},
		"-0.05":  {Minor: -5, Currency: "NGN"},
		"12":     {Minor: 12, Currency: "JPY"},
		"0.012":  {Minor: 12, Currency: "KWD"},
	} {
		assert.Equal(t, want, m.Decimal())
	}
	assert.Equal(t, "850.00 NGN", money.Money{Minor: 85000, Currency: "NGN"}.String())
	assert.Equal(t, "no amount", money.Money{}.String())
}

func TestArithmetic(t *testing.T) {
	naira := func(minor int64) money.Money { return money.Money{Minor: minor, Currency: "NGN"} }

	sum, err := naira(150).Add(naira(-50))
	require.NoError(t, err)
	assert.Equal(t, naira(100), sum)

	sum, err = money.Money{}.Add(naira(5))
	require.NoError(t, err)
	assert.Equal(t, naira(5), sum)

	_, err = naira(1).Add(money.Money{Minor: 1, Currency: "USD"})
	require.ErrorIs(t, err, money.ErrCurrencyMismatch)
	_, err = naira(math.MaxInt64).Add(naira(1))
	require.ErrorIs(t, err, money.ErrOverflow)
	_, err = naira(-2).Sub(naira(math.MaxInt64))
	require.ErrorIs(t, err, money.ErrOverflow)
	_, err = naira(0).Sub(naira(math.MinInt64))
	require.ErrorIs(t, err, money.ErrOverflow)

	order, err := naira(1).Cmp(naira(2))
	require.NoError(t, err)
	assert.Equal(t, -1, order)
	_, err = naira(1).Cmp(money.Money{Minor: 1, Currency: "USD"})
	require.ErrorIs(t, err, money.ErrCurrencyMismatch)
}

// Every currency of ISO 4217 has as many digits as the standard says.
func TestEveryCurrency(t *testing.T) {
	raw, err := os.ReadFile("testdata/iso4217.txt")
	require.NoError(t, err)
	counted := map[string]int{}
	for line := range strings.Lines(string(raw)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		currency, digits, _ := strings.Cut(strings.TrimSpace(line), " ")
		counted[digits]++
		want := "1.23"
		switch digits {
		case "0":
			want = "123"
		case "3":
			want = "0.123"
		case "4":
			want = "0.0123"
		}
		m := money.Money{Minor: 123, Currency: currency}
		assert.Equal(t, want, m.Decimal(), currency)
		again, err := money.Parse(want, currency)
		require.NoError(t, err, currency)
		assert.Equal(t, m, again)
		if want != "123" {
			want += "1"
		} else {
			want += ".1"
		}
		_, err = money.Parse(want, currency)
		assert.Error(t, err, "%s %s is finer than there is", want, currency)
	}
	assert.Equal(t, map[string]int{"0": 17, "2": 142, "3": 7, "4": 2, "N.A.": 13}, counted)
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"12500.00", "-0.01", "1.0000", "", ".", "9223372036854775807"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := money.Parse(s, "NGN")
		if err != nil {
			return
		}
		again, err := money.Parse(m.Decimal(), "NGN")
		require.NoError(t, err)
		require.Equal(t, m, again)
	})
}

func TestWhole(t *testing.T) {
	for currency, want := range map[string]int64{"NGN": 2_000, "JPY": 20, "KWD": 20_000} {
		assert.Equal(t, money.Money{Minor: want, Currency: currency}, money.FromMajor(20, currency))
	}
}
