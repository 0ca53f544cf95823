package phone_test

import (
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/daemon/internal/phone"
	"github.com/logspanel/companion/shared/protocol"
)

func TestE164(t *testing.T) {
	for _, c := range []struct{ number, callingCode, want string }{
		{"+2348031234567", "234", "+2348031234567"},
		{"+2348031234567", "", "+2348031234567"},
		{"2348031234567", "234", "+2348031234567"},
		{"2348031234567", "+234", "+2348031234567"},
		{"00234 803 123 4567", "234", "+2348031234567"},
		{"0803 123 4567", "234", "+2348031234567"},
		{"8031234567", "234", "+2348031234567"},
		{" +1 (212) 555-0123 ", "1", "+12125550123"},
		{"62812345678", "62", "+62812345678"},
		{"06 698 12345", "39", "+390669812345"},
		{"8 912 345-67-89", "7", "+79123456789"},
		{"+6834000", "", "+6834000"},
		{"+9991234567", "999", "+9991234567"},
		{"9991234567", "999", "+9991234567"},
		{"8031234567", "", "8031234567"},
		{"+0031234567", "", "+0031234567"},
		{"+234803", "234", "+234803"},
		{"+2348031234567890", "234", "+2348031234567890"},
		{"+234 803 CALL ME", "234", "+234 803 CALL ME"},
		{"hidden", "234", "hidden"},
		{"", "234", ""},
	} {
		assert.Equal(t, c.want, phone.E164(c.number, c.callingCode), c.number)
	}
}

func TestForms(t *testing.T) {
	for _, want := range []protocol.Number{
		{
			E164: "+447400123456", CallingCode: "44", SharedCode: true, International: "+44 7400 123456", National: "07400 123456",
			Digits: "7400123456", Region: "GB", Kind: protocol.NumberMobile, Valid: true,
		},
		{
			E164: "+12684641234", CallingCode: "1", SharedCode: true, International: "+1 268-464-1234", National: "(268) 464-1234",
			Digits: "2684641234", Region: "AG", Kind: protocol.NumberMobile, Valid: true,
		},
		{
			E164: "+77710009998", CallingCode: "7", SharedCode: true, International: "+7 771 000 9998", National: "8 (771) 000 9998",
			Digits: "7710009998", Region: "KZ", Kind: protocol.NumberMobile, Valid: true,
		},
		{
			E164: "+5491123456789", CallingCode: "54", International: "+54 9 11 2345-6789", National: "011 15-2345-6789",
			Digits: "91123456789", Region: "AR", Kind: protocol.NumberMobile, Valid: true,
		},
		{
			E164: "+5511961234567", CallingCode: "55", International: "+55 11 96123-4567", National: "(11) 96123-4567",
			Digits: "11961234567", Region: "BR", Kind: protocol.NumberMobile, Valid: true,
		},
		{ // a number that the plan does not have
			E164: "+2341031234567", CallingCode: "234", International: "+234 1031234567", National: "1031234567",
			Digits: "1031234567", Region: "NG",
		},
		{E164: "+9991234567", CallingCode: "999", International: "+9991234567", National: "1234567", Digits: "1234567"},
	} {
		assert.Equal(t, want, phone.Forms(want.E164, want.CallingCode))
	}
	assert.Equal(t, protocol.PlainNumber("hidden", "234"), phone.Forms("hidden", "234"))
	assert.Zero(t, phone.Forms("", "234"))
}

// TestFormsOfEveryRegion reads each form of an example number of every region back, and expects
// the same number.
func TestFormsOfEveryRegion(t *testing.T) {
	kinds := map[phonenumbers.PhoneNumberType]protocol.NumberKind{
		phonenumbers.MOBILE: protocol.NumberMobile, phonenumbers.FIXED_LINE: protocol.NumberFixed,
	}
	tested := 0
	for region := range phonenumbers.GetSupportedRegions() {
		for kind, name := range kinds {
			example := phonenumbers.GetExampleNumberForType(region, kind)
			if example == nil {
				continue
			}
			tested++
			e164 := phonenumbers.Format(example, phonenumbers.E164)
			n := phone.Forms(e164, "")
			assert.True(t, n.Valid, e164)
			if region != n.Region { // the plan does not tell their numbers apart
				assert.True(t, n.SharedCode, e164)
			}
			assert.Contains(t, []protocol.NumberKind{name, protocol.NumberFixedOrMobile}, n.Kind, e164)
			assert.Equal(t, e164, "+"+n.CallingCode+n.Digits)
			assert.Equal(t, phonenumbers.Format(example, phonenumbers.NATIONAL), n.National)
			for _, form := range []string{n.E164, n.International, n.National, n.Digits, n.Dialed()} {
				again, err := phonenumbers.Parse(form, region)
				require.NoError(t, err, form)
				assert.Equal(t, e164, phonenumbers.Format(again, phonenumbers.E164), "%s in %s", form, region)
			}
			for _, form := range []string{n.E164, n.International, n.E164[1:], "00" + n.E164[1:], n.National, n.Dialed()} {
				assert.Equal(t, e164, phone.E164(form, n.CallingCode), "%s in %s", form, region)
			}
			alone := len(phonenumbers.GetRegionCodesForCountryCode(int(example.GetCountryCode()))) == 1
			assert.Equal(t, !alone, n.SharedCode, e164)
		}
	}
	assert.Greater(t, tested, 450)
}

func FuzzForms(f *testing.F) {
	f.Add("+2348031234567", "234")
	f.Add("0044 7700-900123", "")
	f.Add("\xff+1", "\u00a01")
	f.Fuzz(func(t *testing.T, number, callingCode string) {
		e164 := phone.E164(number, callingCode)
		n := phone.Forms(e164, callingCode)
		if number == "" {
			return
		}
		assert.NotEmpty(t, n.E164)
		assert.NotEmpty(t, n.International)
		assert.True(t, strings.HasSuffix(n.E164, n.Digits))
	})
}
