package logspanel

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/money"
)

func TestFields(t *testing.T) {
	for raw, want := range map[string]count{
		`92`: 92, `"92"`: 92, `1200.0`: 1200, `-3`: -3, `null`: 0, `"many"`: 0, `1e3`: 0, `1.5e3`: 0,
		`99999999999999999999`: 0, `{}`: 0,
	} {
		var n count
		require.NoError(t, json.Unmarshal([]byte(raw), &n), raw)
		assert.Equal(t, want, n, raw)
	}
	for raw, want := range map[string]flag{
		`true`: true, `"true"`: true, `"TRUE"`: true, `1`: true, `"1"`: true,
		`false`: false, `"false"`: false, `0`: false, `null`: false, `"yes"`: false, `[]`: false,
	} {
		var f flag
		require.NoError(t, json.Unmarshal([]byte(raw), &f), raw)
		assert.Equal(t, want, f, raw)
	}
	for raw, want := range map[string]time.Time{
		`"2026-05-01T12:00:00.000001Z"`: time.Date(2026, 5, 1, 12, 0, 0, 1000, time.UTC),
		`"2026-05-01T13:00:00+01:00"`:   time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC),
		`"yesterday"`:                   {}, `null`: {}, `1777636800`: {},
	} {
		var m timestamp
		require.NoError(t, json.Unmarshal([]byte(raw), &m), raw)
		assert.Equal(t, want, m.Time, raw)
	}
	for raw, want := range map[string]money.Money{
		`"850.00"`: {Minor: 85000, Currency: "NGN"}, `850`: {Minor: 85000, Currency: "NGN"}, `850.5`: {Minor: 85050, Currency: "NGN"},
		`"1,000.00"`: {}, `null`: {}, `"8e2"`: {}, `8e2`: {}, `[850]`: {},
	} {
		var a amount
		require.NoError(t, json.Unmarshal([]byte(raw), &a), raw)
		assert.Equal(t, want, a.in("NGN"), raw)
		assert.True(t, a.in("").IsZero(), "an amount without a currency is unknown")
	}
	assert.Zero(t, count(-5).seconds())
	assert.Equal(t, 365*24*time.Hour, count(math.MaxInt).seconds())
}

func TestClean(t *testing.T) {
	for s, want := range map[string]string{
		"":                            "",
		"  one \r\n\t two  ":          "one two",
		"a\x00b\x1b[31m":              "ab[31m",
		"pay \u202elater\u2066\u200f": "pay later",
		"bad \xff byte":               "bad byte",
		"ελληνικά 日本 😀":               "ελληνικά 日本 😀",
	} {
		assert.Equal(t, want, clean(s, 100), "%q", s)
	}
	assert.Equal(t, "ab c", clean("ab cd", 4))
}

// Every wire type decodes any JSON to a value with its essential field, or to an error.
func FuzzDecode(f *testing.F) {
	f.Add(`{"order_id":123456789,"status":"waiting_for_code","number":"+1234567890","price":"850.00","currency":"NGN","time_left":1200,"code":null}`)
	f.Add(`{"id":1,"name":"United States","short":"us","calling_code":1,"parent_category":{"id":2}}`)
	f.Add(`{"service_id":"123","price":850,"currency":"NGN","available_quantity":"92"}`)
	f.Add(`{"balance":"12500.00","currency":"NGN","codes":["Random"]}`)
	f.Add(`[]`)
	f.Add(`null`)
	f.Add(`{"order_id":{},"start_count":null,"remains":"x","created_at":[1]}`)
	f.Fuzz(func(t *testing.T, raw string) {
		data := json.RawMessage(raw)
		if order, err := decode[numberOrderWire](data); err == nil {
			require.NotEmpty(t, order.ID)
			require.GreaterOrEqual(t, order.TimeLeft, time.Duration(0))
			require.Equal(t, time.UTC, order.CreatedAt.Location())
		}
		if bought, err := decode[boughtWire](data); err == nil {
			require.NotEmpty(t, bought.Order.ID)
		}
		if order, err := decode[boostOrderWire](data); err == nil {
			require.NotEmpty(t, order.ID)
		}
		if order, err := decode[logOrderWire](data); err == nil {
			require.NotEmpty(t, order.ID)
		}
		if service, err := decode[serviceWire](data); err == nil {
			require.NotEmpty(t, service.ID)
		}
		if service, err := decode[boostServiceWire](data); err == nil {
			require.NotEmpty(t, service.ID)
		}
		if country, err := decode[countryWire](data); err == nil {
			require.NotEmpty(t, country.ID)
		}
		if category, err := decode[logCategoryWire](data); err == nil {
			require.NotEmpty(t, category.ID)
		}
		if parent, err := decode[logParentWire](data); err == nil {
			require.NotEmpty(t, parent.ID)
		}
		if codes, err := decode[areaCodesWire](data); err == nil {
			require.NotContains(t, codes, anyArea)
		}
		if balance, err := decode[walletWire](data); err == nil {
			require.False(t, balance.IsZero())
		}
		if name, err := decode[boostCategoryWire](data); err == nil {
			require.NotEmpty(t, name)
		}
	})
}

// An amount is exact or zero.
func FuzzAmount(f *testing.F) {
	for _, raw := range []string{`"12500.00"`, `850`, `850.5`, `"1e3"`, `-0.01`, `"9223372036854775807"`, `null`} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var a amount
		if json.Unmarshal([]byte(raw), &a) != nil {
			return
		}
		got := a.in("NGN")
		if got.IsZero() {
			return
		}
		again := amount(got.Decimal()).in("NGN")
		require.Equal(t, got, again)
	})
}

// A timestamp, a count, a flag and a text decode any JSON without failing.
func FuzzFields(f *testing.F) {
	f.Add(`"2026-05-01T12:00:00.000000Z"`)
	f.Add(`1200.0`)
	f.Add(`"true"`)
	f.Fuzz(func(t *testing.T, raw string) {
		if !json.Valid([]byte(raw)) {
			return
		}
		var fields struct {
			M timestamp
			C count
			F flag
			T text
		}
		require.NoError(t, json.Unmarshal([]byte(`{"M":`+raw+`,"C":`+raw+`,"F":`+raw+`,"T":`+raw+`}`), &fields))
		require.LessOrEqual(t, utf8.RuneCountInString(string(fields.T)), maxText)
		if n, err := strconv.Atoi(raw); err == nil && raw[0] != '-' {
			require.Equal(t, n, int(fields.C))
		}
	})
}
