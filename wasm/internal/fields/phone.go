package fields

import "strings"

// PhoneNumber is the number to fill.
type PhoneNumber struct {
	E164        string // such as "+2348031234567"
	CallingCode string // such as "234"
	Country     string // ISO 3166 alpha-2, such as "NG"; empty where unknown
	CountryName string // in English, such as "Nigeria"
}

// national returns the number without its calling code and without a trunk prefix.
func (p PhoneNumber) national() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.E164, "+"), p.CallingCode)
}

// trunkPrefixes maps calling codes to the prefix that is dialled before a national number within
// the country, if that is not "0". Where nothing is dialled it is "".
var trunkPrefixes = map[string]string{
	"1": "", "7": "8", "20": "0", "30": "", "34": "", "36": "06", "39": "", "45": "", "47": "", "48": "", "52": "", "53": "", "56": "", "57": "",
	"65": "", "225": "", "226": "", "227": "", "228": "", "229": "", "235": "", "237": "", "351": "", "352": "", "356": "", "357": "", "370": "8", "371": "", "372": "",
	"375": "8", "377": "", "420": "", "502": "", "503": "", "504": "", "505": "", "506": "", "507": "", "852": "", "853": "", "965": "", "968": "", "973": "", "974": "",
}

// trunk returns the trunk prefix, which may be "".
func (p PhoneNumber) trunk() string {
	if trunk, ok := trunkPrefixes[p.CallingCode]; ok {
		return trunk
	}
	return "0"
}

// withTrunk returns the number as it is dialled within its country.
func (p PhoneNumber) withTrunk() string { return p.trunk() + p.national() }

// equivalents returns the formats in which a page may write the number back.
func equivalents(p PhoneNumber) []string {
	return []string{p.E164, p.CallingCode + p.national(), p.national(), p.withTrunk(), "0" + p.national(), "00" + p.CallingCode + p.national()}
}
