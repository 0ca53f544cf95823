package site

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestServiceNames(t *testing.T) {
	for host, want := range map[string]string{
		"telegram.org":              "Telegram",
		"web.telegram.org":          "Telegram",
		"Accounts.Google.COM":       "Google",
		"web.whatsapp.com:443":      "WhatsApp",
		"telegram.org.":             "Telegram",
		"x.com":                     "X",
		"mobile.twitter.com":        "X",
		"www.amazon.co.uk":          "Amazon",
		"amazon.de":                 "Amazon",
		"weixin.qq.com":             "WeChat",
		"im.qq.com":                 "QQ",
		"amazon.example.com":        "",
		"amazon.evil.co.uk":         "",
		"netflix.de":                "",
		"nottelegram.org":           "",
		"telegram.org.example.com":  "",
		"127.0.0.1:8080":            "",
		"":                          "",
		"[::1]:80":                  "",
		strings.Repeat("a.", 10000): "",
	} {
		got := ""
		if names := ServiceNames(host); len(names) > 0 {
			got = names[0]
		}
		assert.Equal(t, want, got, host)
	}
	assert.Equal(t, []string{"X", "Twitter"}, ServiceNames("x.com"))
}

// A mistyped entry would never be found.
func TestEveryListEntryIsValid(t *testing.T) {
	entries := 0
	seen := map[string]bool{}
	for line := range strings.Lines(list) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		entries++
		names, domains, ok := strings.Cut(line, ":")
		assert.True(t, ok && names != "", line)
		assert.NotEmpty(t, strings.Fields(domains), line)
		for _, domain := range strings.Fields(domains) {
			assert.False(t, seen[domain], "%s is listed twice", domain)
			seen[domain] = true
			assert.Equal(t, strings.ToLower(domain), domain)
			assert.True(t, strings.Contains(domain, "."), domain)
			assert.NotEmpty(t, ServiceNames(strings.Replace(domain, "*", "de", 1)), domain)
		}
	}
	assert.Greater(t, entries, 150)
}

func TestNameFromPage(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  string
	}{
		{[]string{"Telegram", "Sign up"}, "Telegram"},
		{[]string{"", "  Tele \n gram "}, "Tele gram"},
		{[]string{strings.Repeat("long ", 20), "Signal"}, "Signal"},
		{nil, ""},
	} {
		assert.Equal(t, c.want, NameFromPage(c.names))
	}
}
