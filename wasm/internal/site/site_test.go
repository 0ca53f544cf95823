package site_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/logspanel/companion/wasm/internal/site"
)

func TestService(t *testing.T) {
	for host, want := range map[string]string{
		"telegram.org":              "Telegram",
		"web.telegram.org":          "Telegram",
		"Accounts.Google.COM":       "Google",
		"web.whatsapp.com:443":      "WhatsApp",
		"telegram.org.":             "Telegram",
		"nottelegram.org":           "",
		"telegram.org.example.com":  "",
		"127.0.0.1:8080":            "",
		"":                          "",
		"[::1]:80":                  "",
		strings.Repeat("a.", 10000): "",
	} {
		assert.Equal(t, want, site.Service(host), host)
	}
}

func TestNamed(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  string
	}{
		{[]string{"Telegram", "Sign up"}, "Telegram"},
		{[]string{"", "  Tele \n gram "}, "Tele gram"},
		{[]string{strings.Repeat("long ", 20), "Signal"}, "Signal"},
		{nil, ""},
	} {
		assert.Equal(t, c.want, site.Named(c.names))
	}
}
