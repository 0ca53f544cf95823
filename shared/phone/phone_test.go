package phone_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/logspanel/companion/shared/phone"
)

func TestParse(t *testing.T) {
	for _, row := range []struct{ number, code, wantCode, wantNational, grouped string }{
		{"+2348031234567", "234", "234", "8031234567", "+234 803 123 4567"},
		{"+2348031234567", "+234", "234", "8031234567", "+234 803 123 4567"},
		{"+2348031234567", "", "234", "8031234567", "+234 803 123 4567"},
		{"2348031234567", "234", "234", "8031234567", "+234 803 123 4567"},
		{"002348031234567", "", "234", "8031234567", "+234 803 123 4567"},
		{" +1 (212) 555-0123 ", "1", "1", "2125550123", "+1 212 555 0123"},
		{"+12685550123", "1-268", "1268", "5550123", "+1268 555 0123"},
		{"+12685550123", "", "1", "2685550123", "+1 268 555 0123"},
		{"+79161234567", "", "7", "9161234567", "+7 916 123 4567"},
		{"+447700900123", "1", "44", "7700900123", "+44 770 090 0123"},
		{"+4915112345678", "", "49", "15112345678", "+49 151 123 456 78"},
		{"+6834000", "", "683", "4000", "+683 4000"},
		{"+35312345678", "", "353", "12345678", "+353 123 456 78"},
	} {
		n, err := phone.Parse(row.number, row.code)
		require.NoError(t, err, row.number)
		assert.Equal(t, phone.Number{CallingCode: row.wantCode, National: row.wantNational}, n)
		assert.Equal(t, "+"+row.wantCode+row.wantNational, n.E164())
		assert.Equal(t, row.grouped, n.Grouped())
	}
}

func TestParseRefuses(t *testing.T) {
	for _, row := range []struct{ number, code, why string }{
		{"", "", "does not say which country"},
		{"8031234567", "234", "does not say which country"},
		{"8031234567", "", "does not say which country"},
		{"+", "", "begins with no calling code"},
		{"+0031234567", "", "begins with no calling code"},
		{"031234567", "0", "begins with no calling code"},
		{"+234803", "234", "too short"},
		{"+2348031", "2348031", "too short"},
		{"+2348031234567890", "234", "too long"},
		{"+234 803 CALL ME", "234", "characters that no number has"},
		{"+٢٣٤٨٠٣١٢٣٤", "234", "characters that no number has"},
		{"+234+8031234567", "234", "characters that no number has"},
	} {
		_, err := phone.Parse(row.number, row.code)
		assert.ErrorIs(t, err, phone.ErrNumber, row.number)
		assert.ErrorContains(t, err, row.why, row.number)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("+2348031234567", "234")
	f.Add("0044 7700-900123", "")
	f.Add("\xff+1", "\u00a01")
	f.Fuzz(func(t *testing.T, number, code string) {
		n, err := phone.Parse(number, code)
		if err != nil {
			assert.ErrorIs(t, err, phone.ErrNumber)
			return
		}
		assert.Regexp(t, `^\+[1-9][0-9]{6,14}$`, n.E164())
		again, err := phone.Parse(n.Grouped(), n.CallingCode)
		assert.NoError(t, err)
		assert.Equal(t, n, again)
	})
}
