// Package phone reads the telephone numbers of the provider and writes them as each country does.
// It is the only user of the numbering plans of libphonenumber, which are too large for the
// extension: that is sent the finished forms, as a protocol.Number.
package phone

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"

	"github.com/logspanel/companion/shared/protocol"
	"github.com/logspanel/companion/shared/textnorm"
)

// The lengths of an international number, calling code included.
const (
	minDigits = 7  // Niue's numbers are this short
	maxDigits = 15 // by E.164
)

// E164 writes a provider's number as "+2348031234567", even if the plus or the calling code is
// missing there. Numbers that no numbering plan knows keep their digits. Text that is no number is
// returned unchanged.
func E164(number, callingCode string) string {
	digits, international, ok := read(number)
	if !ok {
		return number
	}
	code := strings.TrimLeft(textnorm.Digits(callingCode), "0")
	if international {
		return e164Or("+"+digits, number)
	}
	if code == "" {
		return number
	}
	whole := strings.HasPrefix(digits, code)
	if n, err := phonenumbers.Parse("+"+digits, ""); whole && err == nil && phonenumbers.IsValidNumber(n) {
		return phonenumbers.Format(n, phonenumbers.E164)
	}
	if n, err := phonenumbers.Parse(digits, mainRegion(code)); err == nil && phonenumbers.IsValidNumber(n) {
		return phonenumbers.Format(n, phonenumbers.E164)
	}
	if whole {
		return e164Or("+"+digits, number)
	}
	return e164Or("+"+code+strings.TrimLeft(digits, "0"), number)
}

// e164Or returns text, which is "+" and digits, as its numbering plan writes it, or otherwise if it
// can be no number.
func e164Or(text, otherwise string) string {
	if n, err := phonenumbers.Parse(text, ""); err == nil {
		return phonenumbers.Format(n, phonenumbers.E164)
	}
	if digits := len(text) - 1; digits < minDigits || digits > maxDigits || text[1] == '0' {
		return otherwise
	}
	return text
}

// read returns a number's digits without the "+" or "00" of an international one. It reports
// false if the text has anything else than digits and the punctuation that people put between
// them.
func read(number string) (digits string, international, ok bool) {
	text, international := strings.CutPrefix(strings.TrimSpace(number), "+")
	for _, r := range text {
		if !textnorm.IsDigit(r) && !strings.ContainsRune(" \u00a0\u2011-./()", r) {
			return "", false, false
		}
	}
	digits = textnorm.Digits(text)
	if !international {
		digits, international = strings.CutPrefix(digits, "00")
	}
	return digits, international, digits != ""
}

// Forms returns the written forms of a number in E.164. callingCode is the one that the provider
// gave; it counts only for a number that no numbering plan knows, whose forms are its digits.
func Forms(e164, callingCode string) protocol.Number {
	n, err := phonenumbers.Parse(e164, "")
	if _, international, ok := read(e164); !ok || !international || err != nil {
		return protocol.PlainNumber(e164, callingCode)
	}
	repairRules()
	code := int(n.GetCountryCode())
	return protocol.Number{
		E164:          phonenumbers.Format(n, phonenumbers.E164),
		CallingCode:   strconv.Itoa(code),
		SharedCode:    len(phonenumbers.GetRegionCodesForCountryCode(code)) > 1,
		International: phonenumbers.Format(n, phonenumbers.INTERNATIONAL),
		National:      phonenumbers.Format(n, phonenumbers.NATIONAL),
		Digits:        phonenumbers.GetNationalSignificantNumber(n),
		Region:        region(n),
		Kind:          kinds[phonenumbers.GetNumberType(n)],
		Valid:         phonenumbers.IsValidNumber(n),
	}
}

// repairRules corrects the rules for trunk prefixes of formats that begin with another group than
// the first, such as that of mobile numbers in Argentina. The $1 in "0$1" stands for the group that
// the format begins with, but the library takes it for the first group of the number.
var repairRules = sync.OnceFunc(func() {
	plans, err := phonenumbers.MetadataCollection()
	if err != nil {
		return // as before: the library formats such numbers by the rule as it is
	}
	for _, plan := range plans.GetMetadata() {
		for _, format := range plan.GetNumberFormat() {
			if first := group.FindString(format.GetFormat()); first != "$1" && format.NationalPrefixFormattingRule != nil {
				rule := strings.ReplaceAll(format.GetNationalPrefixFormattingRule(), "$1", first)
				format.NationalPrefixFormattingRule = &rule
			}
		}
	}
})

var group = regexp.MustCompile(`\$\d`)

// region returns the ISO 3166 code of a number's region, or "" for numbers of no region and
// numbers that could be of several.
func region(n *phonenumbers.PhoneNumber) string {
	if code := phonenumbers.GetRegionCodeForNumber(n); len(code) == 2 && code != "ZZ" {
		return code
	}
	return ""
}

// mainRegion returns the main region of a calling code, or "".
func mainRegion(callingCode string) string {
	code, err := strconv.Atoi(callingCode)
	if err != nil {
		return ""
	}
	return phonenumbers.GetRegionCodeForCountryCode(code)
}

var kinds = map[phonenumbers.PhoneNumberType]protocol.NumberKind{
	phonenumbers.MOBILE:               protocol.NumberMobile,
	phonenumbers.FIXED_LINE:           protocol.NumberFixed,
	phonenumbers.FIXED_LINE_OR_MOBILE: protocol.NumberFixedOrMobile,
	phonenumbers.VOIP:                 protocol.NumberVoIP,
}
