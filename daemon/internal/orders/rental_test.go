package orders

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestInternational(t *testing.T) {
	for _, c := range []struct{ number, callingCode, want string }{
		{"+2348031234567", "234", "+2348031234567"},
		{"2348031234567", "234", "+2348031234567"},
		{"00234 803 123 4567", "234", "+2348031234567"},
		{"0803 123 4567", "234", "+2348031234567"},
		{"8031234567", "234", "+2348031234567"},
		{"+447911123456", "", "+447911123456"},
		{"hidden", "234", "hidden"},
	} {
		assert.Equal(t, c.want, international(c.number, c.callingCode), c.number)
	}
}
