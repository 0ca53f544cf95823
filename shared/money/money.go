// Package money represents amounts of money exactly: as a whole number of minor units
// (kobo, cents) in an int64, with an ISO 4217 currency code. No amount ever passes through
// a float.
//
// Parse and Decimal convert from and to the text form that payment APIs use, such as
// "850.00". How many digits follow the point depends on the currency: none for JPY, three
// for KWD, two for most. Text that is finer than the minor unit is an error, never rounded.
//
// Add, Sub and Cmp refuse to mix currencies (ErrCurrencyMismatch) and to overflow
// (ErrOverflow). The package converts between no currencies.
package money

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Money is an amount in minor units (kobo, cents) of an ISO 4217 currency.
// The zero value is no amount at all; see IsZero.
type Money struct {
	Minor    int64  `json:"minor"`
	Currency string `json:"currency"`
}

// ErrCurrencyMismatch reports that two amounts have different currencies.
var ErrCurrencyMismatch = errors.New("amounts of different currencies can't be combined")

// ErrOverflow reports that a result does not fit into an int64.
var ErrOverflow = errors.New("amount is too large")

// irregularDigits names the currencies whose minor unit isn't a hundredth (ISO 4217). It differs from
// the number of digits that shops use, which CLDR and so JavaScript's Intl have.
var irregularDigits = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
	"RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
	"CLF": 4, "UYW": 4,
}

// minorDigits returns the number of digits after the decimal point of a currency. A currency
// without a minor unit in ISO 4217, such as gold, or an unknown one gets two. Parse refuses amounts with
// more digits, so none is ever misread by a factor of a hundred.
func minorDigits(currency string) int {
	if n, ok := irregularDigits[currency]; ok {
		return n
	}
	return 2
}

// FromMajor returns an amount of whole units of a currency, such as naira or dollars.
func FromMajor(units int64, currency string) Money {
	for range minorDigits(currency) {
		units *= 10
	}
	return Money{Minor: units, Currency: currency}
}

// Parse reads a decimal such as "12500.00" in the given currency. Digits finer than the minor
// unit are an error unless they are zeros.
func Parse(decimal, currency string) (Money, error) {
	bad := func(why string) (Money, error) {
		return Money{}, fmt.Errorf("%q is not an amount of money: %s", decimal, why)
	}
	if !ValidCurrency(currency) {
		return Money{}, fmt.Errorf("%q is not a currency code", currency)
	}
	text, negative := strings.CutPrefix(decimal, "-")
	whole, fraction, dotted := strings.Cut(text, ".")
	if whole == "" || (dotted && fraction == "") {
		return bad("digits are missing")
	}
	exponent := minorDigits(currency)
	if len(fraction) > exponent {
		if strings.Trim(fraction[exponent:], "0") != "" {
			return bad("it is finer than the currency's smallest unit")
		}
		fraction = fraction[:exponent]
	}
	fraction += strings.Repeat("0", exponent-len(fraction))
	for _, r := range whole + fraction {
		if r < '0' || r > '9' {
			return bad("only digits and one point are allowed")
		}
	}
	minor, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil {
		return bad("it is too large")
	}
	if negative {
		minor = -minor
	}
	return Money{Minor: minor, Currency: currency}, nil
}

// ValidCurrency reports whether a code has the form of ISO 4217: three capital letters.
func ValidCurrency(code string) bool {
	if len(code) != 3 {
		return false
	}
	for _, r := range code {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}

// Decimal returns the amount as the provider writes it: "850.00".
func (m Money) Decimal() string {
	exponent := minorDigits(m.Currency)
	text := strconv.FormatInt(m.Minor, 10)
	text, negative := strings.CutPrefix(text, "-")
	if pad := exponent + 1 - len(text); pad > 0 {
		text = strings.Repeat("0", pad) + text
	}
	if exponent > 0 {
		text = text[:len(text)-exponent] + "." + text[len(text)-exponent:]
	}
	if negative {
		text = "-" + text
	}
	return text
}

// String returns the amount with its currency, for logs and plain text: "850.00 NGN".
func (m Money) String() string {
	if m.Currency == "" {
		return "no amount"
	}
	return m.Decimal() + " " + m.Currency
}

// IsZero reports whether m is the zero value, which is no amount. Zero of a currency is an
// amount.
func (m Money) IsZero() bool { return m == Money{} }

// Add returns m+n, which must have the same currency. The zero Money adds to any currency.
func (m Money) Add(n Money) (Money, error) {
	currency, err := commonCurrency(m, n)
	if err != nil {
		return Money{}, err
	}
	if (n.Minor > 0 && m.Minor > math.MaxInt64-n.Minor) || (n.Minor < 0 && m.Minor < math.MinInt64-n.Minor) {
		return Money{}, ErrOverflow
	}
	return Money{Minor: m.Minor + n.Minor, Currency: currency}, nil
}

// Sub returns m-n, under the conditions of Add.
func (m Money) Sub(n Money) (Money, error) {
	if n.Minor == math.MinInt64 {
		return Money{}, ErrOverflow
	}
	n.Minor = -n.Minor
	return m.Add(n)
}

// Neg returns -m.
func (m Money) Neg() Money { return Money{Minor: -m.Minor, Currency: m.Currency} }

// Cmp returns -1, 0 or 1 if m is less than, equal to or greater than n.
func (m Money) Cmp(n Money) (int, error) {
	if _, err := commonCurrency(m, n); err != nil {
		return 0, err
	}
	switch {
	case m.Minor < n.Minor:
		return -1, nil
	case m.Minor > n.Minor:
		return 1, nil
	}
	return 0, nil
}

func commonCurrency(m, n Money) (string, error) {
	switch {
	case m.IsZero():
		return n.Currency, nil
	case n.IsZero(), m.Currency == n.Currency:
		return m.Currency, nil
	}
	return "", fmt.Errorf("%w: %s and %s", ErrCurrencyMismatch, m.Currency, n.Currency)
}
