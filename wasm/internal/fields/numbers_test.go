package fields

import "github.com/logspanel/companion/shared/protocol"

// Numbers as the daemon sends them.
var (
	numberNG = PhoneNumber{protocol.Number{
		E164: "+2348031234567", CallingCode: "234", International: "+234 803 123 4567", National: "0803 123 4567",
		Digits: "8031234567", Region: "NG", Kind: "mobile", Valid: true,
	}, "NG", "Nigeria"}
	numberUS = PhoneNumber{protocol.Number{
		E164: "+12025550123", CallingCode: "1", SharedCode: true, International: "+1 202-555-0123", National: "(202) 555-0123",
		Digits: "2025550123", Region: "US", Kind: "fixed_or_mobile", Valid: true,
	}, "US", "United States"}
	numberJP = PhoneNumber{protocol.Number{
		E164: "+819012345678", CallingCode: "81", International: "+81 90-1234-5678", National: "090-1234-5678",
		Digits: "9012345678", Region: "JP", Kind: "mobile", Valid: true,
	}, "JP", "Japan"}
	numberGB = PhoneNumber{protocol.Number{
		E164: "+447400123456", CallingCode: "44", SharedCode: true, International: "+44 7400 123456", National: "07400 123456",
		Digits: "7400123456", Region: "GB", Kind: "mobile", Valid: true,
	}, "GB", "United Kingdom"}
	numberFR = PhoneNumber{protocol.Number{
		E164: "+33612345678", CallingCode: "33", International: "+33 6 12 34 56 78", National: "06 12 34 56 78",
		Digits: "612345678", Region: "FR", Kind: "mobile", Valid: true,
	}, "FR", "France"}
	numberKR = PhoneNumber{protocol.Number{
		E164: "+821023456789", CallingCode: "82", International: "+82 10-2345-6789", National: "010-2345-6789",
		Digits: "1023456789", Region: "KR", Kind: "mobile", Valid: true,
	}, "KR", "South Korea"}
	numberBR = PhoneNumber{protocol.Number{
		E164: "+5511961234567", CallingCode: "55", International: "+55 11 96123-4567", National: "(11) 96123-4567",
		Digits: "11961234567", Region: "BR", Kind: "mobile", Valid: true,
	}, "BR", "Brazil"}
	numberCA = PhoneNumber{protocol.Number{
		E164: "+14165550123", CallingCode: "1", SharedCode: true, International: "+1 416-555-0123", National: "(416) 555-0123",
		Digits: "4165550123", Region: "CA", Kind: "fixed_or_mobile", Valid: true,
	}, "CA", "Canada"}
	numberRU = PhoneNumber{protocol.Number{
		E164: "+79123456789", CallingCode: "7", SharedCode: true, International: "+7 912 345-67-89", National: "8 (912) 345-67-89",
		Digits: "9123456789", Region: "RU", Kind: "mobile", Valid: true,
	}, "RU", "Russia"}
	numberKZ = PhoneNumber{protocol.Number{
		E164: "+77710009998", CallingCode: "7", SharedCode: true, International: "+7 771 000 9998", National: "8 (771) 000 9998",
		Digits: "7710009998", Region: "KZ", Kind: "mobile", Valid: true,
	}, "KZ", "Kazakhstan"}
	numberCN = PhoneNumber{protocol.Number{
		E164: "+8613123456789", CallingCode: "86", International: "+86 131 2345 6789", National: "131 2345 6789",
		Digits: "13123456789", Region: "CN", Kind: "mobile", Valid: true,
	}, "CN", "China"}
	numberHU = PhoneNumber{protocol.Number{
		E164: "+36201234567", CallingCode: "36", International: "+36 20 123 4567", National: "06 20 123 4567",
		Digits: "201234567", Region: "HU", Kind: "mobile", Valid: true,
	}, "HU", "Hungary"}
	numberDE = PhoneNumber{protocol.Number{
		E164: "+4915123456789", CallingCode: "49", International: "+49 1512 3456789", National: "01512 3456789",
		Digits: "15123456789", Region: "DE", Kind: "mobile", Valid: true,
	}, "DE", "Germany"}
	numberIT = PhoneNumber{protocol.Number{
		E164: "+390612345678", CallingCode: "39", SharedCode: true, International: "+39 06 1234 5678", National: "06 1234 5678",
		Digits: "0612345678", Region: "IT", Kind: "fixed", Valid: true,
	}, "IT", "Italy"}
	numberAR = PhoneNumber{protocol.Number{
		E164: "+5491123456789", CallingCode: "54", International: "+54 9 11 2345-6789", National: "011 15-2345-6789",
		Digits: "91123456789", Region: "AR", Kind: "mobile", Valid: true,
	}, "AR", "Argentina"}
)
