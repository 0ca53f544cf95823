package fields

import (
	"strings"

	"github.com/logspanel/companion/shared/protocol"
)

// PhoneNumber is the number to fill, in the forms that its country writes.
type PhoneNumber struct {
	protocol.Number
	CountryName string // in English, such as "Nigeria"; empty where unknown
}

// trunk returns what is dialled before the national number within the country, which may be "".
func (p PhoneNumber) trunk() string {
	trunk, _ := strings.CutSuffix(p.Dialed(), p.Digits)
	return trunk
}

// equivalents returns the formats in which a page may write the number back.
func equivalents(p PhoneNumber) []string {
	return []string{p.E164, p.CallingCode + p.Digits, p.Digits, p.Dialed(), "00" + p.CallingCode + p.Digits}
}
