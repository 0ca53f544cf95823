package site

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/net/publicsuffix"
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
		"auctions.yahoo.co.jp":      "Yahoo Japan",
		"mail.yahoo.com":            "Yahoo",
		"www.ebay.com.au":           "eBay",
		"www.tumblr.com":            "Tumblr",
		"tumblr.com":                "Tumblr",
		"wordpress.com":             "WordPress",
		"acesso.gov.br":             "GovBr",
		"console.aws.amazon.com":    "Amazon Web Services",
		"voice.google.com":          "Google Voice",
		"nottelegram.org":           "",
		"telegram.org.example.com":  "",
		"google.com.evil.shop":      "",
		"google.shop":               "",
		"google.tk":                 "",
		"amazon.com.de":             "",
		"amazon.abc.de":             "",
		"amazon.co.de":              "",
		"paypal-login.com":          "",
		"telegram.github.io":        "",
		"whatsapp.pages.dev":        "",
		"google.web.app":            "",
		"tiktok.vercel.app":         "",
		"facebook.blogspot.com":     "",
		"discord.netlify.app":       "",
		"sites.google.com":          "",
		"someone.tumblr.com":        "",
		"someone.wordpress.com":     "",
		"bucket.s3.amazonaws.com":   "",
		"shop.myshopify.com":        "",
		"city.sp.gov.br":            "",
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
		spelled := map[string]bool{}
		for name := range strings.SplitSeq(strings.ToLower(names), "|") {
			name = strings.TrimSpace(name)
			assert.NotEmpty(t, name, line)
			assert.False(t, spelled[name], "%s: case doesn't count in a search", line)
			spelled[name] = true
		}
		assert.NotEmpty(t, strings.Fields(domains), line)
		for _, domain := range strings.Fields(domains) {
			assert.False(t, seen[domain], "%s is listed twice", domain)
			seen[domain] = true
			assert.Equal(t, strings.ToLower(domain), domain)
			assert.True(t, strings.Contains(domain, "."), domain)
			host, alone := strings.CutPrefix(strings.Replace(domain, "*", "de", 1), "=")
			if !alone {
				host = "any." + host
			}
			found := ServiceNames(host)
			assert.Equal(t, names == publicHosting, len(found) == 0, domain)
		}
	}
	assert.Greater(t, entries, 900)
}

func TestCountryEndings(t *testing.T) {
	for first := 'a'; first <= 'z'; first++ {
		for second := 'a'; second <= 'z'; second++ {
			country := string(first) + string(second)
			for _, under := range []string{"co.", "com."} {
				ending := under + country
				suffix, registry := publicsuffix.PublicSuffix("example." + ending)
				want := registry && suffix == ending && !lists(freeEndings, country)
				assert.Equal(t, want, isCountryEnding(ending), ending)
			}
		}
	}
}
