package protocol_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/logspanel/companion/shared/protocol"
)

func TestNumberWithoutForms(t *testing.T) {
	old := protocol.Order{Number: "+447400123456", CallingCode: "44", CountryShort: "gb"}
	assert.Equal(t, "+447400123456", old.DisplayNumber())
	assert.Equal(t, protocol.Number{
		E164: "+447400123456", CallingCode: "44", International: "+447400123456", National: "7400123456", Digits: "7400123456",
	}, old.Forms())
	assert.Equal(t, "+447400123456", protocol.Candidate{Number: "+447400123456"}.DisplayNumber())
	assert.Equal(t, "447400123456", protocol.PlainNumber("+447400123456", "").Digits)
	assert.Equal(t, "447400123456", protocol.PlainNumber("+447400123456", "1").Digits)
}

func TestNumberWithForms(t *testing.T) {
	n := protocol.Number{E164: "+36201234567", International: "+36 20 123 4567", National: "(06 20) 123 4567"}
	o := protocol.Order{Number: "+36201234567", Phone: n}
	assert.Equal(t, n, o.Forms())
	assert.Equal(t, "+36 20 123 4567", o.DisplayNumber())
	assert.Equal(t, "+36 20 123 4567", protocol.Candidate{Number: "+36201234567", Phone: n}.DisplayNumber())
	assert.Equal(t, "06201234567", n.Dialed())
}
