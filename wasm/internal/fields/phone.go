package fields

import (
	"slices"
	"strings"

	"github.com/logspanel/companion/shared/protocol"
)

// PhoneNumber is the number to fill, in the forms that its country writes.
type PhoneNumber struct {
	protocol.Number
	Country     string // where it was bought: ISO 3166, upper case; empty where unknown
	CountryName string // the name of Country in English, such as "Nigeria"; empty where unknown
}

// regions returns the regions to choose for the number: its own, and then the country that it was
// bought in. Both have its calling code.
func (p PhoneNumber) regions() (list []string) {
	for _, region := range []string{p.Region, p.Country} {
		if len(region) == 2 && !slices.Contains(list, region) {
			list = append(list, region)
		}
	}
	return list
}

// trunk returns what is dialled before the national number within the country, which may be "".
func (p PhoneNumber) trunk() string {
	trunk, ok := strings.CutSuffix(p.Dialed(), p.Digits)
	if !ok {
		return ""
	}
	return trunk
}

// home returns the digits as people of the country write them without a trunk prefix. They are Digits, but for a
// digit that is only dialled from abroad, such as the 9 of mobile numbers in Argentina.
func (p PhoneNumber) home() string {
	groups := digitGroups(p.International)
	if strings.HasSuffix(p.Dialed(), p.Digits) || len(groups) < 3 || len(groups[1]) != 1 {
		return p.Digits
	}
	return p.Digits[1:]
}

// equivalents returns the formats in which a page may write the number back.
func equivalents(p PhoneNumber) []string {
	return []string{p.E164, p.CallingCode + p.Digits, p.Digits, p.Dialed(), "00" + p.CallingCode + p.Digits}
}
