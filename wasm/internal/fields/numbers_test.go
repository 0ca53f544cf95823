package fields

import (
	"slices"
	"strings"

	"github.com/logspanel/companion/shared/protocol"
)

var (
	numberNG = numberOf("NG", "Nigeria", "234", "+234 803 123 4567", "0803 123 4567")
	numberUS = numberOf("US", "United States", "1", "+1 202-555-0123", "(202) 555-0123")
	numberJP = numberOf("JP", "Japan", "81", "+81 90-1234-5678", "090-1234-5678")
	numberGB = numberOf("GB", "United Kingdom", "44", "+44 7400 123456", "07400 123456")
	numberFR = numberOf("FR", "France", "33", "+33 6 12 34 56 78", "06 12 34 56 78")
	numberKR = numberOf("KR", "South Korea", "82", "+82 10-2345-6789", "010-2345-6789")
	numberBR = numberOf("BR", "Brazil", "55", "+55 11 96123-4567", "(11) 96123-4567")
	numberCA = numberOf("CA", "Canada", "1", "+1 416-555-0123", "(416) 555-0123")
	numberRU = numberOf("RU", "Russia", "7", "+7 912 345-67-89", "8 (912) 345-67-89")
	numberKZ = numberOf("KZ", "Kazakhstan", "7", "+7 771 000 9998", "8 (771) 000 9998")
	numberCN = numberOf("CN", "China", "86", "+86 131 2345 6789", "131 2345 6789")
	numberHU = numberOf("HU", "Hungary", "36", "+36 20 123 4567", "06 20 123 4567")
	numberDE = numberOf("DE", "Germany", "49", "+49 1512 3456789", "01512 3456789")
	numberIT = numberOf("IT", "Italy", "39", "+39 06 1234 5678", "06 1234 5678")
	numberAR = numberOf("AR", "Argentina", "54", "+54 9 11 2345-6789", "011 15-2345-6789")
)

// numberOf returns a number as the daemon sends it, without Kind and Valid, which no plan reads.
// It was bought in the country that its digits belong to.
func numberOf(region, country, callingCode, international, national string) PhoneNumber {
	digits := strings.Join(digitGroups(international), "")
	return PhoneNumber{protocol.Number{
		E164: "+" + digits, CallingCode: callingCode, SharedCode: slices.Contains([]string{"1", "7", "39", "44"}, callingCode),
		International: international, National: national, Digits: strings.TrimPrefix(digits, callingCode), Region: region,
	}, region, country}
}
