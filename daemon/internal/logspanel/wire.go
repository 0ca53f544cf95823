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

// ID names something of the provider's. The provider writes ids as numbers in some
// answers and as strings in others; both are read, and compared as text.
type ID string

// maxID bounds an id in bytes; the longest published one has 28.
const maxID = 128

// UnmarshalJSON reads a string or a whole number. Anything else is no id.
func (id *ID) UnmarshalJSON(raw []byte) error {
	s := scalar(raw)
	if len(s) > maxID || s != clean(s, maxID) {
		s = ""
	}
	*id = ID(s)
	return nil
}

// pathSafe reports that the id can stand in a path without changing it: only
// RFC 3986's unreserved characters, and not a dot segment.
func (id ID) pathSafe() bool {
	if id == "" || id == "." || id == ".." || len(id) > maxID {
		return false
	}
	for _, r := range id {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', strings.ContainsRune("-._~", r):
		default:
			return false
		}
	}
	return true
}

// wireID is an id in a request's body: a number where it looks like one, as the
// provider's example has it.
type wireID ID

func (id wireID) MarshalJSON() ([]byte, error) {
	if n, err := strconv.ParseUint(string(id), 10, 63); err == nil && strconv.FormatUint(n, 10) == string(id) {
		return []byte(id), nil
	}
	return json.Marshal(string(id))
}

// The types below read one field each. What can't be read is as good as absent, so
// that one odd field costs neither a whole catalogue nor, worse, an order that was
// paid for; what must be there is asked for by name in the value methods.

// text is a string for people, in one line.
type text string

// maxText bounds a text in characters.
const maxText = 4096

func (t *text) UnmarshalJSON(raw []byte) error {
	*t = text(clean(scalar(raw), maxText))
	return nil
}

// name is a text that stands beside others, and is short: a service, a country, a status,
// a phone number.
type name string

// maxName bounds a name in characters.
const maxName = 256

func (n *name) UnmarshalJSON(raw []byte) error {
	*n = name(clean(scalar(raw), maxName))
	return nil
}

// count is a whole number; digits after a decimal point are cut off.
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

// seconds is the duration of n seconds, none for fewer than none.
func (n count) seconds() time.Duration {
	return time.Duration(min(max(n, 0), maxSeconds)) * time.Second
}

// maxSeconds is a year: beyond it a duration says nothing.
const maxSeconds = 365 * 24 * 60 * 60

// optionalInt is nil where the provider gave no number.
func optionalInt(n *count) *int {
	if n == nil {
		return nil
	}
	v := int(*n)
	return &v
}

// flag is a truth value, also as 1 or "true".
type flag bool

func (f *flag) UnmarshalJSON(raw []byte) error {
	s := scalar(raw)
	*f = flag(string(raw) == "true" || s == "1" || strings.EqualFold(s, "true"))
	return nil
}

// amount is a decimal as the provider wrote it; it needs a currency to be money.
type amount string

func (a *amount) UnmarshalJSON(raw []byte) error {
	*a = amount(scalar(raw))
	return nil
}

// in is the amount in a currency, or the zero Money where either can't be read.
func (a amount) in(currency text) money.Money {
	m, err := money.Parse(string(a), string(currency))
	if err != nil {
		return money.Money{}
	}
	return m
}

// price is the amount as what something costs, or the zero Money where it can't be
// read or is nothing or less: a purchase never adds to the wallet.
func (a amount) price(currency text) money.Money {
	if m := a.in(currency); m.Minor > 0 {
		return m
	}
	return money.Money{}
}

// moment is a time, in UTC.
type moment struct{ time.Time }

func (m *moment) UnmarshalJSON(raw []byte) error {
	t, err := time.Parse(time.RFC3339, scalar(raw))
	if err != nil {
		t = time.Time{}
	}
	m.Time = t.UTC()
	return nil
}

// scalar is what a JSON string says, or a JSON number as it was written; anything
// else is nothing.
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

// scalarOf is scalar of a field that may be absent.
func scalarOf(raw json.RawMessage) string {
	if len(raw) == 0 {
		return ""
	}
	return scalar(raw)
}

// clean puts a text of the provider's into one line of at most limit characters,
// without control characters and without those that reorder what is shown.
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

// wire is the shape in which the provider writes a T.
type wire[T any] interface{ value() (T, error) }

// decode reads one T.
func decode[W wire[T], T any](raw json.RawMessage) (T, error) {
	var (
		w    W
		none T
	)
	if err := json.Unmarshal(raw, &w); err != nil {
		return none, fmt.Errorf("the answer has %s in place of what was asked for", kind(raw))
	}
	return w.value()
}

// kind names what a JSON value is, for an error.
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
		return "a text"
	case 'n':
		return "nothing"
	case 't', 'f':
		return "a truth value"
	}
	return "a number"
}

func missing(field string) error { return errors.New(field + " is missing or can't be read") }
