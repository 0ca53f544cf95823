package protocol

import (
	"cmp"
	"strings"

	"github.com/logspanel/companion/shared/textnorm"
)

// Number is a telephone number as people and pages write it. The daemon derives it from the
// number alone, by the numbering plan of the number's country.
type Number struct {
	E164          string     `json:"e164"`                  // "+447400123456"
	CallingCode   string     `json:"calling_code"`          // "44"
	SharedCode    bool       `json:"shared_code,omitempty"` // other regions have the same calling code
	International string     `json:"international"`         // grouped as in its country: "+44 7400 123456"
	National      string     `json:"national"`              // as people dial and group it in its country: "07400 123456"
	Digits        string     `json:"digits"`                // without calling code and trunk prefix: "7400123456"
	Region        string     `json:"region,omitempty"`      // ISO 3166, upper case; empty: unknown, or no region's
	Kind          NumberKind `json:"kind,omitempty"`        // empty: unknown, or of another kind
	Valid         bool       `json:"valid"`                 // the numbering plan has such numbers
}

// NumberKind is what a number is used for, as far as its digits show it.
type NumberKind string

// The kinds of numbers.
const (
	NumberMobile        NumberKind = "mobile"
	NumberFixed         NumberKind = "fixed"
	NumberFixedOrMobile NumberKind = "fixed_or_mobile" // the same digits are used for both
	NumberVoIP          NumberKind = "voip"
)

// PlainNumber returns a number of which no numbering plan is known: all its forms are its digits.
func PlainNumber(e164, callingCode string) Number {
	national, ok := strings.CutPrefix(e164, "+"+callingCode)
	if callingCode == "" || !ok {
		callingCode, national = "", strings.TrimPrefix(e164, "+")
	}
	return Number{E164: e164, CallingCode: callingCode, International: e164, National: national, Digits: national}
}

// Dialed returns the digits of National: with the trunk prefix, where people dial one.
func (n Number) Dialed() string { return textnorm.Digits(n.National) }

// Forms returns the written forms of the order's number. An older daemon sends none; then they
// are the number's digits.
func (o Order) Forms() Number {
	if o.Phone.E164 != "" {
		return o.Phone
	}
	return PlainNumber(o.Number, o.CallingCode)
}

// DisplayNumber returns the number as people write it.
func (o Order) DisplayNumber() string { return cmp.Or(o.Phone.International, o.Number) }

// DisplayNumber returns the number as people write it.
func (c Candidate) DisplayNumber() string { return cmp.Or(c.Phone.International, c.Number) }
