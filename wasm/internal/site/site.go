// Package site knows which service a web site belongs to, by the name that the
// provider uses for it.
package site

import (
	"strings"
	"unicode/utf8"
)

// services are the names of services by their domains. A domain stands for all
// under it.
var services = map[string]string{
	"airbnb.com":       "Airbnb",
	"alibaba.com":      "Alibaba",
	"aliexpress.com":   "AliExpress",
	"amazon.com":       "Amazon",
	"apple.com":        "Apple",
	"badoo.com":        "Badoo",
	"binance.com":      "Binance",
	"bolt.eu":          "Bolt",
	"bumble.com":       "Bumble",
	"chatgpt.com":      "OpenAI",
	"claude.ai":        "Claude",
	"coinbase.com":     "Coinbase",
	"craigslist.org":   "Craigslist",
	"deliveroo.com":    "Deliveroo",
	"discord.com":      "Discord",
	"ebay.com":         "eBay",
	"facebook.com":     "Facebook",
	"fiverr.com":       "Fiverr",
	"foodpanda.com":    "Foodpanda",
	"gmail.com":        "Google",
	"google.com":       "Google",
	"grab.com":         "Grab",
	"grindr.com":       "Grindr",
	"hinge.co":         "Hinge",
	"imo.im":           "imo",
	"instagram.com":    "Instagram",
	"jumia.com.ng":     "Jumia",
	"kakaocorp.com":    "KakaoTalk",
	"line.me":          "LINE",
	"linkedin.com":     "LinkedIn",
	"live.com":         "Microsoft",
	"lyft.com":         "Lyft",
	"mail.ru":          "Mail.ru",
	"microsoft.com":    "Microsoft",
	"naver.com":        "Naver",
	"netflix.com":      "Netflix",
	"nike.com":         "Nike",
	"okx.com":          "OKX",
	"openai.com":       "OpenAI",
	"paypal.com":       "PayPal",
	"pinterest.com":    "Pinterest",
	"pof.com":          "Plenty of Fish",
	"proton.me":        "Proton",
	"reddit.com":       "Reddit",
	"revolut.com":      "Revolut",
	"shopee.com":       "Shopee",
	"signal.org":       "Signal",
	"skype.com":        "Skype",
	"snapchat.com":     "Snapchat",
	"spotify.com":      "Spotify",
	"steampowered.com": "Steam",
	"t.me":             "Telegram",
	"telegram.org":     "Telegram",
	"temu.com":         "Temu",
	"threads.net":      "Threads",
	"tiktok.com":       "TikTok",
	"tinder.com":       "Tinder",
	"truecaller.com":   "Truecaller",
	"twitch.tv":        "Twitch",
	"twitter.com":      "Twitter",
	"uber.com":         "Uber",
	"upwork.com":       "Upwork",
	"viber.com":        "Viber",
	"vk.com":           "VK",
	"wechat.com":       "WeChat",
	"weibo.com":        "Weibo",
	"whatsapp.com":     "WhatsApp",
	"wise.com":         "Wise",
	"x.com":            "Twitter",
	"yahoo.com":        "Yahoo",
	"yandex.ru":        "Yandex",
	"youtube.com":      "Google",
	"zoho.com":         "Zoho",
	"zoom.us":          "Zoom",
}

// Service is the service that a host, with or without a port, is known to belong
// to; or nothing.
func Service(host string) string {
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	host = strings.TrimSuffix(host, ".")
	for {
		if service, known := services[host]; known {
			return service
		}
		_, parent, more := strings.Cut(host, ".")
		if !more {
			return ""
		}
		host = parent
	}
}

// maxName bounds what a page calls itself; a longer text is no name.
const maxName = 40

// Named is the service that a page names, by what it calls itself, best first.
func Named(names []string) string {
	for _, name := range names {
		name = strings.Join(strings.Fields(name), " ")
		if name != "" && utf8.RuneCountInString(name) <= maxName {
			return name
		}
	}
	return ""
}
