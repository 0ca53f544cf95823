package catalog

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestServiceMatcher(t *testing.T) {
	for _, c := range []struct {
		name, service string
		want          bool
	}{
		{"", "Telegram", true},
		{"WhatsApp", "Whats App", true},
		{"WhatsApp", "whatsapp", true},
		{"X", "X / Twitter", true},
		{"X", "X | Twitter", true},
		{"Twitter", "Twitter/X", true},
		{"Gmail", "Google,youtube,Gmail", true},
		{"Facebook", "Facebook (Meta)", true},
		{"Threads", "Instagram + Threads", true},
		{"VKontakte", "VK / Vkontakte", true},
		{"Line", "Line messenger", true},
		{"LINE", "Line msg", true},
		{"Booking.com", "Booking", true},
		{"Booking.com", "booking com", true},
		{"Mail.ru", "Mailru", true},
		{"JD.com", "JDcom", true},
		{"ProtonMail", "Proton Mail", true},
		{"Itaú", "Itau", true},
		{"McDonald's", "McDonalds", true},
		{"滴滴出行", "DIDI / 滴滴出行", true},
		{"Line", "LinkedIn", false},
		{"X", "Xiaomi", false},
		{"Signal", "SignalHire", false},
		{"Mail", "Mail.ru", false},
		{"Google", "Google Voice", false},
		{"Telegram", "Any other", false},
		{"!", "?", false},
	} {
		matcher := newServiceMatcher(c.name)
		for range 2 { // the second answer is remembered
			assert.Equal(t, c.want, matcher.matches(c.service), "%q is sold as %q", c.name, c.service)
		}
	}
}
