package sandbox

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// country is where numbers come from, and how they look there.
type country struct {
	id      int
	name    string
	short   string
	calling string
	region  string
	percent int64  // of the price in the United States
	prefix  string // of the national number; an order adds four digits
}

var countries = []country{
	{1, "United States", "us", "1", "North America", 100, ""},
	{2, "United Kingdom", "gb", "44", "Europe", 92, "740012"},
	{3, "Nigeria", "ng", "234", "Africa", 64, "802123"},
	{4, "India", "in", "91", "Asia", 41, "812345"},
	{5, "Kenya", "ke", "254", "Africa", 47, "71212"},
	{6, "Ghana", "gh", "233", "Africa", 52, "23123"},
	{7, "South Africa", "za", "27", "Africa", 58, "71123"},
	{8, "Germany", "de", "49", "Europe", 128, "1512345"},
	{9, "France", "fr", "33", "Europe", 117, "61234"},
	{10, "Brazil", "br", "55", "South America", 55, "1196123"},
	{11, "Indonesia", "id", "62", "Asia", 38, "81234"},
	{12, "Canada", "ca", "1", "North America", 96, "506234"},
}

// The area codes that can be chosen in the United States.
var usAreas = []string{"212", "310", "415", "646", "718", "917"}

// What a number can be bought for, and the price in naira in the United States.
// The place in the table makes the id, and Telegram's is the contract's 123.
var serviceTable = []struct {
	name  string
	naira int64
}{
	{"Airbnb", 640},
	{"Alibaba", 420},
	{"Amazon", 560},
	{"Apple", 980},
	{"Badoo", 450},
	{"Binance", 1250},
	{"BlaBlaCar", 380},
	{"Bolt", 520},
	{"Booking.com", 470},
	{"Bumble", 890},
	{"Claude", 1450},
	{"Coinbase", 1320},
	{"Craigslist", 1100},
	{"DiDi", 360},
	{"Discord", 480},
	{"eBay", 590},
	{"Facebook", 620},
	{"Fiverr", 540},
	{"Google / Gmail / YouTube", 780},
	{"Grindr", 610},
	{"Instagram", 650},
	{"KakaoTalk", 830},
	{"LinkedIn", 690},
	{"Telegram", 850},
	{"LINE", 740},
	{"Lyft", 760},
	{"Microsoft", 430},
	{"Naver", 810},
	{"Netflix", 510},
	{"OpenAI / ChatGPT", 920},
	{"PayPal", 1180},
	{"Reddit", 440},
	{"Revolut", 1380},
	{"Shopee", 390},
	{"Signal", 720},
	{"Snapchat", 570},
	{"Spotify", 460},
	{"Steam", 550},
	{"TikTok", 490},
	{"Tinder", 960},
	{"Twitch", 410},
	{"Uber", 680},
	{"Viber", 530},
	{"WeChat", 1510},
	{"WhatsApp", 1240},
	{"Wise", 1290},
	{"X / Twitter", 500},
	{"Yahoo", 400},
}

// offer is one service in one country.
type offer struct {
	id      string
	name    string
	country country
	price   int64 // kobo
	stock   int
}

// open puts a country and its offers into the catalogue.
func (p *Provider) open(c country) {
	p.countries = append(p.countries, c)
	for n, s := range serviceTable {
		o := &offer{
			id:      strconv.Itoa((c.id-1)*1000 + 100 + n),
			name:    s.name,
			country: c,
			price:   (s.naira*c.percent/100 + 9) / 10 * 10 * 100, // whole tens of naira
			stock:   stockOf(c.short, s.name),
		}
		p.offers[o.id] = o
	}
}

// Country is one more place where numbers come from.
type Country struct {
	Short       string `json:"short"` // ISO 3166, lower case
	Name        string `json:"name"`
	CallingCode string `json:"calling_code"` // without the plus
}

// AddCountry opens a country at the prices of the United States, where it isn't open
// already. A client that has read the list of countries finds it the next time.
func (p *Provider) AddCountry(c Country) error {
	if len(c.Short) != 2 || strings.ToLower(c.Short) != c.Short || c.Name == "" || digits(c.CallingCode) != c.CallingCode || c.CallingCode == "" {
		return fmt.Errorf("%+v lacks something that a country has", c)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.ContainsFunc(p.countries, func(open country) bool { return open.short == c.Short }) {
		p.open(country{len(p.countries) + 1, c.Name, c.Short, c.CallingCode, "Elsewhere", 100, "70012"})
	}
	return nil
}

// stockOf makes up how many numbers there are, the same each time.
func stockOf(short, name string) int {
	switch short + name {
	case "usTelegram":
		return 92
	case "keSignal":
		return 0
	}
	h := fnv.New32a()
	h.Write([]byte(short + name))
	return 1 + int(h.Sum32()%400)
}

// Offer is one service in one country, by the ids that a purchase takes.
type Offer struct {
	ServiceID string `json:"service_id"`
	Service   string `json:"service"`
	CountryID string `json:"country_id"`
	Country   string `json:"country"` // ISO 3166, lower case
}

// Offers lists what there is, in the order of the countries and of the services' names.
func (p *Provider) Offers() (list []Offer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.countries {
		for _, o := range p.offersOf(c) {
			list = append(list, Offer{o.id, o.name, strconv.Itoa(c.id), c.short})
		}
	}
	return list
}

// ErrNoService says that no service has an id.
var ErrNoService = errors.New("no service has this id")

// SetStock changes how many numbers a service has.
func (p *Provider) SetStock(serviceID string, n int) error {
	return p.change(serviceID, func(o *offer) { o.stock = n })
}

func (p *Provider) change(serviceID string, do func(*offer)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, ok := p.offers[serviceID]
	if !ok {
		return ErrNoService
	}
	do(o)
	return nil
}

func (p *Provider) countryByID(id string) (country, bool) {
	i := slices.IndexFunc(p.countries, func(c country) bool { return strconv.Itoa(c.id) == id })
	if i < 0 {
		return country{}, false
	}
	return p.countries[i], true
}

func (p *Provider) getCountries(r request) reply {
	type item struct {
		ID          int    `json:"id"`
		Name        string `json:"name"`
		Short       string `json:"short"`
		CallingCode string `json:"calling_code"`
		Region      string `json:"region"`
		Image       string `json:"image"`
	}
	var items []item
	for _, c := range p.countries {
		items = append(items, item{c.id, c.name, c.short, c.calling, c.region, "images/flags/" + c.short + ".svg"})
	}
	return list(p.opts.Lists, r, items)
}

func (p *Provider) getServices(r request) reply {
	c, ok := p.countryByID(r.URL.Query().Get("country_id"))
	if !ok {
		return invalid("The selected country id is invalid.")
	}
	type item struct {
		ServiceID   string `json:"service_id"`
		ServiceName string `json:"service_name"`
		CountryID   string `json:"country_id"`
		CountryName string `json:"country_name"`
		Price       string `json:"price"`
		Currency    string `json:"currency"`
		Available   int    `json:"available_quantity"`
		Category    string `json:"category"`
	}
	var items []item
	for _, o := range p.offersOf(c) {
		items = append(items, item{
			o.id, o.name, strconv.Itoa(c.id), c.name, naira(o.price).Decimal(), currency, o.stock, "Activation",
		})
	}
	return list(p.opts.Lists, r, items)
}

func (p *Provider) offersOf(c country) []*offer {
	var list []*offer
	for _, o := range p.offers {
		if o.country.id == c.id {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b *offer) int { return strings.Compare(a.name, b.name) })
	return list
}

func (p *Provider) getAreaCodes(r request) reply {
	query := r.URL.Query()
	o, refusal := p.findOffer(query.Get("country_id"), query.Get("service_id"))
	if o == nil {
		return refusal
	}
	codes := []string{"Random"}
	if o.country.short == "us" {
		codes = append(codes, usAreas...)
	}
	return success(map[string]any{"codes": codes})
}

func (p *Provider) findOffer(countryID, serviceID string) (*offer, reply) {
	if countryID == "" || serviceID == "" {
		return nil, invalid("The country id and service id fields are required.")
	}
	o, ok := p.offers[serviceID]
	if !ok || strconv.Itoa(o.country.id) != countryID {
		return nil, notFound("NUMBER_SERVICE_NOT_FOUND", "The selected service is not available for this country.")
	}
	return o, reply{}
}

// newNumber makes up a number that no live order has, in the shape of the country's
// mobile numbers; in the United States one of the 555-01xx that belong to nobody.
// It is empty where all of them are taken.
func (p *Provider) newNumber(c country, area string) string {
	for i := range 10_000 {
		n := len(p.numbers) + i
		national := fmt.Sprintf("%s%04d", c.prefix, n*7919%10_000)
		if c.short == "us" {
			from := area
			if from == "" {
				from = usAreas[n/100%len(usAreas)]
			}
			national = fmt.Sprintf("%s55501%02d", from, n*37%100)
		}
		number := "+" + c.calling + national
		if p.liveOrder(number) == nil {
			return number
		}
	}
	return ""
}
