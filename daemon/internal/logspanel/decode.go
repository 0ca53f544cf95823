package logspanel

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/logspanel/companion/shared/money"
)

// Each type below decodes one JSON field and never fails: what it can't read is treated as
// absent. Otherwise one odd field could cost a whole catalog or, worse, an order that was
// paid for. The value methods check the fields that must be present.

// text is a string for people, reduced to one line.
type text string

// maxText is the longest text in characters.
const maxText = 4096

func (t *text) UnmarshalJSON(raw []byte) error {
	*t = text(clean(scalar(raw), maxText))
	return nil
}

// name is a short text, such as a service, a country, a status or a phone number.
type name string

// maxName is the longest name in characters.
const maxName = 256

func (n *name) UnmarshalJSON(raw []byte) error {
	*n = name(clean(scalar(raw), maxName))
	return nil
}

// count is a whole number. Digits after a decimal point are dropped.
type count int

func (n *count) UnmarshalJSON(raw []byte) error {
	whole, fraction, _ := strings.Cut(scalar(raw), ".")
	v, err := strconv.Atoi(whole)
	if err != nil || strings.Trim(fraction, "0123456789") != "" {
		v = 0
	}
	*n = count(v)
	return nil
}

// seconds returns n seconds as a duration between 0 and maxSeconds.
func (n count) seconds() time.Duration {
	return time.Duration(min(max(n, 0), maxSeconds)) * time.Second
}

// maxSeconds is a year. A longer duration is meaningless here.
const maxSeconds = 365 * 24 * 60 * 60

// optionalInt returns nil where the provider sent no number.
func optionalInt(n *count) *int {
	if n == nil {
		return nil
	}
	v := int(*n)
	return &v
}

// flag is a boolean. It also accepts 1 and "true".
type flag bool

func (f *flag) UnmarshalJSON(raw []byte) error {
	s := scalar(raw)
	*f = flag(string(raw) == "true" || s == "1" || strings.EqualFold(s, "true"))
	return nil
}

// amount is a decimal as the provider wrote it. It becomes money with a currency.
type amount string

func (a *amount) UnmarshalJSON(raw []byte) error {
	*a = amount(scalar(raw))
	return nil
}

// in returns the amount in a currency, or the zero Money where either can't be read.
func (a amount) in(currency text) money.Money {
	m, err := money.Parse(string(a), string(currency))
	if err != nil {
		return money.Money{}
	}
	return m
}

// price returns the amount in a currency, or the zero Money where it can't be read or is
// not positive: a purchase never adds to the wallet.
func (a amount) price(currency text) money.Money {
	if m := a.in(currency); m.Minor > 0 {
		return m
	}
	return money.Money{}
}

// timestamp is an RFC 3339 time, in UTC.
type timestamp struct{ time.Time }

func (m *timestamp) UnmarshalJSON(raw []byte) error {
	t, err := time.Parse(time.RFC3339, scalar(raw))
	if err != nil {
		t = time.Time{}
	}
	m.Time = t.UTC()
	return nil
}

// scalar returns the content of a JSON string, or a JSON number as it was written, or ""
// for anything else. Raw must not be empty.
func scalar(raw []byte) string {
	switch c := raw[0]; {
	case c == '"':
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return s
		}
	case c == '-', c >= '0' && c <= '9':
		return string(raw)
	}
	return ""
}

// scalarOf is scalar for a field that may be absent.
func scalarOf(raw json.RawMessage) string {
	if len(raw) == 0 {
		return ""
	}
	return scalar(raw)
}

// clean reduces a text of the provider to one line of at most limit characters. It drops
// control characters, and the bidirectional ones that could reorder what is displayed.
func clean(s string, limit int) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == utf8.RuneError:
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
			limit--
		}
		if limit--; limit < 0 {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// wire is the JSON shape of a T. Its value method fails where an essential field is missing.
type wire[T any] interface{ value() (T, error) }

// decode decodes one T from its wire shape W.
func decode[W wire[T], T any](raw json.RawMessage) (T, error) {
	var (
		w    W
		none T
	)
	if err := json.Unmarshal(raw, &w); err != nil {
		return none, fmt.Errorf("the response has %s in place of the expected object", kind(raw))
	}
	return w.value()
}

// kind names the type of a JSON value, for an error.
func kind(raw json.RawMessage) string {
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 'n':
		return "nothing"
	case 't', 'f':
		return "a boolean"
	}
	return "a number"
}

func missing(field string) error { return errors.New(field + " is missing or can't be read") }
