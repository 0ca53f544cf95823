package protocol_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/logspanel/companion/shared/protocol"
)

func TestAllowedHosts(t *testing.T) {
	for _, c := range []struct {
		site, frame string
		top, in     string
		want        bool
	}{
		{"", "", "anything.example", "other.example", true},
		{"example.com", "", "example.com", "example.com", true},
		{"example.com", "", "Login.Example.com:8443", "login.example.com:8443", true},
		{"Example.COM", "", "login.example.com", "example.com", true},
		{"Shop.Example", "Pay.Example", "shop.example", "pay.example", true},
		{"Shop.Example", "Pay.Example", "evil.example", "pay.example", false},
		{"example.com", "", "example.com", "pay.example", false},
		{"example.com", "", "notexample.com", "notexample.com", false},
		{"example.com", "", "example.com.evil.example", "example.com.evil.example", false},
		{"login.example.com", "", "example.com", "example.com", false},
		{"shop.example", "pay.example", "shop.example", "secure.pay.example", true},
		{"shop.example", "pay.example", "shop.example", "shop.example", false},
		{"shop.example", "pay.example", "evil.example", "pay.example", false},
		{"example.com", "", "", "", false},
	} {
		r := protocol.OneTimeCode{Site: c.site, Frame: c.frame}
		assert.Equal(t, c.want, r.AllowedInFrame(c.top, c.in), "%+v", c)
	}
}
